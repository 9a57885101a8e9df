//! What is to be seated: a [`Draft`] as the caller wrote it, and the [`Problem`] that exists only if the draft is sound.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::attributes::{self, Attribute, Company};
use crate::exact;
use crate::hard::{self, Hard};
use crate::objectives::{Counted, Objective, exchange};
use crate::pairs::Relation;

/// More is refused before memory is taken for it.
pub const MAX_PEOPLE: usize = 20_000;
pub const MAX_TABLES: usize = 10_000;
pub const MAX_ROUNDS: usize = 100;
/// Seats of all tables and rounds together, so that a table "for a million" costs nothing.
const MAX_SEATS: usize = 16_000_000;
/// Pairs named by all rules of one sort together; a rule over a hundred people names 4,950.
const MAX_PAIRS: usize = 2_000_000;
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
    pub rules: Vec<Rule>,
    pub weights: Weights,
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

/// A sound problem. People and tables are known by their position in the draft's lists.
#[derive(Debug)]
pub struct Problem {
    pub(crate) people: Vec<Person>,
    pub(crate) tables: Vec<Table>,
    pub(crate) rounds: usize,
    pub(crate) aim: Aim,
    pub(crate) weights: Weights,
    pub(crate) rules: Vec<hard::Rule>,
    pub(crate) hard: Hard,
    pub(crate) topics: Vec<String>,
    /// How many people hold each topic.
    pub(crate) holders: Vec<u32>,
    /// Per person, by topic.
    pub(crate) tastes: Vec<Vec<Taste>>,
    pub(crate) affinities: Option<Vec<f64>>,
    pub(crate) units: Vec<Option<u32>>,
    pub(crate) known: Relation,
    pub(crate) wishes: Relation,
    pub(crate) reluctance: Relation,
    pub(crate) exchange: Relation,
    /// Whether a meeting costs one pair more than another, apart from repeating.
    pub(crate) meetings_differ: bool,
    /// Whole numbers per 1.0 of value: the power of ten that gives the largest table nine digits.
    pub(crate) scale: f64,
}

/// One passion of one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taste {
    pub(crate) topic: u32,
    pub(crate) level: u8,
    /// Share of this topic in the person's vector, which has length one.
    pub(crate) part: f64,
}

impl Problem {
    /// The checked problem, or everything that is wrong with the draft.
    pub fn new(draft: Draft) -> Result<Problem, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        check_sizes(&draft, &mut mistakes);
        if !mistakes.0.is_empty() {
            return Err(mistakes.0);
        }
        let person_at = positions(draft.people.iter().map(|p| p.id.as_str()), "participants", &mut mistakes);
        let table_at = positions(draft.tables.iter().map(|t| t.id.as_str()), "tables", &mut mistakes);
        let languages = languages(&draft, &mut mistakes);
        check_people(&draft, &mut mistakes);
        check_tables(&draft, &mut mistakes);
        check_numbers(&draft, &mut mistakes);
        let read = read_rules(&draft, &person_at, &table_at, &mut mistakes);
        if !mistakes.0.is_empty() {
            return Err(mistakes.0);
        }

