//! Messages: what was mailed about an event, by state, without its words; and what staff decide about one that has not left.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Set, Tx, event, message, prompt, registration};
use convivio_domain::words::{MailKind, MessageState, PromptState, Reason};
use convivio_domain::{MessageId, PromptId, RegistrationCode};
use convivio_followup::rules::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{EventPath, ItemPath, find_event, id_of};
use crate::app::App;
use crate::http::{ApiError, Json, List, Listing, Manager, Result, Staff, Viewer};
use crate::prompting;

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

impl Message {
    fn of(row: message::Model, registration: Option<&registration::Model>) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            reason: row.reason,
            registration: registration.map(|registration| registration.code.clone()),
            message_id: row.message_id,
            due_at: row.due_at,
            sent_at: row.sent_at,
            tries: row.attempt,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    state: Option<MessageState>,
}

pub async fn list(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing<Filters>) -> Result<List<Message>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = message::list(&read, event.id, listing.filters.state, listing.cursor()?).await?;
    let registrations = registration::by_ids(&read, page.rows.iter().filter_map(|row| row.registration_id)).await?;
    Ok(listing.answer(
        page,
        |row| row.id,
        |row| {
            let registration = row.registration_id.and_then(|id| registrations.get(&id));
            Message::of(row, registration)
        },
    ))
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Json<Message>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let row = find(&read, &event, &path.id).await?;
    Ok(Json(shown(&read, row).await?))
}

/// Somebody has looked: what was held, or given up, is due now. Whether it leaves is for the rules to say once more, at the moment of sending.
pub async fn retry(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Json<Message>> {
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    let row = find(&tx, &event, &path.id).await?;
    if !row.may_be_tried_again() {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let due_at = match row.prompt_id {
        Some(prompt) => queue_again(&tx, prompt, app.clock.now()).await?,
        None => app.clock.now(),
    };
    if !message::try_again(&tx, &row, due_at).await? {
        return Err(not_any_more(&tx, &event, &row).await?);
    }
    let answer = shown(&tx, find(&tx, &event, &path.id).await?).await?;
    tx.commit().await?;
    app.ring();
    Ok(Json(answer))
}

/// Calls a mail off for good. One that a worker has in its hands this moment may have left already.
pub async fn cancel(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Json<Message>> {
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    let row = find(&tx, &event, &path.id).await?;
    if !row.may_be_called_off() {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    // The prompt before its mail, as everybody does who moves both.
    if let Some(prompt) = row.prompt_id {
        prompt::move_on(&tx, prompt, &[PromptState::Queued], PromptState::Cancelled, prompt::ActiveModel::default()).await?;
    }
    if !message::call_off(&tx, &row).await? {
        return Err(not_any_more(&tx, &event, &row).await?);
    }
    let answer = shown(&tx, find(&tx, &event, &path.id).await?).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// The prompt of a mail that is tried again waits for it again. When that may be: now, unless the reader had other follow-up too lately.
async fn queue_again(tx: &Tx, id: PromptId, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let row = prompt::find_by_id(tx, id).await?.ok_or(ApiError::NotFound)?;
    let from_now_on = prompt::Model { first_due_at: now, ..row };
    let verdict = match prompting::facts(tx, &from_now_on, now).await? {
        Some(known) => known.decide(now, &from_now_on),
        None => Verdict::Send,
    };
    let due_at = match verdict {
        Verdict::Wait(until) | Verdict::Move(until) => until,
        // What speaks against it for good speaks again at the moment of sending; staff's word is stronger than silence.
        Verdict::Send | Verdict::Suppress(_) | Verdict::Close(_) => now,
    };
    let changes = prompt::ActiveModel { reason: Set(None), due_at: Set(due_at), ..Default::default() };
    prompt::move_on(tx, id, &[PromptState::Suppressed], PromptState::Queued, changes).await?;
    Ok(due_at)
}

async fn find(scope: &impl Scoped, event: &event::Model, id: &str) -> Result<message::Model> {
    message::find_by_id(scope, event.id, id_of(id)?).await?.ok_or(ApiError::NotFound)
}

async fn shown(scope: &impl Scoped, row: message::Model) -> Result<Message> {
    let registration = match row.registration_id {
        Some(id) => registration::find_by_id(scope, id).await?,
        None => None,
    };
    Ok(Message::of(row, registration.as_ref()))
}

/// A worker, or somebody else, was quicker: what has become of it.
async fn not_any_more(tx: &Tx, event: &event::Model, seen: &message::Model) -> Result<ApiError> {
    let row = message::find_by_id(tx, event.id, seen.id).await?.ok_or(ApiError::NotFound)?;
    Ok(ApiError::WrongState(row.state.to_string()))
}
