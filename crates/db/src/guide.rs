//! Guides in an organizer's own words; without a row, the shipped ones are read.

use chrono::{DateTime, Utc};
use convivio_domain::words::GuidePhase;
use convivio_domain::{FreeText, GuideId, Locale, OrganizerId, Title};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use crate::scope::{delete, owned};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "guides")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GuideId,
    pub organizer_id: OrganizerId,
    pub phase: GuidePhase,
    pub locale: Locale,
    pub title: Title,
    pub text: FreeText,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn find(scope: &impl Scoped, phase: GuidePhase, locale: Locale) -> Result<Option<Model>> {
    let own = crate::scope::find::<Entity>(scope).filter(Column::Phase.eq(phase)).filter(Column::Locale.eq(locale));
    Ok(own.one(scope.connection()).await?)
}

pub async fn put(tx: &Tx, phase: GuidePhase, locale: Locale, title: Title, text: FreeText, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(GuideId::new()),
        organizer_id: Set(tx.organizer()),
        phase: Set(phase),
        locale: Set(locale),
        title: Set(title),
        text: Set(text),
        created_at: Set(now),
    };
    let replaced =
        OnConflict::columns([Column::OrganizerId, Column::Phase, Column::Locale]).update_columns([Column::Title, Column::Text]).to_owned();
    Entity::insert(row).on_conflict(replaced).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Back to the shipped words; whether there were others.
pub async fn remove(tx: &Tx, phase: GuidePhase, locale: Locale) -> Result<bool> {
    let removed = delete::<Entity>(tx).filter(Column::Phase.eq(phase)).filter(Column::Locale.eq(locale)).exec(&tx.inner).await?;
    Ok(removed.rows_affected == 1)
}
