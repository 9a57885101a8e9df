//! The outbox: one row a mail, written in the transaction of what caused it.
//!
//! A worker claims rows for the length of a lease, sends, and marks them; the attempt number is the fence. Progress is the rows' states and
//! nothing else. Leases and retries run by the database's clock, due times by the application's.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::{MailKind, MessageState, Reason};
use convivio_domain::{EmailAddress, EventId, Locale, LoginId, MessageId, OrganizerId, PersonName, PromptId, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Order, Query};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, TryInsertResult};

use crate::scope::{find, owned, update};
use crate::{Central, Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub organizer_id: OrganizerId,
    pub event_id: Option<EventId>,
    pub registration_id: Option<RegistrationId>,
    pub prompt_id: Option<PromptId>,
    pub login_id: Option<LoginId>,
    pub kind: MailKind,
    pub state: MessageState,
    pub reason: Option<Reason>,
    /// Event, kind, occurrence, recipient: the same mail is promised once.
    #[sea_orm(unique)]
    pub dedup_key: String,
    pub to_email: EmailAddress,
    pub to_email_normal: String,
    pub to_name: Option<PersonName>,
    pub locale: Locale,
    /// The `Message-ID`, the same at every try.
    pub message_id: String,
    /// What the words are made from, fixed at the first try so that a second cannot differ. Never a link: those are derived.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub frozen: Option<Json>,
    pub due_at: DateTime<Utc>,
    /// By real time.
    pub next_try_at: DateTime<Utc>,
    /// How often it was claimed: the fence.
    pub attempt: i32,
    /// How often the relay or the builder refused it.
    pub failures: i32,
    pub owner: Option<String>,
    pub lease_until: Option<DateTime<Utc>>,
    pub dated_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
}
owned!();

const OPEN: [MessageState; 3] = [MessageState::Pending, MessageState::Retry, MessageState::Claimed];

/// Whether it was promised now; a mail of the same key promised before stays as it is.
pub async fn promise(tx: &Tx, new: Model) -> Result<bool> {
    let once = OnConflict::column(Column::DedupKey).do_nothing().to_owned();
    let promised = Entity::insert(new.into_active_model()).on_conflict(once).try_insert().exec(&tx.inner).await?;
    Ok(matches!(promised, TryInsertResult::Inserted(_)))
}

pub async fn promise_all(tx: &Tx, new: Vec<Model>) -> Result<()> {
    for some in new.chunks(1000) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model))
            .on_conflict(OnConflict::column(Column::DedupKey).do_nothing().to_owned())
            .exec_without_returning(&tx.inner)
            .await?;
    }
    Ok(())
}

pub async fn list(scope: &impl Scoped, event: EventId, cursor: Cursor<MessageId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::Id).await
}

pub async fn find_by_id(scope: &impl Scoped, event: EventId, id: MessageId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// When a mail of this kind was last promised to the registration.
pub async fn last_promised(scope: &impl Scoped, registration: RegistrationId, kind: MailKind) -> Result<Option<DateTime<Utc>>> {
    let last = find::<Entity>(scope)
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::Kind.eq(kind))
        .order_by_desc(Column::Id)
        .one(scope.connection())
        .await?;
    Ok(last.map(|message| message.created_at))
}

/// Calls off what has not been sent to a registration, but for what is in some worker's hands this moment and checked again before it leaves.
pub async fn cancel_open(tx: &Tx, registration: RegistrationId, kinds: &[MailKind], reason: Reason) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Suppressed))
        .col_expr(Column::Reason, Expr::value(Some(reason)))
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(Column::State.is_in(OPEN))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// The same for everybody at an event.
pub async fn cancel_open_of_event(tx: &Tx, event: EventId, kinds: &[MailKind], reason: Reason) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Suppressed))
        .col_expr(Column::Reason, Expr::value(Some(reason)))
        .filter(Column::EventId.eq(event))
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(Column::State.is_in(OPEN))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What was put off until `from` may leave at `to`.
pub async fn bring_forward(tx: &Tx, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::DueAt, Expr::value(to))
        .filter(Column::DueAt.eq(from))
        .filter(Column::State.eq(MessageState::Pending))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Which mail a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    /// Only what somebody has just asked for.
    AskedFor,
}

/// Takes up to `limit` due rows for `lease`, those of a worker that went away included. Nobody else gets the same.
pub async fn claim(central: &Central, owner: &str, now: DateTime<Utc>, lease: TimeDelta, which: Which, limit: u64) -> Result<Vec<Model>> {
    let kinds = MailKind::ALL.iter().copied().filter(|kind| which == Which::All || kind.is_asked_for());
    let waiting = Column::State
        .is_in([MessageState::Pending, MessageState::Retry])
        .and(Expr::col(Column::NextTryAt).lte(central.now_plus(TimeDelta::zero())));
    let abandoned = Column::State.eq(MessageState::Claimed).and(Expr::col(Column::LeaseUntil).lt(central.now_plus(TimeDelta::zero())));
    let due = Query::select()
        .column(Column::Id)
        .from(Entity)
        // Said once more in full, so that PostgreSQL sees that the index of open rows will do.
        .and_where(Column::State.is_in(OPEN))
        .and_where(Column::DueAt.lte(now))
        .and_where(Column::Kind.is_in(kinds))
        .cond_where(Condition::any().add(waiting).add(abandoned))
        .order_by(Column::DueAt, Order::Asc)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .take();
    Ok(take(central)
        .col_expr(Column::State, Expr::value(MessageState::Claimed))
        .col_expr(Column::Owner, Expr::value(Some(owner.to_owned())))
        .col_expr(Column::LeaseUntil, central.now_plus(lease))
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .filter(Column::Id.in_subquery(due))
        .exec_with_returning(&central.writer)
        .await?)
}

