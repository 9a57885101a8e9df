//! What staff were last told of the feedback of an event.

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
        manager
            .create_table(
                of_organizer("feedback_told")
                    .col(uuid("event_id"))
                    .col(document("told"))
                    .foreign_key(&mut within_organizer("feedback_told", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("feedback_told", &["event_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("feedback_told").take()).await
    }
}
