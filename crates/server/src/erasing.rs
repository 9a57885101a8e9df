//! Forgetting a person: their words, their name and their address leave every table, and what is left is counted without them.
//!
//! The rows stay where others build on them: a registration is `anonymised`, an encounter has one side without a name. A prompt to somebody else
//! that names them is made anew from who is left. What others wrote about them in their own log is those others'.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_db::{
    Set, Stored, Tenant, Tx, block, connection, consent, contact, encounter, enrollment, event, guide_ack, idempotency, introduction, job,
    log, message, person, plan, prompt, registration, report, seat, suppression,
};
use convivio_domain::words::{PlanState, PromptState, Reason, RegistrationState, Step};
use convivio_domain::{
    EmailAddress, EventId, PassionCode, PersonId, PersonName, Profile, Prompt, PromptId, RegistrationCode, RegistrationId, Visibility,
    Wishes,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{ApiError, FieldError, Result};
use crate::{gardening, prompting, waiting};

/// What was erased. Said again it is nothing: there is nobody left.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Erased {
    /// Kept without a name, so that an event still counts whom it had
    registrations: usize,
    /// Of events to come: offered to the first in line
    seats_freed: usize,
    prompts: u64,
    /// That had not left
    messages_called_off: u64,
    log_entries: u64,
    connections: u64,
}

/// Erases a person, whose own address says that they are meant. All of it is one transaction.
pub async fn erase(app: &App, who: &impl Tenant, id: PersonId, confirm: &EmailAddress) -> Result<Erased> {
    let (tx, now) = (app.db.write(who).await?, app.clock.now());
    // The event before the person, as everybody does who holds both.
    let events: BTreeSet<EventId> = registration::all_of_person(&tx, id).await?.into_iter().map(|row| row.event_id).collect();
    for event in &events {
        event::lock(&tx, *event).await?;
    }
    // Who keeps them, or somebody they brought along, may be told of them this moment, by what is of another event.
    let readers = connection::readers_of(&tx, id).await?;
    let held = person::lock_all(&tx, readers.into_iter().chain([id])).await?;
    let Some(person) = held.into_iter().find(|one| one.id == id) else {
        return person::find_by_id(&tx, id).await?.map(|_| Erased::default()).ok_or(ApiError::NotFound);
    };
    if confirm.normal() != person.email_normal {
        let wrong = FieldError::new("/confirm", "not_the_address", "must be the address of whoever is erased");
        return Err(ApiError::Invalid(vec![wrong]));
    }
    // A last yes is either there by now, with its mails, or finds nothing to say yes to.
    introduction::lock_all_around(&tx, id).await?;
    let rows = registration::lock_all_of_person(&tx, id).await?;
    let mut erased = Erased { registrations: rows.len(), ..Erased::default() };
    // The prompts before the mails; these are called off, and counted, where they lose their words.
    enrollment::stop(&tx, id, Reason::Erased).await?;
    prompt::suppress_open(&tx, id, Reason::Erased).await?;
    for row in &rows {
        erased.seats_freed += usize::from(leave(&tx, row, now).await?);
        erased.messages_called_off += message::erase(&tx, row.id, &EmailAddress::erased(id)).await?;
    }
    erased.prompts = prompt::erase(&tx, id).await?;
    erased.log_entries = log::erase(&tx, id).await?;
    introduction::erase(&tx, id).await?;
    contact::erase(&tx, id).await?;
    erased.connections = let_go(&tx, id, now).await?;
    block::erase(&tx, id).await?;
    consent::erase(&tx, id).await?;
    report::erase(&tx, id, now).await?;
    suppression::remove(&tx, &person.email).await?;
    idempotency::forget(&tx, id, &names_of(&person, &rows)).await?;
    person::erase(&tx, id, now).await?;
    let mut unsaid = BTreeSet::new();
    for event in &events {
        unsaid.extend(unsay(&tx, *event).await?);
    }
    vanish(app, &tx, id, &rows, &unsaid, now).await?;
    let called: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).chain([person.name.as_str()]).collect();
    for row in &rows {
        plan::reword(&tx, row.event_id, |warning| say_without(&called, warning)).await?;
        job::reword(&tx, row.event_id, |problem| tell_without(&called, problem)).await?;
        waiting::offer_free_seats(app, &tx, row.event_id).await?;
    }
    tx.commit().await?;
    app.ring();
    Ok(erased)
}

