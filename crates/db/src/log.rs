//! The private log: what a person writes about somebody they met. Its owner's queries exist, thanks that were meant to be read, and sums of an event
//! that name nobody.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_domain::words::{Give, LogKind};
use convivio_domain::{EventId, FreeText, LogEntryId, OrganizerId, PersonId, PromptId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, PaginatorTrait, QueryOrder, QuerySelect};

use crate::scope::{delete, find, owned};
use crate::{Cursor, Page, Result, Scoped, Tx, connection, introduction};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LogEntryId,
    pub organizer_id: OrganizerId,
    pub owner_id: PersonId,
    pub about_id: PersonId,
    /// The prompt it answered.
    pub prompt_id: Option<PromptId>,
    pub kind: LogKind,
    /// How one gave, asked or was in touch: a word of its kind.
    pub what: Option<String>,
    pub text: Option<FreeText>,
    /// Of a check, from 1 to 5 each.
    pub trust: Option<i32>,
    pub goals: Option<i32>,
    pub solutions: Option<i32>,
    /// Thanks that whom it is about may read, as long as both are connected.
    pub shared: bool,
    pub happened_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// An entry that says nothing yet but what it is and whom it is about.
    pub fn new(tx: &Tx, owner: PersonId, about: PersonId, kind: LogKind, now: DateTime<Utc>) -> Self {
        Self {
            id: LogEntryId::new(),
            organizer_id: tx.organizer(),
            owner_id: owner,
            about_id: about,
            prompt_id: None,
            kind,
            what: None,
            text: None,
            trust: None,
            goals: None,
            solutions: None,
            shared: false,
            happened_at: now,
            created_at: now,
        }
    }

    /// Whether the two were in touch.
    pub fn is_contact(&self) -> bool {
        matches!(self.kind, LogKind::Interaction | LogKind::Give | LogKind::Ask)
    }
}

/// Writes an entry. There is one of a kind for a prompt and a person: answering again says it anew.
pub async fn write(tx: &Tx, entry: Model) -> Result<()> {
    let again = OnConflict::columns([Column::PromptId, Column::AboutId, Column::Kind])
        .update_columns([Column::What, Column::Text, Column::Trust, Column::Goals, Column::Solutions])
        .to_owned();
    Entity::insert(entry.into_active_model()).on_conflict(again).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Takes back what a prompt was answered with, of one kind, about one person.
pub async fn take_back(tx: &Tx, prompt: PromptId, about: PersonId, kind: LogKind) -> Result<()> {
    delete::<Entity>(tx)
        .filter(Column::PromptId.eq(prompt))
        .filter(Column::AboutId.eq(about))
        .filter(Column::Kind.eq(kind))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Everything `owner` wrote, of whomever, oldest first: for `owner` to take along.
pub async fn of_owner(scope: &impl Scoped, owner: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::OwnerId.eq(owner));
    Ok(all.order_by_asc(Column::HappenedAt).order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// Nothing is left of what `owner` wrote. What others wrote of them is those others'. How many entries there were.
pub async fn erase(tx: &Tx, owner: PersonId) -> Result<u64> {
    Ok(delete::<Entity>(tx).filter(Column::OwnerId.eq(owner)).exec(&tx.inner).await?.rows_affected)
}

/// What was written in answer to a prompt.
pub async fn of_prompt(scope: &impl Scoped, prompt: PromptId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::PromptId.eq(prompt)).all(scope.connection()).await?)
}

/// Everything `owner` wrote, of these people, oldest first.
pub async fn about(scope: &impl Scoped, owner: PersonId, others: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::AboutId.is_in(others));
    Ok(all.order_by_asc(Column::HappenedAt).order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// What these people wrote of `about` for them to read, oldest first. Whether it may be read now is for the caller to say.
pub async fn shared_with(scope: &impl Scoped, about: PersonId, owners: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::AboutId.eq(about)).filter(Column::OwnerId.is_in(owners)).filter(Column::Shared.eq(true));
    Ok(all.order_by_asc(Column::HappenedAt).order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// What `owner` wrote of one person, a page of it.
pub async fn page_about(scope: &impl Scoped, owner: PersonId, other: PersonId, cursor: Cursor<LogEntryId>) -> Result<Page<Model>> {
    let all = find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::AboutId.eq(other));
    cursor.page(scope, all, Column::Id).await
}

/// How many entries of a kind `owner` wrote, of everybody.
pub async fn count_of_kind(scope: &impl Scoped, owner: PersonId, kind: LogKind) -> Result<usize> {
    let count = find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::Kind.eq(kind)).count(scope.connection()).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// How many people gave something to somebody they met at an event, and how many brought two together: sums, and nothing of who or whom. Whoever
/// brought two together here, with a yes of both, need not have written it down.
#[derive(Clone, Copy, Debug)]
pub struct Giving {
    pub giving: usize,
    pub introducing: usize,
}

pub async fn givers_of_event(scope: &impl Scoped, event: EventId) -> Result<Giving> {
    let pairs = connection::find_of_event(scope, event).await?;
    let owners: BTreeSet<PersonId> = pairs.iter().map(|(owner, _)| *owner).collect();
    let owners: Vec<PersonId> = owners.into_iter().collect();
    let (mut giving, mut introducing) = (BTreeSet::new(), BTreeSet::new());
    // SQLite takes 32,766 bound values a statement.
    for some in owners.chunks(10_000) {
        let gives = find::<Entity>(scope)
            .select_only()
            .columns([Column::OwnerId, Column::AboutId, Column::What])
            .filter(Column::OwnerId.is_in(some.iter().copied()))
            .filter(Column::Kind.eq(LogKind::Give));
        let gives: Vec<(PersonId, PersonId, Option<String>)> = gives.into_tuple().all(scope.connection()).await?;
        for (owner, _, what) in gives.into_iter().filter(|(owner, about, _)| pairs.contains(&(*owner, *about))) {
            giving.insert(owner);
            if what.as_deref() == Some(Give::Introduction.as_str()) {
                introducing.insert(owner);
            }
        }
        for (introducer, ends) in introduction::brought_together(scope, some.iter().copied()).await? {
            if ends.iter().any(|end| pairs.contains(&(introducer, *end))) {
                giving.insert(introducer);
                introducing.insert(introducer);
            }
        }
    }
    Ok(Giving { giving: giving.len(), introducing: introducing.len() })
}
