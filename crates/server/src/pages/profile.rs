//! One's own profile: GET shows it, a button says that it still holds, and the form changes it by the API's own rules.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{Set, event, organizer, person, registration};
use convivio_domain::{Field, FreeText, Locale, VisibleTo, catalogue};
use serde_json::{Value, json};

use super::my_table::signed_in;
use super::views::{FieldError, Page, PassionRow, ProfilePage, RegisterForm, SaidOfProfile, ways};
use super::{Form, app, drawn, head, locale_of, or_problem, register};
use crate::api::me::profile::{self, ProfileForm};
use crate::app::App;
use crate::http::{self, ApiError, Attendee, Result, none_wrong};

/// What one may show of oneself, by the form's names.
const SHOWN: [(&str, Field); 8] = [
    ("show_name", Field::Name),
    ("show_passions", Field::Passions),
    ("show_headline", Field::Headline),
    ("show_offers", Field::Offers),
    ("show_needs", Field::Needs),
    ("show_working_on", Field::WorkingOn),
    ("show_intention", Field::Intention),
    ("show_languages", Field::Languages),
];

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token, None).await)
}

async fn shown(request: &HttpRequest, token: &str, said: Option<SaidOfProfile>) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let form = as_kept(&app, &who, locale);
    page(&app, &who, locale, form, Vec::new(), said).await
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &token, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    match form.get("choice") {
        "current" => {
            profile::say_current(&app, &who).await?;
            shown(request, token, Some(SaidOfProfile::Current)).await
        }
        "save" => match save(&app, &who, &form).await {
            Ok(()) => shown(request, token, Some(SaidOfProfile::Saved)).await,
            Err(ApiError::Invalid(wrong)) => {
                let errors = wrong.into_iter().map(|error| FieldError::from_pointer(&error.pointer, error.code)).collect();
                let locale = locale_of(request, Some(who.registration.locale));
                page(&app, &who, locale, register::as_typed(&form, rows(&who.person)), errors, None).await
            }
            Err(err) => Err(err),
        },
        _ => shown(request, token, None).await,
    }
}

/// The profile and the intention of the event whose mail led here, together or not at all.
async fn save(app: &App, who: &Attendee, form: &Form) -> Result<()> {
    let intention = match form.get("intention") {
        "" => Ok(None),
        text => FreeText::parse(text).map(Some),
    };
    let mut wrong: Vec<http::FieldError> =
        intention.as_ref().err().map(|err| http::FieldError::new("/intention", err.code, err.detail.clone())).into_iter().collect();
    let now = app.clock.now();
    let tx = app.db.write(who).await?;
    match profile::change(app, &tx, who, now, |whole| onto(whole, form, rows(&who.person))).await {
        Ok(_) => none_wrong(wrong)?,
        Err(ApiError::Invalid(others)) => {
            wrong.extend(others);
            return Err(ApiError::Invalid(wrong));
        }
        Err(err) => return Err(err),
    }
    let changes = registration::ActiveModel { intention: Set(intention.unwrap_or_default()), ..Default::default() };
    registration::change(&tx, who.registration.id, changes).await?;
    Ok(tx.commit().await?)
}

/// The profile with what the form says; what the form does not ask about stays.
fn onto(mut whole: Value, form: &Form, rows: usize) -> Result<ProfileForm> {
    whole["passions"] = register::passions(form, rows);
    for field in ["headline", "working_on"] {
        whole[field] = Some(form.get(field)).filter(|text| !text.is_empty()).map_or(Value::Null, |text| json!(text));
    }
    whole["offers"] = register::lines(form.get("offers")).collect();
    let before = whole["needs"].as_array().cloned().unwrap_or_default();
    // A need that stays keeps its end.
    let need = |text: Value| before.iter().find(|need| need["text"] == text).cloned().unwrap_or_else(|| json!({"text": text}));
    whole["needs"] = register::lines(form.get("needs")).map(need).collect();
    for (name, field) in SHOWN {
        let to = &mut whole["visibility"][field.as_str()];
        match form.ticked(name) {
            true if *to == json!(VisibleTo::None) => *to = json!(VisibleTo::Tablemates),
            true => {}
            false => *to = json!(VisibleTo::None),
        }
    }
    http::json::parse(whole.to_string().as_bytes())
}

/// As many rows as there are passions, and always as many as the form to register has.
fn rows(person: &person::Model) -> usize {
    person.profile.passions.len().max(RegisterForm::PASSIONS)
}

/// The form as the profile stands.
fn as_kept(app: &App, who: &Attendee, locale: Locale) -> RegisterForm {
    let profile = &who.person.profile;
    let mut passions: Vec<PassionRow> =
        profile.passions.iter().map(|passion| PassionRow { text: passion.label(locale), level: passion.level.get().to_string() }).collect();
    passions.resize(rows(&who.person), PassionRow::default());
    let shows = |field| profile.visibility.shows_tablemates(field);
    let listed = |texts: Vec<String>| texts.join("\n");
    RegisterForm {
        passions,
        headline: profile.headline.as_ref().map(ToString::to_string).unwrap_or_default(),
        working_on: profile.working_on.as_ref().map(ToString::to_string).unwrap_or_default(),
        offers: listed(profile.offers.iter().map(ToString::to_string).collect()),
        needs: listed(profile.needs_at(app.clock.now()).map(|need| need.text.to_string()).collect()),
        intention: who.registration.intention.as_ref().map(ToString::to_string).unwrap_or_default(),
        show_name: shows(Field::Name),
        show_passions: shows(Field::Passions),
        show_headline: shows(Field::Headline),
        show_offers: shows(Field::Offers),
        show_needs: shows(Field::Needs),
        show_working_on: shows(Field::WorkingOn),
        show_intention: shows(Field::Intention),
        show_languages: shows(Field::Languages),
        ..RegisterForm::default()
    }
}

async fn page(
    app: &App,
    who: &Attendee,
    locale: Locale,
    form: RegisterForm,
    errors: Vec<FieldError>,
    said: Option<SaidOfProfile>,
) -> Result<HttpResponse> {
    let read = app.db.read(who);
    let event = event::find_by_id(&read, who.registration.event_id).await?.ok_or(ApiError::NotFound)?;
    let organizer = organizer::this(&read).await?;
    let mut suggestions: Vec<String> = catalogue().passions().iter().map(|passion| passion.label(locale).to_owned()).collect();
    suggestions.sort();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = who.person.name.to_string();
    let ways = ways(&app.attendee_token(&who.registration), "profile");
    let view = ProfilePage { ways, event: head(&organizer, &event, locale), name, said, suggestions, form, errors };
    drawn(status, &Page::Profile(Box::new(view)), locale)
}
