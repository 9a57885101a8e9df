//! Those who want too much.

use std::collections::BTreeMap;

use crate::support::*;

fn limited() -> Setup {
    Setup::default().env("CONVIVIO_LIMITS", "on")
}

/// How many answers there are of each status; what is over a limit says when to come back.
fn by_status(answers: Vec<http::Answer>) -> BTreeMap<u16, usize> {
    let mut counted = BTreeMap::new();
    for answer in answers {
        if answer.status == 429 {
            answer.fails(429, "rate_limited");
            let seconds: u64 = answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).expect("seconds to wait");
            assert!((1..=3600).contains(&seconds), "{seconds}");
        }
        *counted.entry(answer.status).or_default() += 1;
    }
    counted
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn s7_three_hundred_wrong_tokens_are_answered_alike_and_then_refused(
    #[values("cvv_", "cva_")] kind: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::with(limited(), database).await;
    let answers = a_few_at_a_time((0..300).map(|n| {
        let caller = app.with_token(&format!("{kind}{n}"));
        async move { caller.get(if n % 2 == 0 { "/api/v1/whoami" } else { "/api/v1/organizers/tavola/events" }).await }
    }))
    .await;
    let counted = by_status(answers);
    assert!(counted[&401] >= 100 && counted[&429] >= 150, "{counted:?}");
    assert_eq!(counted.len(), 2, "{counted:?}");
    // Who holds a token is not kept out by those.
    app.get("/events").await.ok(200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn s8_a_thousand_tries_from_one_address_end_in_429(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(limited(), database).await;
    let answers =
        a_few_at_a_time((0..1000).map(|n| app.public().post("/login", json!({"email": format!("n{n}@example.org")})).into_future())).await;
    let counted = by_status(answers);
    // 300 at once, and five more in each second that this takes.
    assert!((300..700).contains(&counted[&202]), "{counted:?}");
    assert_eq!(counted[&202] + counted[&429], 1000, "{counted:?}");
    // The pages are limited with the API; stopping mail never is.
    let mut refused = 0;
    for _ in 0..20 {
        refused += usize::from(app.visitor().submit("/e/tavola/may", &[]).await.status == 429);
        assert_ne!(app.visitor().submit("/unsubscribe/nothing", &[]).await.status, 429);
        assert_ne!(app.public().post("/unsubscribe/nothing", json!({})).await.status, 429);
    }
    assert!(refused > 0);
    app.get("/events").await.ok(200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn s8_five_hundred_registrations_of_one_address_are_one_mail(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(limited().env("CONVIVIO_PUBLIC_WRITES_PER_MINUTE", "0"), database).await;
    let event = app.event("may").await;
    let victim = person("Ada Arena");
    let answers = a_few_at_a_time((0..500).map(|_| app.register(&event, &victim).into_future())).await;
    assert_eq!(by_status(answers), BTreeMap::from([(202, 5), (429, 495)]));
    // Another spelling is the same address, and the page counts with the API.
    let loud = filled(victim.clone(), json!({"email": "ADA.ARENA@example.org"}));
    app.register(&event, &loud).await.fails(429, "rate_limited");
    let typed = [("email", "ada.arena@example.org"), ("name", "Ada"), ("passion_1", "climbing"), ("level_1", "2")];
    let page = app.visitor().submit("/e/tavola/may", &typed).await;
    assert_eq!(page.status, 429);
    assert!(page.header("retry-after").is_some());
    // Other people register.
    app.register_and_confirm(&event, &person("Bruno Bassi")).await;
    assert_eq!(app.mails().to(email_of(&victim)).len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn s8_known_and_unknown_addresses_are_limited_alike(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(limited(), database).await;
    let event = app.event("may").await;
    app.register_and_confirm(&event, &person("Ada Arena")).await;
    let mut seen = Vec::new();
    for address in ["owner@tavola.example", "ada.arena@example.org", "nobody@example.org"] {
        let mut answers = Vec::new();
        for _ in 0..12 {
            let answer = app.public().post("/login", json!({"email": address})).await;
            let mut body = answer.json();
            for changing in ["instance", "detail"] {
                body.as_object_mut().unwrap().remove(changing);
            }
            answers.push((answer.status, body));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0].iter().filter(|(status, _)| *status == 202).count(), 10);
    assert!(seen.iter().all(|answers| *answers == seen[0]), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s8_two_processes_count_together() {
    let app = TestApp::with(limited(), Postgres).await;
    let other = app.another_instance(limited()).await;
    let event = app.event("may").await;
    let victim = person("Ada Arena");
    let answers = a_few_at_a_time((0..20).map(|n| [&app, &other][n % 2].register(&event, &victim).into_future())).await;
    assert_eq!(by_status(answers), BTreeMap::from([(202, 5), (429, 15)]));
}

#[rstest]
#[tokio::test]
async fn a_form_that_is_refused_is_not_counted(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(limited(), database).await;
    let event = app.event("may").await;
    let guest = person("Ada Arena");
    let unknown = filled(guest.clone(), json!({"passions": [{"passion": "no-such-passion"}]}));
    for _ in 0..10 {
        app.register(&event, &unknown).await.fails(422, "validation_failed").error_at("/passions/0");
    }
    for _ in 0..5 {
        app.register(&event, &guest).await.ok(202);
    }
    app.register(&event, &guest).await.fails(429, "rate_limited");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_has_its_measure_in_the_sandbox_too(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_TOKEN_REQUESTS_PER_SECOND", "10"), database).await;
    let other = loop {
        let answer = app.post("/tokens", json!({"role": "viewer"})).await;
        if answer.status == 201 {
            break app.with_token(answer.json()["token"].as_str().unwrap());
        }
    };
    let counted = by_status(a_few_at_a_time((0..200).map(|_| other.get("/events").into_future())).await);
    assert!(counted[&429] > 0 && counted[&200] >= 10, "{counted:?}");
    let me = patiently(|| app.get("/events")).await;
    me.ok(200);
}

#[rstest]
#[tokio::test]
async fn in_the_sandbox_addresses_are_not_limited_unless_asked_for(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for _ in 0..20 {
        app.public().post("/login", json!({"email": "nobody@example.org"})).await.ok(202);
    }
}

/// One address of a proxy that is not trusted; many behind one that is.
#[rstest]
#[tokio::test]
async fn an_address_is_what_a_trusted_proxy_says(
    #[values(("", 2), ("127.0.0.1", 20))] trusted: (&str, usize),
    #[values(Sqlite, Postgres)] database: Database,
) {
    let setup = limited().env("CONVIVIO_TRUSTED_PROXIES", trusted.0).env("CONVIVIO_PUBLIC_WRITES_PER_MINUTE", "2");
    let app = TestApp::with(setup, database).await;
    let mut accepted = 0;
    for n in 0..20 {
        let request = app.public().post("/login", json!({"email": format!("n{n}@example.org")}));
        let answer = request.header("X-Forwarded-For", &format!("203.0.113.1, 198.51.100.{n}")).await;
        accepted += usize::from(answer.status == 202);
    }
    assert_eq!(accepted, trusted.1);
}
