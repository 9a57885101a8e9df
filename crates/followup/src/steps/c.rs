//! C, as often as the reader chose: up to three people who are growing distant, and one idea for each. Light touches and things to do together
//! take turns.

use chrono::{DateTime, Utc};
use convivio_domain::PersonName;
use convivio_domain::prompt::{Action, CommonGround, Input, Prompt};
use convivio_domain::words::{Give, Reason, SharedStep, Step, Touch};

use super::{About, MOST_NAMES, Silent, Teller, about, action, first};
use crate::copy::{Missing, language, say};
use crate::families::{self, Family};
use crate::garden::{Temperature, temperature};
use crate::gifts::{self, Kind};
use crate::people::{Contact, Kept, Story};
use crate::phrases::{date, isolated, joined, quotation};

/// So many people in one mail: an action, and two alternatives.
const MOST_PEOPLE: usize = 3;

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    told(now, &Teller::of(Step::C, story)).map_err(Reason::from)
}

fn told(now: DateTime<Utc>, teller: &Teller) -> Result<Prompt, Silent> {
    let story = teller.story;
    // Whoever was in touch lately is warm, and so not among them.
    let kept = story.nameable().into_iter().filter(|kept| is_cooling(now, kept)).map(Distant::Kept);
    let contacts = story.contacts.iter().filter(|contact| contact.is_cooling(now)).map(Distant::Contact);
    let mut cooling: Vec<Distant> = kept.chain(contacts).collect();
    cooling.sort_by_key(|one| one.in_touch_at());
    cooling.truncate(MOST_PEOPLE);
    let mut known = Vec::new();
    for one in &cooling {
        known.push(one.about(now, teller)?);
    }
    let ideas = cooling.iter().zip(&known).enumerate().map(|(i, (one, about))| idea(teller, *one, about, story.before + i));
    let mut ideas = ideas.collect::<Vec<_>>().into_iter();
    // The one who was out of touch longest leads.
    let (Some(longest), Some(first_idea), Some(known)) = (cooling.first(), ideas.next(), known.into_iter().next()) else {
        return Err(Silent::Because(Reason::InTouch));
    };
    let names: Vec<&str> = cooling.iter().map(|one| one.name().as_str()).collect();
    let names = joined(&names, MOST_NAMES, teller.locale);
    let subject = teller.say("subject", &[("names", &names)])?;
    let mut opening = known.opening;
    if cooling.len() > 1 {
        opening.insert(0, teller.say("some", &[("names", &names)])?);
    }
    let name = first(longest.name());
    let draft = match longest {
        Distant::Kept(kept) if kept.introduced_by.is_none() => {
            teller.say("draft", &[("name", &name), ("event", &isolated(&kept.event.title))])?
        }
        // They shared no evening to think back to.
        _ => teller.say("draft_contact", &[("name", &name)])?,
    };
    let met: Vec<&Kept> = cooling.iter().filter_map(|one| one.kept()).collect();
    Ok(Prompt {
        alternatives: ideas.collect(),
        draft: Some(draft),
        common_ground: known.common_ground,
        ..teller.prompt(&met, subject, opening.join(" "), first_idea, known.inputs)
    })
}

fn is_cooling(now: DateTime<Utc>, kept: &Kept) -> bool {
    kept.every.is_some_and(|every| temperature(now, kept.in_touch_at, every) != Temperature::Warm)
}

/// Somebody who is growing distant: one the reader met and keeps, or a contact of their own.
#[derive(Clone, Copy)]
enum Distant<'a> {
    Kept(&'a Kept),
    Contact(&'a Contact),
}

impl<'a> Distant<'a> {
    fn kept(self) -> Option<&'a Kept> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::Contact(_) => None,
        }
    }

    fn name(self) -> &'a PersonName {
        match self {
            Self::Kept(kept) => kept.name(),
            Self::Contact(contact) => &contact.name,
        }
    }

    fn in_touch_at(self) -> DateTime<Utc> {
        match self {
            Self::Kept(kept) => kept.in_touch_at,
            Self::Contact(contact) => contact.in_touch_at,
        }
    }

    fn about(self, now: DateTime<Utc>, teller: &Teller) -> Result<About, Missing> {
        match self {
            Self::Kept(kept) => about(now, teller.story, kept, None),
            Self::Contact(contact) => about_contact(contact, teller),
        }
    }
}

/// Of a contact nothing is known but what the reader wrote.
fn about_contact(contact: &Contact, teller: &Teller) -> Result<About, Missing> {
    let day = date(contact.in_touch_at, teller.story.event.zone, teller.locale)?;
    let mut opening = vec![teller.say("contact", &[("name", &isolated(contact.name.as_str())), ("date", &day)])?];
    let mut inputs = vec![Input::ReaderName, Input::ContactName, Input::LastContact];
    if let Some(note) = &contact.note {
        opening.push(say(&language(teller.locale).about, "note", &[("note", &quotation(note.as_str()))])?);
        inputs.push(Input::OwnNote);
    }
    Ok(About { opening, common_ground: CommonGround::default(), need: None, inputs })
}

/// What to do for one person, when it is the `turn`th idea.
fn idea(teller: &Teller, person: Distant, about: &About, turn: usize) -> Action {
    let name = first(person.name());
    let one = |kind, code: &str| gifts::one(kind, code, &name, teller.locale);
    let lightly = [Touch::Question, Touch::Article, Touch::Comment][turn / 2 % 3];
    let gift = match about.passion() {
        _ if turn.is_multiple_of(2) => one(Kind::Touch, lightly.as_str()),
        Some(shared) => families::activities(&Family::of(shared), &name, teller.locale)[turn / 2 % 2].clone(),
        None if about.need.is_some() => one(Kind::Give, Give::Resource.as_str()),
        None => one(Kind::Step, [SharedStep::Coffee, SharedStep::Walk][turn / 2 % 2].as_str()),
    };
    match person {
        Distant::Kept(kept) => action(gift, &[kept]),
        Distant::Contact(contact) => Action { contact: Some(contact.id), ..action(gift, &[]) },
    }
}
