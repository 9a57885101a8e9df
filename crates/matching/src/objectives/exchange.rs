use std::collections::{BTreeMap, BTreeSet};

use crate::draft::Person;
use crate::pairs::Relation;
use crate::problem::Problem;
use crate::words::{alike, words};

/// Seats who offers something with who needs it: one half when one of the two can help the other, one when both can.
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    problem.whole(problem.weights.offer_need * problem.exchange.get(a, b))
}

/// All pairs that can help each other. Every word is looked up once, instead of comparing every two people.
pub(crate) fn matches(people: &[Person]) -> Relation {
    let mut offered: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    let offers: Vec<Vec<BTreeSet<String>>> = people.iter().map(|person| person.offers.iter().map(|text| words(text)).collect()).collect();
    for (giver, texts) in offers.iter().enumerate() {
        for (position, text) in texts.iter().enumerate() {
            for word in text {
                offered.entry(word.clone()).or_default().push((giver, position));
            }
        }
    }
    let mut helps = BTreeSet::new();
    for (taker, person) in people.iter().enumerate() {
        for need in person.needs.iter().map(|text| words(text)) {
            for &(giver, position) in need.iter().filter_map(|word| offered.get(word)).flatten() {
                if giver != taker && alike(&offers[giver][position], &need) {
                    helps.insert((giver, taker));
                }
            }
        }
    }
    Relation::new(people.len(), helps.into_iter().map(|(giver, taker)| (giver, taker, 0.5)), |a, b| a + b)
}

#[cfg(test)]
mod tests {
    use crate::draft::Person;
    use crate::objectives::by_hand;

    fn person(name: &str, offers: &str, needs: &str) -> Person {
        Person { offers: vec![offers.into()], needs: vec![needs.into()], ..Person::new(name) }
    }

    #[test]
    fn help_counts_half_each_way() {
        let people = vec![
            person("Ada", "bookkeeping", "a web site"),
            person("Bo", "web sites", "bookkeeping advice"),
            person("Mei", "gardening", "bookkeeping"),
        ];
        let problem = by_hand::problem(people, vec![]);
        assert_eq!(problem.exchange.get(0, 1), 1.0);
        assert_eq!(problem.exchange.get(0, 2), 0.5);
        assert_eq!(problem.exchange.get(1, 2), 0.0);
        assert_eq!(problem.value(super::pair(&problem, 2, 0)), 0.25, "the weight of offers and needs is one half");
    }
}
