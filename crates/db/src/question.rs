//! What an organizer asks of everybody who registers for an event, in the order of the form.

use chrono::{DateTime, Utc};
use convivio_domain::words::{AskedOf, QuestionKind};
use convivio_domain::{EventId, FreeText, Line, Localized, OrganizerId, Question, QuestionCode, QuestionId, QuestionOption};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{IntoActiveModel, QueryOrder};

use crate::scope::{delete, find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "questions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuestionId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    /// What answers are kept under.
    pub code: QuestionCode,
    #[sea_orm(column_type = "JsonBinary")]
    pub label: Stored<Localized<Line>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub help: Stored<Localized<FreeText>>,
    pub kind: QuestionKind,
    #[sea_orm(column_type = "JsonBinary")]
    pub options: Stored<Vec<QuestionOption>>,
    pub required: bool,
    pub asked_of: AskedOf,
    /// The place in the form, from 1 without gaps.
    pub position: i16,
    /// Asked no more; what was answered stays.
    pub deleted_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// The question as its rules see it.
    pub fn rules(&self) -> Question {
        Question {
            code: self.code.clone(),
            label: self.label.0.clone(),
            help: self.help.0.clone(),
            kind: self.kind,
            options: self.options.0.clone(),
            required: self.required,
            asked_of: self.asked_of,
        }
    }
}

pub async fn insert(tx: &Tx, question: Model) -> Result<()> {
    question.into_active_model().insert(&tx.inner).await?;
    Ok(())
}

/// What is asked, in the order of the form.
pub async fn of_event(scope: &impl Scoped, event: EventId) -> Result<Vec<Model>> {
    Ok(asked(scope, event).order_by_asc(Column::Position).all(scope.connection()).await?)
}

/// Whatever was ever asked and answered, deleted questions last.
pub async fn ever_of_event(scope: &impl Scoped, event: EventId) -> Result<Vec<Model>> {
    let mut all = find::<Entity>(scope).filter(Column::EventId.eq(event)).order_by_asc(Column::Position).all(scope.connection()).await?;
    all.sort_by_key(|question| question.deleted_at.is_some());
    Ok(all)
}

pub async fn list(scope: &impl Scoped, event: EventId, cursor: Cursor<i16>) -> Result<Page<Model>> {
    cursor.page(scope, asked(scope, event), Column::Position).await
}

pub async fn find_by_id(scope: &impl Scoped, event: EventId, id: QuestionId) -> Result<Option<Model>> {
    Ok(asked(scope, event).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

fn asked(scope: &impl Scoped, event: EventId) -> sea_orm::Select<Entity> {
    find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::DeletedAt.is_null())
}

pub async fn change(tx: &Tx, id: QuestionId, changes: ActiveModel) -> Result<()> {
    update::<Entity>(tx).set(changes).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// Makes room at a position, or closes the gap there: everything from it on moves by `by`.
pub async fn shift(tx: &Tx, event: EventId, from: i16, by: i16) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Position, Expr::col(Column::Position).add(by))
        .filter(Column::EventId.eq(event))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::Position.gte(from))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

pub async fn remove(tx: &Tx, id: QuestionId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}
