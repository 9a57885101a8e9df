//! The outbox: one row a mail, written in the transaction of what caused it.
//!
//! A worker claims rows for the length of a lease, sends, and marks them; the attempt number is the fence. Progress is the rows' states and
//! nothing else. Leases and retries run by the database's clock, due times by the application's.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::{MailKind, MessageState, Reason};
use convivio_domain::{
    EmailAddress, EventId, IntroductionId, Locale, LoginId, MessageId, OrganizerId, PersonName, PromptId, RegistrationCode, RegistrationId,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Order, Query, SelectStatement};
use sea_orm::{Condition, IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect, TryInsertResult};

use crate::scope::{count_by, find, owned, update};
use crate::stored::names;
use crate::{Central, Cursor, Page, Result, Scoped, Tx};

mod together;
pub use together::{Frozen, freeze, sent};

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
    pub introduction_id: Option<IntroductionId>,
    pub kind: MailKind,
    /// Whether somebody waits for it ([`MailKind::is_asked_for`]): those leave first.
    pub asked_for: bool,
    /// Whether its reader brought it about this moment: it reaches them at a table too.
    pub by_reader: bool,
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

impl Model {
    /// Whether somebody's word may set it on its way again. Of what a rule spoke against only lateness can be waved through: consent, a stop and a
    /// refused address are not staff's to overrule, and what is no longer so is not told.
    pub fn may_be_tried_again(&self) -> bool {
        match self.state {
            MessageState::Held | MessageState::Dead => true,
            MessageState::Suppressed => self.reason == Some(Reason::Stale),
            _ => false,
        }
    }

    /// Whether it can still be called off: it has not left, and is in no worker's hands.
    pub fn may_be_called_off(&self) -> bool {
        matches!(self.state, MessageState::Pending | MessageState::Retry | MessageState::Held)
    }
}

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

pub async fn list(scope: &impl Scoped, event: EventId, state: Option<MessageState>, cursor: Cursor<MessageId>) -> Result<Page<Model>> {
    let mut messages = find::<Entity>(scope).filter(Column::EventId.eq(event));
    if let Some(state) = state {
        messages = messages.filter(Column::State.eq(state));
    }
    cursor.page(scope, messages, Column::Id).await
}

/// Every mail about one of these registrations, oldest first.
pub async fn of_registrations(scope: &impl Scoped, registrations: &[RegistrationId]) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::RegistrationId.is_in(registrations.iter().copied()));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn find_by_id(scope: &impl Scoped, event: EventId, id: MessageId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// How many of the event are in which state; a state nobody is in is left out.
pub async fn count_by_state(scope: &impl Scoped, event: EventId) -> Result<Vec<(MessageState, i64)>> {
    count_by(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::State).await
}

/// The mail of this `Message-ID`, whosever it is, if it has left or is leaving this moment.
pub async fn by_message_id(central: &Central, message_id: &str) -> Result<Option<Model>> {
    let with_id = Central::find::<Entity>().filter(Column::MessageId.eq(message_id));
    // In the words of the index of mails that left.
    Ok(with_id.filter(Expr::cust("state IN ('claimed', 'sent', 'bounced')")).one(&central.reader).await?)
}

/// Whether the mail still says that it went there: who was erased leaves it without an address.
pub async fn went_to(tx: &Tx, id: MessageId, email_normal: &str) -> Result<bool> {
    let same = find::<Entity>(tx).filter(Column::Id.eq(id)).filter(Column::ToEmailNormal.eq(email_normal));
    Ok(same.count(&tx.inner).await? == 1)
}

/// How many of those that `which` names went to this address.
pub(crate) async fn count_to(scope: &impl Scoped, email_normal: &str, which: SelectStatement) -> Result<u64> {
    let to = find::<Entity>(scope).filter(Column::ToEmailNormal.eq(email_normal));
    Ok(to.filter(Column::Id.in_subquery(which)).count(scope.connection()).await?)
}

/// It came back for good. Whatever its state says, somebody had it in hand: nobody else knows its `Message-ID`.
pub async fn bounced(tx: &Tx, id: MessageId, said: Option<&str>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Bounced))
        .col_expr(Column::Reason, Expr::value(Some(Reason::Bounced)))
        .col_expr(Column::LastError, Expr::value(said.map(str::to_owned)))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What a server said of it, kept for whoever looks into it.
