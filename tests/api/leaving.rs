//! What attendees change of their own registration, and how they leave.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_guest_frees_the_seat_by_cancelling(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let me = app.signed_in(&event, &ada).await;
    let cancel = |code: &str| me.post(&format!("/registrations/{code}/cancel"), json!({}));
    cancel(&bruno.code).await.fails(404, "not_found");
    cancel(&ada.code).header("If-Match", "\"0\"").await.fails(412, "precondition_failed");
    let answer = cancel(&ada.code).await.ok(200);
    assert_eq!((&answer["state"], &answer["event"]["slug"]), (&json!("cancelled"), &json!("may")));
    cancel(&ada.code).await.fails(409, "wrong_state");
    assert_eq!(app.state_of(&event, &bruno.code).await, "offered");
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 1);
    app.mail_about(&event, &bruno.email, "offered").await;
    assert!(app.mail_about(&event, &ada.email, "cancelled").await.calendar.is_some());
}

#[rstest]
#[tokio::test]
async fn nobody_leaves_an_evening_that_is_over(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let missing = app.register_confirmed(&event, &person("Yves Other")).await;
    let [me, absent] = [app.signed_in(&event, &ada).await, app.signed_in(&event, &missing).await];
    let mut guests = app.add_many(&event, 4).await;
    guests.push(ada.clone());
    app.clock_to(STARTS).await;
    app.check_in(&event, &ada.code).await.ok(201);
    me.post(&format!("/registrations/{}/cancel", ada.code), json!({})).await.fails(409, "wrong_state");
    app.post(&event.at("/complete"), json!({})).await.done();
    for (caller, guest, state) in [(&me, &ada, "attended"), (&absent, &missing, "no_show")] {
        caller.post(&format!("/registrations/{}/cancel", guest.code), json!({})).await.fails(409, "wrong_state");
        caller.patch(&format!("/registrations/{}", guest.code), json!({"intention": "late"})).await.fails(409, "wrong_state");
        assert_eq!(app.state_of(&event, &guest.code).await, state);
    }
}

#[rstest]
#[tokio::test]
async fn intention_and_wishes_may_change(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"intention": "a good talk"}))).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let me = app.signed_in(&event, &ada).await;
    let one = format!("/registrations/{}", ada.code);
    let wished = me.patch(&one, json!({"wishes": {"with": [bruno.code]}})).await;
    let shown = wished.ok(200);
    assert_eq!((&shown["intention"], &shown["wishes"]["with"]), (&json!("a good talk"), &json!([bruno.code])));
    assert_eq!(me.get("/registrations").await.ok(200)["results"][0], shown);
    let etag = wished.header("etag").unwrap().to_owned();
    let cleared = me.patch(&one, json!({"intention": null})).header("If-Match", &etag).await.ok(200);
    assert_eq!((&cleared["intention"], &cleared["wishes"]["with"]), (&Value::Null, &json!([bruno.code])));
    me.patch(&one, json!({"intention": "late"})).header("If-Match", &etag).await.fails(412, "precondition_failed");
    let staff = app.registration(&event, &ada.code).await;
    assert_eq!((&staff["intention"], &staff["wishes"]["with"]), (&Value::Null, &json!([bruno.code])));

    for (wrong, pointer) in [
        (json!({"name": "Eve"}), "/name"),
        (json!({"wishes": {"apart": vec![bruno.code.clone(); 21]}}), "/wishes/apart"),
        (json!({"intention": "x".repeat(4001)}), "/intention"),
    ] {
        me.patch(&one, wrong).await.fails(422, "validation_failed").error_at(pointer);
    }
    me.patch(&format!("/registrations/{}", bruno.code), json!({"intention": "x"})).await.fails(404, "not_found");
    me.post(&format!("{one}/cancel"), json!({})).await.ok(200);
    me.patch(&one, json!({"intention": "x"})).await.fails(409, "wrong_state");
}

/// Who has left sees no table any more, and is seen at none.
#[rstest]
#[tokio::test]
async fn who_left_sits_nowhere(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let bruno = app.register_confirmed(&event, &person("Yves Other")).await;
    app.add_many(&event, 2).await;
    app.planned(&event).await;
    let [me, other] = [app.signed_in(&event, &ada).await, app.signed_in(&event, &bruno).await];
    let table = |code: &str| format!("/registrations/{code}/table");
    assert!(other.get(&table(&bruno.code)).await.ok(200).to_string().contains(&ada.code));
    me.post(&format!("/registrations/{}/cancel", ada.code), json!({})).await.ok(200);
    assert_eq!(me.get(&table(&ada.code)).await.ok(200), json!({"tables": []}));
    assert!(!other.get(&table(&bruno.code)).await.ok(200).to_string().contains(&ada.code));
}
