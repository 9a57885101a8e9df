//! Rounds, rules, plans, and who sits where.

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
                of_organizer("rounds")
                    .col(uuid("event_id"))
                    .col(small_integer("number"))
                    .col(small_integer("minutes"))
                    .col(small_integer("break_minutes"))
                    .col(instant_null("starts_at"))
                    .col(string("state"))
                    .col(instant_null("started_at"))
                    .col(instant_null("finishes_by"))
                    .col(instant_null("finished_at"))
                    .col(uuid_null("plan_id"))
                    .foreign_key(&mut within_organizer("rounds", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("rounds", &["event_id", "number"])).await?;
        manager.create_index(index("rounds", &["state", "finishes_by"])).await?;

        manager
            .create_table(
                of_organizer("rules")
                    .col(uuid("event_id"))
                    .col(string("kind"))
                    .col(boolean("hard"))
                    .col(double_null("weight"))
                    .col(document("members"))
                    .col(string_null("attribute"))
                    .col(small_integer_null("table"))
                    .col(small_integer_null("k"))
                    .foreign_key(&mut within_organizer("rules", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(index("rules", &["event_id", "id"])).await?;

        manager
            .create_table(
                of_organizer("plans")
                    .col(uuid("event_id"))
                    .col(integer("version"))
                    .col(string("state"))
                    .col(big_integer("seed"))
                    .col(string_null("input_hash"))
                    .col(document("request"))
                    .col(document("tables"))
                    .col(document_null("score"))
                    .col(document("warnings"))
                    .col(string("algorithm"))
                    .col(big_integer_null("took_ms"))
                    .col(instant_null("published_at"))
                    .foreign_key(&mut within_organizer("plans", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(referable("plans")).await?;
        manager.create_index(unique("plans", &["event_id", "version"])).await?;

        manager
            .create_table(
                Table::create()
                    .table("seats")
                    .col(uuid("organizer_id"))
                    .col(uuid("plan_id"))
                    .col(uuid("registration_id"))
                    .col(small_integer("round"))
                    .col(small_integer("table"))
                    .col(boolean("locked"))
                    .col(document("why"))
                    .primary_key(Index::create().col("plan_id").col("registration_id").col("round"))
                    .foreign_key(&mut within_organizer("seats", "plan_id", "plans"))
                    .foreign_key(&mut within_organizer("seats", "registration_id", "registrations"))
                    .take(),
            )
            .await?;
        manager.create_index(index("seats", &["plan_id", "round", "table"])).await?;
        manager.create_index(index("seats", &["registration_id"])).await
    }
}
