//! Events that are copied, put away, and told in numbers.

use crate::support::*;

const COPIED: &str = "2030-11-14T17:00:00Z";

#[rstest]
#[tokio::test]
async fn sr_18_a_copy_says_the_same_at_another_time(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let settings = json!({
        "place": "Via del Pratello 53", "approval": true, "offer_hours": 12, "retention_days": 90, "audience": "mixed", "mode": "hybrid",
        "weights": {"passion": 2.0, "offer_need": 1.0, "novelty": 0.0, "same_unit": 0.0, "wishes": 3.0},
        "guides": {"before": "shipped", "during": "none", "after": "own"},
        "registration_opens_at": "2030-05-01T08:00:00Z", "registration_closes_at": "2030-05-07T10:00:00Z",
    });
    let event = app.event_with("may", settings).await;
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": 25, "break_minutes": 5, "starts_at": STARTS}, {"minutes": 40}]}))
        .await
        .done();
    let tables = json!({"tables": [{"label": "Window", "min": 3, "max": 5, "accessible": true}, {"min": 10, "max": 40}]});
    app.put(&event.at("/tables"), tables).await.done();
    let question = json!({"label": {"en": "Do you eat meat?"}, "kind": "yes_no", "code": "meat"});
    app.post(&event.at("/questions"), question).await.ok(201);
    app.add(&event, &person("Ada Arena")).await;
    app.check_in(&event, "00000000").await.fails(404, "checkin_unknown");

    let answer = app.post(&event.at("/copy"), json!({"slug": "november", "starts_at": COPIED})).await;
    let copy = answer.ok(201);
    assert_eq!(app.get(&answer.location()).await.ok(200), copy);
    let asked = app.all(&format!("{}/questions", answer.location())).await;
    assert_eq!((asked.len(), &asked[0]["code"], &asked[0]["kind"]), (1, &json!("meat"), &json!("yes_no")));
    let original = app.get(&event.at("")).await.ok(200);
    for field in [
        "title",
        "summary",
        "method",
        "purpose",
        "kind",
        "mode",
        "audience",
        "place",
        "timezone",
        "locale",
        "capacity",
        "approval",
        "offer_hours",
        "weights",
        "guides",
        "retention_days",
    ] {
        assert_eq!(copy[field], original[field], "{field}");
    }
    assert_eq!((&copy["state"], &copy["seats"]["taken"]), (&json!("draft"), &json!(0)));
    assert_eq!((&copy["starts_at"], &copy["ends_at"]), (&json!(COPIED), &json!("2030-11-14T20:00:00Z")));
    // Ten and noon in Rome, the same days before; by then the clocks have gone back.
    assert_eq!(copy["registration_opens_at"], "2030-11-06T09:00:00Z");
    assert_eq!(copy["registration_closes_at"], "2030-11-12T11:00:00Z");

    let november = Event { slug: "november".to_owned() };
    let rounds = app.get(&november.at("/rounds")).await.ok(200)["rounds"].clone();
    assert_eq!((&rounds[0]["minutes"], &rounds[0]["break_minutes"], &rounds[0]["starts_at"]), (&json!(25), &json!(5), &json!(COPIED)));
    assert_eq!((&rounds[1]["minutes"], &rounds[1]["starts_at"], &rounds[1]["state"]), (&json!(40), &json!(null), &json!("planned")));
    assert_eq!(app.get(&november.at("/tables")).await.ok(200), app.get(&event.at("/tables")).await.ok(200));
    assert!(app.all(&november.at("/registrations")).await.is_empty());
    app.post(&november.at("/publish"), json!({})).await.done();
    assert_ne!(calendar_uid(&app, "may").await, calendar_uid(&app, "november").await);
}

async fn calendar_uid(app: &TestApp, slug: &str) -> String {
    let file = app.public().get(&format!("/events/tavola/{slug}/event.ics")).await.ok_page();
    file.lines().find(|line| line.starts_with("UID:")).expect("a UID").to_owned()
}

