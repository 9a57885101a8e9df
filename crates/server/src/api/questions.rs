//! What is asked of everybody who registers, in the organizer's words.

use std::collections::HashSet;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Set, Stored, Tx, event, question, registration};
use convivio_domain::words::{AskedOf, QuestionKind};
use convivio_domain::{FreeText, Line, Locale, Localized, QuestionCode, QuestionId, QuestionOption};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EventPath, ItemPath, find_event, id_of};
use crate::app::App;
use crate::http::{ApiError, Created, FieldError, Json, List, Listing, Manager, NoContent, Patch, Result, Staff, Viewer, none_wrong};

/// A question as it comes in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// What answers are kept under; made from the label if nothing is said. It stays.
    #[serde(default)]
    code: Option<QuestionCode>,
    label: Localized<Line>,
    #[serde(default)]
    help: Localized<FreeText>,
    /// It stays.
    kind: QuestionKind,
    /// For `choice` and `multiple`.
    #[serde(default)]
    options: Vec<QuestionOption>,
    #[serde(default)]
    required: bool,
    /// The place in the form, from 1; the last if nothing is said.
    #[serde(default)]
    position: Option<i16>,
    #[serde(default)]
    asked_of: AskedOf,
}

#[derive(Serialize, ToSchema)]
pub struct Question {
    id: QuestionId,
    code: QuestionCode,
    label: Localized<Line>,
    help: Localized<FreeText>,
    kind: QuestionKind,
    options: Vec<QuestionOption>,
    required: bool,
    position: i16,
    asked_of: AskedOf,
    created_at: DateTime<Utc>,
}

impl From<question::Model> for Question {
    fn from(row: question::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            label: row.label.0,
            help: row.help.0,
            kind: row.kind,
            options: row.options.0,
            required: row.required,
            position: row.position,
            asked_of: row.asked_of,
            created_at: row.created_at,
        }
    }
}

/// As many answers as one person may give.
const MOST: usize = 20;
const MOST_OPTIONS: usize = 50;

impl NewQuestion {
    fn of(row: &question::Model) -> Self {
        Self {
            code: Some(row.code.clone()),
            label: row.label.0.clone(),
            help: row.help.0.clone(),
            kind: row.kind,
            options: row.options.0.clone(),
            required: row.required,
            position: Some(row.position),
            asked_of: row.asked_of,
        }
    }

    fn wrong(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if self.label.is_empty() {
            wrong.push(FieldError::new("/label", "required", "must say something in at least one language"));
        }
        let chooses = matches!(self.kind, QuestionKind::Choice | QuestionKind::Multiple);
        match self.options.len() {
            0 if chooses => wrong.push(FieldError::new("/options", "required", "must have at least one option")),
            1.. if !chooses => wrong.push(FieldError::new("/options", "not_supported", "belong to choice and multiple alone")),
            n if n > MOST_OPTIONS => {
                wrong.push(FieldError::new("/options", "too_many", format!("must have at most {MOST_OPTIONS} entries")));
            }
            _ => {}
        }
        let mut seen = HashSet::new();
        for (i, option) in self.options.iter().enumerate().take(MOST_OPTIONS) {
            if !seen.insert(&option.code) {
                wrong.push(FieldError::new(format!("/options/{i}/code"), "repeated", "is there twice"));
            }
            if option.label.is_empty() {
                wrong.push(FieldError::new(format!("/options/{i}/label"), "required", "must say something in at least one language"));
            }
        }
        if self.position.is_some_and(|position| position < 1) {
            wrong.push(FieldError::new("/position", "out_of_range", "must be 1 or more"));
        }
        wrong
    }
}

/// In the order of the form.
pub async fn list(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing) -> Result<List<Question>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = question::list(&read, event.id, listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.position, Question::from))
}

