//! Addresses not to write to, because the relay said they do not exist or their owner complained.

use chrono::{DateTime, Utc};
use convivio_domain::words::Reason;
use convivio_domain::{OrganizerId, SuppressionId};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use crate::scope::{find, owned};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "suppressions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SuppressionId,
    pub organizer_id: OrganizerId,
    pub email_normal: String,
    pub reason: Reason,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn add(tx: &Tx, email_normal: &str, reason: Reason, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(SuppressionId::new()),
        organizer_id: Set(tx.organizer()),
        email_normal: Set(email_normal.to_owned()),
        reason: Set(reason),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Column::OrganizerId, Column::EmailNormal]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&tx.inner).await?;
    Ok(())
}

pub async fn holds(scope: &impl Scoped, email_normal: &str) -> Result<bool> {
    Ok(find::<Entity>(scope).filter(Column::EmailNormal.eq(email_normal)).one(scope.connection()).await?.is_some())
}
