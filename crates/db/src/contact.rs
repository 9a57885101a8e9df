//! Contacts of one's own: people somebody knows from elsewhere, kept by their name alone. Read by their owner, written to by nobody.

use chrono::{DateTime, Utc};
use convivio_domain::{ContactId, FreeText, OrganizerId, PersonId, PersonName};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, PaginatorTrait, QueryOrder, Select};

use crate::scope::{delete, find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    pub organizer_id: OrganizerId,
    pub owner_id: PersonId,
    pub name: PersonName,
    pub note: Option<FreeText>,
    /// How often its owner would like to be in touch: every 1, 3 or 6 months.
    pub every_months: Option<i32>,
    /// When the two were last in touch, as its owner says.
    pub in_touch_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn insert(tx: &Tx, new: Model) -> Result<()> {
    Entity::insert(new.into_active_model()).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// A contact of that owner's.
pub async fn find_by_id(scope: &impl Scoped, owner: PersonId, id: ContactId) -> Result<Option<Model>> {
    Ok(of(scope, owner).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// A page of somebody's contacts.
pub async fn list(scope: &impl Scoped, owner: PersonId, cursor: Cursor<ContactId>) -> Result<Page<Model>> {
    cursor.page(scope, of(scope, owner), Column::Id).await
}

/// All of somebody's contacts, in the order in which they were written down.
pub async fn all_of(scope: &impl Scoped, owner: PersonId) -> Result<Vec<Model>> {
    Ok(of(scope, owner).order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn count_of(scope: &impl Scoped, owner: PersonId) -> Result<u64> {
    Ok(of(scope, owner).count(scope.connection()).await?)
}

pub async fn change(tx: &Tx, id: ContactId, changes: ActiveModel) -> Result<()> {
    update::<Entity>(tx).set(changes).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// `owner` was in touch with one of their contacts, if it is still there.
pub async fn be_in_touch(tx: &Tx, owner: PersonId, id: ContactId, now: DateTime<Utc>) -> Result<()> {
    let in_touch = update::<Entity>(tx).col_expr(Column::InTouchAt, Expr::value(now));
    in_touch.filter(Column::OwnerId.eq(owner)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// `owner` wants no more mails about those who are growing distant.
pub async fn clear_cadences(tx: &Tx, owner: PersonId) -> Result<()> {
    let none = update::<Entity>(tx).col_expr(Column::EveryMonths, Expr::value(None::<i32>));
    none.filter(Column::OwnerId.eq(owner)).exec(&tx.inner).await?;
    Ok(())
}

/// Nothing is left of whom `owner` wrote down.
pub async fn erase(tx: &Tx, owner: PersonId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::OwnerId.eq(owner)).exec(&tx.inner).await?;
    Ok(())
}

pub async fn remove(tx: &Tx, id: ContactId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

fn of(scope: &impl Scoped, owner: PersonId) -> Select<Entity> {
    find::<Entity>(scope).filter(Column::OwnerId.eq(owner))
}
