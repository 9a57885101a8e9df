//! Introductions: what is proposed to the reader, what the reader proposes, and a form to bring two people together; all by the API's own rules.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_domain::words::{ConnectionState, IntroductionState};
use serde_json::json;

use super::contacts::clock_of;
use super::my_table::signed_in;
use super::people::Met;
use super::views::{FieldError, IntroductionsPage, MayMeet, Page, Proposal, ways};
use super::{Form, app, done, drawn, just_done, locale_of, or_problem};
use crate::api::me::connections::{self, Connection};
use crate::api::me::introductions::{self, Introduction};
use crate::app::App;
use crate::http::{self, ApiError, Attendee, Result};

/// What the page has words for once it is done.
const DONE: [&str; 4] = ["proposed", "accepted", "introduced", "declined"];

/// So many stand on one page, the newest of them.
const MOST_SHOWN: u64 = 1000;

/// Where a mail's link leads, whose token is the last of its path: on to the page.
pub async fn lead(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, led(&request, &token).await)
}

async fn led(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/in/{}/introductions", app.attendee_token(&who.registration))))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token, &Form(Default::default()), Vec::new()).await)
}

async fn shown(request: &HttpRequest, token: &str, form: &Form, errors: Vec<FieldError>) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let (read, now) = (app.db.read(&who), app.clock.now());
    let connections = connections::all(&read, &who, now).await?;
    let met = Met::all(&read, &who, &connections).await?;
    let all = introductions::newest(&read, &who, locale, now, MOST_SHOWN).await?;
    let of = |kind: fn(&Introduction) -> bool| -> Vec<Proposal> { all.iter().filter(|one| kind(one)).map(proposal).collect() };
    let connected = |one: &&Connection| !one.incoming && one.state == ConnectionState::Connected;
    let may_meet = |one: &Connection| {
        let met = met.iter().find(|met| met.other.code == one.code)?;
        let ticked = form.ticked(&format!("with_{}", one.code));
        Some(MayMeet { code: one.code.clone(), name: met.name(), met: met.at(locale), ticked })
    };
    let may_meet: Vec<MayMeet> = connections.iter().filter(connected).filter_map(may_meet).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = IntroductionsPage {
        ways: ways(&app.attendee_token(&who.registration), "introductions"),
        done: just_done(request, &DONE),
        waiting: of(|one| one.agreed == Some(false) && one.state == IntroductionState::AwaitingBoth),
        answered: of(|one| one.agreed == Some(true)),
        proposed: of(|one| one.agreed.is_none()),
        may_meet: if may_meet.len() < 2 { Vec::new() } else { may_meet },
        why: form.get("why").to_owned(),
        timezone: clock_of(&read, &who).await?,
        errors,
    };
    drawn(status, &Page::Introductions(Box::new(view)), locale)
}

fn proposal(one: &Introduction) -> Proposal {
    let shared = one.people.iter().flat_map(|person| person.shared_passions.iter().flatten());
    Proposal {
        id: one.id.to_string(),
        introducer: one.introducer.as_ref().map(ToString::to_string),
        people: one.people.iter().map(|person| person.name.as_ref().map(ToString::to_string)).collect(),
        shared: shared.map(|passion| passion.label.clone()).collect(),
        why: one.why.to_string(),
        state: one.state,
        closes_at: one.closes_at,
    }
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &token, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let result = match (form.get("accept"), form.get("decline"), form.get("propose")) {
        ("", "", "") => return shown(request, token, &form, Vec::new()).await,
        ("", "", _) => propose(&app, &who, &form).await,
        ("", id, _) => introductions::say_no(&app, &who, id).await.map(|()| "declined"),
        (id, _, _) => accept(&app, &who, id).await,
    };
    let errors: Vec<FieldError> = match result {
        Ok(what) => return Ok(done(&format!("/in/{token}/introductions"), locale, what)),
        Err(ApiError::Invalid(wrong)) => wrong.into_iter().map(|error| FieldError::new(field_of(&error.pointer), error.code)).collect(),
        // The API refuses these as a whole; here they are about whom one chose.
        Err(ApiError::Forbidden) => vec![FieldError::new("two", "not_these")],
        Err(ApiError::WrongState(state)) if !form.get("propose").is_empty() => {
            let sent = state == IntroductionState::Sent.as_str();
            vec![FieldError::new("two", if sent { "met_already" } else { "waits_already" })]
        }
        // Pressed twice, or late: the page tells how it stands.
        Err(ApiError::WrongState(_)) => Vec::new(),
        Err(err) => return Err(err),
    };
    shown(request, token, &form, errors).await
}

async fn accept(app: &App, who: &Attendee, id: &str) -> Result<&'static str> {
    match introductions::say_yes(app, who, id).await {
        Ok(one) if one.state == IntroductionState::Sent => Ok("introduced"),
        Ok(_) => Ok("accepted"),
        Err(err) => Err(err),
    }
}

async fn propose(app: &App, who: &Attendee, form: &Form) -> Result<&'static str> {
    let codes: Vec<&str> = form.0.keys().filter_map(|field| field.strip_prefix("with_")).collect();
    let new = json!({"codes": codes, "why": form.get("why")});
    introductions::bring_up(app, who, http::json::parse(new.to_string().as_bytes())?).await?;
    Ok("proposed")
}

/// The field of the form that an error is about.
fn field_of(pointer: &str) -> &'static str {
    if pointer.starts_with("/codes") { "two" } else { "why" }
}
