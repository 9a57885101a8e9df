//! An event as a caller writes it down, and what is wrong with it. Rules are read in `rules.rs`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::attributes::Company;

/// More is refused before memory is taken for it.
pub const MAX_PEOPLE: usize = 20_000;
pub const MAX_TABLES: usize = 10_000;
pub const MAX_ROUNDS: usize = 100;
/// Seats of all tables and rounds together, so that a table "for a million" costs nothing.
const MAX_SEATS: usize = 16_000_000;
/// Pairs named by all rules of one sort together; a rule over a hundred people names 4,950.
pub(crate) const MAX_PAIRS: usize = 2_000_000;
const MAX_WORDS_PER_PERSON: usize = 200;
const MAX_TEXT: usize = 2_000;
const MAX_LANGUAGES: usize = 64;
/// Largest number accepted as a weight or a pair's value.
const MAX_WEIGHT: f64 = 1e12;

/// Everything a caller says about an event, unchecked.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub people: Vec<Person>,
    pub tables: Vec<Table>,
    pub rounds: usize,
    /// What the rounds are called, where they are not the first ones: a number each.
    pub round_numbers: Vec<usize>,
    pub rules: Vec<Rule>,
    pub weights: Weights,
    /// What each topic is a kind of, where it is: whoever climbs is a little closer to hikers than to cooks.
    pub families: BTreeMap<String, String>,
    /// Affinity of every pair, upper triangle by rows, instead of the one computed from passions.
    pub affinities: Option<Vec<f64>>,
    pub aim: Aim,
}

#[derive(Clone, Debug, Default)]
pub struct Person {
    pub id: String,
    /// What messages and reasons call them.
    pub name: String,
    /// Organisation, department, family: the people one meets anyway.
    pub unit: Option<String>,
    /// Topic and how much they care, 1 to 3.
    pub passions: BTreeMap<String, u8>,
    pub offers: Vec<String>,
    pub needs: Vec<String>,
    /// Empty when unknown: then no language keeps them from a table.
    pub languages: Vec<String>,
    /// Needs a seat at an accessible table.
    pub accessible: bool,
    /// Whatever else rules look at, by name.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default)]
pub struct Table {
    pub id: String,
    pub min: usize,
    pub max: usize,
    pub accessible: bool,
    /// Spoken here: who sits here speaks it.
    pub language: Option<String>,
    /// Nobody need sit here; the minimum counts where somebody does.
    pub optional: bool,
}

/// People are named by their ids, tables by theirs.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// One table in every round. Overlapping groups merge.
    Together { members: Vec<String> },
    /// No two of them ever at one table.
    Apart { members: Vec<String> },
    /// That table, in that round (from 0) or in all of them.
    Fixed { member: String, table: String, round: Option<usize> },
    /// They sat at one table in a round of this event that is over: to meet once more is a repeat.
    Met { members: Vec<String> },
    /// They have met before, this many times' worth (a caller lets old meetings fade): better to meet others.
    Known { members: Vec<String>, times: f64 },
    /// They would like to sit together once; each pair is worth `weight`.
    Wish { members: Vec<String>, weight: f64 },
    /// They would rather not; each meeting of a pair costs `weight`.
    Reluctance { members: Vec<String>, weight: f64 },
    /// What the company at each table is to be like, among these members or (when empty) among all. `attribute` is `unit`,
    /// `language`, `accessible` or one of [`Person::attributes`], or one value of it (`unit=Acme`). Without a weight it is a
    /// must; with one, each pair against it costs that at every meeting (only for [`Company::Same`] and [`Company::Different`]).
    Company { company: Company, attribute: String, members: Vec<String>, weight: Option<f64> },
}

/// How much each objective counts; shared passion at 1 is the measure for the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    pub passion: f64,
    pub offer_need: f64,
    pub novelty: f64,
    pub same_unit: f64,
    pub wishes: f64,
    /// What every meeting of a pair after its first costs.
    pub repeat: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Weights { passion: 1.0, offer_need: 0.5, novelty: 0.2, same_unit: 0.05, wishes: 0.5, repeat: 1.0 }
    }
}

/// What "best" means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aim {
    /// First nobody isolated, then the worst-seated person as well off as can be, then the sum.
    #[default]
    Fair,
    /// The sum alone.
    Plain,
}

/// One thing wrong with a draft: where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Mistake {
    pub path: String,
    pub message: String,
}

impl Person {
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Person { name: id.clone(), id, ..Person::default() }
    }

    pub fn with_passion(mut self, topic: impl Into<String>, level: u8) -> Self {
        self.passions.insert(topic.into(), level);
        self
    }
}

impl Table {
    pub fn new(id: impl Into<String>, min: usize, max: usize) -> Self {
        Table { id: id.into(), min, max, ..Table::default() }
    }
}

#[derive(Default)]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl Mistakes {
    /// A file wrong everywhere is not answered with a message per line.
    const MAX: usize = 100;

    pub(crate) fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < Self::MAX {
            self.0.push(Mistake { path: path.into(), message: message.into() });
        }
    }
}

