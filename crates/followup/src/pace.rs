//! Rule 6: whom nobody answers writes less, and then stops.
//!
//! - After two prompts in a row without an answer the next gap is twice as long.
//! - After three no prompt comes any more: when the next one would have come, a note closes the sequence.
//! - Who chose nobody is asked once more (F2), and then the sequence closes too.
//!
//! Acting on a prompt, putting it aside and putting it off are all answers.

use chrono::{DateTime, Days, Utc};
use convivio_domain::Timezone;
use convivio_domain::words::{Reason, Step};

use crate::due;
use crate::plan::Plan;

/// A prompt that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub step: Step,
    pub at: DateTime<Utc>,
    pub answered: bool,
}

/// What the answers so far make of the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    AsPlanned,
    /// The gap is twice as long: the step counts as due at this instant.
    NotBefore(DateTime<Utc>),
    /// At this instant a note closes the sequence instead.
    Close(DateTime<Utc>, Reason),
}

/// So many prompts without an answer double the gap.
const DOUBLES: usize = 2;
/// So many stop the sequence.
const STOPS: usize = 3;

/// How `step`, due on `planned_at` by the plan, goes on from what was `sent` of the same sequence, oldest first. `kept` says whether the reader
/// keeps anybody it could be about.
pub fn of(step: Step, planned_at: DateTime<Utc>, plan: &Plan, sent: &[Sent], kept: bool, zone: Timezone) -> Pace {
    // A last word, and one to who was not there, have nothing before them that could be answered.
    if matches!(step, Step::Stop | Step::N1) {
        return Pace::AsPlanned;
    }
    let unanswered = sent.iter().rev().take_while(|one| !one.answered).count();
    let slowed = match (sent.last(), plan.gap(step)) {
        (Some(last), Some(gap)) if unanswered >= DOUBLES => {
            let date = last.at.with_timezone(&zone.0).date_naive() + Days::new(2 * u64::from(gap));
            due::at_ten(date, zone).max(planned_at)
        }
        _ => planned_at,
    };
    if unanswered >= STOPS {
        return Pace::Close(slowed, Reason::Unanswered);
    }
    // Whom they keep is asked by F1 and once more by whatever comes after it.
    let asked_twice = sent.iter().filter(|one| one.step.is_of_sequence()).count() >= 2;
    if !kept && asked_twice {
        return Pace::Close(slowed, Reason::NobodyChosen);
    }
    if slowed > planned_at { Pace::NotBefore(slowed) } else { Pace::AsPlanned }
}

/// Whether a prompt may give way to a later one of the same sequence that is due as well. All others are about the people F1 lets the reader choose, so
/// they wait for it.
pub fn may_be_merged(step: Step) -> bool {
    step != Step::F1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, zone};

    const ZONE: &str = "Europe/Rome";

    /// F1 on 13 March, F2 on the 20th, F3 on the 30th, F4 on 11 April, as far as there are answers.
    fn sent(answers: &[bool]) -> Vec<Sent> {
        let left = [(Step::F1, "2026-03-13T09:00:00Z"), (Step::F2, "2026-03-20T09:00:00Z"), (Step::F3, "2026-03-30T08:00:00Z")];
        answers.iter().zip(left).map(|(&answered, (step, left))| Sent { step, at: at(left), answered }).collect()
    }

    fn pace(step: Step, planned: &str, answers: &[bool], kept: bool) -> Pace {
        of(step, at(planned), &Plan::default(), &sent(answers), kept, zone(ZONE))
    }

    #[test]
    fn sr_34_two_without_an_answer_double_the_gap() {
        let f3 = "2026-03-30T08:00:00Z";
        assert_eq!(pace(Step::F3, f3, &[true, false], true), Pace::AsPlanned);
        // Ten days between F2 and F3 become twenty; the clocks change in between, and ten stays ten.
        assert_eq!(pace(Step::F3, f3, &[false, false], true), Pace::NotBefore(at("2026-04-09T08:00:00Z")));
        // An answer ends it.
        assert_eq!(pace(Step::F4, "2026-04-11T08:00:00Z", &[false, false, true], true), Pace::AsPlanned);
    }

    #[test]
    fn sr_34_three_without_an_answer_close_the_sequence_when_the_next_would_have_come() {
        // Twelve days between F3 and F4, doubled.
        let closes = at("2026-04-23T08:00:00Z");
        assert_eq!(pace(Step::F4, "2026-04-11T08:00:00Z", &[false, false, false], true), Pace::Close(closes, Reason::Unanswered));
    }

    #[test]
    fn who_chose_nobody_is_asked_once_more_and_then_left_alone() {
        assert_eq!(pace(Step::F2, "2026-03-20T09:00:00Z", &[true], false), Pace::AsPlanned);
        let f3 = at("2026-03-30T08:00:00Z");
        assert_eq!(pace(Step::F3, "2026-03-30T08:00:00Z", &[true, true], false), Pace::Close(f3, Reason::NobodyChosen));
        assert_eq!(pace(Step::F3, "2026-03-30T08:00:00Z", &[true, true], true), Pace::AsPlanned);
    }
}
