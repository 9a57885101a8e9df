//! People, events, and the registrations that join them.

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
                of_organizer("people")
                    .col(string("email"))
                    .col(string("email_normal"))
                    .col(string("name"))
                    .col(string("locale"))
                    .col(string_null("timezone"))
                    .col(document("profile"))
                    .col(instant_null("confirmed_at"))
                    .col(instant("updated_at"))
                    .col(instant_null("follow_up_stopped_at"))
                    .col(integer("link_generation"))
                    .take(),
            )
            .await?;
        manager.create_index(referable("people")).await?;
        manager.create_index(unique("people", &["organizer_id", "email_normal"])).await?;
        // Whoever asks for a link to sign in has not said yet with which organizer.
        manager.create_index(index("people", &["email_normal"])).await?;

        manager
            .create_table(
                of_organizer("events")
                    .col(string("slug"))
                    .col(document("title"))
                    .col(document("summary"))
                    .col(document("method"))
                    .col(text_null("purpose"))
                    .col(string("kind"))
                    .col(string("mode"))
                    .col(string("audience"))
                    .col(string_null("place"))
                    .col(string("timezone"))
                    .col(string("locale"))
                    .col(instant("starts_at"))
                    .col(instant("ends_at"))
                    .col(integer_null("capacity"))
                    .col(integer("taken"))
                    .col(integer("waitlisted"))
                    .col(instant_null("registration_opens_at"))
                    .col(instant_null("registration_closes_at"))
                    .col(boolean("approval"))
                    .col(integer("offer_hours"))
                    .col(document("weights"))
                    .col(integer_null("retention_days"))
                    .col(document_null("tables"))
                    .col(string("state"))
                    .col(integer("version"))
                    .col(uuid_null("published_plan_id"))
                    .col(instant_null("method_sent_at"))
                    .col(instant("updated_at"))
                    .take(),
            )
            .await?;
        manager.create_index(referable("events")).await?;
        manager.create_index(unique("events", &["organizer_id", "slug"])).await?;
        // The timers look for published events by their times.
        manager.create_index(index("events", &["state", "ends_at"])).await?;
        manager.create_index(index("events", &["state", "starts_at"])).await?;

        manager
            .create_table(
                of_organizer("registrations")
                    .col(uuid("event_id"))
                    .col(uuid("person_id"))
                    .col(string("code").unique_key())
                    .col(string("state"))
                    .col(string("name"))
                    .col(document("profile"))
                    .col(text_null("intention"))
                    .col(document("wishes"))
                    .col(text_null("accessibility"))
                    .col(document("answers"))
                    .col(string("locale"))
                    .col(string_null("timezone"))
                    .col(boolean("follow_up"))
                    .col(integer_null("position"))
                    .col(instant_null("pending_until"))
                    .col(instant_null("confirmed_at"))
                    .col(instant_null("checked_in_at"))
                    .col(instant_null("method_ack_at"))
                    .col(instant_null("mailed_at"))
                    .col(integer("link_generation"))
                    .col(integer("version"))
                    .foreign_key(&mut within_organizer("registrations", "event_id", "events"))
                    .foreign_key(&mut within_organizer("registrations", "person_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(referable("registrations")).await?;
        manager.create_index(unique("registrations", &["event_id", "person_id"])).await?;
        manager.create_index(index("registrations", &["event_id", "id"])).await?;
        manager.create_index(index("registrations", &["event_id", "state", "id"])).await?;
        manager.create_index(index("registrations", &["event_id", "state", "position"])).await?;
        manager.create_index(index("registrations", &["state", "pending_until"])).await?;
        manager.create_index(index("registrations", &["person_id"])).await?;

        manager
            .create_table(
                of_organizer("checkins")
                    .col(uuid("event_id"))
                    .col(uuid("registration_id"))
                    .col(string("nonce"))
                    .col(instant("at"))
                    .col(instant_null("undone_at"))
                    .foreign_key(&mut within_organizer("checkins", "event_id", "events"))
                    .foreign_key(&mut within_organizer("checkins", "registration_id", "registrations"))
                    .take(),
            )
            .await?;
        manager.create_index(index("checkins", &["event_id", "id"])).await?;
        manager.create_index(unique("checkins", &["registration_id", "nonce"])).await
    }
}
