//! Requests that read like sentences: `app.post("/events", body).await.ok(201)`.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::contract;

/// Somebody who talks to the server: an address to start from, and perhaps a token.
#[derive(Clone)]
pub struct Caller {
    /// Shared, because a server that was started again listens on another port.
    server: Arc<RwLock<String>>,
    base: String,
    token: Option<String>,
}

impl Caller {
    pub fn new(server: Arc<RwLock<String>>, base: &str, token: Option<&str>) -> Caller {
        Caller { server, base: base.to_owned(), token: token.map(str::to_owned) }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: Value) -> Request {
        self.request(Method::POST, path).json(&body)
    }

    /// Presses the button of a page's form.
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Request {
        self.request(Method::POST, path).form(fields)
    }

    pub fn put(&self, path: &str, body: Value) -> Request {
        self.request(Method::PUT, path).json(&body)
    }

    pub fn patch(&self, path: &str, body: Value) -> Request {
        self.request(Method::PATCH, path).json(&body)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// A path below this caller's base, or one that the server gave (`Location`, `next`).
    pub fn request(&self, method: Method, path: &str) -> Request {
        let server = self.server.read().unwrap();
        let url = if path.starts_with("http") {
            let rest = path.split_once("://").map_or(path, |(_, rest)| rest);
            format!("{server}{}", rest.find('/').map_or("/", |start| &rest[start..]))
        } else if path.starts_with("/api/") {
            format!("{server}{path}")
        } else {
            format!("{server}{}{path}", self.base)
        };
        let mut request = client().request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Request(request)
    }

    /// The same caller, talking to another server.
    pub fn at(&self, server: Arc<RwLock<String>>) -> Caller {
        Caller { server, ..self.clone() }
    }

    /// The same caller without a token.
    pub fn anonymous(&self) -> Caller {
        Caller { token: None, ..self.clone() }
    }

    pub fn with_token(&self, token: &str) -> Caller {
        Caller { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Where it talks to, and its token, for a program that brings a client of its own.
    pub fn address_and_token(&self) -> (String, String) {
        (self.server.read().unwrap().clone(), self.token.clone().expect("it has one"))
    }

    /// All pages of a list, following `next` to the end.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut results = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.ok(200);
            results.extend(page["results"].as_array().expect("a list has results").iter().cloned());
            next = page["next"].as_str().map(str::to_owned);
        }
        results
    }
}

/// A request in the making; awaiting it sends it.
pub struct Request(reqwest::RequestBuilder);

impl Request {
    pub fn json(self, body: &Value) -> Request {
        Request(self.0.json(body))
    }

    pub fn header(self, name: &str, value: &str) -> Request {
        Request(self.0.header(name, value))
    }

    /// A body as it is, under the content type that is said.
    pub fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Request {
        Request(self.0.header("content-type", content_type).body(body))
    }

    /// What a form of a page posts.
    pub fn form(self, fields: &[(&str, &str)]) -> Request {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// `None` when the connection broke before the answer.
    pub async fn attempt(self) -> Option<Answer> {
        let (client, request) = self.0.build_split();
        let request = request.expect("a request can be built");
        let method = request.method().clone();
        let response = client.execute(request).await.ok()?;
        let status = response.status().as_u16();
        let path = response.url().path().to_owned();
        let headers = response.headers().clone();
        let body = response.bytes().await.ok()?.to_vec();
        contract::holds(method.as_str(), &path, status, &headers, &body);
        Some(Answer { status, path, headers, body })
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.attempt().await.expect("the server answers") })
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// The body, once the status is the one expected.
    #[track_caller]
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} answered {}: {}", self.path, self.status, self.text());
        self.json()
    }

    /// The body, for operations whose exact status is nobody's business.
    #[track_caller]
    pub fn done(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} answered {}: {}", self.path, self.status, self.text());
        self.json()
    }

    /// A page, or another answer that is no JSON.
    #[track_caller]
    pub fn ok_page(&self) -> String {
        assert_eq!(self.status, 200, "{} answered {}: {}", self.path, self.status, self.text());
        self.text()
    }

    /// A refusal in the one form that refusals have.
    #[track_caller]
    pub fn fails(&self, status: u16, code: &str) -> Problem {
        assert_eq!(self.status, status, "{} answered {}: {}", self.path, self.status, self.text());
        let content_type = self.header("content-type").unwrap_or_default();
        assert!(content_type.starts_with("application/problem+json"), "{}: content type {content_type:?}", self.path);
        let problem = self.json();
        for member in ["type", "title", "code", "detail", "instance"] {
            assert!(problem[member].is_string(), "{}: no {member} in {problem}", self.path);
        }
        assert_eq!(problem["status"], json!(status), "{}: {problem}", self.path);
        assert_eq!(problem["code"], json!(code), "{}: {problem}", self.path);
        Problem(problem)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    #[track_caller]
    pub fn location(&self) -> String {
        self.header("location").unwrap_or_else(|| panic!("{}: no Location in {:?}", self.path, self.headers)).to_owned()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|err| panic!("{} is not JSON ({err}): {}", self.path, self.text()))
    }
}

/// The addresses that a page links to.
pub fn links_of(page: &str) -> Vec<String> {
    let addresses = page.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    addresses.map(|address| address.replace("&#x2f;", "/").replace("&amp;", "&")).collect()
}

/// A problem document of RFC 9457.
#[derive(Clone, Debug)]
pub struct Problem(pub Value);

impl Problem {
    #[track_caller]
    pub fn error_at(&self, pointer: &str) -> &Problem {
        let pointers = self.pointers();
        assert!(pointers.iter().any(|one| one == pointer), "no error at {pointer:?}, only at {pointers:?}: {}", self.0);
        self
    }

    /// Where the errors are, sorted.
    pub fn pointers(&self) -> Vec<String> {
        let errors = self.0["errors"].as_array().cloned().unwrap_or_default();
        let mut pointers: Vec<String> = errors.iter().map(|error| error["pointer"].as_str().unwrap_or_default().to_owned()).collect();
        pointers.sort();
        pointers
    }
}

fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        // Whoever comes first installs it; a second installation is refused, which is fine.
        rustls::crypto::ring::default_provider().install_default().ok();
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(120))
            // Each test has a runtime of its own, and a kept connection belongs to the one that opened it.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a plain client can be built")
    })
}
