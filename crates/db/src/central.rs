//! What stands above organizers: finding one, and the work that is due for any of them.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::OrganizerId;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DeleteMany, EntityTrait, PrimaryKeyTrait, QueryFilter, QuerySelect,
    Select, Statement,
};

use crate::scope::Owned;
use crate::{Result, Tx};

/// A way past the scope, for the few queries that cannot know an organizer yet. Those stand beside their table and take this.
#[derive(Clone)]
pub struct Central {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
}

impl Central {
    /// Rows of any organizer.
    #[allow(clippy::disallowed_methods, reason = "the one way past the scope")]
    pub(crate) fn find<E: EntityTrait>() -> Select<E> {
        E::find()
    }

    #[allow(clippy::disallowed_methods, reason = "the one way past the scope")]
    pub(crate) fn delete<E: EntityTrait>() -> DeleteMany<E> {
        E::delete_many()
    }

    /// Whose row this is.
    pub(crate) async fn owner_of<E, V>(&self, id_column: E::Column, id: V) -> Result<Option<OrganizerId>>
    where
        E: Owned,
        V: Into<sea_orm::Value> + Into<<E::PrimaryKey as PrimaryKeyTrait>::ValueType>,
    {
        let id: sea_orm::Value = id.into();
        let found = Self::find::<E>().select_only().column(E::ORGANIZER).filter(id_column.eq(id)).into_tuple().one(&self.reader).await?;
        Ok(found)
    }

    pub(crate) fn now_plus(&self, delta: TimeDelta) -> SimpleExpr {
        now_plus(self.writer.get_database_backend(), delta)
    }

    /// What the database's clock shows.
    pub(crate) async fn now(&self) -> Result<DateTime<Utc>> {
        now(&self.reader).await
    }
}

/// What the database's clock shows.
pub(crate) async fn now(connection: &impl ConnectionTrait) -> Result<DateTime<Utc>> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(process_now());
    }
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, "SELECT clock_timestamp() AS now")).await?;
    let row = row.ok_or_else(|| sea_orm::DbErr::RecordNotFound("the time".to_owned()))?;
    Ok(row.try_get("", "now")?)
}

impl Tx {
    pub(crate) fn now_plus(&self, delta: TimeDelta) -> SimpleExpr {
        now_plus(self.inner.get_database_backend(), delta)
    }
}

/// The database's own clock, by which leases are counted: instances of one PostgreSQL need not agree about the time. SQLite has one process, so
/// its clock is the process's.
pub(crate) fn now_plus(backend: DbBackend, delta: TimeDelta) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => Expr::cust(format!("(clock_timestamp() + interval '{} milliseconds')", delta.num_milliseconds())),
        _ => Expr::value(process_now() + delta),
    }
}

#[allow(clippy::disallowed_methods, reason = "leases run by real time, whatever the application's clock shows")]
fn process_now() -> DateTime<Utc> {
    convivio_domain::micros(Utc::now())
}
