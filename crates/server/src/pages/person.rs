//! Somebody one keeps: what one shares with them, what one wrote, and what to do next. Nobody else reads it, but for thanks that one shows them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{log, person};
use convivio_domain::words::{ConnectionState, LogKind};
use convivio_domain::{Field, FreeText, Locale};
use convivio_followup::garden::Cadence;
use convivio_followup::gifts::{self, Kind};
use convivio_followup::{common_ground, ideas};
use serde_json::{Value, json};

use super::my_table::signed_in;
use super::people::Met;
use super::views::{Checked, Choosable, Entry, FieldError, Page, PersonForm, PersonPage, SCALES, Trend, ways};
use super::{Form, app, done, drawn, just_done, locale_of, or_problem};
use crate::answering::Check;
use crate::api::me::connections::{self, check_of};
use crate::api::me::log::write_down;
use crate::api::me::safety;
use crate::app::App;
use crate::authoring::write_as;
use crate::http::{self, ApiError, Attendee, Json, Result};
use crate::{keeping, prompting};

/// What the page has words for once it is done.
const DONE: [&str; 8] = ["ask_them", "note", "interaction", "give", "thanks", "ask", "check", "cadence"];

pub async fn show(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let (token, id) = path.into_inner();
    or_problem(&request, shown(&request, &token, &id, PersonForm::default(), Vec::new()).await)
}

async fn shown(request: &HttpRequest, token: &str, id: &str, form: PersonForm, errors: Vec<FieldError>) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let mut view = page(&app, &who, id, locale).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (view.done, view.form, view.errors) = (just_done(request, &DONE), form, errors);
    drawn(status, &Page::Person(Box::new(view)), locale)
}

async fn page(app: &App, who: &Attendee, id: &str, locale: Locale) -> Result<PersonPage> {
    let (read, now) = (app.db.read(who), app.clock.now());
    let row = keeping::mine(&read, who, id).await?;
    let other = person::find_by_id(&read, row.other_id).await?.ok_or(ApiError::NotFound)?;
    let Json(one) = connections::shown(&read, who, row, now).await?;
    let met = Met::all(&read, who, std::slice::from_ref(&one)).await?;
    let met = met.into_iter().find(|met| met.other.code == one.code).ok_or(ApiError::NotFound)?;
    let private = one.private.ok_or(ApiError::NotFound)?;
    let (mine, theirs) = (prompting::view(&met.mine, &who.person.profile), prompting::view(&met.other, &other.profile));
    let shows = |field| other.profile.visibility.shows_tablemates(field);
    let log = log::about(&read, who.person.id, [other.id]).await?;
    let token = app.attendee_token(&who.registration);
    let words = |kinds: &[Kind]| -> Vec<Choosable> {
        let all = kinds.iter().flat_map(|kind| gifts::of(*kind, met.other.name.first(), locale));
        all.map(|gift| Choosable { word: gift.code, label: gift.label }).collect()
    };
    let checks: Vec<Check> = private.checks.iter().map(|checked| checked.check).collect();
    Ok(PersonPage {
        ways: ways(&token, "person"),
        done: None,
        back: format!("/in/{token}/people"),
        name: met.name(),
        met: met.at(locale),
        state: one.state,
        stage: private.stage,
        temperature: private.temperature,
        in_touch_at: private.in_touch_at,
        context: one.context.map(|text| text.to_string()),
        email: one.email.map(|email| email.to_string()),
        thanks: private.thanks.iter().map(|thanks| thanks.text.to_string()).collect(),
        shared: common_ground::of(now, &mine, &theirs, locale).passions.into_iter().map(|passion| passion.label).collect(),
        working_on: other.profile.working_on.as_ref().filter(|_| shows(Field::WorkingOn)).map(ToString::to_string),
        offers: if shows(Field::Offers) { other.profile.offers.iter().map(ToString::to_string).collect() } else { Vec::new() },
        needs: if shows(Field::Needs) { other.profile.needs_at(now).map(|need| need.text.to_string()).collect() } else { Vec::new() },
        ideas: ideas::of(now, &mine, &theirs, locale).into_iter().map(|gift| gift.text).collect(),
        gives: words(&[Kind::Give]),
        contacts: words(&[Kind::Touch, Kind::Step]),
        asks: words(&[Kind::Ask]),
        gate: private.asks,
        trends: trends(&checks),
        cadences: Cadence::MONTHS,
        every_months: private.every_months,
        entries: log.iter().rev().map(|entry| entry_of(entry, locale)).collect(),
        form: PersonForm::default(),
        errors: Vec::new(),
    })
}

fn entry_of(row: &log::Model, locale: Locale) -> Entry {
    Entry {
        kind: row.kind,
        what: row.what.as_deref().and_then(|what| called(row.kind, what, locale)),
        text: row.text.as_ref().map(ToString::to_string),
        check: scales(check_of(row)).into_iter().filter_map(|(name, value)| Some(Checked { name, value: value? })).collect(),
        shared: row.shared,
        at: row.happened_at,
    }
}

/// What the reader calls how they gave, asked or were in touch.
fn called(kind: LogKind, what: &str, locale: Locale) -> Option<String> {
    let kinds: &[Kind] = match kind {
        LogKind::Give => &[Kind::Give],
        LogKind::Ask => &[Kind::Ask],
        LogKind::Interaction => &[Kind::Touch, Kind::Step],
        LogKind::Note | LogKind::Check => &[],
    };
    let kind = kinds.iter().find(|kind| gifts::is_known(kind.as_str(), what))?;
    Some(gifts::label(*kind, what, locale))
}

