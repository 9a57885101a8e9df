//! Databases that an earlier Convivio wrote.

use std::time::Duration;

use convivio_migrations::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use crate::support::*;

/// Everything of the stored evening is there, and goes on.
async fn all_is_kept(app: &TestApp) {
    assert_eq!(app.all("/events/small-tables/registrations").await.len(), 8);
    assert_eq!(app.all("/events/small-tables/checkins").await.len(), 7);
    assert_eq!(app.all("/events/small-tables/prompts").await.len(), 7);
    let messages = app.all("/events/small-tables/messages").await;
    assert_eq!(messages.len(), 31);
    assert!(messages.iter().all(|message| message["state"] == "sent"), "{messages:?}");
    let plans = app.all("/events/small-tables/plans").await;
    let plan = app.get(&format!("/events/small-tables/plans/{}", plans[0]["id"].as_str().unwrap())).await.ok(200);
    let seats: usize = plan["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|round| round["tables"].as_array().unwrap())
        .map(|table| table["members"].as_array().unwrap().len())
        .sum();
    assert_eq!(seats, 16);
    assert_eq!(app.run_due().await["sent"], 0, "what was sent is sent again");
    app.event("june").await;
}

#[rstest]
#[tokio::test]
async fn o6_a_database_of_the_first_schema_is_brought_up_to_date(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::on_first_schema(Setup::default(), database);
    app.start_first_schema().await;
    all_is_kept(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o6_of_two_instances_that_start_together_one_migrates() {
    let mut app = TestApp::on_first_schema(Setup::default(), Postgres);
    let (one, other) = tokio::join!(app.another_instance(Setup::default()), app.another_instance(Setup::default()));
    app.start_first_schema().await;
    all_is_kept(&app).await;
    for instance in [one, other] {
        instance.visitor().get("/readyz").await.ok(200);
    }
}

#[tokio::test]
async fn o6_control_without_the_guard_two_who_migrate_collide() {
    let app = TestApp::on_first_schema(Setup::default(), Postgres);
    let connect = || async { sea_orm::Database::connect(app.database_url()).await.unwrap() };
    let (one, other) = (connect().await, connect().await);
    let (one, other) = tokio::join!(Migrator::up(&one, None), Migrator::up(&other, None));
    assert!(one.is_err() || other.is_err());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn o6_a_migration_that_was_killed_is_finished_by_the_next(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::on_first_schema(Setup::default(), database);
    for milliseconds in [20, 40, 60, 80, 120, 160] {
        app.run_and_kill(&["migrate"], Duration::from_millis(milliseconds)).await;
    }
    app.start_first_schema().await;
    all_is_kept(&app).await;
}

#[rstest]
#[tokio::test]
async fn o6_a_program_older_than_the_database_refuses_it(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::on_first_schema(Setup::default(), database);
    let connection = sea_orm::Database::connect(app.database_url()).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_of_a_later_year', 1)";
    connection.execute_unprepared(newer).await.unwrap();
    connection.close().await.unwrap();
    for command in [&["migrate"][..], &["serve", "--sandbox", "--listen", "127.0.0.1:0"]] {
        let refused = app.run(command).await;
        assert!(!refused.succeeded, "{command:?}");
        assert!(refused.stderr.contains("a newer Convivio"), "{command:?}: {}", refused.stderr);
    }
}
