//! `convivio organizer create`: a new tenant with its first owner and token.

use anyhow::bail;
use convivio_db::{member, organizer, token};
use convivio_domain::words::Role;
use convivio_domain::{EmailAddress, Line, Slug, Title};
use serde_json::json;

use crate::app::App;
use crate::config::Given;
use crate::keys;

#[derive(clap::Args)]
pub struct CreateArgs {
    /// Its name in addresses: lower-case letters, digits and hyphens
    #[arg(long)]
    slug: Slug,
    /// Its name for people
    #[arg(long)]
    name: Title,
    /// E-mail address of its first owner
    #[arg(long)]
    owner: EmailAddress,
}

pub async fn create(given: Given, args: CreateArgs) -> anyhow::Result<()> {
    let app = super::open(given).await?;
    let slug = args.slug.clone();
    let token = make(&app, args.slug, args.name, args.owner).await?;
    super::print(json!({"organizer": slug, "token": token}))?;
    Ok(app.db.close().await?)
}

/// The token of the new organizer's owner.
pub async fn make(app: &App, slug: Slug, name: Title, owner: EmailAddress) -> anyhow::Result<String> {
    let now = app.clock.now();
    let Some(organizer) = organizer::insert(&app.db.central(), slug.clone(), name, now).await? else {
        bail!("there is an organizer `{slug}` already; `convivio token create --organizer {slug} --role owner` makes another token for it");
    };
    let tx = app.db.write(&organizer).await?;
    member::insert(&tx, owner, Role::Owner, now).await?.expect("an organizer just made has no members");
    let (secret, hash) = keys::new_staff_token();
    let label = Line::parse("made with the organizer").expect("a plain line");
    token::insert(&tx, token::New { member: None, label, role: Role::Owner, hash, expires_at: None }, now).await?;
    tx.commit().await?;
    Ok(secret)
}
