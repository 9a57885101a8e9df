//! Check-ins: at the door, with a phone on a poor network.

use std::future::IntoFuture;

use futures_util::future::join_all;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_check_in_tells_the_tables(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 6).await;
    let plan = app.planned(&event).await;
    app.clock_to(STARTS).await;

    let answer = app.check_in(&event, &guests[0].code).await.ok(201);
    assert_eq!(answer["registration"], guests[0].code.as_str());
    assert_eq!(answer["name"], guests[0].name.as_str());
    assert!(!answer["passions"].as_array().unwrap().is_empty());
    for (round, tables) in plan["rounds"].as_array().unwrap().iter().enumerate() {
        let seat = |table: &&Value| each(&table["members"], "code").contains(&guests[0].code.as_str());
        let table = tables["tables"].as_array().unwrap().iter().find(seat).expect("everybody has a seat");
        let told = &answer["tables"][round];
        assert_eq!(told["round"], round + 1);
        assert_eq!(told["table"], table["table"]);
        assert_eq!(told["theme"], table["theme"]);
    }
    assert_eq!(app.state_of(&event, &guests[0].code).await, "checked_in");
}

#[rstest]
#[tokio::test]
async fn without_a_plan_there_are_no_tables_to_tell(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    assert_eq!(app.check_in(&event, &ada.code).await.ok(201)["tables"], json!([]));
}

#[rstest]
#[tokio::test]
async fn the_same_nonce_is_the_same_check_in(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 4).await;
    app.planned(&event).await;
    let first = app.check_in_with_nonce(&event, &guests[0].code, "phone-1").await.done();
    let again = app.check_in_with_nonce(&event, &guests[0].code, "phone-1").await.done();
    assert_eq!(first, again);

    let other = app.check_in_with_nonce(&event, &guests[0].code, "phone-2").await.fails(409, "checkin_already");
    assert_eq!(other.0["tables"], first["tables"]);
    assert_eq!(app.all(&event.at("/checkins")).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn who_may_not_enter_yet_is_told_apart(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let elsewhere = app.event("june").await;
    let gone = app.let_expire(&event, &person("Bruno Bassi")).await;
    app.register(&event, &person("Pia Pending")).await.ok(202);
    let pending = app.all(&event.at("/registrations?state=pending_email")).await[0]["code"].clone();
    app.add(&event, &person("Ada Arena")).await;
    let waiting = app.add(&event, &person("Dario Donati")).await;
    let stranger = app.add(&elsewhere, &person("Elena Ferri")).await;

    app.check_in(&event, pending.as_str().unwrap()).await.fails(409, "checkin_pending");
    app.check_in(&event, &gone.code).await.fails(409, "checkin_cancelled");
    app.check_in(&event, &waiting.code).await.fails(409, "checkin_waitlisted");
    app.check_in(&event, &stranger.code).await.fails(409, "checkin_wrong_event");
    app.check_in(&event, "00000000").await.fails(404, "checkin_unknown");
}

#[rstest]
#[tokio::test]
async fn the_door_is_closed_before_publishing_and_after_completing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    app.clock_to(ENDS).await;
    app.post(&event.at("/complete"), json!({})).await.done();
    app.check_in(&event, &ada.code).await.fails(409, "checkin_closed");
}

#[rstest]
#[tokio::test]
async fn a_check_in_can_be_undone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let id = app.check_in(&event, &ada.code).await.ok(201)["id"].clone();
    app.post(&event.at(&format!("/checkins/{}/undo", id.as_str().unwrap())), json!({})).await.done();
    assert_eq!(app.state_of(&event, &ada.code).await, "confirmed");
    app.check_in(&event, &ada.code).await.ok(201);
    assert_eq!(app.state_of(&event, &ada.code).await, "checked_in");
}

