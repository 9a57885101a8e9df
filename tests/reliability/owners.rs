//! Two owners who demote each other at the same moment.

use futures_util::future::join;

use crate::support::*;

/// How many owners are left, of two.
async fn owners_left(app: &TestApp) -> usize {
    app.post("/members", json!({"email": "second@example.org", "role": "owner"})).await.ok(201);
    let paths: Vec<String> = app.all("/members").await.iter().map(|one| format!("/members/{}", one["id"].as_str().unwrap())).collect();
    join(app.patch(&paths[0], json!({"role": "viewer"})).attempt(), app.delete(&paths[1]).attempt()).await;
    app.all("/members").await.iter().filter(|member| member["role"] == "owner").count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_owners_who_demote_each_other_leave_one(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    assert_eq!(owners_left(&app).await, 1);
}

/// The control of the test above.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn control_without_the_guard_no_owner_is_left(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "owner_guard_off"), database).await;
    assert_eq!(owners_left(&app).await, 0, "the two never met");
}
