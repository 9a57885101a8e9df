//! People one knows from elsewhere: one's own, and tended with those one met.

use chrono::TimeDelta;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_contact_is_of_its_owner_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (ada, bruno) = (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await);
    for (wrong, pointer) in [
        (json!({}), "/name"),
        (json!({"name": " "}), "/name"),
        (json!({"name": "Pina\r\nBcc: all@example.org"}), "/name"),
        (json!({"name": "Pina \u{202e}alaS"}), "/name"),
        (json!({"name": "Pina ".repeat(2000)}), "/name"),
        (json!({"name": "Pina", "note": "of rivers and looms ".repeat(512)}), "/note"),
        (json!({"name": "Pina", "note": "goats \u{202e}staog"}), "/note"),
        (json!({"name": "Pina", "every_months": 2}), "/every_months"),
        (json!({"name": "Pina", "in_touch_at": "2031-01-01T00:00:00Z"}), "/in_touch_at"),
        (json!({"name": "Pina", "email": "pina@example.org"}), "/email"),
    ] {
        ada.post("/contacts", wrong).await.fails(422, "validation_failed").error_at(pointer);
    }
    let pina = ada.post("/contacts", json!({"name": "Pina Sala", "note": "She keeps goats."})).await.ok(201);
    assert_eq!((&pina["every_months"], &pina["temperature"]), (&json!(null), &json!("warm")));
    let path = format!("/contacts/{}", pina["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.ok(200), pina);
    assert_eq!(ada.all("/contacts").await, std::slice::from_ref(&pina));

    let changed = ada.patch(&path, json!({"every_months": 1, "in_touch_at": "2030-03-01T10:00:00Z"})).await.ok(200);
    assert_eq!((&changed["name"], &changed["every_months"], &changed["temperature"]), (&pina["name"], &json!(1), &json!("cold")));
    assert_eq!(ada.patch(&path, json!({"in_touch_at": null})).await.ok(200)["temperature"], "warm");
    ada.patch(&path, json!({"every_months": 5})).await.fails(422, "validation_failed").error_at("/every_months");

    assert!(bruno.all("/contacts").await.is_empty());
    bruno.get(&path).await.fails(404, "not_found");
    bruno.patch(&path, json!({"name": "Mine"})).await.fails(404, "not_found");
    bruno.delete(&path).await.fails(404, "not_found");
    for path in ["/prompts", "/messages", "/registrations", "/stats", "/report", ""] {
        let answer = app.get(&event.at(path)).await.text();
        assert!(!answer.contains("Pina") && !answer.contains("goats"), "{path}");
    }
    ada.delete(&path).await.ok(204);
    ada.get(&path).await.fails(404, "not_found");
    assert!(ada.all("/contacts").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn five_hundred_contacts_are_the_most(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let ada = app.signed_in(&event, &guests[0]).await;
    let add = |n: usize| ada.post("/contacts", json!({"name": format!("Cousin {n}")}));
    let add = &add;
    a_few_at_a_time((0..500).map(|n| async move { patiently(|| add(n)).await.ok(201) })).await;
    let refused = patiently(|| add(500)).await;
    assert_eq!(refused.fails(422, "validation_failed").0["errors"][0]["code"], "too_many");
    assert_eq!(ada.all("/contacts").await.len(), 500);
}

#[rstest]
#[tokio::test]
async fn sr_40_a_contact_of_one_s_own_is_tended_with_the_others(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let ada = app.signed_in(&event, &guests[0]).await;
    act(&ada, &prompt_of(&ada, "F1").await, json!({"choice": "done", "keep": [guests[1].code]})).await.ok(200);
    let pina = ada.post("/contacts", json!({"name": "Pina Sala", "note": "She keeps goats.", "every_months": 1})).await.ok(201);
    ada.post("/contacts", json!({"name": "Zeno Riva", "in_touch_at": "2029-01-01T10:00:00Z"})).await.ok(201);
    let digests = || app.mails().to(&guests[0].email).kind("C");
    days_until(&app, "2030-06-09T20:00:00Z").await;
    assert!(digests().is_empty(), "it is not a month yet");
    days_until(&app, "2030-06-18T08:00:00Z").await;
    let mail = digests().only().clone();
    assert!(mail.mentions("Pina Sala") && mail.mentions("She keeps goats") && !mail.mentions("Zeno"), "{}", mail.text);
    assert!(mail.mentions("Friday 10 May"), "{}", mail.text);
    let prompt = prompt_of(&ada, "C").await;
    assert_eq!((&prompt["action"]["contact"], &prompt["recall"]["people"]), (&pina["id"], &json!([])));

    // Saying "done" sets the clock back, and so does saying when the two were in touch.
    act(&ada, &prompt, json!({"choice": "done"})).await.ok(200);
    let path = format!("/contacts/{}", pina["id"].as_str().unwrap());
    let after = ada.get(&path).await.ok(200);
    assert_eq!((&after["temperature"], when(after["in_touch_at"].as_str().unwrap())), (&json!("warm"), app.now().await));
    days_until(&app, "2030-07-12T08:00:00Z").await;
    let again = ada.patch(&path, json!({"in_touch_at": "2030-07-12T07:00:00Z"})).await.ok(200);
    assert_eq!(again["temperature"], "warm");
    days_until(&app, "2030-08-11T20:00:00Z").await;
    assert_eq!(digests().len(), 1, "in touch on 18 June and on 12 July");
    days_until(&app, "2030-08-28T08:00:00Z").await;
    assert_eq!(digests().len(), 2, "{:?}", app.mails().to(&guests[0].email).outline());

    // Whom nobody wants to hear of is in no mail, and in no word about them that was kept.
    let before = app.dump().await;
    assert!(before.contains("Pina Sala") && before.contains("She keeps goats"));
    ada.delete(&path).await.ok(204);
    let after = app.dump().await;
    let left: Vec<&str> = after.lines().filter(|line| line.contains("Pina") || line.contains("She keeps goats")).collect();
    assert!(left.is_empty(), "{left:#?}");
    days_until(&app, "2030-10-20T08:00:00Z").await;
    assert_eq!(digests().len(), 2);
}

/// Works through the days until then, as a server would that looks twice a day.
async fn days_until(app: &TestApp, end: &str) {
    let mut at = app.now().await;
    while at < when(end) {
        at = (at + TimeDelta::hours(12)).min(when(end));
        app.live_until(&at.to_rfc3339()).await;
    }
}
