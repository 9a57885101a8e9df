//! An event's page with the form to register. The form is read into the same JSON as the API takes, so that there is one set of rules.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{event, organizer, passion, question, round};
use convivio_domain::words::{AskedOf, EventKind, EventState, Phase, QuestionKind};
use convivio_domain::{ConsentWay, Language, Locale, QuestionOption, TableLayout, catalogue};
use serde_json::{Value, json};

use super::views::{AskedOption, AskedQuestion, Door, EventPage, FieldError, LanguageChoice, Page, PassionRow, RegisterForm, Sent, Shape};
use super::{Form, app, draw, drawn, head, locale_of, or_problem};
use crate::api::public::{self, PublicEventPath};
use crate::app::App;
use crate::http::{ApiError, Result, json as body};
use crate::registering::NewRegistration;

/// Languages that can be ticked, with the names they call themselves.
const LANGUAGES: [(&str, &str); 8] = [
    ("en", "English"),
    ("it", "Italiano"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("pt", "Português"),
    ("uk", "Українська"),
    ("ar", "العربية"),
];

/// What a language calls itself; of one that the form does not know, its code.
pub(super) fn own_name(language: &Language) -> &str {
    LANGUAGES.iter().find(|(code, _)| *code == language.as_str()).map_or(language.as_str(), |(_, name)| name)
}

pub async fn show(request: HttpRequest, path: web::Path<PublicEventPath>) -> HttpResponse {
    or_problem(&request, shown(&request, &path).await)
}

async fn shown(request: &HttpRequest, path: &PublicEventPath) -> Result<HttpResponse> {
    let app = app(request);
    let (organizer, event) = public::find(&app, path).await?;
    let locale = locale_of(request, None);
    let page = page(&app, &organizer, &event, locale, Filled::default()).await?;
    draw(Page::Event(Box::new(page)), locale)
}

pub async fn submit(request: HttpRequest, path: web::Path<PublicEventPath>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &path, form).await)
}

async fn submitted(request: &HttpRequest, path: &PublicEventPath, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let (organizer, event) = public::find(&app, path).await?;
    let locale = form.get("locale").parse().unwrap_or_else(|_| locale_of(request, None));
    let questions = asked(&app, &organizer, &event).await?;
    let mut said = as_json(&form, locale);
    said["answers"] = answers(&form, &questions);
    let registered = match body::parse::<NewRegistration>(said.to_string().as_bytes()) {
        Ok(new) => public::registration_form(&app, path, &new, ConsentWay::Form).await,
        Err(err) => Err(err),
    };
    match registered {
        Ok(()) => {
            let view = Sent { event: head(&organizer, &event, locale), email: Some(form.get("email").to_owned()) };
            draw(Page::Sent(view), locale)
        }
        Err(ApiError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|error| FieldError::from_pointer(&error.pointer, error.code)).collect();
            let page = page(&app, &organizer, &event, locale, Filled { form: Some(&form), errors }).await?;
            drawn(StatusCode::UNPROCESSABLE_ENTITY, &Page::Event(Box::new(page)), locale)
        }
        // The event closed while the form was being filled in: its page says so.
        Err(ApiError::EventNotOpen) => {
            let page = page(&app, &organizer, &event, locale, Filled { form: Some(&form), errors: Vec::new() }).await?;
            drawn(StatusCode::CONFLICT, &Page::Event(Box::new(page)), locale)
        }
        Err(err) => Err(err),
    }
}

