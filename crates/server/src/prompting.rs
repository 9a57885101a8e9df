//! The facts a prompt rests on, from the database to `followup`.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use convivio_db::{
    Scoped, block, connection, contact, encounter, enrollment, event, introduction, log, organizer, person, prompt, registration,
    suppression,
};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::{EnrollmentState, LogKind, PromptState, Reason, RegistrationState, Step};
use convivio_domain::{Locale, PersonId, PersonName, Preferences, Profile, Prompt, RegistrationCode, RegistrationId, Timezone};
use convivio_followup::garden::Cadence;
use convivio_followup::pace::{self, Sent};
use convivio_followup::rules::{Facts, Verdict};
use convivio_followup::window::Hours;
use convivio_followup::{Contact, EventFacts, Kept, Next, Plan, ProfileView, Reader, Story, Tablemate, due, steps, window};

use crate::app::App;
use crate::gardening::{self, cadence, cadence_of};
use crate::keeping::MOST_KEPT;

/// What the rules look at for one prompt.
pub struct Known {
    pub registration: registration::Model,
    pub person: person::Model,
    pub event: event::Model,
    pub plan: Plan,
    paused_until: Option<DateTime<Utc>>,
    stopped: bool,
    suppressed: Option<Reason>,
    /// All prompts of the same registration.
    prompts: Vec<prompt::Model>,
    /// When follow-up left, over all events.
    left: Vec<DateTime<Utc>>,
    sent_for_event: u16,
    event_days: Vec<NaiveDate>,
    /// Everyone the reader sat with: of this event, or of any ([`looks_everywhere`]).
    met: HashMap<PersonId, Met>,
    kept: Vec<connection::Model>,
}

/// Somebody the reader sat with, or was introduced to.
struct Met {
    registration: registration::Model,
    sittings: Vec<Sitting>,
    /// Where it was, if it is another event than the prompt's.
    event: Option<event::Model>,
}

/// The follow-up of an event, as its staff want it.
pub fn plan_of(event: &event::Model) -> Plan {
    // What was kept was read when it was written.
    event.follow_up.as_ref().and_then(|kept| serde_json::from_value(kept.0.clone()).ok()).unwrap_or_default()
}

/// Whether a step is about everybody the reader keeps, whichever event brought them together. The others are of their own event.
pub fn looks_everywhere(step: Step) -> bool {
    matches!(step, Step::F5 | Step::C)
}

/// What a person wants of the follow-up.
pub fn wanted_by(person: &person::Model) -> Preferences {
    person.preferences.as_ref().map(|kept| kept.0).unwrap_or_default()
}

/// The hours in which they may be written to.
pub fn hours_of(wanted: &Preferences) -> Hours {
    Hours::fewer(wanted.from, wanted.to).unwrap_or_default()
}

/// `None` when the person or the registration is gone.
pub async fn facts(scope: &impl Scoped, row: &prompt::Model, now: DateTime<Utc>) -> convivio_db::Result<Option<Known>> {
    // What is looked at over all events holds this one's rows as well.
    let registrations = registration::all_of_person(scope, row.person_id).await?;
    let Some(registration) = registrations.iter().find(|one| one.id == row.registration_id).cloned() else { return Ok(None) };
    let Some(person) = person::find_by_id(scope, row.person_id).await? else { return Ok(None) };
    let events = event::by_ids(scope, registrations.iter().map(|one| one.event_id)).await?;
    let Some(event) = events.iter().find(|one| one.id == row.event_id).cloned() else { return Ok(None) };
    let enrollment = enrollment::of_registration(scope, registration.id).await?;
    let prompts = prompt::all_of_person(scope, person.id).await?;
    let sent = || prompts.iter().filter(|one| one.id != row.id && one.has_left());
    let counted = |one: &&prompt::Model| one.event_id == row.event_id && one.step != Step::C;
    let mails: i32 = row.snoozes + sent().filter(counted).map(prompt::Model::mails).sum::<i32>();
    let left = sent().map(|one| one.leaves_at(now)).collect();
    // The days of every event the reader goes to are theirs, not ours.
    let event_days = events.iter().flat_map(|one| window::days_of_event(one.starts_at, one.ends_at, one.timezone)).collect();
    let kept = connection::kept(scope, person.id).await?;
    // Who brings two together names them by the codes that the connections show.
    let chosen = if row.step == Step::F5 { &kept[..] } else { &[] };
    let mut met = met_by(scope, &registration, looks_everywhere(row.step), chosen).await?;
    if looks_everywhere(row.step) {
        for (connection, other) in introduced_to(scope, person.id).await? {
            let event = event::find_by_id(scope, connection.event_id).await?;
            met.entry(connection.other_id).or_insert(Met { registration: other, sittings: Vec::new(), event });
        }
    }
    let kept = kept.into_iter().filter(|one| met.contains_key(&one.other_id)).collect();
    Ok(Some(Known {
        plan: plan_of(&event),
        paused_until: enrollment.as_ref().and_then(|one| one.paused_until).filter(|until| now < *until),
        stopped: is_stopped(row.step, enrollment.as_ref()),
        suppressed: suppression::of(scope, &person.email_normal, now).await?.map(|one| one.reason),
        prompts: prompts.into_iter().filter(|one| one.registration_id == row.registration_id).collect(),
        left,
        // What recurs is not of the event, and neither is the note that ends it.
        sent_for_event: if row.occurrence == 0 && row.step != Step::C { u16::try_from(mails).unwrap_or(u16::MAX) } else { 0 },
        event_days,
        met,
        kept,
        registration,
        person,
        event,
    }))
}

