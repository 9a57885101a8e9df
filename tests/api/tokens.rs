//! Tokens of programs: shown once, for a role, until they are taken back or expire.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_token_is_shown_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let created = app.post("/tokens", json!({"role": "checkin", "label": "the phone at the door"})).await.ok(201);
    let secret = created["token"].as_str().unwrap();
    assert!(secret.starts_with("cvv_"), "{secret}");
    let listed = app.get("/tokens").await;
    listed.ok(200);
    assert!(listed.text().contains("the phone at the door"), "{}", listed.text());
    assert!(!listed.text().contains("cvv_"), "a secret is shown again: {}", listed.text());
}

#[rstest]
#[tokio::test]
async fn a_token_taken_back_opens_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let created = app.post("/tokens", json!({"role": "viewer"})).await.ok(201);
    let viewer = app.with_token(created["token"].as_str().unwrap());
    viewer.get("/events").await.ok(200);
    let path = format!("/tokens/{}", created["id"].as_str().unwrap());
    viewer.delete(&path).await.fails(403, "forbidden");
    app.delete(&path).await.done();
    viewer.get("/events").await.fails(401, "unauthenticated");
    app.delete(&path).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn a_token_ends_when_it_was_to_end(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let created = app.post("/tokens", json!({"role": "viewer", "expires_at": STARTS})).await.ok(201);
    let viewer = app.with_token(created["token"].as_str().unwrap());
    viewer.get("/events").await.ok(200);
    app.clock_to(STARTS).await;
    viewer.get("/events").await.fails(401, "unauthenticated");
    app.post("/tokens", json!({"role": "king"})).await.fails(422, "validation_failed").error_at("/role");
}
