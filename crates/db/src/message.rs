//! The outbox: one row a mail, written in the transaction of what caused it.
//!
//! A worker claims rows for the length of a lease, sends, and marks them; the attempt number is the fence. Progress is the rows' states and
//! nothing else. Leases and retries run by the database's clock, due times by the application's.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use convivio_domain::words::{MailKind, MessageState, Reason};
use convivio_domain::{
    EmailAddress, EventId, IntroductionId, Locale, LoginId, MessageId, OrganizerId, PersonName, PromptId, RegistrationId,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict, SelectStatement};
use sea_orm::{IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect, TryInsertResult};

use crate::lists::one_of;
use crate::scope::{count_by, find, owned, update};
use crate::{Central, Cursor, Page, Result, Scoped, Tx};

mod forgetting;
mod together;
mod unwritten;
mod working;
pub(crate) use forgetting::forget_introductions;
pub use forgetting::{erase, forget_naming, forget_naming_to, forget_of_prompts, forget_unsent_of_prompts};
pub use together::{Frozen, Notes, write_down};
pub use unwritten::{give_back_unwritten, write_in};
#[cfg(debug_assertions)]
pub use working::claim_unguarded;
pub use working::{Outcome, Which, claim, extend_leases, finish, release, still_mine};

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
    #[sea_orm(column_type = "Json", nullable)]
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
/// Somebody may have it.
const LEFT: [MessageState; 3] = [MessageState::Claimed, MessageState::Sent, MessageState::Bounced];

/// The same states as [`OPEN`], as the database derives them for the index of such rows. Neither database sees by itself that a claimed mail is one.
fn is_open() -> Expr {
    Expr::cust("is_open")
}

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

/// Those of them that have not left, held until the transaction ends: no worker takes one, or writes its words down.
pub async fn lock_unsent_of_registrations(tx: &Tx, registrations: &[RegistrationId]) -> Result<Vec<Model>> {
    let unsent = find::<Entity>(tx).filter(Column::RegistrationId.is_in(registrations.iter().copied())).filter(Column::SentAt.is_null());
    Ok(unsent.order_by_asc(Column::Id).lock_exclusive().all(&tx.inner).await?)
}

/// Those of these prompts of which a mail has not left, and may: by itself or by staff's word.
pub async fn prompts_with_mail_to_come(scope: &impl Scoped, prompts: &[PromptId]) -> Result<BTreeSet<PromptId>> {
    let unsent = find::<Entity>(scope).filter(Column::PromptId.is_in(prompts.iter().copied())).filter(Column::SentAt.is_null());
    let mails = unsent.all(scope.connection()).await?;
    let may_leave = mails.into_iter().filter(|mail| OPEN.contains(&mail.state) || mail.may_be_tried_again());
    Ok(may_leave.filter_map(|mail| mail.prompt_id).collect())
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
    Ok(with_id.filter(Column::State.is_in(LEFT)).one(&central.reader).await?)
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
        .filter(one_of(scope.connection(), Column::RegistrationId, registrations))
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

/// Calls off the mails that would bring these links.
pub(crate) async fn cancel_sign_ins(tx: &Tx, logins: &[LoginId]) -> Result<()> {
    // SQLite takes 32,766 bound values a statement.
    for some in logins.chunks(10_000) {
        update::<Entity>(tx)
            .col_expr(Column::State, Expr::value(MessageState::Suppressed))
            .col_expr(Column::Reason, Expr::value(Some(Reason::Expired)))
            .filter(Column::LoginId.is_in(some.iter().copied()))
            // By the index of open rows: a login has none of its own.
            .filter(is_open())
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
        .filter(is_open())
        .filter(Column::State.eq(MessageState::Pending))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// How many mails stand in a state, and when the first of them was due.
pub type InState = (MessageState, i64, Option<DateTime<Utc>>);

/// What is open, dead or held. Both sums are read off indexes that hold only such rows.
pub async fn unsent_by_state(central: &Central) -> Result<Vec<InState>> {
    let mut all = Vec::new();
    for some in [is_open(), Expr::cust("is_stuck")] {
        let some = Central::find::<Entity>()
            .select_only()
            .column(Column::State)
            .column_as(Column::Id.count(), "count")
            .column_as(Column::DueAt.min(), "first")
            .filter(some)
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
    let claimed = Central::find::<Entity>().filter(is_open()).filter(Column::State.eq(MessageState::Claimed));
    Ok(claimed.one(&central.reader).await?.is_some())
}
