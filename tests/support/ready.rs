//! What a test starts from: a database whose tables are up to date, with the organizer `tavola`, its owner and their token, as
//! `convivio organizer create` leaves it. Making one takes the program longer than many a test takes to run, so the first test that
//! needs one makes it, and all copy it: a file on SQLite, a template on PostgreSQL.
//!
//! Each test is a process of its own, so they agree by a lock on a file. One that is half made has no name yet under which it is
//! found, and one that another build of the program made has another name; whoever makes a new one removes those.
//!
//! A copy is no restored backup: only `backup` and `restore` set the mark that holds mail. The server's key lies beside the database,
//! and each server makes its own; of a token there is only a hash, which needs no key.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::database::{Database, PostgresDatabase};
use super::process::{Server, Setup};
use super::server::{ORGANIZER, OWNER};

/// Beside the program that was built for these tests.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_convivio");

/// Puts a copy into this data folder: the token of the owner.
pub fn on_sqlite(data: &Path) -> String {
    let [ready, token] = ["db", "token"].map(|kind| Path::new(FOLDER).join(format!("{}{}.{kind}", place(), build())));
    if !ready.exists() {
        let _alone = alone();
        // Whoever had the lock before may have made it.
        if !ready.exists() {
            make_on_sqlite(&ready, &token);
        }
    }
    fs::create_dir_all(data).unwrap();
    fs::copy(&ready, data.join("convivio.db")).unwrap();
    fs::read_to_string(token).unwrap()
}

/// A copy, and the token of the owner.
pub fn on_postgres() -> (PostgresDatabase, String) {
    let ready = format!("{}{}", place(), build());
    let copy = || PostgresDatabase::copy_of(&ready);
    copy().unwrap_or_else(|| {
        let _alone = alone();
        copy().unwrap_or_else(|| {
            make_on_postgres(&ready);
            copy().expect("it was made this moment")
        })
    })
}

fn make_on_sqlite(ready: &Path, token: &Path) {
    remove_older();
    let server = Server::new(Setup::default(), Database::Sqlite);
    fs::write(token, server.create_organizer(ORGANIZER, OWNER)).unwrap();
    let made = server.data.join("convivio.db");
    assert!(!made.with_extension("db-wal").exists(), "the write-ahead log is not folded into the file, so the file alone is not all");
    let half_made = ready.with_extension("part");
    fs::copy(made, &half_made).unwrap();
    fs::rename(half_made, ready).unwrap();
}

fn remove_older() {
    fs::create_dir_all(FOLDER).unwrap();
    let files: Vec<PathBuf> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is_ready = |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&place()));
    for file in files.iter().filter(is_ready) {
        fs::remove_file(file).unwrap();
    }
}

fn make_on_postgres(ready: &str) {
    let server = Server::new(Setup::default(), Database::Postgres);
    let token = server.create_organizer(ORGANIZER, OWNER);
    let database = server.database.as_ref().expect("it is on PostgreSQL");
    database.remove_others(&place());
    database.keep_as(ready, &token);
}

/// Held until it is dropped, or the process ends.
fn alone() -> File {
    fs::create_dir_all(FOLDER).unwrap();
    let lock = File::create(Path::new(FOLDER).join("making-ready")).unwrap();
    lock.lock().unwrap();
    lock
}

/// How the names of those of this checkout and profile begin: several may use one server.
fn place() -> String {
    format!("ready_{:016x}_", hash(PROGRAM))
}

/// Which build of the program and of these tests it is.
fn build() -> String {
    let tests = std::env::current_exe().unwrap();
    let built = [Path::new(PROGRAM), &tests].map(|program| {
        let of = fs::metadata(program).unwrap();
        (of.len(), of.modified().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap())
    });
    format!("{:016x}", hash(built))
}

fn hash(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
