//! Signing in, and whose token it is.

use crate::support::*;

/// The owner of every organizer of these tests.
const OWNER: &str = "owner@tavola.example";

/// Asks for a link, as the owner, and gives the token of the newest mail.
async fn mailed_link(app: &TestApp) -> String {
    let before = app.mails().to(OWNER).kind("login").len();
    app.public().post("/login", json!({"email": OWNER})).await.ok(202);
    let newest = || app.mails().to(OWNER).kind("login").0.get(before).cloned();
    eventually("a mail with a link to sign in", newest).await.token("login")
}

#[rstest]
#[tokio::test]
async fn a_token_knows_whose_it_is(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for role in ["owner", "manager", "checkin", "viewer"] {
        let whoami = app.as_role(role).await.get("/api/v1/whoami").await.ok(200);
        assert_eq!(whoami["role"], role, "{whoami}");
        assert_eq!(whoami["organizer"], "tavola", "{whoami}");
    }
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let whoami = app.signed_in(&event, &ada).await.get("/api/v1/whoami").await.ok(200);
    assert_eq!(whoami["name"], "Ada Arena");
    assert_eq!(whoami["organizer"], "tavola");
    assert_eq!(whoami["role"], Value::Null);

    app.anonymous().get("/api/v1/whoami").await.fails(401, "unauthenticated");
    app.with_token("cvv_made-up").get("/api/v1/whoami").await.fails(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_member_signs_in_with_a_mailed_link_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let link = mailed_link(&app).await;
    let session = app.public().post(&format!("/login/{link}"), json!({})).await.ok(200);
    assert!(when(session["expires_at"].as_str().unwrap()) > app.now().await);
    let member = app.with_token(session["token"].as_str().unwrap());
    let whoami = member.get("/api/v1/whoami").await.ok(200);
    assert_eq!((&whoami["email"], &whoami["role"]), (&json!(OWNER), &json!("owner")));
    member.get("/events").await.ok(200);

    app.public().post(&format!("/login/{link}"), json!({})).await.fails(410, "token_used");
    app.public().post("/login/made-up", json!({})).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn a_link_to_sign_in_works_for_half_an_hour(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let [early, late] = [mailed_link(&app).await, mailed_link(&app).await];
    app.clock_advance(30 * 60 - 1).await;
    app.public().post(&format!("/login/{early}"), json!({})).await.ok(200);
    app.clock_advance(1).await;
    app.public().post(&format!("/login/{late}"), json!({})).await.fails(410, "token_expired");
}

#[rstest]
#[tokio::test]
async fn looking_at_the_link_does_not_use_it_up(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let link = mailed_link(&app).await;
    for _ in 0..20 {
        let page = app.visitor().get(&format!("/login/{link}")).await;
        page.ok_page();
        assert!(page.header("set-cookie").is_none());
    }
    let page = app.visitor().submit(&format!("/login/{link}"), &[]).await;
    page.ok_page();
    let cookie = page.header("set-cookie").expect("the page signs in with a cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite="), "{cookie}");

    let session = cookie.split(';').next().unwrap();
    let with_cookie = || app.visitor().get("/api/v1/whoami").header("Cookie", session);
    assert_eq!(with_cookie().await.ok(200)["email"], OWNER);
    // Another site's page cannot act with it.
    with_cookie().header("Sec-Fetch-Site", "cross-site").await.fails(401, "unauthenticated");
    assert_eq!(app.visitor().submit(&format!("/login/{link}"), &[]).await.status, 410);
}

#[rstest]
#[tokio::test]
async fn who_signs_out_is_out(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let link = mailed_link(&app).await;
    let session = app.public().post(&format!("/login/{link}"), json!({})).await.ok(200);
    let member = app.with_token(session["token"].as_str().unwrap());
    member.delete("/api/v1/session").await.done();
    member.get("/api/v1/whoami").await.fails(401, "unauthenticated");
    app.get("/api/v1/whoami").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn nobody_learns_who_has_an_account(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let known = app.public().post("/login", json!({"email": OWNER})).await.ok(202);
    let unknown = app.public().post("/login", json!({"email": "nobody@example.org"})).await.ok(202);
    assert_eq!(known, unknown);
    app.mail(OWNER, "login").await;
    assert!(app.mails().to("nobody@example.org").is_empty());
    app.public().post("/login", json!({"email": "nobody"})).await.fails(422, "validation_failed").error_at("/email");
}

#[rstest]
#[tokio::test]
async fn an_attendee_who_lost_the_mail_gets_the_link_again(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    app.mail_about(&event, &ada.email, "confirmed").await;
    let before = app.mails().to(&ada.email).len();
    app.clock_advance(2 * 3600).await;
    app.public().post("/login", json!({"email": ada.email})).await.ok(202);
    let mail = eventually("a second mail", || app.mails().to(&ada.email).0.get(before).cloned()).await;

    let token = mail.token("in");
    // The link is theirs as often as they like.
    for _ in 0..2 {
        let session = app.public().post(&format!("/login/{token}"), json!({})).await.ok(200);
        let me = app.me(session["token"].as_str().unwrap());
        assert_eq!(me.get("/profile").await.ok(200)["name"], "Ada Arena");
    }
}

#[rstest]
#[tokio::test]
async fn an_attendees_link_works_for_four_months_after_the_event(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let token = app.mail_about(&event, &ada.email, "confirmed").await.token("in");
    let me = app.me(&token);
    let session = app.public().post(&format!("/login/{token}"), json!({})).await.ok(200);
    assert_eq!(when(session["expires_at"].as_str().unwrap()), when("2030-09-06T19:00:00Z"));
    app.clock_to("2030-09-06T18:59:59Z").await;
    me.get("/profile").await.ok(200);
    app.clock_to("2030-09-06T19:00:00Z").await;
    me.get("/profile").await.fails(410, "token_expired");
}

#[rstest]
#[tokio::test]
async fn wherever_a_registration_has_got_to_its_link_can_be_had_again(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 2})).await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let chiara = app.add(&event, &person("Chiara Conti")).await;
    assert_eq!(app.state_of(&event, &chiara.code).await, "waitlisted");
    app.clock_to(STARTS).await;
    app.check_in(&event, &ada.code).await.ok(201);
    let link_of = async |guest: &Guest, state: &str| {
        assert_eq!(app.state_of(&event, &guest.code).await, state);
        let before = app.mails().to(&guest.email).kind("login").len();
        let asked = (0..5).map(|_| app.public().post("/login", json!({"email": guest.email})).attempt());
        for answer in futures_util::future::join_all(asked).await {
            answer.expect("an answer").ok(202);
        }
        app.run_due().await;
        let mails = app.mails().to(&guest.email).kind("login");
        assert_eq!(mails.len(), before + 1, "{state}");
        let mail = mails.0.last().unwrap();
        assert!(!mail.mentions("minutes"), "an attendee's link does not run out in half an hour: {}", mail.text);
        let token = mail.token("in");
        let session = app.public().post(&format!("/login/{token}"), json!({})).await.ok(200);
        let me = app.me(session["token"].as_str().unwrap());
        assert_eq!(me.get("/profile").await.ok(200)["name"], guest.name.as_str());
    };
    link_of(&ada, "checked_in").await;
    link_of(&bruno, "confirmed").await;
    link_of(&chiara, "waitlisted").await;
    app.clock_to(ENDS).await;
    app.post(&event.at("/complete"), json!({})).await.done();
    app.clock_advance(3600).await;
    link_of(&ada, "attended").await;
    link_of(&bruno, "no_show").await;
}

/// A link asked for after four months works for sixty days more.
#[rstest]
#[tokio::test]
async fn a_link_had_again_lives_on_from_that_mail(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    app.clock_to("2030-09-10T12:00:00Z").await;
    me.get("/profile").await.fails(410, "token_expired");
    app.public().post("/login", json!({"email": ada.email})).await.ok(202);
    let token = app.mail(&ada.email, "login").await.token("in");
    let session = app.public().post(&format!("/login/{token}"), json!({})).await.ok(200);
    assert_eq!(when(session["expires_at"].as_str().unwrap()), when("2030-11-09T12:00:00Z"));
    app.clock_to("2030-11-09T11:59:59Z").await;
    app.me(&token).get("/profile").await.ok(200);
    app.clock_to("2030-11-09T12:00:00Z").await;
    app.me(&token).get("/profile").await.fails(410, "token_expired");
}
