//! Rounds: protected windows of conversation.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::RoundState;
use convivio_domain::{EventId, OrganizerId, PlanId, RoundId, RoundPlan};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder, QuerySelect, Set};

use crate::scope::{delete, find, owned, update};
use crate::{Central, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rounds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoundId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub number: i16,
    pub minutes: i16,
    pub break_minutes: i16,
    pub starts_at: Option<DateTime<Utc>>,
    pub state: RoundState,
    pub started_at: Option<DateTime<Utc>>,
    /// When a live round ends without anybody's word.
    pub finishes_by: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// The plan in force when it started.
    pub plan_id: Option<PlanId>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// A live round ends by itself this long after its length.
const GRACE: TimeDelta = TimeDelta::minutes(15);

pub async fn of_event(scope: &impl Scoped, event: EventId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).order_by_asc(Column::Number).all(scope.connection()).await?)
}

/// Puts these rounds in the place of the old ones.
pub async fn replace(tx: &Tx, event: EventId, rounds: &[RoundPlan], now: DateTime<Utc>) -> Result<Vec<Model>> {
    delete::<Entity>(tx).filter(Column::EventId.eq(event)).exec(&tx.inner).await?;
    let rows = (1..).zip(rounds).map(|(number, round)| ActiveModel {
        id: Set(RoundId::new()),
        organizer_id: Set(tx.organizer()),
        event_id: Set(event),
        number: Set(number),
        minutes: Set(i16::try_from(round.minutes).unwrap_or(i16::MAX)),
        break_minutes: Set(i16::try_from(round.break_minutes).unwrap_or(i16::MAX)),
        starts_at: Set(round.starts_at),
        state: Set(RoundState::Planned),
        started_at: Set(None),
        finishes_by: Set(None),
        finished_at: Set(None),
        plan_id: Set(None),
        created_at: Set(now),
    });
    Entity::insert_many(rows).exec(&tx.inner).await?;
    of_event(tx, event).await
}

/// Whether it was planned until now.
pub async fn start(tx: &Tx, round: &Model, plan: PlanId, now: DateTime<Utc>) -> Result<bool> {
    let finishes_by = now + TimeDelta::minutes(round.minutes.into()) + GRACE;
    let started = update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(RoundState::Live))
        .col_expr(Column::StartedAt, Expr::value(Some(now)))
        .col_expr(Column::FinishesBy, Expr::value(Some(finishes_by)))
        .col_expr(Column::PlanId, Expr::value(Some(plan)))
        .filter(Column::Id.eq(round.id))
        .filter(Column::State.eq(RoundState::Planned))
        .exec(&tx.inner)
        .await?;
    Ok(started.rows_affected == 1)
}

/// Whether it was live until now.
pub async fn finish(tx: &Tx, id: RoundId, now: DateTime<Utc>) -> Result<bool> {
    let finished = update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(RoundState::Done))
        .col_expr(Column::FinishedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(RoundState::Live))
        .exec(&tx.inner)
        .await?;
    Ok(finished.rows_affected == 1)
}

/// The live round of an event, if there is one.
pub async fn live(scope: &impl Scoped, event: EventId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::State.eq(RoundState::Live)).one(scope.connection()).await?)
}

/// All live rounds of the organizer.
pub async fn all_live(scope: &impl Scoped) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::State.eq(RoundState::Live)).all(scope.connection()).await?)
}

pub async fn due_to_finish(central: &Central, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>()
        .filter(Column::State.eq(RoundState::Live))
        .filter(Column::FinishesBy.lte(now))
        .order_by_asc(Column::FinishesBy)
        .limit(limit)
        .all(&central.reader)
        .await?)
}