pub async fn note(tx: &Tx, id: MessageId, said: Option<&str>) -> Result<()> {
    let noted = update::<Entity>(tx).col_expr(Column::LastError, Expr::value(said.map(str::to_owned)));
    noted.filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
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

/// The `Message-ID` of every follow-up that has left for these registrations, oldest first.
pub async fn follow_ups_sent(
    scope: &impl Scoped,
    registrations: impl IntoIterator<Item = RegistrationId>,
) -> Result<HashMap<RegistrationId, Vec<String>>> {
    let sent = find::<Entity>(scope)
        .select_only()
        .columns([Column::RegistrationId, Column::MessageId])
        .filter(Column::RegistrationId.is_in(registrations))
        .filter(Column::Kind.is_in(MailKind::follow_up()))
        .filter(Column::SentAt.is_not_null())
        .order_by_asc(Column::SentAt)
        .order_by_asc(Column::Id);
    let mut of_each: HashMap<RegistrationId, Vec<String>> = HashMap::new();
    for (registration, id) in sent.into_tuple::<(RegistrationId, String)>().all(scope.connection()).await? {
        of_each.entry(registration).or_default().push(id);
    }
    Ok(of_each)
}

/// Sets a mail on its way again that had come to its end: due at `due_at`, as if it had never failed. `false` when it is not any more what was seen.
pub async fn try_again(tx: &Tx, seen: &Model, due_at: DateTime<Utc>) -> Result<bool> {
    let again = as_seen(tx, seen)
        .col_expr(Column::State, Expr::value(MessageState::Pending))
        .col_expr(Column::Reason, Expr::value(None::<Reason>))
        .col_expr(Column::DueAt, Expr::value(due_at))
        .col_expr(Column::NextTryAt, Expr::value(DateTime::<Utc>::UNIX_EPOCH))
        .col_expr(Column::Failures, Expr::value(0));
    Ok(again.exec(&tx.inner).await?.rows_affected == 1)
}

/// Calls one mail off for good. `false` when it is not any more what was seen: a worker may have taken it this moment.
pub async fn call_off(tx: &Tx, seen: &Model) -> Result<bool> {
    let off = as_seen(tx, seen)
        .col_expr(Column::State, Expr::value(MessageState::Cancelled))
        .col_expr(Column::Reason, Expr::value(None::<Reason>));
    Ok(off.exec(&tx.inner).await?.rows_affected == 1)
}

/// The row if nobody has touched it since. The attempt number stays as it is: it is the workers' fence.
fn as_seen(tx: &Tx, seen: &Model) -> sea_orm::UpdateMany<Entity> {
    update::<Entity>(tx).filter(Column::Id.eq(seen.id)).filter(Column::State.eq(seen.state)).filter(Column::Attempt.eq(seen.attempt))
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

/// Every mail about a registration loses its reader and its words, and what has not left never will. How many had not.
pub async fn erase(tx: &Tx, registration: RegistrationId, nobody: &EmailAddress) -> Result<u64> {
    let off = update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Suppressed))
        .col_expr(Column::Reason, Expr::value(Some(Reason::Erased)))
        // Whoever has it in hand loses it, and keeps no words of it.
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::State.is_in(OPEN.into_iter().chain([MessageState::Held])))
        .exec(&tx.inner)
        .await?;
    // Nor is it let go by staff's word.
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Suppressed))
        .col_expr(Column::Reason, Expr::value(Some(Reason::Erased)))
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::State.is_in([MessageState::Dead, MessageState::Suppressed]))
        .exec(&tx.inner)
        .await?;
    update::<Entity>(tx)
        .col_expr(Column::ToEmailNormal, Expr::value(nobody.normal()))
        .col_expr(Column::ToEmail, Expr::value(nobody.clone()))
        .col_expr(Column::ToName, Expr::value(None::<PersonName>))
        .col_expr(Column::Frozen, Expr::value(None::<Json>))
        .col_expr(Column::LastError, Expr::value(None::<String>))
        .filter(Column::RegistrationId.eq(registration))
        .exec(&tx.inner)
        .await?;
    Ok(off.rows_affected)
}

