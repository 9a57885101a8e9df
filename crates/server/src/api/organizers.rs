//! Organizers: which ones a token opens.

use actix_web::{HttpRequest, Responder, web};
use convivio_db::organizer;
use convivio_domain::words::Role;
use convivio_domain::{Slug, Title};
use serde::Serialize;

use crate::http::{List, Result, Staff, Viewer, auth};

#[derive(Serialize)]
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
pub async fn list(request: HttpRequest) -> Result<impl Responder> {
    let signed_in = auth::signed_in(&request).await?;
    Ok(web::Json(List { results: vec![Organizer::of(signed_in.organizer, signed_in.role)], next: None }))
}

pub async fn show(who: Staff<Viewer>) -> Result<impl Responder> {
    Ok(web::Json(Organizer::of(who.organizer, who.role)))
}
