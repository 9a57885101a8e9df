//! The REST API: one file a resource, with its JSON shapes and handlers. `routes.rs` lists them.

pub mod bounces;
pub mod calendar;
pub mod checkins;
pub mod copying;
pub mod corrections;
pub mod decisions;
pub mod events;
pub mod export;
pub mod follow_up;
pub mod guides;
pub mod host_brief;
pub mod import;
pub mod jobs;
pub mod me;
pub mod members;
pub mod messages;
pub mod organizers;
pub mod outcomes;
pub mod passions;
pub mod people;
pub mod plans;
pub mod prompts;
pub mod public;
pub mod questions;
pub mod registrations;
pub mod repairs;
pub mod reports;
pub mod rounds;
pub mod rules;
pub mod sandbox;
pub mod seats;
pub mod series;
pub mod session;
pub mod stats;
pub mod suppressions;
pub mod tables;
pub mod templates;
pub mod tokens;

use convivio_db::{Scoped, event};

use crate::http::{ApiError, Result};

/// The event of this slug, or 404.
async fn find_event(scope: &impl Scoped, slug: &str) -> Result<event::Model> {
    event::by_slug(scope, slug).await?.ok_or(ApiError::NotFound)
}

/// `/organizers/{organizer}/events/{event}` and what is below it.
#[derive(serde::Deserialize)]
pub struct EventPath {
    pub organizer: String,
    pub event: String,
}

/// One thing below an event, by id, code or number.
#[derive(serde::Deserialize)]
pub struct ItemPath {
    pub event: String,
    pub id: String,
}

/// An id in a path; what is no id names nothing.
pub fn id_of<T: From<uuid::Uuid>>(text: &str) -> Result<T> {
    text.parse::<uuid::Uuid>().map(T::from).map_err(|_| ApiError::NotFound)
}