pub(crate) fn check_sizes(draft: &Draft, mistakes: &mut Mistakes) {
    let n = draft.people.len();
    if n == 0 {
        mistakes.add("participants", "there is nobody to seat");
    }
    if n > MAX_PEOPLE {
        mistakes.add("participants", format!("{n} people; at most {MAX_PEOPLE} can be seated at once"));
    }
    if draft.tables.is_empty() {
        mistakes.add("tables", "there is no table");
    }
    if draft.tables.len() > MAX_TABLES {
        mistakes.add("tables", format!("{} tables; at most {MAX_TABLES}", draft.tables.len()));
    }
    if draft.rounds == 0 || draft.rounds > MAX_ROUNDS {
        mistakes.add("rounds", format!("must be 1 to {MAX_ROUNDS}, not {}", draft.rounds));
    }
    let seats = draft.tables.iter().map(|table| table.max.min(n)).fold(0usize, usize::saturating_add);
    if seats.saturating_mul(draft.rounds.min(MAX_ROUNDS)) > MAX_SEATS {
        mistakes.add("tables", format!("more than {MAX_SEATS} seats over all rounds; give the tables a lower max"));
    }
    if let Some(given) = &draft.affinities {
        let wanted = n * n.saturating_sub(1) / 2;
        if given.len() != wanted {
            mistakes.add("weights", format!("{n} people make {wanted} pairs, but {} numbers are given", given.len()));
        }
    }
    for (sort, pairs) in [
        ("apart", count_pairs(draft, |r| matches!(r, Rule::Apart { .. }))),
        ("soft", count_pairs(draft, |r| !matches!(r, Rule::Apart { .. }))),
    ] {
        if pairs > MAX_PAIRS {
            mistakes.add("rules", format!("the {sort} rules name {pairs} pairs; at most {MAX_PAIRS}"));
        }
    }
}

fn count_pairs(draft: &Draft, wanted: impl Fn(&Rule) -> bool) -> usize {
    let sizes = draft.rules.iter().filter(|rule| wanted(rule)).map(|rule| match rule {
        // A group that stays together is one entry per member, whatever its size.
        Rule::Together { members } => members.len(),
        Rule::Fixed { .. } => 1,
        // Counted where the values are known.
        Rule::Company { .. } => 0,
        Rule::Apart { members }
        | Rule::Met { members }
        | Rule::Known { members, .. }
        | Rule::Wish { members, .. }
        | Rule::Reluctance { members, .. } => members.len().saturating_mul(members.len()) / 2,
    });
    sizes.fold(0, usize::saturating_add)
}

pub(crate) fn positions<'a>(ids: impl Iterator<Item = &'a str>, list: &str, mistakes: &mut Mistakes) -> HashMap<String, usize> {
    let mut at = HashMap::new();
    for (position, id) in ids.enumerate() {
        if id.is_empty() {
            mistakes.add(format!("{list}[{position}].id"), "must not be empty");
        } else if id.len() > MAX_TEXT {
            mistakes.add(format!("{list}[{position}].id"), format!("must be at most {MAX_TEXT} bytes"));
        } else if let Some(first) = at.insert(id.to_owned(), position) {
            mistakes.add(format!("{list}[{position}].id"), format!("{id:?} is already {list}[{first}]"));
        }
    }
    at
}

pub(crate) fn languages(draft: &Draft, mistakes: &mut Mistakes) -> HashMap<String, u32> {
    let spoken = draft.people.iter().flat_map(|p| p.languages.iter()).chain(draft.tables.iter().filter_map(|t| t.language.as_ref()));
    let distinct: BTreeSet<&String> = spoken.collect();
    if distinct.len() > MAX_LANGUAGES {
        mistakes.add("participants", format!("{} languages; at most {MAX_LANGUAGES}", distinct.len()));
        return HashMap::new();
    }
    distinct.into_iter().zip(0..).map(|(language, bit)| (language.clone(), bit)).collect()
}

pub(crate) fn check_people(draft: &Draft, mistakes: &mut Mistakes) {
    for (position, person) in draft.people.iter().enumerate() {
        let path = format!("participants[{position}]");
        for (topic, level) in &person.passions {
            if !(1..=3).contains(level) {
                mistakes.add(format!("{path}.passions.{topic}"), "level must be 1 to 3");
            }
        }
        for (field, count) in [
            ("passions", person.passions.len()),
            ("offers", person.offers.len()),
            ("needs", person.needs.len()),
            ("languages", person.languages.len()),
        ] {
            if count > MAX_WORDS_PER_PERSON {
                mistakes.add(format!("{path}.{field}"), format!("{count} entries; at most {MAX_WORDS_PER_PERSON}"));
            }
        }
        for (field, texts) in [("offers", &person.offers), ("needs", &person.needs)] {
            if let Some(entry) = texts.iter().position(|text| text.len() > MAX_TEXT) {
                mistakes.add(format!("{path}.{field}[{entry}]"), format!("must be at most {MAX_TEXT} bytes"));
            }
        }
    }
}

pub(crate) fn check_tables(draft: &Draft, mistakes: &mut Mistakes) {
    for (position, table) in draft.tables.iter().enumerate() {
        if table.max == 0 {
            mistakes.add(format!("tables[{position}].max"), "must be at least 1");
        } else if table.min > table.max {
            mistakes.add(format!("tables[{position}].min"), format!("{} is above the table's max of {}", table.min, table.max));
        }
    }
}

pub(crate) fn check_numbers(draft: &Draft, mistakes: &mut Mistakes) {
    let Weights { passion, offer_need, novelty, same_unit, wishes, repeat } = draft.weights;
    for (name, weight) in [
        ("passion", passion),
        ("offer_need", offer_need),
        ("novelty", novelty),
        ("same_unit", same_unit),
        ("wishes", wishes),
        ("repeat", repeat),
    ] {
        if !acceptable(weight) {
            mistakes.add(format!("weights.{name}"), not_acceptable(weight));
        }
    }
    for (position, weight) in draft.affinities.iter().flatten().enumerate().filter(|(_, weight)| !acceptable(**weight)) {
        mistakes.add(format!("weights[{position}]"), not_acceptable(*weight));
    }
}

pub(crate) fn acceptable(weight: f64) -> bool {
    (0.0..=MAX_WEIGHT).contains(&weight)
}

pub(crate) fn not_acceptable(weight: f64) -> String {
    format!("must be a number from 0 to {MAX_WEIGHT:e}, not {weight}")
}
