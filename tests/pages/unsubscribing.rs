//! `/unsubscribe/{token}`: the way out.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn the_page_asks_once_and_then_says_that_it_is_done(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let mail = app.mails().to(&guests[0].email).kind("F1").only().clone();
    let link = mail.link("unsubscribe");
    let token = mail.token("unsubscribe");
    let stopped = async || app.public().get(&format!("/unsubscribe/{token}")).await.ok(200)["stopped"].clone();

    for _ in 0..20 {
        assert!(app.visitor().get(&link).await.ok_page().contains("<button"));
    }
    assert_eq!(stopped().await, false);
    let done = app.visitor().submit(&link, &[]).await;
    assert!(!done.ok_page().contains("<button"), "{}", done.text());
    assert!(done.header("set-cookie").is_none() && done.header("location").is_none());
    assert_eq!(stopped().await, true);
    assert!(!app.visitor().get(&link).await.ok_page().contains("<button"), "it asks again");
}

#[rstest]
#[tokio::test]
async fn a_program_may_leave_for_its_user(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let token = app.mails().to(&guests[0].email).kind("F1").only().token("unsubscribe");
    app.public().post(&format!("/unsubscribe/{token}"), json!({})).await.ok(200);
    assert_eq!(app.public().get(&format!("/unsubscribe/{token}")).await.ok(200)["stopped"], true);
}
