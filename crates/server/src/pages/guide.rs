//! A guide to read before, during or after an event. For anybody it says nothing about anybody; with the token of somebody's guide link it is the
//! one their event gives them, and they may say that they have read it. That token opens nothing else: what is good to read is passed on.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{guide_ack, organizer};
use convivio_domain::words::GuidePhase;

use super::my_table::not_there;
use super::views::{GuidePage, Page};
use super::{Form, app, draw, locale_of, or_problem};
use crate::api::guides::{self, Guide};
use crate::api::me::guides::{has_read, is_given};
use crate::http::{ApiError, Result, auth};
use crate::keys::Purpose;

#[derive(serde::Deserialize)]
pub struct GuidePath {
    organizer: String,
    phase: String,
}

pub async fn show(request: HttpRequest, path: web::Path<GuidePath>) -> HttpResponse {
    or_problem(&request, shown(&request, &path).await)
}

async fn shown(request: &HttpRequest, path: &GuidePath) -> Result<HttpResponse> {
    let app = app(request);
    let phase: GuidePhase = path.phase.parse().map_err(|_| ApiError::NotFound)?;
    let organizer = organizer::by_slug(&app.db.central(), &path.organizer).await?.ok_or(ApiError::NotFound)?;
    let locale = locale_of(request, None);
    let guide = guides::read(&app.db.read(&organizer), phase, locale).await?;
    draw(Page::Guide(page(&organizer, guide, None)), locale)
}

#[derive(serde::Deserialize)]
pub struct MyGuidePath {
    organizer: String,
    phase: String,
    token: String,
}

pub async fn show_mine(request: HttpRequest, path: web::Path<MyGuidePath>) -> HttpResponse {
    or_problem(&request, mine(&request, &path, false).await)
}

pub async fn submit(request: HttpRequest, path: web::Path<MyGuidePath>, form: Form) -> HttpResponse {
    or_problem(&request, mine(&request, &path, form.get("choice") == "guide_ack").await)
}

/// The guide that the reader's event gives; with `is_read`, they have just said that they have read it.
async fn mine(request: &HttpRequest, path: &MyGuidePath, is_read: bool) -> Result<HttpResponse> {
    let app = app(request);
    let phase: GuidePhase = path.phase.parse().map_err(|_| ApiError::NotFound)?;
    let (row, event) = auth::behind_link(&app, &path.token, Purpose::Guide).await.map_err(not_there)?;
    let read = app.db.read(&row.organizer_id);
    let organizer = organizer::this(&read).await?;
    if organizer.slug.as_str() != path.organizer {
        return Err(ApiError::NotFound);
    }
    let locale = locale_of(request, Some(row.locale));
    let is_over = app.clock.now() >= auth::link_ends(&event, &row);
    let given = if is_over || !is_given(&row, &event, phase) { None } else { guides::of_event(&read, &event, phase, locale).await? };
    let Some(guide) = given else {
        // Whoever kept the mail, or was sent the link, still reads what anybody may.
        let guide = guides::read(&read, phase, locale).await?;
        let mut public = draw(Page::Guide(page(&organizer, guide, None)), locale)?;
        // Search engines find it under the address without a token.
        public.headers_mut().insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
        return Ok(public);
    };
    if is_read {
        has_read(&app, &row, &event, phase).await?;
    }
    let acks = guide_ack::of_registrations(&read, [row.id]).await?;
    let acknowledged = acks.iter().any(|ack| ack.phase == phase);
    draw(Page::Guide(page(&organizer, guide, Some(acknowledged))), locale)
}

fn page(organizer: &organizer::Model, guide: Guide, acknowledged: Option<bool>) -> GuidePage {
    let paragraphs = guide.text.split("\n\n").map(str::to_owned).collect();
    GuidePage { organizer: organizer.name.to_string(), title: guide.title, paragraphs, acknowledged }
}
