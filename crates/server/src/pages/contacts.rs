//! People one knows from elsewhere, on the page of one's people: written down, tended and let go of by the API's own rules.

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, event};
use convivio_domain::Timezone;
use convivio_followup::garden::Cadence;
use serde_json::{Value, json};

use super::Form;
use super::views::{ContactForm, Contacts, FieldError, KnownPerson};
use crate::api::me::contacts::{self, Contact};
use crate::app::App;
use crate::http::{self, ApiError, Attendee, Result};

pub(super) async fn of(scope: &impl Scoped, who: &Attendee, form: &Form, now: DateTime<Utc>) -> Result<Contacts> {
    let all = contacts::all(scope, who.person.id, now).await?;
    Ok(Contacts {
        all: all.into_iter().map(known).collect(),
        cadences: Cadence::MONTHS,
        timezone: clock_of(scope, who).await?,
        form: ContactForm {
            name: form.get("contact_name").to_owned(),
            note: form.get("contact_note").to_owned(),
            months: form.get("contact_months").to_owned(),
        },
    })
}

fn known(one: Contact) -> KnownPerson {
    KnownPerson {
        id: one.id.to_string(),
        name: one.name.to_string(),
        note: one.note.map(|note| note.to_string()),
        every_months: one.every_months,
        in_touch_at: one.in_touch_at,
        temperature: one.temperature,
    }
}

/// By which the reader is told a day that belongs to no event.
pub(super) async fn clock_of(scope: &impl Scoped, who: &Attendee) -> Result<Timezone> {
    let event = event::find_by_id(scope, who.registration.event_id).await?.ok_or(ApiError::NotFound)?;
    Ok(who.registration.zone(&event))
}

/// What a form about them asked for, and what came of it; `None` where the form was about something else.
pub(super) async fn posted(app: &App, who: &Attendee, form: &Form) -> Option<(&'static str, Result<()>)> {
    Some(match (form.get("contact"), form.get("in_touch"), form.get("forget")) {
        ("", "", "") => return None,
        ("", "", id) => ("forgotten", contacts::forget(app, who, id).await),
        ("", id, _) => ("in_touch", contacts::be_in_touch(app, who, id).await),
        _ => ("written_down", write_down(app, who, form).await),
    })
}

async fn write_down(app: &App, who: &Attendee, form: &Form) -> Result<()> {
    let said = |field: &str| Some(form.get(field)).filter(|text| !text.is_empty());
    // What is no number is no length, and refused as one.
    let months = said("contact_months").map_or(Value::Null, |text| json!(text.parse().unwrap_or(0_u8)));
    let new = json!({"name": form.get("contact_name"), "note": said("contact_note"), "every_months": months});
    contacts::write_down(app, who, http::json::parse(new.to_string().as_bytes())?).await?;
    Ok(())
}

/// Each beside the field of the form that it is about.
pub(super) fn errors(wrong: Vec<http::FieldError>) -> Vec<FieldError> {
    let field = |pointer: &str| match pointer {
        "/note" => "contact_note",
        "/every_months" => "contact_months",
        _ => "contact_name",
    };
    wrong.into_iter().map(|error| FieldError::new(field(&error.pointer), error.code)).collect()
}
