//! The clock of integrators and tests.

use chrono::TimeDelta;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn the_clock_stands_still_until_it_is_moved(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let before = app.now().await;
    assert_eq!(app.now().await, before);
    app.clock_advance(90).await;
    assert_eq!(app.now().await, before + TimeDelta::seconds(90));
    app.post("/api/v1/sandbox/clock", json!({"advance_seconds": -1})).await.fails(422, "validation_failed");
    app.post("/api/v1/sandbox/clock", json!({"now": before})).await.fails(422, "validation_failed");
    app.post("/api/v1/sandbox/clock", json!({"now": before, "advance_seconds": 1})).await.fails(422, "validation_failed");
    assert_eq!(app.now().await, before + TimeDelta::seconds(90));
}

#[rstest]
#[tokio::test]
async fn the_clock_is_kept_over_a_restart(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::start(database).await;
    app.clock_to("2030-06-01T12:00:00Z").await;
    app.kill();
    app.start_again().await;
    assert_eq!(app.now().await, when("2030-06-01T12:00:00Z"));
}

#[rstest]
#[tokio::test]
async fn only_an_owner_moves_the_clock(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let manager = app.as_role("manager").await;
    manager.post("/api/v1/sandbox/run_due", json!({})).await.fails(403, "forbidden");
    let anonymous = app.anonymous();
    anonymous.post("/api/v1/sandbox/run_due", json!({})).await.fails(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn outside_the_sandbox_there_is_no_clock_to_move(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().in_real_time(), database).await;
    app.get("/api/v1/sandbox/clock").await.fails(404, "not_found");
    app.post("/api/v1/sandbox/clock", json!({"advance_seconds": 1})).await.fails(404, "not_found");
    app.post("/api/v1/sandbox/run_due", json!({})).await.fails(404, "not_found");
    // Nobody is asked for a token to what is not there.
    app.anonymous().get("/api/v1/sandbox/clock").await.fails(404, "not_found");
    app.with_token("cvv_made-up").post("/api/v1/sandbox/run_due", json!({})).await.fails(404, "not_found");
    // The rest is as everywhere.
    let event = app.event("may").await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
}

#[rstest]
#[tokio::test]
async fn working_what_is_due_says_what_was_done(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.held_evening("may", 4).await;
    let done = app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(when(done["now"].as_str().unwrap()), when(FIRST_WORKING_DAY));
    assert_eq!(done["sent"], 4);
    for count in ["failed", "held", "suppressed", "jobs"] {
        assert!(done[count].is_u64(), "no {count} in {done}");
    }
    assert_eq!(app.run_due().await["sent"], 0);
}
