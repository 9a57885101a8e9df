//! Which mails and prompts a worker looks for stands in columns of their own, which the database derives from the state, and the indexes of such rows
//! ask those. A worker takes a mail and writes its words down, and a prompt's mail leaves, without such a column changing: then no index of the
//! row is written to, and PostgreSQL keeps the row's versions on one page and cleans up after itself (its "heap-only tuples").

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The table, the column, and the states of which it tells.
const DERIVED: [(&str, &str, &str); 3] = [
    ("messages", "is_open", "'pending', 'retry', 'claimed'"),
    ("messages", "is_stuck", "'dead', 'held'"),
    ("prompts", "is_waiting", "'scheduled', 'snoozed'"),
];

const OLD_INDEXES: [&str; 4] = [
    "CREATE INDEX messages_open ON messages (asked_for DESC, due_at) WHERE state IN ('pending', 'retry', 'claimed')",
    "CREATE INDEX messages_not_sent ON messages (state) WHERE state IN ('dead', 'held')",
    "CREATE INDEX messages_left ON messages (message_id) WHERE state IN ('claimed', 'sent', 'bounced')",
    "CREATE INDEX prompts_state_due_at ON prompts (state, due_at)",
];

const NEW_INDEXES: [&str; 4] = [
    "CREATE INDEX messages_open ON messages (asked_for DESC, due_at) WHERE is_open",
    "CREATE INDEX messages_stuck ON messages (due_at) WHERE is_stuck",
    "CREATE INDEX messages_message_id ON messages (message_id)",
    "CREATE INDEX prompts_waiting ON prompts (due_at, id) WHERE is_waiting",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Killed half-way, it leaves nothing behind.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let on_postgres = manager.get_database_backend() == DbBackend::Postgres;
        if on_postgres {
            // Rows are written when little of them is known, and grow by their words: the room is there for those and for the versions between.
            room(manager, "SET (fillfactor = 50)").await?;
        }
        // PostgreSQL has only such as are stored, and SQLite can only add such as are not.
        let kept = if on_postgres { "STORED" } else { "VIRTUAL" };
        for (table, column, states) in DERIVED {
            let added = format!("ALTER TABLE {table} ADD COLUMN {column} boolean GENERATED ALWAYS AS (state IN ({states})) {kept}");
            manager.get_connection().execute_unprepared(&added).await?;
        }
        drop_indexes(manager, &OLD_INDEXES).await?;
        create(manager, &NEW_INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_indexes(manager, &NEW_INDEXES).await?;
        for (table, column, _) in DERIVED {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            room(manager, "RESET (fillfactor)").await?;
        }
        create(manager, &OLD_INDEXES).await
    }
}

async fn room(manager: &SchemaManager<'_>, how: &str) -> Result<(), DbErr> {
    for table in ["messages", "prompts"] {
        manager.get_connection().execute_unprepared(&format!("ALTER TABLE {table} {how}")).await?;
    }
    Ok(())
}

async fn create(manager: &SchemaManager<'_>, indexes: &[&str]) -> Result<(), DbErr> {
    for index in indexes {
        manager.get_connection().execute_unprepared(index).await?;
    }
    Ok(())
}

async fn drop_indexes(manager: &SchemaManager<'_>, indexes: &[&str]) -> Result<(), DbErr> {
    for index in indexes {
        let name = index.split(' ').nth(2).expect("each begins with CREATE INDEX and its name");
        manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
    }
    Ok(())
}
