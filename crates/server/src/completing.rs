//! The end of an event: who attended, who met whom, and who is followed up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Stored, Tx, block, encounter, enrollment, event, message, plan, prompt, registration, round, seat};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::{EnrollmentState, EventKind, EventState, MailKind, PromptState, Reason, RegistrationState, RoundState, Step};
use convivio_domain::{EncounterId, EnrollmentId, PersonId, PlanId, PromptId, RegistrationId};
use convivio_followup::plan::Planned;

use crate::http::{ApiError, Result};
use crate::prompting;

/// Completes a published event within the transaction.
pub async fn complete(tx: &Tx, seen: &event::Model, now: DateTime<Utc>) -> Result<()> {
    // Held before anything is read: a check-in or a confirmation of this moment is through, or finds the event completed.
    let event = &event::lock(tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    if !event::move_on(tx, event.id, EventState::Published, EventState::Completed, now).await? {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    for round in round::of_event(tx, event.id).await? {
        round::finish(tx, round.id, now).await?;
    }
    let present = registration::in_states(tx, event.id, &[RegistrationState::CheckedIn]).await?;
    let absent = registration::in_states(tx, event.id, &[RegistrationState::Confirmed]).await?;
    registration::move_all(tx, event.id, RegistrationState::CheckedIn, RegistrationState::Attended).await?;
    registration::move_all(tx, event.id, RegistrationState::Confirmed, RegistrationState::NoShow).await?;
    registration::move_all(tx, event.id, RegistrationState::Waitlisted, RegistrationState::OfferExpired).await?;
    let offered = registration::move_all(tx, event.id, RegistrationState::Offered, RegistrationState::OfferExpired).await?;
    event::free_seats(tx, event.id, i32::try_from(offered).unwrap_or(i32::MAX)).await?;
    // Who was still to be confirmed will not be: nobody's word, and nothing to wait for any more.
    registration::move_all(tx, event.id, RegistrationState::PendingEmail, RegistrationState::Cancelled).await?;
    registration::move_all(tx, event.id, RegistrationState::PendingApproval, RegistrationState::Cancelled).await?;
    let unanswerable = [MailKind::Confirm, MailKind::Waitlisted, MailKind::Offered];
    message::cancel_open_of_event(tx, event.id, &unanswerable, Reason::Expired).await?;
    event::empty_waiting_list(tx, event.id).await?;
    encounter::insert_all(tx, encounters(tx, event, &present, now).await?).await?;
    enroll(tx, event, &present, &absent, now).await
}

/// Two people at one table of the plan in force when the round ran, both there before it ended. Rounds nobody started ran by their planned times.
async fn encounters(tx: &Tx, event: &event::Model, present: &[registration::Model], now: DateTime<Utc>) -> Result<Vec<encounter::Model>> {
    let arrived: HashMap<RegistrationId, DateTime<Utc>> =
        present.iter().filter_map(|registration| Some((registration.id, registration.checked_in_at?))).collect();
    let mut plans: HashMap<PlanId, Option<(plan::Model, Vec<seat::Model>)>> = HashMap::new();
    let mut met: BTreeMap<(RegistrationId, RegistrationId), Vec<Sitting>> = BTreeMap::new();
    for (round, ended_at) in ended(event, round::of_event(tx, event.id).await?) {
        let Some(plan_id) = round.plan_id.or(event.published_plan_id) else { continue };
        if let std::collections::hash_map::Entry::Vacant(entry) = plans.entry(plan_id) {
            let found = match plan::find_by_id(tx, event.id, plan_id).await? {
                Some(plan) => Some((plan, seat::of_plan(tx, plan_id).await?)),
                None => None,
            };
            entry.insert(found);
        }
        let Some(Some((plan, seats))) = plans.get(&plan_id) else { continue };
        let seats = seats.iter().filter(|seat| seat.round == round.number);
        let there = seats.filter(|seat| arrived.get(&seat.registration_id).is_some_and(|at| *at <= ended_at));
        let mut tables: BTreeMap<i16, Vec<RegistrationId>> = BTreeMap::new();
        for seat in there {
            tables.entry(seat.table).or_default().push(seat.registration_id);
        }
        for (table, mut members) in tables {
            members.sort();
            let sitting = sitting(plan, round.number, table);
            for (i, one) in members.iter().enumerate() {
                for other in &members[i + 1..] {
                    met.entry((*one, *other)).or_default().push(sitting.clone());
                }
            }
        }
    }
    if event.kind == EventKind::Workshop && event.published_plan_id.is_none() {
        met.extend(in_one_room(tx, present).await?);
    }
    let rows = met.into_iter().map(|((one_id, other_id), sittings)| encounter::Model {
        id: EncounterId::new(),
        organizer_id: event.organizer_id,
        event_id: event.id,
        one_id,
        other_id,
        sittings: Stored(sittings),
        created_at: now,
    });
    Ok(rows.collect())
}

/// Up to so many people in one room meet each other; of more, nobody can say who met whom unless they were seated.
pub const ONE_ROOM: usize = 20;

/// Everybody with everybody, at no table; but for those of whom one blocked the other, whom no plan would have seated together.
async fn in_one_room(tx: &Tx, present: &[registration::Model]) -> Result<Vec<((RegistrationId, RegistrationId), Vec<Sitting>)>> {
    if present.len() > ONE_ROOM {
        return Ok(Vec::new());
    }
    let people: BTreeSet<PersonId> = present.iter().map(|one| one.person_id).collect();
    let apart = block::among(tx, &people).await?;
    let mut there: Vec<&registration::Model> = present.iter().collect();
    there.sort_by_key(|one| one.id);
    let mut pairs = Vec::new();
    for (i, one) in there.iter().enumerate() {
        for other in &there[i + 1..] {
            let pair = (one.person_id.min(other.person_id), one.person_id.max(other.person_id));
            if !apart.contains(&pair) {
                pairs.push(((one.id, other.id), Vec::new()));
            }
        }
    }
    Ok(pairs)
}

/// Each round with the instant it ended.
fn ended(event: &event::Model, rounds: Vec<round::Model>) -> Vec<(round::Model, DateTime<Utc>)> {
    let mut clock = event.starts_at;
    rounds
        .into_iter()
        .map(|round| {
            let starts_at = round.starts_at.unwrap_or(clock);
            let planned_end = starts_at + TimeDelta::minutes(round.minutes.into());
            clock = planned_end + TimeDelta::minutes(round.break_minutes.into());
            let ended_at = match round.state {
                RoundState::Planned => planned_end,
                _ => round.finished_at.unwrap_or(planned_end),
            };
            (round, ended_at)
        })
        .collect()
}

fn sitting(plan: &plan::Model, round: i16, table: i16) -> Sitting {
    let (round, table) = (u16::try_from(round).unwrap_or(0), u16::try_from(table).unwrap_or(0));
    let found = plan.tables.iter().find(|one| one.round == round && one.table == table);
    Sitting { round, table, theme: found.map_or(plan::Theme::Mixed, |table| table.theme.clone()) }
}

/// Everyone who came and agreed is followed up for ninety days, and who could not come hears once.
async fn enroll(
    tx: &Tx,
    event: &event::Model,
    present: &[registration::Model],
    absent: &[registration::Model],
    now: DateTime<Utc>,
) -> Result<()> {
    let plan = prompting::plan_of(event);
    let sequence: Vec<Planned> = plan.sequence().collect();
    let missed = plan.steps().iter().copied().filter(|planned| planned.step == Step::N1);
    for willing in present.iter().filter(|one| one.follow_up && !sequence.is_empty()).collect::<Vec<_>>().chunks(BATCH) {
        let enrollments = willing.iter().map(|registration| enrollment::Model {
            id: EnrollmentId::new(),
            organizer_id: event.organizer_id,
            event_id: event.id,
            registration_id: registration.id,
            person_id: registration.person_id,
            state: EnrollmentState::Active,
            reason: None,
            paused_until: None,
            created_at: now,
        });
        enrollment::insert_all(tx, enrollments.collect()).await?;
        let prompts = willing.iter().flat_map(|registration| sequence.iter().map(|planned| scheduled(event, registration, *planned, now)));
        prompt::insert_all(tx, prompts.collect()).await?;
    }
    for planned in missed {
        let willing = absent.iter().filter(|one| one.follow_up);
        prompt::insert_all(tx, willing.map(|registration| scheduled(event, registration, planned, now)).collect()).await?;
    }
    Ok(())
}

/// So many people's prompts are made at once: all of a large event's would fill the memory.
const BATCH: usize = 500;

/// A step for one person, at its hour.
fn scheduled(event: &event::Model, registration: &registration::Model, planned: Planned, now: DateTime<Utc>) -> prompt::Model {
    let zone = registration.zone(event);
    let due_at = convivio_followup::due::of_step(planned, event.ends_at, event.timezone, zone);
    waiting(registration, planned.step, 0, due_at, now)
}

/// A prompt that waits for its time.
pub fn waiting(
    registration: &registration::Model,
    step: Step,
    occurrence: i32,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> prompt::Model {
    prompt::Model {
        id: PromptId::new(),
        organizer_id: registration.organizer_id,
        event_id: registration.event_id,
        registration_id: registration.id,
        person_id: registration.person_id,
        step,
        occurrence,
        state: PromptState::Scheduled,
        reason: None,
        due_at,
        first_due_at: due_at,
        sent_at: None,
        answered_at: None,
        content: None,
        answer: None,
        snoozes: 0,
        link_generation: 0,
        created_at: now,
    }
}
