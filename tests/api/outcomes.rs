//! What organizers learn of what came of an event: sums of five or more.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_49_sr_41_sums_of_five_people_or_none(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 6).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let answer = async |guest: &Guest| {
        let me = app.signed_in(&event, guest).await;
        let prompt = prompt_of(&me, "F1").await;
        let keep = prompt["recall"]["people"][0]["code"].as_str().unwrap();
        let feedback = json!({"listened": "yes", "heard": "partly"});
        act(&me, &prompt, json!({"choice": "done", "keep": [keep], "feedback": feedback})).await.ok(200);
        let connection = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
        me.post(&format!("/connections/{connection}/log"), json!({"kind": "give", "what": "time", "text": "an hour at the loom"}))
            .await
            .ok(201);
    };
    for guest in &guests[..4] {
        answer(guest).await;
    }
    let feedback = app.get(&event.at("/feedback")).await.ok(200);
    let nothing = json!({"listened": null, "heard": null, "continued": {"first": null, "day_30": null, "day_90": null}, "needs_met": null});
    assert_eq!(feedback, nothing);
    let report = app.get(&event.at("/report")).await.ok(200);
    assert_eq!((&report["followed_up"], &report["answering"], &report["keeping"]), (&json!(6), &json!(null), &json!(null)));
    // Of none as of few: the first would show by there being no nought any more.
    assert_eq!((&report["connected"], &report["introducing"]), (&json!(null), &json!(null)));

    answer(&guests[4]).await;
    let feedback = app.get(&event.at("/feedback")).await.ok(200);
    assert_eq!((&feedback["listened"]["yes"], &feedback["heard"]["partly"]), (&json!(5), &json!(5)));
    let report = app.as_role("viewer").await.get(&event.at("/report")).await;
    let sums = report.ok(200);
    assert_eq!((&sums["answering"], &sums["keeping"], &sums["giving"]), (&json!(5), &json!(5), &json!(5)));
    let said = report.text();
    assert!(!said.contains("loom") && guests.iter().all(|guest| !said.contains(&guest.code) && !said.contains(&guest.name)), "{said}");

    // The same, drawn, in the reader's language.
    let words = [
        ("en", "What came of it", "Fewer than five have answered."),
        ("it", "Che cosa ne è nato", "Hanno risposto meno di cinque persone."),
    ];
    for (locale, title, few) in words {
        let page = app.get(&event.at(&format!("/report?format=html&locale={locale}"))).await;
        let text = page.text();
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{text}");
        assert!(text.contains(title) && text.contains("<svg") && text.contains(few), "{text}");
        assert!(guests.iter().all(|guest| !text.contains(&guest.code) && !text.contains(&guest.name)), "{text}");
    }
    app.get(&event.at("/report?format=pdf")).await.fails(400, "malformed_request");
}

#[rstest]
#[tokio::test]
async fn sr_49_feedback_without_a_name_counts_and_stands_apart(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 6).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for guest in &guests[..5] {
        let me = app.signed_in(&event, guest).await;
        let prompt = prompt_of(&me, "F1").await;
        let said = json!({"choice": "done", "feedback": {"listened": "no", "heard": "yes"}, "anonymous": true});
        act(&me, &prompt, said).await.ok(200);
        // Nobody can find it again, not even who said it; said once more, it does not count twice.
        act(&me, &prompt, json!({"choice": "done", "feedback": {"listened": "yes"}})).await.ok(200);
        assert!(!me.get("/prompts").await.text().contains("\"listened\":\"no\""));
    }
    let feedback = app.get(&event.at("/feedback")).await.ok(200);
    assert_eq!(
        (&feedback["listened"], &feedback["heard"]),
        (&json!({"yes": 0, "partly": 0, "no": 5}), &json!({"yes": 5, "partly": 0, "no": 0}))
    );
}

#[rstest]
#[tokio::test]
async fn sr_41_whether_a_need_was_met_is_said_by_who_had_it(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    // What was kept, and then at once how it went: the steps between are dropped.
    let steps = json!([{"step": "F1", "days": 1}, {"step": "F6", "days": 8}]);
    app.put(&event.at("/follow_up"), json!({"steps": steps})).await.ok(200);
    let guests = app.add_many(&event, 6).await;
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for guest in &guests {
        let me = app.signed_in(&event, guest).await;
        let prompt = prompt_of(&me, "F1").await;
        let keep = prompt["recall"]["people"][0]["code"].as_str().unwrap();
        act(&me, &prompt, json!({"choice": "done", "keep": [keep]})).await.ok(200);
    }
    app.live_until("2030-05-17T08:00:00Z").await;
    for (guest, said) in guests.iter().zip(["yes", "no", "partly", "yes"]) {
        let me = app.signed_in(&event, guest).await;
        act(&me, &prompt_of(&me, "F6").await, json!({"choice": "done", "feedback": {"need_met": said}})).await.ok(200);
    }
    let path = event.at("/report");
    assert_eq!(app.get(&path).await.ok(200)["needs_met"], json!(null), "four have answered");

    // The fifth says so on the page, without a name; who leaves the question out is not counted.
    let page = app.mails().to(&guests[4].email).kind("F6").only().link("prompts");
    assert!(app.visitor().get(&page).await.ok_page().contains("name=\"need_met\""));
    app.visitor().submit(&page, &[("need_met", "yes"), ("anonymous", "on"), ("choice", "done")]).await.ok_page();
    let page = app.mails().to(&guests[5].email).kind("F6").only().link("prompts");
    app.visitor().submit(&page, &[("need_met", ""), ("choice", "done")]).await.ok_page();
    let sums = json!({"yes": 3, "partly": 1, "no": 1});
    assert_eq!(app.get(&path).await.ok(200)["needs_met"], sums);
    assert_eq!(app.get(&event.at("/feedback")).await.ok(200)["needs_met"], sums);
    let drawn = app.get(&event.at("/report?format=html&locale=it")).await.text();
    assert!(drawn.contains("le persone hanno trovato qualcosa che serviva loro?"), "{drawn}");
}

