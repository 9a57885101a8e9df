//! How somebody would be written to, and who sees what of them; changed by the API's own rules. Below it whom they blocked, and what belongs to them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{Cursor, block, event};
use convivio_domain::{ConsentPurpose, ConsentWay, Field, Locale, RegistrationCode, VisibleTo};
use serde::Serialize;
use serde_json::{Value, json};

use super::my_table::signed_in;
use super::views::{Agreed, BlockedPerson, Feed, FieldError, Page, PreferencesForm, PreferencesPage, Shown, ways};
use super::{Form, app, done, drawn, just_done, locale_of, or_problem};
use crate::api::me::calendar_feed;
use crate::api::me::preferences::{self, SaidPreferences};
use crate::api::me::safety::{self, Block};
use crate::app::App;
use crate::consenting::Saying;
use crate::http::{self, ApiError, Attendee, Result};
use crate::keeping;

/// What the page has words for once it is done.
const DONE: [&str; 3] = ["saved", "feed_gone", "unblocked"];

/// So many are shown; who takes some back sees further ones.
const MOST_BLOCKED: u64 = 100;

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let view = as_it_is(request, &app, &who).await?;
    answer(request, &who, PreferencesPage { done: just_done(request, &DONE), ..view })
}

/// Nothing typed and nothing done.
async fn as_it_is(request: &HttpRequest, app: &App, who: &Attendee) -> Result<PreferencesPage> {
    let kept = as_json(&preferences::as_they_are(app, who).await?)?;
    let token = app.attendee_token(&who.registration);
    let event = event::find_by_id(&app.db.read(who), who.registration.event_id).await?.ok_or(ApiError::NotFound)?;
    Ok(PreferencesPage {
        ways: ways(&token, "preferences"),
        done: None,
        from_hours: (9..18).collect(),
        to_hours: (10..=18).collect(),
        form: as_kept(who, &kept),
        agreed: ConsentPurpose::ALL.iter().map(|purpose| agreed(*purpose, &kept["consent_texts"][purpose.as_str()])).collect(),
        timezone: who.registration.zone(&event),
        blocked: blocked(app, who, locale_of(request, Some(who.registration.locale))).await?,
        feed: Feed { made: who.person.feed_since.is_some(), address: None },
        export: format!("/in/{token}/export"),
        erase: format!("/in/{token}/erase"),
        errors: Vec::new(),
    })
}

/// Since when, and by whose word.
fn agreed(purpose: ConsentPurpose, kept: &Value) -> Agreed {
    let since = kept["at"].as_str().and_then(|at| at.parse().ok()).filter(|_| kept["granted"] == true);
    let by = match &kept["text_version"] {
        Value::Null => "staff",
        read if *read == kept["current_text_version"] => "these_words",
        _ => "other_words",
    };
    Agreed { purpose, since, by }
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &token, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let lead_back = |what: &str| done(&format!("/in/{token}/preferences"), locale_of(request, Some(who.registration.locale)), what);
    match form.get("feed") {
        "make" => return feed_made(request, &app, &who).await,
        "take_back" => {
            calendar_feed::take_back(&app, &who).await?;
            return Ok(lead_back("feed_gone"));
        }
        _ => {}
    }
    if !form.get("unblock").is_empty() {
        let code = RegistrationCode::parse(form.get("unblock")).map_err(|_| ApiError::NotFound)?;
        safety::let_near(&app, &who, &code).await?;
        return Ok(lead_back("unblocked"));
    }
    let saying = Saying { how: ConsentWay::Page, locale: locale_of(request, Some(who.registration.locale)) };
    match preferences::change(&app, &who, saying, |before| onto(&who, &before, &form)).await {
        Ok(_) => Ok(lead_back("saved")),
        Err(ApiError::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|error| FieldError::new(field_of(&error.pointer), error.code)).collect();
            let view = as_it_is(request, &app, &who).await?;
            answer(request, &who, PreferencesPage { errors, form: as_typed(&who, &form), ..view })
        }
        Err(err) => Err(err),
    }
}

/// Answered with the page itself: the secret is told this once, and stands in no address that leads to it.
async fn feed_made(request: &HttpRequest, app: &App, who: &Attendee) -> Result<HttpResponse> {
    let address = calendar_feed::renew(app, who, app.clock.now()).await?;
    let feed = Feed { made: true, address: Some(address.to_string()) };
    let view = as_it_is(request, app, who).await?;
    answer(request, who, PreferencesPage { feed, ..view })
}

