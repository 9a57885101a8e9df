//! Long work: held on to while it lasts, and given up when it only does harm.

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
