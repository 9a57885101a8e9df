//! The ninety days: a plan of an event's own, pauses that end, prompts that recur, and one private log for everything a person writes about
//! another.

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
        manager.alter_table(added("events", document_null("follow_up"))).await?;
        manager.alter_table(added("people", document_null("preferences"))).await?;
        manager.alter_table(added("enrollments", instant_null("paused_until"))).await?;
        manager.alter_table(added("connections", integer_null("every_months"))).await?;
        manager.alter_table(added("connections", text_null("context"))).await?;
        manager.alter_table(added("connections", boolean("exchange").default(false).take())).await?;
        manager.create_index(index("connections", &["other_id"])).await?;
        manager.create_index(index("connections", &["event_id"])).await?;
        manager.create_index(index("enrollments", &["event_id"])).await?;

        manager.alter_table(added("prompts", integer("occurrence").default(0).take())).await?;
        manager.drop_index(Index::drop().name("prompts_registration_id_step").table("prompts").to_owned()).await?;
        manager.create_index(unique("prompts", &["registration_id", "step", "occurrence"])).await?;

        manager
            .create_table(
                of_organizer("log")
                    .col(uuid("owner_id"))
                    .col(uuid("about_id"))
                    .col(uuid_null("prompt_id"))
                    .col(string("kind"))
                    .col(string_null("what"))
                    .col(text_null("text"))
                    .col(integer_null("trust"))
                    .col(integer_null("goals"))
                    .col(integer_null("solutions"))
                    .col(instant("happened_at"))
                    .foreign_key(&mut within_organizer("log", "owner_id", "people"))
                    .foreign_key(&mut within_organizer("log", "about_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(index("log", &["owner_id", "about_id"])).await?;
        manager.create_index(index("log", &["about_id"])).await?;
        manager.create_index(unique("log", &["prompt_id", "about_id", "kind"])).await?;

        // Notes are the first entries of the log.
        let columns = ["id", "organizer_id", "created_at", "owner_id", "about_id", "prompt_id", "text"];
        let mut notes = Query::select();
        notes.columns(columns).expr(Expr::val("note")).column("created_at").from("notes");
        let mut moved = Query::insert();
        moved.into_table("log").columns(columns.into_iter().chain(["kind", "happened_at"]));
        moved.select_from(notes).map_err(|err| DbErr::Custom(err.to_string()))?;
        manager.exec_stmt(moved).await?;
        manager.drop_table(Table::drop().table("notes").take()).await
    }
}
