//! What relays and mail providers tell of mails that came back.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_domain::EmailAddress;
use convivio_domain::words::{BounceKind, BounceType};
use convivio_mail::{Notice, bracketed, said_by_server};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::bouncing;
use crate::http::{ApiError, FieldError, Promised, Result, Signed};

/// What a provider tells, by way of whoever puts it into these words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BounceNotice {
    #[serde(default, rename = "type")]
    #[schema(value_type = BounceType, required)]
    kind: Option<BounceType>,
    /// The `Message-ID` of the mail; left out, it is about the address, at every organizer who knows it
    #[serde(default)]
    message_id: Option<String>,
    /// Whom the mail went to
    email: EmailAddress,
    /// Of a bounce: it will not be otherwise tomorrow; false if left out
    #[serde(default)]
    permanent: bool,
    /// What the server said
    #[serde(default)]
    detail: Option<String>,
    /// When; now if left out
    #[serde(default)]
    #[eserde(compat)]
    at: Option<DateTime<Utc>>,
}

/// `{}`: whether anybody here sent the mail is not told.
#[derive(Serialize, ToSchema)]
pub struct Heard {}

/// Takes a bounce or a complaint from `dsn`, as a mail, or from `generic`, as JSON.
pub async fn take(app: web::Data<App>, path: web::Path<String>, signed: Signed<BounceNotice>) -> Result<Promised<Heard>> {
    match path.as_str() {
        "dsn" => {
            let no_report = || ApiError::Malformed("the mail is no delivery status notification and no abuse report".to_owned());
            for notice in convivio_mail::read_report(signed.mail()?).ok_or_else(no_report)? {
                bouncing::take(&app, &notice, None).await?;
            }
        }
        "generic" => told(&app, signed.form()?).await?,
        _ => return Err(ApiError::NotFound),
    }
    Ok(Promised(Heard {}))
}

async fn told(app: &App, told: BounceNotice) -> Result<()> {
    let wrong = |pointer: &str, code: &str, detail: &str| ApiError::Invalid(vec![FieldError::new(pointer, code, detail)]);
    let kind = match told.kind.ok_or_else(|| wrong("/type", "required", "must be given"))? {
        BounceType::Bounce if told.permanent => BounceKind::Permanent,
        BounceType::Bounce => BounceKind::Temporary,
        BounceType::Complaint => BounceKind::Complaint,
        BounceType::Delivered => return Ok(()),
    };
    let Some(id) = told.message_id else { return Ok(bouncing::take_address(app, &told.email, kind).await?) };
    let message_id = bracketed(&id).ok_or_else(|| wrong("/message_id", "invalid", "must be a Message-ID"))?;
    let detail = told.detail.map(|said| said_by_server(&said));
    let notice = Notice { kind, message_id, recipients: vec![told.email], detail };
    Ok(bouncing::take(app, &notice, told.at).await?)
}
