//! The hours in which follow-up may arrive: Monday to Friday, 09:00 to 18:00 by the reader's clock, not on the event's day.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use convivio_domain::{Timezone, local_instant};

use crate::due::is_working_day;

/// The full hours in which mails may arrive: from the first, up to the second and not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u8,
    to: u8,
}

impl Default for Hours {
    fn default() -> Self {
        Self { from: 9, to: 18 }
    }
}

impl Hours {
    /// Fewer of them, as a reader wants it; `None` where there would be none, or others than the usual.
    pub fn fewer(from: Option<u8>, to: Option<u8>) -> Option<Self> {
        let usual = Self::default();
        let (from, to) = (from.unwrap_or(usual.from), to.unwrap_or(usual.to));
        (usual.from <= from && from < to && to <= usual.to).then_some(Self { from, to })
    }

    pub fn from(self) -> u8 {
        self.from
    }

    pub fn to(self) -> u8 {
        self.to
    }

    fn opens(self) -> NaiveTime {
        hour(self.from)
    }

    fn closes(self) -> NaiveTime {
        hour(self.to)
    }
}

fn hour(hour: u8) -> NaiveTime {
    NaiveTime::from_hms_opt(hour.into(), 0, 0).expect("hours are of a day")
}

/// The first instant from `at` on that lies in the reader's window. `event_days` are dates of the reader's calendar.
pub fn open_at(at: DateTime<Utc>, zone: Timezone, hours: Hours, event_days: &[NaiveDate]) -> DateTime<Utc> {
    let is_open = |date: NaiveDate| is_working_day(date) && !event_days.contains(&date);
    let local = at.with_timezone(&zone.0);
    let (today, time) = (local.date_naive(), local.time());
    if is_open(today) && (hours.opens()..hours.closes()).contains(&time) {
        return at;
    }
    let mut date = if time < hours.opens() { today } else { today + Days::new(1) };
    while !is_open(date) {
        date = date + Days::new(1);
    }
    local_instant(zone, date.and_time(hours.opens()))
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
        open_at(at(from), zone(reader), Hours::default(), &days).to_rfc3339()
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
    fn sr_34_a_reader_may_want_fewer_hours_and_none_else() {
        let afternoons = Hours::fewer(Some(14), Some(16)).expect("two hours");
        let opens = |from| open_at(at(from), zone("Europe/Rome"), afternoons, &[]).to_rfc3339();
        assert_eq!(opens("2026-03-12T08:00:00Z"), "2026-03-12T13:00:00+00:00");
        assert_eq!(opens("2026-03-12T15:00:00Z"), "2026-03-13T13:00:00+00:00");
        for (from, to) in [(Some(8), None), (None, Some(19)), (Some(12), Some(12)), (Some(17), Some(10))] {
            assert_eq!(Hours::fewer(from, to), None);
        }
        assert_eq!(Hours::fewer(None, None), Some(Hours::default()));
    }

    #[test]
    fn an_event_over_midnight_has_two_days() {
        let days = days_of_event(at("2026-03-12T18:00:00Z"), at("2026-03-12T23:30:00Z"), zone("Europe/Rome"));
        assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-03-12", "2026-03-13"]);
    }
}
