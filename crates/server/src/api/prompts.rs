//! Prompts as staff see them: states, never content.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{prompt, registration};
use convivio_domain::words::{PromptState, Reason, Step};
use convivio_domain::{PromptId, RegistrationCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{EventPath, find_event};
use crate::app::App;
use crate::http::{List, Listing, Result, Staff, Viewer};

#[derive(Serialize, ToSchema)]
pub struct PromptLine {
    id: PromptId,
    registration: Option<RegistrationCode>,
    step: Step,
    state: PromptState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    due_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

/// Reasons that only the reader is told: they follow from what is private.
const PRIVATE: [Reason; 2] = [Reason::InTouch, Reason::NobodyChosen];

pub async fn list(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing) -> Result<List<PromptLine>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = prompt::of_event(&read, event.id, listing.cursor()?).await?;
    // Whom somebody keeps, when they were in touch, and that they came back, is theirs: what follows from it is told to nobody else.
    let told = |row: &prompt::Model| !matches!(row.step, Step::C | Step::Stop) || row.sent_at.is_some();
    let page = convivio_db::Page { rows: page.rows.into_iter().filter(told).collect(), more: page.more };
    let registrations = registration::by_ids(&read, page.rows.iter().map(|row| row.registration_id)).await?;
    Ok(listing.answer(
        page,
        |row| row.id,
        |row| PromptLine {
            id: row.id,
            registration: registrations.get(&row.registration_id).map(|one| one.code.clone()),
            step: row.step,
            state: row.state,
            reason: row.reason.filter(|reason| !PRIVATE.contains(reason)),
            due_at: row.due_at,
            sent_at: row.sent_at,
        },
    ))
}
