//! The weeks after: the order of the prompts, and never too many of them.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike, Weekday};

use crate::support::*;

/// Noon in Rome, every day from the first working day on.
async fn live_day_by_day(app: &TestApp, days: i64, mut each_day: impl AsyncFnMut(i64)) {
    for day in 0..days {
        let noon = when("2030-05-10T10:00:00Z") + TimeDelta::days(day);
        app.live_until(&noon.to_rfc3339()).await;
        each_day(day).await;
    }
}

/// Does what each open prompt suggests, and keeps `mate` at the first occasion: the steps answered.
async fn answer_everything(me: &Caller, mate: &str) -> Vec<Value> {
    let mut open = me.all("/prompts").await;
    open.retain(|prompt| prompt["state"] == "sent");
    for prompt in &open {
        let keep = if prompt["step"] == "F1" { json!([mate]) } else { json!([]) };
        act(me, prompt, json!({"choice": "done", "keep": keep})).await.done();
    }
    open
}

#[rstest]
#[tokio::test]
async fn sr_48_an_active_reader_hears_from_us_six_times_in_ninety_days(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 4).await;
    let reader = &guests[0];
    let mate = &tablemates(&plan, reader, &guests)[0].code;
    let me = app.signed_in(&event, reader).await;
    let mut came_on = BTreeMap::new();
    live_day_by_day(&app, 95, async |day| {
        for mail in app.mails().to(&reader.email).0 {
            came_on.entry(mail.kind).or_insert(day);
        }
        answer_everything(&me, mate).await;
    })
    .await;
    // Day 0 is the day after. F4 falls on a Saturday and waits for Monday.
    let steps: Vec<_> = came_on.iter().filter(|(kind, _)| kind.starts_with('F')).map(|(kind, day)| (kind.as_str(), *day)).collect();
    assert_eq!(&steps[..4], [("F1", 0), ("F2", 7), ("F3", 17), ("F4", 31)]);
    let mails = app.mails().to(&reader.email).only_those(|mail| mail.kind.starts_with('F'));
    assert!(mails.len() <= 6, "{:?}", mails.outline());
}

#[rstest]
#[tokio::test]
async fn sr_32_the_first_three_prompts_ask_for_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 4).await;
    let reader = &guests[0];
    let mate = &tablemates(&plan, reader, &guests)[0].code;
    let me = app.signed_in(&event, reader).await;
    let mut seen = Vec::new();
    live_day_by_day(&app, 20, async |_| seen.extend(answer_everything(&me, mate).await)).await;
    let steps: Vec<_> = seen.iter().map(|prompt| prompt["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["F1", "F2", "F3"]);
    for prompt in &seen {
        let mut offered = each(&prompt["alternatives"], "type");
        offered.extend(prompt["action"]["type"].as_str());
        assert!(offered.iter().all(|action| !action.starts_with("ask_")), "{offered:?} in {}", prompt["step"]);
    }
}

#[rstest]
#[tokio::test]
async fn three_unanswered_prompts_end_it_with_one_closing_note(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, _) = app.held_evening("may", 4).await;
    live_day_by_day(&app, 130, async |_| ()).await;
    for guest in &guests {
        let mails = app.mails().to(&guest.email).only_those(|mail| mail.kind.starts_with('F') || mail.kind == "stop");
        assert!(mails.len() <= 4, "too many for nobody's answer: {:?}", mails.outline());
        assert_eq!(mails.kind("stop").len(), 1, "{:?}", mails.outline());
        assert_eq!(mails.0.last().map(|mail| mail.kind.as_str()), Some("stop"));
    }
}

#[rstest]
#[tokio::test]
async fn sr_34_two_evenings_in_a_week_do_not_double_the_mail(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let tuesday = app.event_with("tuesday", json!({"starts_at": "2030-05-07T16:00:00Z", "ends_at": "2030-05-07T19:00:00Z"})).await;
    let thursday = app.event("thursday").await;
    let at_first = app.add_many(&tuesday, 4).await;
    let at_second = app.add_many(&thursday, 4).await;
    app.planned(&tuesday).await;
    app.planned(&thursday).await;

    let mut received: BTreeMap<String, Vec<NaiveDate>> = BTreeMap::new();
    let mut known = 0;
    // Every third hour of a month, nights and weekends too: that is when nothing must come.
    for step in 0..(30 * 8) {
        let now = when("2030-05-07T16:00:00Z") + TimeDelta::hours(3 * step);
        app.live_until(&now.to_rfc3339()).await;
        for (event, guests, starts_at) in [(&tuesday, &at_first, "2030-05-07T16:00:00Z"), (&thursday, &at_second, STARTS)] {
            if now == when(starts_at) {
                app.check_in_all(event, guests).await;
            }
            if now == when(starts_at) + TimeDelta::hours(3) {
                app.post(&event.at("/complete"), json!({})).await.done();
            }
        }
        let mails = app.mails().only_those(|mail| mail.kind.starts_with('F'));
        let in_rome = now + TimeDelta::hours(2);
        for mail in &mails.0[known..] {
            assert!((9..18).contains(&in_rome.hour()), "{} at {in_rome}", mail.kind);
            assert!(!matches!(in_rome.weekday(), Weekday::Sat | Weekday::Sun), "{} on {in_rome}", mail.kind);
            received.entry(mail.to.clone()).or_default().push(in_rome.date_naive());
        }
        known = mails.len();
    }
    assert_eq!(received.len(), 4);
    for (reader, days) in received {
        let gaps: Vec<_> = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect();
        assert!(gaps.iter().all(|gap| *gap >= 7), "{reader} got follow-up on {days:?}");
    }
}
