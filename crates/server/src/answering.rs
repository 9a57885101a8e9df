//! What a reader answers to a prompt, over the API or on its page, and what follows from it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use convivio_db::{
    Scoped, Set, Stored, Tx, connection, contact, encounter, enrollment, event, feedback, log, message, person, prompt, registration,
};
use convivio_domain::prompt::Action;
use convivio_domain::words::{Choice, EnrollmentState, LogKind, MailKind, PromptState, Reason, Step};
use convivio_domain::{Feedback, FreeText, PersonId, Prompt, RegistrationCode, Timezone};
use convivio_followup::asks::{Gate, gate_of};
use convivio_followup::due;
use convivio_followup::garden::Cadence;
use eserde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::authoring::write_as;
use crate::http::{ApiError, FieldError, Result, none_wrong};
use crate::{gardening, keeping, prompting};

/// What a reader answers.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub choice: Choice,
    /// Whom to keep of those met at the event: at most three. Left out, those kept before stay.
    #[serde(default)]
    pub keep: Option<Vec<RegistrationCode>>,
    /// One thing heard, by the code of who said it; `null` takes a note back.
    #[serde(default)]
    #[eserde(compat)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub notes: BTreeMap<String, Option<FreeText>>,
    #[serde(default)]
    pub feedback: Feedback,
    /// Keeps the feedback apart from who gave it: it counts, and can be neither seen nor changed any more.
    #[serde(default)]
    pub anonymous: bool,
    /// Whether the reader would exchange addresses with those they keep. Nothing moves by saying so: that needs both.
    #[serde(default)]
    pub exchange: Option<bool>,
    /// With `done`: what was done, by the code of for whom, as the `type` of one of the prompt's actions. Left out, it is what the prompt suggests
    /// first; `{}` is nothing of the kind.
    #[serde(default)]
    #[eserde(compat)]
    pub did: Option<BTreeMap<String, String>>,
    /// How it is going, by the code of with whom. Only the reader sees it.
    #[serde(default)]
    #[eserde(compat)]
    pub checks: BTreeMap<String, Check>,
    /// How often to be in touch, by code: 1, 3 or 6 months; `null` lets go.
    #[serde(default)]
    #[eserde(compat)]
    #[schema(value_type = BTreeMap<String, u8>)]
    pub cadence: BTreeMap<String, Option<u8>>,
    /// With `pause`: the day on which the mails go on. Left out, it is four weeks from now.
    #[serde(default)]
    #[eserde(compat)]
    pub until: Option<NaiveDate>,
}

/// Three things from 1, little, to 5, much; each may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// How much the two trust each other.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    pub trust: Option<u8>,
    /// How clear it is what they want together.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    pub goals: Option<u8>,
    /// How much has come of it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    pub solutions: Option<u8>,
}

impl Answer {
    pub fn of(choice: Choice) -> Self {
        Self {
            choice,
            keep: None,
            notes: BTreeMap::new(),
            feedback: Feedback::default(),
            anonymous: false,
            exchange: None,
            did: None,
            checks: BTreeMap::new(),
            cadence: BTreeMap::new(),
            until: None,
        }
    }
}

