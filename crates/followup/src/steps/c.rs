//! C, as often as the reader chose: up to three people who are growing distant, and one idea for each. Light touches and things to do together
//! take turns.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{Action, Prompt};
use convivio_domain::words::{Give, Reason, SharedStep, Step, Touch};

use super::{About, Silent, Teller, about, action, first};
use crate::families::{self, Family};
use crate::garden::{Temperature, temperature};
use crate::gifts::{self, Kind};
use crate::people::{Kept, Story};

/// So many people in one mail: an action, and two alternatives.
const MOST_PEOPLE: usize = 3;

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    told(now, &Teller::of(Step::C, story)).map_err(Reason::from)
}

fn told(now: DateTime<Utc>, teller: &Teller) -> Result<Prompt, Silent> {
    let story = teller.story;
    let is_cooling = |kept: &&Kept| kept.every.is_some_and(|every| temperature(now, kept.in_touch_at, every) != Temperature::Warm);
    // Whoever was in touch lately is warm, and so not among them.
    let mut cooling: Vec<&Kept> = story.nameable().into_iter().filter(is_cooling).collect();
    cooling.sort_by_key(|kept| kept.in_touch_at);
    cooling.truncate(MOST_PEOPLE);
    let mut known = Vec::new();
    for kept in &cooling {
        known.push(about(now, story, kept, None)?);
    }
    let ideas = cooling.iter().zip(&known).enumerate().map(|(i, (kept, about))| idea(teller, kept, about, story.before + i));
    let mut ideas = ideas.collect::<Vec<_>>().into_iter();
    // The one who was out of touch longest leads.
    let (Some(longest), Some(first_idea), Some(known)) = (cooling.first(), ideas.next(), known.into_iter().next()) else {
        return Err(Silent::Because(Reason::InTouch));
    };
    let subject = teller.say("subject", &[("names", &teller.names(&cooling))])?;
    let mut opening = known.opening;
    if cooling.len() > 1 {
        opening.insert(0, teller.say("some", &[("names", &teller.names(&cooling))])?);
    }
    let draft = teller.say("draft", &[("name", &first(longest.name())), ("event", &teller.event())])?;
    Ok(Prompt {
        alternatives: ideas.collect(),
        draft: Some(draft),
        common_ground: known.common_ground,
        ..teller.prompt(&cooling, subject, opening.join(" "), first_idea, known.inputs)
    })
}

/// What to do for one person, when it is the `turn`th idea.
fn idea(teller: &Teller, kept: &Kept, about: &About, turn: usize) -> Action {
    let name = first(kept.name());
    let one = |kind, code: &str| action(gifts::one(kind, code, &name, teller.locale), &[kept]);
    let lightly = [Touch::Question, Touch::Article, Touch::Comment][turn / 2 % 3];
    if turn.is_multiple_of(2) {
        return one(Kind::Touch, lightly.as_str());
    }
    match about.passion() {
        Some(shared) => action(families::activities(&Family::of(shared), &name, teller.locale)[turn / 2 % 2].clone(), &[kept]),
        None if about.need.is_some() => one(Kind::Give, Give::Resource.as_str()),
        None => one(Kind::Step, [SharedStep::Coffee, SharedStep::Walk][turn / 2 % 2].as_str()),
    }
}
