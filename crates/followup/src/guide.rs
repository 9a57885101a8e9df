//! What a table does with its round: everybody answers the same question in turn, the questions go from light to deep, and the rest of the
//! time goes to a small task done together.
//!
//! Closeness comes from gradually deeper, reciprocal turns (Aron and others, 1997), so the order of the questions and the equal turns are
//! no decoration. The choice of questions is a function of the seed.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use convivio_domain::{Invalid, Locale, Localized};
use serde::{Deserialize, Serialize};

use crate::copy::{fill, language, read};
use crate::phrases::{in_sentence, joined};

/// What a guide is made for.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// `None` where the table is mixed.
    pub theme: Option<Theme<'a>>,
    pub members: usize,
    pub minutes: u16,
    pub locale: Locale,
    /// Seeds one apart choose different questions. `round * tables + table` gives neighbours, and a table's next round, something else.
    pub seed: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Theme<'a> {
    /// The code of the passion's family; a family without questions of its own gets those of a mixed table.
    pub family: Option<&'a str>,
    /// The passion's label in the reader's language.
    pub label: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TableGuide {
    pub title: String,
    /// What the host says first, line by line.
    pub opening: Vec<String>,
    /// That every question is answered in groups, and of how many: where more sit here than can answer in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_groups: Option<String>,
    /// In order; the depth only ever grows.
    pub turns: Vec<Turn>,
    /// What helps to listen, to be said between turns.
    pub cues: Vec<String>,
    pub task: Task,
    /// What the host says last, line by line.
    pub closing: Vec<String>,
}

/// One question, which everybody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Turn {
    pub depth: Depth,
    pub question: String,
    /// The same for every member and every question. At a table of more than twenty, in the group they answer in.
    pub seconds_each: u32,
}

/// Something small to do together, with what time the turns leave. The host's words at the beginning and the end are within it, so that the
/// turns and the task are the round, to the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Task {
    pub text: String,
    pub seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    Light,
    Middle,
    Deep,
}

/// So many people can answer in turn. Of more nobody hears everybody, and every question is answered in groups.
pub const MEMBERS: RangeInclusive<usize> = 2..=20;
/// How many a conversation holds.
pub(crate) const GROUP: usize = 4;
/// A shorter round has no room for turns.
pub const FEWEST_MINUTES: u16 = 5;

/// The guide of one table for one round.
pub fn of(table: &Table) -> Result<TableGuide, Invalid> {
    if table.members < *MEMBERS.start() {
        return Err(Invalid::new("out_of_range", "a guide is for 2 people or more"));
    }
    if table.minutes < FEWEST_MINUTES {
        return Err(Invalid::new("out_of_range", "a guide needs a round of 5 minutes or more"));
    }
    let words = &*WORDS;
    let family = words.family(table.theme.and_then(|theme| theme.family));
    let label = table.theme.map(|theme| in_sentence(theme.label)).unwrap_or_default();
    let say = |text: &Localized<String>| {
        fill(read(text, table.locale), &[("passion", &label)]).expect("a test fills every question in every language")
    };
    let time = Time::shared(table.members, table.minutes);
    let turn = |depth| Turn { depth, question: say(pick(family.of_depth(depth), table.seed)), seconds_each: time.seconds_each };
    Ok(TableGuide {
        title: match table.theme {
            Some(theme) => theme.label.to_owned(),
            None => language(table.locale).guide.mixed.clone(),
        },
        opening: words.opening.iter().map(say).collect(),
        in_groups: is_large(table.members).then(|| in_groups(table.members, table.locale)),
        turns: Depth::ALL.into_iter().take(time.questions).map(turn).collect(),
        cues: words.cue.iter().map(say).collect(),
        task: Task { text: say(pick(&family.task, table.seed)), seconds: time.task_seconds },
        closing: words.closing.iter().map(say).collect(),
    })
}

/// Whether nobody would hear everybody.
pub(crate) fn is_large(members: usize) -> bool {
    members > *MEMBERS.end()
}

fn in_groups(members: usize, locale: Locale) -> String {
    let mut sizes = groups(members);
    sizes.dedup();
    let values = [("people", members.to_string()), ("groups", listed(&sizes, locale))];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    fill(read(&WORDS.groups, locale), &values).expect("a test fills it in every language")
}

/// The sizes of the groups of a table: the largest first; none differs from another by more than one.
pub(crate) fn groups(members: usize) -> Vec<usize> {
    let many = members.div_ceil(GROUP);
    (0..many).map(|group| members / many + usize::from(group < members % many)).collect()
}

/// "4 and 3".
pub(crate) fn listed(sizes: &[usize], locale: Locale) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    let sizes: Vec<&str> = sizes.iter().map(String::as_str).collect();
    joined(&sizes, sizes.len(), locale)
}

