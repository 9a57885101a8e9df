//! What anybody may see and do: an event's page as data, registering, confirming, and stopping follow-up.

use std::collections::BTreeMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{event, organizer, person, question, registration};
use convivio_domain::words::{AskedOf, EventKind, EventMode, EventState, Phase, QuestionKind, Reason, RegistrationState};
use convivio_domain::{
    Capacity, ConsentPurpose, ConsentWay, FreeText, Line, Locale, Localized, PersonId, QuestionCode, QuestionId, QuestionOption,
    RegistrationCode, RegistrationId, Slug, Timezone, Title,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::gardening;
use crate::http::{ApiError, Json, Promised, Result};
use crate::keys::{LinkToken, Purpose};
use crate::registering::{self, NewRegistration};
use crate::waiting;

#[derive(serde::Deserialize)]
pub struct PublicEventPath {
    pub organizer: String,
    pub event: String,
}

#[derive(Serialize, ToSchema)]
pub struct PublicEvent {
    organizer: Slug,
    organizer_name: Title,
    slug: Slug,
    title: Localized<Title>,
    summary: Localized<FreeText>,
    method: Localized<FreeText>,
    purpose: Option<FreeText>,
    kind: EventKind,
    mode: EventMode,
    place: Option<Line>,
    timezone: Timezone,
    locale: Locale,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    capacity: Option<Capacity>,
    registration_opens_at: Option<DateTime<Utc>>,
    registration_closes_at: Option<DateTime<Utc>>,
    approval: bool,
    state: EventState,
    phase: Phase,
    seats: PublicSeats,
    /// What is asked of everybody who registers, in the order of the form
    questions: Vec<PublicQuestion>,
    consent_texts: PublicConsents,
}

/// What may be agreed to with a registration, by purpose.
#[derive(Serialize, ToSchema)]
struct PublicConsents {
    follow_up: PublicConsent,
}

/// The words to show to whoever agrees: by sending `consents` one says that they were read.
#[derive(Serialize, ToSchema)]
struct PublicConsent {
    /// The day on which they were last changed
    text_version: String,
    text: BTreeMap<Locale, String>,
}

impl PublicConsent {
    fn of(purpose: ConsentPurpose) -> Self {
        let text = Locale::ALL.iter().map(|locale| (*locale, purpose.text(*locale).whole()));
        Self { text_version: purpose.text_version().to_owned(), text: text.collect() }
    }
}

/// A question as the public is asked it.
#[derive(Serialize, ToSchema)]
struct PublicQuestion {
    id: QuestionId,
    code: QuestionCode,
    label: Localized<Line>,
    help: Localized<FreeText>,
    kind: QuestionKind,
    options: Vec<QuestionOption>,
    required: bool,
}

impl From<question::Model> for PublicQuestion {
    fn from(row: question::Model) -> Self {
        Self {
            id: row.id,
            code: row.code,
            label: row.label.0,
            help: row.help.0,
            kind: row.kind,
            options: row.options.0,
            required: row.required,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct PublicSeats {
    left: Option<i32>,
}

/// An event that the public may know of, with its organizer; anything else is not there.
pub async fn find(app: &App, path: &PublicEventPath) -> Result<(organizer::Model, event::Model)> {
    let (row, organizer) = event::of_organizer(&app.db.central(), &path.organizer, &path.event).await?.ok_or(ApiError::NotFound)?;
    if is_public(&row) { Ok((organizer, row)) } else { Err(ApiError::NotFound) }
}

fn is_public(event: &event::Model) -> bool {
    event.state != EventState::Draft && event.published_at.is_some()
}

pub async fn show(app: web::Data<App>, path: web::Path<PublicEventPath>) -> Result<Json<PublicEvent>> {
    let (organizer, row) = find(&app, &path).await?;
    let left = row.seats_left();
    let questions = question::of_event(&app.db.read(&organizer), row.id).await?;
    let asked = questions.into_iter().filter(|question| question.asked_of == AskedOf::Public);
    Ok(Json(PublicEvent {
        questions: asked.map(PublicQuestion::from).collect(),
        consent_texts: PublicConsents { follow_up: PublicConsent::of(ConsentPurpose::FollowUp) },
        organizer: organizer.slug,
        organizer_name: organizer.name,
        phase: row.phase(app.clock.now()),
        slug: row.slug,
        title: row.title.0,
        summary: row.summary.0,
        method: row.method.0,
        purpose: row.purpose,
        kind: row.kind,
        mode: row.mode,
        place: row.place,
        timezone: row.timezone,
        locale: row.locale,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        capacity: row.capacity,
        registration_opens_at: row.registration_opens_at,
        registration_closes_at: row.registration_closes_at,
        approval: row.approval,
        state: row.state,
        seats: PublicSeats { left },
    }))
}

/// The same for an address that is known and one that is not.
#[derive(Serialize, ToSchema)]
pub struct Registered {
    state: RegistrationState,
}

/// Registers someone. The answer is the same for an address that is known and one that is not.
pub async fn register(
    app: web::Data<App>,
    path: web::Path<PublicEventPath>,
    Json(new): Json<NewRegistration>,
) -> Result<Promised<Registered>> {
    registration_form(&app, &path, &new, ConsentWay::Api).await?;
    Ok(Promised(Registered { state: RegistrationState::PendingEmail }))
}

/// What the form on the page and the API do alike.
pub async fn registration_form(app: &App, path: &PublicEventPath, new: &NewRegistration, how: ConsentWay) -> Result<()> {
    let organizer = organizer::by_slug(&app.db.central(), &path.organizer).await?.ok_or(ApiError::NotFound)?;
    let tx = app.db.write(&organizer).await?;
    app.limits.registration(app, &tx, &new.email).await?;
    let row = event::hold(&tx, &path.event).await?.filter(is_public).ok_or(ApiError::NotFound)?;
    if !row.takes_registrations(app.clock.now()) {
        return Err(ApiError::EventNotOpen);
    }
    registering::register_in_public(app, &tx, &row, new, how).await?;
    tx.commit().await?;
    app.ring();
    Ok(())
}

#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    pub state: RegistrationState,
    pub code: RegistrationCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i32>,
}

/// Confirms the address, or takes the seat that is offered. Following the link again answers the same.
pub async fn confirm(app: web::Data<App>, path: web::Path<String>) -> Result<Json<Confirmed>> {
    let row = confirm_by_link(&app, &path, None).await?;
    Ok(Json(Confirmed { state: row.state, code: row.code, position: row.position }))
}

/// Lets the offered seat go to the next. Saying it again answers the same.
pub async fn decline(app: web::Data<App>, path: web::Path<String>) -> Result<Json<Confirmed>> {
    let row = decline_by_link(&app, &path).await?;
    Ok(Json(Confirmed { state: row.state, code: row.code, position: row.position }))
}

pub async fn decline_by_link(app: &App, link: &str) -> Result<registration::Model> {
    let seen = behind_link(app, link).await?;
    let tx = app.db.write(&seen.organizer_id).await?;
    let event = event::lock(&tx, seen.event_id).await?.ok_or(ApiError::NotFound)?;
    let row = registration::lock(&tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    match row.state {
        RegistrationState::Offered if row.pending_until.is_some_and(|until| until <= app.clock.now()) => {
            return Err(ApiError::TokenExpired);
        }
        RegistrationState::Offered => {}
        RegistrationState::Cancelled => return Ok(row),
        RegistrationState::OfferExpired => return Err(ApiError::TokenExpired),
        other => return Err(ApiError::WrongState(other.to_string())),
    }
    let row = waiting::end(&tx, &row, RegistrationState::Cancelled, app.clock.now()).await?;
    waiting::commit_and_offer(app, tx, event.id).await?;
    Ok(row)
}

/// The registration behind a confirmation link, genuine or 404.
pub async fn behind_link(app: &App, link: &str) -> Result<registration::Model> {
    let link = LinkToken::parse(link).ok_or(ApiError::NotFound)?;
    let id = RegistrationId(link.id);
    let row = registration::by_link(&app.db.central(), id).await?.ok_or(ApiError::NotFound)?;
    if app.keys.opens(&link, Purpose::Confirm, row.link_generation) { Ok(row) } else { Err(ApiError::NotFound) }
}

/// Takes the seat that is offered, or confirms what the form said last. A page says which version of it was shown: when another form came since, this fails and it is shown anew.
pub async fn confirm_by_link(app: &App, link: &str, shown: Option<i32>) -> Result<registration::Model> {
    let link = LinkToken::parse(link).ok_or(ApiError::NotFound)?;
    let meant = registration::meant_by(&app.db.central(), RegistrationId(link.id)).await?.ok_or(ApiError::NotFound)?;
    if !app.keys.opens(&link, Purpose::Confirm, meant.link_generation) {
        return Err(ApiError::NotFound);
    }
    let now = app.clock.now();
    let (tx, event) = registering::with_seats(app, &meant.organizer_id, meant.event_id).await?;
    let person = person::lock(&tx, meant.person_id).await?.ok_or(ApiError::NotFound)?;
    let row = registration::lock(&tx, RegistrationId(link.id)).await?.ok_or(ApiError::NotFound)?;
    if is_settled(&row) {
        return Ok(row);
    }
    if !event.gives_seats() || now >= event.ends_at {
        return Err(ApiError::EventNotOpen);
    }
    if row.state.can_be_revived() || row.pending_until.is_some_and(|until| until <= now) {
        return Err(ApiError::TokenExpired);
    }
    let row = if row.state == RegistrationState::Offered {
        registering::give_seat(app, &tx, &event, &row, &person).await?
    } else {
        if shown.is_some_and(|shown| shown != row.version) {
            return Err(ApiError::PreconditionFailed);
        }
        registering::confirm(app, &tx, &event, row, &person).await?
    };
    tx.commit().await?;
    app.ring();
    Ok(row)
}

/// The link was followed before, perhaps this very moment: the answer is the same again.
fn is_settled(row: &registration::Model) -> bool {
    !matches!(row.state, RegistrationState::PendingEmail | RegistrationState::Offered) && !row.state.can_be_revived()
}

/// The person behind an unsubscribe link, genuine or 404.
pub async fn person_behind(app: &App, link: &str) -> Result<person::Model> {
    let link = LinkToken::parse(link).ok_or(ApiError::NotFound)?;
    let id = PersonId(link.id);
    let owner = person::owner(&app.db.central(), id).await?.ok_or(ApiError::NotFound)?;
    let row = person::find_by_id(&app.db.read(&owner), id).await?.ok_or(ApiError::NotFound)?;
    if app.keys.opens(&link, Purpose::Unsubscribe, row.link_generation) { Ok(row) } else { Err(ApiError::NotFound) }
}

/// Whose follow-up the link stops, and whether it is stopped.
#[derive(Serialize, ToSchema)]
pub struct Unsubscribing {
    organizer: Title,
    stopped: bool,
}

/// Says what the link would stop, and changes nothing: mail scanners follow links.
pub async fn show_unsubscribe(app: web::Data<App>, path: web::Path<String>) -> Result<Json<Unsubscribing>> {
    let person = person_behind(&app, &path).await?;
    let organizer = organizer::this(&app.db.read(&person.organizer_id)).await?;
    Ok(Json(Unsubscribing { organizer: organizer.name, stopped: person.follow_up_stopped_at.is_some() }))
}

pub async fn unsubscribe(app: web::Data<App>, path: web::Path<String>) -> Result<Json<Unsubscribing>> {
    let person = person_behind(&app, &path).await?;
    stop_follow_up(&app, &person).await?;
    let organizer = organizer::this(&app.db.read(&person.organizer_id)).await?;
    Ok(Json(Unsubscribing { organizer: organizer.name, stopped: true }))
}

/// Stops all follow-up of the organizer to the person, at once and for good.
pub async fn stop_follow_up(app: &App, person: &person::Model) -> Result<()> {
    let tx = app.db.write(&person.organizer_id).await?;
    person::stop_follow_up(&tx, person.id, app.clock.now()).await?;
    if !app.fault("leaving_guard_off") {
        gardening::call_off(&tx, person.id, Reason::Unsubscribed).await?;
    }
    tx.commit().await?;
    Ok(())
}
