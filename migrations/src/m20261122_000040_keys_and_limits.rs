//! Idempotency keys with their answers, what is counted for limits, and an index of the mails that were given up or held.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("idempotency_keys")
                    .col(string("id").primary_key())
                    .col(string("request_hash"))
                    .col(integer("attempt"))
                    .col(instant_null("lease_until"))
                    .col(integer_null("status"))
                    .col(string_null("content_type"))
                    .col(string_null("location"))
                    .col(string_null("etag"))
                    .col(text_null("body"))
                    .col(instant("created_at"))
                    .take(),
            )
            .await?;
        manager.create_index(index("idempotency_keys", &["created_at"])).await?;

        manager
            .create_table(
                Table::create().table("limit_windows").col(string("id").primary_key()).col(integer("count")).col(instant("ends_at")).take(),
            )
            .await?;
        manager.create_index(index("limit_windows", &["ends_at"])).await?;

        // Few among many, and asked for at every look at the metrics.
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX messages_not_sent ON messages (state) WHERE state IN ('dead', 'held')")
            .await
            .map(|_| ())
    }
}
