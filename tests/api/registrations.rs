//! Registrations: the form, the confirmed address, seats, the waiting list.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_01_a_registration_without_a_passion_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let without = filled(person("Ada Arena"), json!({"passions": []}));
    app.register(&event, &without).await.fails(422, "validation_failed").error_at("/passions");

    let unsaid = json!({"email": "ada@example.org", "name": "Ada Arena"});
    app.register(&event, &unsaid).await.fails(422, "validation_failed").error_at("/passions");

    let by_staff = filled(without, json!({"email_confirmed": true}));
    let refused = app.post(&event.at("/registrations"), by_staff).await;
    refused.fails(422, "validation_failed").error_at("/passions");
}

#[rstest]
#[tokio::test]
async fn sr_01_nobody_needs_a_title(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let nothing_said = app.register_confirmed(&event, &person("Ada Arena")).await;
    let null = filled(person("Bruno Bassi"), json!({"headline": null}));
    let null = app.register_confirmed(&event, &null).await;
    for guest in [nothing_said, null] {
        assert_eq!(app.registration(&event, &guest.code).await["headline"], Value::Null);
    }
}

#[rstest]
#[tokio::test]
async fn a_passion_may_be_free_text_and_its_level_defaults_to_two(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let passions = json!([{"text": "restoring old radios"}, {"passion": "paper-craft", "level": 1}]);
    let guest = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"passions": passions}))).await;
    let shown = app.registration(&event, &guest.code).await;
    let levels: Vec<_> = shown["passions"].as_array().unwrap().iter().map(|one| one["level"].as_i64()).collect();
    assert_eq!(levels, [Some(2), Some(1)]);
}

#[rstest]
#[tokio::test]
async fn a_seat_is_taken_when_the_address_is_confirmed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 2})).await;
    let seats = async || app.get(&event.at("")).await.ok(200)["seats"].clone();

    let answer = app.register(&event, &person("Ada Arena")).await.ok(202);
    assert_eq!(answer, json!({"state": "pending_email"}));
    assert_eq!(seats().await["taken"], 0);

    let token = app.mail_about(&event, "ada.arena@example.org", "confirm").await.token("confirm");
    let confirmed = app.confirm(&token).await.ok(200);
    assert_eq!(confirmed["state"], "confirmed");
    assert_eq!(seats().await["taken"], 1);
    assert_eq!(seats().await["left"], 1);
    app.mail_about(&event, "ada.arena@example.org", "confirmed").await;

    let shown = app.registration(&event, confirmed["code"].as_str().unwrap()).await;
    assert_eq!(shown["state"], "confirmed");
    assert!(shown["confirmed_at"].is_string());
}

#[rstest]
#[tokio::test]
async fn confirming_twice_is_confirming_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register(&event, &person("Ada Arena")).await.ok(202);
    let token = app.mail_about(&event, "ada.arena@example.org", "confirm").await.token("confirm");
    let first = app.confirm(&token).await.ok(200);
    let second = app.confirm(&token).await.ok(200);
    assert_eq!(first, second);
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 1);
}

#[rstest]
#[tokio::test]
async fn looking_at_the_link_confirms_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register(&event, &person("Ada Arena")).await.ok(202);
    let link = app.mail_about(&event, "ada.arena@example.org", "confirm").await.link("confirm");
    for _ in 0..5 {
        app.visitor().get(&link).await.ok_page();
    }
    assert_eq!(app.all(&event.at("/registrations?state=pending_email")).await.len(), 1);
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 0);
}

