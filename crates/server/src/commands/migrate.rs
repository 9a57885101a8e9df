//! `convivio migrate`: brings the database up to date, which `serve` does by itself.

use serde_json::json;

use crate::config::Given;

pub async fn run(given: Given) -> anyhow::Result<()> {
    let app = super::open(given).await?;
    super::print(json!({"migrated": true}))?;
    Ok(app.db.close().await?)
}
