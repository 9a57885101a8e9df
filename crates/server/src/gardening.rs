//! How sequences end, and the slow cadence that goes on after them.

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Tx, connection, contact, enrollment, event, log, message, prompt, registration};
use convivio_domain::words::{EnrollmentState, MailKind, PromptState, Reason, Step};
use convivio_domain::{PersonId, RegistrationId};
use convivio_followup::garden::{self, Cadence};

use crate::completing::waiting;

/// Ends a sequence nobody answers: what is left of it is called off, and a note says so.
pub async fn close(
    tx: &Tx,
    row: &prompt::Model,
    registration: &registration::Model,
    reason: Reason,
    now: DateTime<Utc>,
) -> convivio_db::Result<()> {
    prompt::cancel_waiting(tx, registration.id, reason).await?;
    if row.step == Step::C {
        clear_cadences(tx, row.person_id).await?;
    }
    enrollment::set_state(tx, registration.id, EnrollmentState::Stopped, Some(reason)).await?;
    prompt::insert_all(tx, vec![waiting(registration, Step::Stop, row.occurrence, now, now)]).await
}

/// The person wants no more mails about those who are growing distant.
pub async fn clear_cadences(tx: &Tx, person: PersonId) -> convivio_db::Result<()> {
    connection::clear_cadences(tx, person).await?;
    contact::clear_cadences(tx, person).await
}

/// Ends every sequence of the person, and what it would still have sent.
pub async fn call_off(tx: &Tx, person: PersonId, reason: Reason) -> convivio_db::Result<()> {
    enrollment::stop(tx, person, reason).await?;
    prompt::suppress_open(tx, person, reason).await?;
    for registration in registration::all_of_person(tx, person).await? {
        message::cancel_open(tx, registration.id, &MailKind::follow_up(), reason).await?;
    }
    Ok(())
}

/// After a prompt was dealt with: the ninety days are over with their last one, and what recurs is planned anew.
pub async fn tend(tx: &Tx, row: &prompt::Model, now: DateTime<Utc>) -> convivio_db::Result<()> {
    complete_if_over(tx, row.registration_id, now).await?;
    let has_gone = prompt::find_by_id(tx, row.id).await?.is_some_and(|row| !prompt::WAITING.contains(&row.state));
    if row.step == Step::C && has_gone {
        plan_next(tx, row.person_id, now).await?;
    }
    Ok(())
}

/// A sequence of which nothing waits any more is complete.
async fn complete_if_over(tx: &Tx, registration: RegistrationId, now: DateTime<Utc>) -> convivio_db::Result<()> {
    let Some(enrollment) = enrollment::of_registration(tx, registration).await? else { return Ok(()) };
    match enrollment.state {
        EnrollmentState::Completed | EnrollmentState::Stopped => return Ok(()),
        // Its pause is over, or this prompt would have waited.
        EnrollmentState::Paused if enrollment.paused_until.is_some_and(|until| until <= now) => {
            enrollment::resume(tx, registration).await?
        }
        EnrollmentState::Paused => return Ok(()),
        EnrollmentState::Active => {}
    }
    let all = prompt::of_registration(tx, registration).await?;
    if all.iter().any(|one| one.step.is_of_sequence() && prompt::WAITING.contains(&one.state)) {
        return Ok(());
    }
    enrollment::set_state(tx, registration, EnrollmentState::Completed, None).await
}

/// The person did something by themselves. What ended because nothing was heard of them is complete instead, and what recurs is planned.
pub async fn heard_from(tx: &Tx, person: PersonId, now: DateTime<Utc>) -> convivio_db::Result<()> {
    enrollment::complete_stopped(tx, person, &enrollment::SILENCE).await?;
    plan_next(tx, person, now).await
}

/// The person asks to be reminded of somebody. So what they stopped themselves is complete as well.
pub async fn asked_by(tx: &Tx, person: PersonId, now: DateTime<Utc>) -> convivio_db::Result<()> {
    enrollment::complete_stopped(tx, person, &[Reason::Stopped]).await?;
    heard_from(tx, person, now).await
}

/// When a sequence of this registration was last closed with a last word: what had no answer before counts no more.
pub fn last_word<'a>(prompts: impl Iterator<Item = &'a prompt::Model>, registration: RegistrationId) -> Option<DateTime<Utc>> {
    prompts.filter(|one| one.step == Step::Stop && one.registration_id == registration).map(|one| one.created_at).max()
}

