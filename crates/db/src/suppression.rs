//! Addresses not to write to: the relay said that they do not exist, mail to them came back, their readers complained, or staff said so.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::words::Reason;
use convivio_domain::{EmailAddress, OrganizerId, SuppressionId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, Select, Set};

use crate::lists::one_of;
use crate::scope::{delete, find, owned};
use crate::{Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "suppressions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SuppressionId,
    pub organizer_id: OrganizerId,
    pub email_normal: String,
    pub reason: Reason,
    pub created_at: DateTime<Utc>,
    /// From here on it counts no more.
    pub expires_at: Option<DateTime<Utc>>,
}
owned!();

/// There is one for an address: what is said later replaces what was said before.
pub async fn put(tx: &Tx, email_normal: &str, reason: Reason, expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(SuppressionId::new()),
        organizer_id: Set(tx.organizer()),
        email_normal: Set(email_normal.to_owned()),
        reason: Set(reason),
        created_at: Set(now),
        expires_at: Set(expires_at),
    };
    let anew = OnConflict::columns([Column::OrganizerId, Column::EmailNormal])
        .update_columns([Column::Reason, Column::CreatedAt, Column::ExpiresAt])
        .to_owned();
    Entity::insert(row).on_conflict(anew).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// The same by the word of a machine: what lasts longer stays as it was said.
pub async fn add(tx: &Tx, email_normal: &str, reason: Reason, expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    let lasts = |end: Option<DateTime<Utc>>| end.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let stays = of(tx, email_normal, now).await?.is_some_and(|known| lasts(known.expires_at) >= lasts(expires_at));
    if stays { Ok(()) } else { put(tx, email_normal, reason, expires_at, now).await }
}

pub async fn remove(tx: &Tx, email: &EmailAddress) -> Result<()> {
    delete::<Entity>(tx).filter(Column::EmailNormal.eq(email.normal())).exec(&tx.inner).await?;
    Ok(())
}

/// What speaks against writing to any of these addresses.
pub async fn of_all(
    scope: &impl Scoped,
    emails_normal: impl IntoIterator<Item = &str>,
    now: DateTime<Utc>,
) -> Result<HashMap<String, Model>> {
    let rows = in_force(scope, now)
        .filter(one_of(scope.connection(), Column::EmailNormal, emails_normal.into_iter().map(str::to_owned)))
        .all(scope.connection())
        .await?;
    Ok(rows.into_iter().map(|one| (one.email_normal.clone(), one)).collect())
}

/// What speaks against writing to this address.
pub async fn of(scope: &impl Scoped, email_normal: &str, now: DateTime<Utc>) -> Result<Option<Model>> {
    Ok(in_force(scope, now).filter(Column::EmailNormal.eq(email_normal)).one(scope.connection()).await?)
}

/// Those in force, or the one of this address.
pub async fn list(
    scope: &impl Scoped,
    email: Option<&EmailAddress>,
    now: DateTime<Utc>,
    cursor: Cursor<SuppressionId>,
) -> Result<Page<Model>> {
    let only = email.map(|email| Column::EmailNormal.eq(email.normal()));
    cursor.page(scope, in_force(scope, now).filter(Condition::all().add_option(only)), Column::Id).await
}

fn in_force(scope: &impl Scoped, now: DateTime<Utc>) -> Select<Entity> {
    find::<Entity>(scope).filter(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now)))
}
