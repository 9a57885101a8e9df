//! A prompt's page: the form of one step of the follow-up.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{connection, event, log, organizer, prompt};
use convivio_domain::prompt::Action;
use convivio_domain::words::{Choice, LogKind, PromptState};
use convivio_domain::{FreeText, PersonId, PromptId, RegistrationCode};

use super::views::{Answered, Asks, FieldError, Page, PromptPage, SCALES};
use super::{Form, app, draw, drawn, head, in_query, locale_of, or_problem};
use crate::answering::{self, Answer};
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
        PromptState::Acted | PromptState::Skipped if in_query(request, "again").is_none() => behind.answered(request),
        // Who comes back earlier than they meant to finds the form, and so does who would say something else.
        _ => behind.form(request, &said_before(&app, &behind.row).await?, Vec::new()),
    }
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, answered(&request, &token, form).await)
}

async fn answered(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let behind = Behind::link(&app, token).await?;
    let content = behind.row.content.as_ref().ok_or(ApiError::NotFound)?;
    let answer = match read(&form, Asks::of(content)) {
        Ok(answer) => answer,
        Err(errors) => return behind.form(request, &form, errors),
    };
    let row = behind.row.clone();
    let done = match form.get("snooze").parse() {
        Ok(weeks) => answering::put_off(&app, row, weeks, Some(Answer { choice: Choice::NotNow, ..answer })).await,
        Err(_) => answering::answer_prompt(&app, row, answer).await,
    };
    match done {
        Ok(_) => Behind::link(&app, token).await?.answered(request),
        Err(ApiError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|error| FieldError::new(field_of(&error.pointer), error.code));
            behind.form(request, &form, errors.collect())
        }
        Err(err) => Err(err),
    }
}

/// The field of the form that an error of the answer is about.
fn field_of(pointer: &str) -> String {
    let mut parts = pointer.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("checks"), Some(code), Some(scale)) => format!("{scale}_{code}"),
        (Some("notes" | "checks"), Some(code), None) => format!("note_{code}"),
        (Some(field @ ("did" | "cadence")), Some(code), _) => format!("{field}_{code}"),
        _ => "keep".to_owned(),
    }
}

/// The form as it was last sent, so that whoever comes back goes on from there.
async fn said_before(app: &App, row: &prompt::Model) -> Result<Form> {
    let mut form = Form(Default::default());
    let read = app.db.read(&row.organizer_id);
    let met = answering::met_by_code(&read, row).await?;
    let told: Vec<&str> = row.content.iter().flat_map(|content| &content.recall.people).map(|person| person.code.as_str()).collect();
    // Who was met at several events has several codes: the form's is that of the prompt.
    let code_of = |person: PersonId| {
        let theirs = || met.iter().filter(|(_, other)| **other == person).map(|(code, _)| code);
        theirs().find(|code| told.contains(&code.as_str())).or_else(|| theirs().next()).cloned()
    };
    for connection in connection::between(&read, row.person_id, met.values().copied()).await? {
        if let (Some(code), Some(months)) = (code_of(connection.other_id), connection.every_months) {
            form.0.insert(format!("cadence_{code}"), months.to_string());
        }
    }
    for entry in log::of_prompt(&read, row.id).await? {
        let Some(code) = code_of(entry.about_id) else { continue };
        form.0.extend(entry.text.map(|text| (format!("note_{code}"), text.to_string())));
        form.0.extend(deed_of(row, entry.kind, entry.what.as_deref(), &code).map(|kind| (format!("did_{code}"), kind)));
        let scales = SCALES.into_iter().zip([entry.trust, entry.goals, entry.solutions]);
        form.0.extend(scales.filter_map(|(name, value)| Some((format!("{name}_{code}"), value?.to_string()))));
    }
    let Some(answer) = &row.answer else { return Ok(form) };
    form.0.extend(answer.keep.iter().map(|code| (format!("keep_{code}"), "on".to_owned())));
    let feedback = &answer.feedback;
    let all =
        [("heard", feedback.heard), ("listened", feedback.listened), ("continued", feedback.continued), ("need_met", feedback.need_met)];
    for (question, said) in all {
        form.0.extend(said.map(|said| (question.to_owned(), said.to_string())));
    }
    Ok(form)
}

/// The type of the action that this entry of the log came of.
fn deed_of(row: &prompt::Model, kind: LogKind, what: Option<&str>, code: &str) -> Option<String> {
    let content = row.content.as_ref()?;
    let mut all = [&content.action].into_iter().chain(&content.alternatives);
    let is_it = |action: &&Action| {
        let done = answering::done_as(&action.kind);
        done.is_some_and(|(of, which)| of == kind && Some(which.as_str()) == what) && action.about.iter().any(|one| one.as_str() == code)
    };
    all.find(is_it).map(|action| action.kind.clone())
}

/// What the form says, or which of its fields are wrong.
fn read(form: &Form, asks: Asks) -> Result<Answer, Vec<FieldError>> {
    let mut errors = Vec::new();
    // Words that are none of the form's own are no answer.
    let said = |field: &str| form.get(field).parse().ok();
    let mut answer = Answer::of(form.get("choice").parse().unwrap_or(Choice::Done));
    answer.feedback = convivio_domain::Feedback {
        listened: said("listened"),
        heard: said("heard"),
        continued: said("continued"),
        need_met: said("need_met"),
    };
    answer.anonymous = form.ticked("anonymous");
    let mut keep = Vec::new();
    for (field, value) in &form.0 {
        let Some((of, code)) = field.split_once('_') else { continue };
        let value = value.trim();
        match of {
            // Emptied, it is taken back.
            "note" if value.is_empty() => {
                answer.notes.insert(code.to_owned(), None);
            }
            "note" => match FreeText::parse(value) {
                Ok(text) => {
                    answer.notes.insert(code.to_owned(), Some(text));
                }
                Err(invalid) => errors.push(FieldError::new(field, invalid.code)),
            },
            "keep" => keep.extend(RegistrationCode::parse(code)),
            "did" => {
                let did = answer.did.get_or_insert_default();
                if !value.is_empty() {
                    did.insert(code.to_owned(), value.to_owned());
                }
            }
            "trust" | "goals" | "solutions" => {
                let check = answer.checks.entry(code.to_owned()).or_default();
                let scale = match of {
                    "trust" => &mut check.trust,
                    "goals" => &mut check.goals,
                    _ => &mut check.solutions,
                };
                *scale = value.parse().ok();
            }
            "cadence" if value == "end" => {
                answer.cadence.insert(code.to_owned(), None);
            }
            "cadence" => answer.cadence.extend(value.parse().ok().map(|months: u8| (code.to_owned(), Some(months)))),
            _ => {}
        }
    }
    keep.sort();
    // What is not ticked is not posted.
    answer.keep = (asks == Asks::Whom).then_some(keep);
    if errors.is_empty() { Ok(answer) } else { Err(errors) }
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
        let mut page = PromptPage::of(content, head(&self.organizer, &self.event, locale), |field| form.get(field).to_owned());
        let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        page.errors = errors;
        if self.row.answer.as_ref().is_some_and(|answer| answer.anonymous) {
            // Said without a name, it cannot be said anew.
            page.feedback.clear();
        }
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
