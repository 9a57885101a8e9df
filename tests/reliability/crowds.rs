//! Many people at once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use crate::support::*;

/// 200 people who registered and hold the link of their mail.
async fn two_hundred_links(app: &TestApp, event: &Event) -> Vec<String> {
    let people: Vec<_> = (0..200).map(nth_person).collect();
    a_few_at_a_time(people.iter().map(|person| async {
        patiently(|| app.register(event, person)).await.ok(202);
    }))
    .await;
    let links = || {
        let mails = app.mails().kind("confirm");
        (mails.len() >= 200).then(|| mails.0.iter().map(|mail| mail.token("confirm")).collect())
    };
    eventually("two hundred mails with a link", links).await
}

/// Every link is followed at the same moment; counts the answers by state.
async fn confirm_all_at_once(app: &TestApp, links: &[String]) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for answer in join_all(links.iter().map(|link| app.confirm(link).attempt())).await {
        let answer = answer.expect("everybody gets an answer");
        let state = answer.ok(200)["state"].as_str().unwrap_or_default().to_owned();
        *states.entry(state).or_default() += 1;
    }
    states
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r1_two_hundred_confirm_at_once_for_fifty_seats(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let links = two_hundred_links(&app, &event).await;
    let states = confirm_all_at_once(&app, &links).await;
    assert_eq!(states, BTreeMap::from([("confirmed".to_owned(), 50), ("waitlisted".to_owned(), 150)]));

    let waiting = app.all(&event.at("/registrations?state=waitlisted&limit=100")).await;
    let mut positions: Vec<_> = waiting.iter().map(|one| one["position"].as_u64().unwrap()).collect();
    positions.sort();
    assert_eq!(positions, (1..=150).collect::<Vec<_>>());
    let seats = &app.get(&event.at("")).await.ok(200)["seats"];
    assert_eq!((&seats["taken"], &seats["left"]), (&json!(50), &json!(0)));
}

/// The control of the test above: without the guard the same crowd takes too many seats.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r1_control_without_the_guard_the_event_is_oversold(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "seat_guard_off"), database).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let links = two_hundred_links(&app, &event).await;
    let states = confirm_all_at_once(&app, &links).await;
    assert!(states["confirmed"] > 50, "the crowd was no crowd: {states:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r2_the_same_address_fifty_times_at_once_is_one_person(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let spellings = ["ada.arena@example.org", "Ada.Arena@Example.org", "  ada.arena@EXAMPLE.ORG ", "ADA.ARENA@example.org"];
    let forms: Vec<_> = (0..50).map(|n| filled(person("Ada Arena"), json!({"email": spellings[n % spellings.len()]}))).collect();
    let answers = join_all(forms.iter().map(|form| app.register(&event, form).attempt())).await;
    for answer in answers {
        assert_eq!(answer.expect("everybody gets an answer").ok(202), json!({"state": "pending_email"}));
    }
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 1);

    let first = app.mail(spellings[0], "confirm").await;
    app.confirm(&first.token("confirm")).await.ok(200);
    app.mail(spellings[0], "confirmed").await;
    // What was written after the first mail would be here by now.
    assert_eq!(app.mails().to(spellings[0]).kind("confirm").len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r3_freed_seats_go_to_the_first_in_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 30})).await;
    let guests = app.add_many(&event, 30).await;
    let mut waiting = Vec::new();
    for n in 30..60 {
        waiting.push(app.add(&event, &nth_person(n)).await);
    }

    let cancelling =
        guests[..12].iter().map(|guest| app.post(&event.at(&format!("/registrations/{}/cancel", guest.code)), json!({})).attempt());
    for answer in join_all(cancelling).await {
        answer.expect("everybody gets an answer").done();
    }
    app.run_due().await;

    let offered: BTreeSet<_> =
        app.all(&event.at("/registrations?state=offered")).await.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(offered, waiting[..12].iter().map(|guest| guest.code.clone()).collect());
    for guest in &waiting[..12] {
        app.mail(&guest.email, "offered").await;
        assert_eq!(app.mails().to(&guest.email).kind("offered").len(), 1);
    }
    assert_eq!(app.mails().kind("offered").len(), 12);
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 30);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r5_one_key_twenty_times_at_once_acts_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let body = filled(person("Ada Arena"), json!({"email_confirmed": true}));
    let send = || app.post(&event.at("/registrations"), body.clone()).header("Idempotency-Key", "one-key");
    let mut bodies = BTreeSet::new();
    for answer in join_all((0..20).map(|_| send().attempt())).await {
        let answer = answer.expect("everybody gets an answer");
        if answer.status == 409 {
            answer.fails(409, "idempotency_in_progress");
            assert!(answer.header("retry-after").is_some());
        } else {
            bodies.insert(answer.ok(201).to_string());
        }
    }
    for _ in 0..3 {
        bodies.insert(send().await.ok(201).to_string());
    }
    assert_eq!(bodies.len(), 1);
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r6_of_twenty_moves_with_one_version_one_is_made(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 8).await;
    let plan = app.plan(&event).await;
    let path = event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()));
    let etag = app.get(&path).await.header("etag").expect("a plan has an ETag").to_owned();
    let lock = |n: usize| json!({"operations": [{"op": "lock", "code": guests[n % 8].code}]});

    let seats = format!("{path}/seats");
    app.patch(&seats, lock(0)).await.fails(428, "precondition_required");
    let moves = (0..20).map(|n| app.patch(&seats, lock(n)).header("If-Match", &etag).attempt());
    let mut made = 0;
    for answer in join_all(moves).await {
        let answer = answer.expect("everybody gets an answer");
        if answer.status == 200 {
            made += 1;
        } else {
            answer.fails(412, "precondition_failed");
        }
    }
    assert_eq!(made, 1);
}
