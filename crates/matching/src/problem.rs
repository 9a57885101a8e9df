//! A [`Problem`] exists only if the draft it is made from is sound.

use std::collections::{BTreeMap, HashMap};

use crate::draft::{self, Aim, Draft, Mistake, Mistakes, Person, Table, Weights};
use crate::exact;
use crate::hard::{self, Hard};
use crate::objectives::{Objective, exchange};
use crate::pairs::Relation;
use crate::rules;

/// A sound problem. People and tables are known by their position in the draft's lists.
#[derive(Debug)]
pub struct Problem {
    pub(crate) people: Vec<Person>,
    pub(crate) tables: Vec<Table>,
    pub(crate) rounds: usize,
    round_numbers: Vec<usize>,
    pub(crate) aim: Aim,
    pub(crate) weights: Weights,
    pub(crate) rules: Vec<hard::Rule>,
    pub(crate) hard: Hard,
    pub(crate) topics: Vec<String>,
    /// How many people hold each topic.
    pub(crate) holders: Vec<u32>,
    /// Per person, by topic, and behind the topics by family.
    pub(crate) tastes: Vec<Vec<Taste>>,
    /// How many topics and families there are.
    pub(crate) dimensions: usize,
    pub(crate) affinities: Option<Vec<f64>>,
    pub(crate) units: Vec<Option<u32>>,
    /// Who shared a table in a round that is over.
    pub(crate) met: Relation,
    pub(crate) known: Relation,
    pub(crate) wishes: Relation,
    pub(crate) reluctance: Relation,
    pub(crate) exchange: Relation,
    /// Whole numbers per 1.0 of value: the power of ten that gives the largest table nine digits.
    pub(crate) scale: f64,
}

/// One passion of one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taste {
    /// A topic, or behind the last of them the family of some.
    pub(crate) topic: u32,
    /// 0 for a family.
    pub(crate) level: u8,
    /// Share of this topic in the person's vector, which has length one.
    pub(crate) part: f64,
}

impl Problem {
    /// The checked problem, or everything that is wrong with the draft.
    pub fn new(draft: Draft) -> Result<Problem, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        draft::check_sizes(&draft, &mut mistakes);
        if !mistakes.0.is_empty() {
            return Err(mistakes.0);
        }
        let person_at = draft::positions(draft.people.iter().map(|p| p.id.as_str()), "participants", &mut mistakes);
        let table_at = draft::positions(draft.tables.iter().map(|t| t.id.as_str()), "tables", &mut mistakes);
        let languages = draft::languages(&draft, &mut mistakes);
        draft::check_people(&draft, &mut mistakes);
        draft::check_tables(&draft, &mut mistakes);
        draft::check_numbers(&draft, &mut mistakes);
        let read = rules::read(&draft, &person_at, &table_at, &mut mistakes);
        if !mistakes.0.is_empty() {
            return Err(mistakes.0);
        }

        let Draft { people, tables, rounds, round_numbers, weights, affinities, aim, families, .. } = draft;
        let hard = Hard::new(&people, &tables, rounds, &languages, &read.hard);
        let (topics, holders) = topics(&people);
        let (dimensions, tastes) = tastes(&people, &families, &topics, &holders);
        let mut problem = Problem {
            units: numbered(people.iter().map(|p| p.unit.as_deref())),
            exchange: exchange::matches(&people),
            met: Relation::new(people.len(), read.met.iter().map(|(a, b)| (*a, *b, 1.0)), f64::max),
            known: Relation::new(people.len(), read.known, f64::max),
            wishes: Relation::new(people.len(), read.wishes, |a, b| a + b),
            reluctance: Relation::new(people.len(), read.reluctance, |a, b| a + b),
            people,
            tables,
            rounds,
            round_numbers,
            aim,
            weights,
            rules: read.hard,
            hard,
            topics,
            holders,
            tastes,
            dimensions,
            affinities,
            scale: 1.0,
        };
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

    /// As people count.
    pub(crate) fn round_number(&self, round: usize) -> usize {
        self.round_numbers.get(round).copied().unwrap_or(round + 1)
    }

