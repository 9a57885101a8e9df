//! Changing one's mind: what one hopes for, with whom one would sit, and whether one comes at all.

use actix_web::web;
use convivio_db::{Set, Stored, Tx, event, registration};
use convivio_domain::words::RegistrationState;
use convivio_domain::{FreeText, RegistrationCode, Wishes};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::registrations::Registration;
use crate::app::App;
use crate::http::{ApiError, Attendee, IfMatch, Patch, Result, Tagged, none_wrong};
use crate::outbox::promise::By;
use crate::{registering, waiting};

/// What one may change of one's own registration; all else is in the profile, or for the organizer to change.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyWishes {
    #[serde(default)]
    intention: Option<FreeText>,
    #[serde(default)]
    wishes: Wishes,
}

/// Changes what the merge patch names, as long as the event has not ended.
pub async fn update(
    who: Attendee,
    app: web::Data<App>,
    code: web::Path<String>,
    if_match: IfMatch,
    patch: Patch<MyWishes>,
) -> Result<Tagged<Registration>> {
    let tx = app.db.write(&who).await?;
    let (event, row) = hold_own(&tx, &who, &code, &if_match).await?;
    if !row.state.is_live() {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let form = patch.onto(MyWishes { intention: row.intention.clone(), wishes: row.wishes.0.clone() })?;
    none_wrong(registering::too_many(&registering::counts_of(&form.wishes)))?;
    let changes = registration::ActiveModel { intention: Set(form.intention), wishes: Set(Stored(form.wishes)), ..Default::default() };
    registration::change(&tx, row.id, changes).await?;
    let answer = shown(&tx, row, &event).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Gives the seat, or the place in line, to somebody else.
pub async fn cancel(who: Attendee, app: web::Data<App>, code: web::Path<String>, if_match: IfMatch) -> Result<Tagged<Registration>> {
    let (event, row) = leave(&app, &who, &code, &if_match).await?;
    // Who has left sits nowhere.
    Ok(Tagged(row.version, Registration::of(row, &event, None)))
}

/// What the page and the API do alike. Who has come stays: what follows the evening is theirs.
pub async fn leave(app: &App, who: &Attendee, code: &str, if_match: &IfMatch) -> Result<(event::Model, registration::Model)> {
    let tx = app.db.write(who).await?;
    let (event, row) = hold_own(&tx, who, code, if_match).await?;
    if !may_leave(&event, &row) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    waiting::cancel(app, &tx, By::Reader, &row).await?;
    let row = registration::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    waiting::commit_and_offer(app, tx, event.id).await?;
    Ok((event, row))
}

pub fn may_leave(event: &event::Model, row: &registration::Model) -> bool {
    event.gives_seats() && row.state.is_live() && row.state != RegistrationState::CheckedIn
}

/// One's own registration and its event, both held; the event has not ended.
async fn hold_own(tx: &Tx, who: &Attendee, code: &str, if_match: &IfMatch) -> Result<(event::Model, registration::Model)> {
    let code = RegistrationCode::parse(code).map_err(|_| ApiError::NotFound)?;
    let own = |row: &registration::Model| row.person_id == who.person.id;
    let seen = registration::by_code_anywhere(tx, &code).await?.filter(own).ok_or(ApiError::NotFound)?;
    let event = event::lock(tx, seen.event_id).await?.ok_or(ApiError::NotFound)?;
    let row = registration::lock(tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    if_match.ensure(row.version)?;
    if event.gives_seats() { Ok((event, row)) } else { Err(ApiError::WrongState(event.state.to_string())) }
}

async fn shown(tx: &Tx, row: registration::Model, event: &event::Model) -> Result<Tagged<Registration>> {
    let row = registration::find_by_id(tx, row.id).await?.ok_or(ApiError::NotFound)?;
    Ok(Tagged(row.version, Registration::seated(tx, row, event).await?))
}
