//! A prompt's page: the note form of F1.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{event, note, organizer, prompt};
use convivio_domain::words::{Choice, PromptState};
use convivio_domain::{FreeText, PromptId, RegistrationCode};

use super::views::{Answered, Feedback, FieldError, Page, PromptPage};
use super::{Form, app, draw, drawn, head, locale_of, or_problem};
use crate::api::me::prompts::{self, Answer};
use crate::app::App;
use crate::http::{ApiError, Result};
use crate::keys::{LinkToken, Purpose};

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let behind = Behind::link(&app, token).await?;
    match behind.row.state {
        PromptState::Acted | PromptState::Skipped => behind.answered(request),
        // Who comes back earlier than they meant to finds the form.
        _ => behind.form(request, &said_before(&app, &behind.row).await?, Vec::new()),
    }
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, answered(&request, &token, form).await)
}

async fn answered(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let behind = Behind::link(&app, token).await?;
    let answer = match read(&form) {
        Ok(answer) => answer,
        Err(errors) => return behind.form(request, &form, errors),
    };
    let row = behind.row.clone();
    let done = match form.get("snooze").parse() {
        Ok(weeks) => prompts::put_off(&app, row, weeks, Some(Answer { choice: Choice::NotNow, ..answer })).await,
        Err(_) => prompts::answer_prompt(&app, row, answer).await,
    };
    match done {
        Ok(_) => Behind::link(&app, token).await?.answered(request),
        Err(ApiError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|error| {
                let field = error.pointer.trim_start_matches('/').replace('/', "_").replacen("notes_", "note_", 1);
                FieldError::new(if field.starts_with("keep") { "keep".to_owned() } else { field }, error.code)
            });
            behind.form(request, &form, errors.collect())
        }
        Err(err) => Err(err),
    }
}

/// The form as it was last sent, so that whoever comes back goes on from there.
async fn said_before(app: &App, row: &prompt::Model) -> Result<Form> {
    let mut form = Form(Default::default());
    let Some(answer) = &row.answer else { return Ok(form) };
    let read = app.db.read(&row.organizer_id);
    let met = prompts::met_by_code(&read, row).await?;
    for note in note::of_prompt(&read, row.id).await? {
        if let Some((code, _)) = met.iter().find(|(_, person)| **person == note.about_id) {
            form.0.insert(format!("note_{code}"), note.text.to_string());
        }
    }
    form.0.extend(answer.keep.iter().map(|code| (format!("keep_{code}"), "on".to_owned())));
    let feedback = &answer.feedback;
    for (question, said) in [("heard", feedback.heard), ("listened", feedback.listened), ("continued", feedback.continued)] {
        form.0.extend(said.map(|said| (question.to_owned(), said.to_string())));
    }
    Ok(form)
}

/// What the form says, or which of its fields are wrong.
fn read(form: &Form) -> Result<Answer, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut notes = BTreeMap::new();
    let mut keep = Vec::new();
    for (field, value) in &form.0 {
        if let Some(code) = field.strip_prefix("note_").filter(|_| !value.trim().is_empty()) {
            match FreeText::parse(value) {
                Ok(text) => {
                    notes.insert(code.to_owned(), text);
                }
                Err(invalid) => errors.push(FieldError::new(field, invalid.code)),
            }
        }
        if let Some(code) = field.strip_prefix("keep_").and_then(|code| RegistrationCode::parse(code).ok()) {
            keep.push(code);
        }
    }
    keep.sort();
    // Words that are none of the form's own are no answer.
    let said = |field: &str| form.get(field).parse().ok();
    let feedback = convivio_domain::Feedback { listened: said("listened"), heard: said("heard"), continued: said("continued") };
    let choice = form.get("choice").parse().unwrap_or(Choice::Done);
    if errors.is_empty() { Ok(Answer { choice, keep: Some(keep), notes, feedback, exchange: None }) } else { Err(errors) }
}

/// What a prompt's link opens.
struct Behind {
    row: prompt::Model,
    event: event::Model,
    organizer: organizer::Model,
}

impl Behind {
    async fn link(app: &App, token: &str) -> Result<Self> {
        let link = LinkToken::parse(token).ok_or(ApiError::NotFound)?;
        let id = PromptId(link.id);
        let owner = prompt::owner(&app.db.central(), id).await?.ok_or(ApiError::NotFound)?;
        let read = app.db.read(&owner);
        let row = prompt::find_by_id(&read, id).await?.ok_or(ApiError::NotFound)?;
        if !app.keys.opens(&link, Purpose::Prompt, row.link_generation) {
            return Err(ApiError::NotFound);
        }
        let event = event::find_by_id(&read, row.event_id).await?.ok_or(ApiError::NotFound)?;
        Ok(Self { row, event, organizer: organizer::this(&read).await? })
    }

    fn form(&self, request: &HttpRequest, form: &Form, errors: Vec<FieldError>) -> Result<HttpResponse> {
        let content = self.row.content.as_ref().ok_or(ApiError::NotFound)?;
        let locale = locale_of(request, Some(content.locale));
        let mut page = PromptPage::of(content, head(&self.organizer, &self.event, locale));
        for person in &mut page.people {
            person.note = form.get(&format!("note_{}", person.code)).to_owned();
            person.keep = form.ticked(&format!("keep_{}", person.code));
        }
        let said = |field: &str| form.get(field).to_owned();
        page.feedback = Feedback { heard: said("heard"), listened: said("listened"), continued: said("continued") };
        let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        page.errors = errors;
        drawn(status, &Page::Prompt(Box::new(page)), locale)
    }

    fn answered(&self, request: &HttpRequest) -> Result<HttpResponse> {
        let content = self.row.content.as_ref().ok_or(ApiError::NotFound)?;
        let answer = self.row.answer.as_ref();
        let locale = locale_of(request, Some(content.locale));
        let kept = content.recall.people.iter().filter(|person| answer.is_some_and(|answer| answer.keep.contains(&person.code)));
        let (said, due_at) = match (self.row.state, answer) {
            (PromptState::Snoozed, _) => ("snoozed", Some(self.row.due_at)),
            (_, Some(answer)) => (answer.choice.as_str(), None),
            (_, None) => return Err(ApiError::NotFound),
        };
        let kept = kept.map(|person| person.name.clone()).collect();
        let view = Answered { event: head(&self.organizer, &self.event, locale), said, due_at, kept };
        draw(Page::Answered(view), locale)
    }
}
