//! Organizers: the tenants. Theirs is the one table that is not scoped, because it is the scope.

use chrono::{DateTime, Utc};
use convivio_domain::{OrganizerId, Slug, Title};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{QuerySelect, Set, SqlErr};

use crate::scope::Owned;
use crate::{Central, Result, Scoped, Tenant, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organizers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizerId,
    #[sea_orm(unique)]
    pub slug: Slug,
    pub name: Title,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whoever has found an organizer by its name acts within it.
impl Tenant for Model {
    fn organizer(&self) -> OrganizerId {
        self.id
    }
}

/// From a row to its organizer.
pub(crate) fn of<E: Owned>() -> RelationDef {
    E::belongs_to(Entity).from(E::ORGANIZER).to(Column::Id).into()
}

pub async fn by_slug(central: &Central, slug: &str) -> Result<Option<Model>> {
    let Ok(slug) = Slug::parse(slug) else { return Ok(None) };
    Ok(Central::find::<Entity>().filter(Column::Slug.eq(slug)).one(&central.reader).await?)
}

/// The organizer of this scope.
pub async fn this(scope: &impl Scoped) -> Result<Model> {
    let found = Central::find::<Entity>().filter(Column::Id.eq(scope.organizer())).one(scope.connection()).await?;
    Ok(found.expect("a scope is made from an organizer that exists, and organizers are not deleted"))
}

/// The organizer as it stands now, and so it stays until the transaction ends. Many may hold it at once: it is for those who read what belongs to
/// the whole organizer, before anything of an event or a person is held.
pub async fn hold(tx: &Tx) -> Result<()> {
    let this = Central::find::<Entity>().select_only().column(Column::Id).filter(Column::Id.eq(tx.organizer)).lock_shared();
    this.into_tuple::<OrganizerId>().one(&tx.inner).await?;
    Ok(())
}

/// The same, for those who change what belongs to the whole organizer.
pub async fn lock(tx: &Tx) -> Result<()> {
    Central::find::<Entity>().filter(Column::Id.eq(tx.organizer)).lock(LockType::NoKeyUpdate).one(&tx.inner).await?;
    Ok(())
}

/// `None` when that slug is taken.
pub async fn insert(central: &Central, slug: Slug, name: Title, now: DateTime<Utc>) -> Result<Option<Model>> {
    let row = ActiveModel { id: Set(OrganizerId::new()), slug: Set(slug), name: Set(name), created_at: Set(now) };
    match row.insert(&central.writer).await {
        Ok(organizer) => Ok(Some(organizer)),
        Err(err) if matches!(err.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(None),
        Err(err) => Err(err.into()),
    }
}

/// Gives the organizer of this scope another name.
#[allow(clippy::disallowed_methods, reason = "the row is the scope's own")]
pub async fn rename(tx: &Tx, name: &Title) -> Result<()> {
    let this = Entity::update_many().filter(Column::Id.eq(tx.organizer()));
    this.col_expr(Column::Name, Expr::value(name.clone())).exec(&tx.inner).await?;
    Ok(())
}
