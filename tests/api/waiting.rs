//! The waiting list: freed seats are offered in order, and an offer holds the seat.

use crate::support::http::Request;
use crate::support::*;

/// Ada has the one seat, and these stand in line for it.
async fn full_event(app: &TestApp, waiting: &[&str]) -> (Event, Guest, Vec<Guest>) {
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let mut line = Vec::new();
    for name in waiting {
        line.push(app.add(&event, &person(name)).await);
    }
    (event, ada, line)
}

fn cancel(app: &TestApp, event: &Event, guest: &Guest) -> Request {
    app.post(&event.at(&format!("/registrations/{}/cancel", guest.code)), json!({}))
}

fn decline(app: &TestApp, token: &str) -> Request {
    app.public().post(&format!("/registrations/{token}/decline"), json!({}))
}

async fn offer_to(app: &TestApp, event: &Event, guest: &Guest) -> String {
    app.mail_about(event, &guest.email, "offered").await.token("confirm")
}

async fn seats(app: &TestApp, event: &Event) -> Value {
    app.get(&event.at("")).await.ok(200)["seats"].clone()
}

/// Codes and places of the line, in its order.
async fn line(app: &TestApp, event: &Event) -> Vec<(String, u64)> {
    let waiting = app.all(&event.at("/registrations?state=waitlisted")).await;
    waiting.iter().map(|one| (one["code"].as_str().unwrap().to_owned(), one["position"].as_u64().unwrap())).collect()
}

#[rstest]
#[tokio::test]
async fn a_freed_seat_is_offered_to_the_first_in_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti"]).await;
    cancel(&app, &event, &ada).await.done();

    let offered = app.registration(&event, &waiting[0].code).await;
    assert_eq!((&offered["state"], offered.get("position")), (&json!("offered"), None));
    assert_eq!(when(offered["offered_until"].as_str().unwrap()), app.now().await + chrono::TimeDelta::hours(24));
    assert_eq!(seats(&app, &event).await, json!({"taken": 1, "left": 0, "waitlisted": 1}), "an offer holds the seat");
    assert_eq!(line(&app, &event).await, [(waiting[1].code.clone(), 1)]);

    let mail = app.mail_about(&event, &waiting[0].email, "offered").await;
    assert!(mail.mentions("Tuesday 7 May 2030, 09:00"), "until when: {}", mail.text);
    assert!(mail.find_link("in").is_some());
    assert!(app.mails().to(&waiting[1].email).kind("offered").is_empty());
    let me = app.me(&mail.token("in"));
    let mine = me.get("/registrations").await.ok(200)["results"][0].clone();
    assert_eq!(mine["offered_until"], offered["offered_until"]);

    let taken = app.confirm(&mail.token("confirm")).await.ok(200);
    assert_eq!(taken, json!({"state": "confirmed", "code": waiting[0].code}));
    assert_eq!(app.confirm(&mail.token("confirm")).await.ok(200), taken);
    decline(&app, &mail.token("confirm")).await.fails(409, "wrong_state");
    assert!(app.mail_about(&event, &waiting[0].email, "confirmed").await.calendar.is_some());
    assert_eq!(seats(&app, &event).await, json!({"taken": 1, "left": 0, "waitlisted": 1}));
}

