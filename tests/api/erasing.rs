//! Being forgotten: by oneself, or by an owner who was asked to.

use crate::support::*;

/// Words that nobody else would write.
const WORDS: [&str; 14] = [
    "Zenobia",
    "Quarzetti",
    "zenobia.quarzetti",
    "xylotomy",
    "Headwordzq",
    "Unitwordzq",
    "Workwordzq",
    "Offerwordzq",
    "Needwordzq",
    "Intentwordzq",
    "Accesswordzq",
    "Clubwordzq",
    "Notewordzq",
    "Contextwordzq",
];

fn zenobia() -> Value {
    let said = json!({
        "passions": [{"passion": "climbing", "level": 3}, {"text": "xylotomy", "level": 2}],
        "headline": "Headwordzq",
        "unit": "Unitwordzq",
        "working_on": "Workwordzq",
        "offers": ["Offerwordzq"],
        "needs": [{"text": "Needwordzq"}],
        "intention": "Intentwordzq",
        "accessibility": "Accesswordzq",
        "answers": {"your_club": "Clubwordzq"},
        "visibility": {"offers": "tablemates", "needs": "tablemates", "working_on": "tablemates"},
    });
    filled(person("Zenobia Quarzetti"), said)
}

#[rstest]
#[tokio::test]
async fn r20_nothing_of_a_person_is_left_in_any_table(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.post(&event.at("/questions"), json!({"label": {"en": "Your club"}, "kind": "text"})).await.ok(201);
    let tables = json!([{"label": "One", "min": 3, "max": 5, "accessible": true}, {"label": "Two", "min": 3, "max": 5}]);
    app.put(&event.at("/tables"), json!({"tables": tables})).await.done();
    let zenobia = app.register_confirmed(&event, &zenobia()).await;
    let mut guests = app.add_many(&event, 5).await;
    guests.push(zenobia.clone());
    let plan = app.hold(&event, &guests).await;
    let mate = tablemates(&plan, &zenobia, &guests)[0];
    let third = guests.iter().find(|guest| guest.code != mate.code && guest.code != zenobia.code).unwrap();
    app.live_until(FIRST_WORKING_DAY).await;
    let (me, them) = (app.signed_in(&event, &zenobia).await, app.signed_in(&event, mate).await);
    let answer =
        json!({"choice": "done", "keep": [mate.code], "notes": {(mate.code.as_str()): "Notewordzq"}, "feedback": {"heard": "yes"}});
    act(&me, &prompt_of(&me, "F1").await, answer).await.ok(200);
    let context = "We spoke about Contextwordzq and more.";
    me.post("/connections", json!({"code": mate.code, "context": context, "exchange": true})).await.ok(201);
    me.post("/reports", json!({"code": third.code, "reason": "other", "text": "Reportwordzq"})).await.ok(201);
    me.post("/blocks", json!({"code": third.code})).await.ok(201);
    me.post("/profile/confirm_current", json!({})).header("Idempotency-Key", "still-true").await.ok(200);
    // Answers that are kept name nobody but whoever is written down in them.
    let contact = json!({"name": "Contactwordzq", "note": "Contactnotewordzq"});
    me.post("/contacts", contact).header("Idempotency-Key", "a-contact").await.ok(201);
    let kept = json!({"choice": "done", "keep": [zenobia.code], "notes": {(zenobia.code.as_str()): "likes sourdough"}});
    act(&them, &prompt_of(&them, "F1").await, kept).await.ok(200);
    app.post("/suppressions", json!({"email": zenobia.email})).await.ok(201);

    let words: Vec<&str> = WORDS.into_iter().chain(["Reportwordzq", "Contactwordzq", "Contactnotewordzq"]).collect();
    let before = app.dump().await;
    for word in &words {
        assert!(before.contains(word), "{word} was never written down");
    }
    for wrong in [json!({}), json!({"confirm": mate.email}), json!({"confirm": "nobody"})] {
        me.post("/erase", wrong).await.fails(422, "validation_failed").error_at("/confirm");
    }
    assert_eq!(app.state_of(&event, &zenobia.code).await, "attended");

    let erased = me.post("/erase", json!({"confirm": zenobia.email.to_uppercase()})).await.ok(200);
    assert_eq!((&erased["registrations"], &erased["seats_freed"], &erased["connections"]), (&json!(1), &json!(0), &json!(1)));
    assert_eq!(erased["log_entries"], 1, "{erased}");
    let after = app.dump().await;
    let left: Vec<&str> = after.lines().filter(|line| words.iter().any(|word| line.contains(word))).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(after.contains("likes sourdough"), "what others noted is theirs");

    // The evening still counts whom it had.
    let row = app.registration(&event, &zenobia.code).await;
    assert_eq!((&row["state"], &row["name"], row["checked_in_at"].is_string()), (&json!("anonymised"), &json!("—"), true));
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 6);
    let met = them.all("/encounters").await;
    let met = met.iter().find(|one| one["code"] == zenobia.code.as_str()).expect("they met all the same");
    assert_eq!(met["name"], Value::Null);

    // Every link is dead.
    me.get("/profile").await.fails(401, "unauthenticated");
    let mail = app.mails().to(&zenobia.email).kind("F1").only().clone();
    for link in ["in", "prompts", "unsubscribe"] {
        let status = app.visitor().get(&mail.link(link)).await.status;
        assert!(matches!(status, 401 | 404), "{link}: {status}");
    }
}

