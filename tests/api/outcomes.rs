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
    assert_eq!(feedback, json!({"listened": null, "heard": null, "continued": {"first": null, "day_30": null, "day_90": null}}));
    let report = app.get(&event.at("/report")).await.ok(200);
    assert_eq!((&report["followed_up"], &report["answering"], &report["keeping"]), (&json!(6), &json!(null), &json!(null)));
    assert_eq!((&report["connected"], &report["introducing"]), (&json!(0), &json!(0)));

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