        let Draft { people, tables, rounds, weights, affinities, aim, .. } = draft;
        let hard = Hard::new(&people, &tables, rounds, &languages, &read.hard);
        let (topics, holders, tastes) = tastes(&people);
        let mut problem = Problem {
            units: numbered(people.iter().map(|p| p.unit.as_deref())),
            exchange: exchange::matches(&people),
            known: Relation::new(people.len(), read.known, f64::max),
            wishes: Relation::new(people.len(), read.wishes, |a, b| a + b),
            reluctance: Relation::new(people.len(), read.reluctance, |a, b| a + b),
            people,
            tables,
            rounds,
            aim,
            weights,
            rules: read.hard,
            hard,
            topics,
            holders,
            tastes,
            affinities,
            meetings_differ: true,
            scale: 1.0,
        };
        let each = Objective::ALL.iter().filter(|objective| objective.counted() == Counted::EveryMeeting);
        problem.meetings_differ = each.map(|objective| objective.largest(&problem)).any(|largest| largest > 0.0);
        let largest: f64 = Objective::ALL.iter().map(|objective| objective.largest(&problem)).sum();
        problem.scale = scale(largest * problem.hard.most_meetings() as f64);
        Ok(problem)
    }

    pub fn people(&self) -> &[Person] {
        &self.people
    }

    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    pub fn rounds(&self) -> usize {
        self.rounds
    }

    pub fn aim(&self) -> Aim {
        self.aim
    }

    /// A value in whole numbers; every objective passes here, so sums are exact and the same everywhere.
    pub(crate) fn whole(&self, value: f64) -> i64 {
        // Numbers this large have no digits after the point, so adding rounds (half to even), and what was added lies in the
        // last bits as a whole number. Unlike a call or a cast, the processor does this for several pairs at once.
        const LARGE: f64 = (3u64 << 51) as f64;
        (value * self.scale + LARGE).to_bits() as i64 - LARGE.to_bits() as i64
    }

    pub(crate) fn value(&self, whole: i64) -> f64 {
        whole as f64 / self.scale
    }

    pub(crate) fn same_group(&self, a: usize, b: usize) -> bool {
        self.hard.group_of[a] == self.hard.group_of[b]
    }

    /// Whether two people have a passion in common (with given affinities: any).
    pub(crate) fn share(&self, a: usize, b: usize) -> bool {
        match &self.affinities {
            Some(given) => given[triangle(self.people.len(), a, b)] > 0.0,
            None => common_topics(&self.tastes[a], &self.tastes[b]).next().is_some(),
        }
    }
}

/// Where the pair is in a triangle stored by rows.
pub(crate) fn triangle(n: usize, a: usize, b: usize) -> usize {
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    a * (2 * n - a - 1) / 2 + b - a - 1
}

/// The topics two people share, with both tastes. Both lists are in order of topic.
pub(crate) fn common_topics<'a>(a: &'a [Taste], b: &'a [Taste]) -> impl Iterator<Item = (&'a Taste, &'a Taste)> {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        while i < a.len() && j < b.len() {
            match a[i].topic.cmp(&b[j].topic) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    (i, j) = (i + 1, j + 1);
                    return Some((&a[i - 1], &b[j - 1]));
                }
            }
        }
        None
    })
}

#[derive(Default)]
struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// A file wrong everywhere is not answered with a message per line.
    const MAX: usize = 100;

    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < Self::MAX {
            self.0.push(Mistake { path: path.into(), message: message.into() });
        }
    }
}

fn check_sizes(draft: &Draft, mistakes: &mut Mistakes) {
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
        Rule::Apart { members } | Rule::Known { members, .. } | Rule::Wish { members, .. } | Rule::Reluctance { members, .. } => {
            members.len().saturating_mul(members.len()) / 2
        }
    });
    sizes.fold(0, usize::saturating_add)
}

