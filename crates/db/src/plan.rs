//! Plans: who sits where in all rounds. The seats stand in a table of their own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
pub use convivio_domain::Theme;
use convivio_domain::words::PlanState;
use convivio_domain::{EventId, OrganizerId, PlanId, Weights};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::scope::{find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlanId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub version: i32,
    pub state: PlanState,
    pub seed: i64,
    /// Of everything the engine was given; equal hashes and seeds give equal seats.
    pub input_hash: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub request: Stored<Request>,
    #[sea_orm(column_type = "JsonBinary")]
    pub tables: Stored<Vec<Table>>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub score: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub warnings: Stored<Vec<String>>,
    pub algorithm: String,
    pub took_ms: Option<i64>,
    pub published_at: Option<DateTime<Utc>>,
    /// Counts its changes; the `ETag`.
    pub revision: i32,
    pub created_at: DateTime<Utc>,
}
owned!();

/// What the organizer asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub time_limit_ms: Option<u64>,
    pub weights: Option<Weights>,
    /// Seats that are locked in that plan stay as they are.
    #[serde(default)]
    pub keep_locks_of: Option<PlanId>,
    /// It is that plan, for those who are there.
    #[serde(default)]
    pub repair_of: Option<PlanId>,
}

/// A table in one round, with what its members share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub round: u16,
    pub table: u16,
    #[serde(default)]
    pub label: Option<String>,
    pub theme: Theme,
    /// Staff gave it this theme; otherwise it is what its members share.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

pub async fn insert(tx: &Tx, plan: Model) -> Result<Model> {
    Ok(plan.into_active_model().insert(&tx.inner).await?)
}

/// The number the next plan of the event gets. The caller holds the event's row.
pub async fn next_version(tx: &Tx, event: EventId) -> Result<i32> {
    let last = find::<Entity>(tx).filter(Column::EventId.eq(event)).order_by_desc(Column::Version).one(&tx.inner).await?;
    Ok(last.map_or(1, |plan| plan.version + 1))
}

pub async fn find_by_id(scope: &impl Scoped, event: EventId, id: PlanId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// The tables of these plans.
pub async fn tables_of(scope: &impl Scoped, ids: &[PlanId]) -> Result<HashMap<PlanId, Vec<Table>>> {
    let tables = find::<Entity>(scope).filter(Column::Id.is_in(ids.iter().copied())).select_only().columns([Column::Id, Column::Tables]);
    let rows: Vec<(PlanId, Stored<Vec<Table>>)> = tables.into_tuple().all(scope.connection()).await?;
    Ok(rows.into_iter().map(|(id, tables)| (id, tables.0)).collect())
}

pub async fn list(scope: &impl Scoped, event: EventId, cursor: Cursor<PlanId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::Id).await
}

/// Every plan of the event, whatever came of it.
pub async fn all_of_event(tx: &Tx, event: EventId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(tx).filter(Column::EventId.eq(event)).order_by_asc(Column::Version).all(&tx.inner).await?)
}

/// Says what the plans of an event warn of in other words: `change` tells whether one was concerned.
pub async fn reword(tx: &Tx, event: EventId, change: impl Fn(&mut String) -> bool) -> Result<()> {
    for mut plan in find::<Entity>(tx).filter(Column::EventId.eq(event)).all(&tx.inner).await? {
        let concerned = plan.warnings.0.iter_mut().map(&change).fold(false, |any, one| any | one);
        if concerned {
            let warnings = Expr::value(plan.warnings);
            update::<Entity>(tx).col_expr(Column::Warnings, warnings).filter(Column::Id.eq(plan.id)).exec(&tx.inner).await?;
        }
    }
    Ok(())
}

/// Moves the plan on if it is still in the state that was seen, with what else changes.
pub async fn move_on(tx: &Tx, id: PlanId, from: PlanState, to: PlanState, changes: ActiveModel) -> Result<bool> {
    let moved = update::<Entity>(tx)
        .set(changes)
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from))
        .exec(&tx.inner)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Writes what was changed by hand; the state stays.
pub async fn change(tx: &Tx, id: PlanId, changes: ActiveModel) -> Result<()> {
    update::<Entity>(tx)
        .set(changes)
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}
