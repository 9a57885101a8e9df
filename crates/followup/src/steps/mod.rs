//! What each step says: one file a step, and here what several of them say.

mod c;
mod f1;
mod f2;
mod f3;
mod f4;
mod f5;
mod f6;
mod n1;
mod stop;

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{Action, CommonGround, Input, Prompt, Recall, Recalled, SharedPassion};
use convivio_domain::words::{Choice, Reason, Step};
use convivio_domain::{Field, Locale, PersonName};

pub use f1::feedback_questions;

use crate::copy::{Missing, Words, language, say, words_of};
use crate::gifts::Gift;
use crate::people::{Kept, Story, Tablemate};
use crate::phrases::{capitalised, date, in_sentence, isolated, joined, quotation};
use crate::{common_ground, rules};

/// The prompt of `step` for the reader of this story, or why there is none.
pub fn compose(now: DateTime<Utc>, step: Step, story: &Story) -> Result<Prompt, Reason> {
    let prompt = match step {
        Step::F1 => f1::compose(now, &story.reader, &story.met, &story.event),
        Step::F2 => f2::compose(now, story),
        Step::F3 => f3::compose(now, story),
        Step::F4 => f4::compose(now, story),
        Step::F5 => f5::compose(now, story),
        Step::F6 => f6::compose(now, story),
        Step::C => c::compose(now, story),
        Step::N1 => return n1::compose(story.reader.locale, &story.event, story.next.as_ref()),
        Step::Stop => stop::compose(story),
    }?;
    if rules::is_personal(&prompt.inputs) { Ok(prompt) } else { Err(Reason::InsufficientContext) }
}

/// More names than this in one sentence are a list; they stand in `recall`.
const MOST_NAMES: usize = 5;

/// Why a step has nothing to say.
enum Silent {
    Because(Reason),
    /// The shipped words are filled by tests, so this is a text that was changed and asks for something nobody has.
    Unsaid,
}

impl From<Missing> for Silent {
    fn from(_: Missing) -> Self {
        Self::Unsaid
    }
}

impl From<Silent> for Reason {
    fn from(silent: Silent) -> Self {
        match silent {
            Silent::Because(reason) => reason,
            Silent::Unsaid => Reason::CouldNotBuild,
        }
    }
}

/// The words of one step in the reader's language.
struct Teller<'a> {
    step: Step,
    locale: Locale,
    words: &'static Words,
    story: &'a Story,
}

impl<'a> Teller<'a> {
    fn of(step: Step, story: &'a Story) -> Self {
        let locale = story.reader.locale;
        Self { step, locale, words: words_of(step, locale), story }
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> Result<String, Missing> {
        say(self.words, key, values)
    }

    fn names(&self, kept: &[&Kept]) -> String {
        let names: Vec<&str> = kept.iter().map(|one| one.name().as_str()).collect();
        joined(&names, MOST_NAMES, self.locale)
    }

    fn date(&self) -> Result<String, Missing> {
        date(self.story.event.starts_at, self.story.event.zone, self.locale)
    }

    fn event(&self) -> String {
        isolated(&self.story.event.title)
    }

    /// A sentence that may say when, where and with whom.
    fn recalling(&self, key: &str, names: &str) -> Result<String, Missing> {
        let (date, event) = (self.date()?, self.event());
        Ok(capitalised(&self.say(key, &[("date", &date), ("event", &event), ("names", names)])?))
    }

    /// What the reader hoped for, in their own words, where they said so.
    fn intention(&self) -> Result<Option<String>, Missing> {
        let intention = self.story.reader.intention.as_ref();
        intention.map(|text| say(&language(self.locale).about, "intention", &[("intention", &quotation(text.as_str()))])).transpose()
    }

    /// Where they sat is told of the evening the prompt is about, and of no other: its tables would be taken for this one's.
    fn recalled(&self, kept: &Kept) -> Recalled {
        let recalled = recalled(&kept.mate);
        if kept.event == self.story.event { recalled } else { Recalled { sittings: Vec::new(), ..recalled } }
    }

    /// A prompt about these people, with what every step has alike.
    fn prompt(&self, people: &[&Kept], subject: String, opening: String, action: Action, inputs: Vec<Input>) -> Prompt {
        Prompt {
            step: self.step,
            locale: self.locale,
            subject,
            opening,
            recall: Recall { people: people.iter().map(|kept| self.recalled(kept)).collect() },
            common_ground: CommonGround::default(),
            action,
            alternatives: Vec::new(),
            draft: None,
            reflection: None,
            choices: vec![Choice::Done, Choice::NotNow, Choice::Pause, Choice::Stop],
            locked_asks: Vec::new(),
            inputs,
        }
    }
}

impl Story {
    /// Those the reader keeps and may be told of.
    fn nameable(&self) -> Vec<&Kept> {
        self.kept.iter().filter(|kept| kept.mate.may_be_named()).collect()
    }

    /// Those among them for whom a nudge is of use; `Silent` where there is nobody.
    fn to_be_nudged(&self) -> Result<Vec<&Kept>, Silent> {
        let all = self.nameable();
        if all.is_empty() {
            return Err(Silent::Because(Reason::InsufficientContext));
        }
        let some: Vec<&Kept> = all.into_iter().filter(|kept| !kept.needs_no_nudge).collect();
        if some.is_empty() { Err(Silent::Because(Reason::InTouch)) } else { Ok(some) }
    }

