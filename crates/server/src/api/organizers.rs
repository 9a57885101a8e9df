//! Organizers: which ones a token opens.

use convivio_db::organizer;
use convivio_domain::words::Role;
use convivio_domain::{Slug, Title};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{Json, List, Result, SignedIn, Staff, Viewer};

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
