//! What an attendee wants of the follow-up: less than usual, and never more.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_34_a_reader_wants_less_and_gets_less(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let usual = me.get("/preferences").await.ok(200);
    assert_eq!(usual["cap"], json!({"every_days": 7, "per_event": 6}));
    assert_eq!((&usual["window"], &usual["pause"]), (&json!({"from": 9, "to": 18}), &json!(null)));
    assert_eq!((&usual["streams"]["follow_up"], &usual["consents"]), (&json!(true), &json!({"follow_up": true, "chat_delivery": false})));
    for (patch, pointer) in [
        (json!({"cap": {"every_days": 6}}), "/cap/every_days"),
        (json!({"cap": {"per_event": 7}}), "/cap/per_event"),
        (json!({"window": {"from": 8}}), "/window"),
        (json!({"window": {"to": 9}}), "/window"),
        (json!({"pause": "2030-05-01"}), "/pause"),
    ] {
        me.patch("/preferences", patch).await.fails(422, "validation_failed").error_at(pointer);
    }
    assert_eq!(me.get("/preferences").await.ok(200), usual, "nothing of it was kept");

    let wanted = me.patch("/preferences", json!({"window": {"from": 14, "to": 16}, "cap": {"per_event": 1}})).await.ok(200);
    assert_eq!((&wanted["window"], &wanted["cap"]["per_event"]), (&json!({"from": 14, "to": 16}), &json!(1)));
    app.live_until(FIRST_WORKING_DAY).await;
    assert!(app.mails().to(&guests[0].email).kind("F1").is_empty(), "not at ten");
    assert_eq!(app.mails().kind("F1").len(), 3);
    app.live_until("2030-05-10T12:00:00Z").await;
    app.mails().to(&guests[0].email).kind("F1").only();
    app.live_until("2030-05-20T13:00:00Z").await;
    assert!(app.mails().to(&guests[0].email).kind("F2").is_empty(), "one mail is enough for them");
    assert_eq!(prompt_of(&me, "F2").await["reason"], "event_cap");
}

#[rstest]
#[tokio::test]
async fn sr_34_who_wants_quiet_is_left_in_peace_and_may_come_back(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let [paused, off, no] = [&guests[0], &guests[1], &guests[2]];
    let of = async |guest: &Guest, patch: Value| app.signed_in(&event, guest).await.patch("/preferences", patch).await.ok(200);
    of(paused, json!({"pause": "2030-05-14"})).await;
    assert_eq!(of(off, json!({"streams": {"follow_up": false}})).await["streams"]["follow_up"], false);
    assert_eq!(of(no, json!({"consents": {"follow_up": false}})).await["consents"]["follow_up"], false);
    app.live_until("2030-05-14T07:59:00Z").await;
    assert_eq!(app.mails().kind("F1").len(), 1, "{:?}", app.mails().kind("F1").outline());
    app.live_until("2030-05-14T08:00:00Z").await;
    app.mails().to(&paused.email).kind("F1").only();
    let reasons = |guest: &Guest| {
        let guest = guest.clone();
        let (app, event) = (&app, &event);
        async move { prompt_of(&app.signed_in(event, &guest).await, "F1").await["reason"].clone() }
    };
    assert_eq!((reasons(off).await, reasons(no).await), (json!("unsubscribed"), json!("no_consent")));
    assert_eq!(of(off, json!({"streams": {"follow_up": true}})).await["streams"]["follow_up"], true);
}

#[rstest]
#[tokio::test]
async fn what_others_see_changes_without_making_the_profile_young(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let before = me.get("/profile").await.ok(200);
    app.clock_advance(3600).await;
    let mut visibility = before["visibility"].clone();
    visibility["name"] = json!("none");
    let changed = me.patch("/preferences", json!({"visibility": {"name": "none"}})).await.ok(200);
    assert_eq!(changed["visibility"]["name"], "none");
    let after = me.get("/profile").await.ok(200);
    assert_eq!((&after["visibility"], &after["updated_at"]), (&visibility, &before["updated_at"]));
    app.live_until(FIRST_WORKING_DAY).await;
    let others = app.mails().kind("F1").only_those(|mail| mail.to != guests[0].email);
    assert!(!others.is_empty() && others.0.iter().all(|mail| !mail.mentions(&guests[0].name)));
}
