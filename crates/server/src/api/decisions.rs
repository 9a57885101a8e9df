//! What staff decide about a registration: no, not any more, this seat is for you, look at your mail again.

use actix_web::web;
use chrono::TimeDelta;
use convivio_db::{Set, Tx, event, person, registration};
use convivio_domain::RegistrationCode;
use convivio_domain::words::{MailKind, RegistrationState, Role};

use super::ItemPath;
use super::registrations::Registration;
use crate::app::App;
use crate::http::{ApiError, IfMatch, Manager, Result, Staff, Tagged};
use crate::outbox::promise::{self, By};
use crate::{registering, waiting};

/// How often the mail of a registration can be sent again.
const RESEND_AFTER: TimeDelta = TimeDelta::hours(1);

/// A registration and its event, both held, and whose it is.
struct Held {
    event: event::Model,
    row: registration::Model,
    person: person::Model,
}

/// Holds a registration of an event that has not ended, in the version that was seen.
async fn hold(app: &App, who: &Staff<Manager>, path: &ItemPath, seen: &IfMatch) -> Result<(Tx, Held)> {
    let (tx, event) = registering::with_seats(app, who, &path.event).await?;
    let code = RegistrationCode::parse(&path.id).map_err(|_| ApiError::NotFound)?;
    let row = registration::lock_by_code(&tx, &code).await?.filter(|row| row.event_id == event.id).ok_or(ApiError::NotFound)?;
    seen.ensure(row.version)?;
    if !event.gives_seats() {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    let person = person::find_by_id(&tx, row.person_id).await?.ok_or(ApiError::NotFound)?;
    Ok((tx, Held { event, row, person }))
}

async fn shown(app: &App, tx: &Tx, held: Held, role: Role) -> Result<Tagged<Registration>> {
    let row = registration::find_by_id(tx, held.row.id).await?.ok_or(ApiError::NotFound)?;
    Ok(Tagged(row.version, Registration::seated(tx, &held.event, row, Some(held.person.email), role, app.clock.now()).await?))
}

/// The organizer's word is no.
pub async fn reject(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: IfMatch,
) -> Result<Tagged<Registration>> {
    let (tx, held) = hold(&app, &who, &path, &if_match).await?;
    if held.row.state != RegistrationState::PendingApproval {
        return Err(ApiError::WrongState(held.row.state.to_string()));
    }
    let rejected = waiting::end(&tx, &held.row, RegistrationState::Rejected, app.clock.now()).await?;
    promise::of_move(&app, &tx, By::Others, MailKind::Rejected, &rejected, &held.person).await?;
    let answer = shown(&app, &tx, held, who.role).await?;
    tx.commit().await?;
    app.ring();
    Ok(answer)
}

/// Takes a registration off the list, wherever it stands; its seat is offered to the first in line.
pub async fn cancel(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: IfMatch,
) -> Result<Tagged<Registration>> {
    let (tx, held) = hold(&app, &who, &path, &if_match).await?;
    if !held.row.state.is_live() {
        return Err(ApiError::WrongState(held.row.state.to_string()));
    }
    waiting::cancel(&app, &tx, By::Others, &held.row).await?;
    let event = held.event.id;
    let answer = shown(&app, &tx, held, who.role).await?;
    waiting::commit_and_offer(&app, tx, event).await?;
    Ok(answer)
}

/// Offers a free seat to somebody in line, before those who stand in front of them.
pub async fn offer(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>, if_match: IfMatch) -> Result<Tagged<Registration>> {
    let (tx, held) = hold(&app, &who, &path, &if_match).await?;
    if held.row.state != RegistrationState::Waitlisted {
        return Err(ApiError::WrongState(held.row.state.to_string()));
    }
    waiting::offer_by_hand(&app, &tx, &held.event, &held.row).await?;
    let answer = shown(&app, &tx, held, who.role).await?;
    tx.commit().await?;
    app.ring();
    Ok(answer)
}

/// Sends the mail that says where the registration stands once more.
pub async fn resend(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: IfMatch,
) -> Result<Tagged<Registration>> {
    let (tx, held) = hold(&app, &who, &path, &if_match).await?;
    let kind = registering::mail_of(held.row.state).ok_or_else(|| ApiError::WrongState(held.row.state.to_string()))?;
    let now = app.clock.now();
    if let Some(again) = held.row.resent_at.map(|at| at + RESEND_AFTER).filter(|again| *again > now) {
        return Err(ApiError::RateLimited(u64::try_from((again - now).num_seconds() + 1).unwrap_or(1)));
    }
    // The mail says how long its link works, counted from now.
    let pending_until = match kind {
        MailKind::Confirm => Set(Some(now + registering::PENDING)),
        _ => convivio_db::NotSet,
    };
    let changes = registration::ActiveModel { resent_at: Set(Some(now)), pending_until, ..Default::default() };
    registration::change(&tx, held.row.id, changes).await?;
    let occurrence = format!("again-{}", now.timestamp_micros());
    promise::about_registration(&app, &tx, By::Others, kind, &held.row, &held.person, &occurrence).await?;
    let answer = shown(&app, &tx, held, who.role).await?;
    tx.commit().await?;
    app.ring();
    Ok(answer)
}
