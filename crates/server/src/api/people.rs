//! People: everyone an organizer has to do with, over all its events.

use std::collections::BTreeMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{event, person, registration};
use convivio_domain::words::{RegistrationState, Role};
use convivio_domain::{
    DeclaredPassion, EmailAddress, Field, Language, Line, Locale, Localized, Need, PersonId, PersonName, Phrase, RegistrationCode, Slug,
    Timezone, Title, VisibleTo,
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::id_of;
use super::me::erasing::Confirmation;
use super::me::export::{self, Document};
use super::registrations::sees_addresses;
use crate::app::App;
use crate::erasing::{self, Erased};
use crate::http::{ApiError, Json, List, Listing, Manager, Owner, Result, Staff, Viewer};

/// A person with their living profile.
#[derive(Serialize, ToSchema)]
pub struct Person {
    id: PersonId,
    /// For those who may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    passions: Vec<DeclaredPassion>,
    name: PersonName,
    /// When the address was first shown to be theirs. Before that the profile says nothing.
    confirmed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    headline: Option<Line>,
    unit: Option<Line>,
    working_on: Option<Line>,
    offers: Vec<Phrase>,
    needs: Vec<Need>,
    languages: Vec<Language>,
    /// Every field, and who may see it.
    visibility: BTreeMap<Field, VisibleTo>,
    locale: Locale,
    timezone: Option<Timezone>,
    /// When they stopped all follow-up of this organizer.
    follow_up_stopped_at: Option<DateTime<Utc>>,
}

impl Person {
    /// As this role may read it.
    fn of(row: person::Model, role: Role, now: DateTime<Utc>) -> Self {
        let profile = row.profile.0;
        Self {
            id: row.id,
            email: sees_addresses(role).then_some(row.email),
            needs: profile.needs_at(now).cloned().collect(),
            passions: profile.passions,
            name: row.name,
            confirmed_at: row.confirmed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            headline: profile.headline,
            unit: profile.unit,
            working_on: profile.working_on,
            offers: profile.offers,
            languages: profile.languages,
            visibility: profile.visibility.complete(),
            locale: row.locale,
            timezone: row.timezone,
            follow_up_stopped_at: row.follow_up_stopped_at,
        }
    }
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PeopleFilters {
    /// Only whose address this is; for those who may see addresses
    email: Option<EmailAddress>,
}

pub async fn list(who: Staff<Viewer>, app: web::Data<App>, listing: Listing<PeopleFilters>) -> Result<List<Person>> {
    let email = listing.filters.email.as_ref();
    // Who may not read addresses may not try them out either.
    if email.is_some() && !sees_addresses(who.role) {
        return Err(ApiError::Forbidden);
    }
    let page = person::list(&app.db.read(&who), email, listing.cursor()?).await?;
    let now = app.clock.now();
    Ok(listing.answer(page, |row| row.id, |row| Person::of(row, who.role, now)))
}

/// A person, and everything they registered for, newest first.
#[derive(Serialize, ToSchema)]
pub struct PersonInFull {
    #[serde(flatten)]
    person: Person,
    registrations: Vec<PersonsRegistration>,
}

#[derive(Serialize, ToSchema)]
struct PersonsRegistration {
    code: RegistrationCode,
    state: RegistrationState,
    event: PersonsEvent,
    created_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    checked_in_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct PersonsEvent {
    slug: Slug,
    title: Localized<Title>,
    starts_at: DateTime<Utc>,
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<Json<PersonInFull>> {
    let read = app.db.read(&who);
    let row = person::find_by_id(&read, id_of(&path.1)?).await?.filter(|row| row.erased_at.is_none()).ok_or(ApiError::NotFound)?;
    let registrations = registration::all_of_person(&read, row.id).await?;
    let events = event::by_ids(&read, registrations.iter().map(|one| one.event_id)).await?;
    let registrations = registrations.into_iter().filter_map(|one| {
        let event = events.iter().find(|event| event.id == one.event_id)?;
        Some(PersonsRegistration {
            code: one.code,
            state: one.state,
            event: PersonsEvent { slug: event.slug.clone(), title: event.title.0.clone(), starts_at: event.starts_at },
            created_at: one.created_at,
            confirmed_at: one.confirmed_at,
            checked_in_at: one.checked_in_at,
        })
    });
    let registrations = registrations.collect();
    Ok(Json(PersonInFull { person: Person::of(row, who.role, app.clock.now()), registrations }))
}

/// What Convivio holds of a person, to hand to them. Their log, their connections, their blocks and what their prompts say are theirs alone.
pub async fn export(who: Staff<Manager>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<Document> {
    let read = app.db.read(&who);
    let row = person::find_by_id(&read, id_of(&path.1)?).await?.filter(|row| row.erased_at.is_none()).ok_or(ApiError::NotFound)?;
    Ok(Document(export::of(&read, row, app.clock.now()).await?.for_staff()))
}

/// Forgets everything about a person, who asked for it.
pub async fn erase(
    who: Staff<Owner>,
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    Json(said): Json<Confirmation>,
) -> Result<Json<Erased>> {
    Ok(Json(erasing::erase(&app, &who, id_of(&path.1)?, &said.confirm).await?))
}