fn scales(check: Check) -> [(&'static str, Option<u8>); 3] {
    let [trust, goals, solutions] = SCALES;
    [(trust, check.trust), (goals, check.goals), (solutions, check.solutions)]
}

fn trends(checks: &[Check]) -> Vec<Trend> {
    let all: Vec<_> = checks.iter().flat_map(|check| scales(*check)).collect();
    let of = |name: &'static str| -> Option<Trend> {
        let values: Vec<u8> = all.iter().filter(|(scale, _)| *scale == name).filter_map(|(_, value)| *value).collect();
        Trend::of(name, &values)
    };
    SCALES.into_iter().filter_map(of).collect()
}

pub async fn submit(request: HttpRequest, path: web::Path<(String, String)>, form: Form) -> HttpResponse {
    let (token, id) = path.into_inner();
    or_problem(&request, submitted(&request, &token, &id, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, id: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let people = format!("/in/{token}/people");
    let choice = form.get("choice");
    let result = match choice {
        "note" | "interaction" | "give" | "ask" | "check" => log_it(&app, &who, id, choice, &form).await,
        "cadence" => every(&app, &who, id, form.get("months")).await,
        "ask_them" => ask_them(&app, &who, id, &form).await,
        "end" => {
            let tx = write_as(&app, &who, who.person.id).await?;
            keeping::end(&tx, &who, id, app.clock.now()).await?;
            tx.commit().await?;
            return Ok(done(&people, locale, "ended"));
        }
        "block" => {
            let read = app.db.read(&who);
            let row = keeping::mine(&read, &who, id).await?;
            let Json(one) = connections::shown(&read, &who, row, app.clock.now()).await?;
            safety::keep_away(&app, &who, &one.code).await?;
            return Ok(done(&people, locale, "blocked"));
        }
        _ => return shown(request, token, id, PersonForm::default(), Vec::new()).await,
    };
    let errors: Vec<FieldError> = match result {
        Ok(()) => {
            let what = if is_shared(choice, &form) { "thanks" } else { choice };
            return Ok(done(&format!("{people}/{id}"), locale, what));
        }
        Err(ApiError::Invalid(wrong)) => {
            wrong.into_iter().map(|error| FieldError::new(field_of(choice, &error.pointer), error.code)).collect()
        }
        Err(ApiError::GiveFirst) => vec![FieldError::new("ask_what", "give_first")],
        Err(err) => return Err(err),
    };
    let text = if choice == "ask_them" { form.get("context") } else { form.get(&format!("{choice}_text")) };
    let typed = PersonForm {
        what: form.get(&format!("{choice}_what")).to_owned(),
        text: text.to_owned(),
        exchange: form.ticked("exchange"),
        shared: form.ticked("shared"),
        choice: choice.to_owned(),
    };
    shown(request, token, id, typed, errors).await
}

/// The field of the form that an error is about.
fn field_of(choice: &str, pointer: &str) -> String {
    match pointer.trim_start_matches('/') {
        "what" => format!("{choice}_what"),
        field @ ("trust" | "goals" | "solutions" | "months" | "context") => field.to_owned(),
        _ => format!("{choice}_text"),
    }
}

/// The other may read it; only the form about what one gave asks that.
fn is_shared(choice: &str, form: &Form) -> bool {
    choice == "give" && form.ticked("shared")
}

/// Written down by the API's own rules.
async fn log_it(app: &App, who: &Attendee, id: &str, kind: &str, form: &Form) -> Result<()> {
    let said = |field: &str| Some(form.get(field).to_owned()).filter(|text| !text.is_empty());
    let scale = |name: &str| match said(name) {
        Some(text) => text.parse::<u8>().map_or_else(|_| json!(text), |value| json!(value)),
        None => Value::Null,
    };
    let entry = match kind {
        "check" => json!({"kind": kind, "trust": scale("trust"), "goals": scale("goals"), "solutions": scale("solutions")}),
        _ => {
            let (what, text) = (said(&format!("{kind}_what")), said(&format!("{kind}_text")));
            json!({"kind": kind, "what": what, "text": text, "shared": is_shared(kind, form)})
        }
    };
    let entry = http::json::parse(entry.to_string().as_bytes())?;
    write_down(app, who, id, entry).await?;
    Ok(())
}

async fn every(app: &App, who: &Attendee, id: &str, months: &str) -> Result<()> {
    // What is no number is no length, and refused as one.
    let months = if months.is_empty() { None } else { Some(months.parse().unwrap_or(0)) };
    keeping::unknown_length(months)?;
    let tx = write_as(app, who, who.person.id).await?;
    keeping::set_cadence(&tx, who, id, months, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Asks somebody one thought of keeping to keep in touch.
async fn ask_them(app: &App, who: &Attendee, id: &str, form: &Form) -> Result<()> {
    let context = match form.get("context") {
        "" => None,
        text => {
            Some(FreeText::parse(text).map_err(|err| ApiError::Invalid(vec![http::FieldError::new("/context", err.code, err.detail)]))?)
        }
    };
    keeping::says_why(context.as_ref())?;
    let (tx, now) = (write_as(app, who, who.person.id).await?, app.clock.now());
    let row = keeping::mine(&tx, who, id).await?;
    // Pressed twice: they were asked already.
    if row.state == ConnectionState::Suggested {
        let Json(one) = connections::shown(&tx, who, row, now).await?;
        keeping::ask(&tx, who, &one.code, context.as_ref(), form.ticked("exchange"), now).await?;
    }
    Ok(tx.commit().await?)
}