#[rstest]
#[tokio::test]
async fn a_declined_offer_goes_to_the_next(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti"]).await;
    cancel(&app, &event, &ada).await.done();
    let bruno = offer_to(&app, &event, &waiting[0]).await;
    let declined = json!({"state": "cancelled", "code": waiting[0].code});
    assert_eq!(decline(&app, &bruno).await.ok(200), declined);
    assert_eq!(decline(&app, &bruno).await.ok(200), declined);
    app.confirm(&bruno).await.fails(410, "token_expired");

    let chiara = offer_to(&app, &event, &waiting[1]).await;
    assert_eq!(app.confirm(&chiara).await.ok(200)["state"], "confirmed");
    assert_eq!(seats(&app, &event).await, json!({"taken": 1, "left": 0, "waitlisted": 0}));
    // Who said no knows that they did.
    app.run_due().await;
    assert!(app.mails().to(&waiting[0].email).kind("cancelled").is_empty());
    decline(&app, "made-up").await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn an_offer_nobody_answers_goes_to_the_next(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti"]).await;
    app.patch(&event.at(""), json!({"offer_hours": 3})).await.ok(200);
    cancel(&app, &event, &ada).await.done();
    let bruno = offer_to(&app, &event, &waiting[0]).await;

    app.clock_advance(3 * 3600 - 1).await;
    app.run_due().await;
    assert_eq!(app.state_of(&event, &waiting[0].code).await, "offered");
    app.clock_advance(1).await;
    // Too late is too late, whether or not anybody has looked.
    app.confirm(&bruno).await.fails(410, "token_expired");
    app.run_due().await;
    assert_eq!(app.state_of(&event, &waiting[0].code).await, "offer_expired");
    assert_eq!(app.state_of(&event, &waiting[1].code).await, "offered");
    app.confirm(&bruno).await.fails(410, "token_expired");
    decline(&app, &bruno).await.fails(410, "token_expired");
    offer_to(&app, &event, &waiting[1]).await;

    app.clock_advance(3 * 3600).await;
    app.run_due().await;
    assert_eq!(app.state_of(&event, &waiting[1].code).await, "offer_expired");
    assert_eq!(seats(&app, &event).await, json!({"taken": 0, "left": 1, "waitlisted": 0}));
}

/// Between its end and the moment somebody works what is due, an offer is neither taken nor declined.
#[rstest]
#[tokio::test]
async fn an_offer_past_its_end_is_not_declined_any_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi"]).await;
    cancel(&app, &event, &ada).await.done();
    let token = offer_to(&app, &event, &waiting[0]).await;
    app.clock_advance(24 * 3600).await;
    for _ in 0..2 {
        decline(&app, &token).await.fails(410, "token_expired");
        app.confirm(&token).await.fails(410, "token_expired");
        app.run_due().await;
    }
    assert_eq!(app.state_of(&event, &waiting[0].code).await, "offer_expired");
}

#[rstest]
#[tokio::test]
async fn offers_end_two_hours_before_the_start(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti"]).await;
    // The evening begins at four.
    app.clock_to("2030-05-09T08:00:00Z").await;
    cancel(&app, &event, &ada).await.done();
    let offered = app.registration(&event, &waiting[0].code).await;
    assert_eq!(offered["offered_until"], "2030-05-09T14:00:00Z");

    app.live_until("2030-05-09T14:00:00Z").await;
    assert_eq!(app.state_of(&event, &waiting[0].code).await, "offer_expired");
    assert_eq!(app.state_of(&event, &waiting[1].code).await, "waitlisted", "nobody is offered a seat by itself any more");
    // By hand it still goes, until the start.
    let offer = event.at(&format!("/registrations/{}/offer", waiting[1].code));
    assert_eq!(app.post(&offer, json!({})).await.ok(200)["offered_until"], STARTS);
    let token = offer_to(&app, &event, &waiting[1]).await;
    assert_eq!(app.confirm(&token).await.ok(200)["state"], "confirmed");

    let dario = app.add(&event, &person("Dario Donati")).await;
    app.patch(&event.at(""), json!({"capacity": 2})).await.ok(200);
    app.clock_to(STARTS).await;
    app.post(&event.at(&format!("/registrations/{}/offer", dario.code)), json!({})).await.fails(409, "event_not_open");
}

#[rstest]
#[tokio::test]
async fn an_offer_by_hand_needs_a_free_seat_and_somebody_in_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti", "Dario Donati"]).await;
    let offer = |guest: &Guest| event.at(&format!("/registrations/{}/offer", guest.code));
    app.post(&offer(&waiting[1]), json!({})).await.fails(409, "event_full");
    app.post(&offer(&ada), json!({})).await.fails(409, "wrong_state");
    app.as_role("checkin").await.post(&offer(&waiting[1]), json!({})).await.fails(403, "forbidden");
    app.clock_to("2030-05-09T15:00:00Z").await;
    cancel(&app, &event, &ada).await.done();
    // The second in line is taken before the first, and the third moves up.
    app.post(&offer(&waiting[1]), json!({})).await.ok(200);
    assert_eq!(line(&app, &event).await, [(waiting[0].code.clone(), 1), (waiting[2].code.clone(), 2)]);
    app.post(&offer(&waiting[0]), json!({})).await.fails(409, "event_full");
    app.post(&offer(&waiting[1]), json!({})).await.fails(409, "wrong_state");
}

