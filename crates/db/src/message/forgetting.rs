//! What is left of the mails when a person is forgotten: rows that count, without a reader and without words.

use chrono::{DateTime, Utc};
use convivio_domain::words::{MessageState, Reason};
use convivio_domain::{EmailAddress, IntroductionId, PersonName, PromptId, RegistrationCode, RegistrationId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, QueryFilter, UpdateMany};
use serde_json::Value;

use super::{Column, Entity, OPEN};
use crate::scope::update;
use crate::stored::names;
use crate::{Result, Tx};

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
        .col_expr(Column::Frozen, Expr::value(None::<Value>))
        .col_expr(Column::LastError, Expr::value(None::<String>))
        .filter(Column::RegistrationId.eq(registration))
        .exec(&tx.inner)
        .await?;
    Ok(off.rows_affected)
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
        .col_expr(Column::Frozen, Expr::value(None::<Value>))
        .filter(Column::PromptId.is_in(prompts))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// The same, of those that have not left.
pub async fn forget_unsent_of_prompts(tx: &Tx, prompts: impl IntoIterator<Item = PromptId>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Frozen, Expr::value(None::<Value>))
        .filter(Column::PromptId.is_in(prompts))
        .filter(Column::SentAt.is_null())
        .exec(&tx.inner)
        .await?;
    Ok(())
}

fn forget(tx: &Tx, codes: &[RegistrationCode]) -> UpdateMany<Entity> {
    let any = codes.iter().fold(Condition::any(), |any, code| any.add(names(Column::Frozen, code.as_str())));
    let kept = update::<Entity>(tx).filter(Column::Frozen.is_not_null());
    kept.col_expr(Column::Frozen, Expr::value(None::<Value>)).filter(any)
}

/// The words of the mails about these introductions are forgotten.
pub(crate) async fn forget_introductions(tx: &Tx, introductions: impl IntoIterator<Item = IntroductionId>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Frozen, Expr::value(None::<Value>))
        .filter(Column::IntroductionId.is_in(introductions))
        .exec(&tx.inner)
        .await?;
    Ok(())
}
