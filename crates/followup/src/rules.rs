//! Whether a prompt may be sent now, later or never.
//!
//! [`decide`] is asked when a prompt falls due, and again at the moment of sending: what protects people must hold then, not when it was planned.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use convivio_domain::prompt::Input;
use convivio_domain::words::Reason;
use convivio_domain::{Timezone, local_instant};
use serde::{Deserialize, Serialize};

use crate::pace::Pace;
use crate::window::{self, Hours};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Send,
    /// Not before this instant. Ask again then: the facts may have changed.
    Wait(DateTime<Utc>),
    /// The same, and it counts as due then: it is not late before.
    Move(DateTime<Utc>),
    /// The sequence ends now: a closing note takes its place.
    Close(Reason),
    Suppress(Reason),
}

/// What the rules look at.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub due_at: DateTime<Utc>,
    /// What the answers to the prompts before it make of it.
    pub pace: Pace,
    /// The reader wants quiet until then, or an earlier step of the same sequence comes only then: they keep their order.
    pub not_before: Option<DateTime<Utc>>,
    /// A later prompt to the same reader is due as well.
    pub merges: bool,
    /// Checked in at the event; for N1, expected there and not seen.
    pub in_audience: bool,
    pub consented: bool,
    /// The reader ended this sequence.
    pub stopped: bool,
    /// The reader wants no follow-up of this organizer.
    pub unsubscribed: bool,
    /// Why nothing goes to the address: the relay refused it, or staff said so.
    pub suppressed: Option<Reason>,
    /// The zone of the registration, else of the event.
    pub zone: Timezone,
    /// When mails may arrive.
    pub hours: Hours,
    /// See [`window::days_of_event`]. Days of other events of the reader may be among them.
    pub event_days: &'a [NaiveDate],
    /// When follow-up was sent to this person, over all events, in any order. [`Caps::every_days`] days back are enough.
    pub sent: &'a [DateTime<Utc>],
    /// How much follow-up of this event the reader has had.
    pub sent_for_event: u16,
    pub caps: Caps,
}

/// How often at most. The organizer may tighten it, the reader further, and nobody may loosen it: there is no way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    every_days: u16,
    per_event: u16,
}

impl Default for Caps {
    fn default() -> Self {
        Self { every_days: 7, per_event: 6 }
    }
}

impl Caps {
    /// At least as strict as before, whatever is asked for.
    #[must_use]
    pub fn tightened(self, every_days: Option<u16>, per_event: Option<u16>) -> Self {
        Self { every_days: self.every_days.max(every_days.unwrap_or(0)), per_event: self.per_event.min(per_event.unwrap_or(u16::MAX)) }
    }

    /// One follow-up mail in so many days of the reader's calendar, over all events.
    pub fn every_days(self) -> u16 {
        self.every_days
    }

    /// So many follow-up mails an event, at most.
    pub fn per_event(self) -> u16 {
        self.per_event
    }
}

/// Rules 1, 5 and 6: whether a follow-up prompt may leave at `now`.
pub fn decide(now: DateTime<Utc>, facts: &Facts) -> Verdict {
    if let Some(reason) = refusal(facts) {
        return Verdict::Suppress(reason);
    }
    if let Some(until) = facts.not_before.filter(|until| now < *until) {
        return Verdict::Move(until);
    }
    match facts.pace {
        Pace::NotBefore(at) | Pace::Close(at, _) if at > now && at > facts.due_at => return Verdict::Move(at),
        Pace::Close(at, reason) if at <= now => return Verdict::Close(reason),
        _ => {}
    }
    if is_stale(now, facts.due_at, facts.zone) {
        return Verdict::Suppress(Reason::Stale);
    }
    if facts.merges {
        return Verdict::Suppress(Reason::Merged);
    }
    let earliest = now.max(facts.due_at).max(free_of_cap(facts).unwrap_or(now));
    let opens = window::open_at(earliest, facts.zone, facts.hours, facts.event_days);
    if opens > now { Verdict::Wait(opens) } else { Verdict::Send }
}

/// Rule 5: whether a mail of the event (how we meet, a confirmation, an offer) is so late that somebody should look at it before it leaves.
/// Event mail keeps no cap and no window.
pub fn holds_event_mail(now: DateTime<Utc>, due_at: DateTime<Utc>) -> bool {
    now - due_at > TimeDelta::hours(48)
}

