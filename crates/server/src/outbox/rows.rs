//! The rows that mails are about, read for all mails of a claim at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use convivio_db::{Read, enrollment, event, login, message, organizer, person, prompt, registration, round, suppression, template};
use convivio_domain::words::MailKind;
use convivio_domain::{EventId, MessageId, OrganizerId, RegistrationId, TemplateId};

use super::introduced::{self, Introduced};
use super::wording::words_of;
use crate::app::App;

/// What one mail is about, as it stood at one moment. Rows are large, and those that several mails of a claim are about are there once.
pub(super) struct Rows {
    pub(super) organizer: Arc<organizer::Model>,
    pub(super) event: Option<Arc<event::Model>>,
    pub(super) registration: Option<Arc<registration::Model>>,
    pub(super) person: Option<Arc<person::Model>>,
    pub(super) prompt: Option<Arc<prompt::Model>>,
    pub(super) login: Option<login::Model>,
    pub(super) enrollment: Option<enrollment::Model>,
    /// Of a follow-up: the mails about the same event that its reader had before, the first of them and the latest.
    pub(super) earlier: Vec<String>,
    /// Of a follow-up: somebody would introduce its reader to somebody.
    pub(super) is_asked: bool,
    /// Of A1: how long a round is.
    pub(super) first_round: Option<round::Model>,
    /// Of an introduction: what it rests on, if the two may still be brought together.
    pub(super) introduced: Option<Introduced>,
    /// The organizer's own words, where the mail has such.
    pub(super) template: Option<Arc<template::Model>>,
    pub(super) suppression: Option<suppression::Model>,
    /// The rounds of the organizer that are live.
    pub(super) live: Arc<Vec<round::Model>>,
    pub(super) read_at: Instant,
}

/// A mail that waited longer for its place looks again: whether it may leave is decided when it leaves.
const FRESH: Duration = Duration::from_millis(250);

/// How many mails of a conversation a further one names.
const THREAD: usize = 10;

pub(super) fn are_fresh(read_at: Instant) -> bool {
    read_at.elapsed() < FRESH
}

impl Rows {
    pub(super) async fn of(app: &App, message: &message::Model) -> convivio_db::Result<Self> {
        let mut one = Self::of_all(app, std::slice::from_ref(message)).await?;
        Ok(one.remove(&message.id).expect("there are rows for each mail that was asked about"))
    }

    /// What a mail about a registration would be made from, if it was made now.
    pub(super) async fn about(read: &Read, event: event::Model, registration: registration::Model) -> convivio_db::Result<Self> {
        Ok(Self {
            organizer: Arc::new(organizer::this(read).await?),
            person: person::find_by_id(read, registration.person_id).await?.map(Arc::new),
            first_round: round::of_event(read, event.id).await?.into_iter().next(),
            event: Some(Arc::new(event)),
            registration: Some(Arc::new(registration)),
            prompt: None,
            login: None,
            enrollment: None,
            earlier: Vec::new(),
            introduced: None,
            is_asked: false,
            template: None,
            suppression: None,
            live: Arc::default(),
            read_at: Instant::now(),
        })
    }

    /// A handful of questions, however many mails of an organizer there are.
    pub(super) async fn of_all(app: &App, messages: &[message::Model]) -> convivio_db::Result<HashMap<MessageId, Self>> {
        let mut by_organizer: BTreeMap<OrganizerId, Vec<&message::Model>> = BTreeMap::new();
        for message in messages {
            by_organizer.entry(message.organizer_id).or_default().push(message);
        }
        let mut all = HashMap::with_capacity(messages.len());
        // One alone is as quick by itself, beside the others; here they would wait for each other.
        let worth_it = |some: &Vec<&message::Model>| some.len() > 1 || messages.len() == 1;
        for (organizer, messages) in by_organizer.into_iter().filter(|(_, some)| worth_it(some)) {
            of_organizer(app, organizer, &messages, &mut all).await?;
        }
        Ok(all)
    }
}

