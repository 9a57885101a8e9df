//! Calling an event off: everybody is told, nobody is followed up.

use std::collections::HashMap;

use convivio_db::{Tx, checkin, event, message, person, registration, round};
use convivio_domain::PersonId;
use convivio_domain::words::{EventState, MailKind, Reason, RegistrationState};

use crate::app::App;
use crate::http::{ApiError, Result};
use crate::outbox::promise;

/// Calls a draft or a published event off within the transaction. Every registration that lived is cancelled with it.
pub async fn cancel(app: &App, tx: &Tx, seen: &event::Model) -> Result<()> {
    let now = app.clock.now();
    // Held before anything is read: a confirmation of this moment is through, or finds the event cancelled.
    let event = event::lock(tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    if !event.gives_seats() || !event::move_on(tx, event.id, event.state, EventState::Cancelled, now).await? {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    for round in round::of_event(tx, event.id).await? {
        round::finish(tx, round.id, now).await?;
    }
    // Who has never confirmed the address is not written to.
    let told: Vec<RegistrationState> =
        RegistrationState::LIVE.into_iter().filter(|state| *state != RegistrationState::PendingEmail).collect();
    let people = registration::in_states(tx, event.id, &told).await?;
    for state in RegistrationState::LIVE {
        registration::move_all(tx, event.id, state, RegistrationState::Cancelled).await?;
    }
    checkin::undo_all(tx, event.id, now).await?;
    registration::forget_arrivals(tx, event.id).await?;
    event::empty(tx, event.id).await?;
    message::cancel_open_of_event(tx, event.id, MailKind::ALL, Reason::RegistrationChanged).await?;
    for some in people.chunks(promise::BATCH) {
        let persons: HashMap<PersonId, person::Model> = person::by_ids(tx, some.iter().map(|one| one.person_id)).await?;
        let pairs: Vec<_> = some.iter().filter_map(|one| Some((one, persons.get(&one.person_id)?))).collect();
        promise::event_off(app, tx, &pairs).await?;
    }
    Ok(())
}