/// Rule 4: a mail about people is sent with the reader's name and at least two more personal facts, or not at all.
pub fn is_personal(inputs: &[Input]) -> bool {
    const PERSONAL: [Input; 7] = [
        Input::TablemateName,
        Input::SharedPassion,
        Input::OwnNote,
        Input::CurrentNeed,
        Input::WhereAndWhen,
        Input::ContactName,
        Input::LastContact,
    ];
    inputs.contains(&Input::ReaderName) && PERSONAL.iter().filter(|input| inputs.contains(input)).count() >= 2
}

fn refusal(facts: &Facts) -> Option<Reason> {
    if let Some(reason) = facts.suppressed {
        Some(reason)
    } else if facts.unsubscribed {
        Some(Reason::Unsubscribed)
    } else if facts.stopped {
        Some(Reason::Stopped)
    } else if !facts.in_audience {
        Some(Reason::RegistrationChanged)
    } else if !facts.consented {
        Some(Reason::NoConsent)
    } else if facts.sent_for_event >= facts.caps.per_event {
        Some(Reason::EventCap)
    } else {
        None
    }
}

/// Rule 5: whether a prompt comes more than a week late. Days of the reader's calendar count, as they do for the cap: what that held back for a week
/// comes on the seventh day, whatever the hours in which the reader may be written to.
pub fn is_stale(now: DateTime<Utc>, due_at: DateTime<Utc>, zone: Timezone) -> bool {
    let date = |at: DateTime<Utc>| at.with_timezone(&zone.0).date_naive();
    date(now) - date(due_at) > TimeDelta::days(7)
}

