//! What makes a seating good: one small file per objective, all about two people at one table.
//!
//! To add one: a file with its `pair`, a variant here, and the property tests and the brute-force comparison pick it up.

pub(crate) mod exchange;
mod novelty;
pub(crate) mod passion;
mod reluctance;
mod repeat;
mod same_unit;
mod wishes;

use crate::problem::Problem;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Objective {
    Passion,
    Exchange,
    Wishes,
    Reluctance,
    Novelty,
    SameUnit,
    Repeat,
}

/// Which meetings of a pair an objective looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    FirstMeeting,
    EveryMeeting,
    AfterTheFirst,
}

impl Objective {
    pub const ALL: [Objective; 7] = [
        Objective::Passion,
        Objective::Exchange,
        Objective::Wishes,
        Objective::Reluctance,
        Objective::Novelty,
        Objective::SameUnit,
        Objective::Repeat,
    ];

    /// As the score names it.
    pub fn name(self) -> &'static str {
        match self {
            Objective::Passion => "passion",
            Objective::Exchange => "offer_need",
            Objective::Wishes => "wishes",
            Objective::Reluctance => "reluctance",
            Objective::Novelty => "novelty",
            Objective::SameUnit => "same_unit",
            Objective::Repeat => "repeat",
        }
    }

    pub fn counted(self) -> Counted {
        match self {
            Objective::Passion | Objective::Exchange | Objective::Wishes => Counted::FirstMeeting,
            Objective::Reluctance | Objective::Novelty | Objective::SameUnit => Counted::EveryMeeting,
            Objective::Repeat => Counted::AfterTheFirst,
        }
    }

    /// What one counted meeting of the two is worth; costs are negative.
    pub(crate) fn pair(self, problem: &Problem, a: usize, b: usize) -> i64 {
        match self {
            Objective::Passion => passion::pair(problem, a, b),
            Objective::Exchange => exchange::pair(problem, a, b),
            Objective::Wishes => wishes::pair(problem, a, b),
            Objective::Reluctance => reluctance::pair(problem, a, b),
            Objective::Novelty => novelty::pair(problem, a, b),
            Objective::SameUnit => same_unit::pair(problem, a, b),
            Objective::Repeat => repeat::pair(problem, a, b),
        }
    }

    /// The most a pair can be worth or cost, from which the scale of whole numbers is chosen.
    pub(crate) fn largest(self, problem: &Problem) -> f64 {
        let weights = &problem.weights;
        match self {
            Objective::Passion => weights.passion * problem.affinities.iter().flatten().copied().fold(1.0, f64::max),
            Objective::Exchange => weights.offer_need,
            Objective::Wishes => weights.wishes * problem.wishes.largest(),
            Objective::Reluctance => weights.wishes * problem.reluctance.largest(),
            Objective::Novelty => weights.novelty * problem.known.largest(),
            Objective::SameUnit if problem.units.iter().all(Option::is_none) => 0.0,
            Objective::SameUnit => weights.same_unit,
            Objective::Repeat => weights.repeat,
        }
    }
}

#[cfg(test)]
pub(crate) mod by_hand {
    use crate::draft::{Draft, Person, Rule, Table};
    use crate::problem::Problem;

    /// A problem of one large table and two rounds, for examples about pairs.
    pub(crate) fn problem(people: Vec<Person>, rules: Vec<Rule>) -> Problem {
        let tables = vec![Table::new("1", 0, people.len())];
        Problem::new(Draft { people, tables, rounds: 2, rules, ..Draft::default() }).expect("the example is sound")
    }

    pub(crate) fn names(members: &[&str]) -> Vec<String> {
        members.iter().map(|name| (*name).to_owned()).collect()
    }
}
