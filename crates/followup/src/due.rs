//! When a step falls due. Whether it may leave at that instant is for [`rules`](crate::rules) to say.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use convivio_domain::words::Step;
use convivio_domain::{Timezone, local_instant};

use crate::plan::Planned;

const TEN: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("ten o'clock is a time of day");

/// When a step of follow-up is due: so many `days` after the date of `ends_at` in the event's zone, at ten by the reader's clock. F1 comes one
/// working day after, and the rest waits for the window at a weekend, as everything does.
pub fn of_step(planned: Planned, ends_at: DateTime<Utc>, event_zone: Timezone, reader_zone: Timezone) -> DateTime<Utc> {
    let ended_on = ends_at.with_timezone(&event_zone.0).date_naive();
    let mut date = match planned.step {
        Step::F1 => next_working_day(ended_on),
        _ => ended_on + Days::new(planned.days.into()),
    };
    // It may be tomorrow morning in Auckland while the tables in Los Angeles are still talking: nothing is due before the end.
    loop {
        let at = at_ten(date, reader_zone);
        if at > ends_at {
            return at;
        }
        date = next_working_day(date);
    }
}

/// Ten o'clock on that day.
pub fn at_ten(date: NaiveDate, zone: Timezone) -> DateTime<Utc> {
    local_instant(zone, date.and_time(TEN))
}

/// A prompt may be put off by so many weeks.
pub const SNOOZES: [u8; 3] = [1, 2, 4];

/// When a prompt that the reader put off is due again: ten o'clock by their clock, on the same day of the week.
pub fn after_weeks(now: DateTime<Utc>, weeks: u8, reader_zone: Timezone) -> DateTime<Utc> {
    at_ten(now.with_timezone(&reader_zone.0).date_naive() + Days::new(7 * u64::from(weeks)), reader_zone)
}

/// What was due at an hour of one clock, when it is read off another: ten o'clock stays ten o'clock on the same day.
pub fn by_another_clock(at: DateTime<Utc>, from: Timezone, to: Timezone) -> DateTime<Utc> {
    local_instant(to, at.with_timezone(&from.0).naive_local())
}

/// When "how we meet" (A1) is due: ten o'clock in the event's zone, the day before.
pub fn method(starts_at: DateTime<Utc>, event_zone: Timezone) -> DateTime<Utc> {
    let eve = starts_at.with_timezone(&event_zone.0).date_naive() - Days::new(1);
    at_ten(eve, event_zone)
}

/// When people are asked whether their profile still holds (A0): ten o'clock in the event's zone, a week before.
pub fn freshness(starts_at: DateTime<Utc>, event_zone: Timezone) -> DateTime<Utc> {
    let week_before = starts_at.with_timezone(&event_zone.0).date_naive() - Days::new(7);
    at_ten(week_before, event_zone)
}

/// From this age on a profile is asked about. In a month a need is met or given up, and a project has moved on.
pub const STALE_AFTER: TimeDelta = TimeDelta::days(30);

fn next_working_day(date: NaiveDate) -> NaiveDate {
    let mut next = date + Days::new(1);
    while !is_working_day(next) {
        next = next + Days::new(1);
    }
    next
}

