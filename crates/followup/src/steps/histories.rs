//! Whatever happens between a reader and the people of their evening, in whatever order: of whom a prompt may tell, and when it may ask.
//!
//! A history is a list of what was done on which day, and the story of a day is what it left behind by then. The checks read the history, and know nothing
//! of how the rules work.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::{Field, FreeText};
use proptest::prelude::*;

use super::*;
use crate::garden::Cadence;
use crate::people::{Contact, EventFacts, Story};
use crate::samples::{person, story, supper};

/// Words that no copy has.
const NAMES: [&str; 4] = ["Xaviera Quock", "Wystan Zyx", "Jørgen Bjolx", "Ktesias Pfaww"];

/// The steps, and the day of each.
const DAYS: [(Step, i64); 8] =
    [(Step::F1, 1), (Step::F2, 8), (Step::F3, 18), (Step::F4, 30), (Step::F5, 60), (Step::F6, 90), (Step::Stop, 100), (Step::C, 125)];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Keep,
    Note,
    Give,
    Ask,
    Block,
    /// A block is taken back by who made it.
    Unblock,
    HideName,
    OpenOffers,
    CloseOffers,
    IsErased,
}

#[derive(Clone, Debug)]
struct History {
    /// Whether each of them came.
    came: [bool; 4],
    /// On which day, with whom, what.
    deeds: Vec<(i64, usize, Deed)>,
}

/// One of them as they stand on a day, as far as the checks need to know.
#[derive(Default)]
struct Standing {
    kept: bool,
    noted: bool,
    gave_on: Option<i64>,
    asked_on: Option<i64>,
    blocked: bool,
    name_hidden: bool,
    offers_open: bool,
    erased: bool,
}

impl History {
    fn standing(&self, who: usize, day: i64) -> Standing {
        let mut standing = Standing::default();
        for (on, _, deed) in self.deeds.iter().filter(|(on, whom, _)| *on < day && *whom == who) {
            match deed {
                Deed::Keep => standing.kept = true,
                Deed::Note => standing.noted = true,
                Deed::Give => standing.gave_on = Some(*on),
                Deed::Ask => standing.asked_on = Some(*on),
                Deed::Block => standing.blocked = true,
                Deed::Unblock => standing.blocked = false,
                Deed::HideName => standing.name_hidden = true,
                Deed::OpenOffers => standing.offers_open = true,
                Deed::CloseOffers => standing.offers_open = false,
                Deed::IsErased => standing.erased = true,
            }
        }
        standing
    }

    fn may_be_told_of(&self, who: usize, day: i64) -> bool {
        let standing = self.standing(who, day);
        self.came[who] && !standing.blocked && !standing.erased && !standing.name_hidden
    }

    fn mate(&self, who: usize, day: i64) -> Tablemate {
        let standing = self.standing(who, day);
        let mut profile = person(NAMES[who]).loves(&["Hiking"]).offers("Cooking").needs("photography", None).showing(Field::Needs);
        profile = if standing.offers_open { profile.showing(Field::Offers) } else { profile.hiding(Field::Offers) };
        profile = if standing.name_hidden { profile.hiding(Field::Name) } else { profile };
        let mate = profile.met_in(u16::try_from(who).expect("a few") + 1);
        Tablemate { both_present: self.came[who] && !standing.erased, is_blocked: standing.blocked, ..mate }
    }

    /// What the reader has lived up to this day. The last of them they met on another evening, and the one before through somebody.
    fn story(&self, day: i64) -> Story {
        let mut told = story(person("Ada Neri").loves(&["Hiking", "Jazz"]).offers("Photography").reads(Locale::En), Vec::new());
        for who in 0..NAMES.len() {
            let (standing, mate) = (self.standing(who, day), self.mate(who, day));
            if standing.kept {
                let mut kept = mate.clone().kept();
                kept.note = standing.noted.then(|| FreeText::parse("We spoke of maps and rivers").expect("a note"));
                (kept.gave_at, kept.asked_at) = (standing.gave_on.map(at), standing.asked_on.map(at));
                kept.every = Cadence::of_months(1);
                kept.introduced_by = (who == 2).then(|| PersonName::parse("Marta Bruni").expect("a name"));
                if who == 3 {
                    kept.event = EventFacts { title: "Winter walk".to_owned(), ..supper() };
                }
                told.kept.push(kept);
            }
            if who < 2 {
                told.met.push(mate);
            }
        }
        // Somebody from elsewhere is in nobody's evening, and stays.
        told.contacts.push(Contact {
            id: convivio_domain::ContactId::new(),
            name: PersonName::parse("Pina Sala").expect("a name"),
            note: None,
            in_touch_at: at(0),
            every: Cadence::of_months(1),
        });
        told
    }
}