/// What stands, with what the form says.
fn onto(who: &Attendee, before: &SaidPreferences, form: &Form) -> Result<SaidPreferences> {
    let mut whole = as_json(before)?;
    // What is no number is refused as what it is.
    let number = |field: &str| form.get(field).parse::<u32>().map_or_else(|_| json!(form.get(field)), |number| json!(number));
    whole["streams"]["follow_up"] = json!(form.ticked("follow_up"));
    whole["consents"]["follow_up"] = json!(form.ticked("consent"));
    whole["consents"]["chat_delivery"] = json!(form.ticked("chat_delivery"));
    for (part, field) in [("cap", "every_days"), ("cap", "per_event"), ("window", "from"), ("window", "to")] {
        whole[part][field] = number(field);
    }
    whole["pause"] = Some(form.get("pause")).filter(|day| !day.is_empty()).map_or(Value::Null, |day| json!(day));
    for field in Field::ALL {
        let to = form.get(&format!("show_{field}"));
        // What is left out stays, and what is as usual is not said anew.
        if !to.is_empty() && to != who.person.profile.visibility.of(*field).as_str() {
            whole["visibility"][field.as_str()] = json!(to);
        }
    }
    http::json::parse(whole.to_string().as_bytes())
}

fn as_json(preferences: &impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(preferences).map_err(anyhow::Error::from)?)
}

/// The field of the form that an error is about.
fn field_of(pointer: &str) -> String {
    let mut parts = pointer.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some("window"), None) => "from".to_owned(),
        (Some("cap"), None) => "every_days".to_owned(),
        (Some("visibility"), Some(field)) => format!("show_{field}"),
        (Some("consents"), Some("follow_up")) => "consent".to_owned(),
        (_, Some(field)) => field.to_owned(),
        (Some(field), None) => field.to_owned(),
        (None, None) => "follow_up".to_owned(),
    }
}

/// The form as the preferences stand.
fn as_kept(who: &Attendee, kept: &Value) -> PreferencesForm {
    let number = |part: &str, field: &str| kept[part][field].to_string();
    let is_so = |part: &str, field: &str| kept[part][field] == true;
    PreferencesForm {
        follow_up: is_so("streams", "follow_up"),
        consent: is_so("consents", "follow_up"),
        chat_delivery: is_so("consents", "chat_delivery"),
        every_days: number("cap", "every_days"),
        per_event: number("cap", "per_event"),
        from: number("window", "from"),
        to: number("window", "to"),
        pause: kept["pause"].as_str().unwrap_or_default().to_owned(),
        visibility: visibility(|field| who.person.profile.visibility.of(field)),
    }
}

/// The form as it was posted.
fn as_typed(who: &Attendee, form: &Form) -> PreferencesForm {
    let text = |field: &str| form.get(field).to_owned();
    let shown = |field: Field| form.get(&format!("show_{field}")).parse().unwrap_or_else(|_| who.person.profile.visibility.of(field));
    PreferencesForm {
        follow_up: form.ticked("follow_up"),
        consent: form.ticked("consent"),
        chat_delivery: form.ticked("chat_delivery"),
        every_days: text("every_days"),
        per_event: text("per_event"),
        from: text("from"),
        to: text("to"),
        pause: text("pause"),
        visibility: visibility(shown),
    }
}

fn visibility(to: impl Fn(Field) -> VisibleTo) -> Vec<Shown> {
    Field::ALL.iter().map(|field| Shown { field: *field, to: to(*field) }).collect()
}

/// Whom the reader blocked, each with the event they know them from.
async fn blocked(app: &App, who: &Attendee, locale: Locale) -> Result<Vec<BlockedPerson>> {
    let (read, me) = (app.db.read(who), who.person.id);
    let rows = block::of_owner(&read, me, Cursor { after: None, limit: MOST_BLOCKED }).await?.rows;
    let known = keeping::as_known(&read, me, rows.iter().map(|row| row.other_id)).await?;
    let events = event::by_ids(&read, known.values().map(|other| other.event_id)).await?;
    let person = |row: &block::Model| {
        let other = known.get(&row.other_id)?;
        let event = events.iter().find(|event| event.id == other.event_id)?.title(locale).to_owned();
        let Block { code, name } = Block::from(other.clone());
        Some(BlockedPerson { code, name: name.map(|name| name.as_str().to_owned()), event })
    };
    Ok(rows.iter().filter_map(person).collect())
}

fn answer(request: &HttpRequest, who: &Attendee, view: PreferencesPage) -> Result<HttpResponse> {
    let status = if view.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    drawn(status, &Page::Preferences(Box::new(view)), locale_of(request, Some(who.registration.locale)))
}
