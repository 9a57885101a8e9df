//! Stopping follow-up. The address takes the one-click POST of mail programs (RFC 8058): no cookie, no redirect.

use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::organizer;

use super::views::{Page, Unsubscribe, Unsubscribed};
use super::{app, draw, locale_of, or_problem};
use crate::api::public;
use crate::http::Result;

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let person = public::person_behind(&app, token).await?;
    let organizer = organizer::this(&app.db.read(&person.organizer_id)).await?.name.to_string();
    let view = match person.follow_up_stopped_at {
        Some(_) => Page::Unsubscribed(Unsubscribed { organizer }),
        None => Page::Unsubscribe(Unsubscribe { organizer }),
    };
    draw(view, locale_of(request, Some(person.locale)))
}

pub async fn submit(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, stopped(&request, &token).await)
}

async fn stopped(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let person = public::person_behind(&app, token).await?;
    public::stop_follow_up(&app, &person).await?;
    let organizer = organizer::this(&app.db.read(&person.organizer_id)).await?.name.to_string();
    draw(Page::Unsubscribed(Unsubscribed { organizer }), locale_of(request, Some(person.locale)))
}
