//! Rounds: how many, how long, and the word that starts and ends one.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{message, round};
use convivio_domain::RoundPlan;
use convivio_domain::words::{EventState, RoundState};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::events::in_reach;
use super::{EventPath, ItemPath, find_event};
use crate::app::App;
use crate::http::{AnyRole, ApiError, FieldError, Json, Manager, Result, Staff, none_wrong};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundsForm {
    rounds: Vec<RoundPlan>,
}

#[derive(Serialize, ToSchema)]
pub struct Rounds {
    rounds: Vec<Round>,
}

#[derive(Serialize, ToSchema)]
pub struct Round {
    number: i16,
    minutes: i16,
    break_minutes: i16,
    starts_at: Option<DateTime<Utc>>,
    state: RoundState,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<round::Model> for Round {
    fn from(row: round::Model) -> Self {
        Self {
            number: row.number,
            minutes: row.minutes,
            break_minutes: row.break_minutes,
            starts_at: row.starts_at,
            state: row.state,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

const MOST_ROUNDS: usize = 50;

impl RoundsForm {
    fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        if self.rounds.is_empty() || self.rounds.len() > MOST_ROUNDS {
            wrong.push(FieldError::new("/rounds", "out_of_range", format!("must list 1 to {MOST_ROUNDS} rounds")));
        }
        for (i, round) in self.rounds.iter().enumerate() {
            if !(1..=480).contains(&round.minutes) {
                wrong.push(FieldError::new(format!("/rounds/{i}/minutes"), "out_of_range", "must be 1 to 480"));
            }
            if round.starts_at.is_some_and(|at| !in_reach(at)) {
                wrong.push(FieldError::new(format!("/rounds/{i}/starts_at"), "out_of_range", "must be between the years 2000 and 2100"));
            }
            if round.break_minutes > 480 {
                wrong.push(FieldError::new(format!("/rounds/{i}/break_minutes"), "out_of_range", "must be 0 to 480"));
            }
        }
        none_wrong(wrong)
    }
}

pub async fn show(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Json<Rounds>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let rounds = round::of_event(&read, event.id).await?;
    Ok(Json(Rounds { rounds: rounds.into_iter().map(Round::from).collect() }))
}

/// Plans the rounds anew, as long as none has begun.
pub async fn replace(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(form): Json<RoundsForm>,
) -> Result<Json<Rounds>> {
    form.check()?;
    let tx = app.db.write(&who).await?;
    let seen = find_event(&tx, &path.event).await?;
    // Held, so that two who plan at once do so one after the other.
    let event = convivio_db::event::lock(&tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    if !matches!(event.state, EventState::Draft | EventState::Published) {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    let old = round::of_event(&tx, event.id).await?;
    if old.iter().any(|round| round.state == RoundState::Live) {
        return Err(ApiError::RoundLive);
    }
    if let Some(done) = old.iter().find(|round| round.state != RoundState::Planned) {
        return Err(ApiError::WrongState(done.state.to_string()));
    }
    let rounds = round::replace(&tx, event.id, &form.rounds, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(Rounds { rounds: rounds.into_iter().map(Round::from).collect() }))
}

/// From here to its end nobody is moved, and nothing reaches those who sit but what they ask for.
pub async fn start(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Json<Round>> {
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    let event = convivio_db::event::lock(&tx, event.id).await?.ok_or(ApiError::NotFound)?;
    let rounds = round::of_event(&tx, event.id).await?;
    let round = find(&rounds, &path.id)?;
    if event.state != EventState::Published {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    let plan = event.published_plan_id.ok_or(ApiError::NoPublishedPlan)?;
    if rounds.iter().any(|other| other.state == RoundState::Live && other.id != round.id) {
        return Err(ApiError::RoundLive);
    }
    if !round::start(&tx, round, plan, app.clock.now()).await? {
        return Err(ApiError::WrongState(round.state.to_string()));
    }
    answer(tx, event.id, &path.id).await
}

pub async fn finish(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Json<Round>> {
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    let rounds = round::of_event(&tx, event.id).await?;
    let round = find(&rounds, &path.id)?;
    let now = app.clock.now();
    if !round::finish(&tx, round.id, now).await? {
        return Err(ApiError::WrongState(round.state.to_string()));
    }
    if let Some(until) = round.finishes_by {
        // What was kept from those who sat waits no longer.
        message::bring_forward(&tx, until, now).await?;
    }
    answer(tx, event.id, &path.id).await
}

async fn answer(tx: convivio_db::Tx, event: convivio_domain::EventId, number: &str) -> Result<Json<Round>> {
    let rounds = round::of_event(&tx, event).await?;
    let round = find(&rounds, number)?.clone();
    tx.commit().await?;
    Ok(Json(round.into()))
}

fn find<'a>(rounds: &'a [round::Model], number: &str) -> Result<&'a round::Model> {
    let number: i16 = number.parse().map_err(|_| ApiError::NotFound)?;
    rounds.iter().find(|round| round.number == number).ok_or(ApiError::NotFound)
}