#[rstest]
#[tokio::test]
async fn sr_49_two_looks_never_differ_by_one_answer(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 11).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let answer = async |guest: &Guest, heard: Option<&str>, anonymous: bool| {
        let me = app.signed_in(&event, guest).await;
        let said = json!({"choice": "done", "feedback": {"heard": heard}, "anonymous": anonymous});
        act(&me, &prompt_of(&me, "F1").await, said).await.ok(200);
    };
    let heard = async || {
        let feedback = app.get(&event.at("/feedback")).await.ok(200);
        let report = app.get(&event.at("/report")).await.ok(200);
        assert_eq!(feedback["continued"], report["continued"]);
        feedback["heard"].clone()
    };
    for guest in &guests[..4] {
        answer(guest, Some("yes"), false).await;
        assert_eq!(heard().await, json!(null));
    }
    answer(&guests[4], Some("yes"), true).await;
    let five = json!({"yes": 5, "partly": 0, "no": 0});
    assert_eq!(heard().await, five);

    // Four more without a name, one who thinks again, and one who takes it back: a look after each of them tells nothing new.
    for guest in &guests[5..9] {
        answer(guest, Some("no"), true).await;
        assert_eq!(heard().await, five);
    }
    answer(&guests[0], Some("partly"), false).await;
    assert_eq!(heard().await, five);
    answer(&guests[1], None, false).await;
    answer(&guests[9], Some("no"), true).await;
    assert_eq!(heard().await, five, "nine say something now");

    answer(&guests[10], Some("no"), true).await;
    assert_eq!(heard().await, json!({"yes": 3, "partly": 1, "no": 6}));
}

#[rstest]
#[tokio::test]
async fn sr_49_two_looks_never_differ_by_one_person(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 11).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let keep_and_give = async |guest: &Guest| {
        let me = app.signed_in(&event, guest).await;
        let prompt = prompt_of(&me, "F1").await;
        let keep = prompt["recall"]["people"][0]["code"].as_str().unwrap();
        act(&me, &prompt, json!({"choice": "done", "keep": [keep]})).await.ok(200);
        let connection = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
        let gift = json!({"kind": "give", "what": "time", "text": "an hour at the loom"});
        me.post(&format!("/connections/{connection}/log"), gift).await.ok(201);
    };
    let told = async || {
        let report = app.get(&event.at("/report")).await.ok(200);
        (report["keeping"].clone(), report["giving"].clone())
    };
    let nothing = (json!(null), json!(null));
    assert_eq!(told().await, nothing);
    for guest in &guests[..4] {
        keep_and_give(guest).await;
        assert_eq!(told().await, nothing);
    }
    keep_and_give(&guests[4]).await;
    let five = (json!(5), json!(5));
    assert_eq!(told().await, five);

    // Four more, and one who lets go of whom they gave to: a look after each of them tells nothing new.
    for guest in &guests[5..9] {
        keep_and_give(guest).await;
        assert_eq!(told().await, five);
    }
    let me = app.signed_in(&event, &guests[0]).await;
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done", "keep": []})).await.ok(200);
    assert_eq!(told().await, five);
    keep_and_give(&guests[9]).await;
    assert_eq!(told().await, five, "nine keep somebody now");

    keep_and_give(&guests[10]).await;
    assert_eq!(told().await, (json!(10), json!(10)));
}

#[rstest]
#[tokio::test]
async fn sr_41_who_brought_two_together_counts_whether_they_wrote_it_down_or_not(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 6).await;
    let ask = async |me: &Caller, code: &str| {
        let context = "We spoke about canoes.";
        me.post("/connections", json!({"code": code, "context": context})).await.ok(201)
    };
    for guest in &guests[..4] {
        let me = app.signed_in(&event, guest).await;
        let kept = ask(&me, &tablemates(&plan, guest, &guests)[0].code).await;
        let log = format!("/connections/{}/log", kept["id"].as_str().unwrap());
        me.post(&log, json!({"kind": "give", "what": "introduction"})).await.ok(201);
    }
    let told = async || {
        let report = app.get(&event.at("/report")).await.ok(200);
        (report["introducing"].clone(), report["giving"].clone())
    };
    assert_eq!(told().await, (json!(null), json!(null)));

    // The fifth proposes that two whom they keep in touch with meet, and writes nothing down.
    let (third, me) = (&guests[4], app.signed_in(&event, &guests[4]).await);
    let mut two = Vec::new();
    for mate in tablemates(&plan, third, &guests).into_iter().take(2) {
        let end = app.signed_in(&event, mate).await;
        ask(&me, &mate.code).await;
        assert_eq!(ask(&end, &third.code).await["state"], "connected");
        two.push((mate.code.clone(), end));
    }
    let codes: Vec<&String> = two.iter().map(|(code, _)| code).collect();
    let proposed = me.post("/introductions", json!({"codes": codes, "why": "You both talk of bees as if they were family."})).await.ok(201);
    let path = format!("/introductions/{}/accept", proposed["id"].as_str().unwrap());
    two[0].1.post(&path, json!({})).await.ok(200);
    assert_eq!(told().await, (json!(null), json!(null)), "one yes brings nobody together");
    assert_eq!(two[1].1.post(&path, json!({})).await.ok(200)["state"], "sent");
    assert_eq!(told().await, (json!(5), json!(5)));
}
