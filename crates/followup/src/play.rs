//! Playing follow-up forward without sending anything: what the rules would do on which day, if the reader answered like this.
//!
//! It is the same decision, asked at the same moments, as when prompts are really sent.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use convivio_domain::Timezone;
use convivio_domain::words::{Reason, Step};

use crate::due;
use crate::pace::{self, Sent};
use crate::plan::Plan;
use crate::rules::{Caps, Facts, Verdict, decide};
use crate::window::Hours;

/// The follow-up of one event for one reader, with what stands in its way.
#[derive(Clone, Debug)]
pub struct Sequence<'a> {
    pub plan: &'a Plan,
    /// Those of the plan, or the reader's own where they are tighter.
    pub caps: Caps,
    pub ends_at: DateTime<Utc>,
    pub event_zone: Timezone,
    /// The steps are for somebody who came, or for somebody who did not.
    pub came: bool,
    pub consented: bool,
    pub stopped: bool,
    pub unsubscribed: bool,
    pub suppressed: Option<Reason>,
    pub paused_until: Option<DateTime<Utc>>,
}

/// What happens to one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Which of the sequences.
    pub sequence: usize,
    pub step: Step,
    pub at: DateTime<Utc>,
    /// Why nothing is sent; `None` when it is.
    pub silent: Option<Reason>,
}

/// The reader, as the rules see them.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    pub zone: Timezone,
    /// When mails may arrive.
    pub hours: Hours,
    /// Days of all their events, by their own calendar.
    pub event_days: &'a [NaiveDate],
}

/// What a reader does with a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// Nothing.
    Silence,
    /// An answer, and whether they keep somebody from then on.
    Answer { keeps: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    due_at: DateTime<Utc>,
    step: Step,
    sequence: usize,
    /// From here it can be late.
    first_due_at: DateTime<Utc>,
}

