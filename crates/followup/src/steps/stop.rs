//! The note that closes a sequence nobody answers. It asks for nothing, and the door stays open.

use convivio_domain::prompt::{Input, Prompt, Recall};
use convivio_domain::words::{Reason, Step};

use super::{MOST_NAMES, Silent, Teller, at_no_table, own_action, recalled};
use crate::people::{Story, Tablemate};
use crate::phrases::joined;

pub(super) fn compose(story: &Story) -> Result<Prompt, Reason> {
    told(&Teller::of(Step::Stop, story)).map_err(Reason::from)
}

fn told(teller: &Teller) -> Result<Prompt, Silent> {
    let met: Vec<&Tablemate> = teller.story.met.iter().filter(|mate| mate.may_be_named()).collect();
    if met.is_empty() {
        return Err(Silent::Because(Reason::InsufficientContext));
    }
    let names: Vec<&str> = met.iter().map(|mate| mate.profile.name.as_str()).collect();
    let key = if at_no_table(&met) { "opening_there" } else { "opening" };
    let opening = teller.recalling(key, &joined(&names, MOST_NAMES, teller.locale))?;
    let later = own_action("touch_later", teller.say("action", &[])?);
    let inputs = vec![Input::ReaderName, Input::TablemateName, Input::WhereAndWhen];
    // Whom it names is told with it: who is forgotten vanishes from it, too.
    let recall = Recall { people: met.iter().map(|mate| recalled(mate)).collect() };
    // Nothing to do, so nothing to answer.
    Ok(Prompt { recall, choices: Vec::new(), ..teller.prompt(&[], teller.say("subject", &[])?, opening, later, inputs) })
}