/// How the round is divided.
#[derive(Debug, PartialEq, Eq)]
struct Time {
    questions: usize,
    seconds_each: u32,
    task_seconds: u32,
}

impl Time {
    /// Four fifths of the round are for turns. There are as many questions as leave everybody at least 75 seconds for each, at least one and
    /// one of each depth at most: a long round has longer turns, in which there is time to ask one more question. At a table of more than twenty
    /// a question takes as long as at one of twenty, and the groups share that time.
    fn shared(members: usize, minutes: u16) -> Self {
        const SHORTEST: u32 = 75;
        let in_turn = whole(members.min(*MEMBERS.end()));
        let round = u32::from(minutes) * 60;
        let each = round * 4 / 5 / in_turn;
        let questions = (each / SHORTEST).clamp(1, 3);
        let of_question = readable(each / questions) * in_turn;
        let seconds_each = match groups(members).first() {
            Some(largest) if is_large(members) => readable(of_question / whole(*largest)),
            _ => of_question / in_turn,
        };
        Self { questions: questions as usize, seconds_each, task_seconds: round - questions * of_question }
    }
}

fn whole(people: usize) -> u32 {
    u32::try_from(people).expect("not more than twenty")
}

/// Nobody reads "83 seconds" off a clock; what is cut off goes to the task.
pub(crate) fn readable(seconds: u32) -> u32 {
    let step = if seconds >= 30 { 10 } else { 1 };
    seconds / step * step
}

impl Depth {
    pub const ALL: [Self; 3] = [Self::Light, Self::Middle, Self::Deep];
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    opening: Vec<Localized<String>>,
    cue: Vec<Localized<String>>,
    closing: Vec<Localized<String>>,
    groups: Localized<String>,
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    code: String,
    light: Vec<Localized<String>>,
    middle: Vec<Localized<String>>,
    deep: Vec<Localized<String>>,
    task: Vec<Localized<String>>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../data/questions.toml")).expect("a test reads the shipped questions"));

/// The family whose questions name no passion.
const MIXED: &str = "mixed";

impl Words {
    fn family(&self, code: Option<&str>) -> &Family {
        let find = |code: &str| self.family.iter().find(|family| family.code == code);
        code.and_then(find).or_else(|| find(MIXED)).expect("a test finds questions for a mixed table")
    }
}

impl Family {
    fn of_depth(&self, depth: Depth) -> &[Localized<String>] {
        match depth {
            Depth::Light => &self.light,
            Depth::Middle => &self.middle,
            Depth::Deep => &self.deep,
        }
    }
}

fn pick<T>(choices: &[T], seed: u64) -> &T {
    let index = seed % (choices.len() as u64).max(1);
    choices.get(index as usize).expect("a test finds a choice in every list of words")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(members: usize, minutes: u16) -> Table<'static> {
        Table { theme: Some(Theme { family: Some("nature"), label: "Hiking" }), members, minutes, locale: Locale::En, seed: 0 }
    }

    #[test]
    fn sr_22_guide_has_ordered_depth_and_equal_turns() {
        for (members, minutes) in [(4, 25), (4, 30), (4, 40), (5, 25), (5, 30), (5, 40)] {
            let guide = of(&table(members, minutes)).expect("a guide");
            let depths: Vec<Depth> = guide.turns.iter().map(|turn| turn.depth).collect();
            assert_eq!(depths, Depth::ALL, "{members} people, {minutes} minutes");
            assert!(guide.turns.iter().all(|turn| turn.seconds_each == guide.turns[0].seconds_each));
        }
    }

    #[test]
    fn thirty_minutes_for_four() {
        // 1800 seconds; four fifths are 1440, 360 for each of four, 120 for each of three questions; six minutes are left for the task.
        assert_eq!(Time::shared(4, 30), Time { questions: 3, seconds_each: 120, task_seconds: 360 });
        // 25 minutes for five: 240 seconds each, 80 a question.
        assert_eq!(Time::shared(5, 25), Time { questions: 3, seconds_each: 80, task_seconds: 300 });
        // Ten minutes for four: one question of two minutes.
        assert_eq!(Time::shared(4, 10), Time { questions: 1, seconds_each: 120, task_seconds: 120 });
        // Five minutes for twenty: twelve seconds, and still everybody's turn.
        assert_eq!(Time::shared(20, 5), Time { questions: 1, seconds_each: 12, task_seconds: 60 });
    }

