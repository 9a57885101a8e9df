//! Series: events that go on from each other. Its evenings remember who met on those before.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Stored, series};
use convivio_domain::{Localized, SeriesId, Slug, Title};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{ApiError, Created, FieldError, Json, List, Listing, Manager, Result, Staff, Viewer, none_wrong};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSeries {
    /// What its events name it by. It stays.
    slug: Slug,
    title: Localized<Title>,
}

#[derive(Serialize, ToSchema)]
pub struct Series {
    slug: Slug,
    title: Localized<Title>,
    /// How many events are of it, in whatever state.
    events: i64,
    created_at: DateTime<Utc>,
}

impl Series {
    fn of(row: series::Model, events: &HashMap<Slug, i64>) -> Self {
        let events = events.get(&row.slug).copied().unwrap_or(0);
        Self { slug: row.slug, title: row.title.0, events, created_at: row.created_at }
    }
}

pub async fn list(who: Staff<Viewer>, app: web::Data<App>, listing: Listing) -> Result<List<Series>> {
    let read = app.db.read(&who);
    let page = series::list(&read, listing.cursor()?).await?;
    let events = series::count_events(&read, page.rows.iter().map(|row| row.slug.clone())).await?;
    Ok(listing.answer(page, |row| row.id, |row| Series::of(row, &events)))
}

pub async fn create(who: Staff<Manager>, app: web::Data<App>, Json(new): Json<NewSeries>) -> Result<Created<Series>> {
    let untitled = new.title.is_empty().then(|| FieldError::new("/title", "required", "must be given in at least one language"));
    none_wrong(untitled.into_iter().collect())?;
    let tx = app.db.write(&who).await?;
    let row = series::Model {
        id: SeriesId::new(),
        organizer_id: who.organizer.id,
        slug: new.slug,
        title: Stored(new.title),
        created_at: app.clock.now(),
    };
    let taken = || ApiError::Invalid(vec![FieldError::new("/slug", "taken", "another series of yours has this slug")]);
    let row = series::insert(&tx, row).await?.ok_or_else(taken)?;
    tx.commit().await?;
    Ok(Created(format!("/api/v1/organizers/{}/series", who.organizer.slug), Series::of(row, &HashMap::new())))
}

/// What is wrong where an event names a series that its organizer does not have.
pub(super) async fn unknown(scope: &impl Scoped, named: Option<&Slug>) -> Result<Option<FieldError>> {
    let Some(slug) = named else { return Ok(None) };
    let found = series::by_slug(scope, slug).await?;
    Ok(found.is_none().then(|| FieldError::new("/series", "unknown", "must be the slug of a series of yours")))
}