/// Monday to Friday. Holidays differ by country, town and person, and are not known here.
pub(crate) fn is_working_day(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::samples::{at, zone};

    fn f1(ends_at: &str, event: &str, reader: &str) -> String {
        of_step(Planned { step: Step::F1, days: 1 }, at(ends_at), zone(event), zone(reader)).to_rfc3339()
    }

    #[test]
    fn sr_31_f1_is_due_within_one_working_day() {
        // Thursday evening in Rome: Friday at ten.
        assert_eq!(f1("2026-03-12T21:00:00Z", "Europe/Rome", "Europe/Rome"), "2026-03-13T09:00:00+00:00");
        // Friday, Saturday and Sunday: Monday.
        for day in ["13", "14", "15"] {
            assert_eq!(f1(&format!("2026-03-{day}T21:00:00Z"), "Europe/Rome", "Europe/Rome"), "2026-03-16T09:00:00+00:00");
        }
    }

    #[test]
    fn the_day_is_the_event_s_and_the_hour_the_reader_s() {
        // 23:30 on Thursday in Rome is still Thursday there, though 22:30 UTC, and Friday in Tokyo.
        assert_eq!(f1("2026-03-12T22:30:00Z", "Europe/Rome", "Asia/Tokyo"), "2026-03-13T01:00:00+00:00");
        assert_eq!(f1("2026-03-12T22:30:00Z", "Europe/Rome", "America/New_York"), "2026-03-13T14:00:00+00:00");
        // Half past midnight is Friday.
        assert_eq!(f1("2026-03-12T23:30:00Z", "Europe/Rome", "Europe/Rome"), "2026-03-16T09:00:00+00:00");
    }

    #[test]
    fn n1_is_due_two_days_after() {
        let planned = Planned { step: Step::N1, days: 2 };
        let n1 = |ends_at: &str| of_step(planned, at(ends_at), zone("Europe/Rome"), zone("Europe/Rome")).to_rfc3339();
        assert_eq!(n1("2026-03-10T21:00:00Z"), "2026-03-12T09:00:00+00:00");
        // Thursday's event: Saturday, which the window moves on to Monday.
        assert_eq!(n1("2026-03-12T21:00:00Z"), "2026-03-14T09:00:00+00:00");
    }

    #[test]
    fn sr_48_the_days_of_the_plan_count_from_the_date_of_the_end() {
        let due = |step, ends_at: &str| {
            let planned = Planned { step, days: Plan::default().days(step).expect("planned") };
            of_step(planned, at(ends_at), zone("Europe/Rome"), zone("Europe/Rome")).to_rfc3339()
        };
        let days = Step::SEQUENCE.map(|step| due(step, "2026-03-12T21:00:00Z"));
        let expected = ["03-13T09", "03-20T09", "03-30T08", "04-11T08", "05-11T08", "06-10T08"];
        assert_eq!(days, expected.map(|day| format!("2026-{day}:00:00+00:00")));
    }

    #[test]
    fn ten_stays_ten_when_the_clocks_change() {
        // Rome changes on Sunday 29 March 2026: Friday's event, Monday's mail.
        assert_eq!(f1("2026-03-27T21:00:00Z", "Europe/Rome", "Europe/Rome"), "2026-03-30T08:00:00+00:00");
        // New York changed three weeks before Rome: ten there is 14:00 UTC, no longer 15:00.
        assert_eq!(f1("2026-03-06T21:00:00Z", "Europe/Rome", "America/New_York"), "2026-03-09T14:00:00+00:00");
    }

    #[test]
    fn nothing_is_due_before_the_end() {
        // 22:00 on Thursday in Los Angeles is 18:00 on Friday in Auckland; ten on Friday there was in the afternoon before.
        assert_eq!(f1("2026-03-13T05:00:00Z", "America/Los_Angeles", "Pacific/Auckland"), "2026-03-15T21:00:00+00:00");
    }

    #[test]
    fn sr_34_what_was_put_off_is_due_at_ten_on_the_same_day_of_the_week() {
        let again = |now: &str, weeks| after_weeks(at(now), weeks, zone("Europe/Rome")).to_rfc3339();
        assert_eq!(again("2026-03-13T16:40:00Z", 1), "2026-03-20T09:00:00+00:00");
        // The clocks change in between, and ten stays ten.
        assert_eq!(again("2026-03-13T16:40:00Z", 4), "2026-04-10T08:00:00+00:00");
        // Late on Thursday in London is Friday in Rome.
        assert_eq!(again("2026-03-12T23:30:00Z", 2), "2026-03-27T09:00:00+00:00");
    }

    #[test]
    fn r17_ten_stays_ten_by_another_clock() {
        let moved = |due: &str, from, to| by_another_clock(at(due), zone(from), zone(to)).to_rfc3339();
        assert_eq!(moved("2026-03-20T09:00:00Z", "Europe/Rome", "America/New_York"), "2026-03-20T14:00:00+00:00");
        assert_eq!(moved("2026-03-20T09:00:00Z", "Europe/Rome", "Asia/Tokyo"), "2026-03-20T01:00:00+00:00");
        // Rome changes its clock on 29 March, New York has done so before.
        assert_eq!(moved("2026-03-30T08:00:00Z", "Europe/Rome", "America/New_York"), "2026-03-30T14:00:00+00:00");
    }

    #[test]
    fn sr_09_freshness_is_asked_about_a_week_before() {
        assert_eq!(freshness(at("2026-03-12T18:00:00Z"), zone("Europe/Rome")).to_rfc3339(), "2026-03-05T09:00:00+00:00");
        // The clocks change in between, and ten stays ten.
        assert_eq!(freshness(at("2026-04-02T17:00:00Z"), zone("Europe/Rome")).to_rfc3339(), "2026-03-26T09:00:00+00:00");
    }

    #[test]
    fn sr_05_how_we_meet_is_due_the_day_before() {
        let due = |starts_at: &str| method(at(starts_at), zone("Europe/Rome")).to_rfc3339();
        assert_eq!(due("2026-03-12T18:00:00Z"), "2026-03-11T09:00:00+00:00");
        // Sunday evening, after the change of that night: Saturday ten is still winter time.
        assert_eq!(due("2026-03-29T17:00:00Z"), "2026-03-28T09:00:00+00:00");
        // A weekend is no obstacle: event mail keeps no window.
        assert_eq!(due("2026-03-16T08:00:00Z"), "2026-03-15T09:00:00+00:00");
    }
}
