//! The hours in which follow-up may arrive: Monday to Friday, 09:00 to 18:00 by the reader's clock, not on the event's day.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use convivio_domain::{Timezone, local_instant};

use crate::due::is_working_day;

const OPENS: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("nine o'clock is a time of day");
/// The first minute outside.
const CLOSES: NaiveTime = NaiveTime::from_hms_opt(18, 0, 0).expect("six in the evening is a time of day");

/// The first instant from `at` on that lies in the reader's window. `event_days` are dates of the reader's calendar.
pub fn open_at(at: DateTime<Utc>, zone: Timezone, event_days: &[NaiveDate]) -> DateTime<Utc> {
    let is_open = |date: NaiveDate| is_working_day(date) && !event_days.contains(&date);
    let local = at.with_timezone(&zone.0);
    let (today, time) = (local.date_naive(), local.time());
    if is_open(today) && (OPENS..CLOSES).contains(&time) {
        return at;
    }
    let mut date = if time < OPENS { today } else { today + Days::new(1) };
    while !is_open(date) {
        date = date + Days::new(1);
    }
    local_instant(zone, date.and_time(OPENS))
}

/// The dates an event touches, by the calendar of the place where it happens.
///
/// They are compared with the reader's calendar as they are: the event's day is a date people have in mind, not twenty-four hours somewhere.
/// Translated into the zone of a reader far to the east they would shut the very day on which F1 is due.
pub fn days_of_event(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, event_zone: Timezone) -> Vec<NaiveDate> {
    let date = |at: DateTime<Utc>| at.with_timezone(&event_zone.0).date_naive();
    date(starts_at).iter_days().take_while(|day| *day <= date(ends_at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, zone};

    fn opens(from: &str, reader: &str, event_days: &[&str]) -> String {
        let days: Vec<NaiveDate> = event_days.iter().map(|day| day.parse().expect("a date")).collect();
        open_at(at(from), zone(reader), &days).to_rfc3339()
    }

    #[test]
    fn sr_34_a_missed_window_moves_forward() {
        let rome = |from: &str| opens(from, "Europe/Rome", &[]);
        assert_eq!(rome("2026-03-12T08:00:00Z"), "2026-03-12T08:00:00+00:00", "nine is inside");
        assert_eq!(rome("2026-03-12T16:59:59Z"), "2026-03-12T16:59:59+00:00", "a second before six is inside");
        assert_eq!(rome("2026-03-12T17:00:00Z"), "2026-03-13T08:00:00+00:00", "six is outside");
        assert_eq!(rome("2026-03-12T05:00:00Z"), "2026-03-12T08:00:00+00:00", "early morning");
        assert_eq!(rome("2026-03-13T18:00:00Z"), "2026-03-16T08:00:00+00:00", "Friday evening");
        assert_eq!(rome("2026-03-14T11:00:00Z"), "2026-03-16T08:00:00+00:00", "Saturday noon");
        assert_eq!(rome("2026-03-28T11:00:00Z"), "2026-03-30T07:00:00+00:00", "over the change to summer time");
    }

    #[test]
    fn sr_34_the_event_s_day_is_shut() {
        assert_eq!(opens("2026-03-12T10:00:00Z", "Europe/Rome", &["2026-03-12"]), "2026-03-13T08:00:00+00:00");
        assert_eq!(opens("2026-03-12T10:00:00Z", "Europe/Rome", &["2026-03-12", "2026-03-13"]), "2026-03-16T08:00:00+00:00");
    }

    #[test]
    fn an_event_over_midnight_has_two_days() {
        let days = days_of_event(at("2026-03-12T18:00:00Z"), at("2026-03-12T23:30:00Z"), zone("Europe/Rome"));
        assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-03-12", "2026-03-13"]);
    }
}
