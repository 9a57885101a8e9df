//! A third person brings two together: who proposes it, what the two say, and whom somebody met that way. And the people somebody knows from
//! elsewhere.

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
                of_organizer("introductions")
                    .col(uuid("introducer_id"))
                    .col(uuid("one_id"))
                    .col(uuid("other_id"))
                    .col(text("why"))
                    .col(boolean_null("one_agrees"))
                    .col(boolean_null("other_agrees"))
                    .col(instant_null("sent_at"))
                    .foreign_key(&mut within_organizer("introductions", "introducer_id", "people"))
                    .foreign_key(&mut within_organizer("introductions", "one_id", "people"))
                    .foreign_key(&mut within_organizer("introductions", "other_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(index("introductions", &["introducer_id"])).await?;
        manager.create_index(index("introductions", &["one_id"])).await?;
        manager.create_index(index("introductions", &["other_id"])).await?;
        manager.alter_table(added("connections", uuid_null("introduced_by"))).await?;
        manager.alter_table(added("messages", uuid_null("introduction_id"))).await?;

        manager
            .create_table(
                of_organizer("contacts")
                    .col(uuid("owner_id"))
                    .col(string("name"))
                    .col(text_null("note"))
                    .col(integer_null("every_months"))
                    .col(instant("in_touch_at"))
                    .foreign_key(&mut within_organizer("contacts", "owner_id", "people"))
                    .take(),
            )
            .await?;
        manager.create_index(index("contacts", &["owner_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("contacts").take()).await?;
        manager.alter_table(Table::alter().table("messages").drop_column("introduction_id").take()).await?;
        manager.alter_table(Table::alter().table("connections").drop_column("introduced_by").take()).await?;
        manager.drop_table(Table::drop().table("introductions").take()).await
    }
}
