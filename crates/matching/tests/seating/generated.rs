//! Made-up events: realistic ones from a seed, and small odd ones for the property tests.

use convivio_matching::{Aim, Company, Draft, Flow, Options, Person, Problem, Rule, Seating, Table, solve};
use proptest::prelude::*;

/// A generator of its own, so that the engine's chance is not tested with itself.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

/// People with three to six of 40 passions, popular ones far more often than rare ones, from units of about eight.
pub(crate) fn population(people: usize, seed: u64) -> Vec<Person> {
    let mut dice = Dice::new(seed);
    let mut person = |position: usize| {
        let mut person = Person::new(format!("p{position}"));
        person.unit = Some(format!("unit {}", dice.below(people.div_ceil(8))));
        for _ in 0..3 + dice.below(4) {
            // The product of two dice leans to the small numbers, as popularity does.
            let topic = dice.below(8) * dice.below(6);
            person = person.with_passion(format!("topic {topic}"), 1 + dice.below(3) as u8);
        }
        person
    };
    (0..people).map(&mut person).collect()
}

pub(crate) fn tables(count: usize, min: usize, max: usize) -> Vec<Table> {
    (1..=count).map(|number| Table::new(number.to_string(), min, max)).collect()
}

pub(crate) fn problem(draft: Draft) -> Problem {
    Problem::new(draft).expect("the draft is sound")
}

pub(crate) fn seat(problem: &Problem, seed: u64, moves: u64) -> Seating {
    solve(problem, &Options::seeded(seed).with_moves(moves), |_| Flow::Continue).expect("a seating exists")
}

prop_compose! {
    /// Up to a dozen people, a few topics, tables of any size, rules of every kind; often impossible.
    pub(crate) fn small_event(largest: usize)(
        people in 2..=largest,
        rounds in 1usize..=3,
        sizes in prop::collection::vec((0usize..=4, 0usize..=3, any::<bool>(), 0usize..4, any::<bool>()), 1..=4),
        passions in prop::collection::vec(prop::collection::btree_map(0u8..5, 1u8..=3, 0..3), largest),
        traits in prop::collection::vec((0u8..3, 0usize..20, 0usize..8), largest),
        together in prop::collection::vec((0..largest, 0..largest), 0..3),
        apart in prop::collection::vec((0..largest, 0..largest), 0..5),
        soft in prop::collection::vec((0..largest, 0..largest, 0usize..4), 0..5),
        fixed in prop::collection::vec((0..largest, 0usize..4, prop::option::of(0usize..3)), 0..3),
        company in prop::collection::vec((0usize..6, 0usize..4, 1usize..3, any::<bool>()), 0..2),
        plain in any::<bool>(),
    ) -> Draft {
        let id = |person: usize| format!("p{person}");
        let language = |choice: usize| ["it", "en", "de"].get(choice).map(|language| (*language).to_owned());
        let person = |position: usize| {
            let mut person = Person::new(id(position));
            for (topic, level) in &passions[position] {
                person = person.with_passion(format!("t{topic}"), *level);
            }
            let (unit, rare, spoken) = traits[position];
            person.attributes.insert("sort".into(), ["a", "b", "c"][rare % 3].into());
            person.unit = (unit > 0).then(|| format!("u{unit}"));
            person.accessible = rare == 0;
            person.languages = match spoken {
                0 => vec!["it".into()],
                1 => vec!["en".into(), "it".into()],
                2 => vec!["de".into(), "it".into()],
                _ => vec![],
            };
            if rare == 1 { person.offers = vec!["taxes".into()]; }
            if rare == 2 { person.needs = vec!["taxes".into()]; }
            person
        };
        let table = |(number, &(min, more, accessible, spoken, optional)): (usize, &(usize, usize, bool, usize, bool))| {
            // Languages at tables are rare, or hardly any event would be possible.
            let language = if number == 0 { language(spoken) } else { None };
            Table { accessible, language, optional, ..Table::new(number.to_string(), min, (min + more).max(1)) }
        };
        let tables: Vec<Table> = sizes.iter().enumerate().map(table).collect();
        let there = |(a, b): (usize, usize)| (a != b && a < people && b < people).then(|| vec![id(a), id(b)]);
        let mut rules = Vec::new();
        rules.extend(together.into_iter().filter_map(there).map(|members| Rule::Together { members }));
        rules.extend(apart.into_iter().filter_map(there).map(|members| Rule::Apart { members }));
        for (a, b, sort) in soft {
            rules.extend(there((a, b)).map(|members| match sort {
                0 => Rule::Known { members, times: 1.5 },
                1 => Rule::Wish { members, weight: 1.0 },
                2 => Rule::Met { members },
                _ => Rule::Reluctance { members, weight: 0.5 },
            }));
        }
        for (person, table, round) in fixed {
            if person < people && table < tables.len() && round.is_none_or(|round| round < rounds) {
                rules.push(Rule::Fixed { member: id(person), table: table.to_string(), round });
            }
        }
        for (sort, attribute, k, some) in company {
            let attribute = ["unit", "unit=u1", "sort", "sort=b"][attribute].to_owned();
            let members: Vec<String> = if some { (0..people).step_by(2).map(id).collect() } else { Vec::new() };
            let (company, weight) = match sort {
                0 => (Company::Same, None),
                1 => (Company::Different, None),
                2 => (Company::AtLeast(k), None),
                3 => (Company::AtMost(k), None),
                4 => (Company::Same, Some(0.5)),
                _ => (Company::Different, Some(0.5)),
            };
            let rule = Rule::Company { company, attribute, members, weight };
            let there: Vec<Person> = (0..people).map(person).collect();
            if !holders(&there, &rule).is_empty() {
                rules.push(rule);
            }
        }
        let aim = if plain { Aim::Plain } else { Aim::Fair };
        let families = ["t0", "t1"].map(|topic| (topic.to_owned(), "f".to_owned())).into();
        let people = (0..people).map(person).collect();
        Draft { people, tables, rounds, rules, families, aim, ..Draft::default() }
    }
}

