//! Relations over time: how often somebody wants to be in touch, and who is growing distant.

use chrono::{DateTime, Days, Months, Utc};
use convivio_domain::Timezone;
use convivio_domain::words::{Give, LogKind};
use serde::Serialize;

use crate::due;

/// How often a reader would like to be in touch with somebody: every 1, 3 or 6 months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cadence(u8);

impl Cadence {
    pub const MONTHS: [u8; 3] = [1, 3, 6];

    pub fn of_months(months: u8) -> Option<Self> {
        Self::MONTHS.contains(&months).then_some(Self(months))
    }

    pub fn months(self) -> u8 {
        self.0
    }

    /// The day on which it is time again.
    pub fn after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.times(at, 1)
    }

    fn times(self, at: DateTime<Utc>, times: u32) -> DateTime<Utc> {
        at.checked_add_months(Months::new(u32::from(self.0) * times)).unwrap_or(at)
    }
}

/// What a person has not said is every three months.
impl Default for Cadence {
    fn default() -> Self {
        Self(3)
    }
}

/// How near two people are, by when they were last in touch: warm until it is time again, cooling for as long once more, then cold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Temperature {
    Warm,
    Cooling,
    Cold,
}

pub fn temperature(now: DateTime<Utc>, in_touch_at: DateTime<Utc>, every: Cadence) -> Temperature {
    if now < every.after(in_touch_at) {
        Temperature::Warm
    } else if now < every.times(in_touch_at, 2) {
        Temperature::Cooling
    } else {
        Temperature::Cold
    }
}

/// How far two people have come, as one of them sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// They met, and one of them keeps the other.
    Met,
    /// Both said that they keep in touch.
    Connected,
    /// Something went from one to the other.
    Exchanging,
    /// One brought the other together with somebody.
    Referral,
    /// Something has come of it.
    Outcome,
}

/// From here on a check says that something has come of it.
const CAME_OF_IT: u8 = 4;

/// `deeds` are the gives and asks of the log, by their words; `solutions` is what the last check said.
pub fn stage(connected: bool, deeds: &[(LogKind, &str)], solutions: Option<u8>) -> Stage {
    let introduced = deeds.iter().any(|(kind, what)| *kind == LogKind::Give && *what == Give::Introduction.as_str());
    let exchanged = deeds.iter().any(|(kind, _)| matches!(kind, LogKind::Give | LogKind::Ask));
    if solutions.is_some_and(|solutions| solutions >= CAME_OF_IT) {
        Stage::Outcome
    } else if introduced {
        Stage::Referral
    } else if exchanged {
        Stage::Exchanging
    } else if connected {
        Stage::Connected
    } else {
        Stage::Met
    }
}

/// When the next mail about people growing distant is due, at ten by the reader's clock: when the first of them begins to cool, but not before it is
/// time again after the last mail, and twice as long after two without an answer. `people` are those tended, each with when they were last in
/// touch; `sent` are the mails before, oldest first, each with whether it was answered. `None` where nobody is tended.
pub fn next_mail(
    now: DateTime<Utc>,
    people: &[(DateTime<Utc>, Cadence)],
    sent: &[(DateTime<Utc>, bool)],
    zone: Timezone,
) -> Option<DateTime<Utc>> {
    let cools = people.iter().map(|(in_touch_at, every)| every.after(*in_touch_at)).min()?;
    let often = people.iter().map(|(_, every)| *every).min()?;
    let unanswered = sent.iter().rev().take_while(|(_, answered)| !answered).count();
    let rests = sent.last().map(|(at, _)| often.times(*at, if unanswered >= 2 { 2 } else { 1 }));
    let at = cools.max(rests.unwrap_or(cools)).max(now);
    // The first ten o'clock from then on.
    let date = at.with_timezone(&zone.0).date_naive();
    let ten = due::at_ten(date, zone);
    Some(if ten >= at { ten } else { due::at_ten(date + Days::new(1), zone) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, zone};

    #[test]
    fn sr_40_who_is_not_fed_cools_and_contact_warms_again() {
        let every = |months| Cadence::of_months(months).expect("a cadence");
        let felt = |now: &str, last: &str, months| temperature(at(now), at(last), every(months));
        assert_eq!(felt("2026-04-11T20:00:00Z", "2026-03-12T21:00:00Z", 1), Temperature::Warm);
        assert_eq!(felt("2026-04-12T21:00:00Z", "2026-03-12T21:00:00Z", 1), Temperature::Cooling);
        assert_eq!(felt("2026-05-12T21:00:00Z", "2026-03-12T21:00:00Z", 1), Temperature::Cold);
        assert_eq!(felt("2026-05-12T21:00:00Z", "2026-03-12T21:00:00Z", 3), Temperature::Warm);
        assert_eq!(felt("2026-05-12T21:00:00Z", "2026-05-01T10:00:00Z", 1), Temperature::Warm);
        // The last day of a shorter month.
        assert_eq!(every(1).after(at("2026-01-31T10:00:00Z")), at("2026-02-28T10:00:00Z"));
    }

    #[test]
    fn sr_40_the_next_mail_comes_when_the_first_begins_to_cool() {
        let every = |months| Cadence::of_months(months).expect("a cadence");
        let next = |people: &[(&str, u8)], sent: &[(&str, bool)]| {
            let people: Vec<_> = people.iter().map(|(last, months)| (at(last), every(*months))).collect();
            let sent: Vec<_> = sent.iter().map(|(left, answered)| (at(left), *answered)).collect();
            next_mail(at("2026-06-11T12:00:00Z"), &people, &sent, zone("Europe/Rome")).map(|due| due.format("%m-%d %H:%M").to_string())
        };
        assert_eq!(next(&[], &[]), None);
        assert_eq!(next(&[("2026-06-01T15:00:00Z", 3), ("2026-06-05T15:00:00Z", 1)], &[]).as_deref(), Some("07-06 08:00"));
        // Long quiet already: tomorrow, and not before a month has passed since the last mail.
        assert_eq!(next(&[("2026-03-12T21:00:00Z", 1)], &[]).as_deref(), Some("06-12 08:00"));
        assert_eq!(next(&[("2026-03-12T21:00:00Z", 1)], &[("2026-06-11T08:00:00Z", false)]).as_deref(), Some("07-11 08:00"));
        // Two without an answer: twice as long.
        let silent = [("2026-05-11T08:00:00Z", false), ("2026-06-11T08:00:00Z", false)];
        assert_eq!(next(&[("2026-03-12T21:00:00Z", 1)], &silent).as_deref(), Some("08-11 08:00"));
    }

    #[test]
    fn sr_41_a_relation_goes_from_met_to_outcome() {
        let give = |what| vec![(LogKind::Give, what)];
        assert_eq!(stage(false, &[], None), Stage::Met);
        assert_eq!(stage(true, &[(LogKind::Interaction, "coffee")], Some(3)), Stage::Connected);
        assert_eq!(stage(true, &give("time"), None), Stage::Exchanging);
        assert_eq!(stage(true, &[(LogKind::Ask, "introduction")], None), Stage::Exchanging);
        assert_eq!(stage(true, &give("introduction"), None), Stage::Referral);
        assert_eq!(stage(false, &[], Some(4)), Stage::Outcome);
    }

    #[test]
    fn a_cadence_is_one_three_or_six_months() {
        assert_eq!(
            [0, 1, 2, 3, 4, 6, 12].map(|months| Cadence::of_months(months).is_some()),
            [false, true, false, true, false, true, false]
        );
    }
}
