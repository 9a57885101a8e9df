//! Which mails came back, and how. Told twice, it is known once.
//!
//! There is no address here: it stands with the mail.

use chrono::{DateTime, Utc};
use convivio_domain::words::BounceKind;
use convivio_domain::{BounceId, MessageId, OrganizerId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{IntoActiveModel, TryInsertResult};

use crate::scope::owned;
use crate::{Result, Scoped, Tx, message};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bounces")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BounceId,
    pub organizer_id: OrganizerId,
    pub message_id: MessageId,
    pub kind: BounceKind,
    pub created_at: DateTime<Utc>,
}
owned!();

/// Whether it was news: a mail comes back in one way once.
pub async fn insert(tx: &Tx, message: MessageId, kind: BounceKind, at: DateTime<Utc>) -> Result<bool> {
    let row = Model { id: BounceId::new(), organizer_id: tx.organizer(), message_id: message, kind, created_at: at };
    let once = OnConflict::columns([Column::MessageId, Column::Kind]).do_nothing().to_owned();
    let inserted = Entity::insert(row.into_active_model()).on_conflict(once).try_insert().exec(&tx.inner).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(_)))
}

/// How many mails to this address came back in this way since then.
pub async fn count(scope: &impl Scoped, email_normal: &str, kind: BounceKind, since: DateTime<Utc>) -> Result<u64> {
    let came_back = Query::select()
        .column(Column::MessageId)
        .from(Entity)
        .and_where(Column::OrganizerId.eq(scope.organizer()))
        .and_where(Column::Kind.eq(kind))
        .and_where(Column::CreatedAt.gte(since))
        .take();
    message::count_to(scope, email_normal, came_back).await
}
