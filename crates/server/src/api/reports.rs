//! Reports as staff see them, and what came of each.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, event, person, registration, report};
use convivio_domain::words::{ReportOutcome, ReportReason, ReportState};
use convivio_domain::{EmailAddress, EventId, FreeText, PersonId, PersonName, RegistrationCode, ReportId, Slug};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::id_of;
use crate::app::App;
use crate::http::{ApiError, Json, List, Listing, Manager, Result, Staff};

#[derive(Serialize, ToSchema)]
pub struct Report {
    id: ReportId,
    state: ReportState,
    reason: ReportReason,
    text: Option<FreeText>,
    /// The event whose code named the person.
    event: Slug,
    about: Reported,
    reporter: Reported,
    outcome: Option<ReportOutcome>,
    created_at: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
}

/// `code` is of their registration for that event.
#[derive(Serialize, ToSchema)]
struct Reported {
    code: Option<RegistrationCode>,
    name: PersonName,
    email: EmailAddress,
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReportFilters {
    state: Option<ReportState>,
}

pub async fn list(who: Staff<Manager>, app: web::Data<App>, listing: Listing<ReportFilters>) -> Result<List<Report>> {
    let read = app.db.read(&who);
    let page = report::list(&read, listing.filters.state, listing.cursor()?).await?;
    let mut told = told(&read, &page.rows).await?;
    let list = listing.answer(page, |row| row.id, |row| told.remove(&row.id));
    Ok(List { results: list.results.into_iter().flatten().collect(), next: list.next })
}

#[derive(serde::Deserialize)]
pub struct ReportPath {
    id: String,
}

pub async fn show(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ReportPath>) -> Result<Json<Report>> {
    let read = app.db.read(&who);
    let row = report::find_by_id(&read, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    one(&read, row).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    outcome: ReportOutcome,
}

/// Staff may think again: the outcome said last is the one that holds.
pub async fn resolve(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ReportPath>,
    Json(resolution): Json<Resolution>,
) -> Result<Json<Report>> {
    let tx = app.db.write(&who).await?;
    let row = report::lock(&tx, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    if row.outcome != Some(resolution.outcome) {
        report::resolve(&tx, row.id, resolution.outcome, app.clock.now()).await?;
    }
    let row = report::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    let answer = one(&tx, row).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn one(scope: &impl Scoped, row: report::Model) -> Result<Json<Report>> {
    let id = row.id;
    told(scope, &[row]).await?.remove(&id).map(Json).ok_or(ApiError::NotFound)
}

async fn told(scope: &impl Scoped, rows: &[report::Model]) -> Result<HashMap<ReportId, Report>> {
    let people = person::by_ids(scope, rows.iter().flat_map(|row| [row.about_id, row.reporter_id])).await?;
    let named = registration::by_ids(scope, rows.iter().map(|row| row.registration_id)).await?;
    let events = event::by_ids(scope, named.values().map(|one| one.event_id)).await?;
    let slugs: HashMap<EventId, Slug> = events.into_iter().map(|event| (event.id, event.slug)).collect();
    let somebody = |id: &PersonId, code: Option<RegistrationCode>| {
        people.get(id).map(|person| Reported { code, name: person.name.clone(), email: person.email.clone() })
    };
    let mut told = HashMap::new();
    for row in rows {
        let Some(registration) = named.get(&row.registration_id) else { continue };
        let mine = registration::of_person(scope, registration.event_id, row.reporter_id).await?;
        let about = somebody(&row.about_id, Some(registration.code.clone()));
        let reporter = somebody(&row.reporter_id, mine.map(|one| one.code));
        let (Some(about), Some(reporter), Some(event)) = (about, reporter, slugs.get(&registration.event_id)) else { continue };
        let report = Report {
            id: row.id,
            state: row.state,
            reason: row.reason,
            text: row.text.clone(),
            event: event.clone(),
            about,
            reporter,
            outcome: row.outcome,
            created_at: row.created_at,
            resolved_at: row.resolved_at,
        };
        told.insert(row.id, report);
    }
    Ok(told)
}
