//! The waiting list: a seat that comes free is offered to the first in line, in the transaction that freed it, and the offer holds it.

use chrono::{DateTime, Utc};
use convivio_db::{Set, Tx, checkin, event, message, person, registration};
use convivio_domain::EventId;
use convivio_domain::words::{MailKind, Reason, RegistrationState};

use crate::app::App;
use crate::http::{ApiError, Result};
use crate::outbox::promise::{self, By};
use crate::registering;

/// Commits, with every free seat offered to somebody who waits. For whoever frees seats; the event is held.
pub async fn commit_and_offer(app: &App, tx: Tx, event: EventId) -> Result<()> {
    #[cfg(debug_assertions)]
    if app.fault("offers_apart") {
        return commit_then_offer(app, tx, event).await;
    }
    offer_free_seats(app, &tx, event).await?;
    tx.commit().await?;
    app.ring();
    Ok(())
}

/// Offers every free seat to somebody who waits. The event is held.
pub async fn offer_free_seats(app: &App, tx: &Tx, event: EventId) -> Result<()> {
    let event = event::find_by_id(tx, event).await?.ok_or(ApiError::NotFound)?;
    let Some(until) = event.offer_ends(app.clock.now()).filter(|_| event.gives_seats()) else { return Ok(()) };
    let free = event.seats_left().map_or(event.waitlisted, |left| left.min(event.waitlisted));
    let Some(free) = u64::try_from(free).ok().filter(|free| *free > 0) else { return Ok(()) };
    let first = registration::first_in_line(tx, event.id, free).await?;
    offer(app, tx, &event, &first, until).await
}

/// What the control of R3 shows to be wrong: the seat is free for a moment, and who is first was read before it is written.
#[cfg(debug_assertions)]
async fn commit_then_offer(app: &App, tx: Tx, event: EventId) -> Result<()> {
    use convivio_db::Cursor;
    use convivio_db::registration::Order;

    let seen = event::find_by_id(&tx, event).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    let order = Order::WaitingList(Cursor { after: None, limit: 1 });
    let line = registration::list(&app.db.read(&seen.organizer_id), event, Some(RegistrationState::Waitlisted), order).await?;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let (Some(first), Some(until)) = (line.rows.first().map(|first| &first.row), seen.offer_ends(app.clock.now())) else { return Ok(()) };
    let tx = app.db.write(&seen.organizer_id).await?;
    match offer(app, &tx, &seen, std::slice::from_ref(first), until).await {
        Ok(()) => tx.commit().await?,
        Err(err) => tracing::warn!("somebody else was quicker: {err}"),
    }
    app.ring();
    Ok(())
}

/// Offers one seat to somebody in line, wherever they stand. In the last hours, when nothing is offered by itself any more, such an offer holds until
/// the start.
pub async fn offer_by_hand(app: &App, tx: &Tx, event: &event::Model, row: &registration::Model) -> Result<()> {
    let now = app.clock.now();
    let until = event.offer_ends(now).or(Some(event.starts_at).filter(|start| *start > now)).ok_or(ApiError::EventNotOpen)?;
    offer(app, tx, event, std::slice::from_ref(row), until).await
}

/// Offers a seat each to people who stand one behind the other.
async fn offer(app: &App, tx: &Tx, event: &event::Model, rows: &[registration::Model], until: DateTime<Utc>) -> Result<()> {
    let Some(last) = rows.last().and_then(|row| row.position) else { return Ok(()) };
    let many = i32::try_from(rows.len()).unwrap_or(i32::MAX);
    if !event::take_seats_for_line(tx, event.id, many).await? {
        return Err(ApiError::EventFull);
    }
    for row in rows {
        let offered = registration::ActiveModel {
            state: Set(RegistrationState::Offered),
            position: Set(None),
            pending_until: Set(Some(until)),
            ..Default::default()
        };
        message::cancel_open(tx, row.id, &[MailKind::Waitlisted], Reason::RegistrationChanged).await?;
        let person = person::find_by_id(tx, row.person_id).await?.ok_or(ApiError::NotFound)?;
        registering::move_on_and_say(app, tx, By::Others, row, &person, offered, MailKind::Offered).await?;
    }
    Ok(registration::move_up(tx, event.id, last, many).await?)
}

/// What a registration that ends may still have had to say.
const CALLED_OFF: [MailKind; 5] = [MailKind::Confirm, MailKind::Confirmed, MailKind::Waitlisted, MailKind::Offered, MailKind::A1];

/// The registration ends: it gives back what it held, and what was still to be mailed about it is called off. The event and the registration are held.
pub async fn end(tx: &Tx, row: &registration::Model, to: RegistrationState, now: DateTime<Utc>) -> Result<registration::Model> {
    match (row.state, row.position) {
        (RegistrationState::Confirmed | RegistrationState::CheckedIn | RegistrationState::Offered, _) => {
            event::free_seats(tx, row.event_id, 1).await?;
        }
        (RegistrationState::Waitlisted, Some(position)) => {
            event::leave_waiting_list(tx, row.event_id).await?;
            registration::move_up(tx, row.event_id, position, 1).await?;
        }
        _ => {}
    }
    if row.state == RegistrationState::CheckedIn {
        for checkin in checkin::of_registration(tx, row.id).await? {
            checkin::undo(tx, checkin.id, now).await?;
        }
    }
    let ended = registration::ActiveModel {
        state: Set(to),
        position: Set(None),
        pending_until: Set(None),
        // With its check-in, if it had one.
        checked_in_at: Set(None),
        ..Default::default()
    };
    let ended = registering::move_on(tx, row, ended).await?;
    message::cancel_open(tx, row.id, &CALLED_OFF, Reason::RegistrationChanged).await?;
    Ok(ended)
}

/// The registration is cancelled, by whoever has the right to. Who has never confirmed the address is not written to.
pub async fn cancel(app: &App, tx: &Tx, by: By, row: &registration::Model) -> Result<registration::Model> {
    let ended = end(tx, row, RegistrationState::Cancelled, app.clock.now()).await?;
    if row.state != RegistrationState::PendingEmail {
        let person = person::find_by_id(tx, row.person_id).await?.ok_or(ApiError::NotFound)?;
        promise::of_move(app, tx, by, MailKind::Cancelled, &ended, &person).await?;
    }
    Ok(ended)
}

/// Nobody answered the offer in time: the seat is for the next.
pub async fn expire_offer(app: &App, seen: &registration::Model) -> Result<()> {
    let tx = app.db.write(&seen.organizer_id).await?;
    event::lock(&tx, seen.event_id).await?.ok_or(ApiError::NotFound)?;
    let row = registration::lock(&tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    let now = app.clock.now();
    if row.state != RegistrationState::Offered || row.pending_until.is_some_and(|until| until > now) {
        return Ok(());
    }
    end(&tx, &row, RegistrationState::OfferExpired, now).await?;
    commit_and_offer(app, tx, row.event_id).await
}
