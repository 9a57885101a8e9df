//! The pages behind the mails' links: drawn on the server, usable without a script, in the reader's language.
//!
//! `views/` says what each page shows, `render.rs` draws it; the other files are handlers. GET changes nothing, because mail scanners follow
//! links; a button posts.

pub mod confirm;
mod contacts;
pub mod erase;
pub mod export;
pub mod feed;
mod fitting;
pub mod guide;
pub mod introductions;
pub mod login;
pub mod my_table;
pub mod people;
pub mod person;
mod picture;
pub mod preferences;
pub mod profile;
pub mod prompt;
pub mod prompts;
pub mod register;
mod render;
pub mod seating;
pub mod unsubscribe;
mod views;

use std::collections::HashMap;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use convivio_db::{event, organizer};
use convivio_domain::Locale;
use convivio_followup::host::HostBrief;
use futures_util::future::LocalBoxFuture;

use crate::app::App;
use crate::http::{ApiError, Result, receiving, request_id};
pub(crate) use views::When;
use views::{EventHead, Home, HostPage, Page, Problem, ProblemKind};
pub(crate) use views::{Letter, Reached, Report, SaidOn, Timeline};

/// What a page's form posted. A field that is there twice counts once.
pub struct Form(HashMap<String, String>);

impl Form {
    fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |value| value.trim())
    }

    fn ticked(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }
}

impl FromRequest for Form {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = receiving::read(request, payload, receiving::settings(request).largest_body());
        Box::pin(async move {
            let body = body.await?;
            Ok(Self(url::form_urlencoded::parse(&body).into_owned().collect()))
        })
    }
}

/// What the address says after its question mark.
fn in_query(request: &HttpRequest, name: &str) -> Option<String> {
    let mut said = url::form_urlencoded::parse(request.query_string().as_bytes());
    said.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The language of the page: as asked for in the address, else `known`, else what the browser prefers.
fn locale_of(request: &HttpRequest, known: Option<Locale>) -> Locale {
    if let Some(locale) = in_query(request, "lang").and_then(|value| value.parse().ok()) {
        return locale;
    }
    known.or_else(|| preferred_locale(request)).unwrap_or_default()
}

/// The language the browser prefers, of those we speak.
pub fn preferred_locale(request: &HttpRequest) -> Option<Locale> {
    let preferred = request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    first_known(preferred)
}

/// `it-IT,it;q=0.9,en;q=0.8`: browsers list what they prefer first.
fn first_known(preferred: &str) -> Option<Locale> {
    preferred.split(',').filter_map(|tag| tag.trim().get(..2)).find_map(|tag| tag.to_ascii_lowercase().parse().ok())
}

fn draw(view: Page, locale: Locale) -> Result<HttpResponse> {
    drawn(StatusCode::OK, &view, locale)
}

fn drawn(status: StatusCode, view: &Page, locale: Locale) -> Result<HttpResponse> {
    let html = render::page(view, locale).map_err(|err| ApiError::Internal(err.into()))?;
    Ok(HttpResponse::build(status)
        .content_type(render::content_type(view))
        .insert_header((header::CONTENT_SECURITY_POLICY, render::content_security_policy(view)))
        // The address holds the reader's token: no page that is linked to may learn it, and no cache keep it.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(html))
}

/// Leads on to a page that says what was done: whoever reads that page again posts nothing again.
fn done(path: &str, locale: Locale, what: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{path}?lang={}&done={what}", locale.as_str())))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// What was just done, of what the page has words for.
fn just_done(request: &HttpRequest, known: &[&'static str]) -> Option<&'static str> {
    let said = in_query(request, "done")?;
    known.iter().copied().find(|word| *word == said)
}

/// What somebody was mailed, as a page to keep.
pub(crate) fn timeline(view: Timeline, locale: Locale) -> anyhow::Result<String> {
    Ok(render::page(&Page::Timeline(Box::new(view)), locale)?)
}

/// What came of an event, to look at and to keep.
pub(crate) fn report(view: Report, locale: Locale) -> Result<HttpResponse> {
    draw(Page::Report(Box::new(view)), locale)
}

/// How to host a table, to read and to print.
pub(crate) fn host_brief(organizer: &organizer::Model, event: &event::Model, brief: HostBrief, locale: Locale) -> Result<HttpResponse> {
    let view = HostPage { event: event.title(locale).to_owned(), organizer: organizer.name.to_string(), brief };
    draw(Page::HostBrief(Box::new(view)), locale)
}

/// What went wrong, said kindly.
pub fn problem(request: &HttpRequest, err: &ApiError) -> HttpResponse {
    let status = err.status_code();
    if let ApiError::Internal(cause) = err {
        tracing::error!(request_id = %request_id::current(), "{cause:#}");
    }
    let view = Page::Problem(Problem {
        kind: ProblemKind::of(status.as_u16(), err.code()),
        status: status.as_u16(),
        request_id: Some(request_id::current().to_string()),
    });
    let mut page = drawn(status, &view, locale_of(request, None)).unwrap_or_else(|err| err.error_response());
    if let Some(seconds) = err.retry_after() {
        page.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    page
}

/// A page, or the page that says why there is none.
fn or_problem(request: &HttpRequest, page: Result<HttpResponse>) -> HttpResponse {
    page.unwrap_or_else(|err| problem(request, &err))
}

fn head(organizer: &organizer::Model, event: &event::Model, locale: Locale) -> EventHead {
    EventHead {
        title: event.title(locale).to_owned(),
        organizer: organizer.name.to_string(),
        path: format!("/e/{}/{}", organizer.slug, event.slug),
        when: When { starts_at: event.starts_at, ends_at: event.ends_at, timezone: event.timezone },
        place: event.place.as_ref().map(ToString::to_string),
        mode: event.mode,
    }
}

pub async fn home(request: HttpRequest) -> HttpResponse {
    let view = Page::Home(Home { events: Vec::new(), version: env!("CARGO_PKG_VERSION").to_owned() });
    or_problem(&request, draw(view, locale_of(&request, None)))
}

pub async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    let version = in_query(&request, "v");
    let Some(asset) = render::asset(&path, version.as_deref()) else { return problem(&request, &ApiError::NotFound) };
    let keep = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(asset.etag.as_str()) {
        return HttpResponse::NotModified().insert_header((header::ETAG, asset.etag)).finish();
    }
    HttpResponse::Ok()
        .content_type(asset.mime)
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::ETAG, asset.etag))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.bytes.into_owned())
}

/// The application, from a request.
fn app(request: &HttpRequest) -> web::Data<App> {
    request.app_data::<web::Data<App>>().expect("the application is given to every server").clone()
}