async fn of_organizer(
    app: &App,
    organizer: OrganizerId,
    messages: &[&message::Model],
    all: &mut HashMap<MessageId, Rows>,
) -> convivio_db::Result<()> {
    let (read, now, read_at) = (app.db.read(&organizer), app.clock.now(), Instant::now());
    let organizer = Arc::new(organizer::this(&read).await?);
    let registrations = shared(registration::by_ids(&read, messages.iter().filter_map(|one| one.registration_id)).await?);
    let people = set(registrations.values().map(|one| one.person_id));
    let people = if people.is_empty() { HashMap::new() } else { shared(person::by_ids(&read, people).await?) };
    let events = set(messages.iter().filter_map(|one| one.event_id));
    let events = if events.is_empty() { Vec::new() } else { event::by_ids(&read, events).await? };
    let events: HashMap<EventId, Arc<event::Model>> = events.into_iter().map(|event| (event.id, Arc::new(event))).collect();
    let prompts = set(messages.iter().filter_map(|one| one.prompt_id));
    let (enrollments, prompts) = match prompts.is_empty() {
        true => (HashMap::new(), HashMap::new()),
        false => (enrollment::of_registrations(&read, registrations.keys().copied()).await?, shared(prompt::by_ids(&read, prompts).await?)),
    };
    // Asked at the first try only; later ones have it among what was kept.
    let new = |one: &&&message::Model| one.kind.is_follow_up() && one.frozen.is_none();
    let following = set(messages.iter().filter(new).filter_map(|one| one.registration_id));
    let reader = |one: &RegistrationId| registrations.get(one).and_then(|one| Some((&**one, &**people.get(&one.person_id)?)));
    let readers: Vec<(&registration::Model, &person::Model)> = following.iter().filter_map(reader).collect();
    let asked = if readers.is_empty() { BTreeSet::new() } else { introduced::asked(&read, &readers, now).await? };
    let mut earlier = if following.is_empty() { HashMap::new() } else { message::follow_ups_sent(&read, following).await? };
    earlier.values_mut().for_each(keep_latest);
    let logins = set(messages.iter().filter_map(|one| one.login_id));
    let logins = if logins.is_empty() { HashMap::new() } else { login::by_ids(&read, logins).await? };
    let suppressions = suppression::of_all(&read, set(messages.iter().map(|one| one.to_email_normal.as_str())), now).await?;
    let live = Arc::new(round::all_live(&read).await?);
    let mut first_rounds: HashMap<EventId, Option<round::Model>> = HashMap::new();
    for event in set(messages.iter().filter(|one| one.kind == MailKind::A1).filter_map(|one| one.event_id)) {
        first_rounds.insert(event, round::of_event(&read, event).await?.into_iter().next());
    }
    let in_force = match messages.iter().any(|one| one.frozen.is_none()) {
        true => template::in_force(&read).await?,
        false => HashMap::new(),
    };
    let templates = set(messages.iter().filter_map(|one| words_of(one, &in_force)));
    let templates = if templates.is_empty() { HashMap::new() } else { template::by_ids(&read, templates).await? };
    // Without words, it is a return to the shipped ones.
    let templates = templates.into_iter().filter(|(_, own)| own.words().is_some());
    let templates: HashMap<TemplateId, Arc<template::Model>> = templates.map(|(id, own)| (id, Arc::new(own))).collect();
    for message in messages {
        let registration = message.registration_id.and_then(|id| registrations.get(&id)).cloned();
        let rows = Rows {
            organizer: organizer.clone(),
            event: message.event_id.and_then(|id| events.get(&id)).cloned(),
            person: registration.as_ref().and_then(|one| people.get(&one.person_id)).cloned(),
            prompt: message.prompt_id.and_then(|id| prompts.get(&id)).cloned(),
            login: message.login_id.and_then(|id| logins.get(&id)).cloned(),
            enrollment: message.registration_id.and_then(|id| enrollments.get(&id)).cloned(),
            first_round: message.event_id.filter(|_| message.kind == MailKind::A1).and_then(|id| first_rounds.get(&id).cloned().flatten()),
            introduced: introduced::of(&read, message).await?,
            template: words_of(message, &in_force).and_then(|id| templates.get(&id)).cloned(),
            is_asked: message.kind.is_follow_up() && message.registration_id.is_some_and(|id| asked.contains(&id)),
            suppression: suppressions.get(&message.to_email_normal).cloned(),
            earlier: message
                .registration_id
                .filter(|_| message.kind.is_follow_up())
                .and_then(|id| earlier.get(&id))
                .cloned()
                .unwrap_or_default(),
            live: live.clone(),
            registration,
            read_at,
        };
        all.insert(message.id, rows);
    }
    Ok(())
}

fn shared<K: Eq + Hash, V>(rows: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    rows.into_iter().map(|(id, row)| (id, Arc::new(row))).collect()
}

/// The first of a conversation, and the latest.
fn keep_latest(ids: &mut Vec<String>) {
    if ids.len() > THREAD {
        ids.drain(1..=ids.len() - THREAD);
    }
}

/// Each once: many mails are about one event.
fn set<T: Ord>(ids: impl Iterator<Item = T>) -> BTreeSet<T> {
    ids.collect()
}
