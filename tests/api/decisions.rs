//! What staff decide and correct: reject, cancel, resend, patch; and how people come back.

use crate::support::http::Request;
use crate::support::*;

fn decide(app: &TestApp, event: &Event, code: &str, verb: &str) -> Request {
    app.post(&event.at(&format!("/registrations/{code}/{verb}")), json!({}))
}

#[rstest]
#[tokio::test]
async fn who_is_rejected_is_told_and_may_come_back(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"approval": true})).await;
    let ada = app.register_and_confirm(&event, &person("Ada Arena")).await;
    let code = ada["code"].as_str().unwrap();
    let reject = event.at(&format!("/registrations/{code}/reject"));
    app.as_role("viewer").await.post(&reject, json!({})).await.fails(403, "forbidden");
    assert_eq!(app.post(&reject, json!({})).await.ok(200)["state"], "rejected");
    app.post(&reject, json!({})).await.fails(409, "wrong_state");
    decide(&app, &event, code, "approve").await.fails(409, "wrong_state");
    decide(&app, &event, code, "cancel").await.fails(409, "wrong_state");
    let mail = app.mail_about(&event, "ada.arena@example.org", "rejected").await;
    assert!(mail.says("Ada") && mail.find_link("in").is_none());
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 0);

    app.clock_advance(3600).await;
    let again = app.register_and_confirm(&event, &person("Ada Arena")).await;
    assert_eq!((&again["state"], again["code"].as_str()), (&json!("pending_approval"), Some(code)));
}

#[rstest]
#[tokio::test]
async fn staff_cancel_from_every_live_state(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 2, "approval": true})).await;
    app.register(&event, &person("Pia Pending")).await.ok(202);
    let pending = app.all(&event.at("/registrations?state=pending_email")).await[0]["code"].as_str().unwrap().to_owned();
    let asked = app.register_and_confirm(&event, &person("Aldo Asking")).await["code"].as_str().unwrap().to_owned();
    let there = app.add(&event, &person("Ada Arena")).await;
    let confirmed = app.add(&event, &person("Bruno Bassi")).await;
    let waiting = app.add(&event, &person("Chiara Conti")).await;
    app.mail_about(&event, &there.email, "confirmed").await;
    app.mail_about(&event, &confirmed.email, "confirmed").await;
    app.check_in_with_nonce(&event, &there.code, "one").await.ok(201);
    for code in [&pending, &asked, &waiting.code, &there.code, &confirmed.code] {
        let answer = decide(&app, &event, code, "cancel").await;
        assert_eq!(answer.ok(200)["state"], "cancelled");
        assert!(answer.header("etag").is_some());
        decide(&app, &event, code, "cancel").await.fails(409, "wrong_state");
    }
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"], json!({"taken": 0, "left": 2, "waitlisted": 0}));
    assert!(app.all(&event.at("/checkins")).await[0]["undone_at"].is_string());
    app.check_in(&event, &there.code).await.fails(409, "checkin_cancelled");

    app.run_due().await;
    let told = app.mails().kind("cancelled");
    assert!(told.to("pia.pending@example.org").is_empty(), "an address nobody confirmed is left alone");
    assert_eq!(told.len(), 4, "{:?}", told.outline());
    // Whoever had it in the calendar gets it out again.
    let first = app.mails().to(&confirmed.email).kind("confirmed").only().calendar.clone().expect("an appointment");
    let last = told.to(&confirmed.email).only().calendar.clone().expect("a cancellation");
    let line = |calendar: &str, name: &str| calendar.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    assert_eq!(line(&first, "UID:"), line(&last, "UID:"));
    assert_eq!((line(&last, "METHOD:").as_str(), line(&last, "STATUS:").as_str()), ("CANCEL", "CANCELLED"));
    let sequence = |calendar: &str| line(calendar, "SEQUENCE:").parse::<u32>().unwrap();
    assert!(sequence(&last) > sequence(&first));
    assert_eq!(told.to(&waiting.email).only().calendar, None);
    assert_eq!(told.to(&confirmed.email).only().link("e"), "/e/tavola/may");
}

#[rstest]
#[tokio::test]
async fn what_has_ended_is_not_decided_any_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 6).await;
    for verb in ["reject", "cancel", "resend", "offer"] {
        decide(&app, &event, &guests[0].code, verb).await.fails(409, "wrong_state");
        decide(&app, &event, "ZZZZZZZZ", verb).await.fails(404, "not_found");
    }
    assert_eq!(app.state_of(&event, &guests[0].code).await, "attended");
}

