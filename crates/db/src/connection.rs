//! Connections: whom a person chose to keep. Private to their owner until the other agrees.

use chrono::{DateTime, Utc};
use convivio_domain::words::ConnectionState;
use convivio_domain::{ConnectionId, EventId, OrganizerId, PersonId};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use crate::scope::{delete, find, owned};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "connections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConnectionId,
    pub organizer_id: OrganizerId,
    pub owner_id: PersonId,
    pub other_id: PersonId,
    pub event_id: EventId,
    pub state: ConnectionState,
    pub created_at: DateTime<Utc>,
}
owned!();

/// Notes that `owner` would like to keep `other`. It is there once, however often it is said.
pub async fn suggest(tx: &Tx, owner: PersonId, other: PersonId, event: EventId, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(ConnectionId::new()),
        organizer_id: Set(tx.organizer()),
        owner_id: Set(owner),
        other_id: Set(other),
        event_id: Set(event),
        state: Set(ConnectionState::Suggested),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Column::OwnerId, Column::OtherId]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Takes back what was only suggested at that event, but for these people.
pub async fn withdraw_others(tx: &Tx, owner: PersonId, event: EventId, kept: &[PersonId]) -> Result<()> {
    delete::<Entity>(tx)
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::EventId.eq(event))
        .filter(Column::State.eq(ConnectionState::Suggested))
        .filter(Column::OtherId.is_not_in(kept.iter().copied()))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What `owner` only thought of keeping with `other` is thought of no more.
pub async fn forget(tx: &Tx, owner: PersonId, other: PersonId) -> Result<()> {
    delete::<Entity>(tx)
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::OtherId.eq(other))
        .filter(Column::State.eq(ConnectionState::Suggested))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What `owner` keeps with these people.
pub async fn between(scope: &impl Scoped, owner: PersonId, others: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::OtherId.is_in(others)).all(scope.connection()).await?)
}
