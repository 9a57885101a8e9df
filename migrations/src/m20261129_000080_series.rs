//! Series of events, and which one an event is of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Killed half-way, it leaves nothing behind, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(of_organizer("series").col(string("slug")).col(document("title")).take()).await?;
        manager.create_index(unique("series", &["organizer_id", "slug"])).await?;
        // By its slug, as nothing changes or removes that. SQLite gives no reference of two columns to a table that is there.
        manager.alter_table(added("events", string_null("series"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("events").drop_column("series").take()).await?;
        manager.drop_table(Table::drop().table("series").take()).await
    }
}
