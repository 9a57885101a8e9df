//! Blocks: whom a person never wants to sit with or read about. Known to their owner alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_domain::{BlockId, OrganizerId, PersonId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, Set};

use crate::scope::{delete, find, owned};
use crate::{Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "blocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BlockId,
    pub organizer_id: OrganizerId,
    pub owner_id: PersonId,
    pub other_id: PersonId,
    pub created_at: DateTime<Utc>,
}
owned!();

/// It is there once, however often it is said.
pub async fn insert(tx: &Tx, owner: PersonId, other: PersonId, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(BlockId::new()),
        organizer_id: Set(tx.organizer()),
        owner_id: Set(owner),
        other_id: Set(other),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Column::OwnerId, Column::OtherId]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Whether there was one.
pub async fn remove(tx: &Tx, owner: PersonId, other: PersonId) -> Result<bool> {
    let removed = delete::<Entity>(tx).filter(Column::OwnerId.eq(owner)).filter(Column::OtherId.eq(other)).exec(&tx.inner).await?;
    Ok(removed.rows_affected == 1)
}

pub async fn of_owner(scope: &impl Scoped, owner: PersonId, cursor: Cursor<BlockId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::OwnerId.eq(owner)), Column::Id).await
}

/// Everyone this person blocked, or who blocked them: which of the two is nobody's business.
pub async fn around(scope: &impl Scoped, person: PersonId) -> Result<BTreeSet<PersonId>> {
    let either = Condition::any().add(Column::OwnerId.eq(person)).add(Column::OtherId.eq(person));
    let rows = find::<Entity>(scope).filter(either).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|row| if row.owner_id == person { row.other_id } else { row.owner_id }).collect())
}

/// Nothing is left of whom this person blocked, nor of who blocked them.
pub async fn erase(tx: &Tx, person: PersonId) -> Result<()> {
    let either = Condition::any().add(Column::OwnerId.eq(person)).add(Column::OtherId.eq(person));
    delete::<Entity>(tx).filter(either).exec(&tx.inner).await?;
    Ok(())
}

/// The pairs among these people of whom either blocked the other, each once, the elder person first.
pub async fn among(scope: &impl Scoped, people: &BTreeSet<PersonId>) -> Result<BTreeSet<(PersonId, PersonId)>> {
    let mut pairs = BTreeSet::new();
    let all: Vec<PersonId> = people.iter().copied().collect();
    // SQLite takes 32,766 bound values a statement.
    for some in all.chunks(10_000) {
        let rows = find::<Entity>(scope).filter(Column::OwnerId.is_in(some.iter().copied())).all(scope.connection()).await?;
        let here = rows.into_iter().filter(|row| people.contains(&row.other_id));
        pairs.extend(here.map(|row| (row.owner_id.min(row.other_id), row.owner_id.max(row.other_id))));
    }
    Ok(pairs)
}
