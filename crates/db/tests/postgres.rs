//! What only PostgreSQL can show. `tests/run` starts the server.

use std::process::Command;
use std::time::Duration;

use convivio_db::{Database, Settings, Store, organizer, setting};
use convivio_domain::{Slug, Title};

/// The address of an empty database on the server of the test run.
fn empty_database() -> String {
    let server = std::env::var("CONVIVIO_TEST_POSTGRES").expect("CONVIVIO_TEST_POSTGRES is not set: run the tests by tests/run");
    let name = format!("db_{}", uuid::Uuid::now_v7().simple());
    psql(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
    format!("{server}/{name}")
}

/// What a session of its own answers.
fn psql(url: &str, statement: &str) -> String {
    let done = Command::new("psql").args([url, "-qAtc", statement]).output().expect("psql is there where the server is");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("psql writes UTF-8")
}

fn settings(url: &str) -> Settings {
    Settings { store: Store::Postgres { url: url.to_owned() }, pool: 4 }
}

/// sqlx 0.9.0 gives a connection back inside an open transaction when the future of `begin()` is dropped; what is then written outside of a
/// transaction is acknowledged and lost. The hook that runs before a connection is handed out ends such a transaction.
#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_write_survives_a_begin_that_was_cancelled() {
    let url = empty_database();
    let database = Database::open(&settings(&url)).await.expect("an empty database");
    let now = "2026-03-01T10:00:00Z".parse().expect("an instant");
    let (slug, name) = (Slug::parse("circolo").expect("a slug"), Title::parse("Circolo").expect("a title"));
    let organizer = organizer::insert(&database.central(), slug, name, now).await.expect("inserted").expect("new");
    const WRITES: u32 = 1000;
    for i in 0..WRITES {
        // Dropped at another point each time, as by a client that goes away.
        let moment = Duration::from_micros(u64::from(i % 50) * 20);
        drop(tokio::time::timeout(moment, database.write(&organizer)).await);
        setting::set(&database.central(), &format!("write {i}"), i).await.expect("acknowledged");
    }
    database.close().await.expect("closed");
    let kept = psql(&url, "SELECT count(*) FROM settings WHERE key LIKE 'write %'");
    assert_eq!(kept.trim(), WRITES.to_string(), "writes were acknowledged and lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_that_start_together_one_migrates() {
    let url = empty_database();
    let open = || {
        tokio::spawn({
            let settings = settings(&url);
            async move { Database::open(&settings).await.map(|_| ()) }
        })
    };
    for start in [open(), open(), open(), open()] {
        start.await.expect("no panic").expect("one migrates and the others wait");
    }
}

/// Whoever asks for a link to sign in names no organizer.
#[tokio::test]
async fn an_address_is_found_by_its_index() {
    let url = empty_database();
    Database::open(&settings(&url)).await.expect("an empty database").close().await.expect("closed");
    // In an empty table reading all of it would be cheapest.
    let query = "SET enable_seqscan = off; EXPLAIN (COSTS off) SELECT * FROM people WHERE email_normal = 'ada@example.org'";
    let plan = psql(&url, query);
    assert!(plan.contains("people_email_normal") && !plan.contains("organizer_id"), "{plan}");
}
