//! The reader wants another language from now on.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_db::{Set, Tx, event, message, prompt, registration};
use convivio_domain::words::{PromptState, RegistrationState};
use convivio_domain::{EventId, Locale, PersonId, PromptId, RegistrationId};

use crate::app::App;
use crate::erasing;
use crate::http::Result;

/// Holds the events of what is on its way to the person; whoever calls holds the person after them. Nobody whom it names is erased while it is said
/// in other words.
pub async fn hold_events(tx: &Tx, person: PersonId) -> Result<BTreeSet<EventId>> {
    let on_their_way = prompt::all_of_person(tx, person).await?.into_iter().filter(|row| row.state == PromptState::Queued);
    let events: BTreeSet<EventId> = on_their_way.map(|row| row.event_id).collect();
    for event in &events {
        event::hold(tx, *event).await?;
    }
    Ok(events)
}

/// Whatever is still to come speaks it, whichever event it is about. A mail that has its words stays as it is, and so does a form nobody has
/// confirmed. `held` are the events that were held before the person was.
pub async fn read_in(app: &App, tx: &Tx, person: PersonId, locale: Locale, held: &BTreeSet<EventId>, now: DateTime<Utc>) -> Result<()> {
    let mut mine: Vec<RegistrationId> = Vec::new();
    for row in registration::lock_all_of_person(tx, person).await? {
        if row.state != RegistrationState::PendingEmail {
            registration::change(tx, row.id, registration::ActiveModel { locale: Set(locale), ..Default::default() }).await?;
            mine.push(row.id);
        }
    }
    let mails = message::of_registrations(tx, &mine).await?;
    let unwritten: BTreeSet<PromptId> = mails.into_iter().filter(|mail| mail.frozen.is_none()).filter_map(|mail| mail.prompt_id).collect();
    for row in prompt::all_of_person(tx, person).await? {
        if row.state == PromptState::Queued && held.contains(&row.event_id) && unwritten.contains(&row.id) {
            erasing::say_anew(app, tx, row, now).await?;
        }
    }
    // The prompts before the mails, as everybody does who holds both.
    Ok(message::write_in(tx, &mine, locale).await?)
}