impl Check {
    pub fn wrong(&self, pointer: &str) -> Vec<FieldError> {
        let all = [("trust", self.trust), ("goals", self.goals), ("solutions", self.solutions)];
        let outside = all.into_iter().filter(|(_, value)| value.is_some_and(|value| !(1..=5).contains(&value)));
        outside.map(|(name, _)| FieldError::new(format!("{pointer}/{name}"), "out_of_range", "must be from 1 to 5")).collect()
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A pause of which nothing else is said is so long, and none is longer than a year.
const PAUSE_WEEKS: u64 = 4;
pub const LONGEST_PAUSE: u64 = 366;

/// The prompt comes again by itself, as things are by then. What was answered before stays, and what the form holds is kept.
pub async fn put_off(app: &App, seen: prompt::Model, weeks: u8, form: Option<Answer>) -> Result<prompt::Model> {
    let wrong = !due::SNOOZES.contains(&weeks);
    none_wrong(wrong.then(|| FieldError::new("/weeks", "unknown_length", "must be 1, 2 or 4")).into_iter().collect())?;
    let tx = write_as(app, &seen.organizer_id, seen.person_id).await?;
    let row = prompt::lock(&tx, &seen).await?.ok_or(ApiError::NotFound)?;
    let from = [PromptState::Sent, PromptState::Queued, PromptState::Skipped, PromptState::Snoozed];
    if !from.contains(&row.state) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    // What is stopped or paused does not come again.
    let enrollment = enrollment::of_registration(&tx, row.registration_id).await?;
    let ended = |one: &enrollment::Model| matches!(one.state, EnrollmentState::Stopped | EnrollmentState::Paused);
    if let Some(ended) = enrollment.filter(ended) {
        return Err(ApiError::WrongState(ended.state.to_string()));
    }
    let now = app.clock.now();
    let until = due::after_weeks(now, weeks, zone_of(&tx, &row).await?);
    message::cancel_open(&tx, row.registration_id, &[row.step.mail()], Reason::Snoozed).await?;
    if row.step == Step::C {
        // It comes again itself, in the place of the next.
        prompt::cancel_others(&tx, &row, Reason::Snoozed).await?;
    }
    let answer = match form {
        Some(form) => Some(Stored(write_down(&tx, &row, form, now).await?)),
        None => row.answer.clone(),
    };
    let changes = prompt::ActiveModel {
        due_at: Set(until),
        first_due_at: Set(until),
        answered_at: Set(Some(now)),
        answer: Set(answer),
        // Put off again before it came: still the same mail.
        snoozes: Set(if row.state == PromptState::Snoozed { row.snoozes } else { row.snoozes + 1 }),
        ..Default::default()
    };
    prompt::move_on(&tx, row.id, &from, PromptState::Snoozed, changes).await?;
    gardening::heard_from(&tx, row.person_id, now).await?;
    let row = prompt::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Keeps the answer: what was written and whom they keep privately, pause and stop for the sequence. Answering again says it anew.
pub async fn answer_prompt(app: &App, row: prompt::Model, answer: Answer) -> Result<prompt::Model> {
    let answerable = [PromptState::Sent, PromptState::Queued, PromptState::Acted, PromptState::Skipped, PromptState::Snoozed];
    // Held, so that of two answers at once the later replaces the earlier, and the two do not add up to more than may be kept.
    let (tx, row) = if app.fault("answer_guard_off") {
        (app.db.write(&row.organizer_id).await?, row)
    } else {
        let tx = write_as(app, &row.organizer_id, row.person_id).await?;
        let row = prompt::lock(&tx, &row).await?.ok_or(ApiError::NotFound)?;
        (tx, row)
    };
    if !answerable.contains(&row.state) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let now = app.clock.now();
    let state = match answer.choice {
        Choice::Done => PromptState::Acted,
        Choice::NotNow | Choice::Pause | Choice::Stop => PromptState::Skipped,
    };
    match answer.choice {
        Choice::Pause => {
            let until = pause_until(answer.until, now, zone_of(&tx, &row).await?)?;
            enrollment::pause(&tx, row.registration_id, until).await?;
        }
        Choice::Stop => {
            enrollment::set_state(&tx, row.registration_id, EnrollmentState::Stopped, Some(Reason::Stopped)).await?;
            message::cancel_open(&tx, row.registration_id, &MailKind::follow_up(), Reason::Stopped).await?;
        }
        // Who says something else than "pause" ends it.
        Choice::Done | Choice::NotNow => come_back(&tx, &row, now).await?,
    }
    let (choice, asks) = (answer.choice, answer.cadence.values().any(Option::is_some));
    let answer = write_down(&tx, &row, answer, now).await?;
    let changes = prompt::ActiveModel { answered_at: Set(Some(now)), answer: Set(Some(Stored(answer))), ..Default::default() };
    prompt::move_on(&tx, row.id, &answerable, state, changes).await?;
    if choice == Choice::Stop {
        prompt::cancel_open(&tx, row.registration_id, Reason::Stopped).await?;
        if row.step == Step::C {
            gardening::clear_cadences(&tx, row.person_id).await?;
        }
    }
    match choice {
        Choice::Done if asks => gardening::asked_by(&tx, row.person_id, now).await?,
        Choice::Done | Choice::NotNow => gardening::heard_from(&tx, row.person_id, now).await?,
        Choice::Pause | Choice::Stop => gardening::plan_next(&tx, row.person_id, now).await?,
    }
    let row = prompt::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// A pause ends, and what fell into it is due now.
async fn come_back(tx: &Tx, row: &prompt::Model, now: DateTime<Utc>) -> Result<()> {
    let enrollment = enrollment::of_registration(tx, row.registration_id).await?;
    let Some(until) = enrollment.and_then(|one| one.paused_until) else { return Ok(()) };
    if now < until {
        prompt::bring_back(tx, row.registration_id, until, now).await?;
    }
    Ok(enrollment::resume(tx, row.registration_id).await?)
}

async fn zone_of(tx: &Tx, row: &prompt::Model) -> Result<Timezone> {
    let registration = registration::find_by_id(tx, row.registration_id).await?.ok_or(ApiError::NotFound)?;
    let event = event::find_by_id(tx, row.event_id).await?.ok_or(ApiError::NotFound)?;
    Ok(registration.zone(&event))
}

/// Ten o'clock, by the reader's clock, on the day they said.
fn pause_until(day: Option<NaiveDate>, now: DateTime<Utc>, zone: Timezone) -> Result<DateTime<Utc>> {
    let today = now.with_timezone(&zone.0).date_naive();
    let day = day.unwrap_or(today + chrono::Days::new(7 * PAUSE_WEEKS));
    let wrong = day <= today || day > today + chrono::Days::new(LONGEST_PAUSE);
    none_wrong(wrong.then(|| FieldError::new("/until", "out_of_range", "must be a day to come, within a year")).into_iter().collect())?;
    Ok(due::at_ten(day, zone))
}

/// Keeps notes, people and what was done privately, and answers what stays with the prompt.
async fn write_down(tx: &Tx, row: &prompt::Model, answer: Answer, now: DateTime<Utc>) -> Result<prompt::Answer> {
    let people = met_by_code(tx, row).await?;
    let said = Said::check(&answer, row, &people)?;
    if answer.keep.is_some() && !prompting::looks_everywhere(row.step) {
        keeping::choose(tx, row.person_id, row.event_id, &said.kept, now).await?;
    }
    for (about, entry) in said.entries {
        for kind in entry.replaces {
            log::take_back(tx, row.id, about, *kind).await?;
        }
        if let Some(kind) = entry.kind {
            if kind == LogKind::Ask {
                may_ask(tx, row.person_id, about, now).await?;
            }
            let new = log::Model { prompt_id: Some(row.id), ..log::Model::new(tx, row.person_id, about, kind, now) };
            log::write(tx, entry.fill(new)).await?;
        }
    }
    for (other, months) in said.cadence {
        match months {
            // Whom they had let go of, they keep again.
            Some(months) if connection::of_pair(tx, row.person_id, other).await?.is_some() => {
                connection::suggest(tx, row.person_id, other, row.event_id, now).await?;
                connection::set_cadence(tx, row.person_id, other, Some(i32::from(months))).await?;
            }
            Some(_) => {}
            None => connection::end(tx, row.person_id, other).await?,
        }
    }
    // What is suggested first may be for a contact of the reader's own, who has no code: `did` says nothing of them.
    let suggested = row.content.as_ref().and_then(|content| content.action.contact);
    if let Some(contact) = suggested.filter(|_| answer.choice == Choice::Done) {
        contact::be_in_touch(tx, row.person_id, contact, now).await?;
    }
    let before = row.answer.as_ref().map(|before| before.keep.clone()).unwrap_or_default();
    let (feedback, anonymous) = say(tx, row, answer.feedback, answer.anonymous).await?;
    Ok(prompt::Answer { choice: answer.choice, keep: answer.keep.unwrap_or(before), feedback, exchange: answer.exchange, anonymous })
}

/// What of the feedback stays with the answer, and whether it stands apart. Said once without a name, it is said: nobody could find it to replace it.
async fn say(tx: &Tx, row: &prompt::Model, said: Feedback, anonymous: bool) -> Result<(Feedback, bool)> {
    if row.answer.as_ref().is_some_and(|before| before.anonymous) {
        return Ok((Feedback::default(), true));
    }
    if !anonymous || said.is_empty() {
        return Ok((said, false));
    }
    let event = event::find_by_id(tx, row.event_id).await?.ok_or(ApiError::NotFound)?;
    feedback::insert(tx, &event, row.step, said).await?;
    Ok((Feedback::default(), true))
}

/// Nothing is asked before something was given, unless they openly offer something.
pub async fn may_ask(tx: &Tx, owner: PersonId, other: PersonId, now: DateTime<Utc>) -> Result<()> {
    let gave = log::about(tx, owner, [other]).await?.iter().any(|entry| entry.kind == LogKind::Give);
    let person = person::find_by_id(tx, other).await?.ok_or(ApiError::NotFound)?;
    // What was asked already is written down all the same: the rest of thirty days is for what we suggest.
    match gate_of(now, person.profile.openly_offers() || gave, None) {
        Gate::GiveFirst => Err(ApiError::GiveFirst),
        Gate::Open | Gate::AskedLately => Ok(()),
    }
}

/// What goes into the log about one person.
struct Entry {
    /// What was said under these before is taken back.
    replaces: &'static [LogKind],
    /// `None` only takes back.
    kind: Option<LogKind>,
    what: Option<String>,
    text: Option<FreeText>,
    check: Check,
}

impl Entry {
    fn fill(self, entry: log::Model) -> log::Model {
        let scale = |value: Option<u8>| value.map(i32::from);
        log::Model {
            what: self.what,
            text: self.text,
            trust: scale(self.check.trust),
            goals: scale(self.check.goals),
            solutions: scale(self.check.solutions),
            ..entry
        }
    }
}

/// What an action of a prompt is in the log. Notes, checks and choices are none: they are written down as what they are.
pub fn done_as(kind: &str) -> Option<(LogKind, String)> {
    let (of, what) = kind.split_once('_')?;
    let known = convivio_followup::gifts::is_known(of, what);
    let kind = match of {
        "give" => LogKind::Give,
        "ask" => LogKind::Ask,
        "touch" | "step" => LogKind::Interaction,
        _ => return None,
    };
    known.then(|| (kind, what.to_owned()))
}

/// An answer of which every name is known.
struct Said {
    kept: Vec<PersonId>,
    entries: Vec<(PersonId, Entry)>,
    cadence: Vec<(PersonId, Option<u8>)>,
}

impl Said {
    fn check(answer: &Answer, row: &prompt::Model, people: &BTreeMap<String, PersonId>) -> Result<Self> {
        let mut wrong = Vec::new();
        let everywhere = prompting::looks_everywhere(row.step);
        let where_met = if everywhere { "someone one knows" } else { "someone met at this event" };
        let not_met = |pointer: String| FieldError::new(pointer, "not_met", format!("must be the code of {where_met}"));
        let keep = answer.keep.as_deref().unwrap_or_default();
        // Those it is about are kept already, whichever event brought them together.
        if everywhere && !keep.is_empty() {
            wrong.push(FieldError::new("/keep", "not_offered", format!("{} does not ask whom to keep", row.step)));
        }
        wrong.extend(keeping::too_many(keep.len()));
        let mut said = Self { kept: Vec::new(), entries: Vec::new(), cadence: Vec::new() };
        for (i, code) in keep.iter().enumerate() {
            match people.get(code.as_str()) {
                Some(person) => said.kept.push(*person),
                None => wrong.push(not_met(format!("/keep/{i}"))),
            }
        }
        for (code, text) in &answer.notes {
            let Some(person) = people.get(code) else {
                wrong.push(not_met(format!("/notes/{code}")));
                continue;
            };
            let kind = text.as_ref().map(|_| LogKind::Note);
            let entry = Entry { replaces: &[LogKind::Note], kind, what: None, text: text.clone(), check: Check::default() };
            said.entries.push((*person, entry));
        }
        for (code, check) in &answer.checks {
            wrong.extend(check.wrong(&format!("/checks/{code}")));
            let Some(person) = people.get(code) else {
                wrong.push(not_met(format!("/checks/{code}")));
                continue;
            };
            let kind = (!check.is_empty()).then_some(LogKind::Check);
            said.entries.push((*person, Entry { replaces: &[LogKind::Check], kind, what: None, text: None, check: *check }));
        }
        for (code, months) in &answer.cadence {
            if months.is_some_and(|months| Cadence::of_months(months).is_none()) {
                wrong.push(FieldError::new(format!("/cadence/{code}"), "unknown_length", "must be 1, 3 or 6 months, or null"));
            }
            match people.get(code) {
                Some(person) => said.cadence.push((*person, *months)),
                None => wrong.push(not_met(format!("/cadence/{code}"))),
            }
        }
        if let Some(content) = &row.content {
            said.entries.extend(done(answer, content, people, &mut wrong));
        }
        none_wrong(wrong)?;
        Ok(said)
    }
}

/// What was done for whom. Whatever was said before of this prompt is taken back, for everybody it is about.
fn done(answer: &Answer, content: &Prompt, people: &BTreeMap<String, PersonId>, wrong: &mut Vec<FieldError>) -> Vec<(PersonId, Entry)> {
    let offered = || [&content.action].into_iter().chain(&content.alternatives);
    let mut did: BTreeMap<String, String> = BTreeMap::new();
    match (&answer.did, answer.choice) {
        (Some(told), _) => {
            for (code, kind) in told {
                let is_offered = |action: &&Action| action.kind == *kind && action.about.iter().any(|one| one.as_str() == code);
                if offered().any(|action| is_offered(&action)) {
                    did.insert(code.clone(), kind.clone());
                } else {
                    let detail = "must be the type of one of the prompt's actions, for somebody it is about";
                    wrong.push(FieldError::new(format!("/did/{code}"), "not_offered", detail));
                }
            }
        }
        (None, Choice::Done) => {
            did.extend(content.action.about.iter().map(|code| (code.to_string(), content.action.kind.clone())));
        }
        (None, _) => {}
    }
    const DEEDS: &[LogKind] = &[LogKind::Give, LogKind::Ask, LogKind::Interaction];
    let about = content.recall.people.iter().filter_map(|person| Some((person, *people.get(person.code.as_str())?)));
    about
        .map(|(recalled, person)| {
            let (kind, what) = did.get(recalled.code.as_str()).and_then(|kind| done_as(kind)).unzip();
            (person, Entry { replaces: DEEDS, kind, what, text: None, check: Check::default() })
        })
        .collect()
}

/// The people the reader met at the prompt's event, by code; where the step looks everywhere, at any event, or through somebody.
pub async fn met_by_code(scope: &impl Scoped, row: &prompt::Model) -> Result<BTreeMap<String, PersonId>> {
    let everywhere = prompting::looks_everywhere(row.step);
    let mine = if everywhere { prompting::all_of(scope, row.person_id).await? } else { vec![row.registration_id] };
    let met = encounter::of_registrations(scope, &mine).await?;
    let others = registration::by_ids(scope, met.iter().map(|one| one.with_any(&mine))).await?;
    let mut known: BTreeMap<String, PersonId> = others.into_values().map(|other| (other.code.to_string(), other.person_id)).collect();
    if everywhere {
        let introduced = prompting::introduced_to(scope, row.person_id).await?;
        known.extend(introduced.into_iter().map(|(_, other)| (other.code.to_string(), other.person_id)));
    }
    Ok(known)
}
