//! What happens by itself: on time, and in nobody's way.

use std::time::{Duration, Instant};

use crate::support::*;

/// Outside the sandbox timers and mail go on side by side.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn o8_a_mail_asked_for_does_not_wait_for_the_timers(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().in_real_time().env("CONVIVIO_FAULT", "slow_timers"), database).await;
    // Within the day, so that each has its eve behind it and gives a timer something to do.
    let soon = |hours| (real_time() + chrono::TimeDelta::hours(hours)).to_rfc3339();
    let times = json!({"starts_at": soon(2), "ends_at": soon(5)});
    let slugs: Vec<_> = (0..30).map(|n| format!("evening-{n}")).collect();
    let events = a_few_at_a_time(slugs.iter().map(|slug| app.event_with(slug, times.clone()))).await;
    app.add(&events[29], &person("Zoe Reader")).await;
    let asked = Instant::now();
    app.register(&events[0], &person("Ada Arena")).await.ok(202);
    app.mail("ada.arena@example.org", "confirm").await;
    assert!(asked.elapsed() < Duration::from_secs(3), "it took {:?}", asked.elapsed());
    assert!(app.mails().kind("A1").is_empty(), "the timers were done before");
    app.mail("zoe.reader@example.org", "A1").await;
}

/// In Brisbane it is the eve of an evening; on Samoa, where three begin an hour before that one, it is not yet.
#[rstest]
#[tokio::test]
async fn sr_05_an_eve_is_found_behind_those_to_come(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "small_batches"), database).await;
    let evening = |zone: &str, hour: i64| {
        let [starts_at, ends_at] = [hour, hour + 3].map(|hour| format!("2030-05-08T{hour}:00:00Z"));
        json!({"timezone": zone, "starts_at": starts_at, "ends_at": ends_at})
    };
    for (n, slug) in ["pago-1", "pago-2", "pago-3"].iter().enumerate() {
        let event = app.event_with(slug, evening("Pacific/Pago_Pago", 12)).await;
        app.add(&event, &nth_person(n)).await;
    }
    let event = app.event_with("brisbane", evening("Australia/Brisbane", 13)).await;
    let guest = app.add(&event, &nth_person(3)).await;
    app.live_until("2030-05-07T02:00:00Z").await;
    assert_eq!(app.mails().kind("A1").only().to, guest.email);
    app.live_until("2030-05-07T21:00:00Z").await;
    assert_eq!(app.mails().kind("A1").len(), 4);
}