pub async fn create(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(new): Json<NewQuestion>,
) -> Result<Created<Question>> {
    let tx = app.db.write(&who).await?;
    let event = held(&tx, &path.event).await?;
    let all = question::ever_of_event(&tx, event.id).await?;
    let asked = all.iter().filter(|question| question.deleted_at.is_none()).count();
    let mut wrong = new.wrong();
    if asked >= MOST {
        wrong.push(FieldError::new("", "too_many", format!("an event asks at most {MOST} questions")));
    }
    let code = match &new.code {
        Some(code) if all.iter().any(|other| other.code == *code) => {
            wrong.push(FieldError::new("/code", "taken", "another question of the event has it, or had it and was answered"));
            code.clone()
        }
        Some(code) => code.clone(),
        None => code_for(&new.label, event.locale, &all),
    };
    none_wrong(wrong)?;
    let position = place(new.position, asked + 1);
    question::shift(&tx, event.id, position, 1).await?;
    let row = question::Model {
        id: QuestionId::new(),
        organizer_id: who.organizer.id,
        event_id: event.id,
        code,
        label: Stored(new.label),
        help: Stored(new.help),
        kind: new.kind,
        options: Stored(new.options),
        required: new.required,
        asked_of: new.asked_of,
        position,
        deleted_at: None,
        created_at: app.clock.now(),
    };
    question::insert(&tx, row.clone()).await?;
    tx.commit().await?;
    let location = format!("/api/v1/organizers/{}/events/{}/questions/{}", path.organizer, path.event, row.id);
    Ok(Created(location, Question::from(row)))
}

/// Changes what the merge patch names. Whoever has registered already keeps what they said.
pub async fn update(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    patch: Patch<NewQuestion>,
) -> Result<Json<Question>> {
    let tx = app.db.write(&who).await?;
    let event = held(&tx, &path.event).await?;
    let row = question::find_by_id(&tx, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    let form = patch.onto(NewQuestion::of(&row))?;
    let mut wrong = form.wrong();
    let fixed = [("/code", form.code.as_ref().is_some_and(|code| *code != row.code)), ("/kind", form.kind != row.kind)];
    for (pointer, _) in fixed.into_iter().filter(|(_, changed)| *changed) {
        wrong.push(FieldError::new(pointer, "fixed", "cannot be changed; delete the question and ask another"));
    }
    none_wrong(wrong)?;
    let position = place(form.position, question::of_event(&tx, event.id).await?.len());
    if position != row.position {
        question::shift(&tx, event.id, row.position + 1, -1).await?;
        question::shift(&tx, event.id, position, 1).await?;
    }
    let changes = question::ActiveModel {
        label: Set(Stored(form.label)),
        help: Set(Stored(form.help)),
        options: Set(Stored(form.options)),
        required: Set(form.required),
        asked_of: Set(form.asked_of),
        position: Set(position),
        ..Default::default()
    };
    question::change(&tx, row.id, changes).await?;
    let row = question::find_by_id(&tx, event.id, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Json(Question::from(row)))
}

/// Asks it no more. What was answered stays with the registrations, under a code that is not given again.
pub async fn remove(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<NoContent> {
    let tx = app.db.write(&who).await?;
    let event = held(&tx, &path.event).await?;
    let row = question::find_by_id(&tx, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    question::shift(&tx, event.id, row.position + 1, -1).await?;
    if registration::any_answered(&tx, event.id, row.code.as_str()).await? {
        let deleted = question::ActiveModel { deleted_at: Set(Some(app.clock.now())), ..Default::default() };
        question::change(&tx, row.id, deleted).await?;
    } else {
        question::remove(&tx, row.id).await?;
    }
    tx.commit().await?;
    Ok(NoContent)
}

/// The event, held: nobody registers, and nobody else changes the form, until this is through.
async fn held(tx: &Tx, slug: &str) -> Result<event::Model> {
    let seen = find_event(tx, slug).await?;
    event::lock(tx, seen.id).await?.ok_or(ApiError::NotFound)
}

fn place(wanted: Option<i16>, last: usize) -> i16 {
    let last = i16::try_from(last).unwrap_or(i16::MAX);
    wanted.unwrap_or(last).clamp(1, last.max(1))
}

/// Made from the label, and numbered where that is taken.
fn code_for(label: &Localized<Line>, locale: Locale, all: &[question::Model]) -> QuestionCode {
    let words = label.read(locale, Locale::En).map_or("", Line::as_str);
    let base = QuestionCode::of_words(words).map_or_else(|| "question".to_owned(), |code| code.to_string());
    let numbered = (2..).map(|n| format!("{base}_{n}"));
    let mut free = std::iter::once(base.clone()).chain(numbered).filter(|code| all.iter().all(|other| other.code.as_str() != code));
    let code = free.next().expect("numbers do not end");
    QuestionCode::parse(&code).expect("plain words with a number are a code")
}