fn positions<'a>(ids: impl Iterator<Item = &'a str>, list: &str, mistakes: &mut Mistakes) -> HashMap<String, usize> {
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

fn languages(draft: &Draft, mistakes: &mut Mistakes) -> HashMap<String, u32> {
    let spoken = draft.people.iter().flat_map(|p| p.languages.iter()).chain(draft.tables.iter().filter_map(|t| t.language.as_ref()));
    let distinct: BTreeSet<&String> = spoken.collect();
    if distinct.len() > MAX_LANGUAGES {
        mistakes.add("participants", format!("{} languages; at most {MAX_LANGUAGES}", distinct.len()));
        return HashMap::new();
    }
    distinct.into_iter().zip(0..).map(|(language, bit)| (language.clone(), bit)).collect()
}

fn check_people(draft: &Draft, mistakes: &mut Mistakes) {
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

fn check_tables(draft: &Draft, mistakes: &mut Mistakes) {
    for (position, table) in draft.tables.iter().enumerate() {
        if table.max == 0 {
            mistakes.add(format!("tables[{position}].max"), "must be at least 1");
        } else if table.min > table.max {
            mistakes.add(format!("tables[{position}].min"), format!("{} is above the table's max of {}", table.min, table.max));
        }
    }
}

fn check_numbers(draft: &Draft, mistakes: &mut Mistakes) {
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

fn acceptable(weight: f64) -> bool {
    (0.0..=MAX_WEIGHT).contains(&weight)
}

fn not_acceptable(weight: f64) -> String {
    format!("must be a number from 0 to {MAX_WEIGHT:e}, not {weight}")
}

#[derive(Default)]
struct ReadRules {
    hard: Vec<hard::Rule>,
    known: Vec<(usize, usize, f64)>,
    wishes: Vec<(usize, usize, f64)>,
    reluctance: Vec<(usize, usize, f64)>,
}

fn read_rules(draft: &Draft, person_at: &HashMap<String, usize>, table_at: &HashMap<String, usize>, mistakes: &mut Mistakes) -> ReadRules {
    let mut read = ReadRules::default();
    for (position, rule) in draft.rules.iter().enumerate() {
        let path = format!("rules[{position}]");
        match rule {
            Rule::Together { members } => {
                read.hard.push(hard::Rule::Together(read_members(members, 1, &path, person_at, mistakes)));
            }
            Rule::Apart { members } => {
                read.hard.push(hard::Rule::Apart(read_members(members, 2, &path, person_at, mistakes)));
            }
            Rule::Fixed { member, table, round } => {
                let person = find(member, person_at, "participant", &format!("{path}.member"), mistakes);
                let table = find(table, table_at, "table", &format!("{path}.table"), mistakes);
                if let Some(round) = round.filter(|round| *round >= draft.rounds) {
                    mistakes.add(format!("{path}.round"), format!("there is no round {}; the event has {}", round + 1, draft.rounds));
                }
                if let (Some(person), Some(table)) = (person, table) {
                    read.hard.push(hard::Rule::Fixed { person, table, round: *round });
                }
            }
            Rule::Known { members, times } => {
                let members = read_members(members, 2, &path, person_at, mistakes);
                read.known.extend(weighted_pairs(&members, *times, &format!("{path}.times"), mistakes));
            }
            Rule::Company { company, attribute, members, weight } => {
                let members = match members.as_slice() {
                    [] => (0..draft.people.len()).collect(),
                    named => read_members(named, 1, &path, person_at, mistakes),
                };
                read_company(draft, *company, attribute, &members, *weight, &path, mistakes, &mut read);
            }
            Rule::Wish { members, weight } => {
                let members = read_members(members, 2, &path, person_at, mistakes);
                read.wishes.extend(weighted_pairs(&members, *weight, &format!("{path}.weight"), mistakes));
            }
            Rule::Reluctance { members, weight } => {
                let members = read_members(members, 2, &path, person_at, mistakes);
                read.reluctance.extend(weighted_pairs(&members, *weight, &format!("{path}.weight"), mistakes));
            }
        }
    }
    read
}

#[allow(clippy::too_many_arguments)]
fn read_company(
    draft: &Draft,
    company: Company,
    attribute: &str,
    members: &[usize],
    weight: Option<f64>,
    path: &str,
    mistakes: &mut Mistakes,
    read: &mut ReadRules,
) {
    let named = Attribute::parse(attribute);
    let holders = named.holders(&draft.people, members);
    let pairs = |count: usize| count * count.saturating_sub(1) / 2;
    let (each, all) = (holders.values().map(|one| pairs(one.len())).sum::<usize>(), holders.values().map(Vec::len).sum());
    let pairs = match company {
        Company::Same => pairs(all) - each,
        Company::Different | Company::AtMost(1) => each,
        Company::AtLeast(_) | Company::AtMost(_) => 0,
    };
    if pairs > MAX_PAIRS {
        mistakes.add(path, format!("keeps {pairs} pairs apart; at most {MAX_PAIRS}"));
        return;
    }
    match company {
        Company::AtLeast(0) | Company::AtMost(0) => mistakes.add(format!("{path}.k"), "must be at least 1"),
        Company::Same if attribute.split('=').next() == Some("language") => {
            mistakes.add(format!("{path}.attribute"), "a table always has a language in common");
        }
        _ => match (weight, attributes::unwelcome_pairs(company, &holders)) {
            (None, _) => read.hard.extend(attributes::hard_rules(company, &named, holders)),
            (Some(weight), _) if !acceptable(weight) => mistakes.add(format!("{path}.weight"), not_acceptable(weight)),
            (Some(weight), Some(pairs)) => read.reluctance.extend(pairs.into_iter().map(|(a, b)| (a, b, weight))),
            (Some(_), None) => mistakes.add(format!("{path}.weight"), "at_least and at_most are musts and have no weight"),
        },
    }
}

fn read_members(
    members: &[String],
    at_least: usize,
    path: &str,
    person_at: &HashMap<String, usize>,
    mistakes: &mut Mistakes,
) -> Vec<usize> {
    let mut read = Vec::with_capacity(members.len());
    for (position, id) in members.iter().enumerate() {
        let path = format!("{path}.members[{position}]");
        if let Some(person) = find(id, person_at, "participant", &path, mistakes) {
            read.push(person);
        }
    }
    let distinct: BTreeSet<&usize> = read.iter().collect();
    if read.len() == members.len() {
        if distinct.len() < read.len() && at_least > 1 {
            mistakes.add(format!("{path}.members"), "names the same person twice");
        } else if distinct.len() < at_least {
            mistakes.add(format!("{path}.members"), format!("must name at least {at_least}"));
        }
    }
    read
}

fn find(id: &str, at: &HashMap<String, usize>, kind: &str, path: &str, mistakes: &mut Mistakes) -> Option<usize> {
    let found = at.get(id).copied();
    if found.is_none() {
        mistakes.add(path, format!("no {kind} has the id {:?}", shortened(id)));
    }
    found
}

fn shortened(id: &str) -> String {
    id.chars().take(60).collect()
}

fn weighted_pairs(members: &[usize], weight: f64, path: &str, mistakes: &mut Mistakes) -> Vec<(usize, usize, f64)> {
    if !acceptable(weight) {
        mistakes.add(path, not_acceptable(weight));
        return Vec::new();
    }
    let pairs = members.iter().enumerate().flat_map(|(i, a)| members[i + 1..].iter().map(move |b| (*a, *b, weight)));
    pairs.collect()
}

fn numbered<'a>(names: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<u32>> {
    let mut numbers = HashMap::new();
    names
        .map(|name| {
            let next = numbers.len() as u32;
            name.map(|name| *numbers.entry(name.to_owned()).or_insert(next))
        })
        .collect()
}

/// Topics in order of their name, so that the order of people changes nothing.
fn tastes(people: &[Person]) -> (Vec<String>, Vec<u32>, Vec<Vec<Taste>>) {
    let mut held: BTreeMap<&str, u32> = BTreeMap::new();
    for topic in people.iter().flat_map(|person| person.passions.keys()) {
        *held.entry(topic).or_default() += 1;
    }
    let holders: Vec<u32> = held.values().copied().collect();
    let topics: Vec<String> = held.keys().map(|topic| (*topic).to_owned()).collect();
    let number: HashMap<&str, u32> = topics.iter().map(String::as_str).zip(0..).collect();
    let rarity: Vec<f64> = holders.iter().map(|df| exact::ln(1.0 + people.len() as f64 / f64::from(*df))).collect();
    let tastes = people.iter().map(|person| {
        let mut tastes: Vec<Taste> = Vec::with_capacity(person.passions.len());
        for (topic, &level) in &person.passions {
            let topic = number[topic.as_str()];
            tastes.push(Taste { topic, level, part: f64::from(level) * rarity[topic as usize] });
        }
        let length = tastes.iter().map(|taste| taste.part * taste.part).sum::<f64>().sqrt();
        tastes.iter_mut().for_each(|taste| taste.part /= length);
        tastes
    });
    let tastes = tastes.collect();
    (topics, holders, tastes)
}

/// A power of ten. The search adds up what a whole table is worth to some of its people in 32 bits, with either sign.
fn scale(largest: f64) -> f64 {
    let mut scale = 1.0;
    if largest > 0.0 {
        while largest * scale * 10.0 <= 1e9 && scale < 1e9 {
            scale *= 10.0;
        }
        while largest * scale > 1e9 {
            scale /= 10.0;
        }
    }
    scale
}
