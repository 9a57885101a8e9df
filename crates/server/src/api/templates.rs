//! The words of mails: shipped in every language of Convivio, or an organizer's own. Their layout is nobody's to change.

use actix_web::web;
use convivio_db::{Scoped, event, registration, template};
use convivio_domain::words::MailKind;
use convivio_domain::{Line, Locale, MailText, RegistrationCode, Slug};
use convivio_mail::own::{self, Fault, Part, Words};
use convivio_mail::{Mail, lint, sample};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{ApiError, FieldError, IfMatch, Json, List, Manager, NoContent, Result, Staff, Tagged, Viewer, none_wrong};
use crate::outbox::{self, ELSEWHERE};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateForm {
    /// One line, with variables.
    subject: Line,
    /// In the marks of mails, with variables: `# headline`, `- item`, `> quotation`, `| label: value`, `[words](link)`; after `---` comes the small print.
    text: MailText,
}

/// Which words a mail has.
#[derive(Serialize, ToSchema)]
#[schema(as = TemplateSummary)]
pub struct Listed {
    kind: MailKind,
    locale: Locale,
    /// The organizer's words, and not the shipped ones.
    own: bool,
    /// How often it was changed.
    revision: i32,
}

#[derive(Serialize, ToSchema)]
pub struct Template {
    kind: MailKind,
    locale: Locale,
    subject: String,
    text: String,
    /// The organizer's words, and not the shipped ones.
    own: bool,
    /// How often it was changed.
    revision: i32,
    /// What the words may name.
    variables: Vec<Variable>,
    /// What could be better. Nothing of it is refused.
    warnings: Vec<Warning>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TemplateVariable)]
struct Variable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'static str>,
    /// Words without it are refused.
    required: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TemplateWarning)]
