//! A prompt may be put off, and then comes again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let snoozes = integer("snoozes").default(0).take();
        manager.alter_table(Table::alter().table("prompts").add_column(snoozes).take()).await
    }
}
