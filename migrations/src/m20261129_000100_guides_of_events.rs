//! Which guides an event gives to read, and who has read them.

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
        manager.alter_table(added("events", document_null("guides"))).await?;
        manager
            .create_table(
                of_organizer("guide_acks")
                    .col(uuid("registration_id"))
                    .col(string("phase"))
                    .foreign_key(&mut within_organizer("guide_acks", "registration_id", "registrations"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("guide_acks", &["registration_id", "phase"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("guide_acks").take()).await?;
        manager.alter_table(Table::alter().table("events").drop_column("guides").take()).await
    }
}
