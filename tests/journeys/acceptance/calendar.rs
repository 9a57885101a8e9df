//! What the clock says: another zone, a clock that is put back or forward, a prompt put off, two evenings at once.

use chrono::{Datelike, NaiveTime, Timelike, Weekday};
use chrono_tz::Tz;

use super::*;

/// At what hour of which day somebody in that zone found the mail.
fn found_at(mail: &Mail, zone: Tz) -> DateTime<Tz> {
    sent_at(mail).with_timezone(&zone)
}

fn is_in_the_window(at: &DateTime<Tz>) -> bool {
    (9..18).contains(&at.hour()) && !matches!(at.weekday(), Weekday::Sat | Weekday::Sun)
}

/// No two mails within seven days, by the reader's calendar.
#[track_caller]
fn assert_far_apart(mails: &[Mail], zone: Tz) {
    for pair in mails.windows(2) {
        let days = (found_at(&pair[1], zone).date_naive() - found_at(&pair[0], zone).date_naive()).num_days();
        assert!(days >= 7, "{} and {} to {} are {days} days apart", pair[0].kind, pair[1].kind, pair[0].to);
    }
}

/// F1 and F2 fall before the change of the reader's clock or right after it, F3 after it: it is ten in the morning each time.
#[rstest]
#[case::put_back("Europe/Rome", "2030-10-24T16:00:00Z", "America/New_York", ["2030-10-25T14:00:00Z", "2030-11-01T14:00:00Z", "2030-11-11T15:00:00Z"])]
#[case::put_forward("Asia/Tokyo", "2031-03-27T09:00:00Z", "Europe/Rome", ["2031-03-28T09:00:00Z", "2031-04-04T08:00:00Z", "2031-04-14T08:00:00Z"])]
#[tokio::test]
async fn case_a_reader_in_another_zone_whose_clock_is(
    #[case] event_zone: &str,
    #[case] starts_at: &str,
    #[case] reader_zone: &str,
    #[case] due: [&str; 3],
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let [there, here] = [reader_zone, event_zone].map(|zone| zone.parse::<Tz>().unwrap());
    let ends_at = (when(starts_at) + TimeDelta::hours(3)).to_rfc3339();
    let event = app.event_with("may", json!({"timezone": event_zone, "starts_at": starts_at, "ends_at": ends_at})).await;
    let mut guests = app.add_many(&event, 3).await;
    let far = filled(person("Zoe Faraway"), json!({"timezone": reader_zone}));
    guests.push(app.add(&event, &far).await);
    app.hold(&event, &guests).await;
    let reader = &guests[3];
    let me = app.signed_in(&event, reader).await;

    for (step, due) in ["F1", "F2", "F3"].into_iter().zip(due) {
        let a_minute_before = when(due) - TimeDelta::minutes(1);
        live_through(&app, 3, &a_minute_before.to_rfc3339()).await;
        assert!(app.mails().to(&reader.email).kind(step).is_empty(), "{step} is too early");
        app.live_until(due).await;
        let mail = app.mails().to(&reader.email).kind(step).only().clone();
        assert_eq!(found_at(&mail, there).time(), NaiveTime::from_hms_opt(10, 0, 0).unwrap(), "{step}");
        if step == "F1" {
            keep(&me, &[&guests[0].code, &guests[1].code]).await;
        } else {
            put_off_what_came(&me).await;
        }
    }
    let mails = follow_up(&app, reader);
    assert_eq!(kinds(&mails), ["F1", "F2", "F3"]);
    let hours: Vec<u32> = mails.iter().map(|mail| sent_at(mail).hour()).collect();
    assert_ne!(hours[0], hours[2], "the clock was not changed, so this shows nothing");
    for guest in &guests {
        let zone = if guest.code == reader.code { there } else { here };
        let mails = follow_up(&app, guest);
        assert!(!mails.is_empty());
        assert!(mails.iter().all(|mail| is_in_the_window(&found_at(mail, zone))), "{}", guest.name);
        assert_far_apart(&mails, zone);
    }
}

