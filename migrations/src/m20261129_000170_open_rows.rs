//! Which mails and prompts a worker looks for stands in columns of their own, which the database derives from the state, and the indexes of such rows
//! ask those. A worker takes a mail and writes its words down, and a prompt's mail leaves, without such a column changing: then PostgreSQL writes to
//! no index of the row, keeps its versions on one page, and cleans up after itself ("heap-only tuples").

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The table, its columns, and the states of which each tells.
const DERIVED: [(&str, &[(&str, &str)]); 2] = [
    ("messages", &[("is_open", "'pending', 'retry', 'claimed'"), ("is_stuck", "'dead', 'held'")]),
    ("prompts", &[("is_waiting", "'scheduled', 'snoozed'")]),
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
        hold(manager).await?;
        drop_indexes(manager, &OLD_INDEXES).await?;
        for (table, columns) in DERIVED {
            derive(manager, table, columns).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            for (table, _) in DERIVED {
                // Rows are written when little of them is known, and grow by their words: from now on there is room for those and for the versions
                // between.
                run(manager, format!("ALTER TABLE {table} SET (fillfactor = 50)")).await?;
            }
        }
        run_all(manager, &NEW_INDEXES).await?;
        know(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        hold(manager).await?;
        drop_indexes(manager, &NEW_INDEXES).await?;
        for (table, columns) in DERIVED {
            for (column, _) in columns {
                run(manager, format!("ALTER TABLE {table} DROP COLUMN {column}")).await?;
            }
            if manager.get_database_backend() == DbBackend::Postgres {
                run(manager, format!("ALTER TABLE {table} RESET (fillfactor)")).await?;
            }
        }
        run_all(manager, &OLD_INDEXES).await?;
        know(manager).await
    }
}

/// Whoever cannot have both tables has lost nothing yet. The prompts come before the mails, as with everybody who holds both.
async fn hold(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DbBackend::Postgres => run(manager, "LOCK TABLE prompts, messages IN ACCESS EXCLUSIVE MODE".to_owned()).await,
        _ => Ok(()),
    }
}

/// PostgreSQL has only such as are stored, and writes the table anew for all of them at once. SQLite can only add such as are not, one by one.
async fn derive(manager: &SchemaManager<'_>, table: &str, columns: &[(&str, &str)]) -> Result<(), DbErr> {
    let on_postgres = manager.get_database_backend() == DbBackend::Postgres;
    let kept = if on_postgres { "STORED" } else { "VIRTUAL" };
    let added = |(column, states): &(&str, &str)| format!("ADD COLUMN {column} boolean GENERATED ALWAYS AS (state IN ({states})) {kept}");
    let added: Vec<String> = columns.iter().map(added).collect();
    let at_once = if on_postgres { vec![added.join(", ")] } else { added };
    for some in at_once {
        run(manager, format!("ALTER TABLE {table} {some}")).await?;
    }
    Ok(())
}

/// A column that was never looked at is believed to be true of every second row.
async fn know(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        run_all(manager, &["ANALYZE messages", "ANALYZE prompts"]).await?;
    }
    Ok(())
}

async fn drop_indexes(manager: &SchemaManager<'_>, indexes: &[&str]) -> Result<(), DbErr> {
    for index in indexes {
        let name = index.split(' ').nth(2).expect("each begins with CREATE INDEX and its name");
        run(manager, format!("DROP INDEX {name}")).await?;
    }
    Ok(())
}

async fn run_all(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        run(manager, (*statement).to_owned()).await?;
    }
    Ok(())
}

async fn run(manager: &SchemaManager<'_>, statement: String) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(&statement).await.map(|_| ())
}