/// One erased after F1.
#[rstest]
#[tokio::test]
async fn r20_who_is_erased_gets_nothing_more_and_is_in_nobody_s_prompt(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let ada = &guests[0];
    let mut others = Vec::new();
    for guest in &guests[1..] {
        others.push(app.signed_in(&event, guest).await);
    }
    // One keeps her alone, one her and somebody else, one has not answered yet.
    for (me, keep) in [(&others[0], vec![&ada.code]), (&others[1], vec![&ada.code, &guests[3].code])] {
        act(me, &prompt_of(me, "F1").await, json!({"choice": "done", "keep": keep})).await.ok(200);
    }
    let me = app.signed_in(&event, ada).await;
    let (sent, to_ada) = (app.mails().len(), app.mails().to(&ada.email).len());
    me.post("/erase", json!({"confirm": ada.email})).await.ok(200);

    for reader in &others {
        let prompts = reader.all("/prompts").await;
        assert!(!json!(prompts).to_string().contains(&ada.code), "{prompts:#?}");
        assert!(!json!(reader.all("/connections").await).to_string().contains(&ada.code));
    }
    let unanswered = prompt_of(&others[2], "F1").await;
    assert_eq!(each(&unanswered["recall"]["people"], "code").len(), 2, "{unanswered}");
    assert!(!unanswered.to_string().contains(&ada.name));
    act(&others[2], &unanswered, json!({"choice": "done", "keep": [guests[1].code]})).await.ok(200);

    for day in ["2030-05-17T08:00:00Z", "2030-05-27T08:00:00Z", "2030-06-10T08:00:00Z", "2030-07-08T08:00:00Z"] {
        app.live_until(day).await;
    }
    assert_eq!(app.mails().to(&ada.email).len(), to_ada);
    let since: Vec<Mail> = app.mails().0.split_off(sent);
    assert!(!since.is_empty(), "the others are followed up all the same");
    for mail in since {
        assert!(!mail.text.contains(&ada.name) && !mail.subject.contains("Ada"), "{}: {}", mail.kind, mail.text);
    }
}

#[rstest]
#[tokio::test]
async fn r20_a_seat_that_comes_free_goes_to_the_first_in_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let me = app.signed_in(&event, &ada).await;
    let erased = me.post("/erase", json!({"confirm": ada.email})).await.ok(200);
    assert_eq!(erased["seats_freed"], 1);
    assert_eq!(app.state_of(&event, &bruno.code).await, "offered");
    assert_eq!(app.state_of(&event, &ada.code).await, "anonymised");
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 1);
    app.mail_about(&event, &bruno.email, "offered").await;
    app.run_due().await;
    assert!(app.mails().to(&ada.email).kind("cancelled").is_empty(), "not even that is mailed");
}

