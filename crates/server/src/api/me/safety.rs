//! Reports and blocks: what protects a person, and stays between them and the house.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, block, connection, person, registration, report};
use convivio_domain::words::{ReportReason, ReportState};
use convivio_domain::{Field, FreeText, PersonId, PersonName, RegistrationCode, ReportId};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::id_of;
use crate::app::App;
use crate::authoring::write_as;
use crate::erasing;
use crate::http::{ApiError, Attendee, Created, FieldError, Json, List, Listing, NoContent, Result};
use crate::keeping::{self, is_there};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    code: RegistrationCode,
    reason: ReportReason,
    #[serde(default)]
    text: Option<FreeText>,
}

/// What became of it is not told: that is about somebody else.
#[derive(Serialize, ToSchema)]
pub struct MyReport {
    id: ReportId,
    reason: ReportReason,
    text: Option<FreeText>,
    state: ReportState,
    created_at: DateTime<Utc>,
}

impl From<report::Model> for MyReport {
    fn from(row: report::Model) -> Self {
        Self { id: row.id, reason: row.reason, text: row.text, state: row.state, created_at: row.created_at }
    }
}

/// So many people may one person keep from the tables before anybody has looked.
const MOST_OPEN: usize = 5;

/// Saying it again about the same person, before staff have looked, replaces what was said.
pub async fn report(who: Attendee, app: web::Data<App>, Json(new): Json<NewReport>) -> Result<Created<MyReport>> {
    // Held, so that many reports at once are counted one after the other.
    let tx = write_as(&app, &who, who.person.id).await?;
    let about = at_my_events(&tx, &who, &new.code).await?;
    let open = report::open_of_reporter(&tx, who.person.id).await?;
    let row = match open.iter().find(|row| row.about_id == about.person_id) {
        Some(row) => {
            report::say_again(&tx, row.id, new.reason, new.text).await?;
            report::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?
        }
        None if open.len() >= MOST_OPEN => {
            let detail = format!("{MOST_OPEN} of your reports wait to be looked at; please wait for the organizer");
            return Err(ApiError::Invalid(vec![FieldError::new("/code", "too_many", detail)]));
        }
        None => {
            let row = report::Model {
                id: ReportId::new(),
                organizer_id: who.person.organizer_id,
                reporter_id: who.person.id,
                about_id: about.person_id,
                registration_id: about.id,
                reason: new.reason,
                text: new.text,
                state: ReportState::Open,
                outcome: None,
                resolved_at: None,
                created_at: app.clock.now(),
            };
            report::insert(&tx, row).await?
        }
    };
    tx.commit().await?;
    Ok(Created(format!("/api/v1/me/reports/{}", row.id), MyReport::from(row)))
}

pub async fn show_report(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<MyReport>> {
    let row = report::find_by_id(&app.db.read(&who), id_of(&id)?).await?;
    let mine = row.filter(|row| row.reporter_id == who.person.id).ok_or(ApiError::NotFound)?;
    Ok(Json(MyReport::from(mine)))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = BlockForm)]
#[serde(deny_unknown_fields)]
pub struct Somebody {
    code: RegistrationCode,
}

#[derive(Serialize, ToSchema)]
pub struct Block {
    /// Of their registration for an event that both went to, or where who brought the two together met them.
    pub code: RegistrationCode,
    /// Missing where the person keeps it.
    pub name: Option<PersonName>,
}

impl From<registration::Model> for Block {
    fn from(other: registration::Model) -> Self {
        let name = other.profile.visibility.shows_tablemates(Field::Name).then_some(other.name);
        Self { code: other.code, name }
    }
}

/// Whom one has blocked; nobody else learns it.
pub async fn blocks(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Block>> {
    let read = app.db.read(&who);
    let page = block::of_owner(&read, who.person.id, listing.cursor()?).await?;
    let mut known = known(&read, who.person.id, &page.rows).await?;
    Ok(listing.answer(page, |row| row.id, |row| known.remove(&row.other_id)).flatten())
}

/// Whom these blocks are of.
pub(super) async fn known(scope: &impl Scoped, me: PersonId, rows: &[block::Model]) -> Result<HashMap<PersonId, Block>> {
    let known = keeping::as_known(scope, me, rows.iter().map(|row| row.other_id)).await?;
    Ok(known.into_iter().map(|(person, other)| (person, Block::from(other))).collect())
}

pub async fn block(who: Attendee, app: web::Data<App>, Json(somebody): Json<Somebody>) -> Result<Created<Block>> {
    let other = keep_away(&app, &who, &somebody.code).await?;
    Ok(Created("/api/v1/me/blocks".to_owned(), Block::from(other)))
}

/// The same, here or on the page about them.
pub async fn keep_away(app: &App, who: &Attendee, code: &RegistrationCode) -> Result<registration::Model> {
    let (tx, now) = (app.db.write(who).await?, app.clock.now());
    let seen = at_my_events(&tx, who, code).await?;
    // Both are held: a prompt to either that is being made this moment is there by now, or is made behind the block.
    let held = person::lock_all(&tx, [who.person.id, seen.person_id]).await?;
    if held.iter().all(|one| one.id != who.person.id) {
        return Err(ApiError::NotFound);
    }
    // Whoever was erased meanwhile is nobody.
    let other = at_my_events(&tx, who, code).await?;
    block::insert(&tx, who.person.id, other.person_id, now).await?;
    connection::forget(&tx, who.person.id, other.person_id).await?;
    if !app.fault("block_guard_off") {
        erasing::tell_apart(app, &tx, who.person.id, other.person_id, now).await?;
    }
    tx.commit().await?;
    Ok(other)
}

pub async fn unblock(who: Attendee, app: web::Data<App>, Json(somebody): Json<Somebody>) -> Result<NoContent> {
    let_near(&app, &who, &somebody.code).await?;
    Ok(NoContent)
}

/// The same, here or on the page of preferences. Taking back what is not there changes nothing.
pub async fn let_near(app: &App, who: &Attendee, code: &RegistrationCode) -> Result<()> {
    let tx = write_as(app, who, who.person.id).await?;
    let other = at_my_events(&tx, who, code).await?;
    block::remove(&tx, who.person.id, other.person_id).await?;
    Ok(tx.commit().await?)
}

/// Somebody else whose address is known to be theirs, at an event of one's own, or who was introduced to oneself. Whoever is not there and a code
/// that does not exist answer alike.
async fn at_my_events(scope: &impl Scoped, who: &Attendee, code: &RegistrationCode) -> Result<registration::Model> {
    let found = registration::by_code_anywhere(scope, code).await?.filter(|row| is_there(row.state) && row.person_id != who.person.id);
    if let Some(other) = found {
        let mine = registration::of_person(scope, other.event_id, who.person.id).await?;
        // Only the code that the connection shows: another of theirs would tell who they are elsewhere.
        let known = connection::of_pair(scope, who.person.id, other.person_id).await?;
        let introduced = known.is_some_and(|row| row.introduced_by.is_some() && row.event_id == other.event_id);
        if introduced || mine.is_some_and(|mine| is_there(mine.state)) {
            return Ok(other);
        }
    }
    Err(ApiError::Invalid(vec![FieldError::new("/code", "unknown_member", "is nobody else at your events")]))
}