/// The start of the first date on which the cap lets another mail through. Dates rather than hours: a mail on Monday afternoon makes room
/// for one on the next Monday morning.
fn free_of_cap(facts: &Facts) -> Option<DateTime<Utc>> {
    let last = facts.sent.iter().max()?.with_timezone(&facts.zone.0).date_naive();
    let free = last + Days::new(u64::from(facts.caps.every_days));
    Some(local_instant(facts.zone, free.and_time(NaiveTime::MIN)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, zone};

    /// F1 for someone who was in Bologna on Thursday 12 March 2026: due on Friday at ten, which is 09:00 UTC.
    fn facts() -> Facts<'static> {
        Facts {
            due_at: at("2026-03-13T09:00:00Z"),
            pace: Pace::AsPlanned,
            not_before: None,
            merges: false,
            in_audience: true,
            consented: true,
            stopped: false,
            unsubscribed: false,
            suppressed: None,
            zone: zone("Europe/Rome"),
            hours: Hours::default(),
            event_days: &[],
            sent: &[],
            sent_for_event: 0,
            caps: Caps::default(),
        }
    }

    const DUE: &str = "2026-03-13T09:00:00Z";

    #[test]
    fn a_prompt_leaves_when_it_is_due() {
        assert_eq!(decide(at(DUE), &facts()), Verdict::Send);
        assert_eq!(decide(at("2026-03-12T20:00:00Z"), &facts()), Verdict::Wait(at(DUE)));
    }

    #[test]
    fn sr_30_only_people_who_came_and_agreed_are_written_to() {
        let refused = |facts: Facts| decide(at(DUE), &facts);
        assert_eq!(refused(Facts { in_audience: false, ..facts() }), Verdict::Suppress(Reason::RegistrationChanged));
        assert_eq!(refused(Facts { consented: false, ..facts() }), Verdict::Suppress(Reason::NoConsent));
        assert_eq!(refused(Facts { stopped: true, ..facts() }), Verdict::Suppress(Reason::Stopped));
        assert_eq!(refused(Facts { unsubscribed: true, ..facts() }), Verdict::Suppress(Reason::Unsubscribed));
        assert_eq!(refused(Facts { suppressed: Some(Reason::AddressRefused), ..facts() }), Verdict::Suppress(Reason::AddressRefused));
    }

    #[test]
    fn sr_34_two_overlapping_events_share_one_cap() {
        // The other event's prompt left on Thursday at 17:59, so the next may leave on the Thursday after, from nine.
        let sent = [at("2026-03-12T16:59:00Z")];
        let facts = Facts { sent: &sent, ..facts() };
        assert_eq!(decide(at(DUE), &facts), Verdict::Wait(at("2026-03-19T08:00:00Z")));
        assert_eq!(decide(at("2026-03-19T08:00:00Z"), &facts), Verdict::Send);
    }

    #[test]
    fn sr_34_two_prompts_due_at_once_are_a_week_apart_even_when_the_clocks_go_back() {
        // Friday 23 October 2026, ten in Rome, is 08:00 UTC; on the Friday after it is 09:00.
        let sent = [at("2026-10-23T08:00:00Z")];
        let facts = Facts { due_at: at("2026-10-23T08:00:00Z"), sent: &sent, ..facts() };
        assert_eq!(decide(at("2026-10-23T08:00:00Z"), &facts), Verdict::Wait(at("2026-10-30T08:00:00Z")));
        assert_eq!(decide(at("2026-10-30T08:30:00Z"), &facts), Verdict::Send);
    }

    #[test]
    fn a_prompt_more_than_a_week_late_is_stale() {
        // A week after the Friday on which it was due, until midnight in Rome.
        assert_eq!(decide(at("2026-03-20T16:59:00Z"), &facts()), Verdict::Send);
        assert_eq!(decide(at("2026-03-20T22:59:59Z"), &facts()), Verdict::Wait(at("2026-03-23T08:00:00Z")));
        assert_eq!(decide(at("2026-03-20T23:00:00Z"), &facts()), Verdict::Suppress(Reason::Stale));
    }

    #[test]
    fn backing_off_moves_a_prompt_and_makes_it_no_later() {
        let slowed = Pace::NotBefore(at("2026-04-10T08:00:00Z"));
        let moved = Facts { pace: slowed, ..facts() };
        assert_eq!(decide(at("2026-03-27T09:00:00Z"), &moved), Verdict::Move(at("2026-04-10T08:00:00Z")));
        let due_then = Facts { pace: slowed, due_at: at("2026-04-10T08:00:00Z"), ..facts() };
        assert_eq!(decide(at("2026-04-10T08:00:00Z"), &due_then), Verdict::Send);
        assert_eq!(decide(at("2026-04-17T22:00:00Z"), &due_then), Verdict::Suppress(Reason::Stale));
    }

    #[test]
    fn the_closing_note_comes_when_the_prompt_would_have_come() {
        let closing = Facts { pace: Pace::Close(at("2026-04-10T08:00:00Z"), Reason::Unanswered), ..facts() };
        assert_eq!(decide(at(DUE), &closing), Verdict::Move(at("2026-04-10T08:00:00Z")));
        assert_eq!(decide(at("2026-04-10T08:00:00Z"), &closing), Verdict::Close(Reason::Unanswered));
    }

    #[test]
    fn a_pause_moves_what_falls_into_it() {
        let until = at("2026-04-20T08:00:00Z");
        let paused = Facts { not_before: Some(until), ..facts() };
        assert_eq!(decide(at(DUE), &paused), Verdict::Move(until));
        assert_eq!(decide(until, &Facts { due_at: until, ..paused }), Verdict::Send);
    }

    #[test]
    fn one_mail_is_enough() {
        assert_eq!(decide(at(DUE), &Facts { merges: true, ..facts() }), Verdict::Suppress(Reason::Merged));
    }

    #[test]
    fn the_cap_of_an_event_ends_its_sequence() {
        assert_eq!(decide(at(DUE), &Facts { sent_for_event: 5, ..facts() }), Verdict::Send);
        assert_eq!(decide(at(DUE), &Facts { sent_for_event: 6, ..facts() }), Verdict::Suppress(Reason::EventCap));
    }

    #[test]
    fn caps_are_only_ever_tightened() {
        let strict = Caps::default().tightened(Some(14), Some(2));
        assert_eq!((strict.every_days(), strict.per_event()), (14, 2));
        assert_eq!(strict.tightened(Some(1), Some(100)), strict);
        assert_eq!(strict.tightened(None, None), strict);
        assert_eq!(strict.tightened(Some(30), Some(0)).per_event(), 0);
    }

    #[test]
    fn late_event_mail_is_held() {
        let due = at("2026-03-11T09:00:00Z");
        assert!(!holds_event_mail(at("2026-03-13T09:00:00Z"), due));
        assert!(holds_event_mail(at("2026-03-13T09:00:01Z"), due));
    }

    #[test]
    fn sr_35_a_name_alone_is_not_personal() {
        use Input::{Intention, ReaderName, SharedPassion, TablemateName, WhereAndWhen};
        assert!(is_personal(&[ReaderName, TablemateName, WhereAndWhen]));
        assert!(!is_personal(&[ReaderName, TablemateName, TablemateName]));
        assert!(!is_personal(&[ReaderName, Intention, WhereAndWhen]));
        assert!(!is_personal(&[TablemateName, SharedPassion, WhereAndWhen]));
    }
}
