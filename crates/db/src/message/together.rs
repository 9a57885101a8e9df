//! What a worker writes down of several mails at once: all of them, or none.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::MessageState;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, UpdateMany};

use super::{Column, Entity, Model};
use crate::lists::rounded;
use crate::scope::update;
use crate::{Result, Tx};

/// What the words of a mail are made from, as JSON, and the date it bears.
#[derive(Clone, Debug)]
pub struct Frozen {
    pub words: String,
    pub dated_at: DateTime<Utc>,
}

/// Fixes these at the first try of each mail. `false` when one is not this worker's to send any more, and then nothing should be committed.
pub async fn freeze(tx: &Tx, mails: &[(&Model, &Frozen)]) -> Result<bool> {
    for some in of_one_attempt(mails, |(mail, _)| mail.attempt) {
        let (mut words, mut dates) = (CaseStatement::new(), CaseStatement::new());
        for (mail, frozen) in rounded(some.iter().copied()) {
            words = words.case(Column::Id.eq(mail.id), json(tx, &frozen.words));
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

/// Marks mails as sent. `false` when one was lost to another worker meanwhile, and then nothing should be committed.
pub async fn sent(tx: &Tx, mails: &[&Model], at: DateTime<Utc>) -> Result<bool> {
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
        .filter(Column::Id.is_in(rounded(mails.iter().map(|mail| mail.id))))
        .filter(Column::Owner.eq(owner))
        .filter(Column::State.eq(MessageState::Claimed))
        .filter(Column::Attempt.eq(attempt))
        .filter(tx.impatient(mails.len() > 1))
}

/// A document that is written already, as it enters a column.
fn json(tx: &Tx, text: &str) -> SimpleExpr {
    let text = Expr::value(text.to_owned());
    match tx.inner.get_database_backend() {
        DbBackend::Postgres => text.cast_as("jsonb"),
        // SQLite keeps it as text.
        _ => text,
    }
}
