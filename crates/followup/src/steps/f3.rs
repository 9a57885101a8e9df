//! F3, about two weeks after: something small together, from what both love; a light touch where nothing is shared.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{Input, Prompt};
use convivio_domain::words::{Reason, Step, Touch};

use super::{About, Silent, Teller, action, first};
use crate::families::{self, Family};
use crate::gifts::{self, Gift, Kind};
use crate::people::{Kept, Story};
use crate::phrases::in_sentence;

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    told(now, &Teller::of(Step::F3, story)).map_err(Reason::from)
}

fn told(now: DateTime<Utc>, teller: &Teller) -> Result<Prompt, Silent> {
    let story = teller.story;
    // Somebody the last prompts were not about, if there is one; then somebody with whom a passion is shared.
    let order = |kept: &Kept, about: &About| (story.has_spoken_of(kept), about.passion().is_none());
    let (kept, about) = story.most_fitting(now, Some(Input::SharedPassion), order)?;
    let (name, event) = (first(kept.name()), teller.event());
    let (subject, draft, [idea, alternatives @ ..]) = match about.passion() {
        Some(shared) => {
            let passion = in_sentence(&shared.label);
            let subject = teller.say("subject", &[("passion", &passion)])?;
            let draft = teller.say("draft", &[("name", &name), ("event", &event), ("passion", &passion)])?;
            let [one, other] = families::activities(&Family::of(shared), &name, teller.locale);
            (subject, draft, [one, other, touch(teller, Touch::Question, &name)])
        }
        None => {
            let touches = [Touch::Question, Touch::Article, Touch::Comment].map(|one| touch(teller, one, &name));
            let draft = teller.say("draft_touch", &[("name", &name), ("event", &event)])?;
            (teller.say("subject_touch", &[("name", &name)])?, draft, touches)
        }
    };
    Ok(Prompt {
        alternatives: alternatives.into_iter().map(|idea| action(idea, &[kept])).collect(),
        draft: Some(draft),
        common_ground: about.common_ground,
        ..teller.prompt(&[kept], subject, about.opening.join(" "), action(idea, &[kept]), about.inputs)
    })
}

fn touch(teller: &Teller, touch: Touch, name: &str) -> Gift {
    gifts::one(Kind::Touch, touch.as_str(), name, teller.locale)
}