#[rstest]
#[tokio::test]
async fn r20_an_owner_erases_somebody_who_asked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let path = format!("/people/{}", app.all("/people").await[0]["id"].as_str().unwrap());
    let erasing = format!("{path}/erase");
    let asked = json!({"confirm": ada.email});
    app.as_role("manager").await.post(&erasing, asked.clone()).await.fails(403, "forbidden");
    app.other_organizer().post(&erasing, asked.clone()).await.fails(404, "not_found");
    app.post(&erasing, json!({"confirm": "bruno.bassi@example.org"})).await.fails(422, "validation_failed").error_at("/confirm");
    assert_eq!(app.post(&erasing, asked.clone()).await.ok(200)["registrations"], 1);
    assert_eq!(app.post(&erasing, asked).await.ok(200)["registrations"], 0, "said again it is nothing");
    app.get(&path).await.fails(404, "not_found");
    assert!(app.all("/people").await.is_empty());
    me.get("/profile").await.fails(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn r20_who_comes_back_is_somebody_new(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let first = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &first).await;
    let before = app.all("/people").await[0]["id"].clone();
    me.post("/erase", json!({"confirm": first.email})).await.ok(200);
    let second = app.add(&event, &person("Ada Arena")).await;
    assert_ne!(second.code, first.code);
    let people = app.all("/people").await;
    assert_eq!((people.len(), &people[0]["email"]), (1, &json!(first.email)));
    assert_ne!(people[0]["id"], before);
    assert_eq!(app.state_of(&event, &first.code).await, "anonymised");
    me.get("/profile").await.fails(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn r20_what_another_organizer_was_answered_stays(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let (me, other) = (app.signed_in(&event, &ada).await, app.other_organizer());
    let suppress = |caller: &Caller| caller.post("/suppressions", json!({"email": ada.email})).header("Idempotency-Key", "once");
    suppress(&other).await.ok(201);
    suppress(&app).await.ok(201);
    me.post("/erase", json!({"confirm": ada.email})).await.ok(200);
    for (caller, replayed) in [(&other, Some("true")), (&*app, None)] {
        let again = suppress(caller).await;
        again.ok(201);
        assert_eq!(again.header("idempotent-replayed"), replayed);
    }
}

/// Marta brings two together who have never met: what recurs tells each of them so, by her name and the other's code.
#[rstest]
#[tokio::test]
async fn r20_who_brought_two_together_is_named_to_neither(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let may = app.event_with("may", json!({"capacity": null})).await;
    let marta = app.register_confirmed(&may, &person("Marta Quarzetti")).await;
    let mut there = app.add_many(&may, 3).await;
    there.push(marta.clone());
    app.hold(&may, &there).await;
    let june = app.event_with("june", json!({"capacity": null, "starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    let marta_in_june = app.add(&june, &person("Marta Quarzetti")).await;
    let mut later = vec![marta_in_june.clone()];
    for n in [7, 8, 9] {
        later.push(app.add(&june, &nth_person(n)).await);
    }
    app.hold(&june, &later).await;
    let (bruno, hugo) = (&there[0], &later[1]);
    let (as_marta, as_bruno, as_hugo) =
        (app.signed_in(&may, &marta).await, app.signed_in(&may, bruno).await, app.signed_in(&june, hugo).await);
    let said = |code: &str| json!({"code": code, "context": "We spoke about canoes."});
    for (them, guest, called) in [(&as_bruno, bruno, &marta), (&as_hugo, hugo, &marta_in_june)] {
        as_marta.post("/connections", said(&guest.code)).await.ok(201);
        them.post("/connections", said(&called.code)).await.ok(201);
    }
    let proposed = as_marta.post("/introductions", json!({"codes": [bruno.code, hugo.code], "why": "You both bake."})).await.ok(201);
    let accept = format!("/introductions/{}/accept", proposed["id"].as_str().unwrap());
    as_bruno.post(&accept, json!({})).await.ok(200);
    as_hugo.post(&accept, json!({})).await.ok(200);
    let kept = as_bruno.all("/connections").await;
    let of_hugo = kept.iter().find(|one| one["code"] == hugo.code.as_str()).expect("they were brought together");
    as_bruno.put(&format!("/connections/{}/cadence", of_hugo["id"].as_str().unwrap()), json!({"months": 1})).await.ok(200);
    let digests = || app.mails().to(&bruno.email).kind("C");
    let mut day = when("2030-06-01T08:00:00Z");
    while digests().is_empty() {
        day += chrono::TimeDelta::days(1);
        assert!(day < when("2030-10-01T08:00:00Z"), "no digest came");
        app.live_until(&day.to_rfc3339()).await;
    }
    let mail = digests().0.remove(0);
    assert!(mail.mentions("Marta Quarzetti brought you and"), "{}", mail.text);

    as_marta.post("/erase", json!({"confirm": marta.email})).await.ok(200);
    let after = app.dump().await;
    let left: Vec<&str> = after.lines().filter(|line| line.to_lowercase().contains("quarzetti")).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(prompt_of(&as_bruno, "C").await.to_string().contains(&hugo.code), "it still speaks of whom they keep");
}