struct Warning {
    code: &'static str,
    detail: String,
    /// Of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

#[derive(serde::Deserialize)]
pub struct TemplatePath {
    kind: String,
    locale: String,
}

impl TemplatePath {
    /// The mail, and a language Convivio speaks.
    fn parse(&self) -> Result<(MailKind, Locale)> {
        let kind = self.kind.parse().ok().filter(|kind| *kind != MailKind::Test).ok_or(ApiError::NotFound)?;
        let locale = self.locale.parse().map_err(|_| ApiError::NotFound)?;
        Ok((kind, locale))
    }
}

pub async fn list(who: Staff<Viewer>, app: web::Data<App>) -> Result<List<Listed>> {
    let read = app.db.read(&who);
    let in_force = template::in_force(&read).await?;
    let revisions = template::by_ids(&read, in_force.values().copied()).await?;
    let mut results = Vec::new();
    // A test has the words of the step it tries out.
    for &kind in MailKind::ALL.iter().filter(|kind| **kind != MailKind::Test) {
        for &locale in Locale::ALL {
            let current = in_force.get(&(kind, locale)).and_then(|id| revisions.get(id));
            let own = current.is_some_and(|current| current.words().is_some());
            results.push(Listed { kind, locale, own, revision: revision_of(current) });
        }
    }
    Ok(List { results, next: None })
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<TemplatePath>) -> Result<Tagged<Template>> {
    let (kind, locale) = path.parse()?;
    let read = app.db.read(&who);
    let current = template::current(&read, kind, locale).await?;
    shown(&read, (kind, locale), current.as_ref()).await
}

/// The words that are there already make no revision.
pub async fn replace(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<TemplatePath>,
    if_match: IfMatch,
    Json(form): Json<TemplateForm>,
) -> Result<Tagged<Template>> {
    let (kind, locale) = path.parse()?;
    ensure_right(&sample(kind, locale, ELSEWHERE), locale, &form.subject, &form.text)?;
    let tx = app.db.write(&who).await?;
    let last = template::lock_current(&tx, kind, locale).await?;
    if_match.ensure(revision_of(last.as_ref()))?;
    let same = last.as_ref().is_some_and(|last| last.words() == Some((&form.subject, &form.text)));
    let saved = match last {
        Some(last) if same => last,
        last => template::revise(&tx, (kind, locale), last.as_ref(), Some((form.subject, form.text)), app.clock.now()).await?,
    };
    let answer = shown(&tx, (kind, locale), Some(&saved)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Going back to what is there already changes nothing.
pub async fn remove(who: Staff<Manager>, app: web::Data<App>, path: web::Path<TemplatePath>, if_match: IfMatch) -> Result<NoContent> {
    let (kind, locale) = path.parse()?;
    let tx = app.db.write(&who).await?;
    let last = template::lock_current(&tx, kind, locale).await?;
    if_match.ensure(revision_of(last.as_ref()))?;
    if last.as_ref().is_some_and(|last| last.words().is_some()) {
        template::revise(&tx, (kind, locale), last.as_ref(), None, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(NoContent)
}

/// Words to try, and on whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateTrial {
    /// One line, with variables.
    subject: Line,
    /// In the marks of mails, with variables.
    text: MailText,
    /// A registration of `event`; left out, the mail is about people and an event that never were
    #[serde(default)]
    code: Option<RegistrationCode>,
    /// The event of `code`
    #[serde(default)]
    event: Option<Slug>,
}

/// A mail as it would be read.
#[derive(Serialize, ToSchema)]
pub struct TemplatePreview {
    subject: String,
    text: String,
    html: String,
    warnings: Vec<Warning>,
}

/// With links that lead nowhere, for they would be the reader's own.
pub async fn preview(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<TemplatePath>,
    Json(form): Json<TemplateTrial>,
) -> Result<Json<TemplatePreview>> {
    let (kind, locale) = path.parse()?;
    let sample = sample(kind, locale, ELSEWHERE);
    ensure_right(&sample, locale, &form.subject, &form.text)?;
    let read = app.db.read(&who);
    let wrong = |pointer: &str, code: &str, detail: &str| ApiError::Invalid(vec![FieldError::new(pointer, code, detail)]);
    let mail = match (&form.event, &form.code) {
        (None, None) => sample.clone(),
        (Some(event), Some(code)) => {
            let unknown = || wrong("/event", "unknown", "must be the slug of an event of yours");
            let event = event::by_slug(&read, event.as_str()).await?.ok_or_else(unknown)?;
            let unknown = || wrong("/code", "unknown", "must be the code of a registration for this event");
            let registration = registration::by_code(&read, event.id, code).await?.ok_or_else(unknown)?;
            outbox::preview(&app, &read, (kind, locale), event, registration).await?
        }
        (None, Some(_)) => return Err(wrong("/event", "required", "must say which event the code is of")),
        (Some(_), None) => return Err(wrong("/code", "required", "must say who of the event would read it")),
    };
    let words = Words { subject: form.subject.as_str(), text: form.text.as_str() };
    let said = own::render(&mail, locale, words).map_err(|fault| ApiError::Invalid(vec![field_error(&fault)]))?;
    let warnings = warnings(&read, &sample, locale, words).await?;
    Ok(Json(TemplatePreview { subject: said.subject, text: said.text, html: said.html, warnings }))
}

/// Words that fail for a sample would fail for a reader.
fn ensure_right(sample: &Mail, locale: Locale, subject: &Line, text: &MailText) -> Result<()> {
    let faults = own::faults(sample, locale, Words { subject: subject.as_str(), text: text.as_str() });
    none_wrong(faults.iter().map(field_error).collect())
}

fn field_error(fault: &Fault) -> FieldError {
    let pointer = match fault.part {
        Part::Subject => "/subject",
        Part::Text => "/text",
    };
    FieldError::new(pointer, fault.code, fault.to_string())
}

fn revision_of(current: Option<&template::Model>) -> i32 {
    current.map_or(0, |current| current.revision)
}

async fn shown(scope: &impl Scoped, (kind, locale): (MailKind, Locale), current: Option<&template::Model>) -> Result<Tagged<Template>> {
    let sample = sample(kind, locale, ELSEWHERE);
    let own = current.and_then(template::Model::words);
    let (subject, text, warnings) = match own {
        Some((subject, text)) => {
            let words = Words { subject: subject.as_str(), text: text.as_str() };
            (subject.to_string(), text.to_string(), warnings(scope, &sample, locale, words).await?)
        }
        None => {
            let (subject, text) = own::shipped(kind, locale);
            (subject, text, Vec::new())
        }
    };
    let variables = own::variables(&sample, locale).into_iter();
    let variables = variables.map(|one| Variable { name: one.name, meaning: one.meaning, required: one.required }).collect();
    let revision = revision_of(current);
    Ok(Tagged(revision, Template { kind, locale, subject, text, own: own.is_some(), revision, variables, warnings }))
}

/// What could be better in the words, and the languages that have none of their own.
async fn warnings(scope: &impl Scoped, sample: &Mail, locale: Locale, words: Words<'_>) -> Result<Vec<Warning>> {
    let told = lint(sample, locale, words).into_iter();
    let mut warnings: Vec<Warning> = told.map(|one| Warning { code: one.code, detail: one.detail, line: one.line }).collect();
    for other in Locale::ALL.iter().filter(|other| **other != locale) {
        let there = template::current(scope, sample.kind(), *other).await?;
        if there.as_ref().and_then(template::Model::words).is_none() {
            let detail = format!("whoever reads {other} still gets the shipped words");
            warnings.push(Warning { code: "missing_locale", detail, line: None });
        }
    }
    Ok(warnings)
}