/// Whether the sequence the step belongs to has ended.
pub fn is_stopped(step: Step, enrollment: Option<&enrollment::Model>) -> bool {
    // Who was not there has no sequence to stop.
    let Some(one) = enrollment else { return step != Step::N1 };
    match one.state {
        EnrollmentState::Active | EnrollmentState::Paused => false,
        // The slow cadence begins where the ninety days end, and what was put off in them comes all the same. There is no last word to who has come back.
        EnrollmentState::Completed => step == Step::Stop,
        // What closes a sequence of which nobody heard for long is its last word.
        EnrollmentState::Stopped => step != Step::Stop || !one.ended_in_silence(),
    }
}

impl Known {
    pub fn decide(&self, now: DateTime<Utc>, row: &prompt::Model) -> Verdict {
        let (zone, wanted) = (self.zone(), wanted_by(&self.person));
        let wants_quiet = wanted.pause.map(|day| due::at_ten(day, zone));
        let planned_at = row.first_due_at;
        let facts = Facts {
            due_at: planned_at,
            pace: pace::of(row.step, planned_at, &self.plan, &self.sent_before(row), !self.kept.is_empty(), zone),
            not_before: self.paused_until.max(wants_quiet).max(self.earlier_waits_until(row, now)),
            merges: pace::may_be_merged(row.step)
                && row.state != PromptState::Snoozed
                && self.prompts.iter().any(|other| is_due_too(row, other, now)),
            in_audience: self.registration.state == row.step.audience(),
            consented: self.registration.follow_up,
            stopped: self.stopped,
            unsubscribed: self.person.follow_up_stopped_at.is_some(),
            suppressed: self.suppressed,
            zone,
            hours: hours_of(&wanted),
            event_days: &self.event_days,
            sent: &self.left,
            sent_for_event: self.sent_for_event,
            caps: self.plan.caps().tightened(wanted.every_days, wanted.per_event),
        };
        convivio_followup::rules::decide(now, &facts)
    }

    /// When an earlier step comes that was moved, by backing off or by the reader.
    fn earlier_waits_until(&self, row: &prompt::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let waits = |one: &&prompt::Model| one.step < row.step && prompt::WAITING.contains(&one.state) && one.due_at > now;
        let of_sequence = |one: &&prompt::Model| one.step.is_of_sequence() && row.step.is_of_sequence();
        self.prompts.iter().filter(waits).filter(of_sequence).map(|one| one.due_at).max()
    }

    fn zone(&self) -> Timezone {
        self.registration.zone(&self.event)
    }

    /// What left before of the same sequence: the ninety days are one, what recurs is another.
    fn sent_before(&self, row: &prompt::Model) -> Vec<Sent> {
        let of_same = |one: &&prompt::Model| one.id != row.id && one.step.is_of_sequence() == row.step.is_of_sequence();
        let since = gardening::last_word(self.prompts.iter().filter(|one| one.id != row.id), row.registration_id);
        let mut sent: Vec<Sent> = self
            .prompts
            .iter()
            .filter(of_same)
            .filter(|one| one.has_left() && one.step != Step::Stop && one.step != Step::N1)
            .filter(|one| since.is_none_or(|since| since < one.left_at()))
            .map(|one| Sent { step: one.step, at: one.left_at(), answered: one.is_answered() })
            .collect();
        sent.sort_by_key(|one| one.at);
        sent
    }
}

fn is_due_too(row: &prompt::Model, other: &prompt::Model, now: DateTime<Utc>) -> bool {
    row.step.is_of_sequence() && other.step.is_of_sequence() && other.step > row.step && other.is_due(now)
}