/// Plans the next mail about those who are growing distant, or takes it back where the reader wants none. There is one that waits at most; it
/// belongs to the last event the reader came to.
pub async fn plan_next(tx: &Tx, person: PersonId, now: DateTime<Utc>) -> convivio_db::Result<()> {
    let all = prompt::of_step(tx, person, Step::C).await?;
    let open = all.iter().find(|one| prompt::WAITING.contains(&one.state));
    let due = next_due(tx, person, &all, now).await?;
    match (open, due) {
        // One that the reader put off themselves comes when they said.
        (Some(one), _) if one.state == PromptState::Snoozed => Ok(()),
        (Some(one), Some((due_at, _))) => prompt::reschedule(tx, one.id, due_at).await,
        (Some(one), None) => prompt::cancel(tx, one.id, Reason::NobodyChosen).await,
        (None, Some((due_at, registration))) => {
            let occurrence = all.iter().filter(|one| one.registration_id == registration.id).count();
            let row = waiting(&registration, Step::C, i32::try_from(occurrence).unwrap_or(i32::MAX), due_at, now);
            prompt::insert_all(tx, vec![row]).await
        }
        (None, None) => Ok(()),
    }
}

/// When it is time again, and the registration it belongs to.
async fn next_due(
    tx: &Tx,
    person: PersonId,
    sent: &[prompt::Model],
    now: DateTime<Utc>,
) -> convivio_db::Result<Option<(DateTime<Utc>, registration::Model)>> {
    let Some(enrollment) = enrollment::latest_of_person(tx, person).await? else { return Ok(None) };
    let willing = registration::find_by_id(tx, enrollment.registration_id).await?.filter(|one| one.follow_up);
    let Some(registration) = willing else { return Ok(None) };
    let Some(event) = event::find_by_id(tx, registration.event_id).await? else { return Ok(None) };
    let kept = connection::kept(tx, person).await?;
    let tended: Vec<(&connection::Model, Cadence)> = kept.iter().filter_map(|one| Some((one, cadence_of(one)?))).collect();
    let mut people = in_touch(tx, person, &tended).await?;
    let contacts = contact::all_of(tx, person).await?;
    people.extend(contacts.iter().filter_map(|one| Some((one.in_touch_at, cadence(one.every_months)?))));
    let zone = registration.zone(&event);
    // One of which nothing was said counts as well: what keeps it silent will not be over tomorrow.
    let last_words = prompt::of_step(tx, person, Step::Stop).await?;
    let before_a_last_word =
        |one: &prompt::Model| last_word(last_words.iter(), one.registration_id).is_some_and(|since| one.left_at() <= since);
    let gone = sent.iter().filter(|one| !prompt::WAITING.contains(&one.state) && one.state != PromptState::Cancelled);
    let gone = gone.filter(|one| !before_a_last_word(one));
    let left: Vec<_> =
        gone.map(|one| if one.has_left() { (one.left_at(), one.is_answered()) } else { (one.due_at.min(now), true) }).collect();
    Ok(garden::next_mail(now, &people, &left, zone).map(|due_at| (due_at, registration)))
}

/// How often the owner of a connection would like to be in touch, where they said so.
pub fn cadence_of(connection: &connection::Model) -> Option<Cadence> {
    cadence(connection.every_months)
}

/// The cadence of so many months, as it is kept.
pub fn cadence(months: Option<i32>) -> Option<Cadence> {
    months.and_then(|months| u8::try_from(months).ok()).and_then(Cadence::of_months)
}

/// When each of them was last in touch, as its owner says; else when they were chosen.
async fn in_touch(
    scope: &impl Scoped,
    owner: PersonId,
    tended: &[(&connection::Model, Cadence)],
) -> convivio_db::Result<Vec<(DateTime<Utc>, Cadence)>> {
    let log = log::about(scope, owner, tended.iter().map(|(one, _)| one.other_id)).await?;
    let last =
        |other: PersonId| log.iter().filter(|entry| entry.about_id == other && entry.is_contact()).map(|entry| entry.happened_at).max();
    Ok(tended.iter().map(|(one, every)| (last(one.other_id).unwrap_or(one.created_at), *every)).collect())
}
