//! Registrations as staff see them.

use std::collections::{BTreeMap, HashMap};
use std::slice;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::registration::Order;
use convivio_db::{Scoped, event, person, plan, registration, seat};
use convivio_domain::words::{RegistrationState, Role};
use convivio_domain::{
    ConsentWay, Consents, DeclaredPassion, EmailAddress, Field, FreeText, Language, Line, Locale, Need, PersonName, Phrase, PlanId,
    RegistrationCode, RegistrationId, Timezone, VisibleTo, Wishes,
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::checkins::MyTable as SeatByRound;
use super::{EventPath, ItemPath, find_event};
use crate::app::App;
use crate::http::{AnyRole, ApiError, CreatedTagged, IfMatch, Json, List, Listing, Manager, Result, Staff, Tagged};
use crate::registering::{self, NewRegistration};

/// What the door needs to let somebody in.
#[derive(Serialize, ToSchema)]
pub struct Registration {
    code: RegistrationCode,
    state: RegistrationState,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<i32>,
    /// Until when the seat is held for them, of somebody `offered` one.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_until: Option<DateTime<Utc>>,
    /// For those who may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    passions: Vec<DeclaredPassion>,
    name: PersonName,
    created_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    checked_in_at: Option<DateTime<Utc>>,
    method_ack_at: Option<DateTime<Utc>>,
    /// Where the published plan seats them, by round; missing where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    tables: Option<Vec<SeatByRound>>,
    #[serde(flatten)]
    more: Option<More>,
}

/// What the organizer needs to plan the event, and the door does not.
#[derive(Serialize, ToSchema)]
struct More {
    headline: Option<Line>,
    unit: Option<Line>,
    working_on: Option<Line>,
    offers: Vec<Phrase>,
    needs: Vec<Need>,
    intention: Option<FreeText>,
    languages: Vec<Language>,
    wishes: Wishes,
    accessibility: Option<FreeText>,
    answers: serde_json::Map<String, serde_json::Value>,
    locale: Locale,
    timezone: Option<Timezone>,
    consents: Consents,
    /// Every field, and who may see it.
    visibility: BTreeMap<Field, VisibleTo>,
}

impl Registration {
    /// As this role may read it, with where they sit.
    pub async fn seated(
        scope: &impl Scoped,
        event: &event::Model,
        row: registration::Model,
        email: Option<EmailAddress>,
        role: Role,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let tables = places(scope, slice::from_ref(event), [&row]).await?.remove(&row.id);
        Ok(Self::of(row, email, tables, role, now))
    }

    pub fn of(
        row: registration::Model,
        email: Option<EmailAddress>,
        tables: Option<Vec<SeatByRound>>,
        role: Role,
        now: DateTime<Utc>,
    ) -> Self {
        let offered_until = row.offered_until();
        let profile = row.profile.0;
        let needs = profile.needs_at(now).cloned().collect();
        let more = (role != Role::Checkin).then_some(More {
            needs,
            headline: profile.headline,
            unit: profile.unit,
            working_on: profile.working_on,
            offers: profile.offers,
            intention: row.intention,
            languages: profile.languages,
            wishes: row.wishes.0,
            accessibility: row.accessibility,
            answers: row.answers.0,
            locale: row.locale,
            timezone: row.timezone,
            consents: Consents { follow_up: row.follow_up },
            visibility: profile.visibility.complete(),
        });
        Self {
            code: row.code,
            state: row.state,
            position: row.position,
            offered_until,
            // In the place of an address that was erased stands none.
            email: email.filter(|_| row.state != RegistrationState::Anonymised),
            passions: profile.passions,
            name: row.name,
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            checked_in_at: row.checked_in_at,
            method_ack_at: row.method_ack_at,
            tables,
            more,
        }
    }
}

/// Where the published plan of its event seats each of these, by round. Who sits nowhere is missing, and who has left sits nowhere.
pub async fn places<'a>(
    scope: &impl Scoped,
    events: &[event::Model],
    rows: impl IntoIterator<Item = &'a registration::Model>,
) -> Result<HashMap<RegistrationId, Vec<SeatByRound>>> {
    let plans: Vec<PlanId> = events.iter().filter_map(|event| event.published_plan_id).collect();
    let people: Vec<RegistrationId> = rows.into_iter().filter(|row| !row.state.has_left()).map(|row| row.id).collect();
    let mut places: HashMap<RegistrationId, Vec<SeatByRound>> = HashMap::new();
    if plans.is_empty() || people.is_empty() {
        return Ok(places);
    }
    let seats = seat::of_registrations(scope, &plans, &people).await?;
    if seats.is_empty() {
        return Ok(places);
    }
    let tables = plan::tables_of(scope, &plans).await?;
    let themes: HashMap<(PlanId, u16, u16), &plan::Theme> =
        tables.iter().flat_map(|(plan, tables)| tables.iter().map(|table| ((*plan, table.round, table.table), &table.theme))).collect();
    for seat in seats {
        let (round, table) = (u16::try_from(seat.round).unwrap_or(0), u16::try_from(seat.table).unwrap_or(0));
        let theme = themes.get(&(seat.plan_id, round, table)).map_or(plan::Theme::Mixed, |theme| (*theme).clone());
        places.entry(seat.registration_id).or_default().push(SeatByRound { round: seat.round, table: seat.table, theme });
    }
    Ok(places)
}

