//! Tokens of staff and programs. Only the hash of the secret is kept.

use chrono::{DateTime, Utc};
use convivio_domain::words::Role;
use convivio_domain::{Line, MemberId, OrganizerId, TokenId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{JoinType, QuerySelect, Set};

use crate::scope::{delete, find, owned, update};
use crate::{Central, Cursor, Page, Result, Scoped, Tx, organizer};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TokenId,
    pub organizer_id: OrganizerId,
    /// The person who signed in with it; none for a program's token.
    pub member_id: Option<MemberId>,
    pub label: Line,
    pub role: Role,
    #[sea_orm(unique)]
    pub hash: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub struct New {
    pub member: Option<MemberId>,
    pub label: Line,
    pub role: Role,
    pub hash: String,
    pub expires_at: Option<DateTime<Utc>>,
}

pub async fn insert(tx: &Tx, new: New, now: DateTime<Utc>) -> Result<Model> {
    let row = ActiveModel {
        id: Set(TokenId::new()),
        organizer_id: Set(tx.organizer()),
        member_id: Set(new.member),
        label: Set(new.label),
        role: Set(new.role),
        hash: Set(new.hash),
        expires_at: Set(new.expires_at),
        created_at: Set(now),
    };
    Ok(row.insert(&tx.inner).await?)
}

/// The token with this hash and the organizer it belongs to.
pub async fn by_hash(central: &Central, hash: &str) -> Result<Option<(Model, organizer::Model)>> {
    let with_organizer = Central::find::<Entity>().join(JoinType::InnerJoin, organizer::of::<Entity>()).select_also(organizer::Entity);
    let found = with_organizer.filter(Column::Hash.eq(hash)).one(&central.reader).await?;
    Ok(found.and_then(|(token, organizer)| Some((token, organizer?))))
}

pub async fn list(scope: &impl Scoped, cursor: Cursor<TokenId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope), Column::Id).await
}

/// Whether there was one.
pub async fn remove(tx: &Tx, id: TokenId) -> Result<bool> {
    Ok(delete::<Entity>(tx).filter(Column::Id.eq(id)).exec(&tx.inner).await?.rows_affected > 0)
}

/// What a member signed in for may do what the member may.
pub(crate) async fn set_role_of_member(tx: &Tx, member: MemberId, role: Role) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Role, Expr::value(role)).filter(Column::MemberId.eq(member)).exec(&tx.inner).await?;
    Ok(())
}

pub(crate) async fn remove_of_member(tx: &Tx, member: MemberId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::MemberId.eq(member)).exec(&tx.inner).await?;
    Ok(())
}
