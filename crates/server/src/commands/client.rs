//! A client of the API, for commands that play a part over HTTP.

use anyhow::ensure;
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};

/// One who holds a token. What is refused is an error.
pub struct Client {
    pub http: reqwest::Client,
    /// Up to `/api/v1`.
    pub base: String,
    pub token: String,
}

impl Client {
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{method} {path} answered {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// In the sandbox.
    pub async fn clock_to(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        self.post("/sandbox/clock", &json!({"now": at})).await?;
        Ok(())
    }

    /// In the sandbox.
    pub async fn run_due(&self) -> anyhow::Result<Value> {
        self.post("/sandbox/run_due", &json!({})).await
    }
}