    /// In a round that is over.
    pub(crate) fn has_met(&self, a: usize, b: usize) -> bool {
        self.met.get(a, b) > 0.0
    }

    pub(crate) fn same_group(&self, a: usize, b: usize) -> bool {
        self.hard.group_of[a] == self.hard.group_of[b]
    }

    /// Whether two people have a passion in common (with given affinities: any).
    pub(crate) fn share(&self, a: usize, b: usize) -> bool {
        match &self.affinities {
            Some(given) => given[triangle(self.people.len(), a, b)] > 0.0,
            None => self.shared_topics(a, b).next().is_some(),
        }
    }

    /// The passions of the one that are also the other's.
    pub(crate) fn shared_topics(&self, a: usize, b: usize) -> impl Iterator<Item = (&Taste, &Taste)> {
        common_topics(&self.tastes[a], &self.tastes[b]).take_while(|(taste, _)| (taste.topic as usize) < self.topics.len())
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

fn numbered<'a>(names: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<u32>> {
    let mut numbers = HashMap::new();
    names
        .map(|name| {
            let next = numbers.len() as u32;
            name.map(|name| *numbers.entry(name.to_owned()).or_insert(next))
        })
        .collect()
}

/// Topics in order of their name, so that the order of people changes nothing, and how many people hold each.
fn topics(people: &[Person]) -> (Vec<String>, Vec<u32>) {
    let mut held: BTreeMap<&str, u32> = BTreeMap::new();
    for topic in people.iter().flat_map(|person| person.passions.keys()) {
        *held.entry(topic).or_default() += 1;
    }
    held.into_iter().map(|(topic, holders)| (topic.to_owned(), holders)).unzip()
}

/// A family counts for so much of the strongest passion in it.
const KINSHIP: f64 = 0.5;

/// Everybody's vector of length one, and its dimensions: the topics, and behind them the families.
fn tastes(people: &[Person], families: &BTreeMap<String, String>, topics: &[String], holders: &[u32]) -> (usize, Vec<Vec<Taste>>) {
    let number: HashMap<&str, u32> = topics.iter().map(String::as_str).zip(0..).collect();
    let mut family_of: BTreeMap<&str, u32> =
        families.iter().filter(|(topic, _)| number.contains_key(topic.as_str())).map(|(_, family)| (family.as_str(), 0)).collect();
    (topics.len() as u32..).zip(family_of.values_mut()).for_each(|(at, family)| *family = at);
    // The strongest level of each family, by person.
    let strongest = |person: &Person| {
        let mut strongest: BTreeMap<u32, u8> = BTreeMap::new();
        for (topic, &level) in &person.passions {
            if let Some(family) = families.get(topic) {
                let strongest = strongest.entry(family_of[family.as_str()]).or_default();
                *strongest = level.max(*strongest);
            }
        }
        strongest
    };
    let kin: Vec<BTreeMap<u32, u8>> = people.iter().map(strongest).collect();
    let mut holders = holders.to_vec();
    holders.resize(topics.len() + family_of.len(), 0);
    kin.iter().flat_map(BTreeMap::keys).for_each(|family| holders[*family as usize] += 1);
    let rarity: Vec<f64> = holders.iter().map(|df| exact::ln(1.0 + people.len() as f64 / f64::from(*df))).collect();
    let tastes = people.iter().zip(&kin).map(|(person, kin)| {
        let mut tastes: Vec<Taste> = Vec::with_capacity(person.passions.len() + kin.len());
        for (topic, &level) in &person.passions {
            let topic = number[topic.as_str()];
            tastes.push(Taste { topic, level, part: f64::from(level) * rarity[topic as usize] });
        }
        tastes.extend(kin.iter().map(|(&topic, level)| Taste {
            topic,
            level: 0,
            part: KINSHIP * f64::from(*level) * rarity[topic as usize],
        }));
        let length = tastes.iter().map(|taste| taste.part * taste.part).sum::<f64>().sqrt();
        tastes.iter_mut().for_each(|taste| taste.part /= length);
        tastes
    });
    (holders.len(), tastes.collect())
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
