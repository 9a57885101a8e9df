//! Commands: what they print, and what they refuse.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn an_organizer_is_created_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let create = ["organizer", "create", "--slug", "tavola", "--name", "Another one", "--owner", "somebody@example.org"];
    let refused = app.run(&create).await;
    assert!(!refused.succeeded);
    assert_eq!(refused.stdout, "");
    assert!(refused.stderr.contains("tavola"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("UNIQUE") && !refused.stderr.contains("duplicate key"), "not a sentence: {}", refused.stderr);
    assert_eq!(refused.stderr.trim().lines().count(), 1, "{}", refused.stderr);
}

#[rstest]
#[tokio::test]
async fn a_command_line_that_is_wrong_says_which_part(
    #[values(("--slug", "Not A Slug"), ("--owner", "nobody"))] wrong: (&str, &str),
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let mut arguments = vec!["organizer", "create"];
    for (flag, value) in [("--slug", "altrove"), ("--name", "Altrove"), ("--owner", "owner@altrove.example")] {
        arguments.extend([flag, if flag == wrong.0 { wrong.1 } else { value }]);
    }
    let refused = app.run(&arguments).await;
    assert!(!refused.succeeded);
    assert!(refused.stderr.contains(wrong.0), "{}", refused.stderr);
}

#[rstest]
#[tokio::test]
async fn a_token_and_a_link_to_sign_in_come_from_the_command_line_too(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let printed = app.run(&["token", "create", "--organizer", "tavola", "--role", "viewer"]).await;
    assert!(printed.succeeded, "{}", printed.stderr);
    let token: Value = serde_json::from_str(&printed.stdout).expect("only JSON is on stdout");
    let viewer = app.with_token(token["token"].as_str().unwrap());
    assert_eq!(viewer.get("/api/v1/whoami").await.ok(200)["role"], "viewer");

    let printed = app.run(&["login-link", "--email", "owner@tavola.example"]).await;
    assert!(printed.succeeded, "{}", printed.stderr);
    let link: Value = serde_json::from_str(&printed.stdout).expect("only JSON is on stdout");
    let (_, token) = link["url"].as_str().unwrap().rsplit_once("/login/").expect("a link to the page");
    app.public().post(&format!("/login/{token}"), json!({})).await.ok(200);
    assert!(!app.run(&["login-link", "--email", "nobody@example.org"]).await.succeeded);
}

#[test]
fn whoever_has_read_enough_may_stop() {
    let stopped = read_the_beginning_of(&["openapi"]);
    assert!(stopped.succeeded && stopped.stderr.is_empty(), "{}", stopped.stderr);
    assert!(stopped.stdout.starts_with("{\n"), "{}", stopped.stdout);
}

/// The sandbox of this test stands in the year 2030: a link of today would be too old there.
#[rstest]
#[tokio::test]
async fn commands_live_in_the_time_of_a_sandbox(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let printed = app.run(&["login-link", "--email", "owner@tavola.example"]).await;
    let link: Value = serde_json::from_str(&printed.stdout).expect("only JSON is on stdout");
    let (_, token) = link["url"].as_str().unwrap().rsplit_once("/login/").expect("a link to the page");
    app.clock_advance(29 * 60).await;
    app.public().post(&format!("/login/{token}"), json!({})).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_sandbox_ahead_of_real_time_is_not_served_as_anything_else(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::start(database).await;
    app.kill();
    let refused = app.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert!(!refused.succeeded);
    for word in ["sandbox", "2030-05-06T07:00:00Z", "--sandbox", "--data"] {
        assert!(refused.stderr.contains(word), "{word} is not said: {}", refused.stderr);
    }
    app.start_again().await;
    assert_eq!(app.now().await, when("2030-05-06T07:00:00Z"));
}

#[rstest]
#[tokio::test]
async fn a_sandbox_that_never_left_the_present_can_become_real(#[values(Sqlite, Postgres)] database: Database) {
    let real = Setup::default().in_real_time();
    let mut app = TestApp::with(real.clone(), database).await;
    app.start_again_with(Setup::default()).await;
    app.get("/api/v1/sandbox/clock").await.ok(200);
    app.start_again_with(real).await;
    app.get("/api/v1/sandbox/clock").await.fails(404, "not_found");
    assert!(app.log().contains("was a sandbox"), "{}", app.log());
    // A sandbox once more, it begins with the present.
    app.start_again_with(Setup::default()).await;
    assert!((real_time() - app.now().await).num_seconds() < 60);
}

#[tokio::test]
async fn s9_the_settings_are_shown_without_their_secrets() {
    let settings = [
        ("DATABASE_URL", "postgres://convivio:first-secret@127.0.0.1:1/convivio"),
        ("CONVIVIO_SECRET", "second-secret, which has enough characters"),
        ("CONVIVIO_MAIL", "smtp://convivio:third-secret@127.0.0.1:2525"),
        ("CONVIVIO_FROM", "Tavola <events@tavola.example>"),
        ("CONVIVIO_BOUNCE_SECRET", "fourth-secret, which has enough as well"),
    ];
    let shown = run_with(&settings, &["config", "check"]).await;
    assert!(shown.succeeded, "{}", shown.stderr);
    for secret in ["first-secret", "second-secret", "third-secret", "fourth-secret"] {
        assert!(!shown.stdout.contains(secret) && !shown.stderr.contains(secret), "{secret} is shown: {}", shown.stdout);
    }
    for plain in ["127.0.0.1:2525", "events@tavola.example"] {
        assert!(shown.stdout.contains(plain), "{plain} is not shown: {}", shown.stdout);
    }
}

#[rstest]
#[case::postgres_without_a_key(&[("DATABASE_URL", "postgres://127.0.0.1:1/convivio")], "CONVIVIO_SECRET")]
#[case::a_short_key(&[("CONVIVIO_SECRET", "short")], "CONVIVIO_SECRET")]
#[case::a_short_secret_of_bounces(&[("CONVIVIO_BOUNCE_SECRET", "short")], "CONVIVIO_BOUNCE_SECRET")]
#[case::a_secret_of_bounces_that_is_no_base64(&[("CONVIVIO_BOUNCE_SECRET", "whsec_it says Base64 and is none")], "CONVIVIO_BOUNCE_SECRET")]
#[case::no_such_mail(&[("CONVIVIO_MAIL", "pigeon://loft")], "mail")]
#[case::a_sandbox_that_writes_to_the_world(&[("CONVIVIO_SANDBOX", "on"), ("CONVIVIO_MAIL", "smtp://mail.example.org:25")], "sandbox")]
#[tokio::test]
async fn settings_that_cannot_be_are_refused_by_name(#[case] settings: &[(&str, &str)], #[case] named: &str) {
    for command in [["config", "check"].as_slice(), &["serve", "--listen", "127.0.0.1:0"]] {
        let refused = run_with(settings, command).await;
        assert!(!refused.succeeded, "{}", refused.stdout);
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
}