fn at(day: i64) -> DateTime<Utc> {
    supper().starts_at + TimeDelta::days(day)
}

fn histories() -> impl Strategy<Value = History> {
    let deed = prop_oneof![
        4 => Just(Deed::Keep),
        2 => Just(Deed::Note),
        2 => Just(Deed::Give),
        2 => Just(Deed::Ask),
        1 => Just(Deed::Block),
        1 => Just(Deed::Unblock),
        1 => Just(Deed::HideName),
        1 => Just(Deed::OpenOffers),
        1 => Just(Deed::CloseOffers),
        1 => Just(Deed::IsErased),
    ];
    let deeds = prop::collection::vec((0..125_i64, 0..NAMES.len(), deed), 0..30);
    // Mostly people who came, or there is little to tell.
    (prop::array::uniform4(prop::bool::weighted(0.8)), deeds).prop_map(|(came, mut deeds)| {
        deeds.sort_by_key(|(day, ..)| *day);
        History { came, deeds }
    })
}

/// Every action of a prompt that may be taken now.
fn offered(prompt: &Prompt) -> impl Iterator<Item = &Action> {
    prompt.alternatives.iter().chain([&prompt.action])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Nobody is told of who was absent, blocked, erased or hides their name, wherever in the prompt it might be; nothing is asked of somebody to whom
    /// nothing was given and who offers nothing openly, nor twice in thirty days, and nothing at all in the first weeks.
    #[test]
    fn sr_30_sr_32_nobody_is_told_of_or_asked_who_should_not_be(history in histories()) {
        for (step, day) in DAYS {
            let told = history.story(day);
            let Ok(prompt) = compose(at(day), step, &told) else { continue };
            let said = format!("{prompt:?}");
            for (who, name) in NAMES.into_iter().enumerate().filter(|(who, _)| !history.may_be_told_of(*who, day)) {
                let code = history.mate(who, day).code;
                prop_assert!(!name.split(' ').any(|part| said.contains(part)) && !said.contains(code.as_str()), "{step} tells of {name}: {said}");
            }
            for ask in offered(&prompt).filter(|action| action.kind.starts_with("ask_")) {
                prop_assert!(!matches!(step, Step::F1 | Step::F2 | Step::F3), "{step} asks: {said}");
                let [of] = ask.about.as_slice() else { panic!("an ask is to one person: {ask:?}") };
                let who = (0..NAMES.len()).find(|who| history.mate(*who, day).code == *of).expect("one of them");
                let standing = history.standing(who, day);
                prop_assert!(standing.gave_on.is_some() || standing.offers_open, "{step} asks before anything was given: {said}");
                prop_assert!(standing.asked_on.is_none_or(|on| at(on) + TimeDelta::days(30) <= at(day)), "{step} asks again: {said}");
            }
        }
    }
}

/// The same, where it would be said: the checks above see something.
#[test]
fn who_came_is_told_of_and_asked_once_something_was_given() {
    let deeds = vec![(0, 0, Deed::Keep), (0, 1, Deed::Keep), (0, 3, Deed::Keep), (9, 0, Deed::Give)];
    let history = History { came: [true; 4], deeds };
    for (step, day) in DAYS {
        let prompt = compose(at(day), step, &history.story(day)).unwrap_or_else(|reason| panic!("{step}: {reason}"));
        assert!(format!("{prompt:?}").contains("Xaviera"), "{step}: {prompt:?}");
        let asks = offered(&prompt).filter(|action| action.kind.starts_with("ask_")).count();
        assert_eq!(asks, usize::from(step == Step::F4), "{step}: {prompt:?}");
    }
}
