//! The reader wants another language from now on.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_db::{Set, Tx, event, message, prompt, registration};
use convivio_domain::words::{PromptState, RegistrationState};
use convivio_domain::{EventId, Locale, MessageId, PersonId, PromptId, RegistrationId};

use crate::app::App;
use crate::http::Result;
use crate::prompting;

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

/// Whatever is still to come speaks it, whichever event it is about. A mail that has its words stays as it is, and so do a form nobody has confirmed
/// and a prompt that would say nothing if it was made today. `held` are the events that were held before the person was.
pub async fn read_in(app: &App, tx: &Tx, person: PersonId, locale: Locale, held: &BTreeSet<EventId>, now: DateTime<Utc>) -> Result<()> {
    let mut mine: Vec<RegistrationId> = Vec::new();
    for row in registration::lock_all_of_person(tx, person).await? {
        if row.state != RegistrationState::PendingEmail {
            registration::change(tx, row.id, registration::ActiveModel { locale: Set(locale), ..Default::default() }).await?;
            mine.push(row.id);
        }
    }
    // The prompts before the mails, as everybody does who holds both. Held, none of them gets its words meanwhile.
    let queued = prompt::lock_queued_of_person(tx, person).await?;
    let (written, mut mails): (Vec<_>, Vec<_>) =
        message::lock_unsent_of_registrations(tx, &mine).await?.into_iter().partition(|mail| mail.frozen.is_some());
    let of = |mails: &[message::Model]| -> BTreeSet<PromptId> { mails.iter().filter_map(|mail| mail.prompt_id).collect() };
    // What a mail says that was tried already stands with its prompt.
    let (begun, about) = (of(&written), of(&mails));
    let mut said = BTreeSet::new();
    for row in queued {
        let is_unwritten = about.contains(&row.id) && !begun.contains(&row.id);
        if is_unwritten && held.contains(&row.event_id) && say(app, tx, &row, now).await? {
            said.insert(row.id);
        }
    }
    mails.retain(|mail| mail.prompt_id.is_none_or(|prompt| said.contains(&prompt)));
    let mails: Vec<MessageId> = mails.iter().map(|mail| mail.id).collect();
    Ok(message::write_in(tx, &mails, locale).await?)
}

/// In the words of the language its reader has by now.
async fn say(app: &App, tx: &Tx, row: &prompt::Model, now: DateTime<Utc>) -> Result<bool> {
    let Some(known) = prompting::facts(tx, row, now).await? else { return Ok(false) };
    let Ok(content) = prompting::compose(app, tx, &known, row, now).await? else { return Ok(false) };
    prompt::say(tx, row.id, Some(content)).await?;
    Ok(true)
}
