//! Addresses that nothing is sent to.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::suppression;
use convivio_domain::words::Reason;
use convivio_domain::{EmailAddress, SuppressionId};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::{ApiError, Created, FieldError, Json, List, Listing, Manager, NoContent, Result, Staff, none_wrong};

#[derive(Serialize, ToSchema)]
pub struct Suppression {
    id: SuppressionId,
    /// In the form in which addresses are compared: in lower case, its domain in ASCII.
    email: String,
    /// `on_request` if staff said so, `address_refused` if the relay did, `bounced` if mail came back, `complaint` if the reader complained of it.
    reason: Reason,
    created_at: DateTime<Utc>,
    /// From here on it counts no more; never if nothing is said.
    expires_at: Option<DateTime<Utc>>,
}

impl From<suppression::Model> for Suppression {
    fn from(row: suppression::Model) -> Self {
        Self { id: row.id, email: row.email_normal, reason: row.reason, created_at: row.created_at, expires_at: row.expires_at }
    }
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SuppressionFilters {
    /// Only of this address
    email: Option<EmailAddress>,
}

pub async fn list(who: Staff<Manager>, app: web::Data<App>, listing: Listing<SuppressionFilters>) -> Result<List<Suppression>> {
    let email = listing.filters.email.as_ref();
    let page = suppression::list(&app.db.read(&who), email, app.clock.now(), listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.id, Suppression::from))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuppression {
    email: EmailAddress,
    /// From here on it counts no more; left out, it lasts until it is taken back.
    #[serde(default)]
    #[eserde(compat)]
    expires_at: Option<DateTime<Utc>>,
}

/// Said again, it replaces what was said before.
pub async fn create(who: Staff<Manager>, app: web::Data<App>, Json(new): Json<NewSuppression>) -> Result<Created<Suppression>> {
    let now = app.clock.now();
    let past = new.expires_at.is_some_and(|end| end <= now);
    none_wrong(past.then(|| FieldError::new("/expires_at", "in_the_past", "must be in the future")).into_iter().collect())?;
    let tx = app.db.write(&who).await?;
    suppression::put(&tx, &new.email.normal(), Reason::OnRequest, new.expires_at, now).await?;
    let row = suppression::of(&tx, &new.email.normal(), now).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Created(format!("/api/v1/organizers/{}/suppressions", who.organizer.slug), Suppression::from(row)))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SuppressionToEnd)]
#[serde(deny_unknown_fields)]
pub struct Address {
    email: EmailAddress,
}

/// Taking back what is not there changes nothing.
pub async fn remove(who: Staff<Manager>, app: web::Data<App>, Json(address): Json<Address>) -> Result<NoContent> {
    let tx = app.db.write(&who).await?;
    suppression::remove(&tx, &address.email).await?;
    tx.commit().await?;
    Ok(NoContent)
}
