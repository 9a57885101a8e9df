//! Sign-in links of staff: each works once, for half an hour.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::{LoginId, MemberId, OrganizerId};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;

use crate::lists::one_of;
use crate::scope::{delete, find, owned, update};
use crate::{Central, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "logins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LoginId,
    pub organizer_id: OrganizerId,
    pub member_id: MemberId,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn insert(tx: &Tx, member: MemberId, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Model> {
    let row = ActiveModel {
        id: Set(LoginId::new()),
        organizer_id: Set(tx.organizer()),
        member_id: Set(member),
        expires_at: Set(expires_at),
        used_at: Set(None),
        created_at: Set(now),
    };
    Ok(row.insert(&tx.inner).await?)
}

pub async fn find_by_id(scope: &impl Scoped, id: LoginId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = LoginId>) -> Result<HashMap<LoginId, Model>> {
    let rows = find::<Entity>(scope).filter(one_of(scope.connection(), Column::Id, ids)).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|login| (login.id, login)).collect())
}

/// Whether it was still unused: of two who follow the link at once, one gets in.
pub async fn use_once(tx: &Tx, id: LoginId, now: DateTime<Utc>) -> Result<bool> {
    let used = update::<Entity>(tx)
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAt.is_null())
        .exec(&tx.inner)
        .await?;
    Ok(used.rows_affected == 1)
}

pub async fn owner(central: &Central, id: LoginId) -> Result<Option<OrganizerId>> {
    central.owner_of::<Entity, _>(Column::Id, id).await
}

/// Takes a member's links away, and says which those were.
pub(crate) async fn remove_of_member(tx: &Tx, member: MemberId) -> Result<Vec<LoginId>> {
    let logins = find::<Entity>(tx).filter(Column::MemberId.eq(member)).all(&tx.inner).await?;
    delete::<Entity>(tx).filter(Column::MemberId.eq(member)).exec(&tx.inner).await?;
    Ok(logins.into_iter().map(|login| login.id).collect())
}
