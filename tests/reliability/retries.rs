//! Requests that are sent again under one `Idempotency-Key`.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use crate::support::*;

const KEY: &str = "Idempotency-Key";

/// Two guests, and a rule about them: nothing but the key keeps a second rule of the same words out.
async fn rule_about_two(app: &TestApp, event: &Event) -> Value {
    let guests = app.add_many(event, 2).await;
    json!({"kind": "apart", "hard": true, "members": [guests[0].code, guests[1].code]})
}

/// Asks until the answer is another than "in progress".
async fn insist(request: impl Fn() -> http::Request) -> http::Answer {
    loop {
        let answer = request().await;
        if answer.status != 409 {
            return answer;
        }
        answer.fails(409, "idempotency_in_progress");
        assert_eq!(answer.header("retry-after"), Some("1"));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Twenty at once under one key: the answers that are no "in progress".
async fn twenty_at_once(request: impl Fn() -> http::Request) -> Vec<http::Answer> {
    let answers = join_all((0..20).map(|_| request().attempt())).await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("everybody gets an answer")).collect();
    let (waiting, done): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 409);
    for answer in waiting {
        answer.fails(409, "idempotency_in_progress");
    }
    done
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r5_a_request_that_is_sent_again_acts_once(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::start(database).await;
    let event = app.event("may").await;
    let rule = rule_about_two(&app, &event).await;
    let owner = (*app).clone();
    let post = || owner.post(&event.at("/rules"), rule.clone()).header(KEY, "a-rule");
    let mut answers = twenty_at_once(post).await;
    for _ in 0..3 {
        let later = insist(post).await;
        assert_eq!(later.header("idempotent-replayed"), Some("true"));
        answers.push(later);
    }
    let bodies: BTreeSet<_> = answers.iter().map(|answer| answer.ok(201).to_string()).collect();
    let places: BTreeSet<_> = answers.iter().map(|answer| answer.location()).collect();
    assert_eq!((bodies.len(), places.len()), (1, 1), "{bodies:?}");
    let rules = event.at("/rules");
    assert_eq!(app.all(&rules).await.len(), 1);

    // The key is taken: by another body, and at another address.
    let mut other = rule.clone();
    other["hard"] = json!(false);
    app.post(&rules, other.clone()).header(KEY, "a-rule").await.fails(422, "idempotency_mismatch");
    app.post("/tokens", rule.clone()).header(KEY, "a-rule").await.fails(422, "idempotency_mismatch");
    // Not by another token: that is somebody else's key.
    app.as_role("manager").await.post(&rules, other).header(KEY, "a-rule").await.ok(201);
    assert_eq!(app.all(&rules).await.len(), 2);

    app.kill();
    app.start_again().await;
    assert!(bodies.contains(&post().await.ok(201).to_string()));
    assert_eq!(app.all(&rules).await.len(), 2);

    app.clock_advance(24 * 3600 - 60).await;
    app.run_due().await;
    assert!(bodies.contains(&post().await.ok(201).to_string()));
    app.clock_advance(60).await;
    let new = post().await;
    assert!(!bodies.contains(&new.ok(201).to_string()));
    assert_eq!(new.header("idempotent-replayed"), None);
    assert_eq!(app.all(&rules).await.len(), 3);
}

/// The control of the test above: without the keys each of the crowd acts.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r5_control_without_the_keys_every_one_acts(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "idempotency_off"), database).await;
    let event = app.event("may").await;
    let rule = rule_about_two(&app, &event).await;
    let answers = twenty_at_once(|| app.post(&event.at("/rules"), rule.clone()).header(KEY, "a-rule")).await;
    assert_eq!(answers.len(), 20);
    assert_eq!(app.all(&event.at("/rules")).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_two_processes_know_of_each_other_s_keys() {
    let app = TestApp::start(Postgres).await;
    let other = app.another_instance(Setup::default()).await;
    let event = app.event("may").await;
    let rule = rule_about_two(&app, &event).await;
    let posts = [&app, &other].map(|app| twenty_at_once(|| app.post(&event.at("/rules"), rule.clone()).header(KEY, "a-rule")));
    let answers: Vec<_> = join_all(posts).await.into_iter().flatten().collect();
    let bodies: BTreeSet<_> = answers.iter().map(|answer| answer.ok(201).to_string()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(app.all(&event.at("/rules")).await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r5_after_a_crash_the_key_is_free_and_the_rules_of_the_operation_hold(#[values(Sqlite, Postgres)] database: Database) {
    let hasty = Setup::default().env("CONVIVIO_LEASE_SECONDS", "2");
    let mut app = TestApp::with(hasty.clone(), database).await;
    let event = app.event("may").await;
    app.start_again_with(hasty.clone().env("CONVIVIO_FAULT", "die_before_keeping")).await;
    let form = filled(person("Ada Arena"), json!({"email_confirmed": true}));
    let owner = (*app).clone();
    let post = || owner.post(&event.at("/registrations"), form.clone()).header(KEY, "ada");
    assert!(post().attempt().await.is_none(), "the process was to die before it answered");
    app.start_again_with(hasty).await;
    // What was committed stands; the operation knows that it was done.
    let again = loop {
        let answer = post().await;
        if answer.json()["code"] != "idempotency_in_progress" {
            break answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    again.fails(409, "already_registered");
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn r5_refusals_are_kept_too_but_for_those_that_may_change(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({"purpose": null})).await;
    let wrong = || app.post("/events", json!({"slug": "june"})).header(KEY, "wrong");
    let first = wrong().await;
    first.fails(422, "validation_failed");
    assert_eq!(wrong().await.text(), first.text(), "the same refusal, of the same request");

    let publish = || app.post(&event.at("/publish"), json!({})).header(KEY, "publish");
    publish().await.fails(409, "not_ready");
    app.patch(&event.at(""), json!({"purpose": "to meet three people"})).await.ok(200);
    publish().await.done();
    publish().await.done();

    // It was not looked at again, and was refused for that: nothing was done, so the key is free for whoever looks.
    let cancel = |seen: &str| app.post(&event.at("/cancel"), json!({})).header(KEY, "cancel").header("If-Match", seen);
    cancel("\"77\"").await.fails(412, "precondition_failed");
    let seen = app.get(&event.at("")).await.header("etag").unwrap().to_owned();
    cancel(&seen).await.ok(200);
    assert_eq!(cancel(&seen).await.header("idempotent-replayed"), Some("true"));
}

#[rstest]
#[tokio::test]
async fn r5_a_secret_is_told_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let create = || app.post("/tokens", json!({"role": "viewer", "label": "door"})).header(KEY, "door");
    let first = create().await;
    assert!(first.ok(201)["token"].is_string());
    let again = create().await;
    assert_eq!(again.ok(201), filled(first.json(), json!({"token": null})));
    assert_eq!(again.location(), first.location());

    app.public().post("/login", json!({"email": "owner@tavola.example"})).await.ok(202);
    let token = app.mail("owner@tavola.example", "login").await.token("login");
    let sign_in = || app.public().post(&format!("/login/{token}"), json!({})).header(KEY, "in");
    assert!(sign_in().await.ok(200)["token"].is_string());
    assert_eq!(sign_in().await.ok(200)["token"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn r5_what_is_no_key_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let long = "k".repeat(256);
    for wrong in ["", "two words", "kl\u{e9}", long.as_str()] {
        app.post(&event.at("/complete"), json!({})).header(KEY, wrong).await.fails(400, "malformed_request");
    }
    app.post(&event.at("/complete"), json!({})).header(KEY, "a").header(KEY, "b").await.fails(400, "malformed_request");
    // The longest that is one. The event has not begun, which is the operation's own refusal.
    app.post(&event.at("/complete"), json!({})).header(KEY, &long[1..]).await.fails(409, "wrong_state");
    // Who is asking comes before.
    app.anonymous().post("/events", json!({})).header(KEY, "two words").await.fails(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn r5_who_has_no_token_shares_keys_with_their_address_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_TRUSTED_PROXIES", "127.0.0.1"), database).await;
    let event = app.event("may").await;
    let (ada, bruno) = (person("Ada Arena"), person("Bruno Bassi"));
    let from = |address: &str, form: &Value| app.register(&event, form).header(KEY, "1").header("X-Forwarded-For", address);
    from("198.51.100.1", &ada).await.ok(202);
    from("198.51.100.2", &bruno).await.ok(202);
    from("198.51.100.1", &bruno).await.fails(422, "idempotency_mismatch");
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 2);
}
