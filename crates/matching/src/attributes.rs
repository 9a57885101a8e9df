//! Rules over what people have in common: a unit, a language, or whatever an organizer writes down about them.

use std::collections::{BTreeMap, BTreeSet};

use crate::draft::Person;
use crate::hard;

/// What rules can look at in everybody; a file may give people more of its own.
pub const ATTRIBUTES: [&str; 3] = ["unit", "language", "accessible"];

/// What a rule asks of the people at one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// All of them have the same value.
    Same,
    /// No two of them have the same value.
    Different,
    /// With a value (`unit=Acme`): at every table where somebody sits, so many have it. Without: who has a value is not
    /// left with fewer than so many who have it.
    AtLeast(usize),
    /// So many have the same value, or the one that is named.
    AtMost(usize),
}

/// What to look at: `unit`, `language`, `accessible` or one of [`Person::attributes`], and maybe one value of it.
pub(crate) struct Attribute<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

impl<'a> Attribute<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        match text.split_once('=') {
            Some((name, value)) => Attribute { name: name.trim(), value: Some(value.trim()) },
            None => Attribute { name: text.trim(), value: None },
        }
    }

    /// Whether anybody could have it.
    pub(crate) fn is_known(&self, people: &[Person]) -> bool {
        ATTRIBUTES.contains(&self.name) || people.iter().any(|person| person.attributes.contains_key(self.name))
    }

    pub(crate) fn is_language(&self) -> bool {
        self.name == "language"
    }

    fn values<'p>(&self, person: &'p Person) -> Vec<&'p str> {
        match self.name {
            "unit" => person.unit.iter().map(String::as_str).collect(),
            "language" => person.languages.iter().map(String::as_str).collect(),
            "accessible" => person.accessible.then_some("yes").into_iter().collect(),
            name => person.attributes.get(name).map(String::as_str).into_iter().collect(),
        }
    }

    /// Who has each value, among those members; only the named value, if one is named.
    pub(crate) fn holders(&self, people: &[Person], members: &[usize]) -> BTreeMap<String, Vec<usize>> {
        let mut holders: BTreeMap<String, Vec<usize>> = self.value.iter().map(|named| ((*named).to_owned(), Vec::new())).collect();
        for &member in members {
            let wanted = |value: &&str| self.value.is_none_or(|only| *value == only);
            for value in self.values(&people[member]).into_iter().filter(wanted).collect::<BTreeSet<_>>() {
                holders.entry(value.to_owned()).or_default().push(member);
            }
        }
        holders
    }

    fn says(&self, value: &str) -> String {
        format!("{} {value}", self.name)
    }
}

/// The rule in the shapes the search knows.
pub(crate) fn hard_rules(company: Company, attribute: &Attribute, holders: BTreeMap<String, Vec<usize>>) -> Vec<hard::Rule> {
    let count = |what: String, people, least, most, if_any| hard::Rule::Count(hard::Count { what, people, least, most, if_any });
    let each = |least: usize, most: usize, if_any: bool| -> Vec<hard::Rule> {
        let rules = holders.iter().map(|(value, people)| count(attribute.says(value), people.clone(), least, most, if_any));
        rules.collect()
    };
    match company {
        Company::Same => vec![hard::Rule::Same { what: attribute.name.to_owned(), classes: holders.into_values().collect() }],
        Company::Different => each(0, 1, false),
        Company::AtMost(most) => each(0, most, false),
        Company::AtLeast(least) => each(least, usize::MAX, attribute.value.is_none()),
    }
}

/// How many pairs the rule keeps apart.
pub(crate) fn pairs_apart(company: Company, holders: &BTreeMap<String, Vec<usize>>) -> usize {
    let pairs = |count: usize| count * count.saturating_sub(1) / 2;
    let alike = holders.values().map(|one| pairs(one.len())).sum::<usize>();
    match company {
        Company::Same => pairs(holders.values().map(Vec::len).sum()) - alike,
        Company::Different | Company::AtMost(1) => alike,
        Company::AtLeast(_) | Company::AtMost(_) => 0,
    }
}

/// Pairs whose meeting a weighted rule would rather not see.
pub(crate) fn unwelcome_pairs(company: Company, holders: &BTreeMap<String, Vec<usize>>) -> Option<Vec<(usize, usize)>> {
    let classes: Vec<&Vec<usize>> = holders.values().collect();
    let within = |class: &&Vec<usize>| -> Vec<(usize, usize)> {
        class.iter().enumerate().flat_map(|(i, a)| class[i + 1..].iter().map(move |b| (*a, *b))).collect()
    };
    match company {
        Company::Different => Some(classes.iter().flat_map(within).collect()),
        Company::Same => {
            let across = classes.iter().enumerate().flat_map(|(i, one)| classes[i + 1..].iter().map(move |other| (one, other)));
            Some(across.flat_map(|(one, other)| one.iter().flat_map(move |a| other.iter().map(move |b| (*a, *b)))).collect())
        }
        Company::AtLeast(_) | Company::AtMost(_) => None,
    }
}