#[rstest]
#[tokio::test]
async fn everybody_who_left_may_come_back_to_the_end_of_the_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let mut line = Vec::new();
    for name in ["Bruno Bassi", "Chiara Conti", "Dario Donati"] {
        line.push(app.add(&event, &person(name)).await);
    }
    // Ada is cancelled, Bruno lets his offer lapse, Chiara declines hers, Dario has the seat.
    decide(&app, &event, &ada.code, "cancel").await.ok(200);
    app.clock_advance(24 * 3600).await;
    app.run_due().await;
    let offer = app.mail_about(&event, &line[1].email, "offered").await.token("confirm");
    app.public().post(&format!("/registrations/{offer}/decline"), json!({})).await.ok(200);
    let offer = app.mail_about(&event, &line[2].email, "offered").await.token("confirm");
    app.confirm(&offer).await.ok(200);
    app.clock_advance(2 * 3600).await;

    let by_form = app.register_and_confirm(&event, &person("Ada Arena")).await;
    assert_eq!((&by_form["code"], &by_form["state"], &by_form["position"]), (&json!(ada.code), &json!("waitlisted"), &json!(1)));
    for (guest, place) in [(&line[0], 2), (&line[1], 3)] {
        let again = app.add(&event, &person(&guest.name)).await;
        assert_eq!(again.code, guest.code, "the row lives again");
        let shown = app.registration(&event, &guest.code).await;
        assert_eq!((&shown["state"], &shown["position"], &shown["confirmed_at"]), (&json!("waitlisted"), &json!(place), &Value::Null));
    }
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 4);
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"], json!({"taken": 1, "left": 0, "waitlisted": 3}));
}

#[rstest]
#[tokio::test]
async fn the_mail_of_a_state_is_sent_again_once_an_hour(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    app.register(&event, &person("Pia Pending")).await.ok(202);
    let pending = app.all(&event.at("/registrations?state=pending_email")).await[0]["code"].as_str().unwrap().to_owned();
    let cases = [(&ada.code, "ada.arena", "confirmed"), (&bruno.code, "bruno.bassi", "waitlisted"), (&pending, "pia.pending", "confirm")];
    app.run_due().await;
    for (code, who, kind) in cases {
        let again = || decide(&app, &event, code, "resend");
        let count = || app.mails().to(&format!("{who}@example.org")).kind(kind).len();
        assert_eq!(count(), 1);
        again().await.ok(200);
        let refused = again().await;
        refused.fails(429, "rate_limited");
        let seconds: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((3600..=3601).contains(&seconds), "{seconds}");
        app.run_due().await;
        assert_eq!(count(), 2);
        app.clock_advance(3600).await;
        again().await.ok(200);
        app.run_due().await;
        assert_eq!(count(), 3);
    }
    // The link of the newest mail works as long as that says.
    app.clock_advance(48 * 3600 - 60).await;
    app.run_due().await;
    assert_eq!(app.state_of(&event, &pending).await, "pending_email");

    decide(&app, &event, &ada.code, "cancel").await.ok(200);
    decide(&app, &event, &ada.code, "resend").await.fails(409, "wrong_state");
    decide(&app, &event, &bruno.code, "resend").await.ok(200);
    app.run_due().await;
    let offers = app.mails().to(&bruno.email).kind("offered");
    assert_eq!(offers.len(), 2, "that of the offer, and that of now");
}

#[rstest]
#[tokio::test]
async fn staff_correct_what_is_theirs_to_correct(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let form = filled(person("Ada Arenna"), json!({"visibility": {"headline": "event"}, "answers": {"diet": "vegan"}, "unit": "Sales"}));
    let ada = app.add(&event, &form).await;
    app.run_due().await;
    let one = event.at(&format!("/registrations/{}", ada.code));
    let shown = app.get(&one).await;
    let (before, etag) = (shown.ok(200), shown.header("etag").unwrap().to_owned());
    let patch = json!({
        "name": "Ada Arena", "passions": [{"text": "old maps", "level": 3}], "unit": null, "accessibility": "a ramp",
        "wishes": {"with": ["7K3M9Q2A"]}, "answers": {"diet": null, "shirt": "M"}, "locale": "it",
    });
    let changed = app.patch(&one, patch.clone()).header("If-Match", &etag).await;
    let after = changed.ok(200);
    assert_ne!(changed.header("etag").unwrap(), etag);
    assert_eq!(app.get(&one).await.ok(200), after);
    assert_eq!((&after["name"], &after["unit"], &after["accessibility"]), (&json!("Ada Arena"), &Value::Null, &json!("a ramp")));
    assert_eq!((&after["answers"], &after["wishes"]), (&json!({"shirt": "M"}), &json!({"with": ["7K3M9Q2A"], "apart": []})));
    assert_eq!((&after["passions"][0]["level"], &after["locale"]), (&json!(3), &json!("it")));
    for kept in ["email", "visibility", "consents", "state", "headline", "confirmed_at", "created_at"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    // Whoever saw it before the change saw something else.
    app.patch(&one, patch).header("If-Match", &etag).await.fails(412, "precondition_failed");
    for (wrong, pointer) in [
        (json!({"email": "eve@example.org"}), "/email"),
        (json!({"visibility": {"name": "none"}}), "/visibility"),
        (json!({"consents": {"follow_up": false}}), "/consents"),
        (json!({"state": "cancelled"}), "/state"),
        (json!({"passions": []}), "/passions"),
        (json!({"name": null}), "/name"),
        (json!({"wishes": {"with": vec!["7K3M9Q2A"; 21]}}), "/wishes/with"),
    ] {
        app.patch(&one, wrong).await.fails(422, "validation_failed").error_at(pointer);
    }
    assert_eq!(app.get(&one).await.ok(200), after);
    app.as_role("checkin").await.patch(&one, json!({"name": "X"})).await.fails(403, "forbidden");
    app.other_organizer().patch(&format!("/events/may/registrations/{}", ada.code), json!({"name": "X"})).await.fails(404, "not_found");
}
