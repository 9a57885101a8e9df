//! What is counted so that all instances know of it: how often something was asked for, within a window of time that begins with the first.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, OnConflict};

use crate::{Central, Result};

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
    let now = central.now().await?;
    let over = || Expr::col((Entity, Column::EndsAt)).lte(now);
    let count = CaseStatement::new().case(over(), 1).finally(Expr::col((Entity, Column::Count)).add(1));
    let ends_at = CaseStatement::new().case(over(), Expr::value(now + window)).finally(Expr::col((Entity, Column::EndsAt)));
    let anew = OnConflict::column(Column::Id).value(Column::Count, count).value(Column::EndsAt, ends_at).to_owned();
    let first = ActiveModel { id: Set(id.to_owned()), count: Set(1), ends_at: Set(now + window) };
    let row = Entity::insert(first).on_conflict(anew).exec_with_returning(&central.writer).await?;
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    Ok((row.count > most).then(|| row.ends_at - now))
}

/// Forgets windows that are over.
pub async fn sweep(central: &Central) -> Result<()> {
    let now = central.now().await?;
    if Central::find::<Entity>().filter(Column::EndsAt.lte(now)).one(&central.reader).await?.is_some() {
        Central::delete::<Entity>().filter(Column::EndsAt.lte(now)).exec(&central.writer).await?;
    }
    Ok(())
}
