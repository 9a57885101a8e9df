//! Whatever the schedule, nobody is written to too often, at the wrong hour, or without having come and agreed.
//!
//! A history is one reader, their events with prompts that fall due at any time, and a worker that wakes up when it likes. The checks know
//! nothing of how the rules work: they read the list of what was sent.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use convivio_domain::Timezone;
use convivio_domain::words::Reason;
use convivio_domain::words::Step;
use convivio_followup::pace::Pace;
use convivio_followup::plan::Planned;
use convivio_followup::rules::{Caps, Facts, Verdict, decide};
use convivio_followup::{due, window};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct History {
    zone: Timezone,
    caps: Caps,
    events: Vec<Event>,
    /// By how many minutes the worker oversleeps, over and over.
    naps: Vec<i64>,
}

#[derive(Clone, Debug)]
struct Event {
    zone: Timezone,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    attended: bool,
    consented: bool,
    unsubscribed: bool,
    address_refused: bool,
    /// F1's due time first, then other prompts', as hours after it.
    more: Vec<i64>,
}

struct Sent {
    event: usize,
    due_at: DateTime<Utc>,
    at: DateTime<Utc>,
}

impl History {
    /// Of all events: nobody on the way to one supper wants to be reminded of the last.
    fn days(&self) -> Vec<NaiveDate> {
        self.events.iter().flat_map(Event::days).collect()
    }
}

impl Event {
    fn days(&self) -> Vec<NaiveDate> {
        window::days_of_event(self.starts_at, self.ends_at, self.zone)
    }

    fn dues(&self, reader_zone: Timezone) -> Vec<DateTime<Utc>> {
        let f1 = due::of_step(Planned { step: Step::F1, days: 1 }, self.ends_at, self.zone, reader_zone);
        std::iter::once(0).chain(self.more.iter().copied()).map(|hours| f1 + TimeDelta::hours(hours)).collect()
    }

    fn may_write(&self) -> bool {
        self.attended && self.consented && !self.unsubscribed && !self.address_refused
    }
}

/// Lives through a history as the outbox does: whatever is due is asked for at every awakening, and sent or dropped as the rules say.
fn sent(history: &History) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    let prompts = history.events.iter().enumerate();
    let mut pending: Vec<_> = prompts.flat_map(|(i, event)| event.dues(history.zone).into_iter().map(move |due| (i, due))).collect();
    let days = history.days();
    let Some(mut now) = pending.iter().map(|(_, due)| *due).min() else { return sent };
    let mut naps = history.naps.iter().cycle();
    while !pending.is_empty() {
        let mut next: Option<DateTime<Utc>> = None;
        pending.retain(|&(i, due_at)| {
            let event = &history.events[i];
            let instants: Vec<_> = sent.iter().map(|mail| mail.at).collect();
            let facts = Facts {
                due_at,
                pace: Pace::AsPlanned,
                not_before: None,
                merges: false,
                in_audience: event.attended,
                consented: event.consented,
                stopped: false,
                unsubscribed: event.unsubscribed,
                suppressed: event.address_refused.then_some(Reason::AddressRefused),
                zone: history.zone,
                hours: window::Hours::default(),
                event_days: &days,
                sent: &instants,
                sent_for_event: sent.iter().filter(|mail| mail.event == i).count() as u16,
                caps: history.caps,
            };
            match decide(now, &facts) {
                Verdict::Send => {
                    sent.push(Sent { event: i, due_at, at: now });
                    false
                }
                Verdict::Wait(until) => {
                    assert!(until > now, "waiting leads on");
                    // With nothing else changed, the wait ends in a mail or in none, never in another wait.
                    assert!(!matches!(decide(until, &facts), Verdict::Wait(_)));
                    next = Some(next.map_or(until, |next| next.min(until)));
                    true
                }
                Verdict::Suppress(_) => false,
                moved => panic!("{moved:?}, though nothing slows it"),
            }
        });
        now = next.unwrap_or(now) + TimeDelta::minutes(*naps.next().expect("naps repeat"));
    }
    sent
}