    /// Of those for whom a nudge is of use the first in this `order`, with what is known of the two.
    fn most_fitting<K: Ord>(
        &self,
        now: DateTime<Utc>,
        leads: Option<Input>,
        order: impl Fn(&Kept, &About) -> K,
    ) -> Result<(&Kept, About), Silent> {
        let mut people = Vec::new();
        for kept in self.to_be_nudged()? {
            people.push((kept, about(now, self, kept, leads)?));
        }
        let first = people.into_iter().min_by_key(|(kept, about)| order(kept, about));
        first.ok_or(Silent::Because(Reason::InTouch))
    }

    fn has_spoken_of(&self, kept: &Kept) -> bool {
        self.spoken_of.contains(&kept.mate.code)
    }
}

/// What is known of the reader and one other person, and told.
struct About {
    /// When and where they met, or through whom, and the most personal facts there are, dearest first.
    opening: Vec<String>,
    common_ground: CommonGround,
    /// What the other is looking for, where they show it.
    need: Option<String>,
    inputs: Vec<Input>,
}

/// A mail is about 150 words: besides when and where, it tells so much of one person.
const MOST_FACTS: usize = 2;

/// The reader's own note comes first, then what the other needs, then what they are doing, then what both love; before all what the prompt
/// `leads` with.
fn about(now: DateTime<Utc>, story: &Story, kept: &Kept, leads: Option<Input>) -> Result<About, Missing> {
    let locale = story.reader.locale;
    let words = &language(locale).about;
    let (other, mine) = (&kept.mate.profile, &story.reader.profile);
    let common_ground = common_ground::of(now, mine, other, locale);
    let offered = common_ground.offers_needs.iter().find(|exchange| exchange.to == other.name.as_str());
    let need = match offered {
        Some(exchange) => Some(exchange.need.clone()),
        None if other.shows(Field::Needs) => other.needs.iter().find(|need| need.holds_at(now)).map(|need| need.text.to_string()),
        None => None,
    };
    let name = first(&other.name);
    let mut facts: Vec<(Input, String)> = Vec::new();
    if let Some(note) = &kept.note {
        facts.push((Input::OwnNote, say(words, "note", &[("note", &quotation(note.as_str()))])?));
    }
    if let Some(need) = &need {
        let mut told = say(words, "need", &[("name", &name), ("need", &quotation(need))])?;
        if let Some(exchange) = offered {
            told.push(' ');
            told.push_str(&say(words, "offer", &[("offer", &quotation(&exchange.offer))])?);
        }
        facts.push((Input::CurrentNeed, told));
    }
    if let Some(project) = other.working_on.as_ref().filter(|_| other.shows(Field::WorkingOn)) {
        facts.push((Input::Project, say(words, "project", &[("name", &name), ("project", &quotation(project.as_str()))])?));
    }
    if let Some(shared) = common_ground.passions.first() {
        facts.push((Input::SharedPassion, say(words, "shared", &[("passion", &in_sentence(&shared.label))])?));
    }
    facts.sort_by_key(|(input, _)| Some(*input) != leads);
    facts.truncate(MOST_FACTS);
    let inputs = [Input::ReaderName, Input::TablemateName, Input::WhereAndWhen].into_iter().chain(facts.iter().map(|(input, _)| *input));
    let inputs = inputs.collect();
    let opening = [how_met(kept, locale)?].into_iter().chain(facts.into_iter().map(|(_, told)| told)).collect();
    Ok(About { opening, common_ground, need, inputs })
}

/// When and where the two met, or through whom: a sentence.
fn how_met(kept: &Kept, locale: Locale) -> Result<String, Missing> {
    let (words, name) = (&language(locale).about, isolated(kept.name().as_str()));
    let met = match &kept.introduced_by {
        Some(by) if *by == PersonName::erased() => say(words, "introduced_by_somebody", &[("name", &name)])?,
        Some(by) => say(words, "introduced", &[("name", &name), ("by", &isolated(by.as_str()))])?,
        None => {
            let date = date(kept.event.starts_at, kept.event.zone, locale)?;
            say(words, "met", &[("name", &name), ("date", &date), ("event", &isolated(&kept.event.title))])?
        }
    };
    Ok(capitalised(&met))
}

impl About {
    fn passion(&self) -> Option<&SharedPassion> {
        self.common_ground.passions.first()
    }
}

/// Nobody sits at a workshop without tables: what is told of these people speaks of none.
fn at_no_table(mates: &[&Tablemate]) -> bool {
    mates.iter().all(|mate| mate.sittings.is_empty())
}

fn recalled(mate: &Tablemate) -> Recalled {
    let mut sittings = mate.sittings.clone();
    sittings.sort_by_key(|sitting| sitting.round);
    Recalled { code: mate.code.clone(), name: mate.profile.name.to_string(), sittings }
}

/// How somebody is called where their whole name stands nearby.
fn first(name: &PersonName) -> String {
    isolated(name.first())
}

/// Something to do for these people.
fn action(gift: Gift, about: &[&Kept]) -> Action {
    let about = about.iter().map(|kept| kept.mate.code.clone()).collect();
    Action { kind: format!("{}_{}", gift.kind.as_str(), gift.code), text: gift.text, link: None, about, contact: None }
}

/// Something to do for oneself.
fn own_action(kind: &str, text: String) -> Action {
    Action { kind: kind.to_owned(), text, link: None, about: Vec::new(), contact: None }
}

#[cfg(test)]
mod histories;
#[cfg(test)]
mod tests;
