//! Which guides people have read, by their own word: once a registration and phase.

use chrono::{DateTime, Utc};
use convivio_domain::words::GuidePhase;
use convivio_domain::{GuideAckId, OrganizerId, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, Set};

use crate::scope::{delete, find, owned};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "guide_acks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GuideAckId,
    pub organizer_id: OrganizerId,
    pub registration_id: RegistrationId,
    pub phase: GuidePhase,
    pub created_at: DateTime<Utc>,
}
owned!();

/// It is there once, however often it is said; the first time counts.
pub async fn insert(tx: &Tx, registration: RegistrationId, phase: GuidePhase, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(GuideAckId::new()),
        organizer_id: Set(tx.organizer()),
        registration_id: Set(registration),
        phase: Set(phase),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Column::RegistrationId, Column::Phase]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// In the order in which they were said.
pub async fn of_registrations(scope: &impl Scoped, registrations: impl IntoIterator<Item = RegistrationId>) -> Result<Vec<Model>> {
    let acks = find::<Entity>(scope).filter(Column::RegistrationId.is_in(registrations));
    Ok(acks.order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn erase(tx: &Tx, registration: RegistrationId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::RegistrationId.eq(registration)).exec(&tx.inner).await?;
    Ok(())
}