/// Everything that happens, in its order, when the reader does with each prompt what `answers` says.
pub fn play(person: Person, sequences: &[Sequence], mut answers: impl FnMut(usize, Step) -> Response) -> Vec<Moment> {
    let mut waiting: BTreeSet<Waiting> = BTreeSet::new();
    for (sequence, of) in sequences.iter().enumerate() {
        for planned in of.plan.steps().iter().filter(|planned| (planned.step == Step::N1) != of.came) {
            let due_at = due::of_step(*planned, of.ends_at, of.event_zone, person.zone);
            waiting.insert(Waiting { due_at, step: planned.step, sequence, first_due_at: due_at });
        }
    }
    let mut moments: Vec<Moment> = Vec::new();
    let mut sent: Vec<(usize, Sent)> = Vec::new();
    let mut keeps = vec![false; sequences.len()];
    while let Some(next) = waiting.pop_first() {
        let of = &sequences[next.sequence];
        let now = next.due_at;
        let before: Vec<Sent> = sent.iter().filter(|(sequence, _)| *sequence == next.sequence).map(|(_, sent)| *sent).collect();
        let later = |other: &Waiting| other.sequence == next.sequence && other.step > next.step && other.due_at <= now;
        let earlier = |other: &&Waiting| other.sequence == next.sequence && other.step < next.step && other.due_at > now;
        let left: Vec<DateTime<Utc>> = sent.iter().map(|(_, sent)| sent.at).collect();
        let facts = Facts {
            due_at: next.first_due_at,
            pace: pace::of(next.step, next.first_due_at, of.plan, &before, keeps[next.sequence], person.zone),
            not_before: waiting.iter().filter(earlier).map(|one| one.due_at).max().max(of.paused_until),
            merges: pace::may_be_merged(next.step) && waiting.iter().any(later),
            in_audience: true,
            consented: of.consented,
            stopped: of.stopped,
            unsubscribed: of.unsubscribed,
            suppressed: of.suppressed,
            zone: person.zone,
            hours: person.hours,
            event_days: person.event_days,
            sent: &left,
            sent_for_event: u16::try_from(before.len()).unwrap_or(u16::MAX),
            caps: of.caps,
        };
        let mut happens = |silent| moments.push(Moment { sequence: next.sequence, step: next.step, at: now, silent });
        match decide(now, &facts) {
            Verdict::Wait(until) => {
                waiting.insert(Waiting { due_at: until, ..next });
            }
            Verdict::Move(until) => {
                waiting.insert(Waiting { due_at: until, first_due_at: until, ..next });
            }
            Verdict::Suppress(reason) => happens(Some(reason)),
            Verdict::Close(reason) => {
                happens(Some(reason));
                waiting.retain(|other| other.sequence != next.sequence);
                waiting.insert(Waiting { step: Step::Stop, first_due_at: now, ..next });
            }
            Verdict::Send => {
                happens(None);
                let answered = match answers(next.sequence, next.step) {
                    Response::Silence => false,
                    Response::Answer { keeps: now_keeps } => {
                        keeps[next.sequence] |= now_keeps;
                        true
                    }
                };
                sent.push((next.sequence, Sent { step: next.step, at: now, answered }));
            }
        }
    }
    moments
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Days, Timelike, Weekday};
    use proptest::prelude::*;

    use super::*;
    use crate::plan::Planned;
    use crate::samples::{at, zone};
    use crate::window;

    const END: &str = "2026-03-12T21:00:00Z";

    fn sequence(plan: &Plan) -> Sequence<'_> {
        Sequence {
            plan,
            caps: plan.caps(),
            ends_at: at(END),
            event_zone: zone("Europe/Rome"),
            came: true,
            consented: true,
            stopped: false,
            unsubscribed: false,
            suppressed: None,
            paused_until: None,
        }
    }

    fn rome(event_days: &[NaiveDate]) -> Person<'_> {
        Person { zone: zone("Europe/Rome"), hours: Hours::default(), event_days }
    }

    /// What is sent on which day.
    fn sent(moments: &[Moment]) -> Vec<(Step, String)> {
        let day = |at: DateTime<Utc>| at.format("%m-%d").to_string();
        moments.iter().filter(|moment| moment.silent.is_none()).map(|moment| (moment.step, day(moment.at))).collect()
    }

    fn days(expected: &[(Step, &str)]) -> Vec<(Step, String)> {
        expected.iter().map(|(step, day)| (*step, (*day).to_owned())).collect()
    }

    const KEEPS: Response = Response::Answer { keeps: true };

    #[test]
    fn sr_30_sr_48_ninety_days_of_somebody_who_answers() {
        let played = play(rome(&[]), &[sequence(&Plan::default())], |_, _| KEEPS);
        let expected = [
            (Step::F1, "03-13"),
            (Step::F2, "03-20"),
            (Step::F3, "03-30"),
            // Day 30 is a Saturday.
            (Step::F4, "04-13"),
            (Step::F5, "05-11"),
            (Step::F6, "06-10"),
        ];
        assert_eq!(sent(&played), days(&expected));
        assert!(played.iter().all(|moment| moment.silent.is_none()));
    }

    #[test]
    fn sr_34_somebody_who_never_answers_gets_three_mails_and_a_last_one() {
        let mut keeps = false;
        let played = play(rome(&[]), &[sequence(&Plan::default())], |_, step| {
            // F1 is answered, so that somebody is kept; what follows is not.
            keeps |= step == Step::F1;
            if step == Step::F1 { KEEPS } else { Response::Silence }
        });
        // F2 and F3 without an answer: from F3 to F4 twelve days become twenty-four, from F4 to F5 thirty become sixty.
        let expected = [(Step::F1, "03-13"), (Step::F2, "03-20"), (Step::F3, "03-30"), (Step::F4, "04-23"), (Step::Stop, "06-22")];
        assert_eq!(sent(&played), days(&expected));
        assert_eq!(played[4].silent, Some(Reason::Unanswered));
    }

    #[test]
    fn somebody_who_chooses_nobody_is_asked_once_more() {
        let played = play(rome(&[]), &[sequence(&Plan::default())], |_, _| Response::Answer { keeps: false });
        assert_eq!(sent(&played), days(&[(Step::F1, "03-13"), (Step::F2, "03-20"), (Step::Stop, "03-30")]));
    }

    #[test]
    fn what_falls_into_a_pause_comes_after_it_as_one() {
        let plan = Plan::default();
        let paused = Sequence { paused_until: Some(at("2026-04-15T08:00:00Z")), ..sequence(&plan) };
        let played = play(rome(&[]), &[paused], |_, _| KEEPS);
        // F1 is not merged away: it is what all others are about.
        let expected = [(Step::F1, "04-15"), (Step::F4, "04-22"), (Step::F5, "05-11"), (Step::F6, "06-10")];
        assert_eq!(sent(&played), days(&expected));
        let merged: Vec<Step> = played.iter().filter(|one| one.silent == Some(Reason::Merged)).map(|one| one.step).collect();
        assert_eq!(merged, [Step::F2, Step::F3]);
    }

    #[test]
    fn a_step_that_was_slowed_is_not_overtaken() {
        let days = [(Step::F1, 1), (Step::F3, 8), (Step::F4, 18), (Step::F5, 31), (Step::F6, 41)];
        let plan = Plan::new(days.map(|(step, days)| Planned { step, days }).into(), None, None).expect("a plan");
        // F3 and F4 without an answer: F5 would come on day 44, after F6. It gives way instead.
        let played = play(rome(&[]), &[sequence(&plan)], |_, step| if step == Step::F1 { KEEPS } else { Response::Silence });
        let sent: Vec<Step> = played.iter().filter(|one| one.silent.is_none()).map(|one| one.step).collect();
        assert_eq!(sent, [Step::F1, Step::F3, Step::F4, Step::F6], "{played:?}");
        assert!(played.iter().any(|one| (one.step, one.silent) == (Step::F5, Some(Reason::Merged))), "{played:?}");
    }

    #[test]
    fn sr_34_two_overlapping_events_share_one_week() {
        let plan = Plan::default();
        let second = Sequence { ends_at: at("2026-03-17T21:00:00Z"), ..sequence(&plan) };
        let played = play(rome(&[]), &[sequence(&plan), second], |_, _| KEEPS);
        let dates: Vec<NaiveDate> = played.iter().filter(|one| one.silent.is_none()).map(|one| one.at.date_naive()).collect();
        assert!(dates.windows(2).all(|pair| pair[1] - pair[0] >= chrono::TimeDelta::days(7)), "{dates:?}");
    }

    fn plans() -> impl Strategy<Value = Plan> {
        let shift = prop::collection::vec((any::<bool>(), 0..4_u16), 5);
        (shift, prop::option::of(7..30_u16), prop::option::of(0..=6_u16)).prop_map(|(shift, every, most)| {
            let mut steps = vec![Planned { step: Step::F1, days: 1 }, Planned { step: Step::N1, days: 2 }];
            let mut day = 1;
            for (step, (there, more)) in Step::SEQUENCE[1..].iter().zip(shift) {
                if there {
                    day += 7 + more * 3;
                    steps.push(Planned { step: *step, days: day });
                }
            }
            Plan::new(steps, every, most).expect("a plan that keeps the rules")
        })
    }

    const ZONES: [&str; 6] =
        ["Europe/Rome", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Honolulu", "Africa/Casablanca"];

    proptest! {
        /// Whatever the plans, zones, days and answers of up to three events: nobody has more than one mail a week, none outside the window,
        /// and never more of one event than it may send.
        #[test]
        fn sr_34_no_schedule_breaks_cap_or_window(
            plans in prop::collection::vec(plans(), 1..4),
            ends in prop::collection::vec(0..60_u64, 3),
            hour in 0..24_i64,
            zones in (0..ZONES.len(), 0..ZONES.len()),
            answers in prop::collection::vec(0..3_u8, 40),
            pause in prop::option::of(0..80_u64),
            came in any::<bool>(),
        ) {
            let (reader, event_zone) = (zone(ZONES[zones.0]), zone(ZONES[zones.1]));
            let start = at("2026-02-20T00:00:00Z") + chrono::TimeDelta::hours(hour);
            let sequences: Vec<Sequence> = plans.iter().zip(&ends).map(|(plan, days)| Sequence {
                ends_at: start + Days::new(*days),
                event_zone,
                came,
                paused_until: pause.map(|days| start + Days::new(days)),
                ..sequence(plan)
            }).collect();
            let event_days: Vec<NaiveDate> =
                sequences.iter().flat_map(|one| window::days_of_event(one.ends_at, one.ends_at, event_zone)).collect();
            let mut turn = 0;
            let played = play(Person { zone: reader, hours: Hours::default(), event_days: &event_days }, &sequences, |_, _| {
                turn += 1;
                match answers[turn % answers.len()] {
                    0 => Response::Silence,
                    1 => Response::Answer { keeps: false },
                    _ => KEEPS,
                }
            });
            let sent: Vec<Moment> = played.iter().copied().filter(|moment| moment.silent.is_none()).collect();
            for moment in &sent {
                let local = moment.at.with_timezone(&reader.0);
                prop_assert!((9..18).contains(&local.hour()), "{local}");
                prop_assert!(!matches!(local.weekday(), Weekday::Sat | Weekday::Sun) && !event_days.contains(&local.date_naive()));
                prop_assert!(moment.at > sequences[moment.sequence].ends_at);
            }
            for pair in sent.windows(2) {
                let date = |moment: &Moment| moment.at.with_timezone(&reader.0).date_naive();
                let every = plans[pair[1].sequence].caps().every_days();
                prop_assert!(date(&pair[1]) - date(&pair[0]) >= chrono::TimeDelta::days(every.into()), "{pair:?}");
            }
            for (i, plan) in plans.iter().enumerate() {
                let of_event: Vec<&Moment> = sent.iter().filter(|moment| moment.sequence == i).collect();
                prop_assert!(of_event.len() <= usize::from(plan.caps().per_event()));
                // A closing note is the last word, and every step comes once.
                let steps: Vec<Step> = of_event.iter().map(|moment| moment.step).collect();
                prop_assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
            }
            prop_assert!(played.len() <= plans.iter().map(|plan| plan.steps().len() + 1).sum());
        }

        /// Never four prompts of one event in a row to somebody who answers none of them, nor three without a longer gap.
        #[test]
        fn sr_34_who_does_not_answer_is_left_alone(plan in plans(), from in 0..6_usize) {
            let mut asked = 0;
            let played = play(rome(&[]), &[sequence(&plan)], |_, _| {
                asked += 1;
                if asked <= from { KEEPS } else { Response::Silence }
            });
            let silent = played.iter().filter(|one| one.silent.is_none() && one.step != Step::Stop).count().saturating_sub(from);
            prop_assert!(silent <= 3, "{played:?}");
        }
    }
}
