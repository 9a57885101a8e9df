//! Feedback that stands apart from who gave it.

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
                of_organizer("feedback")
                    .col(uuid("event_id"))
                    .col(string("step"))
                    .col(document("said"))
                    .foreign_key(&mut within_organizer("feedback", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(index("feedback", &["event_id"])).await
    }
}
