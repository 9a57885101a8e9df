//! A person's own calendar, for the program they read calendars with: the evenings they go to, and when their next prompts come.
//!
//! It says nothing of anybody else, and holds no link: calendars are shared and synchronised.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Cursor, Scoped, event, organizer, person, prompt, registration};
use convivio_domain::words::{PromptState, Step};
use convivio_domain::{Locale, PersonId};
use convivio_mail::{Appointment, CalendarMethod, FeedEntry, calendar_feed};

use super::{app, or_problem};
use crate::http::{ApiError, Result};
use crate::keys::{self, LinkToken, Purpose};
use crate::outbox::title_of;

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let link = LinkToken::parse(token).ok_or(ApiError::NotFound)?;
    let owner = person::owner(&app.db.central(), PersonId(link.id)).await?.ok_or(ApiError::NotFound)?;
    let read = app.db.read(&owner);
    let person = person::find_by_id(&read, PersonId(link.id)).await?.ok_or(ApiError::NotFound)?;
    if person.feed_since.is_none() || !app.keys.opens(&link, Purpose::Feed, person.feed_generation) {
        return Err(ApiError::NotFound);
    }
    app.limits.token(person.id.0)?;
    let organizer = organizer::this(&read).await?;
    let mut entries = evenings(&read, &organizer, &person).await?;
    entries.extend(prompts(&read, &organizer, &person, app.clock.now()).await?);
    let calendar = calendar_feed(organizer.name.as_str(), &entries);
    Ok(as_file(request, calendar))
}

/// What the reader's program has already is not sent again.
fn as_file(request: &HttpRequest, calendar: String) -> HttpResponse {
    let tag = format!("\"{}\"", keys::hash_of(&calendar));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, tag))
        // The address holds a secret: no cache but the reader's own keeps it, and that one asks again.
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(("X-Robots-Tag", "noindex, nofollow"));
    if is_known { answer.finish() } else { answer.content_type("text/calendar; charset=utf-8").body(calendar) }
}

/// Where they have a seat, or had one; the same appointments as in the mails.
async fn evenings(scope: &impl Scoped, organizer: &organizer::Model, person: &person::Model) -> Result<Vec<FeedEntry>> {
    let rows = registration::all_of_person(scope, person.id).await?;
    let events = event::by_ids(scope, rows.iter().map(|row| row.event_id)).await?;
    let evening = |row: &registration::Model| {
        let event = events.iter().find(|event| event.id == row.event_id)?;
        let sequence = u32::try_from(event.calendar_sequence).unwrap_or(0);
        Some(FeedEntry {
            appointment: Appointment::of(event.id, sequence, event.updated_at, CalendarMethod::Publish),
            title: title_of(event, organizer, row.locale).to_string(),
            description: organizer.name.to_string(),
            place: event.place.as_ref().map(ToString::to_string),
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            busy: true,
        })
    };
    Ok(rows.iter().filter(|row| row.state.is_visible()).filter_map(evening).collect())
}

/// No person has more prompts.
const ALL_PROMPTS: u64 = 10_000;
/// One that was mailed and not answered is still to do for so long.
const OPEN_DAYS: i64 = 30;

/// What is to come, and what waits for an answer. A closing note asks for nothing, and takes no time.
async fn prompts(scope: &impl Scoped, organizer: &organizer::Model, person: &person::Model, now: DateTime<Utc>) -> Result<Vec<FeedEntry>> {
    let mut rows = prompt::of_person(scope, person.id, Cursor { after: None, limit: ALL_PROMPTS }).await?.rows;
    rows.retain(|row| !matches!(row.step, Step::N1 | Step::Stop));
    let events = event::by_ids(scope, rows.iter().map(|row| row.event_id)).await?;
    let entry = |row: &prompt::Model| {
        let event = events.iter().find(|event| event.id == row.event_id)?;
        let starts_at = time_of(row, now)?;
        Some(FeedEntry {
            appointment: Appointment {
                uid: format!("{}-prompt", row.id),
                sequence: u32::try_from(row.snoozes).unwrap_or(0),
                written_at: row.created_at,
                method: CalendarMethod::Suggest,
            },
            title: title(person.locale).to_owned(),
            description: format!("{} · {}", title_of(event, organizer, person.locale), organizer.name),
            place: None,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(MINUTES),
            busy: false,
        })
    };
    Ok(rows.iter().filter_map(entry).collect())
}

/// When the reader has it before them, if they have it to do.
fn time_of(row: &prompt::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match row.state {
        PromptState::Scheduled | PromptState::Snoozed => Some(row.due_at),
        PromptState::Queued | PromptState::Sent => Some(row.left_at()).filter(|at| now - *at < TimeDelta::days(OPEN_DAYS)),
        PromptState::Acted | PromptState::Skipped | PromptState::Suppressed | PromptState::Cancelled => None,
    }
}

/// A prompt is done in less.
const MINUTES: i64 = 15;

/// Without a name: whoever looks over the reader's shoulder reads it, too.
fn title(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "Five minutes for the people you met",
        Locale::It => "Cinque minuti per le persone che hai conosciuto",
    }
}
