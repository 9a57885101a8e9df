//! The rules of a draft, which name people and tables by their ids, in the shapes the search knows.

use std::collections::{BTreeSet, HashMap};

use crate::attributes::{self, Attribute, Company};
use crate::draft::{Draft, MAX_PAIRS, Mistakes, Rule, acceptable, not_acceptable};
use crate::hard;

/// People and tables by position.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) hard: Vec<hard::Rule>,
    pub(crate) met: Vec<(usize, usize)>,
    pub(crate) known: Vec<(usize, usize, f64)>,
    pub(crate) wishes: Vec<(usize, usize, f64)>,
    pub(crate) reluctance: Vec<(usize, usize, f64)>,
}

/// Reads all of them, and notes whatever is wrong with any.
pub(crate) fn read(draft: &Draft, person_at: &HashMap<String, usize>, table_at: &HashMap<String, usize>, mistakes: &mut Mistakes) -> Rules {
    let mut reading = Reading { draft, person_at, table_at, path: String::new(), rules: Rules::default(), mistakes };
    for (position, rule) in draft.rules.iter().enumerate() {
        reading.path = format!("rules[{position}]");
        reading.rule(rule);
    }
    reading.rules
}

struct Reading<'a> {
    draft: &'a Draft,
    person_at: &'a HashMap<String, usize>,
    table_at: &'a HashMap<String, usize>,
    /// Of the rule that is being read.
    path: String,
    rules: Rules,
    mistakes: &'a mut Mistakes,
}

impl Reading<'_> {
    fn rule(&mut self, rule: &Rule) {
        match rule {
            Rule::Together { members } => {
                let members = self.members(members, 1);
                self.rules.hard.push(hard::Rule::Together(members));
            }
            Rule::Apart { members } => {
                let members = self.members(members, 2);
                self.rules.hard.push(hard::Rule::Apart(members));
            }
            Rule::Fixed { member, table, round } => self.fixed(member, table, *round),
            Rule::Met { members } => {
                let pairs = self.weighted_pairs(members, 1.0, "members");
                self.rules.met.extend(pairs.into_iter().map(|(a, b, _)| (a, b)));
            }
            Rule::Known { members, times } => {
                let pairs = self.weighted_pairs(members, *times, "times");
                self.rules.known.extend(pairs);
            }
            Rule::Wish { members, weight } => {
                let pairs = self.weighted_pairs(members, *weight, "weight");
                self.rules.wishes.extend(pairs);
            }
            Rule::Reluctance { members, weight } => {
                let pairs = self.weighted_pairs(members, *weight, "weight");
                self.rules.reluctance.extend(pairs);
            }
            Rule::Company { company, attribute, members, weight } => {
                let members = match members.as_slice() {
                    [] => (0..self.draft.people.len()).collect(),
                    named => self.members(named, 1),
                };
                self.company(*company, attribute, &members, *weight);
            }
        }
    }

    fn fixed(&mut self, member: &str, table: &str, round: Option<usize>) {
        let person = self.find(member, self.person_at, "participant", "member");
        let table = self.find(table, self.table_at, "table", "table");
        let rounds = self.draft.rounds;
        if let Some(round) = round.filter(|round| *round >= rounds) {
            self.wrong("round", format!("there is no round {}; the event has {rounds}", round + 1));
        }
        if let (Some(person), Some(table)) = (person, table) {
            self.rules.hard.push(hard::Rule::Fixed { person, table, round });
        }
    }

    fn company(&mut self, company: Company, attribute: &str, members: &[usize], weight: Option<f64>) {
        let named = Attribute::parse(attribute);
        let holders = named.holders(&self.draft.people, members);
        let pairs = attributes::pairs_apart(company, &holders);
        if pairs > MAX_PAIRS {
            let path = self.path.clone();
            self.mistakes.add(path, format!("keeps {pairs} pairs apart; at most {MAX_PAIRS}"));
            return;
        }
        match company {
            Company::AtLeast(0) | Company::AtMost(0) => self.wrong("k", "must be at least 1"),
            Company::Same if named.is_language() => self.wrong("attribute", "a table always has a language in common"),
            _ => match (weight, attributes::unwelcome_pairs(company, &holders)) {
                (None, _) => self.rules.hard.extend(attributes::hard_rules(company, &named, holders)),
                (Some(weight), _) if !acceptable(weight) => self.wrong("weight", not_acceptable(weight)),
                (Some(weight), Some(pairs)) => self.rules.reluctance.extend(pairs.into_iter().map(|(a, b)| (a, b, weight))),
                (Some(_), None) => self.wrong("weight", "at_least and at_most are musts and have no weight"),
            },
        }
    }

    fn weighted_pairs(&mut self, members: &[String], weight: f64, field: &str) -> Vec<(usize, usize, f64)> {
        let members = self.members(members, 2);
        if !acceptable(weight) {
            self.wrong(field, not_acceptable(weight));
            return Vec::new();
        }
        members.iter().enumerate().flat_map(|(i, a)| members[i + 1..].iter().map(move |b| (*a, *b, weight))).collect()
    }

    fn members(&mut self, members: &[String], at_least: usize) -> Vec<usize> {
        let mut read = Vec::with_capacity(members.len());
        for (position, id) in members.iter().enumerate() {
            read.extend(self.find(id, self.person_at, "participant", &format!("members[{position}]")));
        }
        let distinct: BTreeSet<&usize> = read.iter().collect();
        if read.len() == members.len() {
            if distinct.len() < read.len() && at_least > 1 {
                self.wrong("members", "names the same person twice");
            } else if distinct.len() < at_least {
                self.wrong("members", format!("must name at least {at_least}"));
            }
        }
        read
    }

    fn find(&mut self, id: &str, at: &HashMap<String, usize>, kind: &str, field: &str) -> Option<usize> {
        let found = at.get(id).copied();
        if found.is_none() {
            let shortened: String = id.chars().take(60).collect();
            self.wrong(field, format!("no {kind} has the id {shortened:?}"));
        }
        found
    }

    fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.mistakes.add(format!("{}.{field}", self.path), message);
    }
}
