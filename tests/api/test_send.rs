//! Staff try a step of the follow-up out: one of them gets what it would say to somebody.

use crate::support::http::Request;
use crate::support::*;

const OWNER: &str = "owner@tavola.example";

fn try_out(app: &Caller, event: &Event, code: &str, step: &str, to: &str) -> Request {
    app.post(&event.at("/follow_up/test"), json!({"code": code, "step": step, "to": to}))
}

#[rstest]
#[tokio::test]
async fn sr_30_staff_read_a_step_before_it_is_sent(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 6).await;
    let before = app.all(&event.at("/prompts?limit=100")).await;
    for step in ["F1", "F2", "F4", "F6", "C"] {
        let tried = try_out(&app, &event, &guests[0].code, step, "Owner@Tavola.example").await.ok(202);
        let mail = app.mail(OWNER, step).await;
        assert!(mail.subject.starts_with("[Test] ") && mail.subject.len() > 10, "{step}: {}", mail.subject);
        assert!(tablemates(&plan, &guests[0], &guests).iter().any(|mate| mail.mentions(&mate.name)), "{step}: {}", mail.text);
        assert!(mail.mentions(guests[0].name.split(' ').next().unwrap()), "{step}: {}", mail.text);
        // Whoever reads it is not who it is for, and could do nothing in their name.
        for place in ["prompts", "in", "unsubscribe"] {
            assert_eq!(mail.link(place), format!("/{place}/test"), "{step}");
            let answer = app.visitor().get(&mail.link(place)).await;
            assert!((400..500).contains(&answer.status), "{step}: {place} answered {}", answer.status);
        }
        assert_eq!(mail.header("List-Unsubscribe"), None, "{step}");
        let path = event.at(&format!("/messages/{}", tried["message"].as_str().unwrap()));
        let shown = app.get(&path).await.ok(200);
        assert_eq!((&shown["kind"], &shown["registration"]), (&json!("test"), &json!(guests[0].code)), "{step}");
    }
    app.run_due().await;
    assert!(app.mails().kind("F2").to(&guests[0].email).is_empty());
    assert_eq!(app.mails().to(OWNER).len(), 5, "each is mailed once");
    assert_eq!(app.all(&event.at("/prompts?limit=100")).await, before, "nothing has moved");
    // It is not counted as the reader's own, which comes as if nobody had tried it out.
    app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(app.mails().kind("F1").to(&guests[0].email).len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_step_is_tried_out_in_its_readers_language(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let reader = app.add(&event, &filled(person("Zoe Reader"), json!({"locale": "it"}))).await;
    let mut guests = app.add_many(&event, 3).await;
    guests.push(reader.clone());
    app.hold(&event, &guests).await;
    try_out(&app, &event, &reader.code, "F1", OWNER).await.ok(202);
    let mail = app.mail(OWNER, "F1").await;
    assert!(mail.subject.starts_with("[Prova] "), "{}", mail.subject);
    assert_eq!(mail.header("Content-Language"), Some("it"));
}

#[rstest]
#[tokio::test]
async fn sr_39_a_test_tells_staff_nothing_of_what_is_private(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 6).await;
    let ada = &guests[0];
    let what_staff_read = async || {
        let mut texts = Vec::new();
        for step in ["F2", "F4"] {
            let count = app.mails().to(OWNER).kind(step).len();
            try_out(&app, &event, &ada.code, step, OWNER).await.ok(202);
            let mail = eventually("the test", || app.mails().to(OWNER).kind(step).0.into_iter().nth(count)).await;
            texts.push(mail.text);
        }
        texts
    };
    app.live_until(FIRST_WORKING_DAY).await;
    let before = what_staff_read().await;

    let me = app.signed_in(&event, ada).await;
    let mates = tablemates(&plan, ada, &guests);
    // The one whom nobody would come upon first, so that it shows if it mattered.
    let last = mates.iter().max_by_key(|mate| mate.code.as_str()).unwrap().code.as_str();
    let first = mates.iter().min_by_key(|mate| mate.code.as_str()).unwrap().code.as_str();
    let answer = json!({"choice": "done", "keep": [last], "notes": {last: "is about to leave her husband"}});
    act(&me, &prompt_of(&me, "F1").await, answer).await.ok(200);
    let kept = me.all("/connections").await;
    let log = format!("/connections/{}/log", kept[0]["id"].as_str().unwrap());
    me.post(&log, json!({"kind": "give", "what": "time"})).await.done();
    me.post(&log, json!({"kind": "check", "trust": 1, "goals": 2, "solutions": 3})).await.done();
    me.post("/blocks", json!({"code": first})).await.ok(201);

    let after = what_staff_read().await;
    assert!(after.iter().all(|text| !text.contains("husband")), "{after:?}");
    assert_eq!(after, before, "whom one keeps, what one wrote and gave, and whom one blocked makes no difference");
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_tried_out_is_refused_with_the_reason(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Rossi")).await;
    let silent = app.add(&event, &filled(person("Bo Bassi"), json!({"consents": {"follow_up": false}}))).await;
    app.other_organizer();
    let reason = async |code: &str, step: &str| {
        let problem = try_out(&app, &event, code, step, OWNER).await.fails(422, "validation_failed");
        assert_eq!(problem.pointers(), ["/step"]);
        problem.0["errors"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(reason(&ada.code, "F1").await, "insufficient_context", "nobody has met anybody yet");
    assert_eq!(reason(&silent.code, "F1").await, "no_consent");
    for stranger in ["ada.rossi@example.org", "owner@altrove.example"] {
        try_out(&app, &event, &ada.code, "F1", stranger).await.fails(422, "validation_failed").error_at("/to");
    }
    let all = try_out(&app, &event, "00000000", "F1", "eve@example.org").await.fails(422, "validation_failed");
    assert_eq!(all.pointers(), ["/code", "/to"]);
    let wrong = try_out(&app, &event, &ada.code, "A1", "owner@tavola.example\r\nBcc: eve@example.org").await;
    assert_eq!(wrong.fails(422, "validation_failed").pointers(), ["/step", "/to"]);
    for role in ["viewer", "checkin"] {
        try_out(&app.as_role(role).await, &event, &ada.code, "F1", OWNER).await.fails(403, "forbidden");
    }
    app.run_due().await;
    assert!(app.mails().to(OWNER).is_empty());
}

#[rstest]
#[tokio::test]
async fn s8_so_many_tests_an_hour_come_to_an_address(#[values(Sqlite, Postgres)] database: Database) {
    let setup = Setup::default().env("CONVIVIO_LIMITS", "on").env("CONVIVIO_SIGN_INS_PER_HOUR", "2");
    let app = TestApp::with(setup, database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    // What is refused is not counted.
    try_out(&app, &event, "00000000", "F1", OWNER).await.fails(422, "validation_failed");
    for _ in 0..2 {
        try_out(&app, &event, &guests[0].code, "F1", OWNER).await.ok(202);
    }
    try_out(&app, &event, &guests[0].code, "F1", OWNER).await.fails(429, "rate_limited");
}
