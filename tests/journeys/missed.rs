//! Those who had a place and did not come.

use crate::support::*;

/// Monday at nine: two days after a Thursday is a Saturday, and follow-up keeps to working days.
const MONDAY_AFTER: &str = "2030-05-13T07:00:00Z";

/// An evening to which nobody of these came.
async fn nobody_came(app: &TestApp, people: &[Value]) -> (Event, Vec<Guest>) {
    let event = app.event("may").await;
    let mut guests = Vec::new();
    for person in people {
        guests.push(app.add(&event, person).await);
    }
    app.clock_to(ENDS).await;
    app.run_due().await;
    app.post(&event.at("/complete"), json!({})).await.done();
    (event, guests)
}

#[rstest]
#[tokio::test]
async fn n1_who_could_not_come_is_told_that_they_are_welcome(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let ada = person("Ada Arena");
    let bruno = filled(person("Bruno Bassi"), json!({"locale": "it"}));
    let silent = filled(person("Chiara Conti"), json!({"consents": {"follow_up": false}}));
    let next = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    let (event, guests) = nobody_came(&app, &[ada, bruno, silent]).await;

    app.live_until("2030-05-11T08:00:00Z").await;
    app.live_until("2030-05-13T06:59:00Z").await;
    assert!(app.mails().kind("N1").is_empty(), "not at a weekend");
    app.live_until(MONDAY_AFTER).await;
    let mail = app.mails().to(&guests[0].email).kind("N1").only().clone();
    assert_eq!((mail.subject.as_str(), mail.event.as_deref()), ("We did not get to meet", Some("may")));
    assert!(mail.says("On Thursday 9 May") && mail.says("nothing to explain and nothing to do"), "{}", mail.text);
    assert!(mail.mentions("Thursday 30 May"), "{}", mail.text);
    assert_eq!(mail.link("e"), "/e/tavola/june");
    assert_eq!(mail.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    assert_eq!(mail.one_click_path(), mail.link("unsubscribe"));
    let me = app.me(&mail.token("in"));
    assert_eq!(prompt_of(&me, "N1").await["choices"], json!([]));
    let italian = app.mails().to(&guests[1].email).kind("N1").only().clone();
    assert_eq!(italian.subject, "Sarà per un’altra volta");
    assert!(italian.says("non c’è nulla da spiegare") && italian.html.contains("lang=\"it\""), "{}", italian.text);
    assert!(app.mails().to(&guests[2].email).kind("N1").is_empty(), "without consent there is silence");

    app.live_until("2030-05-20T08:00:00Z").await;
    assert_eq!(app.mails().kind("N1").len(), 2, "once");
    assert!(app.mails().kind("F1").is_empty());
    assert_eq!(app.get(&event.at("/stats")).await.ok(200)["prompts"]["sent"], 2);
    drop(next);
}

#[rstest]
#[tokio::test]
async fn n1_keeps_to_the_rules_of_follow_up(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    // Somebody who was here on Tuesday has had a mail this week.
    let tuesday = app.event_with("tuesday", json!({"starts_at": "2030-05-07T16:00:00Z", "ends_at": "2030-05-07T19:00:00Z"})).await;
    let there = app.add_many(&tuesday, 4).await;
    let event = app.event("may").await;
    app.add_many(&event, 1).await;
    let leaver = app.add(&event, &person("Zoe Leaver")).await;
    app.hold(&tuesday, &there).await;
    app.live_until("2030-05-08T08:00:00Z").await;
    assert_eq!(app.mails().to(&there[0].email).kind("F1").len(), 1);
    app.clock_to(ENDS).await;
    app.run_due().await;
    app.post(&event.at("/complete"), json!({})).await.done();
    // One who leaves before it comes gets nothing.
    let path = app.mails().to(&there[1].email).kind("F1").only().link("unsubscribe");
    app.visitor().get(&path).await.ok_page();

    app.live_until(MONDAY_AFTER).await;
    assert!(app.mails().to(&there[0].email).kind("N1").is_empty(), "one a week, over all events");
    let mail = app.mails().to(&leaver.email).kind("N1").only().clone();
    assert_eq!(mail.find_link("e"), None, "there is no other event to point to");
    assert!(mail.mentions("you are just as welcome"));
    app.live_until("2030-05-15T07:00:00Z").await;
    app.mails().to(&there[0].email).kind("N1").only();
}

#[rstest]
#[tokio::test]
async fn n1_is_not_sent_to_who_left(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let way_out = app.mails().to(&guests[0].email).kind("F1").only().one_click_path();
    let june = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    for n in 0..2 {
        app.add(&june, &nth_person(n)).await;
    }
    app.clock_to(NEXT_ENDS).await;
    app.run_due().await;
    app.post(&june.at("/complete"), json!({})).await.done();
    app.visitor().submit(&way_out, &[("List-Unsubscribe", "One-Click")]).await.ok_page();
    app.live_until("2030-06-03T07:00:00Z").await;
    assert!(app.mails().to(&guests[0].email).kind("N1").is_empty());
    app.mails().to(&guests[1].email).kind("N1").only();
    let prompts = app.all(&june.at("/prompts")).await;
    assert!(prompts.iter().any(|prompt| prompt["step"] == "N1" && prompt["reason"] == "unsubscribed"), "{prompts:?}");
}
