//! Opening the database, and the one way to write to it.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use convivio_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::Executor as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::{Central, Error, Read, Result, Tenant, Tx};

/// Where the data lives.
#[derive(Clone, Debug)]
pub enum Store {
    /// A file, for one process.
    Sqlite { file: PathBuf, synchronous: Synchronous },
    /// A server, for any number of processes. The address holds the password, so it is never printed.
    Postgres { url: String },
}

/// How much SQLite waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// What was acknowledged survives a power cut.
    Full,
    /// Faster; a power cut may lose the last commits, and never corrupts.
    Normal,
}

#[derive(Clone, Debug)]
pub struct Settings {
    pub store: Store,
    /// Connections of one process to PostgreSQL.
    pub pool: u32,
}

/// The database: `write` for a transaction, `read` for a reader.
#[derive(Clone)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

/// How long a request waits for a connection before it is told to come back.
const ACQUIRE: Duration = Duration::from_secs(10);
const BUSY: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// Any number, as long as no other program takes the same lock in this database.
const MIGRATION_LOCK: i64 = 0x636f_6e76_6976;
/// A migration may write a large table anew. But it does not hold everybody up while it waits for a table, nor when it has gone away in the middle.
const MIGRATING: &str = "SET statement_timeout = 0; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '30s'";

impl Database {
    /// Opens the database and brings its tables up to date. Of several processes that start together, one migrates and the others wait.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let database = Self::connect(settings).await?;
        database.migrate(settings).await?;
        Ok(database)
    }

    /// Opens the database without touching its tables, which may be of another release or not there.
    pub async fn open_as_it_is(settings: &Settings) -> Result<Self> {
        Self::connect(settings).await
    }

    async fn connect(settings: &Settings) -> Result<Self> {
        match &settings.store {
            Store::Sqlite { file, synchronous } => {
                let writer = sqlite(file, *synchronous, 1, WRITER_CACHE).await?;
                let reader = sqlite(file, *synchronous, READERS, READER_CACHE).await?;
                Ok(Self { writer, reader })
            }
            Store::Postgres { url } => {
                let pool = postgres(url, settings.pool).await?;
                Ok(Self { writer: pool.clone(), reader: pool })
            }
        }
    }

    async fn migrate(&self, settings: &Settings) -> Result<()> {
        match &settings.store {
            Store::Sqlite { file, .. } => {
                let lock = file.with_extension("migration-lock");
                let lock = tokio::task::spawn_blocking(move || {
                    let file = std::fs::File::create(lock)?;
                    file.lock()?;
                    Ok::<_, std::io::Error>(file)
                });
                let lock = lock.await.expect("taking a lock does not panic").map_err(|err| Error::Refused(err.to_string()))?;
                self.up(&self.writer).await?;
                drop(lock);
                Ok(())
            }
            Store::Postgres { url } => {
                // The lock belongs to its session: a connection of its own, with time-outs of its own.
                let guard = postgres_session(url).await?;
                guard.execute_unprepared(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
                guard.execute_unprepared(MIGRATING).await?;
                let done = self.up(&guard).await;
                // With the session its lock ends.
                let closed = guard.close().await;
                done?;
                Ok(closed?)
            }
        }
    }

    /// Through `by`, which nobody else uses.
    async fn up(&self, by: &DatabaseConnection) -> Result<()> {
        Migrator::install(by).await?;
        self.refuse_newer().await?;
        Ok(Migrator::up(by, None).await?)
    }

    /// Fails where a newer release has been at work.
    pub(crate) async fn refuse_newer(&self) -> Result<()> {
        let known = Migrator::migrations();
        let applied = Migrator::get_migration_models(&self.writer).await?;
        if applied.iter().any(|row| known.iter().all(|migration| migration.name() != row.version)) {
            return Err(Error::Refused("the database was written by a newer Convivio; start that one, or restore a backup".to_owned()));
        }
        Ok(())
    }

    /// A transaction of this organizer. On SQLite it takes the write lock at once: a deferred one fails as soon as two meet.
    #[allow(clippy::disallowed_methods, reason = "this is the one way")]
    pub async fn write(&self, who: &impl Tenant) -> Result<Tx> {
        let sqlite_transaction_mode = self.is_sqlite().then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..Default::default() };
        let beginning = pin!(self.writer.begin_with_options(options));
        // Declared after what it watches and so dropped before it: whoever is given the connection later knows.
        let mut watch = Watch { ended: false };
        let begun = beginning.await;
        watch.ended = true;
        Ok(Tx { inner: begun?, organizer: who.organizer() })
    }

    /// A reader of this organizer.
    pub fn read(&self, who: &impl Tenant) -> Read {
        Read { inner: self.reader.clone(), organizer: who.organizer() }
    }

    /// The door for what stands above organizers.
    pub fn central(&self) -> Central {
        Central { writer: self.writer.clone(), reader: self.reader.clone() }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reader.ping().await?)
    }

    /// Connections that are open, and those of them that nobody uses this moment.
    pub fn connections(&self) -> (usize, usize) {
        let of = |connection: &DatabaseConnection| match connection.get_database_backend() {
            DbBackend::Sqlite => {
                let pool = connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            _ => {
                let pool = connection.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        let (open, idle) = of(&self.reader);
        let (more, idle_more) = if self.is_sqlite() { of(&self.writer) } else { (0, 0) };
        (usize::try_from(open + more).unwrap_or_default(), idle + idle_more)
    }

    pub fn is_sqlite(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Sqlite
    }

    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        // On PostgreSQL both are one pool, and closing it twice is no error.
        Ok(self.writer.close().await?)
    }
}

/// What a connection to SQLite keeps of the file for itself, in KiB. Each reader would keep the same, and the system keeps all of it for everybody.
const WRITER_CACHE: u32 = 8192;
const READER_CACHE: u32 = 2048;

async fn sqlite(file: &std::path::Path, synchronous: Synchronous, connections: u32, cache: u32) -> Result<DatabaseConnection> {
    use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let path = file.to_path_buf();
    let mut options = ConnectOptions::new("sqlite://");
    options.max_connections(connections).acquire_timeout(ACQUIRE).sqlx_logging(false).test_before_acquire(false);
    options.idle_timeout(None).max_lifetime(None);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let synchronous = match synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        sqlite
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("temp_store", "MEMORY")
            // Pages that are written again and again, as those of mails on their way are, reach the file once for many commits. The log is 16 MB then.
            .pragma("wal_autocheckpoint", "4000")
            .pragma("cache_size", format!("-{cache}"))
    });
    Ok(sea_orm::Database::connect(options).await?)
}