/// The registration ends as it does when somebody cancels, and says nothing any more. Whether a seat came free.
async fn leave(tx: &Tx, row: &registration::Model, now: DateTime<Utc>) -> Result<bool> {
    use RegistrationState as S;
    let event = event::lock(tx, row.event_id).await?.ok_or(ApiError::NotFound)?;
    let to_come = event.gives_seats() && row.state.is_live();
    if to_come {
        waiting::end(tx, row, S::Anonymised, now).await?;
    }
    let nothing = registration::ActiveModel {
        state: Set(S::Anonymised),
        name: Set(PersonName::erased()),
        profile: Set(Stored(Profile { visibility: Visibility::nothing(), ..Profile::default() })),
        intention: Set(None),
        wishes: Set(Stored(Wishes::default())),
        accessibility: Set(None),
        answers: Set(Stored(serde_json::Map::new())),
        timezone: Set(None),
        follow_up: Set(false),
        method_ack_at: Set(None),
        position: Set(None),
        pending_until: Set(None),
        link_generation: Set(row.link_generation + 1),
        ..Default::default()
    };
    registration::change(tx, row.id, nothing).await?;
    guide_ack::erase(tx, row.id).await?;
    Ok(to_come && matches!(row.state, S::Confirmed | S::CheckedIn | S::Offered))
}

/// Whom they kept is forgotten, and who kept them is told of somebody else the next time.
async fn let_go(tx: &Tx, id: PersonId, now: DateTime<Utc>) -> Result<u64> {
    let around = connection::all_around(tx, id).await?;
    let erased = connection::erase(tx, id).await?;
    let owners: BTreeSet<PersonId> = around.into_iter().map(|one| one.owner_id).filter(|owner| *owner != id).collect();
    for owner in owners {
        gardening::plan_next(tx, owner, now).await?;
    }
    Ok(erased)
}

/// A table that was about free words which nobody at the event says any more is mixed, in its plans and in what is told of its evening. Which words
/// these are.
async fn unsay(tx: &Tx, event: EventId) -> Result<BTreeSet<PassionCode>> {
    let plans = plan::all_of_event(tx, event).await?;
    let themes = plans.iter().flat_map(|plan| plan.tables.iter()).filter_map(|table| free_words(&table.theme));
    let mut unsaid: BTreeSet<PassionCode> = themes.collect();
    let all: Vec<PassionCode> = unsaid.iter().cloned().collect();
    for row in registration::declaring(tx, event, &all).await? {
        unsaid.retain(|code| row.profile.passions.iter().all(|passion| passion.code != *code));
    }
    for plan in plans {
        let (id, mut tables, mut any) = (plan.id, plan.tables, false);
        for table in &mut tables.0 {
            if free_words(&table.theme).is_some_and(|code| unsaid.contains(&code)) {
                (table.theme, any) = (plan::Theme::Mixed, true);
            }
        }
        // As a change by hand: whoever rearranges what they saw before does not bring back the words of who is gone.
        if any || matches!(plan.state, PlanState::Draft | PlanState::Published) {
            plan::change(tx, id, plan::ActiveModel { tables: Set(tables), ..Default::default() }).await?;
        }
    }
    encounter::forget_themes(tx, event, &unsaid).await?;
    Ok(unsaid)
}

/// The code of a theme that is called by somebody's own words.
fn free_words(theme: &plan::Theme) -> Option<PassionCode> {
    match theme {
        plan::Theme::Mixed => None,
        plan::Theme::Shared { code, .. } => PassionCode::parse(code).ok().filter(PassionCode::is_free),
    }
}