/// What is in a worker's hands and has no words yet is given back: whoever has read what it is about finds it taken away, and reads again.
pub async fn give_back_unwritten(tx: &Tx) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Pending))
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::State.eq(MessageState::Claimed))
        .filter(Column::Frozen.is_null())
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// The words of every mail that names one of these registrations are forgotten; what has not left finds its words anew.
pub async fn forget_naming(tx: &Tx, codes: &[RegistrationCode]) -> Result<()> {
    if !codes.is_empty() {
        forget(tx, codes).exec(&tx.inner).await?;
    }
    Ok(())
}

/// The same, of the mails to these readers only.
pub async fn forget_naming_to(tx: &Tx, readers: &[RegistrationId], codes: &[RegistrationCode]) -> Result<()> {
    if !codes.is_empty() {
        forget(tx, codes).filter(Column::RegistrationId.is_in(readers.iter().copied())).exec(&tx.inner).await?;
    }
    Ok(())
}

/// The words of the mails of these prompts are forgotten.
pub async fn forget_of_prompts(tx: &Tx, prompts: impl IntoIterator<Item = PromptId>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Frozen, Expr::value(None::<Json>))
        .filter(Column::PromptId.is_in(prompts))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

fn forget(tx: &Tx, codes: &[RegistrationCode]) -> sea_orm::UpdateMany<Entity> {
    let any = codes.iter().fold(Condition::any(), |any, code| any.add(names(Column::Frozen, code.as_str())));
    let kept = update::<Entity>(tx).filter(Column::Frozen.is_not_null());
    kept.col_expr(Column::Frozen, Expr::value(None::<Json>)).filter(any)
}

/// The words of the mails about these introductions are forgotten.
pub(crate) async fn forget_introductions(tx: &Tx, introductions: impl IntoIterator<Item = IntroductionId>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Frozen, Expr::value(None::<Json>))
        .filter(Column::IntroductionId.is_in(introductions))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Calls off the mails that would bring these links.
pub(crate) async fn cancel_sign_ins(tx: &Tx, logins: &[LoginId]) -> Result<()> {
    // SQLite takes 32,766 bound values a statement.
    for some in logins.chunks(10_000) {
        update::<Entity>(tx)
            .col_expr(Column::State, Expr::value(MessageState::Suppressed))
            .col_expr(Column::Reason, Expr::value(Some(Reason::Expired)))
            .filter(Column::LoginId.is_in(some.iter().copied()))
            // In the words of the index of open rows: a login has none of its own.
            .filter(Expr::cust("state IN ('pending', 'retry', 'claimed')"))
            .exec(&tx.inner)
            .await?;
    }
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

/// Takes up to `limit` due rows for `lease`, those of a worker that went away included: what somebody waits for first, then the longest due.
/// Nobody else gets the same.
pub async fn claim(central: &Central, owner: &str, now: DateTime<Utc>, lease: TimeDelta, which: Which, limit: u64) -> Result<Vec<Model>> {
    let due = due(central, now, which, limit).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).take();
    let mut claimed = take(central)
        .col_expr(Column::State, Expr::value(MessageState::Claimed))
        .col_expr(Column::Owner, Expr::value(Some(owner.to_owned())))
        .col_expr(Column::LeaseUntil, central.now_plus(lease))
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .filter(Column::Id.in_subquery(due))
        .exec_with_returning(&central.writer)
        .await?;
    // An update gives its rows in any order.
    claimed.sort_by_key(|message| (!message.asked_for, message.due_at));
    Ok(claimed)
}