#[rstest]
#[tokio::test]
async fn sr_18_a_copy_has_a_name_of_its_own(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("may", json!({})).await;
    let copy = |body: Value| app.post(&event.at("/copy"), body);
    copy(json!({"slug": "may", "starts_at": COPIED})).await.fails(422, "validation_failed").error_at("/slug");
    copy(json!({"slug": "x y"})).await.fails(422, "validation_failed").error_at("/slug").error_at("/starts_at");
    copy(json!({"slug": "late", "starts_at": "9999-12-31T23:00:00Z"})).await.fails(422, "validation_failed").error_at("/starts_at");
    let backwards = json!({"slug": "b", "starts_at": COPIED, "ends_at": STARTS, "title": {}});
    copy(filled(backwards, json!({"slug": "back"}))).await.fails(422, "validation_failed").error_at("/ends_at").error_at("/title");
    assert_eq!(app.all("/events").await.len(), 1, "nothing half done");

    let titled = json!({"slug": "june", "starts_at": COPIED, "ends_at": "2030-11-14T22:00:00Z", "title": {"en": "Tables in June"}});
    let copied = copy(titled).await.ok(201);
    assert_eq!((&copied["title"], &copied["ends_at"]), (&json!({"en": "Tables in June"}), &json!("2030-11-14T22:00:00Z")));
    let rounds = app.get("/events/june/rounds").await.ok(200);
    assert_eq!(rounds["rounds"], json!([]), "no rounds make none");
    copy(json!({"slug": "july", "starts_at": COPIED})).header("If-Match", "\"77\"").await.fails(412, "precondition_failed");
    app.as_role("checkin").await.post(&event.at("/copy"), json!({"slug": "july", "starts_at": COPIED})).await.fails(403, "forbidden");
    app.post("/events/nothing/copy", json!({"slug": "july", "starts_at": COPIED})).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn only_what_is_over_is_put_away(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    let archive = || app.post(&event.at("/archive"), json!({}));
    assert_eq!(archive().await.fails(409, "wrong_state").0["state"], "draft");
    app.post(&event.at("/publish"), json!({})).header("If-Match", "\"77\"").await.fails(412, "precondition_failed");
    app.post(&event.at("/publish"), json!({})).await.done();
    assert_eq!(archive().await.fails(409, "wrong_state").0["state"], "published");
    app.clock_to(STARTS).await;
    app.post(&event.at("/complete"), json!({})).header("If-Match", "\"77\"").await.fails(412, "precondition_failed");
    app.post(&event.at("/complete"), json!({})).await.done();
    archive().header("If-Match", "\"1\"").await.fails(412, "precondition_failed");
    let shown = app.get(&event.at("")).await;
    let tag = shown.header("etag").expect("an event has a version").to_owned();
    let archived = archive().header("If-Match", &tag).await.ok(200);
    assert_eq!((&archived["state"], &archived["phase"]), (&json!("archived"), &json!("closed")));
    assert_eq!(archive().await.fails(409, "wrong_state").0["state"], "archived");
    assert_eq!(app.all("/events?state=archived").await.len(), 1);
    app.post(&event.at("/copy"), json!({"slug": "again", "starts_at": COPIED})).await.ok(201);
}

#[rstest]
#[tokio::test]
async fn follow_up_goes_on_when_an_event_is_put_away(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.post(&event.at("/archive"), json!({})).await.ok(200);
    app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(app.mails().kind("F1").len(), guests.len());
}

#[rstest]
#[tokio::test]
async fn an_event_is_told_in_numbers(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 3})).await;
    let other = app.event("june").await;
    app.add_many(&other, 5).await;
    let mut guests = app.add_many(&event, 3).await;
    guests.push(app.add(&event, &nth_person(3)).await);
    app.register(&event, &person("Zoe Pending")).await.ok(202);
    app.run_due().await;
    app.clock_to(STARTS).await;
    for guest in &guests[..2] {
        app.check_in(&event, &guest.code).await.ok(201);
    }
    let checkins = app.all(&event.at("/checkins")).await;
    app.post(&event.at(&format!("/checkins/{}/undo", checkins[0]["id"].as_str().unwrap())), json!({})).await.done();
    app.run_due().await;

    let stats = app.as_role("viewer").await.get(&event.at("/stats")).await.ok(200);
    let registrations = &stats["registrations"];
    let states = ["confirmed", "checked_in", "waitlisted", "cancelled", "rejected"].map(|state| registrations[state].as_i64().unwrap());
    assert_eq!(states, [2, 1, 1, 1, 0], "{stats}");
    assert_eq!(stats["seats"], json!({"taken": 3, "left": 0, "waitlisted": 1}));
    assert_eq!(stats["checkins"], json!({"present": 1, "missing": 2, "undone": 1}));
    let mails: i64 = stats["messages"].as_object().unwrap().values().filter_map(Value::as_i64).sum();
    assert_eq!(mails, app.all(&event.at("/messages")).await.len() as i64);
    assert!(stats["messages"]["sent"].as_i64().unwrap() >= 4, "{stats}");
    assert_eq!(stats["prompts"]["scheduled"], 0);

    app.post(&event.at("/complete"), json!({})).await.done();
    let stats = app.get(&event.at("/stats")).await.ok(200);
    assert_eq!(stats["checkins"], json!({"present": 1, "missing": 2, "undone": 1}), "attended or no-show is the same told later");
    // Six steps for who came, one for each of the two who did not.
    assert_eq!(stats["prompts"]["scheduled"], 8);
}
