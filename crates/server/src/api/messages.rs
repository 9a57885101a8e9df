//! Messages: what was mailed about an event, by state, without its words.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{message, registration};
use convivio_domain::words::{MailKind, MessageState, Reason};
use convivio_domain::{MessageId, RegistrationCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{EventPath, find_event};
use crate::app::App;
use crate::http::{List, Listing, Result, Staff, Viewer};

#[derive(Serialize, ToSchema)]
pub struct Message {
    id: MessageId,
    kind: MailKind,
    state: MessageState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    registration: Option<RegistrationCode>,
    message_id: String,
    due_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    tries: i32,
}

pub async fn list(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing) -> Result<List<Message>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = message::list(&read, event.id, listing.cursor()?).await?;
    let registrations = registration::by_ids(&read, page.rows.iter().filter_map(|row| row.registration_id)).await?;
    Ok(listing.answer(
        page,
        |row| row.id,
        |row| Message {
            id: row.id,
            kind: row.kind,
            state: row.state,
            reason: row.reason,
            registration: row.registration_id.and_then(|id| registrations.get(&id)).map(|registration| registration.code.clone()),
            message_id: row.message_id,
            due_at: row.due_at,
            sent_at: row.sent_at,
            tries: row.attempt,
        },
    ))
}