/// Nobody else's reasons, prompts and mails name them any more, or tell of the words that went with them.
async fn vanish(
    app: &App,
    tx: &Tx,
    id: PersonId,
    rows: &[registration::Model],
    unsaid: &BTreeSet<PassionCode>,
    now: DateTime<Utc>,
) -> Result<()> {
    for row in rows {
        seat::erase(tx, row.id, &row.code).await?;
    }
    let codes: Vec<RegistrationCode> = rows.iter().map(|row| row.code.clone()).collect();
    // Who was brought together by them is told so with the code of the other, not with theirs.
    let brought = connection::brought_about_by(tx, id).await?;
    let (readers, others) = told_of(tx, &brought).await?;
    let is_told = |one: &prompt::Model| brought.iter().any(|row| row.owner_id == one.person_id);
    let mut saying = prompt::naming(tx, &codes).await?;
    saying.extend(prompt::naming(tx, &others).await?.into_iter().filter(is_told));
    saying.extend(prompt::telling_of(tx, unsaid).await?);
    saying.sort_by_key(|one| one.id);
    saying.dedup_by_key(|one| one.id);
    let said: Vec<PromptId> = saying.iter().map(|one| one.id).collect();
    for prompt in saying {
        say_anew(app, tx, prompt, now).await?;
    }
    message::give_back_unwritten(tx, &said).await?;
    message::forget_of_prompts(tx, said).await?;
    message::forget_naming(tx, &codes).await?;
    Ok(message::forget_naming_to(tx, &readers, &others).await?)
}

/// Every registration of the owners of these connections, and the code by which each knows the other.
async fn told_of(tx: &Tx, brought: &[connection::Model]) -> Result<(Vec<RegistrationId>, Vec<RegistrationCode>)> {
    let (mut readers, mut others) = (Vec::new(), Vec::new());
    for one in brought {
        readers.extend(registration::all_of_person(tx, one.owner_id).await?.into_iter().map(|row| row.id));
        others.extend(registration::of_person(tx, one.event_id, one.other_id).await?.map(|row| row.code));
    }
    Ok((readers, others))
}

/// Its reader may still look at it, or have it before them this moment.
const READABLE: [PromptState; 4] = [PromptState::Queued, PromptState::Sent, PromptState::Acted, PromptState::Skipped];

/// What a prompt says is made anew from who is left; where that is nothing, it says nothing, and does not leave.
async fn say_anew(app: &App, tx: &Tx, row: prompt::Model, now: DateTime<Utc>) -> Result<()> {
    let said = match prompting::facts(tx, &row, now).await? {
        Some(known) if READABLE.contains(&row.state) => prompting::compose(app, tx, &known, &row, now).await?,
        _ => Err(Reason::InsufficientContext),
    };
    let (content, reason) = match said {
        Ok(content) => (Some(content), None),
        Err(reason) => (None, Some(reason)),
    };
    prompt::say(tx, row.id, content).await?;
    if let (Some(reason), PromptState::Queued) = (reason, row.state) {
        let changes = prompt::ActiveModel { reason: Set(Some(reason)), ..Default::default() };
        prompt::move_on(tx, row.id, &[PromptState::Queued], PromptState::Suppressed, changes).await?;
        message::cancel_open(tx, row.registration_id, &[row.step.mail()], reason).await?;
    }
    Ok(())
}

/// What is on its way to either of two who are kept apart from now on, and tells of the other, is said anew without them. What has left stays as it
/// was. Whoever calls holds both people.
pub async fn tell_apart(app: &App, tx: &Tx, one: PersonId, other: PersonId, now: DateTime<Utc>) -> Result<()> {
    let mut on_their_way = Vec::new();
    for (reader, named) in [(one, other), (other, one)] {
        let mut codes: Vec<RegistrationCode> = registration::all_of_person(tx, named).await?.into_iter().map(|row| row.code).collect();
        // Whoever brought the reader together with somebody is named where the prompt is about that somebody.
        let mut brought = connection::brought_about_by(tx, named).await?;
        brought.retain(|row| row.owner_id == reader);
        codes.extend(told_of(tx, &brought).await?.1);
        let mut naming = prompt::all_of_person(tx, reader).await?;
        naming.retain(|row| row.content.as_ref().is_some_and(|content| recalls(content, &codes)));
        let ids: Vec<PromptId> = naming.iter().map(|row| row.id).collect();
        // Whoever answers on their page may have the mail still to come.
        let to_come = message::prompts_with_mail_to_come(tx, &ids).await?;
        on_their_way.extend(naming.into_iter().filter(|row| row.state == PromptState::Queued || to_come.contains(&row.id)));
    }
    if on_their_way.is_empty() {
        return Ok(());
    }
    let ids: Vec<PromptId> = on_their_way.iter().map(|row| row.id).collect();
    for row in on_their_way {
        say_anew(app, tx, row, now).await?;
    }
    message::give_back_unwritten(tx, &ids).await?;
    Ok(message::forget_unsent_of_prompts(tx, ids).await?)
}

