//! What the installation remembers about itself.

use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Central, Result, Stored};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub value: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

pub async fn get<T: DeserializeOwned>(central: &Central, key: &str) -> Result<Option<T>> {
    let row = Central::find::<Entity>().filter(Column::Key.eq(key)).one(&central.reader).await?;
    Ok(row.and_then(|row| serde_json::from_value(row.value).ok()))
}

pub async fn forget(central: &Central, key: &str) -> Result<()> {
    Central::delete::<Entity>().filter(Column::Key.eq(key)).exec(&central.writer).await?;
    Ok(())
}

pub async fn set<T: Serialize>(central: &Central, key: &str, value: T) -> Result<()> {
    let value = serde_json::to_value(Stored(value)).expect("settings are plain values");
    Entity::insert(ActiveModel { key: Set(key.to_owned()), value: Set(value) })
        .on_conflict(OnConflict::column(Column::Key).update_column(Column::Value).to_owned())
        .exec(&central.writer)
        .await?;
    Ok(())
}
