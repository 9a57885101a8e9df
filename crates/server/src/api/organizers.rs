//! Organizers: which ones a token opens, and what they are called.

use actix_web::web;
use convivio_db::{Page, organizer};
use convivio_domain::words::Role;
use convivio_domain::{OrganizerId, Slug, Title};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{AnyRole, Json, List, Listing, Manager, Patch, Result, SignedIn, Staff};

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

/// The organizers of this token, of which there is one.
pub async fn list(who: SignedIn, listing: Listing) -> Result<List<Organizer>> {
    let after = listing.cursor::<OrganizerId>()?.after;
    let rows = Some(who.organizer).into_iter().filter(|row| after.is_none_or(|after| row.id > after)).collect();
    Ok(listing.answer(Page { rows, more: false }, |row| row.id, |row| Organizer::of(row, who.role)))
}

pub async fn show(who: Staff<AnyRole>) -> Result<Json<Organizer>> {
    Ok(Json(Organizer::of(who.organizer, who.role)))
}

pub async fn update(who: Staff<Manager>, app: web::Data<App>, patch: Patch<OrganizerForm>) -> Result<Json<Organizer>> {
    let form = patch.onto(OrganizerForm { name: who.organizer.name.clone() })?;
    let tx = app.db.write(&who).await?;
    organizer::rename(&tx, &form.name).await?;
    let row = organizer::this(&tx).await?;
    tx.commit().await?;
    Ok(Json(Organizer::of(row, who.role)))
}