/// Takes rows that another worker may take as well, under a name and a number that tell nobody apart. It exists so that the tests can show what
/// [`claim`] is good for.
#[cfg(debug_assertions)]
pub async fn claim_unguarded(central: &Central, now: DateTime<Utc>, lease: TimeDelta, which: Which, limit: u64) -> Result<Vec<Model>> {
    let due = due(central, now, which, limit);
    let seen: Vec<MessageId> = Central::find::<Entity>()
        .filter(Column::Id.in_subquery(due))
        .all(&central.writer)
        .await?
        .into_iter()
        .map(|message| message.id)
        .collect();
    if seen.is_empty() {
        return Ok(Vec::new());
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    Ok(take(central)
        .col_expr(Column::State, Expr::value(MessageState::Claimed))
        .col_expr(Column::Owner, Expr::value(Some("anybody")))
        .col_expr(Column::LeaseUntil, central.now_plus(lease))
        .filter(Column::Id.is_in(seen))
        .exec_with_returning(&central.writer)
        .await?)
}

/// The rows a worker may take, in their order, which is that of the index of open rows.
fn due(central: &Central, now: DateTime<Utc>, which: Which, limit: u64) -> SelectStatement {
    let waiting = Column::State
        .is_in([MessageState::Pending, MessageState::Retry])
        .and(Expr::col(Column::NextTryAt).lte(central.now_plus(TimeDelta::zero())));
    let abandoned = Column::State.eq(MessageState::Claimed).and(Expr::col(Column::LeaseUntil).lt(central.now_plus(TimeDelta::zero())));
    let mut due = Query::select()
        .column(Column::Id)
        .from(Entity)
        // Said once more in full and word for word, for without that neither database sees that the index of open rows will do.
        .and_where(Expr::cust("state IN ('pending', 'retry', 'claimed')"))
        .and_where(Column::DueAt.lte(now))
        .cond_where(Condition::any().add(waiting).add(abandoned))
        .order_by(Column::AskedFor, Order::Desc)
        .order_by(Column::DueAt, Order::Asc)
        .limit(limit)
        .take();
    if which == Which::AskedFor {
        due.and_where(Column::AskedFor.eq(true));
    }
    due
}

/// Holds on to these rows, as far as they are still this worker's.
pub async fn extend_leases(central: &Central, owner: &str, in_hand: &[MessageId], lease: TimeDelta) -> Result<()> {
    // A row that is being written down this moment is passed by: two who each hold one of the other's would wait for ever.
    let free = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Id.is_in(in_hand.iter().copied()))
        .and_where(Column::Owner.eq(owner))
        .and_where(Column::State.eq(MessageState::Claimed))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .take();
    take(central).col_expr(Column::LeaseUntil, central.now_plus(lease)).filter(Column::Id.in_subquery(free)).exec(&central.writer).await?;
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

/// What became of a mail that was not sent.
pub enum Outcome {
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
    /// The relay says that there is no such address: dead, and so is the address.
    AddressRefused {
        error: String,
    },
}

/// Marks a claimed row within the transaction that holds what follows from it; `false` when it was lost to another worker meanwhile, and then
/// nothing should be committed.
pub async fn finish(tx: &Tx, message: &Model, outcome: &Outcome) -> Result<bool> {
    // The attempt number is the fence: a worker that woke up late finds it changed and leaves the row alone.
    let mine = update::<Entity>(tx)
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(message.id))
        .filter(Column::Owner.eq(message.owner.clone()))
        .filter(Column::Attempt.eq(message.attempt))
        .filter(Column::State.eq(MessageState::Claimed));
    let marked = match outcome {
        Outcome::Retry { after, error, counts } => mine
            .col_expr(Column::State, Expr::value(MessageState::Retry))
            .col_expr(Column::NextTryAt, tx.now_plus(*after))
            .col_expr(Column::LastError, Expr::value(Some(error.clone())))
            .col_expr(Column::Failures, Expr::col(Column::Failures).add(i32::from(*counts))),
        Outcome::Later { due_at } => {
            mine.col_expr(Column::State, Expr::value(MessageState::Pending)).col_expr(Column::DueAt, Expr::value(*due_at))
        }
        Outcome::Ended { state, reason, error } => mine
            .col_expr(Column::State, Expr::value(*state))
            .col_expr(Column::Reason, Expr::value(Some(*reason)))
            .col_expr(Column::LastError, Expr::value(error.clone())),
        Outcome::AddressRefused { error } => mine
            .col_expr(Column::State, Expr::value(MessageState::Dead))
            .col_expr(Column::Reason, Expr::value(Some(Reason::RelayRefused)))
            .col_expr(Column::LastError, Expr::value(Some(error.clone()))),
    };
    Ok(marked.exec(&tx.inner).await?.rows_affected == 1)
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

/// How many mails stand in a state, and when the first of them was due.
pub type InState = (MessageState, i64, Option<DateTime<Utc>>);

/// What is open, dead or held. Both sums are read off indexes that hold only such rows.
pub async fn unsent_by_state(central: &Central) -> Result<Vec<InState>> {
    let mut all = Vec::new();
    for states in ["state IN ('pending', 'retry', 'claimed')", "state IN ('dead', 'held')"] {
        let some = Central::find::<Entity>()
            .select_only()
            .column(Column::State)
            .column_as(Column::Id.count(), "count")
            .column_as(Column::DueAt.min(), "first")
            .filter(Expr::cust(states))
            .group_by(Column::State)
            .into_tuple::<InState>()
            .all(&central.reader)
            .await?;
        all.extend(some);
    }
    Ok(all)
}

/// Whether any worker has a due mail in hand.
pub async fn any_claimed(central: &Central) -> Result<bool> {
    Ok(Central::find::<Entity>().filter(Column::State.eq(MessageState::Claimed)).one(&central.reader).await?.is_some())
}

#[allow(clippy::disallowed_methods, reason = "the outbox works for all organizers")]
fn take(_: &Central) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
}