    #[test]
    fn sr_22_more_than_twenty_answer_in_groups_in_the_time_of_twenty() {
        // Half an hour: 1800 seconds, of which 1440 are for turns, 72 for each of twenty: one question of 70, so 1400 seconds. 22 people are six
        // groups, the largest of four: 350 seconds each.
        assert_eq!(Time::shared(20, 30), Time { questions: 1, seconds_each: 70, task_seconds: 400 });
        assert_eq!(Time::shared(22, 30), Time { questions: 1, seconds_each: 350, task_seconds: 400 });
        let said = |members, locale| of(&Table { locale, ..table(members, 30) }).expect("a guide").in_groups;
        assert_eq!(said(20, Locale::En), None);
        assert!(said(22, Locale::En).is_some_and(|said| said.starts_with("There are 22 of you") && said.ends_with("groups of 4 and 3.")));
        assert!(said(24, Locale::It).is_some_and(|said| said.starts_with("Siete in 24") && said.ends_with("gruppi di 4.")));
        assert_eq!((groups(22), groups(9), groups(10)), (vec![4, 4, 4, 4, 3, 3], vec![3, 3, 3], vec![4, 3, 3]));
    }

    proptest! {
        #[test]
        fn sr_22_turns_and_task_are_the_round(members in MEMBERS, minutes in FEWEST_MINUTES..=480, seed: u64, italian: bool) {
            let locale = if italian { Locale::It } else { Locale::En };
            let guide = of(&Table { seed, locale, ..table(members, minutes) }).expect("a guide");
            let turns: u32 = guide.turns.iter().map(|turn| turn.seconds_each * members as u32).sum();
            prop_assert_eq!(turns + guide.task.seconds, u32::from(minutes) * 60);
            prop_assert!(guide.turns.is_sorted_by(|one, next| one.depth < next.depth && one.seconds_each == next.seconds_each));
            prop_assert!(guide.turns[0].seconds_each > 0);
            prop_assert!(guide.task.seconds * 6 >= u32::from(minutes) * 60, "the task has room");
        }
    }

    #[test]
    fn sizes_without_turns_are_refused() {
        for (members, minutes) in [(1, 30), (4, 4)] {
            assert_eq!(of(&table(members, minutes)).expect_err("refused").code, "out_of_range");
        }
    }

    #[test]
    fn sr_22_every_family_has_questions_of_every_depth_in_every_language() {
        for family in &WORDS.family {
            for texts in [&family.light, &family.middle, &family.deep, &family.task] {
                assert!(!texts.is_empty(), "{}", family.code);
                for text in texts {
                    assert_eq!(text.missing().count(), 0, "{}: {text:?}", family.code);
                    let asks_for_passion = |locale| read(text, locale).contains("{passion}");
                    assert!(family.code != MIXED || !asks_for_passion(Locale::En), "a mixed table has no passion to name");
                    assert!(family.code != MIXED || !asks_for_passion(Locale::It), "a mixed table has no passion to name");
                    for &locale in Locale::ALL {
                        fill(read(text, locale), &[("passion", "x")]).expect("nothing else is asked for");
                    }
                }
            }
        }
        for text in WORDS.opening.iter().chain(&WORDS.cue).chain(&WORDS.closing) {
            assert_eq!(text.missing().count(), 0, "{text:?}");
            Locale::ALL.iter().for_each(|&locale| assert!(!read(text, locale).contains('{')));
        }
        assert_eq!(WORDS.groups.missing().count(), 0);
        for &locale in Locale::ALL {
            fill(read(&WORDS.groups, locale), &[("people", "22"), ("groups", "4")]).expect("nothing else is asked for");
        }
        assert!(!WORDS.cue.is_empty() && !WORDS.opening.is_empty() && !WORDS.closing.is_empty());
    }

    #[test]
    fn every_family_of_the_catalogue_has_questions_of_its_own() {
        for family in convivio_domain::catalogue().families() {
            assert!(WORDS.family.iter().any(|known| known.code == family.code), "{}", family.code);
        }
    }

    #[test]
    fn sr_23_the_task_is_tied_to_the_theme() {
        let mixed = of(&Table { theme: None, ..table(4, 30) }).expect("a guide");
        let nature = of(&table(4, 30)).expect("a guide");
        assert_eq!((mixed.title.as_str(), nature.title.as_str()), ("A table of many passions", "Hiking"));
        assert_ne!(mixed.task.text, nature.task.text);
        let of_their_own = Theme { family: None, label: "Lighthouse lamps" };
        let guide = of(&Table { theme: Some(of_their_own), ..table(4, 30) }).expect("a guide");
        assert_eq!((guide.title.as_str(), &guide.task), ("Lighthouse lamps", &mixed.task));
    }

    #[test]
    fn the_same_seed_gives_the_same_guide_and_the_next_another() {
        let guide = |seed| of(&Table { seed, ..table(4, 30) }).expect("a guide");
        assert_eq!(guide(7), guide(7));
        assert_ne!(guide(7).turns, guide(8).turns);
    }
}
