//! Addresses that nothing is sent to.

use crate::support::*;

async fn suppress(app: &TestApp, email: &str, expires_at: Option<&str>) -> Value {
    app.post("/suppressions", json!({"email": email, "expires_at": expires_at})).await.ok(201)
}

#[rstest]
#[tokio::test]
async fn nothing_reaches_an_address_that_staff_suppressed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let made = suppress(&app, "Ada.Rossi@EXAMPLE.org", None).await;
    assert_eq!((&made["email"], &made["reason"]), (&json!("ada.rossi@example.org"), &json!("on_request")));
    assert!(made["expires_at"].is_null());

    let ada = app.add(&event, &person("Ada Rossi")).await;
    app.add(&event, &person("Bo Bassi")).await;
    app.run_due().await;
    assert_eq!(app.mails().kind("confirmed").len(), 1, "{:?}", app.mails().outline());
    let kept = app.all(&event.at("/messages?state=suppressed")).await;
    assert_eq!((kept.len(), &kept[0]["registration"], &kept[0]["reason"]), (1, &json!(ada.code), &json!("on_request")));

    // Taken back, the address is written to like any other; taking it back twice changes nothing.
    for _ in 0..2 {
        app.delete("/suppressions").json(&json!({"email": "ada.rossi@example.org"})).await.ok(204);
    }
    assert!(app.all("/suppressions").await.is_empty());
    app.post(&event.at(&format!("/registrations/{}/resend", ada.code)), json!({})).await.done();
    app.run_due().await;
    assert_eq!(app.mails().kind("confirmed").len(), 2, "{:?}", app.mails().outline());
}

#[rstest]
#[tokio::test]
async fn a_suppression_ends_when_it_says(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    suppress(&app, "ada.rossi@example.org", None).await;
    suppress(&app, "ada.rossi@example.org", Some(DAY_BEFORE)).await;
    suppress(&app, "bo.bassi@example.org", None).await;
    let listed = app.all("/suppressions?limit=1").await;
    assert_eq!(each(&json!(listed), "email"), ["ada.rossi@example.org", "bo.bassi@example.org"], "said again, it is one");
    assert_eq!(when(listed[0]["expires_at"].as_str().unwrap()), when(DAY_BEFORE));
    assert_eq!(app.all("/suppressions?email=Bo.Bassi@example.org").await.len(), 1);

    app.clock_to(DAY_BEFORE).await;
    assert_eq!(each(&json!(app.all("/suppressions").await), "email"), ["bo.bassi@example.org"]);
    for name in ["Ada Rossi", "Bo Bassi"] {
        app.add(&event, &person(name)).await;
    }
    app.run_due().await;
    assert_eq!(app.mails().kind("confirmed").len(), 1, "{:?}", app.mails().outline());
}

#[rstest]
#[tokio::test]
async fn what_is_no_suppression_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let wrong = json!({"email": "nobody", "expires_at": "2001-01-01T00:00:00Z"});
    app.post("/suppressions", wrong).await.fails(422, "validation_failed").error_at("/email");
    let past = json!({"email": "ada@example.org", "expires_at": "2001-01-01T00:00:00Z"});
    app.post("/suppressions", past).await.fails(422, "validation_failed").error_at("/expires_at");
    app.get("/suppressions?email=nobody").await.fails(400, "malformed_request");
    assert!(app.all("/suppressions").await.is_empty());
}