async fn postgres(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    // All are opened here and kept: one opened later would belong to the thread of the request that needed it, and end with that thread.
    options.min_connections(connections).max_connections(connections);
    options.acquire_timeout(ACQUIRE).connect_timeout(ACQUIRE).sqlx_logging(false);
    options.map_sqlx_postgres_opts(|postgres| {
        postgres.application_name("convivio").options([
            ("statement_timeout", "15s"),
            ("lock_timeout", "3s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ])
    });
    // sqlx 0.9.0 returns a connection to the pool inside an open transaction when the future of `begin()` is dropped (its issues 4385 and
    // 4393): what others then write is acknowledged and lost. This round trip takes the place of the default ping and ends such a transaction. It
    // is left out for a connection that was in use a moment ago, unless a `begin()` of this process was dropped of late: by the end of that time each
    // connection has met it, or has lain idle for long.
    options.test_before_acquire(false);
    options.map_sqlx_postgres_before_acquire(|connection, kept| {
        Box::pin(async move {
            if kept.idle_for < AWAKE && !was_cut_short() {
                return Ok(true);
            }
            connection.execute("BEGIN; ROLLBACK").await?;
            Ok(true)
        })
    });
    Ok(sea_orm::Database::connect(options).await?)
}

/// A connection that lay idle for longer is asked before it is used.
const AWAKE: Duration = Duration::from_millis(250);

/// When a `begin()` was last dropped: from then on, any connection to PostgreSQL may be inside a transaction that nobody knows of.
static CUT_SHORT: Mutex<Option<Instant>> = Mutex::new(None);
/// For so long, and many times longer than [`AWAKE`], none is trusted.
const SUSPECT: Duration = Duration::from_secs(60);

fn was_cut_short() -> bool {
    cut_short().is_some_and(|at| at.elapsed() < SUSPECT)
}

fn cut_short() -> MutexGuard<'static, Option<Instant>> {
    CUT_SHORT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notices that a `begin()` is dropped.
struct Watch {
    ended: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.ended {
            *cut_short() = Some(Instant::now());
        }
    }
}

async fn postgres_session(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).idle_timeout(None).max_lifetime(None);
    Ok(sea_orm::Database::connect(options).await?)
}
