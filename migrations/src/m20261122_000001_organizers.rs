//! Organizers, the people who work for them, their tokens and sign-in links; the settings of the installation.

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
                Table::create()
                    .table("organizers")
                    .col(uuid("id").primary_key())
                    .col(string("slug").unique_key())
                    .col(string("name"))
                    .col(instant("created_at"))
                    .take(),
            )
            .await?;

        manager.create_table(of_organizer("members").col(string("email")).col(string("email_normal")).col(string("role")).take()).await?;
        manager.create_index(referable("members")).await?;
        manager.create_index(unique("members", &["organizer_id", "email_normal"])).await?;
        manager.create_index(index("members", &["email_normal"])).await?;

        manager
            .create_table(
                of_organizer("tokens")
                    .col(uuid_null("member_id"))
                    .col(string("label"))
                    .col(string("role"))
                    .col(string("hash").unique_key())
                    .col(instant_null("expires_at"))
                    .foreign_key(&mut within_organizer("tokens", "member_id", "members"))
                    .take(),
            )
            .await?;
        manager.create_index(index("tokens", &["organizer_id", "id"])).await?;

        manager
            .create_table(
                of_organizer("logins")
                    .col(uuid("member_id"))
                    .col(instant("expires_at"))
                    .col(instant_null("used_at"))
                    .foreign_key(&mut within_organizer("logins", "member_id", "members"))
                    .take(),
            )
            .await?;

        manager.create_table(Table::create().table("settings").col(string("key").primary_key()).col(document("value")).take()).await
    }
}
