//! Whose an answer is that is kept under an idempotency key, and of which organizer: who is erased leaves none.

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
        manager.alter_table(added("idempotency_keys", uuid_null("organizer_id"))).await?;
        manager.alter_table(added("idempotency_keys", uuid_null("person_id"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["person_id", "organizer_id"] {
            manager.alter_table(Table::alter().table("idempotency_keys").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
