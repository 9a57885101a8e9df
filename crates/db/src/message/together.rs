//! What workers write down of several mails at once.
//!
//! On SQLite it is a transaction of a few statements: a connection is only a thread away, and what counts is the one commit. On PostgreSQL it is one
//! statement for each kind of note, for a round trip costs more than all that is done in it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::OrganizerId;
use convivio_domain::words::MessageState;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::sqlx::{self, Postgres};
use sea_orm::{ColumnTrait, DbErr, QueryFilter, RuntimeErr, UpdateMany};

use super::{Column, Entity, Model};
use crate::lists::{one_of, rounded};
use crate::scope::update;
use crate::{Database, Result, Tx, prompt};

/// What the words of a mail are made from, as JSON, and the date it bears.
#[derive(Clone, Debug)]
pub struct Frozen {
    pub words: String,
    pub dated_at: DateTime<Utc>,
}

/// What there is to write down of mails of one organizer, all of them in the hands of one worker.
#[derive(Debug)]
pub struct Notes<'a> {
    /// Their words are fixed at the first try.
    pub frozen: Vec<(&'a Model, &'a Frozen)>,
    /// The relay has them, and their prompts are sent with them.
    pub sent: Vec<&'a Model>,
    /// The latest of them.
    pub sent_at: DateTime<Utc>,
}

/// Writes them all down, and calls `before_end` when nothing is missing but the end of it. `false` when one of the mails was lost to another worker
/// meanwhile: then nothing is written that may not be written again.
pub async fn write_down(db: &Database, organizer: OrganizerId, notes: &Notes<'_>, before_end: impl FnOnce() + Send) -> Result<bool> {
    if !db.is_sqlite() {
        before_end();
        return Ok(freeze_at_once(db, organizer, &notes.frozen).await? && mark_at_once(db, organizer, &notes.sent, notes.sent_at).await?);
    }
    let tx = db.write(&organizer).await?;
    // The prompts before their mails, as everybody does who holds both.
    let prompts: Vec<_> = notes.sent.iter().filter_map(|mail| mail.prompt_id).collect();
    if !prompts.is_empty() {
        prompt::sent(&tx, prompts, notes.sent_at).await?;
    }
    if !freeze(&tx, &notes.frozen).await? || !mark(&tx, &notes.sent, notes.sent_at).await? {
        return Ok(false);
    }
    before_end();
    tx.commit().await?;
    Ok(true)
}

