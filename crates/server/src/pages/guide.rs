//! A guide to read before, during or after an event. For anybody: it says nothing about anybody.

use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::organizer;
use convivio_domain::words::GuidePhase;

use super::views::{GuidePage, Page};
use super::{app, draw, locale_of, or_problem};
use crate::api::guides;
use crate::http::{ApiError, Result};

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
    let paragraphs = guide.text.split("\n\n").map(str::to_owned).collect();
    draw(Page::Guide(GuidePage { organizer: organizer.name.to_string(), title: guide.title, paragraphs }), locale)
}
