//! Mails that have no words yet: what they are about, or the language of it, may still change.

use chrono::{DateTime, Utc};
use convivio_domain::words::MessageState;
use convivio_domain::{Locale, MessageId, PromptId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany};

use super::{Column, Entity, is_open};
use crate::scope::{find, update};
use crate::{Result, Tx};

/// These prompts are said anew. What is in a worker's hands and has no words yet is given back: whoever has read what it is about finds it taken away, and
/// reads again. The mails of the prompts are held first, so that nobody takes one meanwhile and reads what is about to change; whoever calls holds the
/// prompts already, as everybody does who holds both. What has words stays where it is: it may be leaving this moment, and loses them once this is done.
pub async fn give_back_unwritten(tx: &Tx, said: &[PromptId]) -> Result<()> {
    let theirs = find::<Entity>(tx).select_only().column(Column::Id).filter(Column::PromptId.is_in(said.iter().copied()));
    let unsent = theirs.filter(Column::SentAt.is_null()).order_by_asc(Column::Id).lock_exclusive();
    unsent.into_tuple::<MessageId>().all(&tx.inner).await?;
    given_back(tx).exec(&tx.inner).await?;
    Ok(())
}

fn given_back(tx: &Tx) -> UpdateMany<Entity> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(MessageState::Pending))
        .col_expr(Column::Owner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(is_open())
        .filter(Column::State.eq(MessageState::Claimed))
        .filter(Column::Frozen.is_null())
}

/// Those of these mails that have no words yet find them in this language. Whoever has one in hand has read what it was to say in another.
pub async fn write_in(tx: &Tx, mails: &[MessageId], locale: Locale) -> Result<()> {
    let these = || Column::Id.is_in(mails.iter().copied());
    let unwritten = update::<Entity>(tx).filter(these()).filter(Column::Frozen.is_null());
    unwritten.col_expr(Column::Locale, Expr::value(locale)).exec(&tx.inner).await?;
    given_back(tx).filter(these()).exec(&tx.inner).await?;
    Ok(())
}
