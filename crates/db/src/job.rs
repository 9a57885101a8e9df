//! Long work, claimed like mail: one row a job, with a lease, progress and a result.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::{JobKind, JobState};
use convivio_domain::{EventId, JobId, OrganizerId, PlanId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query};
use sea_orm::{IntoActiveModel, QuerySelect};

use crate::scope::{find, owned, update};
use crate::{Central, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub organizer_id: OrganizerId,
    pub event_id: Option<EventId>,
    pub plan_id: Option<PlanId>,
    pub kind: JobKind,
    pub state: JobState,
    #[sea_orm(column_type = "JsonBinary")]
    pub request: Json,
    pub done: i64,
    pub total: i64,
    pub note: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub result: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub problem: Option<Json>,
    pub cancel_requested: bool,
    /// How often it was claimed: the fence.
    pub attempt: i32,
    pub owner: Option<String>,
    pub lease_until: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    pub fn is_over(&self) -> bool {
        matches!(self.state, JobState::Succeeded | JobState::Failed | JobState::Cancelled)
    }
}

pub async fn insert(tx: &Tx, job: Model) -> Result<Model> {
    Ok(job.into_active_model().insert(&tx.inner).await?)
}

pub async fn find_by_id(scope: &impl Scoped, id: JobId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// Says what went wrong in the jobs of an event in other words: `change` tells whether one was concerned.
pub async fn reword(tx: &Tx, event: EventId, change: impl Fn(&mut Json) -> bool) -> Result<()> {
    for job in find::<Entity>(tx).filter(Column::EventId.eq(event)).filter(Column::Problem.is_not_null()).all(&tx.inner).await? {
        let Some(mut problem) = job.problem else { continue };
        if change(&mut problem) {
            let problem = Expr::value(Some(problem));
            update::<Entity>(tx).col_expr(Column::Problem, problem).filter(Column::Id.eq(job.id)).exec(&tx.inner).await?;
        }
    }
    Ok(())
}

/// Asks whoever works on it to stop; a job nobody has begun is cancelled at once.
pub async fn request_cancel(tx: &Tx, id: JobId) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::CancelRequested, Expr::value(true)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// Takes the oldest job nobody works on.
pub async fn claim(central: &Central, owner: &str, lease: TimeDelta) -> Result<Option<Model>> {
    let waiting = Column::State.eq(JobState::Queued);
    let abandoned = Column::State.eq(JobState::Running).and(Expr::col(Column::LeaseUntil).lt(central.now_plus(TimeDelta::zero())));
    let next = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::State.is_in([JobState::Queued, JobState::Running]))
        .and_where(waiting.or(abandoned))
        .order_by(Column::Id, Order::Asc)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .take();
    let claimed = take(central)
        .col_expr(Column::State, Expr::value(JobState::Running))
        .col_expr(Column::Owner, Expr::value(Some(owner.to_owned())))
        .col_expr(Column::LeaseUntil, central.now_plus(lease))
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .filter(Column::Id.in_subquery(next))
        .exec_with_returning(&central.writer)
        .await?;
    Ok(claimed.into_iter().next())
}

/// What a running job learns when it tells how far it is.
pub enum Standing {
    Go,
    Cancel,
    /// Someone else has taken it over.
    Lost,
}

/// Tells how far the job is.
pub async fn progress(central: &Central, job: &Model, done: i64, total: i64, note: Option<String>) -> Result<Standing> {
    let told = mine(central, job)
        .col_expr(Column::Done, Expr::value(done))
        .col_expr(Column::Total, Expr::value(total))
        .col_expr(Column::Note, Expr::value(note));
    standing(central, told).await
}

/// Holds on to the job.
pub async fn extend_lease(central: &Central, job: &Model, lease: TimeDelta) -> Result<Standing> {
    standing(central, mine(central, job).col_expr(Column::LeaseUntil, central.now_plus(lease))).await
}

async fn standing(central: &Central, changes: sea_orm::UpdateMany<Entity>) -> Result<Standing> {
    Ok(match changes.exec_with_returning(&central.writer).await?.first() {
        None => Standing::Lost,
        Some(job) if job.cancel_requested => Standing::Cancel,
        Some(_) => Standing::Go,
    })
}

pub struct Finished {
    pub state: JobState,
    pub result: Option<Json>,
    pub problem: Option<Json>,
    pub at: DateTime<Utc>,
}

/// Ends the job within the transaction that holds its effect; `false` when it was lost, and then nothing should be committed.
pub async fn finish(tx: &Tx, job: &Model, finished: Finished) -> Result<bool> {
    let ended = update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(finished.state))
        .col_expr(Column::Result, Expr::value(finished.result))
        .col_expr(Column::Problem, Expr::value(finished.problem))
        .col_expr(Column::FinishedAt, Expr::value(Some(finished.at)))
        .col_expr(Column::Done, Expr::col(Column::Total))
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(job.id))
        .filter(Column::Attempt.eq(job.attempt))
        .filter(Column::State.is_in([JobState::Running, JobState::Queued]))
        .exec(&tx.inner)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Gives back at once what nobody alive can be working on.
pub async fn release(central: &Central, owner: Option<&str>) -> Result<()> {
    let mut held = take(central)
        .col_expr(Column::State, Expr::value(JobState::Queued))
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::State.eq(JobState::Running));
    if let Some(owner) = owner {
        held = held.filter(Column::Owner.eq(owner));
    }
    held.exec(&central.writer).await?;
    Ok(())
}

/// How many jobs stand in an open state, and since when the first of them.
pub async fn open_by_state(central: &Central) -> Result<Vec<(JobState, i64, Option<DateTime<Utc>>)>> {
    Ok(Central::find::<Entity>()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .column_as(Column::CreatedAt.min(), "first")
        .filter(Expr::cust("state IN ('queued', 'running')"))
        .group_by(Column::State)
        .into_tuple()
        .all(&central.reader)
        .await?)
}

/// Whether any job is waiting or being worked on.
pub async fn any_open(central: &Central) -> Result<bool> {
    let open = Column::State.is_in([JobState::Queued, JobState::Running]);
    Ok(Central::find::<Entity>().filter(open).one(&central.reader).await?.is_some())
}

fn mine(central: &Central, job: &Model) -> sea_orm::UpdateMany<Entity> {
    take(central).filter(Column::Id.eq(job.id)).filter(Column::Owner.eq(job.owner.clone())).filter(Column::Attempt.eq(job.attempt))
}

#[allow(clippy::disallowed_methods, reason = "jobs are worked for all organizers")]
fn take(_: &Central) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
}
