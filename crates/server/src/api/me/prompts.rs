//! Prompts: what was suggested, and what one answers.

use std::collections::BTreeMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Set, Stored, Tx, connection, encounter, enrollment, event, message, note, prompt, registration};
use convivio_domain::prompt::{Action, CommonGround, Input, Recall};
use convivio_domain::words::{Choice, EnrollmentState, MailKind, PromptState, Reason, Step};
use convivio_domain::{Feedback, FreeText, Locale, PersonId, Prompt as Content, PromptId, RegistrationCode, Slug};
use convivio_followup::due;
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::id_of;
use crate::app::App;
use crate::http::{ApiError, Attendee, FieldError, Json, List, Listing, Result, none_wrong};

/// A prompt as data, for pages, mails and chat tools alike.
#[derive(Serialize, ToSchema)]
pub struct Prompt {
    id: PromptId,
    event: Slug,
    step: Step,
    state: PromptState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    due_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    says: Option<Says>,
}

/// What it says, once it has been made.
#[derive(Serialize, ToSchema)]
struct Says {
    locale: Locale,
    subject: String,
    opening: String,
    recall: Recall,
    common_ground: CommonGround,
    action: Action,
    alternatives: Vec<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guide: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reflection: Option<String>,
    choices: Vec<Choice>,
    locked_asks: Vec<Action>,
    inputs: Vec<Input>,
}

impl From<Content> for Says {
    fn from(content: Content) -> Self {
        Self {
            locale: content.locale,
            subject: content.subject,
            opening: content.opening,
            recall: content.recall,
            common_ground: content.common_ground,
            action: content.action,
            alternatives: content.alternatives,
            draft: content.draft,
            guide: content.guide,
            reflection: content.reflection,
            choices: content.choices,
            locked_asks: content.locked_asks,
            inputs: content.inputs,
        }
    }
}

impl Prompt {
    fn of(row: prompt::Model, event: Slug) -> Self {
        Self {
            id: row.id,
            event,
            step: row.step,
            state: row.state,
            reason: row.reason,
            due_at: row.due_at,
            sent_at: row.sent_at,
            says: row.content.map(|content| content.0.into()),
        }
    }
}

pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Prompt>> {
    let read = app.db.read(&who);
    let page = prompt::of_person(&read, who.person.id, listing.cursor()?).await?;
    let events = event::by_ids(&read, page.rows.iter().map(|row| row.event_id)).await?;
    let slug = |row: &prompt::Model| events.iter().find(|event| event.id == row.event_id).map(|event| event.slug.clone());
    let page = convivio_db::Page { rows: page.rows.into_iter().filter_map(|row| Some((slug(&row)?, row))).collect(), more: page.more };
    Ok(listing.answer(page, |(_, row)| row.id, |(slug, row)| Prompt::of(row, slug)))
}

/// What a reader answers.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub choice: Choice,
    /// Whom to keep of those met at the event: at most three. Left out, those kept before stay.
    #[serde(default)]
    pub keep: Option<Vec<RegistrationCode>>,
    /// One thing heard, by the code of who said it.
    #[serde(default)]
    #[eserde(compat)]
    pub notes: BTreeMap<String, FreeText>,
    #[serde(default)]
    pub feedback: Feedback,
    /// Whether the reader would exchange addresses with those they keep. Nothing moves by saying so: that needs both.
    #[serde(default)]
    pub exchange: Option<bool>,
}

/// More than three people cannot be kept in touch with by heart.
pub const MOST_KEPT: usize = 3;

pub async fn act(who: Attendee, app: web::Data<App>, id: web::Path<String>, Json(answer): Json<Answer>) -> Result<Json<Prompt>> {
    let row = own(&app, &who, &id).await?;
    let row = answer_prompt(&app, row, answer).await?;
    shown(&app, row).await
}

pub async fn skip(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<Prompt>> {
    let row = own(&app, &who, &id).await?;
    let answer = Answer { choice: Choice::NotNow, keep: None, notes: BTreeMap::new(), feedback: Feedback::default(), exchange: None };
    let row = answer_prompt(&app, row, answer).await?;
    shown(&app, row).await
}

/// For how long a prompt is put off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    /// 1, 2 or 4
    #[schema(minimum = 1, maximum = 4)]
    weeks: u8,
}

pub async fn snooze(who: Attendee, app: web::Data<App>, id: web::Path<String>, Json(snooze): Json<Snooze>) -> Result<Json<Prompt>> {
    let row = own(&app, &who, &id).await?;
    let row = put_off(&app, row, snooze.weeks, None).await?;
    shown(&app, row).await
}

async fn shown(app: &App, row: prompt::Model) -> Result<Json<Prompt>> {
    let event = event::find_by_id(&app.db.read(&row.organizer_id), row.event_id).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(Prompt::of(row, event.slug)))
}

async fn own(app: &App, who: &Attendee, id: &str) -> Result<prompt::Model> {
    let row = prompt::find_by_id(&app.db.read(who), id_of(id)?).await?.ok_or(ApiError::NotFound)?;
    if row.person_id == who.person.id { Ok(row) } else { Err(ApiError::NotFound) }
}

