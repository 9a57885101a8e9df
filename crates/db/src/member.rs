//! Members: the people who work for an organizer.

use chrono::{DateTime, Utc};
use convivio_domain::words::Role;
use convivio_domain::{EmailAddress, MemberId, OrganizerId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, TryInsertResult};

use crate::scope::{delete, find, owned, update};
use crate::{Central, Cursor, Page, Result, Scoped, Tx, login, message, token};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberId,
    pub organizer_id: OrganizerId,
    pub email: EmailAddress,
    pub email_normal: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
}
owned!();

/// `None` when somebody of this address works here already.
pub async fn insert(tx: &Tx, email: EmailAddress, role: Role, now: DateTime<Utc>) -> Result<Option<Model>> {
    let row = Model { id: MemberId::new(), organizer_id: tx.organizer(), email_normal: email.normal(), email, role, created_at: now };
    let once = OnConflict::columns([Column::OrganizerId, Column::EmailNormal]).do_nothing().to_owned();
    match Entity::insert(row.clone().into_active_model()).on_conflict(once).try_insert().exec(&tx.inner).await? {
        TryInsertResult::Inserted(_) => Ok(Some(row)),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(None),
    }
}

pub async fn list(scope: &impl Scoped, cursor: Cursor<MemberId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope), Column::Id).await
}

pub async fn find_by_id(scope: &impl Scoped, id: MemberId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// Everyone of this address, in any organizer: who wants to sign in has not said yet where.
pub async fn by_email(central: &Central, email: &EmailAddress) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>().filter(Column::EmailNormal.eq(email.normal())).order_by_asc(Column::Id).all(&central.reader).await?)
}

/// Whether somebody of this address works for the organizer.
pub async fn has_address(scope: &impl Scoped, email: &EmailAddress) -> Result<bool> {
    Ok(find::<Entity>(scope).filter(Column::EmailNormal.eq(email.normal())).one(scope.connection()).await?.is_some())
}

/// The member as they stand now, held until the transaction ends: a sign-in and the end of a membership wait for each other.
pub async fn lock(tx: &Tx, id: MemberId) -> Result<Option<Model>> {
    Ok(find::<Entity>(tx).filter(Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(&tx.inner).await?)
}

pub async fn owners(scope: &impl Scoped) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Role.eq(Role::Owner)).all(scope.connection()).await?)
}

/// All owners, held until the transaction ends: whoever stops being one does so while nobody else does.
pub async fn lock_owners(tx: &Tx) -> Result<Vec<Model>> {
    let owners = find::<Entity>(tx).filter(Column::Role.eq(Role::Owner)).order_by_asc(Column::Id);
    Ok(owners.lock(LockType::NoKeyUpdate).all(&tx.inner).await?)
}

/// What they may do from now on, with every token they signed in for.
pub async fn set_role(tx: &Tx, id: MemberId, role: Role) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Role, Expr::value(role)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    token::set_role_of_member(tx, id, role).await
}

/// Takes the member away, with their tokens, their links to sign in and the mails that would bring those.
pub async fn remove(tx: &Tx, id: MemberId) -> Result<()> {
    token::remove_of_member(tx, id).await?;
    let logins = login::remove_of_member(tx, id).await?;
    message::cancel_sign_ins(tx, &logins).await?;
    delete::<Entity>(tx).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}