/// The form as the API's JSON; what was left empty is left out.
fn as_json(form: &Form, locale: Locale) -> Value {
    let mut body = json!({"locale": locale, "consents": {"follow_up": form.ticked("follow_up")}});
    for field in ["name", "email", "headline", "working_on", "intention", "accessibility"] {
        if !form.get(field).is_empty() {
            body[field] = json!(form.get(field));
        }
    }
    body["passions"] = passions(form, RegisterForm::PASSIONS);
    body["offers"] = lines(form.get("offers")).collect();
    body["needs"] = lines(form.get("needs")).map(|line| json!({"text": line})).collect();
    body["languages"] =
        LANGUAGES.iter().filter(|(code, _)| form.ticked(&format!("language_{code}"))).map(|(code, _)| json!(code)).collect();
    let shown = |field: &str| json!(if form.ticked(field) { "tablemates" } else { "none" });
    body["visibility"] = json!({
        "name": shown("show_name"),
        "passions": shown("show_passions"),
        "headline": shown("show_headline"),
        "offers": shown("show_offers"),
        "needs": shown("show_needs"),
        "working_on": shown("show_working_on"),
        "intention": shown("show_intention"),
        "languages": shown("show_languages"),
    });
    body
}

/// The passions of so many rows; what was left empty is left out.
pub(super) fn passions(form: &Form, rows: usize) -> Value {
    let filled = (1..=rows).filter_map(|row| {
        let text = form.get(&format!("passion_{row}"));
        let level: u8 = form.get(&format!("level_{row}")).parse().unwrap_or(2);
        (!text.is_empty()).then(|| json!({"text": text, "level": level}))
    });
    filled.collect()
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| json!(line))
}

pub(super) fn as_typed(form: &Form, rows: usize) -> RegisterForm {
    let typed = |field: &str| form.get(field).to_owned();
    RegisterForm {
        passions: (1..=rows)
            .map(|row| PassionRow { text: typed(&format!("passion_{row}")), level: typed(&format!("level_{row}")) })
            .collect(),
        name: typed("name"),
        email: typed("email"),
        headline: typed("headline"),
        working_on: typed("working_on"),
        offers: typed("offers"),
        needs: typed("needs"),
        intention: typed("intention"),
        languages: LANGUAGES
            .iter()
            .filter(|(code, _)| form.ticked(&format!("language_{code}")))
            .map(|(code, _)| (*code).to_owned())
            .collect(),
        accessibility: typed("accessibility"),
        show_name: form.ticked("show_name"),
        show_passions: form.ticked("show_passions"),
        show_headline: form.ticked("show_headline"),
        show_offers: form.ticked("show_offers"),
        show_needs: form.ticked("show_needs"),
        show_working_on: form.ticked("show_working_on"),
        show_intention: form.ticked("show_intention"),
        show_languages: form.ticked("show_languages"),
        follow_up: form.ticked("follow_up"),
    }
}

/// What the public is asked, in the order of the form.
async fn asked(app: &App, organizer: &organizer::Model, event: &event::Model) -> Result<Vec<question::Model>> {
    let mut questions = question::of_event(&app.db.read(organizer), event.id).await?;
    questions.retain(|question| question.asked_of == AskedOf::Public);
    Ok(questions)
}

/// The answers of the form, as the API takes them.
fn answers(form: &Form, questions: &[question::Model]) -> Value {
    let answer = |question: &question::Model| match question.kind {
        QuestionKind::Multiple => {
            let ticked = question.options.iter().filter(|option| form.ticked(&option_field(question, option.code.as_str())));
            ticked.map(|option| json!(option.code)).collect()
        }
        QuestionKind::YesNo => match form.get(&field(question)) {
            "yes" => json!(true),
            "no" => json!(false),
            _ => Value::Null,
        },
        _ => json!(form.get(&field(question))),
    };
    let answers = questions.iter().map(|question| (question.code.to_string(), answer(question)));
    Value::Object(answers.collect())
}

fn field(question: &question::Model) -> String {
    format!("answer.{}", question.code)
}

fn option_field(question: &question::Model, option: &str) -> String {
    format!("answer.{}.{option}", question.code)
}

