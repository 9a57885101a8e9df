//! When an event was first published, and when staff last had a registration's mail sent again.

use sea_orm_migration::prelude::*;

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
        manager.alter_table(Table::alter().table("events").add_column(instant_null("published_at")).take()).await?;
        // What is no draft any more was published; when, nobody wrote down.
        manager.get_connection().execute_unprepared("UPDATE events SET published_at = updated_at WHERE state <> 'draft'").await?;
        manager.alter_table(Table::alter().table("registrations").add_column(instant_null("resent_at")).take()).await
    }
}
