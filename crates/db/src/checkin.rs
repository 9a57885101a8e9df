//! Check-ins: who was there. The nonce is the scanner's name for one scan, so that a repeated scan is told from a second person.

use chrono::{DateTime, Utc};
use convivio_domain::{CheckinId, EventId, Line, OrganizerId, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder, QuerySelect, Set};

use crate::scope::{find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checkins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CheckinId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub registration_id: RegistrationId,
    pub nonce: Line,
    /// When the person arrived, by the scanner's word.
    pub at: DateTime<Utc>,
    pub undone_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn insert(
    tx: &Tx,
    event: EventId,
    registration: RegistrationId,
    nonce: Line,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Model> {
    let row = ActiveModel {
        id: Set(CheckinId::new()),
        organizer_id: Set(tx.organizer()),
        event_id: Set(event),
        registration_id: Set(registration),
        nonce: Set(nonce),
        at: Set(at),
        undone_at: Set(None),
        created_at: Set(now),
    };
    Ok(row.insert(&tx.inner).await?)
}

pub async fn find_by_id(scope: &impl Scoped, event: EventId, id: CheckinId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// The check-in of a registration that has not been undone, or the one of this very scan.
pub async fn of_registration(scope: &impl Scoped, registration: RegistrationId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::RegistrationId.eq(registration)).order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn list(scope: &impl Scoped, event: EventId, cursor: Cursor<CheckinId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::Id).await
}

/// How many of the event were taken back.
pub async fn count_undone(scope: &impl Scoped, event: EventId) -> Result<i64> {
    let undone = find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::UndoneAt.is_not_null());
    let counted: Option<i64> = undone.select_only().column_as(Column::Id.count(), "count").into_tuple().one(scope.connection()).await?;
    Ok(counted.unwrap_or(0))
}

/// Takes back every check-in of the event that still stands.
pub async fn undo_all(tx: &Tx, event: EventId, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::UndoneAt, Expr::value(Some(now)))
        .filter(Column::EventId.eq(event))
        .filter(Column::UndoneAt.is_null())
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Whether it was still standing.
pub async fn undo(tx: &Tx, id: CheckinId, now: DateTime<Utc>) -> Result<bool> {
    let undone = update::<Entity>(tx)
        .col_expr(Column::UndoneAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(id))
        .filter(Column::UndoneAt.is_null())
        .exec(&tx.inner)
        .await?;
    Ok(undone.rows_affected == 1)
}
