//! Mail tells apart what its reader brought about this moment from what merely should not wait: only the first reaches somebody at a table.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Killed half-way, it leaves nothing behind, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_reader = boolean("by_reader").default(false).take();
        manager.alter_table(Table::alter().table("messages").add_column(by_reader).take()).await
    }
}
