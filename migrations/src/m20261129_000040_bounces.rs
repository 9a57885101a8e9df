//! Mails that come back: which, and how.

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
        manager.create_table(of_organizer("bounces").col(uuid("message_id")).col(string("kind")).take()).await?;
        manager.create_index(unique("bounces", &["message_id", "kind"])).await?;
        manager.create_index(index("bounces", &["organizer_id", "kind", "created_at"])).await?;
        // Only what has left can come back, so a mail enters the index when a worker takes it and not when it is promised.
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX messages_left ON messages (message_id) WHERE state IN ('claimed', 'sent', 'bounced')")
            .await
            .map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX messages_left").await?;
        manager.drop_table(Table::drop().table("bounces").take()).await
    }
}