/// What the prompt says, or why it says nothing.
pub async fn compose(
    app: &App,
    scope: &impl Scoped,
    known: &Known,
    row: &prompt::Model,
    now: DateTime<Utc>,
) -> convivio_db::Result<Result<Prompt, Reason>> {
    Ok(steps::compose(now, row.step, &story(app, scope, known, row, now).await?))
}

/// What has no day of its own comes after the ninety days.
const AFTERWARDS: u16 = 140;

/// What a step would say to this reader on its day, as far as staff may read it. Whom the reader keeps, what they wrote, gave and asked, and whom
/// they blocked is theirs alone: it is told as if they kept the first of those they sat with, and nothing more had come of it.
pub async fn compose_for_staff(
    app: &App,
    scope: &impl Scoped,
    mine: &registration::Model,
    event: &event::Model,
    step: Step,
    now: DateTime<Utc>,
) -> convivio_db::Result<Result<Prompt, Reason>> {
    let met = met_by(scope, mine, false, &[]).await?;
    // Only F5 brings two together.
    let apart = match step {
        Step::F5 => codes_of(&met, who_met(scope, &met.keys().copied().collect()).await?),
        _ => Vec::new(),
    };
    // Whom they blocked is theirs alone, too.
    let mut met: Vec<Tablemate> = met.values().map(|other| tablemate(other, &other.registration.profile)).collect();
    met.sort_by(|a, b| a.code.cmp(&b.code));
    let facts = facts_of(event, mine.locale);
    let kept = met.iter().filter(|mate| mate.both_present).take(MOST_KEPT).map(|mate| Kept {
        mate: mate.clone(),
        event: facts.clone(),
        introduced_by: None,
        note: None,
        gave_at: None,
        asked_at: None,
        in_touch_at: event.ends_at,
        needs_no_nudge: false,
        // How often is asked on the last of the ninety days, and what recurs comes to nobody who did not say.
        every: (step == Step::C).then(Cadence::default),
    });
    let story = Story {
        reader: Reader { profile: view(mine, &mine.profile), locale: mine.locale, intention: mine.intention.clone() },
        kept: kept.collect(),
        event: facts,
        met,
        contacts: Vec::new(),
        apart,
        spoken_of: Vec::new(),
        before: 0,
        next: if step == Step::N1 { next(app, scope, mine, now).await? } else { None },
    };
    let days = plan_of(event).days(step).or_else(|| Plan::default().days(step)).unwrap_or(AFTERWARDS);
    let evening = event.ends_at.with_timezone(&event.timezone.0).date_naive();
    let on_its_day = due::at_ten(evening, mine.zone(event)) + TimeDelta::days(days.into());
    Ok(steps::compose(on_its_day.max(now), step, &story))
}

async fn story(app: &App, scope: &impl Scoped, known: &Known, row: &prompt::Model, now: DateTime<Utc>) -> convivio_db::Result<Story> {
    let mine = &known.registration;
    let blocked = block::around(scope, mine.person_id).await?;
    let as_then = |other: &Met| Tablemate {
        is_blocked: blocked.contains(&other.registration.person_id),
        ..tablemate(other, &other.registration.profile)
    };
    let mut met: Vec<Tablemate> = known.met.values().map(as_then).collect();
    // Maps have no order, and the same facts must give the same words.
    met.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Story {
        reader: Reader { profile: view(mine, &mine.profile), locale: mine.locale, intention: mine.intention.clone() },
        event: facts_of(&known.event, mine.locale),
        met,
        kept: kept(scope, known, row, &blocked).await?,
        contacts: contacts(scope, known).await?,
        // Only F5 brings two together.
        apart: if row.step == Step::F5 { apart(scope, known, row).await? } else { Vec::new() },
        spoken_of: spoken_of(known, row),
        before: usize::try_from(row.occurrence).unwrap_or(0),
        next: if row.step == Step::N1 { next(app, scope, mine, now).await? } else { None },
    })
}

/// Those the reader knows from elsewhere.
async fn contacts(scope: &impl Scoped, known: &Known) -> convivio_db::Result<Vec<Contact>> {
    let contact = |row: contact::Model| Contact {
        id: row.id,
        name: row.name,
        note: row.note,
        in_touch_at: row.in_touch_at,
        every: cadence(row.every_months),
    };
    Ok(contact::all_of(scope, known.person.id).await?.into_iter().map(contact).collect())
}