/// Holds on to what this worker has in hand.
pub async fn extend_leases(central: &Central, owner: &str, lease: TimeDelta) -> Result<()> {
    take(central)
        .col_expr(Column::LeaseUntil, central.now_plus(lease))
        .filter(Column::Owner.eq(owner))
        .filter(Column::State.eq(MessageState::Claimed))
        .exec(&central.writer)
        .await?;
    Ok(())
}

/// Whether the row is still this worker's, as it stands in the database now.
pub async fn is_still_mine(central: &Central, message: &Model) -> Result<bool> {
    let found = Central::find::<Entity>()
        .filter(Column::Id.eq(message.id))
        .filter(Column::State.eq(MessageState::Claimed))
        .filter(Column::Owner.eq(message.owner.clone()))
        .filter(Column::Attempt.eq(message.attempt))
        .filter(Expr::col(Column::LeaseUntil).gt(central.now_plus(TimeDelta::zero())))
        .one(&central.writer)
        .await?;
    Ok(found.is_some())
}

/// What became of a try.
pub enum Outcome {
    Sent {
        at: DateTime<Utc>,
    },
    /// Try again after this much real time. A relay that is away is nobody's failure.
    Retry {
        after: TimeDelta,
        error: String,
        counts: bool,
    },
    /// Not now: it is due later.
    Later {
        due_at: DateTime<Utc>,
    },
    Ended {
        state: MessageState,
        reason: Reason,
        error: Option<String>,
    },
}

/// Marks a claimed row; `false` when it was lost to another worker meanwhile, and then nothing is written.
pub async fn finish(central: &Central, message: &Model, outcome: Outcome) -> Result<bool> {
    // The attempt number is the fence: a worker that woke up late finds it changed and leaves the row alone.
    let mine = take(central)
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(message.id))
        .filter(Column::Owner.eq(message.owner.clone()))
        .filter(Column::Attempt.eq(message.attempt))
        .filter(Column::State.eq(MessageState::Claimed));
    let marked = match outcome {
        Outcome::Sent { at } => {
            mine.col_expr(Column::State, Expr::value(MessageState::Sent)).col_expr(Column::SentAt, Expr::value(Some(at)))
        }
        Outcome::Retry { after, error, counts } => mine
            .col_expr(Column::State, Expr::value(MessageState::Retry))
            .col_expr(Column::NextTryAt, central.now_plus(after))
            .col_expr(Column::LastError, Expr::value(Some(error)))
            .col_expr(Column::Failures, Expr::col(Column::Failures).add(i32::from(counts))),
        Outcome::Later { due_at } => {
            mine.col_expr(Column::State, Expr::value(MessageState::Pending)).col_expr(Column::DueAt, Expr::value(due_at))
        }
        Outcome::Ended { state, reason, error } => mine
            .col_expr(Column::State, Expr::value(state))
            .col_expr(Column::Reason, Expr::value(Some(reason)))
            .col_expr(Column::LastError, Expr::value(error)),
    };
    Ok(marked.exec(&central.writer).await?.rows_affected == 1)
}

/// Fixes what the words are made from and the date, at the first try. `false` when the row was lost.
pub async fn freeze(central: &Central, message: &Model, frozen: Json, dated_at: DateTime<Utc>) -> Result<bool> {
    let frozen = take(central)
        .col_expr(Column::Frozen, Expr::value(Some(frozen)))
        .col_expr(Column::DatedAt, Expr::value(Some(dated_at)))
        .filter(Column::Id.eq(message.id))
        .filter(Column::Owner.eq(message.owner.clone()))
        .filter(Column::Attempt.eq(message.attempt))
        .exec(&central.writer)
        .await?;
    Ok(frozen.rows_affected == 1)
}

/// Gives back at once what a worker of this name holds: on SQLite a process knows at its start that no other one is alive, and at its end that
/// it will not send what it still has.
pub async fn release(central: &Central, owner: Option<&str>) -> Result<u64> {
    let mut held = take(central)
        .col_expr(Column::State, Expr::value(MessageState::Pending))
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::State.eq(MessageState::Claimed));
    if let Some(owner) = owner {
        held = held.filter(Column::Owner.eq(owner));
    }
    Ok(held.exec(&central.writer).await?.rows_affected)
}

/// Whether any worker has a due mail in hand.
pub async fn any_claimed(central: &Central) -> Result<bool> {
    Ok(Central::find::<Entity>().filter(Column::State.eq(MessageState::Claimed)).one(&central.reader).await?.is_some())
}

#[allow(clippy::disallowed_methods, reason = "the outbox works for all organizers")]
fn take(_: &Central) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
}
