//! What one gives and asks for, for oneself alone.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_44_a_mirror_that_only_oneself_looks_into(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let ada = app.signed_in(&event, &guests[0]).await;
    let empty = ada.get("/mirror").await.ok(200);
    assert_eq!(
        (&empty["gives"], &empty["asks"], &empty["share_of_asks"], &empty["notice"]),
        (&json!(0), &json!(0), &json!(null), &json!(null))
    );

    let prompt = prompt_of(&ada, "F1").await;
    act(&ada, &prompt, json!({"choice": "done", "keep": [guests[1].code, guests[2].code]})).await.ok(200);
    let kept = ada.all("/connections").await;
    let log = |of: &Value, kind: &str, what: &str| {
        ada.post(
            &format!("/connections/{}/log", of["id"].as_str().unwrap()),
            json!({"kind": kind, "what": what, "text": "About the canoes."}),
        )
    };
    log(&kept[0], "give", "thanks").await.ok(201);
    log(&kept[0], "interaction", "coffee").await.ok(201);
    let even = ada.get("/mirror").await.ok(200);
    assert_eq!((&even["gives"], &even["share_of_asks"], &even["notice"]), (&json!(1), &json!(0.0), &json!(null)));
    for _ in 0..2 {
        log(&kept[0], "ask", "advice").await.ok(201);
    }
    let mirror = ada.get("/mirror").await.ok(200);
    assert_eq!((&mirror["gives"], &mirror["asks"], &mirror["share_of_asks"]), (&json!(1), &json!(2), &json!(0.67)));
    assert!(mirror["notice"].as_str().unwrap().contains("asked"), "{mirror}");
    let of = |one: &Value| {
        let all = mirror["per_connection"].as_array().unwrap();
        let found = all.iter().find(|shown| shown["connection"] == one["id"]).unwrap();
        (found["gives"].clone(), found["asks"].clone())
    };
    assert_eq!((of(&kept[0]), of(&kept[1])), ((json!(1), json!(2)), (json!(0), json!(0))));

    // Whom it is about, and staff, learn nothing of it.
    let other = app.signed_in(&event, &guests[1]).await;
    let theirs = other.get("/mirror").await.ok(200);
    assert_eq!((&theirs["gives"], &theirs["asks"], &theirs["per_connection"]), (&json!(0), &json!(0), &json!([])));
    for path in ["/prompts", "/messages", "/registrations", "/stats", "/report", "/feedback", ""] {
        let answer = app.get(&event.at(path)).await.text();
        assert!(!answer.contains("share_of_asks") && !answer.contains("canoes") && !answer.contains("\"gives\""), "{path}");
    }
}
