//! What a person takes along, and what of it staff may hand out.

use crate::support::*;

/// An evening after which the first guest has written about the second.
async fn written(app: &TestApp) -> (Event, Vec<Guest>, Caller) {
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let (kept, blocked) = (&guests[1].code, &guests[2].code);
    let answer = json!({"choice": "done", "keep": [kept], "notes": {(kept.as_str()): "builds canoes"}});
    act(&me, &prompt_of(&me, "F1").await, answer).await.ok(200);
    me.post("/blocks", json!({"code": blocked})).await.ok(201);
    me.post("/reports", json!({"code": blocked, "reason": "selling", "text": "sold me a boat"})).await.ok(201);
    (event, guests, me)
}

#[rstest]
#[tokio::test]
async fn sr_39_one_takes_everything_along(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, me) = written(&app).await;
    let answer = me.get("/export").await;
    let export = answer.ok(200);
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"convivio.json\""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((&export["organizer"], &export["profile"]["email"]), (&json!("tavola"), &json!(guests[0].email)));
    let mine = &export["registrations"][0];
    assert_eq!((&mine["code"], &mine["name"], &mine["state"]), (&json!(guests[0].code), &json!(guests[0].name), &json!("attended")));
    assert_eq!((&mine["consents"]["follow_up"], &mine["event"]["slug"], mine["answers"].is_object()), (&json!(true), &json!("may"), true));
    assert_eq!(export["checkins"][0]["registration"], guests[0].code.as_str());
    assert_eq!(each(&export["encounters"], "code").len(), 3);
    let kinds = each(&export["messages"], "kind");
    assert!(kinds.contains(&"confirmed") && kinds.contains(&"F1"), "{kinds:?}");
    assert_eq!(export["preferences"], me.get("/preferences").await.ok(200));
    assert_eq!((&export["suppressions"], &export["reports"][0]["text"]), (&json!([]), &json!("sold me a boat")));
    assert_eq!((&export["log"][0]["text"], &export["log"][0]["code"]), (&json!("builds canoes"), &json!(guests[1].code)));
    assert_eq!(export["connections"][0]["code"], guests[1].code.as_str());
    assert_eq!(export["blocks"], json!([{"code": guests[2].code, "name": guests[2].name}]));
    assert_eq!(export["prompts"], json!(me.all("/prompts").await));
}

#[rstest]
#[tokio::test]
async fn sr_50_what_is_private_is_exported_to_its_owner_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, me) = written(&app).await;
    me.post(&format!("/registrations/{}/guides/after/ack", guests[0].code), json!({})).await.ok(204);
    let own = me.get("/export").await.ok(200);
    assert_eq!(each(&own["registrations"][0]["guides_read"], "phase"), ["after"]);
    let found = app.all(&format!("/people?email={}", guests[0].email)).await;
    let path = format!("/people/{}/export", found[0]["id"].as_str().unwrap());
    let export = app.as_role("manager").await.get(&path).await.ok(200);
    assert_eq!((&export["profile"]["name"], &export["reports"][0]["reason"]), (&json!(guests[0].name), &json!("selling")));
    for private in ["consents", "connections", "log", "prompts", "blocks", "introductions", "contacts"] {
        assert!(export.get(private).is_none(), "{private}: {export:#}");
    }
    assert_eq!(export["registrations"][0]["guides_read"], json!([]), "what somebody reads is theirs");
    assert!(!export.to_string().contains("canoes"), "{export:#}");
    assert!(export["encounters"].as_array().unwrap().iter().all(|one| one.get("connection").is_none()), "{export:#}");
    app.as_role("viewer").await.get(&path).await.fails(403, "forbidden");
    app.as_role("checkin").await.get(&path).await.fails(403, "forbidden");
    app.other_organizer().get(&path).await.fails(404, "not_found");
    app.get("/people/01a20178-b377-75c6-bc43-e14809d4c06b/export").await.fails(404, "not_found");

    // Of whom it was written, they take nothing along.
    let about = app.signed_in(&event, &guests[1]).await.get("/export").await;
    about.ok(200);
    assert!(!about.text().contains("canoes") && !about.text().contains("boat"), "{}", about.text());
}

#[rstest]
#[tokio::test]
async fn sr_50_where_else_somebody_goes_is_told_by_no_block_and_no_export(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, me) = written(&app).await;
    // The two of whom it was written go on to an evening that one knows nothing of, and one of them keeps their name now.
    let june = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    for n in [1, 2] {
        app.add(&june, &nth_person(n)).await;
    }
    let blocked = app.signed_in(&event, &guests[2]).await;
    blocked.patch("/preferences", json!({"visibility": {"name": "none"}})).await.ok(200);
    let of_blocked = json!({"code": guests[2].code, "name": null});
    assert_eq!(me.all("/blocks").await, std::slice::from_ref(&of_blocked));
    assert_eq!(me.post("/blocks", json!({"code": guests[2].code})).await.ok(201), of_blocked);
    let export = me.get("/export").await.ok(200);
    assert_eq!(export["blocks"], json!([of_blocked]));
    assert_eq!((&export["log"][0]["code"], &export["log"][0]["name"]), (&json!(guests[1].code), &json!(guests[1].name)));
}

#[rstest]
#[tokio::test]
async fn sr_39_what_staff_tried_out_is_not_among_what_one_was_mailed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, me) = written(&app).await;
    let tried = json!({"code": guests[0].code, "step": "F2", "to": "owner@tavola.example"});
    app.post(&event.at("/follow_up/test"), tried).await.ok(202);
    let export = me.get("/export").await;
    assert!(each(&export.ok(200)["messages"], "kind").contains(&"F1"));
    assert!(!export.text().contains("owner@tavola.example"), "{}", export.text());
}
