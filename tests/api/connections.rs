//! Keeping in touch: both must say so, and a no stays silent.

use crate::support::*;

/// The connections of somebody, as they see them.
async fn of(me: &Caller) -> Vec<Value> {
    me.all("/connections").await
}

#[rstest]
#[tokio::test]
async fn sr_46_both_must_say_so_before_an_address_moves(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (ada, luca) = (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await);
    let ask = |context: Value| ada.post("/connections", json!({"code": guests[1].code, "context": context, "exchange": true}));
    for context in [json!(null), json!("hi there")] {
        ask(context).await.fails(422, "validation_failed").error_at("/context");
    }
    let asked = ask(json!("We spoke about canoes at table two.")).await.ok(201);
    assert_eq!((&asked["state"], &asked["incoming"], &asked["email"]), (&json!("requested"), &json!(false), &json!(null)));

    let seen = of(&luca).await;
    assert_eq!(
        (&seen[0]["incoming"], &seen[0]["context"], &seen[0]["stage"]),
        (&json!(true), &json!("We spoke about canoes at table two."), &json!(null))
    );
    assert!(!seen[0].to_string().contains(&guests[0].email), "no address before both agreed");
    let path = |rest: &str| format!("/connections/{}/{rest}", seen[0]["id"].as_str().unwrap());
    app.signed_in(&event, &guests[2]).await.post(&path("accept"), json!({})).await.fails(404, "not_found");
    let accepted = luca.post(&path("accept"), json!({"exchange": true})).await.ok(200);
    assert_eq!((&accepted["state"], &accepted["email"]), (&json!("connected"), &json!(guests[0].email)));
    let mine = of(&ada).await;
    assert_eq!(
        (mine.len(), &mine[0]["state"], &mine[0]["email"], &mine[0]["stage"]),
        (1, &json!("connected"), &json!(guests[1].email), &json!("connected"))
    );
    luca.post(&path("accept"), json!({})).await.fails(409, "wrong_state");

    // Letting go is silent, and takes the address back.
    luca.post(&format!("/connections/{}/end", of(&luca).await[0]["id"].as_str().unwrap()), json!({})).await.done();
    assert!(of(&luca).await.is_empty());
    assert_eq!((&of(&ada).await[0]["state"], &of(&ada).await[0]["email"]), (&json!("connected"), &json!(null)));
}

#[rstest]
#[tokio::test]
async fn sr_46_a_no_is_silent_and_who_was_not_met_is_not_asked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (june, _, _) = app.held_next_evening("june", 4).await;
    // An evening Ada was not at.
    let july = app.event_with("july", json!({"starts_at": "2030-07-11T16:00:00Z", "ends_at": "2030-07-11T19:00:00Z"})).await;
    let mut elsewhere = Vec::new();
    for name in ["Zoe Lontano", "Yves Altrove", "Xenia Altrove"] {
        elsewhere.push(app.add(&july, &person(name)).await);
    }
    app.hold(&july, &elsewhere).await;
    let stranger = &elsewhere[0];
    let (ada, luca) = (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await);
    let context = "We spoke about canoes.";
    let ask = |me: &Caller, code: &str| me.post("/connections", json!({"code": code, "context": context}));
    ask(&ada, &stranger.code).await.fails(403, "forbidden");
    ask(&ada, "ZZZZZZZZ").await.fails(403, "forbidden");
    ask(&ada, &guests[0].code).await.fails(403, "forbidden");

    let before = ask(&ada, &guests[1].code).await.ok(201);
    let incoming = of(&luca).await[0]["id"].as_str().unwrap().to_owned();
    luca.post(&format!("/connections/{incoming}/decline"), json!({})).await.done();
    assert!(of(&luca).await.is_empty());
    assert_eq!(of(&ada).await[0], before, "who asked sees what they saw before");
    // Asking once more reaches nobody.
    ask(&ada, &guests[1].code).await.ok(201);
    assert!(of(&luca).await.is_empty());

    // Two who ask each other agree.
    let bo = app.signed_in(&event, &guests[2]).await;
    ask(&ada, &guests[2].code).await.ok(201);
    assert_eq!(ask(&bo, &guests[0].code).await.ok(201)["state"], "connected");
    assert!(of(&ada).await.iter().any(|one| one["code"] == guests[2].code.as_str() && one["state"] == "connected"));

    // Who is blocked is answered as if they had not met.
    let cleo = app.signed_in(&event, &guests[3]).await;
    cleo.post("/blocks", json!({"code": guests[0].code})).await.ok(201);
    ask(&ada, &guests[3].code).await.fails(403, "forbidden");
    assert!(of(&cleo).await.is_empty());
    drop(june);
}

#[rstest]
#[tokio::test]
async fn sr_39_the_log_is_read_by_its_owner_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let ada = app.signed_in(&event, &guests[0]).await;
    let prompt = prompt_of(&ada, "F1").await;
    act(&ada, &prompt, json!({"choice": "done", "keep": [guests[1].code]})).await.ok(200);
    let id = of(&ada).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/connections/{id}/log");
    for (wrong, pointer) in [
        (json!({"kind": "note"}), "/text"),
        (json!({"kind": "give"}), "/what"),
        (json!({"kind": "give", "what": "money"}), "/what"),
        (json!({"kind": "interaction", "what": "resource"}), "/what"),
        (json!({"kind": "check"}), "/trust"),
        (json!({"kind": "check", "goals": 0}), "/goals"),
        (json!({"kind": "note", "text": "x", "trust": 3}), "/trust"),
        (json!({"kind": "interaction", "happened_at": "2031-01-01T00:00:00Z"}), "/happened_at"),
    ] {
        ada.post(&path, wrong).await.fails(422, "validation_failed").error_at(pointer);
    }
    let hostile = "=?utf-8?b?x?= <script>alert(1)</script>\n\u{202b}x".replace('\u{202b}', "");
    ada.post(&path, json!({"kind": "note", "text": hostile})).await.ok(201);
    ada.post(&path, json!({"kind": "give", "what": "thanks", "text": "for the map"})).await.ok(201);
    let entries = ada.all(&path).await;
    assert_eq!(each(&json!(entries), "kind"), ["note", "give"]);
    assert_eq!(entries[0]["text"], hostile.as_str());

    let cadence = format!("/connections/{id}/cadence");
    ada.put(&cadence, json!({"months": 2})).await.fails(422, "validation_failed").error_at("/months");
    assert_eq!(ada.put(&cadence, json!({"months": 3})).await.ok(200)["every_months"], 3);
    for other in [&guests[1], &guests[2]] {
        let other = app.signed_in(&event, other).await;
        other.get(&path).await.fails(404, "not_found");
        other.put(&cadence, json!({"months": 1})).await.fails(404, "not_found");
        other.post(&format!("/connections/{id}/end"), json!({})).await.fails(404, "not_found");
    }
}
