//! What is asked once more at the moment of sending: whether the mail may leave now.

use chrono::{DateTime, Utc};
use convivio_db::message::{self, Outcome};
use convivio_db::{registration, seat};
use convivio_domain::words::{MailKind, MessageState, Reason, RegistrationState};
use convivio_followup::{due, rules, window};

use super::rows::Rows;
use crate::app::App;
use crate::prompting;

/// Whether something speaks against the mail now, at the moment of sending.
pub(super) async fn refusal(app: &App, message: &message::Model, rows: &Rows) -> convivio_db::Result<Option<Outcome>> {
    let ended = |state, reason| Ok(Some(Outcome::Ended { state, reason, error: None }));
    let now = app.clock.now();
    if let Some(suppression) = &rows.suppression
        // Who complained of mail may still come in by themselves.
        && !(suppression.reason == Reason::Complaint && message.kind == MailKind::Login)
    {
        return ended(MessageState::Suppressed, suppression.reason);
    }
    if let Some(registration) = &rows.registration {
        if registration.state == RegistrationState::Anonymised {
            return ended(MessageState::Suppressed, Reason::Erased);
        }
        if !is_still_so(message.kind, registration.state) {
            return ended(MessageState::Suppressed, Reason::RegistrationChanged);
        }
        if !message.by_reader
            && let Some(until) = seated_until(app, rows, registration).await?
        {
            return Ok(Some(Outcome::Later { due_at: until }));
        }
    }
    if message.kind == MailKind::Introduction {
        // It does not grow old, and says nothing once something stands between the two.
        return if rows.introduced.is_some() { Ok(None) } else { ended(MessageState::Suppressed, Reason::RegistrationChanged) };
    }
    if !message.kind.is_follow_up() {
        // What somebody waits for is finished once it was begun, however late.
        let begun = message.attempt > 1 && message.frozen.is_some() && message.kind.is_asked_for();
        if !begun && rules::holds_event_mail(now, message.due_at) {
            return ended(MessageState::Held, Reason::TooLate);
        }
    }
    let Some(registration) = &rows.registration else { return Ok(None) };
    if matches!(message.kind, MailKind::A0 | MailKind::A1) {
        // Let go by hand after the evening, it would speak of a time to come.
        let over = rows.event.as_ref().is_none_or(|event| event.ends_at <= now);
        return if over { ended(MessageState::Suppressed, Reason::TooLate) } else { Ok(None) };
    }
    let Some(step) = message.kind.step() else { return Ok(None) };
    let person = rows.person.as_ref();
    if person.is_none_or(|person| person.follow_up_stopped_at.is_some()) && !app.fault("leaving_guard_off") {
        return ended(MessageState::Suppressed, Reason::Unsubscribed);
    }
    let hours = person.map(|person| prompting::hours_of(&prompting::wanted_by(person))).unwrap_or_default();
    if !registration.follow_up {
        return ended(MessageState::Suppressed, Reason::NoConsent);
    }
    if registration.state != step.audience() {
        return ended(MessageState::Suppressed, Reason::RegistrationChanged);
    }
    if prompting::is_stopped(step, rows.enrollment.as_ref()) {
        return ended(MessageState::Suppressed, Reason::Stopped);
    }
    // Whom it told of are forgotten or kept apart from its reader, who has answered already.
    if rows.prompt.as_ref().is_some_and(|prompt| prompt.content.is_none()) {
        return ended(MessageState::Suppressed, Reason::InsufficientContext);
    }
    let paused_until = rows.enrollment.as_ref().and_then(|one| one.paused_until);
    if let Some(event) = &rows.event {
        let zone = registration.zone(event);
        let days = window::days_of_event(event.starts_at, event.ends_at, event.timezone);
        let pause = person.and_then(|person| prompting::wanted_by(person).pause);
        let quiet = pause.map(|day| due::at_ten(day, zone)).max(paused_until).filter(|until| now < *until);
        let opens = window::open_at(quiet.unwrap_or(now), zone, hours, &days);
        if opens > now {
            return Ok(Some(Outcome::Later { due_at: opens }));
        }
        if rules::is_stale(now, message.due_at, zone) {
            return ended(MessageState::Suppressed, Reason::Stale);
        }
    }
    Ok(None)
}

/// Whether what the mail says of the registration is so at this moment. One that was held, or given up, may be let go days later.
fn is_still_so(kind: MailKind, state: RegistrationState) -> bool {
    use RegistrationState as S;
    let has_place = matches!(state, S::Confirmed | S::CheckedIn | S::Attended | S::NoShow);
    match kind {
        MailKind::Confirm => state == S::PendingEmail,
        MailKind::Confirmed => has_place,
        MailKind::Waitlisted => state == S::Waitlisted,
        MailKind::Offered => state == S::Offered,
        // Who has come back since is not told that they are off the list.
        MailKind::Rejected | MailKind::Cancelled => !has_place && !matches!(state, S::Waitlisted | S::Offered),
        MailKind::A0 | MailKind::A1 => state.is_visible(),
        // These have rules of their own, or say nothing of it.
        MailKind::Login
        | MailKind::F1
        | MailKind::F2
        | MailKind::F3
        | MailKind::F4
        | MailKind::F5
        | MailKind::F6
        | MailKind::C
        | MailKind::N1
        | MailKind::Stop
        | MailKind::Introduction
        | MailKind::Test => true,
    }
}

/// When the live round the reader is sitting in ends, if there is one: nothing but what they asked for themselves reaches them before.
async fn seated_until(app: &App, rows: &Rows, registration: &registration::Model) -> convivio_db::Result<Option<DateTime<Utc>>> {
    let read = app.db.read(&registration.organizer_id);
    for round in rows.live.iter() {
        let (Some(plan), Some(until)) = (round.plan_id, round.finishes_by) else { continue };
        if until <= app.clock.now() {
            // Over, and not yet noticed by its timer.
            continue;
        }
        let Some(mine) = registration::of_person(&read, round.event_id, registration.person_id).await? else { continue };
        let seats = seat::of_registration(&read, plan, mine.id).await?;
        if mine.state == RegistrationState::CheckedIn && seats.iter().any(|seat| seat.round == round.number) {
            return Ok(Some(until));
        }
    }
    Ok(None)
}
