//! F1: when it comes, to whom, about whom, and when there is too little to say.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_30_the_first_prompt_goes_to_those_who_came_and_agreed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 7).await;
    let private = filled(person("Zoe Private"), json!({"consents": {"follow_up": false}}));
    let private = app.add(&event, &private).await;
    let absent = guests.remove(6);
    let mut present = guests.clone();
    present.push(private.clone());
    let plan = app.hold(&event, &present).await;
    app.live_until(FIRST_WORKING_DAY).await;

    let sent = app.mails().kind("F1");
    assert_eq!(sent.len(), guests.len());
    assert!(sent.to(&private.email).is_empty(), "she did not agree");
    assert!(sent.to(&absent.email).is_empty(), "he did not come");
    for reader in &guests {
        let mails = sent.to(&reader.email);
        let mates = tablemates(&plan, reader, &present);
        let named = |guest: &&Guest| mails.only().mentions(&guest.name);
        assert!(mates.iter().any(named), "{} reads about nobody", reader.name);
        for guest in present.iter().chain([&absent]).filter(|guest| guest.code != reader.code) {
            let met = mates.iter().any(|mate| mate.code == guest.code);
            assert!(met || !named(&guest), "{} reads about {}, not met", reader.name, guest.name);
        }
    }
}

#[rstest]
#[case::thursday(STARTS, ENDS, "2030-05-10T08:00:00Z")]
#[case::friday_then_comes_monday("2030-05-10T16:00:00Z", "2030-05-10T19:00:00Z", "2030-05-13T08:00:00Z")]
#[tokio::test]
async fn sr_31_the_first_prompt_comes_within_one_working_day(
    #[case] starts_at: &str,
    #[case] ends_at: &str,
    #[case] due: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"starts_at": starts_at, "ends_at": ends_at})).await;
    let guests = app.add_many(&event, 4).await;
    app.planned(&event).await;
    app.clock_to(starts_at).await;
    app.check_in_all(&event, &guests).await;
    app.clock_to(ends_at).await;
    app.post(&event.at("/complete"), json!({})).await.done();

    let a_minute_before = when(due) - chrono::TimeDelta::minutes(1);
    app.live_until(&a_minute_before.to_rfc3339()).await;
    assert!(app.mails().kind("F1").is_empty(), "too early");
    app.live_until(due).await;
    assert_eq!(app.mails().kind("F1").len(), 4);
    app.run_due().await;
    assert_eq!(app.mails().kind("F1").len(), 4, "once is enough");
}

#[rstest]
#[tokio::test]
async fn sr_31_a_prompt_has_one_action_and_two_alternatives_at_most(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let prompt = prompt_of(&me, "F1").await;
    assert_eq!(prompt["state"], "sent");
    let kind = prompt["action"]["type"].as_str().expect("one action");
    let known = ["give_", "touch_", "step_", "ask_"].iter().any(|start| kind.starts_with(start));
    assert!(known && !kind.starts_with("ask_"), "{kind} in a first prompt");
    assert!(prompt["alternatives"].as_array().is_none_or(|others| others.len() <= 2));
    for choice in ["done", "not_now", "pause", "stop"] {
        assert!(prompt["choices"].to_string().contains(choice), "no {choice} in {}", prompt["choices"]);
    }
}

#[rstest]
#[tokio::test]
async fn the_readers_own_morning_counts(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 3).await;
    let far = filled(person("Zoe Faraway"), json!({"timezone": "America/New_York"}));
    guests.push(app.add(&event, &far).await);
    app.hold(&event, &guests).await;

    app.live_until("2030-05-10T13:59:00Z").await;
    assert!(app.mails().to("zoe.faraway@example.org").kind("F1").is_empty());
    assert_eq!(app.mails().kind("F1").len(), 3);
    app.live_until("2030-05-10T14:00:00Z").await;
    app.mails().to("zoe.faraway@example.org").kind("F1").only();
}

#[rstest]
#[tokio::test]
async fn sr_35_who_met_nobody_gets_no_prompt_about_anybody(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 4).await;
    // One comes, and nobody else.
    app.hold(&event, &guests[..1]).await;
    app.live_until("2030-05-13T12:00:00Z").await;

    assert_eq!(app.mails().kind("F1").outline(), Vec::<String>::new());
    let prompts = app.all(&event.at("/prompts")).await;
    let prompt = prompts.iter().find(|prompt| prompt["step"] == "F1").expect("the prompt is accounted for");
    assert_eq!(prompt["state"], "suppressed");
    assert_eq!(prompt["reason"], "insufficient_context");
}

#[rstest]
#[tokio::test]
async fn who_did_not_come_is_not_reminded_of_it(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 5).await;
    app.hold(&event, &guests[..4]).await;
    assert_eq!(app.state_of(&event, &guests[4].code).await, "no_show");
    app.live_until("2030-05-13T12:00:00Z").await;
    let mails = app.mails().to(&guests[4].email);
    assert_eq!(mails.kind("F1").outline(), Vec::<String>::new());
    let prompts = app.all(&event.at("/prompts")).await;
    let theirs: Vec<_> = prompts.into_iter().filter(|prompt| prompt["registration"] == guests[4].code.as_str()).collect();
    assert_eq!(each(&json!(theirs), "step"), ["N1"], "which names nobody they could have met");
}

#[rstest]
#[tokio::test]
async fn sr_32_the_first_prompt_asks_for_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 5).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for guest in &guests {
        let prompt = prompt_of(&app.signed_in(&event, guest).await, "F1").await;
        let mut offered = each(&prompt["alternatives"], "type");
        offered.extend(prompt["action"]["type"].as_str());
        assert!(!offered.is_empty() && offered.iter().all(|action| !action.starts_with("ask_")), "{offered:?}");
    }
}
