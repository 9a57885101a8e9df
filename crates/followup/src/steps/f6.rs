//! F6, three months after: what to keep, what to slow down, what to let go.

use chrono::{DateTime, Utc};
use convivio_domain::PersonName;
use convivio_domain::prompt::{Input, Prompt};
use convivio_domain::words::{Reason, Step};

use super::{MOST_NAMES, Silent, Teller, own_action};
use crate::garden::{Cadence, Temperature, temperature};
use crate::people::{Kept, Story};
use crate::phrases::joined;

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    told(now, &Teller::of(Step::F6, story)).map_err(Reason::from)
}

fn told(now: DateTime<Utc>, teller: &Teller) -> Result<Prompt, Silent> {
    let kept = teller.story.nameable();
    if kept.is_empty() {
        return Err(Silent::Because(Reason::InsufficientContext));
    }
    let mut opening = vec![teller.recalling("opening", &teller.names(&kept))?];
    // Until the reader says how often, a month without a word is a while.
    let every = |kept: &Kept| kept.every.or(Cadence::of_months(1)).unwrap_or_default();
    let quiet: Vec<&Kept> =
        kept.iter().copied().filter(|kept| temperature(now, kept.in_touch_at, every(kept)) != Temperature::Warm).collect();
    let contacts = teller.story.contacts.iter().filter(|contact| contact.is_cooling(now)).map(|contact| &contact.name);
    let names: Vec<&str> = quiet.into_iter().map(Kept::name).chain(contacts).map(PersonName::as_str).collect();
    if !names.is_empty() {
        opening.push(teller.say("quiet", &[("names", &joined(&names, MOST_NAMES, teller.locale))])?);
    }
    let days = (now - teller.story.event.starts_at).num_days();
    let subject = if (80..=100).contains(&days) { "subject" } else { "subject_later" };
    let inputs = vec![Input::ReaderName, Input::TablemateName, Input::WhereAndWhen];
    let choose = own_action("touch_cadence", teller.say("action", &[])?);
    let prompt = teller.prompt(&kept, teller.say(subject, &[])?, opening.join(" "), choose, inputs);
    Ok(Prompt { reflection: Some(teller.say("reflection", &[])?), ..prompt })
}
