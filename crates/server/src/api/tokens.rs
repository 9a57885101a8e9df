//! Tokens of programs and scanners.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::token;
use convivio_domain::words::Role;
use convivio_domain::{Line, TokenId};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::id_of;
use crate::app::App;
use crate::http::{ApiError, Created, FieldError, Json, List, Listing, NoContent, Owner, Result, Staff, none_wrong};
use crate::keys;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    role: Role,
    #[serde(default)]
    label: Option<Line>,
    #[serde(default)]
    #[eserde(compat)]
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct Token {
    id: TokenId,
    label: Line,
    role: Role,
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// The token itself, in the answer to its creation and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Token {
    fn of(row: token::Model, token: Option<String>) -> Self {
        Self { id: row.id, label: row.label, role: row.role, expires_at: row.expires_at, created_at: row.created_at, token }
    }
}

pub async fn list(who: Staff<Owner>, app: web::Data<App>, listing: Listing) -> Result<List<Token>> {
    let page = token::list(&app.db.read(&who), listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.id, |row| Token::of(row, None)))
}

pub async fn create(who: Staff<Owner>, app: web::Data<App>, Json(new): Json<NewToken>) -> Result<Created<Token>> {
    let now = app.clock.now();
    let past = new.expires_at.is_some_and(|end| end <= now);
    none_wrong(past.then(|| FieldError::new("/expires_at", "in_the_past", "must be in the future")).into_iter().collect())?;
    let (secret, hash) = keys::new_staff_token();
    let label = new.label.unwrap_or_else(|| Line::parse("unnamed").expect("a plain line"));
    let tx = app.db.write(&who).await?;
    let new = token::New { member: None, label, role: new.role, hash, expires_at: new.expires_at };
    let row = token::insert(&tx, new, now).await?;
    tx.commit().await?;
    let location = format!("/api/v1/organizers/{}/tokens/{}", who.organizer.slug, row.id);
    Ok(Created(location, Token::of(row, Some(secret))))
}

pub async fn remove(who: Staff<Owner>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<NoContent> {
    let tx = app.db.write(&who).await?;
    if !token::remove(&tx, id_of(&path.1)?).await? {
        return Err(ApiError::NotFound);
    }
    tx.commit().await?;
    Ok(NoContent)
}
