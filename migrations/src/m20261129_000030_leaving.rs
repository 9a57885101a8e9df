//! When a person was erased, and the address of their calendar.

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
        manager.alter_table(added("people", instant_null("erased_at"))).await?;
        manager.alter_table(added("people", integer("feed_generation").default(0).take())).await?;
        manager.alter_table(added("people", instant_null("feed_since"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["feed_since", "feed_generation", "erased_at"] {
            manager.alter_table(Table::alter().table("people").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
