//! An event's calendar file, for anybody: the same appointment as in the mails.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use convivio_domain::Locale;
use convivio_domain::words::EventState;
use convivio_mail::{Appointment, CalendarMethod, EventFacts, calendar_file};
use serde_json::json;
use utoipa::IntoParams;

use super::public::{self, PublicEventPath};
use crate::app::App;
use crate::http::describe::{Answer, Description};
use crate::http::{Query, Result};
use crate::outbox::title_of;

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CalendarQuery {
    /// The language of the title; the event's unless said
    locale: Option<Locale>,
}

pub async fn show(app: web::Data<App>, path: web::Path<PublicEventPath>, query: Query<CalendarQuery>) -> Result<Calendar> {
    let (organizer, row) = public::find(&app, &path).await?;
    let method = if row.state == EventState::Cancelled { CalendarMethod::Cancel } else { CalendarMethod::Publish };
    let sequence = u32::try_from(row.calendar_sequence).unwrap_or(0);
    let appointment = Appointment::of(row.id, sequence, row.updated_at, method);
    let facts = EventFacts {
        title: title_of(&row, &organizer, query.0.locale.unwrap_or(row.locale)),
        organizer: organizer.name,
        place: row.place,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        timezone: row.timezone,
    };
    Ok(Calendar { name: format!("{}.ics", row.slug), method, text: calendar_file(&facts, &appointment) })
}

/// 200 with a calendar file to keep.
pub struct Calendar {
    name: String,
    method: CalendarMethod,
    text: String,
}

impl Responder for Calendar {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(self.method.content_type())
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)))
            // Calendars that subscribe should see a change when they ask.
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .body(self.text)
    }
}

impl Answer for Calendar {
    fn describe(operation: &mut Description) {
        operation.answers(200, "the calendar file", "text/calendar", &json!({"type": "string"}));
    }
}