/// Whoever is named in a prompt is among those it recalls, or brought one of them to its reader.
fn recalls(content: &Prompt, codes: &[RegistrationCode]) -> bool {
    content.recall.people.iter().any(|person| codes.contains(&person.code))
}

/// What the prompts and mails to its owner said of a contact that is there no more is said anew without them.
pub async fn forget_contact(app: &App, tx: &Tx, gone: &contact::Model, now: DateTime<Utc>) -> Result<()> {
    let mut saying = Vec::new();
    for step in [Step::C, Step::F6] {
        let all = prompt::of_step(tx, gone.owner_id, step).await?;
        saying.extend(all.into_iter().filter(|row| row.content.as_ref().is_some_and(|content| tells_of(content, gone))));
    }
    let ids: Vec<PromptId> = saying.iter().map(|row| row.id).collect();
    for row in saying {
        say_anew(app, tx, row, now).await?;
    }
    message::give_back_unwritten(tx, &ids).await?;
    Ok(message::forget_of_prompts(tx, ids).await?)
}

fn tells_of(content: &Prompt, contact: &contact::Model) -> bool {
    let suggested = [&content.action].into_iter().chain(&content.alternatives).any(|action| action.contact == Some(contact.id));
    suggested || [&content.subject, &content.opening].into_iter().any(|words| words.contains(contact.name.as_str()))
}

/// By what a kept answer knows them.
fn names_of(person: &person::Model, rows: &[registration::Model]) -> idempotency::Known {
    let codes = rows.iter().map(|row| row.code.to_string());
    idempotency::Known {
        here: [person.id.to_string()].into_iter().chain(codes).collect(),
        anywhere: vec![person.email.to_string(), person.email_normal.clone()],
    }
}

/// The sentence without these names; whether there was one.
fn say_without(names: &BTreeSet<&str>, sentence: &mut String) -> bool {
    let said = names.iter().fold(sentence.clone(), |text, name| without(&text, name));
    let differs = said != *sentence;
    *sentence = said;
    differs
}

/// The same of every sentence in a document: none is passed by because another has changed.
fn tell_without(names: &BTreeSet<&str>, value: &mut Value) -> bool {
    match value {
        Value::String(sentence) => say_without(names, sentence),
        Value::Array(all) => all.iter_mut().filter_map(|one| tell_without(names, one).then_some(())).count() > 0,
        Value::Object(all) => all.values_mut().filter_map(|one| tell_without(names, one).then_some(())).count() > 0,
        _ => false,
    }
}

/// A name within a longer word is somebody else's.
fn without(text: &str, name: &str) -> String {
    let nobody = PersonName::erased();
    let (mut said, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(name) {
        let after = &rest[at + name.len()..];
        said.push_str(&rest[..at]);
        let is_part = said.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        said.push_str(if is_part { name } else { nobody.as_str() });
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_leaves_a_sentence_and_no_other_word_does() {
        assert_eq!(without("Ada and Adam sit apart from Ada.", "Ada"), "— and Adam sit apart from —.");
        assert_eq!(without("nobody", "Ada"), "nobody");
        let mut problem = json!({"detail": "Ada is alone", "conflicts": [{"rule": "with Ada", "codes": ["ADA00000"], "round": 1}]});
        assert!(tell_without(&BTreeSet::from(["Ada"]), &mut problem));
        assert_eq!(problem, json!({"detail": "— is alone", "conflicts": [{"rule": "with —", "codes": ["ADA00000"], "round": 1}]}));
        assert!(!tell_without(&BTreeSet::from(["Ada"]), &mut problem));
    }
}
