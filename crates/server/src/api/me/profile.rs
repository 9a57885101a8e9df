//! The living profile.

use std::collections::BTreeMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Set, Stored, Tx, event, person, registration};
use convivio_domain::words::RegistrationState;
use convivio_domain::{
    DeclaredPassion, EmailAddress, Field, Language, Line, Locale, Need, Passions, PersonId, PersonName, Phrase, Profile, Timezone,
    Visibility, VisibleTo,
};
use eserde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::authoring::write_as;
use crate::declaring::Known;
use crate::http::{ApiError, Attendee, Json, Patch, Result, none_wrong};
use crate::{languages, registering, zones};

/// A profile as its owner writes it; what a merge patch is applied to.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileForm {
    passions: Passions,
    name: PersonName,
    #[serde(default)]
    headline: Option<Line>,
    #[serde(default)]
    unit: Option<Line>,
    #[serde(default)]
    working_on: Option<Line>,
    #[serde(default)]
    offers: Vec<Phrase>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    languages: Vec<Language>,
    #[serde(default)]
    visibility: Visibility,
    #[serde(default)]
    locale: Locale,
    #[serde(default)]
    timezone: Option<Timezone>,
}

#[derive(Serialize, ToSchema)]
pub struct MyProfile {
    passions: Vec<DeclaredPassion>,
    name: PersonName,
    email: EmailAddress,
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
    updated_at: DateTime<Utc>,
}

impl MyProfile {
    fn of(row: person::Model, now: DateTime<Utc>) -> Self {
        let profile = row.profile.0;
        Self {
            needs: profile.needs_at(now).cloned().collect(),
            passions: profile.passions,
            name: row.name,
            email: row.email,
            headline: profile.headline,
            unit: profile.unit,
            working_on: profile.working_on,
            offers: profile.offers,
            languages: profile.languages,
            visibility: profile.visibility.complete(),
            locale: row.locale,
            timezone: row.timezone,
            updated_at: row.updated_at,
        }
    }
}

impl MyProfile {
    /// With needs that have ended, as long as they are kept.
    pub(super) fn whole(row: person::Model) -> Self {
        Self::of(row, DateTime::<Utc>::MIN_UTC)
    }
}

impl ProfileForm {
    fn check(&self) -> Result<()> {
        let counts = [("/offers", self.offers.len()), ("/needs", self.needs.len()), ("/languages", self.languages.len())];
        none_wrong(registering::wrong_lists(&self.passions, &counts))
    }
}

pub async fn show(who: Attendee, app: web::Data<App>) -> Result<Json<MyProfile>> {
    Ok(Json(MyProfile::of(who.person, app.clock.now())))
}

/// Changes what the merge patch names; needs that have ended are dropped on the way.
pub async fn update(who: Attendee, app: web::Data<App>, patch: Patch<ProfileForm>) -> Result<Json<MyProfile>> {
    let now = app.clock.now();
    let tx = app.db.write(&who).await?;
    let row = change(&app, &tx, &who, now, |whole| patch.onto(whole)).await?;
    tx.commit().await?;
    Ok(Json(MyProfile::of(row, now)))
}

/// "Still true": the profile counts as new from now on.
pub async fn confirm_current(who: Attendee, app: web::Data<App>) -> Result<Json<MyProfile>> {
    let row = say_current(&app, &who).await?;
    Ok(Json(MyProfile::of(row, app.clock.now())))
}

pub async fn say_current(app: &App, who: &Attendee) -> Result<person::Model> {
    let tx = write_as(app, who, who.person.id).await?;
    person::confirm_current(&tx, who.person.id, app.clock.now()).await?;
    let row = person::find_by_id(&tx, who.person.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Writes what `change` makes of the profile as it stands, over the API or from the page.
pub async fn change(
    app: &App,
    tx: &Tx,
    who: &Attendee,
    now: DateTime<Utc>,
    change: impl FnOnce(Value) -> Result<ProfileForm>,
) -> Result<person::Model> {
    // The events before the organizer, and both before the person, as everybody does who holds them.
    let events = languages::hold_events(tx, who.person.id).await?;
    let known = Known::hold(tx).await?;
    // Held, so that of two changes at once the later is applied to what the earlier made.
    let person = person::lock(tx, who.person.id).await?.ok_or(ApiError::NotFound)?;
    let (zone_before, locale_before, shown_before) = (person.timezone, person.locale, person.profile.visibility.clone());
    // What can be read and not written is not part of what the change is applied to.
    let mut whole = serde_json::to_value(MyProfile::of(person, now)).expect("a profile is plain values");
    for read_only in ["email", "updated_at"] {
        whole.as_object_mut().expect("a profile is an object").remove(read_only);
    }
    let form = change(whole)?;
    form.check()?;
    let lives_elsewhere = form.timezone != zone_before;
    let passions = known.settle(&form.passions).map_err(ApiError::Invalid)?;
    let profile = Profile {
        passions: passions.into_vec(),
        headline: form.headline,
        unit: form.unit,
        working_on: form.working_on,
        offers: form.offers,
        needs: form.needs,
        languages: form.languages,
        visibility: form.visibility.said_after(&shown_before),
    };
    let said = person::Said { name: &form.name, locale: form.locale, timezone: form.timezone, profile: &profile };
    person::confirm_profile(tx, who.person.id, said, now).await?;
    carry_over(tx, who.person.id, &form.name, &profile, now).await?;
    if lives_elsewhere {
        live_by(tx, who.person.id, form.timezone).await?;
    }
    if form.locale != locale_before {
        languages::read_in(app, tx, who.person.id, form.locale, &events, now).await?;
    }
    person::find_by_id(tx, who.person.id).await?.ok_or(ApiError::NotFound)
}

/// What the person says of themselves now is what the tables of events to come are made from. Of events past, and of a form nobody has confirmed,
/// the words stay as they were; what others may see follows the person everywhere.
async fn carry_over(tx: &Tx, person: PersonId, name: &PersonName, profile: &Profile, now: DateTime<Utc>) -> Result<()> {
    let rows = registration::lock_all_of_person(tx, person).await?;
    let events = event::by_ids(tx, rows.iter().map(|row| row.event_id)).await?;
    for row in rows {
        let to_come = events.iter().any(|event| event.id == row.event_id && event.starts_at > now);
        let changes = if to_come && row.state != RegistrationState::PendingEmail {
            registration::ActiveModel { name: Set(name.clone()), profile: Set(Stored(profile.clone())), ..Default::default() }
        } else {
            let shown = Profile { visibility: profile.visibility.clone(), ..row.profile.0 };
            registration::ActiveModel { profile: Set(Stored(shown)), ..Default::default() }
        };
        registration::change(tx, row.id, changes).await?;
    }
    Ok(())
}

/// Where they say they live now is where they read their mails, whichever event these are about; a form nobody has confirmed stays as it was.
async fn live_by(tx: &Tx, person: PersonId, zone: Option<Timezone>) -> Result<()> {
    let rows = registration::lock_all_of_person(tx, person).await?;
    let events = event::by_ids(tx, rows.iter().map(|row| row.event_id)).await?;
    for row in rows.into_iter().filter(|row| row.state != RegistrationState::PendingEmail) {
        let Some(event) = events.iter().find(|event| event.id == row.event_id) else { continue };
        registration::change(tx, row.id, registration::ActiveModel { timezone: Set(zone), ..Default::default() }).await?;
        zones::keep_hours(tx, row.id, row.zone(event), zone.unwrap_or(event.timezone)).await?;
    }
    Ok(())
}
