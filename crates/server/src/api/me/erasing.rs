//! Being forgotten.

use actix_web::web;
use convivio_domain::EmailAddress;
use eserde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::erasing::{self, Erased};
use crate::http::{Attendee, Json, Result};

/// Nothing brings back what is erased, so it takes a word more than a link.
#[derive(Deserialize, ToSchema)]
#[schema(as = EraseForm)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The address of whoever is erased
    pub confirm: EmailAddress,
}

/// Forgets everything about oneself. Every link of one's own opens nothing from here on.
pub async fn erase(who: Attendee, app: web::Data<App>, Json(said): Json<Confirmation>) -> Result<Json<Erased>> {
    Ok(Json(erasing::erase(&app, &who, who.person.id, &said.confirm).await?))
}
