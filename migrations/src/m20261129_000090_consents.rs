//! Consents: a row each time somebody agrees or takes it back, with the version of the words they read.
//!
//! What was agreed to before stands where the rules go by it, and has no row here: nobody wrote down when it was said, and to which words.

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
                of_organizer("consents")
                    .col(uuid("person_id"))
                    .col(uuid_null("registration_id"))
                    .col(string("purpose"))
                    .col(boolean("granted"))
                    .col(string_null("text_version"))
                    .col(string_null("locale"))
                    .col(string("how"))
                    .foreign_key(&mut within_organizer("consents", "person_id", "people"))
                    .foreign_key(&mut within_organizer("consents", "registration_id", "registrations"))
                    .take(),
            )
            .await?;
        manager.create_index(index("consents", &["person_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("consents").take()).await
    }
}
