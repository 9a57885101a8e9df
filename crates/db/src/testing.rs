//! Databases for the tests of single statements, and how those are carried out.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::{Store, Synchronous};

pub(crate) fn sqlite(folder: &tempfile::TempDir) -> Store {
    Store::Sqlite { file: folder.path().join("convivio.db"), synchronous: Synchronous::Normal }
}

/// An empty database on the server of the test run.
pub(crate) fn postgres() -> Store {
    let server = std::env::var("CONVIVIO_TEST_POSTGRES").expect("CONVIVIO_TEST_POSTGRES is not set: run the tests by tests/run");
    let name = format!("unit_{}", uuid::Uuid::now_v7().simple());
    let create = format!("CREATE DATABASE {name}");
    let done = std::process::Command::new("psql").args([&format!("{server}/postgres"), "-qAtc", &create]).status();
    assert!(done.is_ok_and(|status| status.success()), "no database for this test");
    Store::Postgres { url: format!("{server}/{name}") }
}

/// How the database would carry the statement out.
pub(crate) async fn explained(connection: &DatabaseConnection, plain: Statement) -> String {
    let on_postgres = connection.get_database_backend() == DbBackend::Postgres;
    let (explain, column) = if on_postgres { ("EXPLAIN", "QUERY PLAN") } else { ("EXPLAIN QUERY PLAN", "detail") };
    let asked = Statement { sql: format!("{explain} {}", plain.sql), ..plain };
    let rows = connection.query_all_raw(asked).await.expect("explained");
    let lines: Vec<String> = rows.iter().map(|row| row.try_get("", column).expect("a line")).collect();
    lines.join("\n")
}
