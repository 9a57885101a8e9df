//! How to host a table of so many people for so many minutes: to read before there is a plan. With a plan, its rosters have one for each large table.

use actix_web::{HttpResponse, web};
use convivio_db::{plan, round};
use convivio_domain::Locale;
use convivio_followup::guide::FEWEST_MINUTES;
use convivio_followup::host::HostBrief;
use convivio_matching::DEFAULT_SIZES;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{EventPath, find_event};
use crate::app::App;
use crate::hosting::Sitting;
use crate::http::describe::Description;
use crate::http::{AnyRole, ApiError, Forms, InForm, Query, Result, Staff};
use crate::pages;

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BriefQuery {
    /// At the table, 2 to 100; without it, as many as the event's largest table takes
    #[serde(default)]
    #[param(minimum = 2, maximum = 100)]
    people: Option<usize>,
    /// Of the round, 5 to 480; without it, of the event's first
    #[serde(default)]
    #[param(minimum = 5, maximum = 480)]
    minutes: Option<i16>,
    /// Without it, the event's
    #[serde(default)]
    locale: Option<Locale>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

#[derive(Default, Clone, Copy, serde::Deserialize, ToSchema)]
#[schema(as = BriefFormat)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    /// A page to print
    Html,
}

const MOST_PEOPLE: usize = 100;
const MOST_MINUTES: i16 = 480;
const USUAL_MINUTES: i16 = 30;

pub async fn show(
    who: Staff<AnyRole>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Query(query): Query<BriefQuery>,
) -> Result<InForm<Brief>> {
    let fewest = i16::try_from(FEWEST_MINUTES).unwrap_or(i16::MAX);
    if query.people.is_some_and(|people| !(2..=MOST_PEOPLE).contains(&people)) {
        return Err(ApiError::Malformed(format!("query: people must be 2 to {MOST_PEOPLE}")));
    }
    if query.minutes.is_some_and(|minutes| !(fewest..=MOST_MINUTES).contains(&minutes)) {
        return Err(ApiError::Malformed(format!("query: minutes must be {fewest} to {MOST_MINUTES}")));
    }
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let largest = event.tables.as_deref().map_or(DEFAULT_SIZES.max, |tables| usize::from(tables.largest()));
    let planned = round::of_event(&read, event.id).await?.first().map_or(USUAL_MINUTES, |round| round.minutes);
    let sitting = Sitting {
        theme: &plan::Theme::Mixed,
        people: query.people.unwrap_or(largest).clamp(2, MOST_PEOPLE),
        minutes: query.minutes.unwrap_or(planned).max(fewest),
        round: 1,
        table: 1,
    };
    let locale = query.locale.unwrap_or(event.locale);
    let brief = sitting.brief(locale)?;
    Ok(InForm::new(match query.format {
        Format::Json => HttpResponse::Ok().json(brief),
        Format::Html => pages::host_brief(&who.organizer, &event, brief, locale)?,
    }))
}

/// The brief in the form that was asked for.
pub enum Brief {}

impl Forms for Brief {
    fn describe(operation: &mut Description) {
        let brief = operation.schema::<HostBrief>();
        operation.answers(200, "the brief", "application/json", &brief);
        operation.answers(200, "the brief", "text/html", &json!({"type": "string"}));
    }
}
