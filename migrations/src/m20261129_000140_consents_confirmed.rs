//! Since when it is known that a consent is the word of whose address it is. What stands in a form that nobody confirmed is nobody's.

use sea_orm_migration::prelude::*;

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
        manager.alter_table(added("consents", instant_null("confirmed_at"))).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "UPDATE consents SET confirmed_at = created_at WHERE registration_id IS NULL OR registration_id IN (SELECT registrations.id \
                 FROM registrations WHERE registrations.confirmed_at IS NOT NULL OR state NOT IN ('pending_email', 'cancelled'))",
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("consents").drop_column("confirmed_at").take()).await
    }
}
