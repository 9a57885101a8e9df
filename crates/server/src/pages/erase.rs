//! Being forgotten: the page says what will happen, and one's own address says that it is meant.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::organizer;
use convivio_domain::EmailAddress;

use super::my_table::signed_in;
use super::views::{ErasePage, FieldError, Forgotten, Page, ways};
use super::{Form, app, draw, drawn, locale_of, or_problem};
use crate::app::App;
use crate::erasing;
use crate::http::{ApiError, Attendee, Result};

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    page(request, &app, &who, "", Vec::new()).await
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &token, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let typed = form.get("confirm");
    let errors: Vec<FieldError> = match EmailAddress::parse(typed) {
        Ok(address) => match erasing::erase(&app, &who, who.person.id, &address).await {
            Ok(_) => return farewell(request, &app, &who).await,
            Err(ApiError::Invalid(wrong)) => wrong.into_iter().map(|error| FieldError::new("confirm", error.code)).collect(),
            Err(err) => return Err(err),
        },
        Err(invalid) => vec![FieldError::new("confirm", invalid.code)],
    };
    page(request, &app, &who, typed, errors).await
}

/// Answered with the page itself: the link it was posted to is dead.
async fn farewell(request: &HttpRequest, app: &App, who: &Attendee) -> Result<HttpResponse> {
    let organizer = organizer::this(&app.db.read(who)).await?.name.to_string();
    draw(Page::Forgotten(Forgotten { organizer }), locale_of(request, Some(who.registration.locale)))
}

async fn page(request: &HttpRequest, app: &App, who: &Attendee, typed: &str, errors: Vec<FieldError>) -> Result<HttpResponse> {
    let token = app.attendee_token(&who.registration);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = ErasePage {
        ways: ways(&token, "erase"),
        organizer: organizer::this(&app.db.read(who)).await?.name.to_string(),
        export: format!("/in/{token}/export"),
        back: format!("/in/{token}/preferences"),
        confirm: typed.to_owned(),
        errors,
    };
    drawn(status, &Page::Erase(view), locale_of(request, Some(who.registration.locale)))
}
