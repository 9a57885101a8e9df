//! What follows an event: encounters, enrollments, prompts, private notes, connections, and addresses not to write to.

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
                of_organizer("encounters")
                    .col(uuid("event_id"))
                    .col(uuid("one_id"))
                    .col(uuid("other_id"))
                    .col(document("sittings"))
                    .foreign_key(&mut within_organizer("encounters", "event_id", "events"))
                    .foreign_key(&mut within_organizer("encounters", "one_id", "registrations"))
                    .foreign_key(&mut within_organizer("encounters", "other_id", "registrations"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("encounters", &["one_id", "other_id"])).await?;
        manager.create_index(index("encounters", &["other_id"])).await?;

        manager
            .create_table(
                of_organizer("enrollments")
                    .col(uuid("event_id"))
                    .col(uuid("registration_id").unique_key())
                    .col(uuid("person_id"))
                    .col(string("state"))
                    .col(string_null("reason"))
                    .foreign_key(&mut within_organizer("enrollments", "event_id", "events"))
                    .foreign_key(&mut within_organizer("enrollments", "registration_id", "registrations"))
                    .foreign_key(&mut within_organizer("enrollments", "person_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(index("enrollments", &["person_id"])).await?;

        manager
            .create_table(
                of_organizer("prompts")
                    .col(uuid("event_id"))
                    .col(uuid("registration_id"))
                    .col(uuid("person_id"))
                    .col(string("step"))
                    .col(string("state"))
                    .col(string_null("reason"))
                    .col(instant("due_at"))
                    .col(instant("first_due_at"))
                    .col(instant_null("sent_at"))
                    .col(instant_null("answered_at"))
                    .col(document_null("content"))
                    .col(document_null("answer"))
                    .col(integer("link_generation"))
                    .foreign_key(&mut within_organizer("prompts", "event_id", "events"))
                    .foreign_key(&mut within_organizer("prompts", "registration_id", "registrations"))
                    .foreign_key(&mut within_organizer("prompts", "person_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(referable("prompts")).await?;
        manager.create_index(unique("prompts", &["registration_id", "step"])).await?;
        manager.create_index(index("prompts", &["person_id", "id"])).await?;
        manager.create_index(index("prompts", &["state", "due_at"])).await?;

        manager
            .create_table(
                of_organizer("notes")
                    .col(uuid("owner_id"))
                    .col(uuid("about_id"))
                    .col(uuid_null("prompt_id"))
                    .col(text("text"))
                    .foreign_key(&mut within_organizer("notes", "owner_id", "people"))
                    .foreign_key(&mut within_organizer("notes", "about_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(index("notes", &["owner_id", "about_id"])).await?;
        manager.create_index(unique("notes", &["prompt_id", "about_id"])).await?;

        manager
            .create_table(
                of_organizer("connections")
                    .col(uuid("owner_id"))
                    .col(uuid("other_id"))
                    .col(uuid("event_id"))
                    .col(string("state"))
                    .foreign_key(&mut within_organizer("connections", "owner_id", "people"))
                    .foreign_key(&mut within_organizer("connections", "other_id", "people"))
                    .foreign_key(&mut within_organizer("connections", "event_id", "events"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("connections", &["owner_id", "other_id"])).await?;

        manager.create_table(of_organizer("suppressions").col(string("email_normal")).col(string("reason")).take()).await?;
        manager.create_index(unique("suppressions", &["organizer_id", "email_normal"])).await
    }
}
