//! A plan mended between rounds, for those who are there.

use std::collections::HashSet;

use actix_web::web;
use convivio_db::{Stored, event, plan, registration, round, seat};
use convivio_domain::words::{EventState, PlanState, RoundState};
use convivio_domain::{RegistrationCode, RegistrationId};
use serde::Serialize;
use utoipa::ToSchema;

use super::plans::{self, Plan};
use super::seats::not_readable;
use super::{ItemPath, find_event, id_of};
use crate::app::App;
use crate::http::{ApiError, CreatedTagged, IfMatch, Manager, Result, Staff};
use crate::seating::{self, Input};

/// The new draft, and what is different in the rounds to come.
#[derive(Serialize, ToSchema)]
pub struct Repair {
    #[serde(flatten)]
    plan: Plan,
    /// Who has another table in some round.
    moved: Vec<RegistrationCode>,
    /// Who is there and had no seat.
    seated: Vec<RegistrationCode>,
    /// Whose seats are free: they are not there.
    released: Vec<RegistrationCode>,
}

/// Seats those who are checked in where they sat, and moves as few of them as possible. Rounds that are over stay as they were.
pub async fn create(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: IfMatch,
) -> Result<CreatedTagged<Repair>> {
    let (read, now) = (app.db.read(&who), app.clock.now());
    let event = find_event(&read, &path.event).await?;
    let seen = plan::find_by_id(&read, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    if_match.ensure(seen.revision)?;
    may_be_repaired(&event, &seen, &round::of_event(&read, event.id).await?)?;
    let request = plan::Request { repair_of: Some(seen.id), weights: seen.request.weights, ..plan::Request::default() };
    let before = seat::of_plan(&read, seen.id).await?;
    let input = Input::to_repair(&read, event, &request, &before, now).await.map_err(not_readable)?;
    if input.people.is_empty() {
        let conflicts =
            serde_json::json!([{"rule": "who is there has a seat", "codes": [], "tables": [], "relax": "check somebody in first"}]);
        return Err(ApiError::PlanInfeasible { detail: "nobody is checked in".to_owned(), conflicts });
    }
    let started = std::time::Instant::now();
    let seed = seen.seed;
    // Looking for the fewest takes a while; that is not for the thread that answers requests, nor for a transaction.
    let worked = tokio::task::spawn_blocking(move || {
        let repaired = convivio_matching::repair(input.problem(), &places(&input, &before), u64::try_from(seed).unwrap_or(0));
        (input, before, repaired)
    });
    let (input, before, repaired) = worked.await.map_err(anyhow::Error::from)?;
    let repaired = repaired
        .map_err(|reason| ApiError::PlanInfeasible { conflicts: seating::conflicts(&input.people, &reason), detail: reason.sentence })?;
    let took = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);

    let tx = app.db.write(&who).await?;
    let event = event::lock(&tx, seen.event_id).await?.ok_or(ApiError::NotFound)?;
    let row = plan::find_by_id(&tx, event.id, seen.id).await?.ok_or(ApiError::NotFound)?;
    let rounds = round::of_event(&tx, event.id).await?;
    may_be_repaired(&event, &row, &rounds)?;
    if row.revision != seen.revision || seating::to_come(&rounds) != input.rounds {
        return Err(ApiError::PreconditionFailed);
    }
    let mut new = plans::new_plan(&tx, &event, seed, request, now).await?;
    let (tables, seats) = input.seats(new.id, &repaired.seating);
    new.state = PlanState::Draft;
    new.input_hash = Some(input.hash());
    new.tables = Stored(tables);
    new.score = Some(input.score(&repaired.seating));
    new.took_ms = Some(took);
    if !repaired.fewest {
        // Fewer might do; none of the sets of people that were tried did.
        new.warnings.0.push("fewest_not_proven".to_owned());
    }
    let new = plan::insert(&tx, new).await?;
    seat::insert_all(&tx, seats).await?;
    let rounds = plans::rounds(&tx, &new, now).await?;
    let location = format!("/api/v1/organizers/{}/events/{}/plans/{}", who.organizer.slug, path.event, new.id);
    let revision = new.revision;

    let had: HashSet<RegistrationId> =
        before.iter().filter(|seat| input.rounds.contains(&seat.round)).map(|seat| seat.registration_id).collect();
    let here: HashSet<RegistrationId> = input.people.iter().map(|one| one.id).collect();
    let gone = registration::by_ids(&tx, had.difference(&here).copied()).await?;
    tx.commit().await?;
    let codes = |mut codes: Vec<RegistrationCode>| {
        codes.sort_unstable();
        codes
    };
    let answer = Repair {
        moved: codes(repaired.moved.iter().map(|person| input.people[*person].code.clone()).collect()),
        seated: codes(input.people.iter().filter(|one| !had.contains(&one.id)).map(|one| one.code.clone()).collect()),
        released: codes(gone.into_values().map(|one| one.code).collect()),
        plan: Plan::of(new, Some(rounds)),
    };
    Ok(CreatedTagged(location, revision, answer))
}

fn may_be_repaired(event: &event::Model, plan: &plan::Model, rounds: &[round::Model]) -> Result<()> {
    if event.state != EventState::Published {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    if rounds.iter().any(|round| round.state == RoundState::Live) {
        return Err(ApiError::RoundLive);
    }
    if !matches!(plan.state, PlanState::Draft | PlanState::Published) {
        return Err(ApiError::WrongState(plan.state.to_string()));
    }
    if seating::to_come(rounds).is_empty() {
        return Err(ApiError::WrongState(RoundState::Done.to_string()));
    }
    Ok(())
}

/// The table of each person in each round to come, where they had one.
fn places(input: &Input, before: &[seat::Model]) -> Vec<Vec<Option<usize>>> {
    let rounds = input.by_position(before).into_iter().map(|tables| {
        let mut places = vec![None; input.people.len()];
        for (table, members) in tables.into_iter().enumerate() {
            members.into_iter().for_each(|person| places[person] = Some(table));
        }
        places
    });
    rounds.collect()
}