#[rstest]
#[tokio::test]
async fn places_in_line_have_no_gaps(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti", "Dario Donati", "Elena Esposito"]).await;
    cancel(&app, &event, &waiting[1]).await.done();
    let expected: Vec<_> = [0, 2, 3].iter().zip(1..).map(|(n, place)| (waiting[*n].code.clone(), place)).collect();
    assert_eq!(line(&app, &event).await, expected);
    let cancelled = app.registration(&event, &waiting[1].code).await;
    assert!(cancelled.get("position").is_none(), "{cancelled}");
    // Who comes next stands at the end.
    let fabio = app.add(&event, &person("Fabio Ferri")).await;
    assert_eq!(app.registration(&event, &fabio.code).await["position"], 4);
    assert_eq!(seats(&app, &event).await["waitlisted"], 4);
}

#[rstest]
#[tokio::test]
async fn a_larger_capacity_is_offered_and_a_smaller_one_drops_nobody(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti", "Dario Donati"]).await;
    app.patch(&event.at(""), json!({"capacity": 3})).await.ok(200);
    assert_eq!(seats(&app, &event).await, json!({"taken": 3, "left": 0, "waitlisted": 1}));
    for guest in &waiting[..2] {
        let token = offer_to(&app, &event, guest).await;
        app.confirm(&token).await.ok(200);
    }
    let smaller = app.patch(&event.at(""), json!({"capacity": 2})).await.ok(200);
    assert_eq!(smaller["seats"], json!({"taken": 3, "left": 0, "waitlisted": 1}));
    assert_eq!(app.all(&event.at("/registrations?state=confirmed")).await.len(), 3);
    // One seat too many is gone before one is free again.
    cancel(&app, &event, &waiting[0]).await.done();
    assert_eq!(seats(&app, &event).await, json!({"taken": 2, "left": 0, "waitlisted": 1}));
    cancel(&app, &event, &waiting[1]).await.done();
    assert_eq!(app.state_of(&event, &waiting[2].code).await, "offered");
    // Without a limit nobody waits.
    app.add(&event, &person("Elena Esposito")).await;
    app.patch(&event.at(""), json!({"capacity": null})).await.ok(200);
    assert_eq!(seats(&app, &event).await, json!({"taken": 3, "left": null, "waitlisted": 0}));
}

#[rstest]
#[tokio::test]
async fn who_has_an_offer_and_writes_in_again_is_told_again(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi"]).await;
    cancel(&app, &event, &ada).await.done();
    offer_to(&app, &event, &waiting[0]).await;
    for (hours, mails) in [(0, 1), (2, 2)] {
        app.clock_advance(hours * 3600).await;
        app.register(&event, &person("Bruno Bassi")).await.ok(202);
        app.run_due().await;
        assert_eq!(app.mails().to(&waiting[0].email).kind("offered").len(), mails);
    }
    assert_eq!(app.state_of(&event, &waiting[0].code).await, "offered");
}

#[rstest]
#[tokio::test]
async fn with_the_evening_ends_the_waiting_and_every_offer(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, waiting) = full_event(&app, &["Bruno Bassi", "Chiara Conti"]).await;
    app.clock_to("2030-05-09T13:30:00Z").await;
    cancel(&app, &event, &ada).await.done();
    let token = offer_to(&app, &event, &waiting[0]).await;
    app.clock_to(STARTS).await;
    app.post(&event.at("/complete"), json!({})).await.done();
    for guest in &waiting {
        assert_eq!(app.state_of(&event, &guest.code).await, "offer_expired");
    }
    assert_eq!(seats(&app, &event).await, json!({"taken": 0, "left": 1, "waitlisted": 0}), "an offer that ended holds no seat");
    app.confirm(&token).await.fails(409, "event_not_open");
}