/// The prompt comes again by itself, as things are by then. What was answered before stays, and what the form holds is kept.
pub async fn put_off(app: &App, seen: prompt::Model, weeks: u8, form: Option<Answer>) -> Result<prompt::Model> {
    let wrong = !due::SNOOZES.contains(&weeks);
    none_wrong(wrong.then(|| FieldError::new("/weeks", "unknown_length", "must be 1, 2 or 4")).into_iter().collect())?;
    let tx = app.db.write(&seen.organizer_id).await?;
    let row = prompt::lock(&tx, &seen).await?.ok_or(ApiError::NotFound)?;
    let from = [PromptState::Sent, PromptState::Queued, PromptState::Skipped, PromptState::Snoozed];
    if !from.contains(&row.state) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    // What is stopped or paused does not come again.
    let enrollment = enrollment::of_registration(&tx, row.registration_id).await?;
    if let Some(ended) = enrollment.filter(|one| one.state != EnrollmentState::Active) {
        return Err(ApiError::WrongState(ended.state.to_string()));
    }
    let registration = registration::find_by_id(&tx, row.registration_id).await?.ok_or(ApiError::NotFound)?;
    let event = event::find_by_id(&tx, row.event_id).await?.ok_or(ApiError::NotFound)?;
    let now = app.clock.now();
    let until = due::after_weeks(now, weeks, registration.timezone.unwrap_or(event.timezone));
    message::cancel_open(&tx, row.registration_id, &[row.step.mail()], Reason::Snoozed).await?;
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
    let row = prompt::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Keeps the answer: notes and kept people privately, pause and stop for the sequence. Answering again says it anew.
pub async fn answer_prompt(app: &App, row: prompt::Model, answer: Answer) -> Result<prompt::Model> {
    let answerable = [PromptState::Sent, PromptState::Queued, PromptState::Acted, PromptState::Skipped, PromptState::Snoozed];
    let tx = app.db.write(&row.organizer_id).await?;
    // Held, so that of two answers at once the later replaces the earlier, and the two do not add up to more than may be kept.
    let row = if app.fault("answer_guard_off") { row } else { prompt::lock(&tx, &row).await?.ok_or(ApiError::NotFound)? };
    if !answerable.contains(&row.state) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let now = app.clock.now();
    let state = match answer.choice {
        Choice::Done => PromptState::Acted,
        Choice::NotNow | Choice::Pause | Choice::Stop => PromptState::Skipped,
    };
    match answer.choice {
        Choice::Pause => enrollment::set_state(&tx, row.registration_id, EnrollmentState::Paused, None).await?,
        Choice::Stop => {
            enrollment::set_state(&tx, row.registration_id, EnrollmentState::Stopped, Some(Reason::Stopped)).await?;
            message::cancel_open(&tx, row.registration_id, &[MailKind::F1], Reason::Stopped).await?;
        }
        Choice::Done | Choice::NotNow => {}
    }
    let answer = write_down(&tx, &row, answer, now).await?;
    let changes = prompt::ActiveModel { answered_at: Set(Some(now)), answer: Set(Some(Stored(answer))), ..Default::default() };
    prompt::move_on(&tx, row.id, &answerable, state, changes).await?;
    let row = prompt::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Keeps notes and people privately, and answers what stays with the prompt.
async fn write_down(tx: &Tx, row: &prompt::Model, answer: Answer, now: DateTime<Utc>) -> Result<prompt::Answer> {
    let people = met_by_code(tx, row).await?;
    let (kept, notes) = check(&answer, &people)?;
    if answer.keep.is_some() {
        connection::withdraw_others(tx, row.person_id, row.event_id, &kept).await?;
    }
    for other in kept {
        connection::suggest(tx, row.person_id, other, row.event_id, now).await?;
    }
    for (about, text) in notes {
        note::write(tx, row.person_id, about, Some(row.id), text, now).await?;
    }
    let before = row.answer.as_ref().map(|before| before.keep.clone()).unwrap_or_default();
    Ok(prompt::Answer { choice: answer.choice, keep: answer.keep.unwrap_or(before), feedback: answer.feedback, exchange: answer.exchange })
}

/// People, each with something said of them.
type About<T> = Vec<(PersonId, T)>;

fn check(answer: &Answer, people: &BTreeMap<String, PersonId>) -> Result<(Vec<PersonId>, About<FreeText>)> {
    let mut wrong = Vec::new();
    let not_met = |pointer: String| FieldError::new(pointer, "not_met", "must be the code of someone met at this event");
    let keep = answer.keep.as_deref().unwrap_or_default();
    if keep.len() > MOST_KEPT {
        wrong.push(FieldError::new("/keep", "too_many", format!("must name at most {MOST_KEPT} people")));
    }
    let mut kept = Vec::new();
    for (i, code) in keep.iter().enumerate() {
        match people.get(code.as_str()) {
            Some(person) => kept.push(*person),
            None => wrong.push(not_met(format!("/keep/{i}"))),
        }
    }
    let mut notes = Vec::new();
    for (code, text) in &answer.notes {
        match people.get(code) {
            Some(person) => notes.push((*person, text.clone())),
            None => wrong.push(not_met(format!("/notes/{code}"))),
        }
    }
    none_wrong(wrong)?;
    Ok((kept, notes))
}

/// The people the reader met at this event, by code.
pub async fn met_by_code(scope: &impl Scoped, row: &prompt::Model) -> Result<BTreeMap<String, PersonId>> {
    let met = encounter::of_registrations(scope, &[row.registration_id]).await?;
    let others = registration::by_ids(scope, met.iter().map(|one| one.with(row.registration_id))).await?;
    Ok(others.into_values().map(|other| (other.code.to_string(), other.person_id)).collect())
}