#[cfg(test)]
mod tests {
    use convivio_domain::{Slug, Title};
    use rstest::rstest;
    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::testing::{explained, postgres, sqlite};
    use crate::{Database, Settings, Store, organizer};

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn mail(organizer: OrganizerId, number: u32, kind: MailKind, state: MessageState) -> Model {
        let email = EmailAddress::parse(&format!("p{number}@example.org")).expect("an address");
        let due_at = instant("2026-03-01T10:00:00Z") + TimeDelta::seconds(number.into());
        Model {
            id: MessageId::new(),
            organizer_id: organizer,
            event_id: None,
            registration_id: None,
            prompt_id: None,
            login_id: None,
            introduction_id: None,
            kind,
            asked_for: kind.is_asked_for(),
            by_reader: false,
            state,
            reason: None,
            dedup_key: number.to_string(),
            to_email_normal: email.normal(),
            to_email: email,
            to_name: None,
            locale: Locale::En,
            message_id: String::new(),
            frozen: None,
            due_at,
            next_try_at: DateTime::UNIX_EPOCH,
            attempt: 0,
            failures: 0,
            owner: None,
            lease_until: None,
            dated_at: None,
            sent_at: None,
            last_error: None,
            created_at: due_at,
        }
    }

    /// A database with many mails long sent, a follow-up run of thousands, and behind it three that somebody waits for.
    async fn a_run_and_three_sign_ins(store: Store) -> Database {
        let database = Database::open(&Settings { store, pool: 2 }).await.expect("an empty database");
        let (slug, name) = (Slug::parse("circolo").expect("a slug"), Title::parse("Circolo").expect("a title"));
        let now = instant("2026-03-01T10:00:00Z");
        let organizer = organizer::insert(&database.central(), slug, name, now).await.expect("inserted").expect("new");
        let of = |range: std::ops::Range<u32>, kind, state| range.map(move |number| mail(organizer.id, number, kind, state));
        let mut mails: Vec<_> = of(0..6000, MailKind::F1, MessageState::Sent).collect();
        mails.extend(of(6000..9000, MailKind::F1, MessageState::Pending));
        mails.extend(of(9000..9003, MailKind::Login, MessageState::Pending));
        let tx = database.write(&organizer).await.expect("a transaction");
        promise_all(&tx, mails).await.expect("promised");
        tx.commit().await.expect("committed");
        database.central().writer.execute_unprepared("ANALYZE").await.expect("counted");
        database
    }

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_somebody_waits_for_is_claimed_first_and_then_the_longest_due(#[values(false, true)] on_postgres: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        let database = a_run_and_three_sign_ins(if on_postgres { postgres() } else { sqlite(&folder) }).await;
        let (central, now) = (database.central(), instant("2026-03-02T10:00:00Z"));
        let claimed = claim(&central, "me", now, TimeDelta::seconds(60), Which::All, 5).await.expect("claimed");
        let keys: Vec<_> = claimed.iter().map(|message| message.dedup_key.as_str()).collect();
        assert_eq!(keys, ["9000", "9001", "9002", "6000", "6001"]);
        let none = claim(&central, "me", now, TimeDelta::seconds(60), Which::AskedFor, 5).await.expect("claimed");
        assert!(none.is_empty(), "{none:?}");
    }

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn a_claim_reads_the_index_of_open_rows_in_its_order(
        #[values(false, true)] on_postgres: bool,
        #[values(Which::All, Which::AskedFor)] which: Which,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let database = a_run_and_three_sign_ins(if on_postgres { postgres() } else { sqlite(&folder) }).await;
        let central = database.central();
        let due = due(&central, instant("2026-03-02T10:00:00Z"), which, 32);
        let plan = explained(&central.writer, central.writer.get_database_backend().build(&due)).await;
        assert!(plan.contains("messages_open"), "{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
