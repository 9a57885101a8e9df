//! The outbox of mails and the queue of jobs, each row with its lease.

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
                of_organizer("messages")
                    .col(uuid_null("event_id"))
                    .col(uuid_null("registration_id"))
                    .col(uuid_null("prompt_id"))
                    .col(uuid_null("login_id"))
                    .col(string("kind"))
                    .col(boolean("asked_for"))
                    .col(string("state"))
                    .col(string_null("reason"))
                    .col(string("dedup_key").unique_key())
                    .col(string("to_email"))
                    .col(string("to_email_normal"))
                    .col(string_null("to_name"))
                    .col(string("locale"))
                    .col(string("message_id"))
                    .col(document_null("frozen"))
                    .col(instant("due_at"))
                    .col(instant("next_try_at"))
                    .col(integer("attempt"))
                    .col(integer("failures"))
                    .col(string_null("owner"))
                    .col(instant_null("lease_until"))
                    .col(instant_null("dated_at"))
                    .col(instant_null("sent_at"))
                    .col(text_null("last_error"))
                    .foreign_key(&mut within_organizer("messages", "event_id", "events"))
                    .foreign_key(&mut within_organizer("messages", "registration_id", "registrations"))
                    .foreign_key(&mut within_organizer("messages", "prompt_id", "prompts"))
                    .take(),
            )
            .await?;
        // Only open rows are ever looked for by the worker, so the index holds only those and stays small. Its order is the worker's.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE INDEX messages_open ON messages (asked_for DESC, due_at) WHERE state IN ('pending', 'retry', 'claimed')",
            )
            .await?;
        manager.create_index(index("messages", &["event_id", "id"])).await?;
        manager.create_index(index("messages", &["registration_id", "kind"])).await?;
        manager.create_index(index("messages", &["prompt_id"])).await?;

        manager
            .create_table(
                of_organizer("jobs")
                    .col(uuid_null("event_id"))
                    .col(uuid_null("plan_id"))
                    .col(string("kind"))
                    .col(string("state"))
                    .col(document("request"))
                    .col(big_integer("done"))
                    .col(big_integer("total"))
                    .col(string_null("note"))
                    .col(document_null("result"))
                    .col(document_null("problem"))
                    .col(boolean("cancel_requested"))
                    .col(integer("attempt"))
                    .col(string_null("owner"))
                    .col(instant_null("lease_until"))
                    .col(instant_null("finished_at"))
                    .foreign_key(&mut within_organizer("jobs", "event_id", "events"))
                    .foreign_key(&mut within_organizer("jobs", "plan_id", "plans"))
                    .take(),
            )
            .await?;
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('queued', 'running')")
            .await
            .map(|_| ())
    }
}
