//! A prompt that is put off comes again by itself.

use crate::support::*;

const TWO_WEEKS_LATER: &str = "2030-05-24T08:00:00Z";

#[rstest]
#[tokio::test]
async fn sr_34_a_prompt_that_is_put_off_comes_again_by_itself(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let prompt = prompt_of(&me, "F1").await;
    let snooze = format!("/prompts/{}/snooze", prompt["id"].as_str().unwrap());
    for weeks in [0, 3, 5] {
        me.post(&snooze, json!({"weeks": weeks})).await.fails(422, "validation_failed").error_at("/weeks");
    }
    app.signed_in(&event, &guests[1]).await.post(&snooze, json!({"weeks": 1})).await.fails(404, "not_found");
    let put_off = me.post(&snooze, json!({"weeks": 1})).await.ok(200);
    assert_eq!((&put_off["state"], when(put_off["due_at"].as_str().unwrap())), (&json!("snoozed"), when("2030-05-17T08:00:00Z")));
    // Put off again before it came: it is for the last word.
    assert_eq!(when(me.post(&snooze, json!({"weeks": 2})).await.ok(200)["due_at"].as_str().unwrap()), when(TWO_WEEKS_LATER));

    app.live_until("2030-05-24T07:59:00Z").await;
    assert_eq!(app.mails().to(&guests[0].email).kind("F1").len(), 1, "too early");
    app.live_until(TWO_WEEKS_LATER).await;
    let mails = app.mails().kind("F1");
    assert_eq!((mails.to(&guests[0].email).len(), mails.len()), (2, 5), "{:?}", mails.outline());
    app.run_due().await;
    assert_eq!(app.mails().kind("F1").len(), 5, "once is enough");

    assert_eq!(prompt_of(&me, "F1").await["state"], "sent");
    act(&me, &prompt, json!({"choice": "done"})).await.ok(200);
    me.post(&snooze, json!({"weeks": 1})).await.fails(409, "wrong_state");
}

#[rstest]
#[tokio::test]
async fn what_was_stopped_is_not_put_off(#[values("pause", "stop")] choice: &str, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let prompt = prompt_of(&me, "F1").await;
    act(&me, &prompt, json!({"choice": choice})).await.ok(200);
    let snooze = format!("/prompts/{}/snooze", prompt["id"].as_str().unwrap());
    me.post(&snooze, json!({"weeks": 1})).await.fails(409, "wrong_state");
    assert_eq!(prompt_of(&me, "F1").await["state"], "skipped");
}

#[rstest]
#[tokio::test]
async fn sr_34_what_is_on_its_way_is_stopped_with_the_rest(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let ada = guests[0].email.clone();
    let me = app.me(&relay.mails().to(&ada).kind("confirmed").only().token("in"));
    let first = prompt_of(&me, "F1").await;
    let keep = first["recall"]["people"][0]["code"].clone();
    act(&me, &first, json!({"choice": "done", "keep": [keep]})).await.ok(200);

    // The relay puts her mail off.
    let put_off = ada.clone();
    relay.judge(move |recipient, _| if recipient == put_off { Reply::Later } else { Reply::Accept });
    app.live_until("2030-05-17T08:00:00Z").await;
    assert_eq!(prompt_of(&me, "F2").await["state"], "queued");
    act(&me, &first, json!({"choice": "stop"})).await.ok(200);
    for step in ["F2", "F3"] {
        let prompt = prompt_of(&me, step).await;
        assert_eq!((&prompt["state"], &prompt["reason"]), (&json!("cancelled"), &json!("stopped")), "{step}");
    }
    assert_eq!(prompt_of(&me, "F1").await["state"], "skipped");
    let messages = app.all(&event.at("/messages")).await;
    let mail = messages.iter().find(|one| one["kind"] == "F2" && one["registration"] == guests[0].code.as_str()).unwrap();
    assert_eq!((&mail["state"], &mail["reason"]), (&json!("suppressed"), &json!("stopped")));
    assert!(relay.mails().to(&ada).kind("F2").is_empty());
}

#[rstest]
#[tokio::test]
async fn what_was_written_before_it_was_put_off_is_kept(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let mails = app.mails().kind("F1").to(&guests[0].email);
    let link = mails.only().link("prompts");
    let other = guests[1..].iter().find(|guest| mails.only().mentions(&guest.name)).expect("somebody they met");
    let visitor = app.visitor();
    let (note, keep) = (format!("note_{}", other.code), format!("keep_{}", other.code));
    let said = visitor.submit(&link, &[(&note, "She sails."), (&keep, "on"), ("snooze", "4")]).await.ok_page();
    assert!(said.contains("Later, then") && said.contains(&other.name), "{said}");

    let me = app.signed_in(&event, &guests[0]).await;
    assert_eq!(prompt_of(&me, "F1").await["state"], "snoozed");
    let met = me.all("/encounters").await;
    let row = met.iter().find(|row| row["code"] == other.code.as_str()).unwrap();
    assert_eq!(row["connection"], "suggested", "{row}");
    // Who comes back earlier than they meant to finds what they wrote, and loses nothing by sending it again.
    let page = visitor.get(&link).await.ok_page();
    assert!(page.contains("She sails.") && page.contains(&format!("name=\"{keep}\" value=\"on\" checked")), "{page}");
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done"})).await.ok(200);
    app.live_until("2030-06-10T08:00:00Z").await;
    assert_eq!(app.mails().to(&guests[0].email).kind("F1").len(), 1, "answered, it does not come again");
}
