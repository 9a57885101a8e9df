//! The workers' side of the outbox: rows are taken for the length of a lease, held on to, and marked under their fence.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::MessageId;
use convivio_domain::words::{MessageState, Reason};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, UpdateMany};

use super::{Column, Entity, Model, is_open};
use crate::lists::one_of;
use crate::scope::update;
use crate::{Central, Result, Tx};

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
        .and_where(is_open())
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
        .and_where(one_of(&central.writer, Column::Id, in_hand.iter().copied()))
        .and_where(Column::Owner.eq(owner))
        .and_where(Column::State.eq(MessageState::Claimed))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .take();
    take(central).col_expr(Column::LeaseUntil, central.now_plus(lease)).filter(Column::Id.in_subquery(free)).exec(&central.writer).await?;
    Ok(())
}

/// Those of these rows, each with its attempt, that are still this worker's as they stand in the database now, and still have the words that were
/// written down for them: those that name somebody who was erased are forgotten.
pub async fn still_mine(central: &Central, owner: &str, rows: &[(MessageId, i32)]) -> Result<HashSet<(MessageId, i32)>> {
    let found: Vec<(MessageId, i32)> = Central::find::<Entity>()
        .select_only()
        .columns([Column::Id, Column::Attempt])
        .filter(one_of(&central.reader, Column::Id, rows.iter().map(|(id, _)| *id)))
        .filter(Column::State.eq(MessageState::Claimed))
        .filter(Column::Owner.eq(owner))
        .filter(Column::Frozen.is_not_null())
        .filter(Expr::col(Column::LeaseUntil).gt(central.now_plus(TimeDelta::zero())))
        .into_tuple()
        .all(&central.reader)
        .await?;
    Ok(found.into_iter().filter(|row| rows.contains(row)).collect())
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
        .filter(is_open())
        .filter(Column::State.eq(MessageState::Claimed));
    if let Some(owner) = owner {
        held = held.filter(Column::Owner.eq(owner));
    }
    Ok(held.exec(&central.writer).await?.rows_affected)
}

#[allow(clippy::disallowed_methods, reason = "the outbox works for all organizers")]
fn take(_: &Central) -> UpdateMany<Entity> {
    Entity::update_many()
}

#[cfg(test)]
mod tests {
    use convivio_domain::words::MailKind;
    use convivio_domain::{EmailAddress, Locale, OrganizerId, Slug, Title};
    use rstest::rstest;
    use sea_orm::ConnectionTrait;

    use super::super::{Frozen, Notes, promise_all, write_down};
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

    async fn is_mine(central: &Central, mail: &Model) -> Result<bool> {
        let row = (mail.id, mail.attempt);
        Ok(still_mine(central, "me", &[row]).await?.contains(&row))
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

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn of_mails_that_are_marked_together_none_is_when_one_is_lost(#[values(false, true)] on_postgres: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        let database = a_run_and_three_sign_ins(if on_postgres { postgres() } else { sqlite(&folder) }).await;
        let (central, now) = (database.central(), instant("2026-03-02T10:00:00Z"));
        let mut claimed = claim(&central, "me", now, TimeDelta::seconds(60), Which::All, 5).await.expect("claimed");
        let organizer = claimed[0].organizer_id;
        let kept = Frozen { words: "{\"sender\":\"Circolo\"}".to_owned(), dated_at: now };
        let words = Notes { frozen: claimed.iter().map(|mail| (mail, &kept)).collect(), sent: Vec::new(), sent_at: now };
        assert!(write_down(&database, organizer, &words, || ()).await.expect("written"));
        let row = Central::find::<Entity>().filter(Column::Id.eq(claimed[2].id)).one(&central.writer).await.expect("read").expect("a row");
        assert_eq!((row.frozen, row.dated_at), (Some(serde_json::json!({"sender": "Circolo"})), Some(now)));

        // As it would be in the hands of somebody else by now.
        claimed[4].attempt += 1;
        let all = Notes { frozen: Vec::new(), sent: claimed.iter().collect(), sent_at: now };
        assert!(!write_down(&database, organizer, &all, || ()).await.expect("answered"));
        let ours = &claimed[..4];
        for mail in ours {
            assert!(is_mine(&central, mail).await.expect("asked"));
        }
        let others = Notes { frozen: Vec::new(), sent: ours.iter().collect(), sent_at: now };
        assert!(write_down(&database, organizer, &others, || ()).await.expect("written"));
        for mail in ours {
            assert!(!is_mine(&central, mail).await.expect("asked"));
        }
    }

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn a_mail_whose_words_were_forgotten_is_in_nobodys_hands(#[values(false, true)] on_postgres: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        let database = a_run_and_three_sign_ins(if on_postgres { postgres() } else { sqlite(&folder) }).await;
        let (central, now) = (database.central(), instant("2026-03-02T10:00:00Z"));
        let claimed = claim(&central, "me", now, TimeDelta::seconds(60), Which::All, 1).await.expect("claimed");
        let kept = Frozen { words: "{}".to_owned(), dated_at: now };
        let words = Notes { frozen: vec![(&claimed[0], &kept)], sent: Vec::new(), sent_at: now };
        assert!(write_down(&database, claimed[0].organizer_id, &words, || ()).await.expect("written"));
        assert!(is_mine(&central, &claimed[0]).await.expect("asked"));
        central.writer.execute_unprepared("UPDATE messages SET frozen = NULL").await.expect("forgotten");
        assert!(!is_mine(&central, &claimed[0]).await.expect("asked"));
    }
}
