//! `convivio token create`: a token for a program or a scanner.

use anyhow::Context;
use convivio_db::{organizer, token};
use convivio_domain::words::Role;
use convivio_domain::{Line, Slug};
use serde_json::json;

use crate::config::Given;
use crate::keys;

#[derive(clap::Args)]
pub struct CreateArgs {
    /// The organizer's slug
    #[arg(long)]
    organizer: Slug,
    /// What the token may do: viewer, checkin, manager or owner
    #[arg(long)]
    role: Role,
    /// What it is for
    #[arg(long, default_value = "made on the command line")]
    label: Line,
}

pub async fn create(given: Given, args: CreateArgs) -> anyhow::Result<()> {
    let app = super::open(given).await?;
    let found = organizer::by_slug(&app.db.central(), args.organizer.as_str()).await?;
    let organizer = found.with_context(|| format!("there is no organizer `{}`", args.organizer))?;
    let (secret, hash) = keys::new_staff_token();
    let tx = app.db.write(&organizer).await?;
    let new = token::New { member: None, label: args.label, role: args.role, hash, expires_at: None };
    token::insert(&tx, new, app.clock.now()).await?;
    tx.commit().await?;
    super::print(json!({"token": secret}))?;
    Ok(app.db.close().await?)
}
