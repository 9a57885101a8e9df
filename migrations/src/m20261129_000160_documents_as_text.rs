//! What prompts say and what mails are made from is read and written whole, and never looked into by its parts: PostgreSQL keeps it as the text it is
//! (`json`) instead of taking it apart and putting it together again. SQLite has done so all the time. And where a mail gets its words there is room
//! beside the row for the same row with words, so that no index has to be told of it.

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
        run(manager, &["ALTER TABLE messages ALTER COLUMN frozen TYPE json", "ALTER TABLE prompts ALTER COLUMN content TYPE json"]).await?;
        run(manager, &["ALTER TABLE messages SET (fillfactor = 40)"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE messages RESET (fillfactor)"]).await?;
        run(manager, &["ALTER TABLE prompts ALTER COLUMN content TYPE jsonb", "ALTER TABLE messages ALTER COLUMN frozen TYPE jsonb"]).await
    }
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
    }
    Ok(())
}
