//! Long work: held on to while it lasts, and given up when it only does harm.

use std::time::{Duration, Instant};

use crate::support::server::PATIENCE;
use crate::support::*;

fn setup(fault: &str) -> Setup {
    Setup::default().env("CONVIVIO_LEASE_SECONDS", "2").env("CONVIVIO_FAULT", fault)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_held_on_to_from_its_beginning(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(setup("slow_gathering"), database).await;
    let event = app.event("may").await;
    app.add_many(&event, 8).await;
    let asked = app.post(&event.at("/plans"), json!({"seed": 7})).await;
    asked.ok(202);
    // Takes whatever nobody holds on to, and waits for the rest.
    app.run_due().await;
    let job = app.finished_job(&asked.location()).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(app.log().matches("a job begins").count(), 1, "it was taken a second time:\n{}", app.log());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_its_process_is_begun_three_times(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::with(setup("die_in_job"), database).await;
    let event = app.event("may").await;
    app.add_many(&event, 8).await;
    let asked = app.post(&event.at("/plans"), json!({"seed": 7})).await;
    asked.ok(202);
    for _ in 0..2 {
        assert!(!app.ended().await.success());
        app.start_again().await;
    }
    assert!(!app.ended().await.success());
    app.start_again().await;
    let job = app.finished_job(&asked.location()).await;
    assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("failed"), &json!("job_given_up")), "{job}");
    let plans = app.all(&event.at("/plans")).await;
    assert_eq!(plans[0]["state"], "failed", "{plans:?}");
    // Whoever is asked about the problem finds it in the log.
    assert_eq!(job["problem"]["instance"], job["id"]);
    let line = app.log().lines().any(|line| line.contains("never came to an end") && line.contains(job["id"].as_str().unwrap()));
    assert!(line, "{}", app.log());
    // The next one is none of its concern.
    app.start_again_with(Setup::default()).await;
    app.plan(&event).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_say_how_far_it_is_goes_on(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(setup("progress_fails"), database).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    app.add_many(&event, 240).await;
    app.plan(&event).await;
    assert!(app.log().contains("could not say how far it is"), "it was over before it could:\n{}", app.log());
}

/// Asks for a plan of a search that takes its time, and waits until it is under way: where the job is.
async fn search_under_way(app: &TestApp, event: &Event) -> String {
    let asked = app.post(&event.at("/plans"), json!({"seed": 7})).await;
    asked.ok(202);
    let start = Instant::now();
    loop {
        let job = app.get(&asked.location()).await.ok(200);
        if job["progress"]["done"].as_i64() > Some(0) {
            return asked.location();
        }
        assert!(start.elapsed() < PATIENCE && job["state"] != "succeeded", "{job}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn plan_of(app: &TestApp, event: &Event, job: &Value) -> Value {
    let id = job["result"]["plan"].as_str().expect("the job names its plan");
    app.get(&event.at(&format!("/plans/{id}"))).await.ok(200)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_cancelled_keeps_its_best_and_says_that_it_was_cut_short(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "slow_search"), database).await;
    let event = app.event("may").await;
    app.add_many(&event, 24).await;
    let running = search_under_way(&app, &event).await;
    let waiting = app.post(&event.at("/plans"), json!({"seed": 8})).await;
    waiting.ok(202);
    for job in [&waiting.location(), &running] {
        app.delete(job).await.ok(202);
    }

    let job = app.finished_job(&running).await;
    assert_eq!((&job["state"], &job["problem"]), (&json!("cancelled"), &Value::Null), "{job}");
    let plan = plan_of(&app, &event, &job).await;
    assert_eq!((&plan["state"], &plan["warnings"]), (&json!("draft"), &json!(["time_limit"])), "{plan}");
    for round in seats(&plan) {
        assert_eq!(round.concat().len(), 24, "everybody has a seat");
    }
    app.publish_plan(&event, &plan).await.done();

    // The other was not begun, so there is nothing to keep.
    let job = app.finished_job(&waiting.location()).await;
    assert_eq!((&job["state"], &job["result"]), (&json!("cancelled"), &Value::Null), "{job}");
    let plans = app.all(&event.at("/plans")).await;
    assert!(plans.iter().any(|plan| plan["state"] == "cancelled" && plan["seed"] == 8), "{plans:?}");
    for job in [&waiting.location(), &running] {
        assert_eq!(app.delete(job).await.fails(409, "wrong_state").0["state"], "cancelled");
    }
}

#[rstest]
#[tokio::test]
async fn a_job_that_is_over_is_not_cancelled(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 6).await;
    let asked = app.post(&event.at("/plans"), json!({"seed": 7})).await;
    asked.ok(202);
    assert_eq!(app.finished_job(&asked.location()).await["state"], "succeeded");
    assert_eq!(app.delete(&asked.location()).await.fails(409, "wrong_state").0["state"], "succeeded");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_mid_plan_gives_the_job_to_the_next_process(#[values(Sqlite, Postgres)] database: Database) {
    // A lease that nobody would wait for: it is given back, not run out.
    let slow = Setup::default().env("CONVIVIO_LEASE_SECONDS", "600").env("CONVIVIO_FAULT", "slow_search");
    let mut app = TestApp::with(slow, database).await;
    let event = app.event("may").await;
    app.add_many(&event, 24).await;
    let job = search_under_way(&app, &event).await;
    assert_eq!(app.terminate().await.code(), Some(0), "{}", app.log());
    app.start_again_with(Setup::default()).await;
    let job = app.finished_job(&job).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let plan = plan_of(&app, &event, &job).await;
    assert_eq!((&plan["state"], &plan["warnings"]), (&json!("draft"), &json!([])));
    assert_eq!(seats(&plan), seats(&app.plan(&event).await), "the whole search of this seed");
}
