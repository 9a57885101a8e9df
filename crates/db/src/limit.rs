//! What is counted so that all instances know of it: how often something was asked for, within a window of time that begins with the first.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::central::{now, now_plus};
use crate::{Central, Result, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "limit_windows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub count: i32,
    pub ends_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Counts one more: `None` while there are at most `most` in the window, else how long it goes on. Limits run by real time.
pub async fn count(central: &Central, id: &str, most: u32, window: TimeDelta) -> Result<Option<TimeDelta>> {
    count_on(&central.writer, id, most, window).await
}

/// The same, as part of what is counted: what fails is not.
pub async fn count_within(tx: &Tx, id: &str, most: u32, window: TimeDelta) -> Result<Option<TimeDelta>> {
    count_on(&tx.inner, id, most, window).await
}

async fn count_on(connection: &impl ConnectionTrait, id: &str, most: u32, window: TimeDelta) -> Result<Option<TimeDelta>> {
    let backend = connection.get_database_backend();
    let end = || now_plus(backend, window);
    let over = || Expr::col((Entity, Column::EndsAt)).lte(now_plus(backend, TimeDelta::zero()));
    let count = CaseStatement::new().case(over(), 1).finally(Expr::col((Entity, Column::Count)).add(1));
    let ends_at = CaseStatement::new().case(over(), end()).finally(Expr::col((Entity, Column::EndsAt)));
    let anew = OnConflict::column(Column::Id).value(Column::Count, count).value(Column::EndsAt, ends_at).to_owned();
    // One statement, by the database's clock: every registration waits for it.
    let mut counting = Query::insert();
    counting.into_table(Entity).columns([Column::Id, Column::Count, Column::EndsAt]);
    counting.values_panic([id.into(), 1.into(), end()]).on_conflict(anew).returning_all();
    let row = connection.query_one(&counting).await?.ok_or_else(|| DbErr::RecordNotInserted)?;
    let row = Model::from_query_result(&row, "")?;
    match u32::try_from(row.count).is_ok_and(|count| count > most) {
        true => Ok(Some(row.ends_at - now(connection).await?)),
        false => Ok(None),
    }
}

/// Forgets windows that are over.
pub async fn sweep(central: &Central) -> Result<()> {
    let now = central.now().await?;
    if Central::find::<Entity>().filter(Column::EndsAt.lte(now)).one(&central.reader).await?.is_some() {
        Central::delete::<Entity>().filter(Column::EndsAt.lte(now)).exec(&central.writer).await?;
    }
    Ok(())
}