fn zones() -> impl Strategy<Value = Timezone> {
    let names =
        ["Europe/Rome", "America/New_York", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];
    prop::sample::select(names.to_vec()).prop_map(|name| name.parse().expect("a zone"))
}

fn events() -> impl Strategy<Value = Event> {
    let start = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("an instant").to_utc();
    // Mostly people who came and agreed, or the histories would be empty.
    let fates = (prop::bool::weighted(0.9), prop::bool::weighted(0.9), prop::bool::weighted(0.05), prop::bool::weighted(0.05));
    let times = (0i64..90 * 24 * 60, 30i64..60 * 60);
    (zones(), times, fates, prop::collection::vec(0i64..90 * 24, 0..10)).prop_map(move |(zone, (from, long), fate, more)| {
        let starts_at = start + TimeDelta::minutes(from);
        let (attended, consented, unsubscribed, address_refused) = fate;
        let ends_at = starts_at + TimeDelta::minutes(long);
        Event { zone, starts_at, ends_at, attended, consented, unsubscribed, address_refused, more }
    })
}

fn histories() -> impl Strategy<Value = History> {
    let caps = (prop::option::of(0u16..20), prop::option::of(0u16..10)).prop_map(|(days, count)| Caps::default().tightened(days, count));
    let naps = prop::collection::vec(prop_oneof![Just(0), 0i64..90, 0i64..9 * 24 * 60], 1..8);
    (zones(), caps, prop::collection::vec(events(), 1..6), naps).prop_map(|(zone, caps, events, naps)| History { zone, caps, events, naps })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn sr_34_nobody_is_written_to_too_often_or_at_the_wrong_hour(history in histories()) {
        let sent = sent(&history);
        let local: Vec<_> = sent.iter().map(|mail| mail.at.with_timezone(&history.zone.0)).collect();

        for pair in local.windows(2) {
            let days = (pair[1].date_naive() - pair[0].date_naive()).num_days();
            prop_assert!(days >= 7 && days >= i64::from(history.caps.every_days()), "{} and {}", pair[0], pair[1]);
        }
        for (i, _) in history.events.iter().enumerate() {
            let mails = sent.iter().filter(|mail| mail.event == i).count();
            prop_assert!(mails <= 6 && mails <= usize::from(history.caps.per_event()), "{mails} mails");
        }
        for (mail, local) in sent.iter().zip(&local) {
            let event = &history.events[mail.event];
            prop_assert!((9..18).contains(&local.hour()), "{local}");
            prop_assert!(!matches!(local.weekday(), Weekday::Sat | Weekday::Sun), "{local}");
            prop_assert!(!history.days().contains(&local.date_naive()), "{local} is an event's day");
            prop_assert!(event.may_write(), "only people who came and agreed");
            prop_assert!(mail.at >= mail.due_at && mail.at > event.ends_at);
            let due = mail.due_at.with_timezone(&history.zone.0).date_naive();
            prop_assert!(local.date_naive() - due <= TimeDelta::days(7), "stale");
        }
    }

    /// The rules hold mail back; they do not lose it.
    #[test]
    fn sr_31_f1_arrives_on_the_next_working_day(event in events(), zone in zones()) {
        let event = Event { attended: true, consented: true, unsubscribed: false, address_refused: false, more: Vec::new(), ..event };
        let history = History { zone, caps: Caps::default(), events: vec![event.clone()], naps: vec![0] };
        let sent = sent(&history);
        prop_assert_eq!(sent.len(), 1);
        let (ended, arrived) = (event.ends_at.with_timezone(&event.zone.0).date_naive(), sent[0].at.with_timezone(&zone.0));
        let between = ended.iter_days().skip(1).take_while(|day| *day < arrived.date_naive());
        let working_days_between = between.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count();
        // One more only where ten o'clock on that day came before the end.
        let too_early = event.ends_at.with_timezone(&zone.0).date_naive() >= ended + Days::new(1);
        prop_assert!(working_days_between == 0 || (working_days_between == 1 && too_early), "{arrived}");
        prop_assert_eq!((arrived.hour(), arrived.minute()), (10, 0));
    }
}
