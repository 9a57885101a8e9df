//! Profiles that are asked about, people who report and block, guides in an organizer's own words, and plans changed by hand.

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
        manager.alter_table(added("plans", integer("revision").default(0).take())).await?;
        manager.alter_table(added("events", instant_null("freshness_asked_at"))).await?;

        manager
            .create_table(
                of_organizer("reports")
                    .col(uuid("reporter_id"))
                    .col(uuid("about_id"))
                    .col(uuid("registration_id"))
                    .col(string("reason"))
                    .col(text_null("text"))
                    .col(string("state"))
                    .col(string_null("outcome"))
                    .col(instant_null("resolved_at"))
                    .foreign_key(&mut within_organizer("reports", "reporter_id", "people"))
                    .foreign_key(&mut within_organizer("reports", "about_id", "people"))
                    .foreign_key(&mut within_organizer("reports", "registration_id", "registrations"))
                    .take(),
            )
            .await?;
        manager.create_index(index("reports", &["organizer_id", "id"])).await?;
        manager.create_index(index("reports", &["about_id"])).await?;
        manager.create_index(index("reports", &["reporter_id"])).await?;

        manager
            .create_table(
                of_organizer("blocks")
                    .col(uuid("owner_id"))
                    .col(uuid("other_id"))
                    .foreign_key(&mut within_organizer("blocks", "owner_id", "people"))
                    .foreign_key(&mut within_organizer("blocks", "other_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("blocks", &["owner_id", "other_id"])).await?;
        manager.create_index(index("blocks", &["other_id"])).await?;

        manager
            .create_table(of_organizer("guides").col(string("phase")).col(string("locale")).col(string("title")).col(text("text")).take())
            .await?;
        manager.create_index(unique("guides", &["organizer_id", "phase", "locale"])).await
    }
}
