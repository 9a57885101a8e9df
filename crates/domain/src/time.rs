use chrono::{DateTime, LocalResult, NaiveDateTime, SubsecRound, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A place's time, by its name in the IANA database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[cfg_attr(feature = "columns", sea_orm(value_type = "String"))]
pub struct Timezone(pub chrono_tz::Tz);

eserde::impl_edeserialize_compat!(Timezone);

impl std::str::FromStr for Timezone {
    type Err = Invalid;
    fn from_str(name: &str) -> Result<Self, Invalid> {
        name.parse().map(Self).map_err(|_| Invalid::new("timezone_unknown", "must be the name of an IANA time zone, such as Europe/Rome"))
    }
}

impl TryFrom<String> for Timezone {
    type Error = Invalid;
    fn try_from(name: String) -> Result<Self, Invalid> {
        name.parse()
    }
}

impl From<Timezone> for String {
    fn from(zone: Timezone) -> Self {
        zone.0.name().to_owned()
    }
}

impl std::fmt::Display for Timezone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

/// The instant at which a clock on the wall in `zone` shows `wall`.
///
/// In the hour that a change to summer time leaves out, the instant is moved forward by the gap; in the hour that comes twice, it is the first.
pub fn local_instant(zone: Timezone, wall: NaiveDateTime) -> DateTime<Utc> {
    match zone.0.from_local_datetime(&wall) {
        LocalResult::Single(at) => at.to_utc(),
        LocalResult::Ambiguous(first, _) => first.to_utc(),
        LocalResult::None => {
            // No gap is as long as three hours, so three hours earlier the clock still ran by the old offset.
            let before = TimeDelta::hours(3);
            let earlier = zone.0.from_local_datetime(&(wall - before)).latest();
            earlier.expect("three hours before a gap there is none").to_utc() + before
        }
    }
}

/// What a database keeps of an instant: microseconds, PostgreSQL's precision.
pub fn micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, wall: &str) -> String {
        let zone = zone.parse().expect("a zone");
        local_instant(zone, wall.parse().expect("a wall time")).to_rfc3339()
    }

    #[test]
    fn r17_a_gap_moves_forward_and_an_overlap_is_the_first() {
        // Berlin, 30 March 2025: 02:00 becomes 03:00. Half past two by the old offset is half past three on the new clock.
        assert_eq!(at("Europe/Berlin", "2025-03-30T02:30:00"), "2025-03-30T01:30:00+00:00");
        // Berlin, 26 October 2025: half past two comes twice; the first is still summer time.
        assert_eq!(at("Europe/Berlin", "2025-10-26T02:30:00"), "2025-10-26T00:30:00+00:00");
        // Lord Howe moves by half an hour.
        assert_eq!(at("Australia/Lord_Howe", "2025-10-05T02:15:00"), "2025-10-04T15:45:00+00:00");
        // São Paulo left midnight out in 2018.
        assert_eq!(at("America/Sao_Paulo", "2018-11-04T00:15:00"), "2018-11-04T03:15:00+00:00");
    }
}
