//! F4, a month after: how is it going? Three small questions for the reader alone, and an ask where something was given.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{Action, Input, Prompt};
use convivio_domain::words::{Ask, Reason, Step};

use super::{Silent, Teller, action, first, own_action};
use crate::asks::{Gate, gate};
use crate::gifts::{self, Kind};
use crate::people::{Kept, Story};

/// A prompt offers at most two alternatives.
const MOST_ASKS: usize = 2;

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    told(now, &Teller::of(Step::F4, story)).map_err(Reason::from)
}

fn told(now: DateTime<Utc>, teller: &Teller) -> Result<Prompt, Silent> {
    let kept = teller.story.nameable();
    if kept.is_empty() {
        return Err(Silent::Because(Reason::InsufficientContext));
    }
    let names = teller.names(&kept);
    let mut opening = vec![teller.recalling("opening", &names)?];
    opening.extend(teller.intention()?);
    opening.push(teller.say("yours", &[])?);
    let ask = |kept: &&Kept| {
        // The heavier the ask, the more was given before: it begins with a piece of advice, and goes on to an honest opinion.
        let ask = if kept.asked_at.is_none() { Ask::Advice } else { Ask::Feedback };
        action(gifts::one(Kind::Ask, ask.as_str(), &first(kept.name()), teller.locale), &[*kept])
    };
    let of_gate = |wanted: Gate| kept.iter().filter(move |kept| gate(now, kept) == wanted).map(ask);
    let alternatives: Vec<Action> = of_gate(Gate::Open).take(MOST_ASKS).collect();
    let locked_asks: Vec<Action> = of_gate(Gate::GiveFirst).collect();
    let mut inputs = vec![Input::ReaderName, Input::TablemateName, Input::WhereAndWhen];
    inputs.extend(teller.story.reader.intention.as_ref().map(|_| Input::Intention));
    let subject = teller.say("subject", &[("names", &names)])?;
    let check = own_action("touch_check", teller.say("action", &[])?);
    Ok(Prompt {
        alternatives,
        locked_asks,
        reflection: Some(teller.say("reflection", &[])?),
        ..teller.prompt(&kept, subject, opening.join(" "), check, inputs)
    })
}
