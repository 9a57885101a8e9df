//! What a seating that somebody made by hand breaks. It shares nothing with the search.

use std::collections::BTreeMap;

use crate::hard::Rule;
use crate::problem::Problem;

/// A hard rule that does not hold at one table in one round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    pub round: usize,
    pub table: usize,
    pub rule: BrokenRule,
    /// Whom it concerns; everybody at the table when the rule is about all of them.
    pub people: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BrokenRule {
    /// More people than seats.
    TooMany,
    /// Fewer people than the table is for.
    TooFew,
    /// People who are to stay together sit here and elsewhere; named are those who are here.
    Together,
    Apart,
    /// Somebody has a place of their own elsewhere.
    Fixed,
    /// Somebody needs an accessible seat, and this is none.
    Accessible,
    /// No language is common to the table.
    Language,
    /// People who are to be alike and are not.
    Unlike,
    /// More of those a rule counts than it allows.
    TooManyAlike,
    /// Fewer than it asks for; named are those who are here.
    TooFewAlike,
}

/// Every hard rule that who sits where (round, table, members) does not keep, in the order of rounds and tables.
pub fn broken(problem: &Problem, rounds: &[Vec<Vec<usize>>]) -> Vec<Broken> {
    let mut found = Vec::new();
    for (round, tables) in rounds.iter().enumerate() {
        let mut table_of = vec![None; problem.people.len()];
        for (table, members) in tables.iter().enumerate() {
            for &member in members {
                table_of[member] = Some(table);
            }
            at_table(problem, table, members, &mut |rule, people| found.push(Broken { round, table, rule, people }));
        }
        by_rule(problem, round, &table_of, &mut |table, rule, people| found.push(Broken { round, table, rule, people }));
    }
    found.sort();
    found.dedup();
    found
}

/// What the table itself asks for.
fn at_table(problem: &Problem, table: usize, members: &[usize], add: &mut impl FnMut(BrokenRule, Vec<usize>)) {
    let (hard, place) = (&problem.hard, &problem.tables[table]);
    if members.len() > place.max {
        add(BrokenRule::TooMany, members.to_vec());
    }
    if hard.tables[table].missing(members.len()) > 0 {
        add(BrokenRule::TooFew, members.to_vec());
    }
    if !place.accessible {
        for &member in members.iter().filter(|member| problem.people[**member].accessible) {
            add(BrokenRule::Accessible, vec![member]);
        }
    }
    let groups = members.iter().map(|member| hard.group_of[*member] as usize);
    let common = groups.fold(hard.tables[table].speaks, |common, group| common & hard.speaks[group]);
    if common == 0 && !members.is_empty() {
        add(BrokenRule::Language, members.to_vec());
    }
}

/// What the rules ask of people in one round.
fn by_rule(problem: &Problem, round: usize, table_of: &[Option<usize>], add: &mut impl FnMut(usize, BrokenRule, Vec<usize>)) {
    for rule in &problem.rules {
        match rule {
            Rule::Together(members) => {
                let tables = tables(members, table_of);
                if tables.len() > 1 {
                    tables.into_iter().for_each(|(table, here)| add(table, BrokenRule::Together, here));
                }
            }
            Rule::Apart(members) => {
                let crowded = tables(members, table_of).into_iter().filter(|(_, here)| here.len() > 1);
                crowded.for_each(|(table, here)| add(table, BrokenRule::Apart, here));
            }
            Rule::Same { classes, .. } => {
                let all: Vec<usize> = classes.iter().flatten().copied().collect();
                let mixed = |here: &Vec<usize>| classes.iter().filter(|class| class.iter().any(|member| here.contains(member))).count() > 1;
                let found = tables(&all, table_of).into_iter().filter(|(_, here)| mixed(here));
                found.for_each(|(table, here)| add(table, BrokenRule::Unlike, here));
            }
            Rule::Count(count) => {
                let everybody: Vec<usize> = (0..table_of.len()).collect();
                for (table, here) in tables(&everybody, table_of) {
                    let holders: Vec<usize> = here.iter().copied().filter(|member| count.people.contains(member)).collect();
                    if !count.allows(holders.len(), here.len()) {
                        let rule = if holders.len() > count.most { BrokenRule::TooManyAlike } else { BrokenRule::TooFewAlike };
                        add(table, rule, holders);
                    }
                }
            }
            Rule::Fixed { person, table, round: only } if only.is_none_or(|only| only == round) => {
                if let Some(elsewhere) = table_of[*person].filter(|at| at != table) {
                    add(elsewhere, BrokenRule::Fixed, vec![*person]);
                }
            }
            Rule::Fixed { .. } => {}
        }
    }
}

/// Who of these sits at which table.
fn tables(members: &[usize], table_of: &[Option<usize>]) -> BTreeMap<usize, Vec<usize>> {
    let mut tables: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &member in members {
        if let Some(table) = table_of[member] {
            tables.entry(table).or_default().push(member);
        }
    }
    tables
}
