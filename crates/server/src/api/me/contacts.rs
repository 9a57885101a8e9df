//! People one knows from elsewhere: a name, a note, and how often one would like to be in touch. They have no address here, and nobody writes to them.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Set, contact};
use convivio_domain::{ContactId, FreeText, PersonId, PersonName, micros};
use convivio_followup::garden::{self, Cadence, Temperature};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::id_of;
use crate::app::App;
use crate::authoring::write_as;
use crate::erasing;
use crate::gardening::{self, cadence};
use crate::http::{ApiError, Attendee, Created, FieldError, Json, List, Listing, NoContent, Patch, Result, none_wrong};

#[derive(Serialize, ToSchema)]
pub struct Contact {
    pub id: ContactId,
    pub name: PersonName,
    pub note: Option<FreeText>,
    /// 1, 3 or 6 months; missing until one says.
    pub every_months: Option<u8>,
    /// When the two were last in touch, as one says.
    pub in_touch_at: DateTime<Utc>,
    pub temperature: Temperature,
    created_at: DateTime<Utc>,
}

impl Contact {
    fn of(row: contact::Model, now: DateTime<Utc>) -> Self {
        let every = cadence(row.every_months);
        Self {
            id: row.id,
            name: row.name,
            note: row.note,
            every_months: every.map(Cadence::months),
            in_touch_at: row.in_touch_at,
            temperature: garden::temperature(now, row.in_touch_at, every.unwrap_or_default()),
            created_at: row.created_at,
        }
    }
}

/// Somebody one knows.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    name: PersonName,
    #[serde(default)]
    note: Option<FreeText>,
    /// 1, 3 or 6; without it no mail speaks of them
    #[serde(default)]
    every_months: Option<u8>,
    /// When the two were last in touch; now, if left out
    #[serde(default)]
    #[eserde(compat)]
    in_touch_at: Option<DateTime<Utc>>,
}

/// More people than that nobody tends one by one.
const MOST: u64 = 500;

impl NewContact {
    fn of(row: &contact::Model) -> Self {
        Self {
            name: row.name.clone(),
            note: row.note.clone(),
            every_months: cadence(row.every_months).map(Cadence::months),
            in_touch_at: Some(row.in_touch_at),
        }
    }

    fn wrong(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if self.every_months.is_some_and(|months| Cadence::of_months(months).is_none()) {
            wrong.push(FieldError::new("/every_months", "unknown_length", "must be 1, 3 or 6, or null"));
        }
        if self.in_touch_at.is_some_and(|at| at > now) {
            wrong.push(FieldError::new("/in_touch_at", "in_the_future", "must not be in the future"));
        }
        wrong
    }
}

pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Contact>> {
    let page = contact::list(&app.db.read(&who), who.person.id, listing.cursor()?).await?;
    let now = app.clock.now();
    Ok(listing.answer(page, |row| row.id, |row| Contact::of(row, now)))
}

/// Everybody one knows: for taking along, and for one's own page.
pub async fn all(scope: &impl Scoped, me: PersonId, now: DateTime<Utc>) -> Result<Vec<Contact>> {
    Ok(contact::all_of(scope, me).await?.into_iter().map(|row| Contact::of(row, now)).collect())
}

pub async fn show(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<Contact>> {
    let row = contact::find_by_id(&app.db.read(&who), who.person.id, id_of(&id)?).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(Contact::of(row, app.clock.now())))
}

pub async fn create(who: Attendee, app: web::Data<App>, Json(new): Json<NewContact>) -> Result<Created<Contact>> {
    let contact = write_down(&app, &who, new).await?;
    Ok(Created(format!("/api/v1/me/contacts/{}", contact.id), contact))
}

/// The same, here or on one's own page.
pub async fn write_down(app: &App, who: &Attendee, new: NewContact) -> Result<Contact> {
    let now = app.clock.now();
    none_wrong(new.wrong(now))?;
    // Held, so that of many at once each is counted.
    let tx = write_as(app, who, who.person.id).await?;
    if contact::count_of(&tx, who.person.id).await? >= MOST {
        let detail = format!("you have {MOST} contacts, and there is room for no more");
        return Err(ApiError::Invalid(vec![FieldError::new("", "too_many", detail)]));
    }
    let row = contact::Model {
        id: ContactId::new(),
        organizer_id: who.person.organizer_id,
        owner_id: who.person.id,
        name: new.name,
        note: new.note,
        every_months: new.every_months.map(i32::from),
        in_touch_at: new.in_touch_at.map_or(now, micros),
        created_at: now,
    };
    contact::insert(&tx, row.clone()).await?;
    match row.every_months {
        Some(_) => gardening::asked_by(&tx, who.person.id, now).await?,
        None => gardening::heard_from(&tx, who.person.id, now).await?,
    }
    tx.commit().await?;
    Ok(Contact::of(row, now))
}

/// Changes what the merge patch names. A new `in_touch_at` sets the clock back.
pub async fn update(who: Attendee, app: web::Data<App>, id: web::Path<String>, patch: Patch<NewContact>) -> Result<Json<Contact>> {
    Ok(Json(change(&app, &who, &id, |before| patch.onto(before)).await?))
}

/// The two were in touch just now.
pub async fn be_in_touch(app: &App, who: &Attendee, id: &str) -> Result<()> {
    change(app, who, id, |before| Ok(NewContact { in_touch_at: None, ..before })).await?;
    Ok(())
}

async fn change(app: &App, who: &Attendee, id: &str, onto: impl FnOnce(NewContact) -> Result<NewContact>) -> Result<Contact> {
    let (tx, now) = (write_as(app, who, who.person.id).await?, app.clock.now());
    let row = contact::find_by_id(&tx, who.person.id, id_of(id)?).await?.ok_or(ApiError::NotFound)?;
    let form = onto(NewContact::of(&row))?;
    none_wrong(form.wrong(now))?;
    let in_touch_at = form.in_touch_at.map_or(now, micros);
    let changes = contact::ActiveModel {
        name: Set(form.name),
        note: Set(form.note),
        every_months: Set(form.every_months.map(i32::from)),
        in_touch_at: Set(in_touch_at),
        ..Default::default()
    };
    let asks = form.every_months.is_some_and(|months| row.every_months != Some(months.into()));
    contact::change(&tx, row.id, changes).await?;
    match (asks, in_touch_at == row.in_touch_at) {
        (true, _) => gardening::asked_by(&tx, who.person.id, now).await?,
        (false, false) => gardening::heard_from(&tx, who.person.id, now).await?,
        // Another name, or less often.
        (false, true) => gardening::plan_next(&tx, who.person.id, now).await?,
    }
    let row = contact::find_by_id(&tx, who.person.id, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Contact::of(row, now))
}

pub async fn remove(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<NoContent> {
    forget(&app, &who, &id).await?;
    Ok(NoContent)
}

/// The same, here or on one's own page. What was said of them goes with them.
pub async fn forget(app: &App, who: &Attendee, id: &str) -> Result<()> {
    let tx = write_as(app, who, who.person.id).await?;
    let (row, now) = (contact::find_by_id(&tx, who.person.id, id_of(id)?).await?.ok_or(ApiError::NotFound)?, app.clock.now());
    contact::remove(&tx, row.id).await?;
    gardening::plan_next(&tx, who.person.id, now).await?;
    erasing::forget_contact(app, &tx, &row, now).await?;
    Ok(tx.commit().await?)
}
