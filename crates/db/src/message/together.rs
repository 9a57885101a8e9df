//! What a worker writes down of several mails at once: all of them, or none.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::MessageState;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QueryFilter, UpdateMany};
use serde_json::Value;

use super::{Column, Entity, Model};
use crate::scope::update;
use crate::{Result, Tx};

/// What the words of a mail are made from, and the date it bears.
#[derive(Clone, Debug)]
pub struct Frozen {
    pub words: Value,
    pub dated_at: DateTime<Utc>,
}

/// Fixes these at the first try of each mail. `false` when one is not this worker's to send any more, and then nothing should be committed.
pub async fn freeze(tx: &Tx, mails: &[(&Model, &Frozen)]) -> Result<bool> {
    let (mut words, mut dates) = (CaseStatement::new(), CaseStatement::new());
    for (mail, frozen) in mails {
        words = words.case(Column::Id.eq(mail.id), Expr::value(Some(frozen.words.clone())));
        dates = dates.case(Column::Id.eq(mail.id), Expr::value(Some(frozen.dated_at)));
    }
    let these: Vec<&Model> = mails.iter().map(|(mail, _)| *mail).collect();
    let Some(mine) = mine(tx, &these) else { return Ok(true) };
    let done = mine
        .col_expr(Column::Frozen, words.finally(Expr::col(Column::Frozen)).into())
        .col_expr(Column::DatedAt, dates.finally(Expr::col(Column::DatedAt)).into())
        .filter(Expr::col(Column::LeaseUntil).gt(tx.now_plus(TimeDelta::zero())))
        .exec(&tx.inner)
        .await?;
    Ok(done.rows_affected == mails.len() as u64)
}

/// Marks mails as sent. `false` when one was lost to another worker meanwhile, and then nothing should be committed.
pub async fn sent(tx: &Tx, mails: &[&Model], at: DateTime<Utc>) -> Result<bool> {
    let Some(mine) = mine(tx, mails) else { return Ok(true) };
    let done = mine
        .col_expr(Column::State, Expr::value(MessageState::Sent))
        .col_expr(Column::SentAt, Expr::value(Some(at)))
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .exec(&tx.inner)
        .await?;
    Ok(done.rows_affected == mails.len() as u64)
}

/// Those of them that are still in the worker's hands, by the fence of each; `None` where there are none.
fn mine(tx: &Tx, mails: &[&Model]) -> Option<UpdateMany<Entity>> {
    let owner = mails.first()?.owner.clone();
    let fences = mails.iter().fold(Condition::any(), |any, mail| any.add(Column::Id.eq(mail.id).and(Column::Attempt.eq(mail.attempt))));
    Some(update::<Entity>(tx).filter(Column::Owner.eq(owner)).filter(Column::State.eq(MessageState::Claimed)).filter(fences))
}
