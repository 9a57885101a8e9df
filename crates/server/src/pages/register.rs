//! An event's page with the form to register. The form is read into the same JSON as the API takes, so that there is one set of rules.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{event, organizer, round};
use convivio_domain::words::{EventKind, EventState, Phase};
use convivio_domain::{Locale, TableLayout, catalogue};
use serde_json::{Value, json};

use super::views::{Door, EventPage, FieldError, LanguageChoice, Page, PassionRow, RegisterForm, Sent, Shape};
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

pub async fn show(request: HttpRequest, path: web::Path<PublicEventPath>) -> HttpResponse {
    or_problem(&request, shown(&request, &path).await)
}

async fn shown(request: &HttpRequest, path: &PublicEventPath) -> Result<HttpResponse> {
    let app = app(request);
    let (organizer, event) = public::find(&app, path).await?;
    let locale = locale_of(request, None);
    let page = page(&app, &organizer, &event, locale, RegisterForm::default(), Vec::new()).await?;
    draw(Page::Event(Box::new(page)), locale)
}

pub async fn submit(request: HttpRequest, path: web::Path<PublicEventPath>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &path, form).await)
}

async fn submitted(request: &HttpRequest, path: &PublicEventPath, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let (organizer, event) = public::find(&app, path).await?;
    let locale = form.get("locale").parse().unwrap_or_else(|_| locale_of(request, None));
    let registered = match body::parse::<NewRegistration>(as_json(&form, locale).to_string().as_bytes()) {
        Ok(new) => public::registration_form(&app, path, &new).await,
        Err(err) => Err(err),
    };
    match registered {
        Ok(()) => {
            let view = Sent { event: head(&organizer, &event, locale), email: Some(form.get("email").to_owned()) };
            draw(Page::Sent(view), locale)
        }
        Err(ApiError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|error| FieldError::from_pointer(&error.pointer, error.code)).collect();
            let page = page(&app, &organizer, &event, locale, as_typed(&form, RegisterForm::PASSIONS), errors).await?;
            drawn(StatusCode::UNPROCESSABLE_ENTITY, &Page::Event(Box::new(page)), locale)
        }
        // The event closed while the form was being filled in: its page says so.
        Err(ApiError::EventNotOpen) => {
            let page = page(&app, &organizer, &event, locale, as_typed(&form, RegisterForm::PASSIONS), Vec::new()).await?;
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
        follow_up: form.ticked("follow_up"),
    }
}

async fn page(
    app: &App,
    organizer: &organizer::Model,
    event: &event::Model,
    locale: Locale,
    form: RegisterForm,
    errors: Vec<FieldError>,
) -> Result<EventPage> {
    let rounds = round::of_event(&app.db.read(organizer), event.id).await?;
    let mut suggestions: Vec<String> = catalogue().passions().iter().map(|passion| passion.label(locale).to_owned()).collect();
    suggestions.sort();
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
        form,
        errors,
    })
}

fn door(app: &App, event: &event::Model) -> Door {
    let now = app.clock.now();
    match (event.state, event.phase(now)) {
        (EventState::Cancelled, _) => Door::Cancelled,
        (_, Phase::FollowUp | Phase::Closed) => Door::Over,
        _ if event.takes_registrations(now) && event.seats_left() == Some(0) => Door::Full,
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
