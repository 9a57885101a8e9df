//! How often an event has changed what calendars show of it, and the indexes of what is read by member and by event.

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
        let sequence = integer("calendar_sequence").default(0).take();
        manager.alter_table(Table::alter().table("events").add_column(sequence).take()).await?;
        // A member who leaves takes their links to sign in along.
        manager.create_index(index("logins", &["organizer_id", "member_id"])).await?;
        manager.create_index(index("prompts", &["event_id", "id"])).await
    }
}