/// The question as the reader is asked it, with what they answered before.
fn drawn_question(question: &question::Model, event: &event::Model, locale: Locale, form: Option<&Form>) -> AskedQuestion {
    let typed = form.map_or("", |form| form.get(&field(question)));
    let several = question.kind == QuestionKind::Multiple;
    let option = |value: &str, label: String| {
        let field = if several { option_field(question, value) } else { field(question) };
        let chosen = if several { form.is_some_and(|form| form.ticked(&field)) } else { typed == value };
        AskedOption { field, value: value.to_owned(), label, chosen }
    };
    let options = match question.kind {
        QuestionKind::YesNo => ["yes", "no"].map(|value| option(value, value.to_owned())).to_vec(),
        _ => {
            let label = |option: &QuestionOption| {
                option.label.read(locale, event.locale).map_or_else(|| option.code.to_string(), ToString::to_string)
            };
            question.options.iter().map(|one| option(one.code.as_str(), label(one))).collect()
        }
    };
    AskedQuestion {
        field: field(question),
        kind: question.kind,
        label: question.rules().label(locale, event.locale).to_owned(),
        help: question.help.read(locale, event.locale).map(ToString::to_string),
        required: question.required,
        options,
        text: typed.to_owned(),
    }
}

/// What was filled in before, and what was wrong with it.
#[derive(Default)]
struct Filled<'a> {
    form: Option<&'a Form>,
    errors: Vec<FieldError>,
}

async fn page(app: &App, organizer: &organizer::Model, event: &event::Model, locale: Locale, filled: Filled<'_>) -> Result<EventPage> {
    let read = app.db.read(organizer);
    let rounds = round::of_event(&read, event.id).await?;
    let own = passion::all(&read).await?;
    let own = own.iter().filter_map(|passion| passion.labels.read(locale, event.locale)).map(ToString::to_string);
    let mut suggestions: Vec<String> = catalogue().passions().iter().map(|passion| passion.label(locale).to_owned()).chain(own).collect();
    suggestions.sort();
    let questions = asked(app, organizer, event).await?;
    Ok(EventPage {
        event: head(organizer, event, locale),
        summary: event.summary(locale).map(str::to_owned),
        purpose: event.purpose.as_ref().map(ToString::to_string),
        method: event.method(locale).map(str::to_owned),
        shape: shape(event, &rounds),
        door: door(app, event),
        seats_left: event.seats_left().and_then(|left| u32::try_from(left).ok()),
        approval: event.approval,
        calendar: None,
        suggestions,
        languages: LANGUAGES.iter().map(|(code, label)| LanguageChoice { code: (*code).into(), label: (*label).into() }).collect(),
        questions: questions.iter().map(|question| drawn_question(question, event, locale, filled.form)).collect(),
        form: filled.form.map(|form| as_typed(form, RegisterForm::PASSIONS)).unwrap_or_default(),
        errors: filled.errors,
    })
}

fn door(app: &App, event: &event::Model) -> Door {
    let now = app.clock.now();
    match (event.state, event.phase(now)) {
        (EventState::Cancelled, _) => Door::Cancelled,
        (_, Phase::FollowUp | Phase::Closed) => Door::Over,
        _ if event.takes_registrations(now) && event.is_full() => Door::Full,
        _ if event.takes_registrations(now) => Door::Open,
        (_, Phase::Upcoming) => Door::NotYet { opens_at: event.registration_opens_at },
        (_, Phase::Live) => Door::Live,
        _ => Door::Closed,
    }
}

fn shape(event: &event::Model, rounds: &[round::Model]) -> Option<Shape> {
    if event.kind != EventKind::Tables || rounds.is_empty() {
        return None;
    }
    let (table_min, table_max) = match event.tables.as_deref()? {
        TableLayout::BySize(rule) => (rule.min, rule.max),
        TableLayout::Listed { tables } => (tables.iter().map(|table| table.min).min()?, tables.iter().map(|table| table.max).max()?),
    };
    let rounds = rounds.iter().map(|round| u16::try_from(round.minutes).unwrap_or(0)).collect();
    Some(Shape { rounds, table_min, table_max })
}