#[rstest]
#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
    let known = app.register(&event, &person("Ada Arena")).await.ok(202);
    let unknown = app.register(&event, &person("Bruno Bassi")).await.ok(202);
    assert_eq!(known, unknown);
    assert_eq!(app.all(&event.at("/registrations?state=confirmed")).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn an_unconfirmed_registration_ends_after_two_days(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register(&event, &person("Ada Arena")).await.ok(202);
    let token = app.mail_about(&event, "ada.arena@example.org", "confirm").await.token("confirm");

    app.clock_advance(48 * 3600 - 60).await;
    app.run_due().await;
    assert_eq!(app.all(&event.at("/registrations?state=pending_email")).await.len(), 1);
    app.clock_advance(120).await;
    app.run_due().await;
    assert_eq!(app.all(&event.at("/registrations?state=pending_email")).await.len(), 0);
    assert_eq!(app.all(&event.at("/registrations?state=cancelled")).await.len(), 1);
    assert_eq!(app.confirm(&token).await.status, 410);
}

#[rstest]
#[tokio::test]
async fn sr_10_who_did_not_confirm_is_nowhere_to_be_seen(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 6).await;
    app.register(&event, &person("Zoe Pending")).await.ok(202);
    app.mail_about(&event, "zoe.pending@example.org", "confirm").await;

    let plan = app.hold(&event, &guests).await;
    assert!(!plan.to_string().contains("Zoe Pending"));
    let rosters = app.get(&event.at(&format!("/plans/{}/rosters", plan["id"].as_str().unwrap()))).await;
    rosters.ok(200);
    assert!(!rosters.text().contains("Zoe Pending"));

    app.live_until("2030-06-20T12:00:00Z").await;
    let mails = app.mails();
    assert_eq!(mails.to("zoe.pending@example.org").outline(), ["confirm to zoe.pending@example.org"]);
    let mentions = mails.only_those(|mail| mail.kind != "confirm" && mail.mentions("Zoe Pending"));
    assert_eq!(mentions.outline(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn a_full_event_has_a_waiting_list_in_order_of_confirmation(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
    for (name, position) in [("Bruno Bassi", 1), ("Chiara Conti", 2)] {
        let waiting = app.register_and_confirm(&event, &person(name)).await;
        assert_eq!(waiting["state"], "waitlisted");
        assert_eq!(waiting["position"], position);
    }
    app.mail_about(&event, "bruno.bassi@example.org", "waitlisted").await;
    let seats = &app.get(&event.at("")).await.ok(200)["seats"];
    assert_eq!((&seats["taken"], &seats["left"], &seats["waitlisted"]), (&json!(1), &json!(0), &json!(2)));
}

#[rstest]
#[tokio::test]
async fn staff_hear_of_a_double_registration(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add(&event, &person("Ada Arena")).await;
    for email in ["ada.arena@example.org", "  Ada.Arena@Example.ORG "] {
        let body = filled(person("Ada Arena"), json!({"email": email, "email_confirmed": true}));
        app.post(&event.at("/registrations"), body).await.fails(409, "already_registered");
    }
}

#[rstest]
#[tokio::test]
async fn who_let_the_link_expire_may_come_back(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let before = app.let_expire(&event, &person("Ada Arena")).await;

    let after = app.register_confirmed(&event, &person("Ada Arena")).await;
    assert_eq!(after.code, before.code);
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 1);
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 1);
}

#[rstest]
#[tokio::test]
async fn with_approval_the_organizer_has_the_last_word(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"approval": true, "capacity": 1})).await;
    let ada = app.register_and_confirm(&event, &person("Ada Arena")).await;
    let bruno = app.register_and_confirm(&event, &person("Bruno Bassi")).await;
    assert_eq!((&ada["state"], &bruno["state"]), (&json!("pending_approval"), &json!("pending_approval")));
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 0);
    app.run_due().await;
    assert_eq!(app.mails().to("ada.arena@example.org").outline(), ["confirm to ada.arena@example.org"]);

    let approve = |who: &Value| event.at(&format!("/registrations/{}/approve", who["code"].as_str().unwrap()));
    app.check_in(&event, ada["code"].as_str().unwrap()).await.fails(409, "checkin_pending");
    app.as_role("checkin").await.post(&approve(&ada), json!({})).await.fails(403, "forbidden");
    app.post(&approve(&ada), json!({})).await.done();
    app.post(&approve(&ada), json!({})).await.fails(409, "wrong_state");
    assert_eq!(app.state_of(&event, ada["code"].as_str().unwrap()).await, "confirmed");
    app.mail_about(&event, "ada.arena@example.org", "confirmed").await;

    // The word alone makes no seat.
    app.post(&approve(&bruno), json!({})).await.done();
    let waiting = app.registration(&event, bruno["code"].as_str().unwrap()).await;
    assert_eq!((&waiting["state"], &waiting["position"]), (&json!("waitlisted"), &json!(1)));
    app.mail_about(&event, "bruno.bassi@example.org", "waitlisted").await;
}

