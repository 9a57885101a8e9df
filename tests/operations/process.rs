//! The process: started, asked how it is, stopped, started again.

use std::time::{Duration, Instant};

use crate::support::*;

#[rstest]
#[tokio::test]
async fn the_process_says_that_it_lives_and_is_ready(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for path in ["/healthz", "/readyz"] {
        app.visitor().get(path).await.ok(200);
    }
}

/// Other tests start from a copy of such a database.
#[rstest]
#[tokio::test]
async fn the_first_command_makes_the_database_and_the_process_serves_it(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::from_nothing(database).await;
    let event = app.event("may").await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
}

#[tokio::test]
async fn a_second_process_on_the_same_file_is_refused() {
    let app = TestApp::start(Sqlite).await;
    let refused = app.run(&["serve", "--sandbox", "--listen", "127.0.0.1:0"]).await;
    assert!(!refused.succeeded);
    assert!(refused.stderr.contains("another convivio"), "{}", refused.stderr);
    app.get("/events").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn o1_a_process_that_is_asked_to_stop_does(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::start(database).await;
    app.event("may").await;
    let asked = Instant::now();
    let ended = app.terminate().await;
    assert_eq!(ended.code(), Some(0), "{}", app.log());
    assert!(asked.elapsed() < Duration::from_secs(30), "it took {:?}", asked.elapsed());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn o1_what_is_in_hand_is_finished_before_the_end(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let mut app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event("may").await;
    app.add_many(&event, 20).await;
    eventually("the confirmations", || (relay.mails().kind("confirmed").len() == 20).then_some(())).await;
    relay.answer_after(Duration::from_millis(500));
    app.clock_to(DAY_BEFORE).await;
    let run = tokio::spawn(app.post("/api/v1/sandbox/run_due", json!({})).attempt());
    eventually("a first mail", || (!relay.mails().kind("A1").is_empty()).then_some(())).await;
    assert_eq!(app.terminate().await.code(), Some(0), "{}", app.log());
    run.await.unwrap();
    assert!(relay.mails().kind("A1").len() < 20, "it was over before the process was asked to stop");

    // Nothing was lost, and nobody gets a second copy: the end was an orderly one.
    relay.answer_after(Duration::ZERO);
    app.start_again().await;
    app.run_due().await;
    assert_eq!(relay.mails().kind("A1").len(), 20);
}

#[rstest]
#[tokio::test]
async fn o5_everything_is_still_there_after_a_restart(
    #[values(true, false)] orderly: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut app = TestApp::start(database).await;
    let event = app.event("may").await;
    let zoe = app.register_confirmed(&event, &person("Zoe Reader")).await;
    app.add_many(&event, 5).await;
    let me = app.signed_in(&event, &zoe).await;
    app.planned(&event).await;
    app.clock_to(STARTS).await;
    app.check_in(&event, &zoe.code).await.ok(201);
    let mine = format!("/registrations/{}/table", zoe.code);
    let plan = app.all(&event.at("/plans")).await[0]["id"].clone();
    let places = ["", "/rounds", "/tables", "/registrations", "/checkins", "/messages"].map(|place| event.at(place));
    let places = [places.as_slice(), &[event.at(&format!("/plans/{}", plan.as_str().unwrap()))]].concat();
    let mut before = Vec::new();
    for place in &places {
        before.push(app.get(place).await.ok(200));
    }
    let table = me.get(&mine).await.ok(200);

    if orderly {
        app.terminate().await;
    } else {
        app.kill();
    }
    app.start_again().await;
    assert_eq!(app.now().await, when(STARTS), "the clock stands where it stood");
    for (place, before) in places.iter().zip(before) {
        assert_eq!(app.get(place).await.ok(200), before, "{place}");
    }
    // Links that were mailed before open the same page.
    assert_eq!(me.get(&mine).await.ok(200), table);
}
