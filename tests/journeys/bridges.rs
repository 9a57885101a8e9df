//! F5: two people who should meet, and who have not met yet.

use crate::support::*;

/// What there is between the two before F5 comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Between {
    Nothing,
    /// They were in one room, at a workshop without tables, and the reader was not.
    Workshop,
    /// The reader keeps in touch with both, which brings nobody together.
    Connected,
    /// The reader has proposed it.
    Proposed,
    /// The reader has proposed it, and both said yes.
    Introduced,
    /// Somebody else, who met both, has proposed it, and both said yes.
    IntroducedByAnother,
}

impl Between {
    fn is_proposed(self) -> bool {
        matches!(self, Between::Proposed | Between::Introduced | Between::IntroducedByAnother)
    }
}

/// Somebody offers what the other needs.
fn two() -> [Value; 2] {
    let bruno = json!({"offers": ["Photography"], "visibility": {"offers": "tablemates"}});
    let chiara = json!({"needs": [{"text": "photography for a small film"}], "visibility": {"needs": "tablemates"}});
    [filled(person("Bruno Bassi"), bruno), filled(person("Chiara Conti"), chiara)]
}

/// Two who ask each other keep in touch.
async fn connect(one: (&Caller, &Guest), other: (&Caller, &Guest)) {
    one.0.post("/connections", json!({"code": other.1.code, "context": "We spoke about canoes."})).await.ok(201);
    other.0.post("/connections", json!({"code": one.1.code, "context": "We spoke about canoes."})).await.ok(201);
}