async fn freeze(tx: &Tx, mails: &[(&Model, &Frozen)]) -> Result<bool> {
    for some in of_one_attempt(mails, |(mail, _)| mail.attempt) {
        let (mut words, mut dates) = (CaseStatement::new(), CaseStatement::new());
        for (mail, frozen) in rounded(some.iter().copied()) {
            // SQLite keeps a document as text.
            words = words.case(Column::Id.eq(mail.id), Expr::value(frozen.words.clone()));
            dates = dates.case(Column::Id.eq(mail.id), Expr::value(Some(frozen.dated_at)));
        }
        let these: Vec<&Model> = some.iter().map(|(mail, _)| *mail).collect();
        let done = mine(tx, &these)
            .col_expr(Column::Frozen, words.finally(Expr::col(Column::Frozen)).into())
            .col_expr(Column::DatedAt, dates.finally(Expr::col(Column::DatedAt)).into())
            .filter(Expr::col(Column::LeaseUntil).gt(tx.now_plus(TimeDelta::zero())))
            .exec(&tx.inner)
            .await?;
        if done.rows_affected != these.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn mark(tx: &Tx, mails: &[&Model], at: DateTime<Utc>) -> Result<bool> {
    for some in of_one_attempt(mails, |mail| mail.attempt) {
        let done = mine(tx, &some)
            .col_expr(Column::State, Expr::value(MessageState::Sent))
            .col_expr(Column::SentAt, Expr::value(Some(at)))
            .col_expr(Column::Owner, Expr::value(None::<String>))
            .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
            .exec(&tx.inner)
            .await?;
        if done.rows_affected != some.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// In groups of which each has one fence: nearly all mails are sent at their first attempt.
fn of_one_attempt<T: Copy>(mails: &[T], attempt: impl Fn(&T) -> i32) -> Vec<Vec<T>> {
    let mut by_attempt: BTreeMap<i32, Vec<T>> = BTreeMap::new();
    for mail in mails {
        by_attempt.entry(attempt(mail)).or_default().push(*mail);
    }
    by_attempt.into_values().collect()
}

/// Those of them that are still in the worker's hands. They have one attempt, which is the fence, and one owner.
fn mine(tx: &Tx, mails: &[&Model]) -> UpdateMany<Entity> {
    let (owner, attempt) = mails.first().map(|mail| (mail.owner.clone(), mail.attempt)).unwrap_or_default();
    update::<Entity>(tx)
        .filter(one_of(&tx.inner, Column::Id, mails.iter().map(|mail| mail.id)))
        .filter(Column::Owner.eq(owner))
        .filter(Column::State.eq(MessageState::Claimed))
        .filter(Column::Attempt.eq(attempt))
}

/// The subquery for the time-out names no column, and is asked once, before any row is looked at. What stands in a subquery of its own is not looked at by
/// the planner: it would find so few rows in it that planning anew for each of them seemed worth it, which takes longer than to write them.
const FREEZE: &str = "
    UPDATE messages SET frozen = kept.words::json, dated_at = kept.dated_at
    FROM unnest((SELECT $4::uuid[]), (SELECT $5::int4[]), (SELECT $6::text[]), (SELECT $7::timestamptz[])) AS kept (id, attempt, words, dated_at)
    WHERE messages.organizer_id = $1 AND messages.owner = $2 AND messages.state = 'claimed'
      AND messages.id = kept.id AND messages.attempt = kept.attempt AND messages.lease_until > clock_timestamp()
      AND (SELECT set_config('lock_timeout', $3, true)) IS NOT NULL";

/// The prompts before their mails, as everybody does who holds both: the count is asked before a mail is touched. One mail too few is a division by
/// zero, and what fails leaves nothing behind.
const MARK: &str = "
    WITH prompted AS (
        UPDATE prompts SET state = 'sent', sent_at = $4
        WHERE organizer_id = $1 AND id = ANY ((SELECT $7)::uuid[]) AND state = 'queued'
          AND (SELECT set_config('lock_timeout', $3, true)) IS NOT NULL
        RETURNING 1
    ), marked AS (
        UPDATE messages SET state = 'sent', sent_at = $4, owner = NULL, lease_until = NULL
        FROM unnest((SELECT $5::uuid[]), (SELECT $6::int4[])) AS mine (id, attempt)
        WHERE messages.organizer_id = $1 AND messages.owner = $2 AND messages.state = 'claimed'
          AND messages.id = mine.id AND messages.attempt = mine.attempt AND (SELECT count(*) FROM prompted) >= 0
        RETURNING 1
    )
    SELECT 1 / CASE WHEN (SELECT count(*) FROM marked) = cardinality($5::uuid[]) THEN 1 ELSE 0 END";

/// What PostgreSQL calls a division by zero.
const TOO_FEW: &str = "22012";

async fn freeze_at_once(db: &Database, organizer: OrganizerId, mails: &[(&Model, &Frozen)]) -> Result<bool> {
    let Some((first, _)) = mails.first() else { return Ok(true) };
    let done = sqlx::query::<Postgres>(FREEZE)
        .bind(organizer.0)
        .bind(first.owner.clone())
        .bind(patience(mails.len()))
        .bind(mails.iter().map(|(mail, _)| mail.id.0).collect::<Vec<Uuid>>())
        .bind(mails.iter().map(|(mail, _)| mail.attempt).collect::<Vec<i32>>())
        .bind(mails.iter().map(|(_, frozen)| frozen.words.clone()).collect::<Vec<String>>())
        .bind(mails.iter().map(|(_, frozen)| frozen.dated_at).collect::<Vec<DateTime<Utc>>>())
        .execute(db.central().writer.get_postgres_connection_pool())
        .await
        .map_err(failed)?;
    Ok(done.rows_affected() == mails.len() as u64)
}

async fn mark_at_once(db: &Database, organizer: OrganizerId, mails: &[&Model], at: DateTime<Utc>) -> Result<bool> {
    let Some(first) = mails.first() else { return Ok(true) };
    let done = sqlx::query::<Postgres>(MARK)
        .bind(organizer.0)
        .bind(first.owner.clone())
        .bind(patience(mails.len()))
        .bind(at)
        .bind(mails.iter().map(|mail| mail.id.0).collect::<Vec<Uuid>>())
        .bind(mails.iter().map(|mail| mail.attempt).collect::<Vec<i32>>())
        .bind(mails.iter().filter_map(|mail| mail.prompt_id).map(|id| id.0).collect::<Vec<Uuid>>())
        .execute(db.central().writer.get_postgres_connection_pool())
        .await;
    match done {
        Ok(_) => Ok(true),
        Err(err) if err.as_database_error().and_then(|err| err.code()).as_deref() == Some(TOO_FEW) => Ok(false),
        Err(err) => Err(failed(err).into()),
    }
}

/// How long to wait for somebody who holds a row: several mails can as well be written down each by itself, which waits as everybody does.
fn patience(mails: usize) -> &'static str {
    if mails > 1 { "100ms" } else { "3s" }
}

fn failed(err: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(err.into()))
}
