//! What was given, and who will have nothing more to do with whom.

use super::*;

/// The codes that the prompt's asks are about: those that may be asked now, and those that wait for a give.
fn asks(prompt: &Value) -> (Vec<String>, Vec<String>) {
    let about = |actions: &[&Value]| {
        let asks = actions.iter().filter(|action| action["type"].as_str().is_some_and(|kind| kind.starts_with("ask_")));
        asks.flat_map(|ask| ask["about"].as_array().cloned().unwrap_or_default())
            .filter_map(|code| code.as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let list = |name: &str| prompt[name].as_array().into_iter().flatten().collect::<Vec<_>>();
    let open = [vec![&prompt["action"]], list("alternatives")].concat();
    (about(&open), about(&list("locked_asks")))
}

fn log_of(connections: &[Value], code: &str) -> String {
    let connection = connections.iter().find(|one| one["code"] == code).expect("a connection with them");
    format!("/connections/{}/log", connection["id"].as_str().unwrap())
}

/// Two readers who differ in one thing: one of them gave something.
#[rstest]
#[tokio::test]
async fn case_a_give_recorded_before_f4_unlocks_the_ask(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let [giver, control] = [app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await];
    let kept = [guests[2].code.as_str(), guests[3].code.as_str()];
    for me in [&giver, &control] {
        keep(me, &kept).await;
        let log = log_of(&me.all("/connections").await, kept[0]);
        me.post(&log, json!({"kind": "ask", "what": "advice"})).await.fails(409, "give_first");
    }
    live_through(&app, 12, F2).await;
    for me in [&giver, &control] {
        put_off_what_came(me).await;
    }
    let log = log_of(&giver.all("/connections").await, kept[0]);
    giver.post(&log, json!({"kind": "give", "what": "resource", "text": "the address of the joiner"})).await.ok(201);
    live_through(&app, 12, F3).await;
    for me in [&giver, &control] {
        put_off_what_came(me).await;
        for prompt in me.all("/prompts").await.iter().filter(|prompt| ["F1", "F2", "F3"].iter().any(|step| prompt["step"] == *step)) {
            assert_eq!(asks(prompt), (vec![], vec![]), "nothing is asked before F4: {prompt}");
        }
    }

    live_through(&app, 12, F4).await;
    let (open, locked) = asks(&prompt_of(&giver, "F4").await);
    assert!(open.iter().any(|code| code == kept[0]), "what was given opens the ask: {open:?}, {locked:?}");
    assert!(locked.iter().all(|code| code != kept[0]) && open.iter().all(|code| code != kept[1]), "{open:?}, {locked:?}");
    let (open, locked) = asks(&prompt_of(&control, "F4").await);
    assert!(open.is_empty() && !locked.is_empty(), "nothing was given: {open:?}, {locked:?}");

    let [given, nothing] = [log_of(&giver.all("/connections").await, kept[0]), log_of(&control.all("/connections").await, kept[0])];
    giver.post(&given, json!({"kind": "ask", "what": "advice"})).await.ok(201);
    control.post(&nothing, json!({"kind": "ask", "what": "advice"})).await.fails(409, "give_first");
}

/// Neither hears of the other again, in no mail, in no prompt that is still to come, and not among those they keep.
#[rstest]
#[tokio::test]
async fn case_a_block_after_f1(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let [ada, bruno] = [app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await];
    keep(&ada, &[&guests[1].code, &guests[2].code]).await;
    keep(&bruno, &[&guests[0].code, &guests[2].code]).await;
    ada.post("/blocks", json!({"code": guests[1].code})).await.ok(201);

    for (step, day) in [("F2", F2), ("F3", F3), ("F4", F4)] {
        live_through(&app, 12, day).await;
        for (me, reader, other) in [(&ada, &guests[0], &guests[1]), (&bruno, &guests[1], &guests[0])] {
            let mail = app.mails().to(&reader.email).kind(step).only().clone();
            assert!(mail.mentions(&guests[2].name), "it goes on about who is left: {}", mail.text);
            assert!(!mail.mentions(&other.name), "{step}: {}", mail.text);
            let prompt = prompt_of(me, step).await.to_string();
            assert!(!prompt.contains(&other.name) && !prompt.contains(&other.code), "{prompt}");
            put_off_what_came(me).await;
        }
    }
    for (me, other) in [(&ada, &guests[1]), (&bruno, &guests[0])] {
        let kept = me.all("/connections").await;
        assert_eq!(each(&json!(kept), "code"), [guests[2].code.as_str()], "{kept:?}");
        let context = "We spoke of rivers at the second table.";
        me.post("/connections", json!({"code": other.code, "context": context})).await.fails(403, "forbidden");
    }
}
