//! What prompts say and what mails are made from is read and written whole, and never looked into by its parts: PostgreSQL keeps it as the text it is
//! (`json`) instead of taking it apart and putting it together again. SQLite has done so all the time.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Killed half-way, it leaves nothing behind.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        keep_as(manager, "json").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        keep_as(manager, "jsonb").await
    }
}

async fn keep_as(manager: &SchemaManager<'_>, json: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for (table, column) in [("messages", "frozen"), ("prompts", "content")] {
            manager.get_connection().execute_unprepared(&format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {json}")).await?;
        }
    }
    Ok(())
}
