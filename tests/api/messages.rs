//! The outbox as staff see it: what was mailed, what waits for a word, and what is called off.

use std::time::{Duration, Instant};

use crate::support::http::Request;
use crate::support::server::PATIENCE;
use crate::support::*;

async fn of_kind(app: &TestApp, event: &Event, kind: &str) -> Vec<Value> {
    let messages = app.all(&event.at("/messages?limit=100")).await;
    messages.into_iter().filter(|one| one["kind"] == kind).collect()
}

/// Works what is due, again and again, until every mail of the kind is in that state: retries take real time.
async fn worked_until(app: &TestApp, event: &Event, kind: &str, state: &str) -> Vec<Value> {
    let start = Instant::now();
    loop {
        app.run_due().await;
        let messages = of_kind(app, event, kind).await;
        if !messages.is_empty() && messages.iter().all(|one| one["state"] == state) {
            return messages;
        }
        assert!(start.elapsed() < 4 * PATIENCE, "not all are {state}: {messages:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn one(event: &Event, message: &Value) -> String {
    event.at(&format!("/messages/{}", message["id"].as_str().expect("a mail has an id")))
}

fn retry(app: &TestApp, event: &Event, message: &Value) -> Request {
    app.post(&format!("{}/retry", one(event, message)), json!({}))
}

fn cancel(app: &TestApp, event: &Event, message: &Value) -> Request {
    app.post(&format!("{}/cancel", one(event, message)), json!({}))
}

/// The relay was away for two days when "how we meet" was to leave; the event, four days long, is still on.
async fn held_mails(relay: &Sink, database: Database) -> (TestApp, Event, Vec<Value>) {
    let app = TestApp::with(Setup::default().relay(relay), database).await;
    let event = app.event_with("may", json!({"ends_at": "2030-05-13T16:00:00Z"})).await;
    app.add_many(&event, 3).await;
    app.run_due().await;
    relay.go_down();
    app.live_until(DAY_BEFORE).await;
    app.clock_advance(49 * 3600).await;
    relay.come_back();
    let held = worked_until(&app, &event, "A1", "held").await;
    (app, event, held)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_leaves_once_somebody_has_looked(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, event, held) = held_mails(&relay, database).await;
    assert_eq!(app.all(&event.at("/messages?state=held")).await, held);
    assert_eq!(app.get(&one(&event, &held[0])).await.ok(200), held[0]);

    let let_go = retry(&app, &event, &held[0]).await.ok(200);
    assert_eq!((&let_go["state"], let_go.get("reason")), (&json!("pending"), None));
    assert_eq!(when(let_go["due_at"].as_str().unwrap()), app.now().await);
    let called_off = cancel(&app, &event, &held[1]).await.ok(200);
    assert_eq!(called_off["state"], "cancelled");

    app.run_due().await;
    let mail = relay.mails().kind("A1").only().clone();
    let named = held[0]["message_id"].as_str().unwrap();
    assert_eq!((named, &let_go["message_id"]), (format!("<{}>", mail.message_id).as_str(), &held[0]["message_id"]));
    let state = async |message: &Value| app.get(&one(&event, message)).await.ok(200)["state"].clone();
    assert_eq!([state(&held[0]).await, state(&held[1]).await, state(&held[2]).await], ["sent", "cancelled", "held"]);

    // Each has had its word.
    for (message, state) in [(&held[0], "sent"), (&held[1], "cancelled")] {
        assert_eq!(retry(&app, &event, message).await.fails(409, "wrong_state").0["state"], state);
        assert_eq!(cancel(&app, &event, message).await.fails(409, "wrong_state").0["state"], state);
    }
    // After the evening nobody is told any more how it will be.
    app.live_until("2030-05-13T17:00:00Z").await;
    retry(&app, &event, &held[2]).await.ok(200);
    app.run_due().await;
    let last = app.get(&one(&event, &held[2])).await.ok(200);
    assert_eq!((&last["state"], &last["reason"]), (&json!("suppressed"), &json!("too_late")));
    assert_eq!(relay.mails().kind("A1").len(), 1);
}

/// Somebody to whom no mail can be made until the server is repaired.
fn vera() -> Value {
    filled(person("Vera Veleno"), json!({"email": "vera.veleno@example.org"}))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_tried_again_as_long_as_it_is_still_so(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "poisoned_letters"), database).await;
    let event = app.event("may").await;
    app.add(&event, &vera()).await;
    let gone = app.add(&event, &filled(vera(), json!({"email": "vera.veleno@example.net"}))).await;
    let dead = worked_until(&app, &event, "confirmed", "dead").await;
    assert!(dead.iter().all(|one| one["reason"] == "could_not_build"), "{dead:?}");
    app.start_again_with(Setup::default()).await;
    app.post(&event.at(&format!("/registrations/{}/cancel", gone.code)), json!({})).await.ok(200);
    for message in &dead {
        retry(&app, &event, message).await.ok(200);
    }
    app.run_due().await;
    assert_eq!(app.mails().kind("confirmed").only().to, "vera.veleno@example.org");
    let left = app.all(&event.at("/messages?state=suppressed")).await;
    assert_eq!((left.len(), &left[0]["reason"], &left[0]["registration"]), (1, &json!("registration_changed"), &json!(gone.code)));
    assert_eq!(retry(&app, &event, &left[0]).await.fails(409, "wrong_state").0["state"], "suppressed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_refused_stays_so_whoever_tries(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event("may").await;
    relay.judge(|_, _| Reply::Never);
    let ada = app.add(&event, &person("Ada Arena")).await;
    let dead = worked_until(&app, &event, "confirmed", "dead").await;
    assert_eq!(dead[0]["reason"], "relay_refused");
    relay.judge(|_, _| Reply::Accept);
    retry(&app, &event, &dead[0]).await.ok(200);
    let left = worked_until(&app, &event, "confirmed", "suppressed").await;
    assert_eq!(left[0]["reason"], "address_refused");
    retry(&app, &event, &left[0]).await.fails(409, "wrong_state");
    assert_eq!(relay.tries(&ada.email).len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_that_grew_stale_leaves_with_its_prompt(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event("may").await;
    let only_the_first = json!({"steps": [{"step": "F1", "days": 1}]});
    app.put(&event.at("/follow_up"), only_the_first).await.ok(200);
    let guests = app.add_many(&event, 4).await;
    app.hold(&event, &guests).await;
    relay.go_down();
    app.live_until(FIRST_WORKING_DAY).await;
    // Ten days, to a Monday at ten.
    app.clock_advance(10 * 24 * 3600).await;
    relay.come_back();
    let stale = worked_until(&app, &event, "F1", "suppressed").await;
    assert!(stale.iter().all(|one| one["reason"] == "stale"), "{stale:?}");

    retry(&app, &event, &stale[0]).await.ok(200);
    app.run_due().await;
    let mail = relay.mails().kind("F1").only().clone();
    let guest = guests.iter().find(|guest| guest.email == mail.to).expect("it is one of the guests'");
    assert_eq!(stale[0]["registration"], guest.code.as_str());
    let prompts = app.all(&event.at("/prompts")).await;
    let sent: Vec<_> = prompts.iter().filter(|one| one["state"] == "sent").collect();
    assert_eq!((sent.len(), &sent[0]["registration"], sent[0].get("reason")), (1, &json!(guest.code), None));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_called_off_never_leaves_and_takes_its_prompt_along(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    relay.go_down();
    app.live_until(FIRST_WORKING_DAY).await;
    let waiting = of_kind(&app, &event, "F1").await;
    let off = cancel(&app, &event, &waiting[0]).await.ok(200);
    assert_eq!(off["state"], "cancelled");
    relay.come_back();
    let start = Instant::now();
    while relay.mails().kind("F1").len() < guests.len() - 1 {
        app.run_due().await;
        assert!(start.elapsed() < 4 * PATIENCE, "only {:?}", relay.mails().kind("F1").outline());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    app.run_due().await;
    assert_eq!(relay.mails().kind("F1").len(), guests.len() - 1);
    let prompts = app.all(&event.at("/prompts")).await;
    let cancelled: Vec<_> = prompts.iter().filter(|one| one["state"] == "cancelled").collect();
    assert_eq!((cancelled.len(), &cancelled[0]["registration"]), (1, &off["registration"]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_in_a_workers_hands_is_not_called_off(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event("may").await;
    relay.answer_after(Duration::from_secs(3));
    app.add(&event, &person("Ada Arena")).await;
    let start = Instant::now();
    let claimed = loop {
        if let Some(claimed) = app.all(&event.at("/messages?state=claimed")).await.into_iter().next() {
            break claimed;
        }
        assert!(start.elapsed() < PATIENCE, "nobody took it");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(cancel(&app, &event, &claimed).await.fails(409, "wrong_state").0["state"], "claimed");
    assert_eq!(retry(&app, &event, &claimed).await.fails(409, "wrong_state").0["state"], "claimed");
    worked_until(&app, &event, "confirmed", "sent").await;
    assert_eq!(relay.mails().kind("confirmed").len(), 1);
}