#[rstest]
#[tokio::test]
async fn case_one_snoozed_comes_back_by_itself_and_nothing_is_stacked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let (reader, me) = (&guests[0], app.signed_in(&event, &guests[0]).await);
    let id = prompt_of(&me, "F1").await["id"].as_str().unwrap().to_owned();
    me.post(&format!("/prompts/{id}/snooze"), json!({"weeks": 2})).await.ok(200);

    // What would have come in these two weeks waits for it.
    live_through(&app, 12, "2030-05-24T07:59:00Z").await;
    assert_eq!(kinds(&follow_up(&app, reader)), ["F1"]);
    app.live_until("2030-05-24T08:00:00Z").await;
    assert_eq!(kinds(&follow_up(&app, reader)), ["F1", "F1"]);
    keep(&me, &[&guests[1].code, &guests[2].code]).await;
    app.run_due().await;
    assert_eq!(follow_up(&app, reader).len(), 2, "and it comes alone");

    live_through(&app, 12, "2030-08-20T08:00:00Z").await;
    let mails = follow_up(&app, reader);
    assert!(mails.len() > 2, "then it goes on");
    assert_far_apart(&mails, Tz::Europe__Rome);
    let later = kinds(&mails[1..]);
    assert!(later.windows(2).all(|pair| pair[0] < pair[1]), "each step once, and in their order: {later:?}");
    let (prompts, now) = (me.all("/prompts").await, app.now().await);
    assert!(prompts.iter().all(|prompt| is_accounted_for(prompt, now)), "{prompts:?}");
}

#[rstest]
#[tokio::test]
async fn case_two_overlapping_events_make_one_mail_a_week(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let first = app.event("first").await;
    let second = app.event_with("second", json!({"starts_at": "2030-05-09T17:00:00Z", "ends_at": "2030-05-09T20:00:00Z"})).await;
    let at_first = app.add_many(&first, 4).await;
    let at_second = app.add_many(&second, 4).await;
    app.planned(&first).await;
    app.planned(&second).await;
    app.live_until(STARTS).await;
    app.check_in_all(&first, &at_first).await;
    app.live_until("2030-05-09T17:00:00Z").await;
    app.check_in_all(&second, &at_second).await;
    app.live_until("2030-05-09T20:00:00Z").await;
    for event in [&first, &second] {
        app.post(&event.at("/complete"), json!({})).await.done();
    }

    // One of them answers whatever comes, from either evening; the others are silent.
    let me = app.signed_in(&first, &at_first[0]).await;
    for day in 0..110 {
        let morning = when(FIRST_WORKING_DAY) + TimeDelta::days(day);
        live_through(&app, 12, &morning.to_rfc3339()).await;
        for prompt in unanswered(&me).await {
            let people = each(&prompt["recall"]["people"], "code");
            let answer = match prompt["step"].as_str().unwrap() {
                "F1" => json!({"choice": "done", "keep": people.iter().take(2).collect::<Vec<_>>()}),
                _ => json!({"choice": "not_now"}),
            };
            act(&me, &prompt, answer).await.ok(200);
        }
    }
    for guest in &at_first {
        let mails = follow_up(&app, guest);
        assert!(mails.len() > 1, "{}", guest.name);
        assert!(mails.iter().all(|mail| is_in_the_window(&found_at(mail, Tz::Europe__Rome))), "{}", guest.name);
        assert_far_apart(&mails, Tz::Europe__Rome);
    }

    // Nothing was lost on the way: whatever did not leave says why.
    let (prompts, now) = (me.all("/prompts").await, app.now().await);
    for event in ["first", "second"] {
        let steps: Vec<&Value> = prompts.iter().filter(|prompt| prompt["event"] == event && prompt["step"] != "C").collect();
        assert!(steps.len() >= 6, "{event}: {steps:?}");
        assert!(steps.iter().all(|prompt| is_accounted_for(prompt, now)), "{event}: {steps:?}");
        assert!(steps.iter().any(|prompt| prompt["sent_at"].is_string()), "nothing of {event} was ever sent: {steps:?}");
    }
    let mails = follow_up(&app, &at_first[0]);
    assert_eq!((mails[0].kind.as_str(), found_at(&mails[0], Tz::Europe__Rome).day()), ("F1", 10), "the next morning, once");
}
