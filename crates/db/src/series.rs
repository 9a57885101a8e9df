//! Series: events of an organizer that go on from each other. An event is of a series by its slug, which stays.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::words::EventState;
use convivio_domain::{EventId, Localized, OrganizerId, SeriesId, Slug, Title};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, SqlErr};

use crate::scope::{count_by, find, owned};
use crate::{Cursor, Page, Result, Scoped, Stored, Tx, event};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "series")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SeriesId,
    pub organizer_id: OrganizerId,
    pub slug: Slug,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Stored<Localized<Title>>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// `None` when the organizer has a series of that slug.
pub async fn insert(tx: &Tx, series: Model) -> Result<Option<Model>> {
    match series.into_active_model().insert(&tx.inner).await {
        Ok(series) => Ok(Some(series)),
        Err(err) if matches!(err.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(None),
        Err(err) => Err(err.into()),
    }
}

pub async fn list(scope: &impl Scoped, cursor: Cursor<SeriesId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope), Column::Id).await
}

pub async fn by_slug(scope: &impl Scoped, slug: &Slug) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Slug.eq(slug.clone())).one(scope.connection()).await?)
}

/// How many events each of these series has; one without any is not named.
pub async fn count_events(scope: &impl Scoped, series: impl IntoIterator<Item = Slug>) -> Result<HashMap<Slug, i64>> {
    let events = find::<event::Entity>(scope).filter(event::Column::Series.is_in(series));
    let counted: Vec<(Slug, i64)> = count_by(scope, events, event::Column::Series).await?;
    Ok(counted.into_iter().collect())
}

/// The evenings of a series that took place, the last one first.
pub async fn evenings(scope: &impl Scoped, series: &Slug) -> Result<Vec<EventId>> {
    let took_place = [EventState::Completed, EventState::Archived];
    let evenings = find::<event::Entity>(scope)
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::Series.eq(series.clone()))
        .filter(event::Column::State.is_in(took_place))
        .order_by_desc(event::Column::StartsAt)
        .order_by_desc(event::Column::Id);
    Ok(evenings.into_tuple().all(scope.connection()).await?)
}
