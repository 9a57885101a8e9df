//! A database for one test. SQLite lives in the test's own folder; for PostgreSQL one is created on
//! the server that `tests/run` started, and dropped at the end. What is in it: see `ready.rs`.

use std::process::Command;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

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
    /// One with nothing in it.
    pub fn create() -> PostgresDatabase {
        let database = PostgresDatabase::with_a_name();
        let create = format!("CREATE DATABASE {}", database.name);
        database.ask_server(async |server| server.execute_unprepared(&create).await).expect("a database for this test");
        database
    }

    /// A copy of that one, and what was said of it; `None` where there is none of that name.
    pub fn copy_of(original: &str) -> Option<(PostgresDatabase, String)> {
        let database = PostgresDatabase::with_a_name();
        let look = format!("SELECT shobj_description(oid, 'pg_database') AS remark FROM pg_database WHERE datname = '{original}'");
        // Files are copied as they are, with a checkpoint before and after. Where nobody waits for the disk those are cheap, and cheaper than
        // to write each page to the log as well, which is the default.
        let copy = format!("CREATE DATABASE {} TEMPLATE {original} STRATEGY file_copy", database.name);
        let copied = database.ask_server(async |server| {
            let Some(found) = server.query_one_raw(Statement::from_string(DbBackend::Postgres, look)).await? else { return Ok(None) };
            let remark: String = found.try_get("", "remark")?;
            server.execute_unprepared(&copy).await?;
            Ok(Some(remark))
        });
        copied.expect("a database for this test").map(|remark| (database, remark))
    }

    /// Gives it another name, under which it stays and can be copied, with something said of it. Nobody can connect to it any more, for
    /// what is copied must not be in use.
    pub fn keep_as(&self, name: &str, remark: &str) {
        let statements = [
            format!("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", self.name),
            format!("COMMENT ON DATABASE {} IS '{remark}'", self.name),
            format!("ALTER DATABASE {} RENAME TO {name}", self.name),
        ];
        let kept = self.ask_server(async |server| {
            for statement in &statements {
                server.execute_unprepared(statement).await?;
            }
            Ok(())
        });
        kept.expect("the database is kept");
    }

    /// Drops all whose names begin so.
    pub fn remove_others(&self, beginning: &str) {
        let look = format!("SELECT datname::text AS name FROM pg_database WHERE starts_with(datname::text, '{beginning}')");
        let removed = self.ask_server(async |server| {
            for found in server.query_all_raw(Statement::from_string(DbBackend::Postgres, look)).await? {
                let name: String = found.try_get("", "name")?;
                server.execute_unprepared(&format!("DROP DATABASE {name}")).await?;
            }
            Ok(())
        });
        removed.expect("older databases are dropped");
    }

    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
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

    /// Of the test's own name, and not there yet.
    fn with_a_name() -> PostgresDatabase {
        let server = std::env::var("CONVIVIO_TEST_POSTGRES")
            .expect("this test needs a PostgreSQL server: run it through tests/run, which starts one and sets CONVIVIO_TEST_POSTGRES");
        PostgresDatabase { server: server.trim_end_matches('/').to_owned(), name: format!("outside_{}", uuid::Uuid::now_v7().simple()) }
    }

    /// Over a connection to the server's own database, on a thread of its own: where a database is dropped, nothing can be awaited. On
    /// Debian `psql` begins as a script in Perl, which takes longer.
    fn ask_server<T: Send>(&self, ask: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, DbErr> + Send) -> Result<T, DbErr> {
        let url = format!("{}/postgres", self.server);
        let asking = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let server = sea_orm::Database::connect(url).await?;
                let answer = ask(&server).await;
                server.close().await?;
                answer
            })
        };
        let answer = std::thread::scope(|threads| threads.spawn(asking).join());
        answer.unwrap_or_else(|_| Err(DbErr::Custom("asking the server panicked".to_owned())))
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(reason) = self.ask_server(async |server| server.execute_unprepared(&statement).await) {
            eprintln!("{} was left behind: {reason}", self.name);
        }
    }
}
