//! Private notes about a person met. Only their owner's queries exist.

use chrono::{DateTime, Utc};
use convivio_domain::{FreeText, NoteId, OrganizerId, PersonId, PromptId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, Set};

use crate::scope::{find, owned};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoteId,
    pub organizer_id: OrganizerId,
    pub owner_id: PersonId,
    pub about_id: PersonId,
    /// The prompt it answered.
    pub prompt_id: Option<PromptId>,
    pub text: FreeText,
    pub created_at: DateTime<Utc>,
}
owned!();

/// One note a prompt and person: answering again says it anew.
pub async fn write(tx: &Tx, owner: PersonId, about: PersonId, prompt: Option<PromptId>, text: FreeText, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(NoteId::new()),
        organizer_id: Set(tx.organizer()),
        owner_id: Set(owner),
        about_id: Set(about),
        prompt_id: Set(prompt),
        text: Set(text),
        created_at: Set(now),
    };
    let again = OnConflict::columns([Column::PromptId, Column::AboutId]).update_column(Column::Text).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// What was written in answer to a prompt.
pub async fn of_prompt(scope: &impl Scoped, prompt: PromptId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::PromptId.eq(prompt)).all(scope.connection()).await?)
}

pub async fn of_owner(scope: &impl Scoped, owner: PersonId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).order_by_asc(Column::Id).all(scope.connection()).await?)
}
