//! Scope by construction: every query of an organizer's table starts here, and cannot start without an organizer.

use convivio_domain::OrganizerId;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DatabaseTransaction, DeleteMany, EntityTrait, QueryFilter, QuerySelect, Select, UpdateMany,
};

use crate::Result;

/// Someone who acts within one organizer: a member, an attendee, or the work done on their behalf.
pub trait Tenant {
    fn organizer(&self) -> OrganizerId;
}

impl Tenant for OrganizerId {
    fn organizer(&self) -> OrganizerId {
        *self
    }
}

/// A transaction that sees one organizer only. Dropped without [`commit`](Tx::commit), it leaves nothing behind.
pub struct Tx {
    pub(crate) inner: DatabaseTransaction,
    pub(crate) organizer: OrganizerId,
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

/// A reader that sees one organizer only.
#[derive(Clone)]
pub struct Read {
    pub(crate) inner: DatabaseConnection,
    pub(crate) organizer: OrganizerId,
}

/// Where a query may run: a [`Tx`] or a [`Read`]. The connection behind it cannot be had outside this crate.
pub trait Scoped: Connected {
    fn organizer(&self) -> OrganizerId;
}

impl Scoped for Tx {
    fn organizer(&self) -> OrganizerId {
        self.organizer
    }
}

impl Scoped for Read {
    fn organizer(&self) -> OrganizerId {
        self.organizer
    }
}

mod connected {
    use sea_orm::ConnectionTrait;

    pub trait Connected: Sync {
        type Connection: ConnectionTrait;
        fn connection(&self) -> &Self::Connection;
    }
}
pub(crate) use connected::Connected;

impl Connected for Tx {
    type Connection = DatabaseTransaction;
    fn connection(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

impl Connected for Read {
    type Connection = DatabaseConnection;
    fn connection(&self) -> &DatabaseConnection {
        &self.inner
    }
}

/// A table whose rows belong to an organizer.
pub(crate) trait Owned: EntityTrait {
    const ORGANIZER: Self::Column;
}

/// Declares what every entity of this crate declares, and that its rows belong to an organizer.
macro_rules! owned {
    () => {
        #[derive(Copy, Clone, Debug, sea_orm::EnumIter, sea_orm::DeriveRelation)]
        pub enum Relation {}
        impl sea_orm::ActiveModelBehavior for ActiveModel {}
        impl $crate::scope::Owned for Entity {
            const ORGANIZER: Column = Column::OrganizerId;
        }
    };
}
pub(crate) use owned;

#[allow(clippy::disallowed_methods, reason = "this is where the organizer is added")]
pub(crate) fn find<E: Owned>(scope: &impl Scoped) -> Select<E> {
    E::find().filter(E::ORGANIZER.eq(scope.organizer()))
}

#[allow(clippy::disallowed_methods, reason = "this is where the organizer is added")]
pub(crate) fn update<E: Owned>(scope: &impl Scoped) -> UpdateMany<E> {
    E::update_many().filter(E::ORGANIZER.eq(scope.organizer()))
}

#[allow(clippy::disallowed_methods, reason = "this is where the organizer is added")]
pub(crate) fn delete<E: Owned>(scope: &impl Scoped) -> DeleteMany<E> {
    E::delete_many().filter(E::ORGANIZER.eq(scope.organizer()))
}

/// How many rows of an event are in each state.
pub(crate) async fn count_by<E: Owned, W: sea_orm::TryGetable>(
    scope: &impl Scoped,
    rows: Select<E>,
    state: E::Column,
) -> Result<Vec<(W, i64)>> {
    let counted = rows.select_only().column(state).column_as(state.count(), "count").group_by(state);
    Ok(counted.into_tuple().all(scope.connection()).await?)
}
