//! The secret address of one's own calendar: the evenings one goes to, and when the next prompts come.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::person;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::app::App;
use crate::authoring::write_as;
use crate::http::{ApiError, Attendee, Created, Json, NoContent, Result};

#[derive(Serialize, ToSchema)]
pub struct CalendarFeed {
    /// Since when there is an address; `null` where there is none
    since: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct NewCalendarFeed {
    /// Whoever knows it reads the calendar. Shown this once
    feed_url: Option<String>,
    since: DateTime<Utc>,
}

pub async fn show(who: Attendee) -> Result<Json<CalendarFeed>> {
    Ok(Json(CalendarFeed { since: who.person.feed_since }))
}

/// A new address; the one before opens nothing any more.
pub async fn create(who: Attendee, app: web::Data<App>) -> Result<Created<NewCalendarFeed>> {
    let since = app.clock.now();
    let address = renew(&app, &who, since).await?;
    let feed = NewCalendarFeed { feed_url: Some(address.to_string()), since };
    Ok(Created("/api/v1/me/calendar_feed".to_owned(), feed))
}

pub async fn renew(app: &App, who: &Attendee, now: DateTime<Utc>) -> Result<Url> {
    let tx = write_as(app, who, who.person.id).await?;
    person::set_feed(&tx, who.person.id, Some(now)).await?;
    let person = person::find_by_id(&tx, who.person.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(app.feed_link(&person))
}

pub async fn remove(who: Attendee, app: web::Data<App>) -> Result<NoContent> {
    take_back(&app, &who).await?;
    Ok(NoContent)
}

/// Taking back what is not there changes nothing.
pub async fn take_back(app: &App, who: &Attendee) -> Result<()> {
    let tx = write_as(app, who, who.person.id).await?;
    person::set_feed(&tx, who.person.id, None).await?;
    tx.commit().await?;
    Ok(())
}