/// Who has which value of the attribute a rule is about.
fn holders(people: &[Person], rule: &Rule) -> Vec<Vec<usize>> {
    let Rule::Company { attribute, members, .. } = rule else { return Vec::new() };
    let (name, only) = attribute.split_once('=').map_or((attribute.as_str(), None), |(name, value)| (name, Some(value)));
    let value = |person: &Person| if name == "unit" { person.unit.clone() } else { person.attributes.get(name).cloned() };
    let mut found: Vec<(String, Vec<usize>)> = Vec::new();
    for (position, person) in people.iter().enumerate().filter(|(_, person)| members.is_empty() || members.contains(&person.id)) {
        let Some(value) = value(person).filter(|value| only.is_none_or(|only| value == only)) else { continue };
        match found.iter_mut().find(|(known, _)| *known == value) {
            Some((_, holders)) => holders.push(position),
            None => found.push((value, vec![position])),
        }
    }
    found.into_iter().map(|(_, holders)| holders).collect()
}

/// Whether the people at one table are as a rule wants them.
fn company_is_right(draft: &Draft, rule: &Rule, table: &[usize]) -> bool {
    let Rule::Company { company, attribute, weight: None, .. } = rule else { return true };
    let here: Vec<usize> =
        holders(&draft.people, rule).iter().map(|holders| holders.iter().filter(|one| table.contains(one)).count()).collect();
    match company {
        Company::Same => here.iter().filter(|count| **count > 0).count() <= 1,
        Company::Different => here.iter().all(|count| *count <= 1),
        Company::AtMost(k) => here.iter().all(|count| count <= k),
        Company::AtLeast(k) if attribute.contains('=') => table.is_empty() || here.iter().all(|count| count >= k),
        Company::AtLeast(k) => here.iter().all(|count| *count == 0 || count >= k),
    }
}

/// What is wrong with a seating, by the rules as the draft states them.
pub(crate) fn broken(draft: &Draft, rounds: &[Vec<Vec<usize>>]) -> Vec<String> {
    let mut broken = Vec::new();
    let at = |id: &String| draft.people.iter().position(|person| person.id == *id).expect("rules name people of the draft");
    if rounds.len() != draft.rounds {
        broken.push(format!("{} rounds", rounds.len()));
    }
    for (number, tables) in rounds.iter().enumerate() {
        let mut seated: Vec<usize> = tables.iter().flatten().copied().collect();
        seated.sort_unstable();
        if seated != (0..draft.people.len()).collect::<Vec<_>>() {
            broken.push(format!("round {number}: seated {seated:?}"));
            continue;
        }
        let table_of = |person: usize| tables.iter().position(|members| members.contains(&person)).expect("everybody is seated");
        for (table, members) in draft.tables.iter().zip(tables) {
            let closed = table.optional && members.is_empty();
            if !closed && !(table.min..=table.max).contains(&members.len()) {
                broken.push(format!("round {number}: {} people at table {}", members.len(), table.id));
            }
            if members.iter().any(|person| draft.people[*person].accessible && !table.accessible) {
                broken.push(format!("round {number}: table {} is not accessible", table.id));
            }
            let speaks = |person: &usize, language: &String| {
                let spoken = &draft.people[*person].languages;
                spoken.is_empty() || spoken.contains(language)
            };
            let mut possible = ["it".to_owned(), "en".to_owned(), "de".to_owned()].into_iter();
            let common = match &table.language {
                Some(language) => members.iter().all(|person| speaks(person, language)),
                None => possible.any(|language| members.iter().all(|person| speaks(person, &language))),
            };
            if !common {
                broken.push(format!("round {number}: no common language at table {}", table.id));
            }
        }
        for rule in &draft.rules {
            let kept = match rule {
                Rule::Together { members } => members.iter().all(|member| table_of(at(member)) == table_of(at(&members[0]))),
                Rule::Apart { members } => {
                    let tables: Vec<usize> = members.iter().map(|member| table_of(at(member))).collect();
                    tables.iter().enumerate().all(|(i, table)| !tables[..i].contains(table))
                }
                Rule::Fixed { member, table, round } => {
                    round.is_some_and(|round| round != number) || draft.tables[table_of(at(member))].id == *table
                }
                Rule::Company { .. } => tables.iter().all(|members| company_is_right(draft, rule, members)),
                _ => true,
            };
            if !kept {
                broken.push(format!("round {number}: {rule:?}"));
            }
        }
    }
    broken
}