/// The same of one.
pub async fn places_of(scope: &impl Scoped, event: &event::Model, row: &registration::Model) -> Result<Vec<SeatByRound>> {
    let mut places = places(scope, std::slice::from_ref(event), [row]).await?;
    Ok(places.remove(&row.id).unwrap_or_default())
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    state: Option<RegistrationState>,
}

/// `?state=waitlisted` is the waiting list, in its own order.
pub async fn list(
    who: Staff<AnyRole>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    listing: Listing<Filters>,
) -> Result<List<Registration>> {
    let state = listing.filters.state;
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let waiting = state == Some(RegistrationState::Waitlisted);
    let order = if waiting { Order::WaitingList(listing.cursor()?) } else { Order::Birth(listing.cursor()?) };
    let page = registration::list(&read, event.id, state, order).await?;
    let mut places = places(&read, slice::from_ref(&event), page.rows.iter().map(|one| &one.row)).await?;
    let now = app.clock.now();
    let show = |one: registration::Addressed| {
        let email = sees_addresses(who.role).then_some(one.email);
        let tables = places.remove(&one.row.id);
        Registration::of(one.row, email, tables, who.role, now)
    };
    Ok(if waiting { listing.answer(page, |one| one.row.position.unwrap_or(0), show) } else { listing.answer(page, |one| one.row.id, show) })
}

pub fn sees_addresses(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Owner)
}

/// Puts someone on the list. With `email_confirmed` they have their seat, or their place in the waiting list, at once.
pub async fn create(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(new): Json<NewRegistration>,
) -> Result<CreatedTagged<Registration>> {
    let (tx, event) = registering::with_seats(&app, &who, &path.event).await?;
    if !event.gives_seats() {
        return Err(ApiError::EventNotOpen);
    }
    let row = registering::register_by_staff(&app, &tx, &event, &new, ConsentWay::Staff).await?;
    let location = format!("/api/v1/organizers/{}/events/{}/registrations/{}", path.organizer, path.event, row.code);
    let version = row.version;
    let answer = Registration::seated(&tx, &event, row, Some(new.email), who.role, app.clock.now()).await?;
    tx.commit().await?;
    app.ring();
    Ok(CreatedTagged(location, version, answer))
}

pub async fn show(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Tagged<Registration>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let code = RegistrationCode::parse(&path.id).map_err(|_| ApiError::NotFound)?;
    let row = registration::by_code(&read, event.id, &code).await?.ok_or(ApiError::NotFound)?;
    let person = person::find_by_id(&read, row.person_id).await?.ok_or(ApiError::NotFound)?;
    let email = sees_addresses(who.role).then_some(person.email);
    Ok(Tagged(row.version, Registration::seated(&read, &event, row, email, who.role, app.clock.now()).await?))
}

/// The organizer's word: a seat, or the last place in the waiting list.
pub async fn approve(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: IfMatch,
) -> Result<Tagged<Registration>> {
    let (tx, event) = registering::with_seats(&app, &who, &path.event).await?;
    let code = RegistrationCode::parse(&path.id).map_err(|_| ApiError::NotFound)?;
    let row = registration::lock_by_code(&tx, &code).await?.filter(|row| row.event_id == event.id).ok_or(ApiError::NotFound)?;
    if_match.ensure(row.version)?;
    if !event.gives_seats() {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    if row.state != RegistrationState::PendingApproval {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let person = person::find_by_id(&tx, row.person_id).await?.ok_or(ApiError::NotFound)?;
    let row = registering::seat(&app, &tx, &event, &row, &person).await?;
    let answer = Tagged(row.version, Registration::seated(&tx, &event, row, Some(person.email), who.role, app.clock.now()).await?);
    tx.commit().await?;
    app.ring();
    Ok(answer)
}