/// Those whom the reader need not bring together: one of the two blocked the other, they know each other from some evening or through somebody, or
/// the reader has proposed it already, or was asked about it after another evening. Which of these it is, nobody learns.
async fn apart(scope: &impl Scoped, known: &Known, row: &prompt::Model) -> convivio_db::Result<Vec<(RegistrationCode, RegistrationCode)>> {
    let people: BTreeSet<PersonId> = known.kept.iter().map(|one| one.other_id).collect();
    let mut pairs = block::among(scope, &people).await?;
    pairs.extend(who_met(scope, &people).await?);
    pairs.extend(connection::introduced_among(scope, &people).await?);
    let proposed = introduction::of_introducer(scope, known.person.id).await?;
    pairs.extend(proposed.iter().map(|row| (row.one_id, row.other_id)));
    pairs.extend(suggested(scope, known, row).await?);
    Ok(codes_of(&known.met, pairs))
}

/// Whom another bridge of the reader's was about.
async fn suggested(scope: &impl Scoped, known: &Known, row: &prompt::Model) -> convivio_db::Result<Vec<(PersonId, PersonId)>> {
    let bridges = prompt::of_step(scope, known.person.id, Step::F5).await?;
    let mut pairs = Vec::new();
    for told in bridges.iter().filter(|one| one.id != row.id && one.has_left()).filter_map(|one| one.content.as_ref()) {
        let [one, other] = &told.recall.people[..] else { continue };
        // Each has a code of their own at every event.
        let one = registration::by_code_anywhere(scope, &one.code).await?;
        let other = registration::by_code_anywhere(scope, &other.code).await?;
        pairs.extend(one.zip(other).map(|(one, other)| (one.person_id, other.person_id)));
    }
    Ok(pairs)
}

/// The pairs among these people who were at one table, or in one room, on whatever evening.
async fn who_met(scope: &impl Scoped, people: &BTreeSet<PersonId>) -> convivio_db::Result<BTreeSet<(PersonId, PersonId)>> {
    let evenings = encounter::among(scope, people).await?;
    Ok(evenings.into_iter().map(|evening| (evening.one, evening.other)).collect())
}

fn codes_of(met: &HashMap<PersonId, Met>, pairs: BTreeSet<(PersonId, PersonId)>) -> Vec<(RegistrationCode, RegistrationCode)> {
    let code = |person: PersonId| met.get(&person).map(|met| met.registration.code.clone());
    pairs.into_iter().filter_map(|(one, other)| Some((code(one)?, code(other)?))).collect()
}

/// Whom the last prompt was about.
fn spoken_of(known: &Known, row: &prompt::Model) -> Vec<RegistrationCode> {
    let before = known.prompts.iter().filter(|one| one.id != row.id && one.step != Step::F1 && one.has_left());
    let last = before.max_by_key(|one| one.left_at()).and_then(|one| one.content.as_ref());
    last.map(|content| content.recall.people.iter().map(|person| person.code.clone()).collect()).unwrap_or_default()
}

/// Those the reader keeps, as they are today, with what the reader wrote about them.
async fn kept(scope: &impl Scoped, known: &Known, row: &prompt::Model, blocked: &BTreeSet<PersonId>) -> convivio_db::Result<Vec<Kept>> {
    let introducers = known.kept.iter().filter_map(|one| one.introduced_by);
    let people = person::by_ids(scope, known.kept.iter().map(|one| one.other_id).chain(introducers)).await?;
    let log = log::about(scope, known.person.id, known.kept.iter().map(|one| one.other_id)).await?;
    let last_left = known.prompts.iter().filter(|one| one.id != row.id && one.has_left()).map(prompt::Model::left_at).max();
    // Of whom the reader is kept apart from there is no more said than of who is gone.
    let introducer = |by: PersonId| match blocked.contains(&by) {
        true => Some(PersonName::erased()),
        false => people.get(&by).map(|by| by.name.clone()),
    };
    let mut kept = Vec::new();
    for one in &known.kept {
        let (Some(met), Some(person)) = (known.met.get(&one.other_id), people.get(&one.other_id)) else { continue };
        let theirs = || log.iter().filter(|entry| entry.about_id == one.other_id);
        let last = |kind: LogKind| theirs().filter(|entry| entry.kind == kind).map(|entry| entry.happened_at).max();
        let contacts = || theirs().filter(|entry| entry.is_contact());
        kept.push(Kept {
            mate: Tablemate { is_blocked: blocked.contains(&one.other_id), ..tablemate(met, &person.profile) },
            // Two who sat together since have an evening of their own.
            introduced_by: one.introduced_by.filter(|_| met.sittings.is_empty()).and_then(introducer),
            note: theirs().rfind(|entry| entry.kind == LogKind::Note).and_then(|entry| entry.text.clone()),
            gave_at: last(LogKind::Give),
            asked_at: last(LogKind::Ask),
            in_touch_at: contacts().map(|entry| entry.happened_at).max().unwrap_or(one.created_at),
            event: facts_of(met.event.as_ref().unwrap_or(&known.event), known.registration.locale),
            // What answered a prompt was our idea, and the next prompt may have another.
            needs_no_nudge: contacts().any(|entry| entry.prompt_id.is_none() && last_left.is_some_and(|left| entry.created_at >= left)),
            every: cadence_of(one),
        });
    }
    Ok(kept)
}

