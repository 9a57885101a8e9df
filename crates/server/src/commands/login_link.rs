//! `convivio login-link`: a sign-in link without a mail, for whoever runs the server.

use anyhow::Context;
use convivio_db::{login, member};
use convivio_domain::EmailAddress;
use serde_json::json;

use crate::config::Given;
use crate::keys::Purpose;

#[derive(clap::Args)]
pub struct Args {
    /// E-mail address of a member
    #[arg(long)]
    email: EmailAddress,
}

pub async fn run(given: Given, args: Args) -> anyhow::Result<()> {
    let app = super::open(given).await?;
    let members = member::by_email(&app.db.central(), &args.email).await?;
    let member = members.first().with_context(|| format!("nobody with the address {} works for an organizer here", args.email))?;
    let now = app.clock.now();
    let tx = app.db.write(&member.organizer_id).await?;
    let login = login::insert(&tx, member.id, now + chrono::TimeDelta::minutes(30), now).await?;
    tx.commit().await?;
    let url = app.url(&format!("/login/{}", app.keys.link(Purpose::Login, login.id.0, 0)));
    super::print(json!({"url": url}))?;
    Ok(app.db.close().await?)
}