#[rstest]
#[tokio::test]
async fn sr_43_f5_brings_nobody_together_who_know_each_other(
    #[values(
        Between::Nothing,
        Between::Workshop,
        Between::Connected,
        Between::Proposed,
        Between::Introduced,
        Between::IntroducedByAnother
    )]
    between: Between,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let [bruno, chiara] = two();
    if between == Between::Workshop {
        let course = app.bare_event("course", json!({"kind": "workshop"})).await;
        app.post(&course.at("/publish"), json!({})).await.done();
        let there = [app.add(&course, &bruno).await, app.add(&course, &chiara).await, app.add(&course, &person("Elena Esposito")).await];
        app.run_due().await;
        app.clock_to(STARTS).await;
        app.check_in_all(&course, &there).await;
        app.clock_to(ENDS).await;
        app.run_due().await;
        app.post(&course.at("/complete"), json!({})).await.done();
    }

    // Ada and Dario sit with the one and then with the other, and they with each other never.
    let june = app.event_with("june", json!({"capacity": null, "starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    app.put(&june.at("/tables"), json!({"min": 2, "max": 2})).await.done();
    let steps = json!([{"step": "F1", "days": 1}, {"step": "F5", "days": 8}]);
    app.put(&june.at("/follow_up"), json!({"steps": steps})).await.ok(200);
    let mut guests = Vec::new();
    for who in [person("Ada Arena"), bruno, chiara, person("Dario Donati")] {
        guests.push(app.add(&june, &who).await);
    }
    let [ada, bruno, chiara, dario] = &guests[..] else { panic!("four people") };
    for pair in [[&bruno.code, &chiara.code], [&ada.code, &dario.code]] {
        app.post(&june.at("/rules"), json!({"kind": "apart", "members": pair})).await.ok(201);
    }
    app.hold(&june, &guests).await;
    app.live_until(NEXT_FIRST_WORKING_DAY).await;
    let me = app.signed_in(&june, ada).await;
    let keep = json!({"choice": "done", "keep": [bruno.code, chiara.code]});
    act(&me, &prompt_of(&me, "F1").await, keep).await.ok(200);

    let introducer = match between {
        Between::Nothing | Between::Workshop => None,
        Between::Connected | Between::Proposed | Between::Introduced => Some((me, ada)),
        Between::IntroducedByAnother => Some((app.signed_in(&june, dario).await, dario)),
    };
    if let Some((introducer, guest)) = &introducer {
        let both = [app.signed_in(&june, bruno).await, app.signed_in(&june, chiara).await];
        for (them, other) in both.iter().zip([bruno, chiara]) {
            connect((introducer, *guest), (them, other)).await;
        }
        if between.is_proposed() {
            let why = "One has a camera, the other a film.";
            let proposed = introducer.post("/introductions", json!({"codes": [bruno.code, chiara.code], "why": why})).await.ok(201);
            let path = format!("/introductions/{}/accept", proposed["id"].as_str().unwrap());
            for them in both.iter().filter(|_| between != Between::Proposed) {
                them.post(&path, json!({})).await.ok(200);
            }
        }
    }

    let named = |mail: &Mail| [bruno, chiara].iter().filter(|one| mail.mentions(&one.name)).count();
    // Staff who try it out are told of evenings, and of nothing that is private.
    let tried = json!({"code": ada.code, "step": "F5", "to": "owner@tavola.example"});
    app.post(&june.at("/follow_up/test"), tried).await.ok(202);
    let mail = app.mail("owner@tavola.example", "F5").await;
    assert_eq!(named(&mail), if between == Between::Workshop { 1 } else { 2 }, "{}", mail.text);

    // A week after F1, and eight days after the evening.
    app.live_until("2030-06-07T08:00:00Z").await;
    let mail = app.mails().to(&ada.email).kind("F5").only().clone();
    match between {
        Between::Nothing | Between::Connected => assert!(named(&mail) == 2 && mail.mentions("Photography"), "{}", mail.text),
        _ => assert_eq!(named(&mail), 1, "{}", mail.text),
    }
}

/// Bruno, of one evening, offers what Chiara, of the next, is looking for.
#[rstest]
#[tokio::test]
async fn sr_43_f5_looks_at_everybody_one_keeps(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let [bruno, chiara] = two();
    let mut kept = Vec::new();
    let evenings = [
        ("may", STARTS, ENDS, FIRST_WORKING_DAY, bruno),
        ("june", NEXT_STARTS, NEXT_ENDS, NEXT_FIRST_WORKING_DAY, chiara),
        ("july", "2030-07-11T16:00:00Z", "2030-07-11T19:00:00Z", "2030-07-12T08:00:00Z", person("Dario Donati")),
    ];
    let mut last = None;
    for (slug, starts_at, ends_at, day_after, whom) in evenings {
        let event = app.event_with(slug, json!({"starts_at": starts_at, "ends_at": ends_at})).await;
        let steps = json!([{"step": "F1", "days": 1}, {"step": "F5", "days": 8}]);
        // In May there is nobody yet for Bruno to be brought together with.
        let steps = if slug == "may" { json!([steps[0]]) } else { steps };
        app.put(&event.at("/follow_up"), json!({"steps": steps})).await.ok(200);
        let guests =
            [app.add(&event, &person("Ada Arena")).await, app.add(&event, &whom).await, app.add(&event, &person("Elena Ferri")).await];
        app.hold(&event, &guests).await;
        app.live_until(day_after).await;
        let me = app.signed_in(&event, &guests[0]).await;
        let [ada, other, _] = guests;
        let prompts = me.all("/prompts").await;
        let f1 = prompts.iter().find(|one| one["step"] == "F1" && one["event"] == slug).expect("the day after");
        act(&me, f1, json!({"choice": "done", "keep": [other.code]})).await.ok(200);
        if slug == "june" {
            app.live_until("2030-06-07T08:00:00Z").await;
            brings_together(&app, &me, &ada, [&kept[0], &other]).await;
        }
        kept.push(other);
        last = Some(ada);
    }
    let ada = last.expect("three evenings");
    // The same two are suggested once, whatever came of it.
    app.live_until("2030-07-19T08:00:00Z").await;
    let mail = app.mails().to(&ada.email).kind("F5").0.last().expect("one of July").clone();
    assert_eq!(app.mails().to(&ada.email).kind("F5").len(), 2);
    assert!(!kept[..2].iter().all(|one| mail.mentions(&one.name)), "{}", mail.text);
}

/// F5 of June names them both, says where each was met, and is done for both.
async fn brings_together(app: &TestApp, me: &Caller, ada: &Guest, two: [&Guest; 2]) {
    let mail = app.mails().to(&ada.email).kind("F5").only().clone();
    assert!(two.iter().all(|one| mail.mentions(&one.name)) && mail.mentions("Photography"), "{}", mail.text);
    // Where each of them was met, for they were not at one event.
    assert!(mail.mentions("Thursday 9 May") && mail.mentions("Thursday 30 May"), "{}", mail.text);

    // The tables of May are no tables of June.
    let prompt = me.all("/prompts").await.into_iter().find(|one| one["step"] == "F5").unwrap();
    assert!(!prompt["draft"].as_str().unwrap().contains("June") && prompt["draft"].as_str().unwrap().contains("Chiara Conti"), "{prompt}");
    let sat = |one: &Guest| {
        prompt["recall"]["people"].as_array().unwrap().iter().find(|told| told["code"] == one.code.as_str()).unwrap()["sittings"].clone()
    };
    assert!(sat(two[0]) == json!([]) && sat(two[1]) != json!([]), "{prompt}");
    act(me, &prompt, json!({"choice": "done", "keep": [two[0].code]})).await.fails(422, "validation_failed").error_at("/keep");
    act(me, &prompt, json!({"choice": "done"})).await.ok(200);
    for connection in me.all("/connections").await {
        let log = me.all(&format!("/connections/{}/log", connection["id"].as_str().unwrap())).await;
        assert!(log.iter().any(|entry| entry["kind"] == "give" && entry["what"] == "introduction"), "{connection}: {log:?}");
    }
}