#[rstest]
#[tokio::test]
async fn nobody_overtakes_the_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.register_and_confirm(&event, &person("Bruno Bassi")).await;
    assert_eq!(bruno["position"], 1);
    // A new seat is for who waits, not for who comes by.
    app.patch(&event.at(""), json!({"capacity": 2})).await.ok(200);
    let chiara = app.register_and_confirm(&event, &person("Chiara Conti")).await;
    assert_ne!(chiara["state"], "confirmed", "Chiara came after Bruno");
}

#[rstest]
#[tokio::test]
async fn nothing_but_name_and_passions_is_shown_unless_said(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let visibility = app.registration(&event, &ada.code).await["visibility"].clone();
    for (field, who) in visibility.as_object().expect("visibility says who sees each field") {
        let expected = if field == "name" || field == "passions" { "tablemates" } else { "none" };
        assert_eq!(who, expected, "{field}");
    }
}

#[rstest]
#[tokio::test]
async fn nobody_gets_a_seat_in_an_event_that_is_over(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.clock_to(STARTS).await;
    let event = app.event_with("may", json!({"approval": true})).await;
    let ada = app.register_and_confirm(&event, &person("Ada Arena")).await;
    app.register(&event, &person("Bruno Bassi")).await.ok(202);
    let link = app.mail_about(&event, "bruno.bassi@example.org", "confirm").await.token("confirm");
    app.post(&event.at("/complete"), json!({})).await.done();

    // Nobody waits any more: neither for a word nor for an address.
    let states: Vec<_> = app.all(&event.at("/registrations")).await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["cancelled", "cancelled"]);
    app.confirm(&link).await.fails(409, "event_not_open");
    let approve = event.at(&format!("/registrations/{}/approve", ada["code"].as_str().unwrap()));
    app.post(&approve, json!({})).await.fails(409, "wrong_state");
    let late = filled(person("Chiara Conti"), json!({"email_confirmed": true}));
    app.post(&event.at("/registrations"), late).await.fails(409, "event_not_open");
    app.register(&event, &person("Dario Donati")).await.fails(409, "event_not_open");
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 0);
}

#[rstest]
#[tokio::test]
async fn the_door_sees_what_it_needs_and_no_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = filled(person("Ada Arena"), json!({"accessibility": "a ramp", "answers": {"diet": "vegan"}, "intention": "a co-founder"}));
    let ada = app.add(&event, &ada).await;
    let one = event.at(&format!("/registrations/{}", ada.code));
    let door = app.as_role("checkin").await;
    let seen = [door.get(&one).await.ok(200), door.all(&event.at("/registrations")).await[0].clone()];
    for seen in seen {
        assert_eq!((&seen["code"], &seen["name"], &seen["state"]), (&json!(ada.code), &json!(ada.name), &json!("confirmed")));
        assert_eq!(seen["passions"][0]["passion"], "climbing");
        for kept in ["email", "accessibility", "answers", "wishes", "intention", "needs", "consents"] {
            assert!(seen.get(kept).is_none(), "the door reads {kept}: {seen}");
        }
    }
    let viewer = app.as_role("viewer").await.get(&one).await.ok(200);
    assert_eq!((&viewer["accessibility"], &viewer["answers"]["diet"]), (&json!("a ramp"), &json!("vegan")));
    assert!(viewer.get("email").is_none());
}
