//! Questions of an event's form, and passions that an organizer adds to the catalogue.

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
                of_organizer("questions")
                    .col(uuid("event_id"))
                    .col(string("code"))
                    .col(document("label"))
                    .col(document("help"))
                    .col(string("kind"))
                    .col(document("options"))
                    .col(boolean("required"))
                    .col(string("asked_of"))
                    .col(small_integer("position"))
                    .col(instant_null("deleted_at"))
                    .foreign_key(&mut within_organizer("questions", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("questions", &["event_id", "code"])).await?;

        manager
            .create_table(
                of_organizer("passions").col(string("code")).col(document("labels")).col(document("synonyms")).col(string("family")).take(),
            )
            .await?;
        manager.create_index(unique("passions", &["organizer_id", "code"])).await?;

        manager.create_table(of_organizer("passion_merges").col(string("from_code")).col(string("into_code")).take()).await?;
        manager.create_index(unique("passion_merges", &["organizer_id", "from_code"])).await
    }
}
