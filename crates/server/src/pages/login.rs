//! The sign-in link of a member: a page with a button, because the link works once and mail scanners follow links.

use actix_web::{HttpRequest, HttpResponse, web};

use super::views::{LoggedIn, Login, Page};
use super::{app, draw, locale_of, or_problem};
use crate::api::session;
use crate::http::Result;

pub async fn show(request: HttpRequest, _token: web::Path<String>) -> HttpResponse {
    or_problem(&request, draw(Page::Login(Login { email: None }), locale_of(&request, None)))
}

pub async fn submit(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, signed_in(&request, &token).await)
}

async fn signed_in(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let (session, organizer) = session::sign_in(&app, token).await?;
    let view = Page::LoggedIn(LoggedIn { organizers: vec![organizer.name.to_string()] });
    let mut page = draw(view, locale_of(request, None))?;
    page.add_cookie(&session.cookie(&app)).map_err(|err| anyhow::anyhow!("{err}"))?;
    Ok(page)
}
