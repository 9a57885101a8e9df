//! What one's event gives one to read before, during and after; and that one has read it.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, event, guide_ack, registration};
use convivio_domain::Locale;
use convivio_domain::words::{EventState, GuidePhase};
use serde::Serialize;
use utoipa::ToSchema;

use super::registrations::own;
use crate::api::guides::{self, Guide};
use crate::app::App;
use crate::authoring::write_as;
use crate::http::{ApiError, Attendee, Json, NoContent, Result};

#[derive(Serialize, ToSchema)]
pub struct MyGuides {
    /// In the order of their phases; those the event gives
    guides: Vec<MyGuide>,
}

#[derive(Serialize, ToSchema)]
pub struct MyGuide {
    #[serde(flatten)]
    pub guide: Guide,
    /// When one first said that one has read it
    pub acknowledged_at: Option<DateTime<Utc>>,
}

pub async fn list(who: Attendee, app: web::Data<App>, code: web::Path<String>) -> Result<Json<MyGuides>> {
    let (row, event) = own(&app, &who, &code).await?;
    Ok(Json(MyGuides { guides: of(&app.db.read(&who), &row, &event, row.locale).await? }))
}

#[derive(serde::Deserialize)]
pub struct GuidePath {
    code: String,
    phase: String,
}

/// "I have read it." Saying it again changes nothing.
pub async fn acknowledge(who: Attendee, app: web::Data<App>, path: web::Path<GuidePath>) -> Result<NoContent> {
    let phase: GuidePhase = path.phase.parse().map_err(|_| ApiError::NotFound)?;
    let (row, event) = own(&app, &who, &path.code).await?;
    has_read(&app, &row, &event, phase).await?;
    Ok(NoContent)
}

/// Keeps that this person has read what the event gives to read in this phase.
pub async fn has_read(app: &App, row: &registration::Model, event: &event::Model, phase: GuidePhase) -> Result<()> {
    if !is_given(row, event, phase) {
        return Err(ApiError::NotFound);
    }
    let tx = write_as(app, &row.organizer_id, row.person_id).await?;
    guide_ack::insert(&tx, row.id, phase, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the event gives this person something to read in this phase: it does to those who may come or came, while it is on.
pub fn is_given(row: &registration::Model, event: &event::Model, phase: GuidePhase) -> bool {
    !row.state.has_left() && event.state != EventState::Cancelled && event.gives_guide(phase)
}

/// The guides that the event gives this person to read.
pub async fn of(scope: &impl Scoped, row: &registration::Model, event: &event::Model, locale: Locale) -> Result<Vec<MyGuide>> {
    let acks = guide_ack::of_registrations(scope, [row.id]).await?;
    let mut mine = Vec::new();
    for phase in GuidePhase::ALL.iter().filter(|phase| is_given(row, event, **phase)) {
        if let Some(guide) = guides::of_event(scope, event, *phase, locale).await? {
            let acknowledged_at = acks.iter().find(|ack| ack.phase == *phase).map(|ack| ack.created_at);
            mine.push(MyGuide { guide, acknowledged_at });
        }
    }
    Ok(mine)
}
