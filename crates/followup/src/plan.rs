//! Which steps an event's follow-up has, and on which days. An organizer may drop and move steps; the rules they cannot break.

use convivio_domain::Invalid;
use convivio_domain::words::Step;
use serde::{Deserialize, Serialize};

use crate::rules::Caps;

/// The follow-up of one event, of its staff's making. What is left out is as usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form")]
pub struct Plan {
    /// In the order of their days.
    steps: Vec<Planned>,
    #[serde(flatten)]
    caps: Caps,
}

/// A step, so many days after the date on which the event ended. F1 comes on the first working day after it, whatever stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Planned {
    pub step: Step,
    pub days: u16,
}

/// The last day on which a step may be planned: backing off doubles its gap at most, and the links of attendees work for 120 days.
pub const LAST_DAY: u16 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    steps: Vec<Planned>,
    every_days: Option<u16>,
    per_event: Option<u16>,
}

impl TryFrom<Form> for Plan {
    type Error = Invalid;
    fn try_from(form: Form) -> Result<Self, Invalid> {
        Self::new(form.steps, form.every_days, form.per_event).map_err(|(_, invalid)| invalid)
    }
}

impl Default for Plan {
    fn default() -> Self {
        let days = [(Step::F1, 1), (Step::N1, 2), (Step::F2, 8), (Step::F3, 18), (Step::F4, 30), (Step::F5, 60), (Step::F6, 90)];
        Self { steps: days.map(|(step, days)| Planned { step, days }).into(), caps: Caps::default() }
    }
}

impl Plan {
    /// A plan of these steps and no more, with caps as tight as the usual ones or tighter. The error says which of the fields it is about.
    pub fn new(steps: Vec<Planned>, every_days: Option<u16>, per_event: Option<u16>) -> Result<Self, (&'static str, Invalid)> {
        check(&steps).map_err(|invalid| ("/steps", invalid))?;
        let usual = Caps::default();
        if every_days.is_some_and(|days| days < usual.every_days() || days > LAST_DAY) {
            return Err(("/every_days", Invalid::new("out_of_range", "must be between 7 and 100: it may only be made longer")));
        }
        if per_event.is_some_and(|mails| mails > usual.per_event()) {
            return Err(("/per_event", Invalid::new("out_of_range", "must be between 0 and 6: it may only be made fewer")));
        }
        let mut steps = steps;
        steps.sort_by_key(|planned| planned.days);
        Ok(Self { steps, caps: usual.tightened(every_days, per_event) })
    }

    pub fn steps(&self) -> &[Planned] {
        &self.steps
    }

    pub fn caps(&self) -> Caps {
        self.caps
    }

    pub fn days(&self, step: Step) -> Option<u16> {
        self.steps.iter().find(|planned| planned.step == step).map(|planned| planned.days)
    }

    /// The steps of the ninety days that are left in it, in order.
    pub fn sequence(&self) -> impl Iterator<Item = Planned> {
        self.steps.iter().copied().filter(|planned| planned.step.is_of_sequence())
    }

    /// How many days lie between a step and the one before it; none for the first.
    pub(crate) fn gap(&self, step: Step) -> Option<u16> {
        let pairs = self.sequence().zip(self.sequence().skip(1));
        pairs.into_iter().find(|(_, next)| next.step == step).map(|(before, next)| next.days - before.days)
    }
}

fn check(steps: &[Planned]) -> Result<(), Invalid> {
    let is_planned = |step: Step| step.is_of_sequence() || step == Step::N1;
    if let Some(other) = steps.iter().find(|planned| !is_planned(planned.step)) {
        let detail = format!("{} comes by itself: only F1 to F6 and N1 are planned", other.step);
        return Err(Invalid::new("not_planned", detail));
    }
    if (1..steps.len()).any(|i| steps[..i].iter().any(|earlier| earlier.step == steps[i].step)) {
        return Err(Invalid::new("twice", "must name each step once"));
    }
    if steps.iter().any(|planned| planned.days == 0 || planned.days > LAST_DAY) {
        return Err(Invalid::new("out_of_range", "must be from 1 to 100 days after the event"));
    }
    let mut sequence: Vec<Planned> = steps.iter().copied().filter(|planned| planned.step.is_of_sequence()).collect();
    sequence.sort_by_key(|planned| planned.step);
    if sequence.first().is_some_and(|first| first.step != Step::F1) {
        return Err(Invalid::new("f1_missing", "must begin with F1: all the others are about the people it lets the reader choose"));
    }
    if sequence.first().is_some_and(|first| first.days != 1) {
        return Err(Invalid::new("f1_moved", "F1 comes one working day after the event: its days must be 1"));
    }
    let usual = i32::from(Caps::default().every_days());
    if sequence.windows(2).any(|pair| i32::from(pair[1].days) - i32::from(pair[0].days) < usual) {
        return Err(Invalid::new("too_close", "must keep F1 to F6 in their order, seven days apart or more"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(steps: &[(Step, u16)]) -> Result<Plan, &'static str> {
        let steps = steps.iter().map(|&(step, days)| Planned { step, days }).collect();
        Plan::new(steps, None, None).map_err(|(_, invalid)| invalid.code)
    }

    #[test]
    fn sr_48_the_usual_plan_is_ninety_days_and_follows_its_own_rules() {
        let usual = Plan::default();
        assert_eq!(Plan::new(usual.steps().to_vec(), None, None), Ok(usual.clone()));
        assert_eq!(usual.sequence().map(|planned| planned.step).collect::<Vec<_>>(), Step::SEQUENCE);
        assert_eq!(usual.days(Step::F6), Some(90));
        assert_eq!((usual.gap(Step::F1), usual.gap(Step::F2), usual.gap(Step::F6)), (None, Some(7), Some(30)));
    }

    #[test]
    fn steps_may_be_dropped_and_moved() {
        let short = plan(&[(Step::F1, 1), (Step::F4, 21)]).expect("a plan");
        assert_eq!(short.gap(Step::F4), Some(20));
        assert_eq!(short.days(Step::N1), None);
        assert!(plan(&[]).expect("no follow-up at all").steps().is_empty());
        assert!(plan(&[(Step::N1, 3)]).is_ok());
    }

    #[test]
    fn the_rules_cannot_be_broken() {
        assert_eq!(plan(&[(Step::F2, 8)]), Err("f1_missing"));
        assert_eq!(plan(&[(Step::F1, 3)]), Err("f1_moved"));
        assert_eq!(plan(&[(Step::F1, 1), (Step::F2, 7)]), Err("too_close"));
        assert_eq!(plan(&[(Step::F1, 1), (Step::F3, 8), (Step::F2, 18)]), Err("too_close"));
        assert_eq!(plan(&[(Step::F1, 1), (Step::F1, 1)]), Err("twice"));
        assert_eq!(plan(&[(Step::F1, 1), (Step::F6, 101)]), Err("out_of_range"));
        assert_eq!(plan(&[(Step::F1, 1), (Step::C, 30)]), Err("not_planned"));
        let capped = |days, mails| Plan::new(Plan::default().steps, days, mails).map_err(|(pointer, _)| pointer);
        assert_eq!(capped(Some(6), None), Err("/every_days"));
        assert_eq!(capped(None, Some(7)), Err("/per_event"));
        assert_eq!(capped(Some(14), Some(3)).expect("tighter").caps(), Caps::default().tightened(Some(14), Some(3)));
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let plan = Plan::new(Plan::default().steps, Some(10), Some(4)).expect("a plan");
        let kept = toml::to_string(&plan).expect("words");
        assert_eq!(toml::from_str::<Plan>(&kept).expect("a plan"), plan);
    }
}