#[rstest]
#[tokio::test]
async fn a_phone_that_was_offline_sends_all_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let list = json!([
        {"code": ada.code, "nonce": "one", "at": STARTS},
        {"code": "00000000", "nonce": "two", "at": STARTS},
    ]);
    app.clock_to(STARTS).await;
    let answer = app.post(&event.at("/checkins"), list).await.ok(200);
    let statuses: Vec<_> = answer.as_array().expect("a list").iter().map(|one| one["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(201), Some(404)]);
    assert_eq!(app.state_of(&event, &ada.code).await, "checked_in");
}

/// What is wrong with one scan keeps nobody else at the door.
#[rstest]
#[tokio::test]
async fn each_scan_of_a_list_is_answered_by_itself(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let (ada, bruno) = (app.add(&event, &person("Ada Arena")).await, app.add(&event, &person("Bruno Bassi")).await);
    let list = json!([
        {"code": ada.code, "nonce": "one"},
        {"code": "no code", "nonce": ""},
        {"code": bruno.code, "nonce": "three", "at": "yesterday"},
        {"nonce": "four", "phone": 2},
        {"code": bruno.code, "nonce": "five"},
    ]);
    let answers = app.post(&event.at("/checkins"), list).await.ok(200);
    let statuses: Vec<_> = answers.as_array().expect("a list").iter().map(|one| one["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(201), Some(422), Some(422), Some(422), Some(201)], "{answers}");
    for (n, wrong) in [(1, vec!["/code", "/nonce"]), (2, vec!["/at"]), (3, vec!["/code", "/phone"])] {
        assert_eq!(answers[n]["code"], "validation_failed");
        let mut pointers = each(&answers[n]["errors"], "pointer");
        pointers.sort_unstable();
        assert_eq!(pointers, wrong, "{}", answers[n]);
    }
    for guest in [&ada, &bruno] {
        assert_eq!(app.state_of(&event, &guest.code).await, "checked_in");
    }
    // What is no list of scans has no answer for each.
    let refused = app.post(&event.at("/checkins"), json!([{"code": ada.code, "nonce": "six"}, "seven"])).await;
    refused.fails(422, "validation_failed").error_at("/1");
    app.post(&event.at("/checkins"), json!([])).await.ok(200);
    let cut = app.request("POST".parse().unwrap(), &event.at("/checkins")).body("application/json", "[{\"code\": ").await;
    cut.fails(400, "malformed_request");
}

#[rstest]
#[tokio::test]
async fn who_is_taken_off_the_list_has_not_arrived(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let (ada, bruno) = (app.add(&event, &person("Ada Arena")).await, app.add(&event, &person("Bruno Bassi")).await);
    app.check_in_all(&event, &[ada.clone(), bruno.clone()]).await;
    assert!(app.registration(&event, &ada.code).await["checked_in_at"].is_string());

    app.post(&event.at(&format!("/registrations/{}/cancel", ada.code)), json!({})).await.ok(200);
    assert_eq!(app.registration(&event, &ada.code).await["checked_in_at"], Value::Null);
    let standing = async || {
        let all = app.all(&event.at("/checkins")).await;
        let standing = all.iter().filter(|one| one["undone_at"].is_null());
        standing.map(|one| one["registration"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(standing().await, [bruno.code.as_str()]);

    app.post(&event.at("/cancel"), json!({})).await.ok(200);
    assert_eq!(app.registration(&event, &bruno.code).await["checked_in_at"], Value::Null);
    assert!(standing().await.is_empty());
    let checkins = app.get(&event.at("/stats")).await.ok(200)["checkins"].clone();
    assert_eq!((&checkins["present"], &checkins["undone"]), (&json!(0), &json!(2)));
}

#[rstest]
#[tokio::test]
async fn a_plain_reader_does_not_work_at_the_door(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let body = json!({"code": ada.code, "nonce": "one"});
    app.as_role("viewer").await.post(&event.at("/checkins"), body.clone()).await.fails(403, "forbidden");
    app.as_role("checkin").await.post(&event.at("/checkins"), body).await.ok(201);
}

#[rstest]
#[tokio::test]
async fn two_phones_at_once_check_in_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let both =
        futures_util::future::join(app.check_in(&event, &ada.code).into_future(), app.check_in(&event, &ada.code).into_future()).await;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort();
    assert_eq!(statuses, [201, 409]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_scan_sent_twelve_times_at_once_is_answered_twelve_times_alike(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 8).await;
    app.planned(&event).await;
    for guest in &guests {
        let scans = (0..12).map(|_| app.check_in_with_nonce(&event, &guest.code, "phone-1").into_future());
        let answers: Vec<_> = join_all(scans).await.iter().map(|answer| answer.ok(201)).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    assert_eq!(app.all(&event.at("/checkins")).await.len(), guests.len());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn twelve_phones_at_once_check_in_once_and_all_tell_the_tables(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 8).await;
    app.planned(&event).await;
    for guest in &guests {
        let answers = join_all((0..12).map(|_| app.check_in(&event, &guest.code).into_future())).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
        assert_eq!(done.len(), 1, "{answers:?}");
        let standing = done[0].ok(201);
        assert_eq!(standing["tables"].as_array().map(Vec::len), Some(2));
        for answer in refused {
            let problem = answer.fails(409, "checkin_already");
            assert_eq!((&problem.0["id"], &problem.0["tables"]), (&standing["id"], &standing["tables"]), "{}", problem.0);
        }
    }
}

/// A phone that did not hear the answer sends its scan again, and somebody took the check-in back meanwhile.
#[rstest]
#[tokio::test]
async fn a_scan_sent_again_after_the_undo_says_so_and_checks_nobody_in(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let first = app.check_in_with_nonce(&event, &ada.code, "phone-1").await.ok(201);
    assert_eq!(first["undone_at"], Value::Null);
    let undone = app.post(&event.at(&format!("/checkins/{}/undo", first["id"].as_str().unwrap())), json!({})).await.ok(200);

    let again = app.check_in_with_nonce(&event, &ada.code, "phone-1").await.ok(201);
    assert_eq!((&again["id"], &again["undone_at"]), (&first["id"], &undone["undone_at"]));
    assert!(again["undone_at"].is_string(), "{again}");
    assert_eq!(app.state_of(&event, &ada.code).await, "confirmed");

    // A new scan is a new check-in.
    let anew = app.check_in_with_nonce(&event, &ada.code, "phone-1, once more").await.ok(201);
    assert_ne!(anew["id"], first["id"]);
    assert_eq!(app.state_of(&event, &ada.code).await, "checked_in");
}
