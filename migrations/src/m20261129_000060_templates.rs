//! Mails in an organizer's own words: a row a revision, the last one in force. Without words it takes those before it back.

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
                of_organizer("templates")
                    .col(string("kind"))
                    .col(string("locale"))
                    .col(integer("revision"))
                    .col(string_null("subject"))
                    .col(text_null("text"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("templates", &["organizer_id", "kind", "locale", "revision"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("templates").take()).await
    }
}
