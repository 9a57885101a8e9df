//! An event in numbers.

use std::collections::BTreeMap;

use actix_web::web;
use convivio_db::{checkin, message, prompt, registration};
use convivio_domain::words::{MessageState, PromptState, RegistrationState};
use serde::Serialize;
use utoipa::ToSchema;

use super::events::Seats;
use super::{EventPath, find_event};
use crate::app::App;
use crate::http::{Json, Result, Staff, Viewer};

/// How many there are of what, each word with its number, zero too.
#[derive(Serialize, ToSchema)]
pub struct Stats {
    /// By state.
    registrations: BTreeMap<&'static str, i64>,
    seats: Seats,
    checkins: CheckinStats,
    /// Mails by state.
    messages: BTreeMap<&'static str, i64>,
    /// Follow-up prompts by state.
    prompts: BTreeMap<&'static str, i64>,
}

#[derive(Serialize, ToSchema)]
struct CheckinStats {
    /// People who have arrived.
    present: i64,
    /// People who have a place and have not arrived.
    missing: i64,
    /// Check-ins that were taken back.
    undone: i64,
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Json<Stats>> {
    use RegistrationState as State;
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let by_state = registration::count_by_state(&read, event.id).await?;
    let of = |states: [State; 2]| by_state.iter().filter(|(state, _)| states.contains(state)).map(|(_, count)| count).sum();
    let checkins = CheckinStats {
        present: of([State::CheckedIn, State::Attended]),
        missing: of([State::Confirmed, State::NoShow]),
        undone: checkin::count_undone(&read, event.id).await?,
    };
    Ok(Json(Stats {
        registrations: every(State::ALL, State::as_str, &by_state),
        seats: Seats::of(&event),
        checkins,
        messages: every(MessageState::ALL, MessageState::as_str, &message::count_by_state(&read, event.id).await?),
        prompts: every(PromptState::ALL, PromptState::as_str, &prompt::count_by_state(&read, event.id).await?),
    }))
}

/// Each word with its number.
fn every<S: Copy + PartialEq>(all: &[S], word: fn(S) -> &'static str, counts: &[(S, i64)]) -> BTreeMap<&'static str, i64> {
    let count_of = |state: S| counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
    all.iter().map(|state| (word(*state), count_of(*state))).collect()
}
