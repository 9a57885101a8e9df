//! Rules an organizer sets for the seating.

use chrono::{DateTime, Utc};
use convivio_domain::words::RuleKind;
use convivio_domain::{EventId, OrganizerId, RegistrationCode, RuleId};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};

use crate::scope::{delete, find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RuleId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub kind: RuleKind,
    pub hard: bool,
    pub weight: Option<f64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub members: Stored<Vec<RegistrationCode>>,
    pub attribute: Option<String>,
    pub table: Option<i16>,
    pub k: Option<i16>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn insert(tx: &Tx, rule: Model) -> Result<Model> {
    Ok(rule.into_active_model().insert(&tx.inner).await?)
}

pub async fn find_by_id(scope: &impl Scoped, event: EventId, id: RuleId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

pub async fn of_event(scope: &impl Scoped, event: EventId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn list(scope: &impl Scoped, event: EventId, cursor: Cursor<RuleId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::Id).await
}

/// Whether there was one.
pub async fn remove(tx: &Tx, event: EventId, id: RuleId) -> Result<bool> {
    let removed = delete::<Entity>(tx).filter(Column::EventId.eq(event)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(removed.rows_affected == 1)
}

pub async fn change(tx: &Tx, id: RuleId, changes: ActiveModel) -> Result<()> {
    update::<Entity>(tx).set(changes).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}