/// The next event that would have the reader.
async fn next(app: &App, scope: &impl Scoped, mine: &registration::Model, now: DateTime<Utc>) -> convivio_db::Result<Option<Next>> {
    let locale = mine.locale;
    let organizer = organizer::this(scope).await?;
    let going_to = registration::all_of_person(scope, mine.person_id).await?;
    // Where they are on the list already there is no need to point them to.
    let is_new = |event: &event::Model| !going_to.iter().any(|one| one.event_id == event.id && !one.state.can_be_revived());
    let coming = event::coming(scope, now, COMING).await?;
    Ok(coming.iter().find(|event| event.takes_registrations(now) && is_new(event)).map(|event| Next {
        title: event.title(locale).to_owned(),
        starts_at: event.starts_at,
        zone: event.timezone,
        link: app.url(&format!("/e/{}/{}", organizer.slug, event.slug)).to_string(),
    }))
}

/// How many of the next events are looked at for one that is open.
const COMING: u64 = 20;

fn facts_of(event: &event::Model, locale: Locale) -> EventFacts {
    EventFacts { title: event.title(locale).to_owned(), starts_at: event.starts_at, zone: event.timezone }
}

/// Everyone the reader sat with at this event, or at any; those `chosen` at the event where they were.
async fn met_by(
    scope: &impl Scoped,
    mine: &registration::Model,
    anywhere: bool,
    chosen: &[connection::Model],
) -> convivio_db::Result<HashMap<PersonId, Met>> {
    let my_registrations = if anywhere { all_of(scope, mine.person_id).await? } else { vec![mine.id] };
    let encounters = encounter::of_registrations(scope, &my_registrations).await?;
    let others = registration::by_ids(scope, encounters.iter().map(|one| one.with_any(&my_registrations))).await?;
    let elsewhere = encounters.iter().map(|one| one.event_id).filter(|event| *event != mine.event_id);
    let events = if anywhere { event::by_ids(scope, elsewhere).await? } else { Vec::new() };
    let mut met: HashMap<PersonId, Met> = HashMap::new();
    for encounter in encounters {
        let Some(other) = others.get(&encounter.with_any(&my_registrations)) else { continue };
        // The latest evening counts, or that of the choice.
        let is_of_choice =
            |met: &Met| chosen.iter().any(|one| (one.other_id, one.event_id) == (other.person_id, met.registration.event_id));
        if met.get(&other.person_id).is_some_and(is_of_choice) {
            continue;
        }
        let event = events.iter().find(|event| event.id == encounter.event_id).cloned();
        met.insert(other.person_id, Met { registration: other.clone(), sittings: encounter.sittings.0, event });
    }
    Ok(met)
}

/// Whom a third person brought to somebody, and they keep: each with their registration for the event where the third met them.
pub async fn introduced_to(scope: &impl Scoped, person: PersonId) -> convivio_db::Result<Vec<(connection::Model, registration::Model)>> {
    let mut known = Vec::new();
    for one in connection::kept(scope, person).await?.into_iter().filter(|one| one.introduced_by.is_some()) {
        if let Some(other) = registration::of_person(scope, one.event_id, one.other_id).await? {
            known.push((one, other));
        }
    }
    Ok(known)
}

/// Every registration of one's own.
pub async fn all_of(scope: &impl Scoped, person: PersonId) -> convivio_db::Result<Vec<RegistrationId>> {
    Ok(registration::all_of_person(scope, person).await?.into_iter().map(|one| one.id).collect())
}

fn tablemate(met: &Met, profile: &Profile) -> Tablemate {
    Tablemate {
        code: met.registration.code.clone(),
        profile: view(&met.registration, profile),
        both_present: met.registration.state == RegistrationState::Attended,
        is_blocked: false,
        sittings: met.sittings.clone(),
    }
}

/// A profile as the rules look at it, under the name of that evening.
pub fn view(registration: &registration::Model, profile: &Profile) -> ProfileView {
    ProfileView {
        name: registration.name.clone(),
        passions: profile.passions.clone(),
        working_on: profile.working_on.clone(),
        offers: profile.offers.clone(),
        needs: profile.needs.clone(),
        visibility: profile.visibility.clone(),
    }
}
