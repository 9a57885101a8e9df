//! Organizers: which ones a token opens, and what they are called.

use actix_web::web;
use convivio_db::organizer;
use convivio_domain::words::Role;
use convivio_domain::{Slug, Title};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{Json, List, Owner, Patch, Result, SignedIn, Staff, Viewer};

/// What can be changed of an organizer. Its slug stands in links that people have, and stays.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizerForm {
    name: Title,
}

#[derive(Serialize, ToSchema)]
pub struct Organizer {
    slug: Slug,
    name: Title,
    created_at: chrono::DateTime<chrono::Utc>,
    /// What this token may do.
    role: Role,
}

impl Organizer {
    fn of(organizer: organizer::Model, role: Role) -> Self {
        Self { slug: organizer.slug, name: organizer.name, created_at: organizer.created_at, role }
    }
}

/// The organizers of this token.
pub async fn list(who: SignedIn) -> Result<List<Organizer>> {
    Ok(List { results: vec![Organizer::of(who.organizer, who.role)], next: None })
}

pub async fn show(who: Staff<Viewer>) -> Result<Json<Organizer>> {
    Ok(Json(Organizer::of(who.organizer, who.role)))
}

pub async fn update(who: Staff<Owner>, app: web::Data<App>, patch: Patch<OrganizerForm>) -> Result<Json<Organizer>> {
    let form = patch.onto(OrganizerForm { name: who.organizer.name.clone() })?;
    let tx = app.db.write(&who).await?;
    organizer::rename(&tx, &form.name).await?;
    let row = organizer::this(&tx).await?;
    tx.commit().await?;
    Ok(Json(Organizer::of(row, who.role)))
}
