//! Copies of an SQLite database, and whether a database holds anything yet. PostgreSQL has programs of its own for the former.

use std::path::Path;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{Central, Database, Error, Result, Settings, Store, Synchronous, organizer};

/// Writes a copy of the database as it is this moment, while others read and write it.
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<()> {
    let original = as_it_is(from).await?;
    let into = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [to.to_string_lossy().into_owned().into()]);
    let copied = original.central().reader.execute_raw(into).await;
    original.close().await?;
    copied?;
    Ok(())
}

/// A database file of ours, whole, and not from a newer Convivio; or why not.
pub async fn check_sqlite(file: &Path) -> Result<()> {
    let database = as_it_is(file).await?;
    let checked = check(&database).await;
    database.close().await?;
    checked
}

async fn check(database: &Database) -> Result<()> {
    let damaged = |err: sea_orm::DbErr| Error::Refused(format!("it is no whole SQLite database: {err}"));
    let asked = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let row = database.central().reader.query_one_raw(asked).await.map_err(damaged)?;
    let verdict: Option<String> = row.and_then(|row| row.try_get_by_index(0).ok());
    if verdict.as_deref() != Some("ok") {
        return Err(Error::Refused("it is no whole SQLite database".to_owned()));
    }
    if !has_table(&database.central()).await? {
        return Err(Error::Refused("it is no database of Convivio".to_owned()));
    }
    database.refuse_newer().await
}

/// Whether there is no organizer in it, and so nothing at all.
pub async fn is_empty(settings: &Settings) -> Result<bool> {
    let database = Database::open_as_it_is(settings).await?;
    let central = database.central();
    let empty = !has_table(&central).await? || Central::find::<organizer::Entity>().one(&central.reader).await?.is_none();
    database.close().await?;
    Ok(empty)
}

async fn has_table(central: &Central) -> Result<bool> {
    let backend = central.reader.get_database_backend();
    let asked = match backend {
        DbBackend::Postgres => "SELECT 1 WHERE to_regclass('organizers') IS NOT NULL",
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'organizers'",
    };
    Ok(central.reader.query_one_raw(Statement::from_string(backend, asked)).await?.is_some())
}

async fn as_it_is(file: &Path) -> Result<Database> {
    let store = Store::Sqlite { file: file.to_path_buf(), synchronous: Synchronous::Full };
    Database::open_as_it_is(&Settings { store, pool: 1 }).await
}

/// Puts the mark of a restored backup on a copy.
pub async fn mark_restored(file: &Path, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let copy = as_it_is(file).await?;
    let marked = crate::sending::hold(&copy.central(), now).await;
    copy.close().await?;
    marked
}
