//! What one gives and what one asks for, from one's own log. No organizer and no peer reads it.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, log};
use convivio_domain::Locale;
use convivio_domain::words::LogKind;
use convivio_followup::mirror;
use serde::Serialize;
use utoipa::ToSchema;

use super::connections::{Mirrored, mirrored};
use crate::app::App;
use crate::http::{Attendee, Json, Result};

#[derive(Serialize, ToSchema)]
#[schema(as = WholeMirror)]
pub struct Mirror {
    pub gives: usize,
    pub asks: usize,
    /// From 0 to 1; missing until there is something to look at.
    share_of_asks: Option<f64>,
    /// A gentle word where one asks for more than one gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The same of those one keeps.
    per_connection: Vec<Mirrored>,
}

pub async fn show(who: Attendee, app: web::Data<App>) -> Result<Json<Mirror>> {
    Ok(Json(of(&app.db.read(&who), &who, who.registration.locale, app.clock.now()).await?))
}

/// The same, here or on one's own page, in the language of either.
pub async fn of(scope: &impl Scoped, who: &Attendee, locale: Locale, now: DateTime<Utc>) -> Result<Mirror> {
    let gives = log::count_of_kind(scope, who.person.id, LogKind::Give).await?;
    let asks = log::count_of_kind(scope, who.person.id, LogKind::Ask).await?;
    Ok(Mirror {
        gives,
        asks,
        share_of_asks: mirror::share_of_asks(gives, asks),
        notice: mirror::notice(gives, asks, locale),
        per_connection: mirrored(scope, who, now).await?,
    })
}
