//! Members: the people who work for an organizer.

use chrono::{DateTime, Utc};
use convivio_domain::words::Role;
use convivio_domain::{EmailAddress, MemberId, OrganizerId};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Set};

use crate::scope::{find, owned};
use crate::{Central, Result, Scoped, Tx};

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

pub async fn insert(tx: &Tx, email: EmailAddress, role: Role, now: DateTime<Utc>) -> Result<Model> {
    let row = ActiveModel {
        id: Set(MemberId::new()),
        organizer_id: Set(tx.organizer()),
        email_normal: Set(email.normal()),
        email: Set(email),
        role: Set(role),
        created_at: Set(now),
    };
    Ok(row.insert(&tx.inner).await?)
}

pub async fn find_by_id(scope: &impl Scoped, id: MemberId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// Everyone of this address, in any organizer: who wants to sign in has not said yet where.
pub async fn by_email(central: &Central, email: &EmailAddress) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>().filter(Column::EmailNormal.eq(email.normal())).order_by_asc(Column::Id).all(&central.reader).await?)
}
