//! The weeks after: never too many mails, and never at the wrong hour.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike, Weekday};

use crate::support::*;

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
