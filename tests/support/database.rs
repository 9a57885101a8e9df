//! A database for one test. SQLite lives in the test's own folder; for PostgreSQL one is created on
//! the server that `tests/run` started, and dropped at the end.
//!
//! Every server under test migrates its own database. Copying a migrated template would be quicker,
//! but a copied database looks like a restored backup to the server, which then holds all mail.

use std::process::Command;

/// The databases a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

pub struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    pub fn create() -> PostgresDatabase {
        let server = std::env::var("CONVIVIO_TEST_POSTGRES")
            .expect("this test needs a PostgreSQL server: run it through tests/run, which starts one and sets CONVIVIO_TEST_POSTGRES");
        let name = format!("outside_{}", uuid::Uuid::now_v7().simple());
        let database = PostgresDatabase { server, name };
        let created = database.psql(&format!("CREATE DATABASE {}", database.name));
        assert!(created.is_ok(), "no database for this test: {created:?}");
        database
    }

    pub fn url(&self) -> String {
        format!("{}/{}", self.server.trim_end_matches('/'), self.name)
    }

    /// Runs a file of statements, as `pg_dump` writes one.
    pub fn load(&self, file: &str) {
        let loaded = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file", file])
            .arg(self.url())
            .output()
            .expect("psql starts");
        assert!(loaded.status.success(), "{file}: {}", String::from_utf8_lossy(&loaded.stderr));
    }

    fn psql(&self, statement: &str) -> Result<(), String> {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statement])
            .arg(format!("{}/postgres", self.server.trim_end_matches('/')))
            .output()
            .map_err(|err| format!("psql did not start: {err}"))?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        if let Err(reason) = self.psql(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)) {
            eprintln!("{} was left behind: {reason}", self.name);
        }
    }
}
