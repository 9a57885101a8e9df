//! Why somebody sits where they sit, as data: the words are the caller's.

use crate::problem::Problem;
use crate::solve::Seating;
use crate::words::{alike, words};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// Passions in common, the most telling first.
    pub shared: Vec<Shared>,
    /// What this person offers that a mate needs.
    pub gives: Vec<Given>,
    /// What this person needs that a mate offers.
    pub gets: Vec<Given>,
    /// Mates already met in an earlier round.
    pub met_before: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub topic: String,
    pub mates: Vec<usize>,
}

/// An offer and the need it meets, each in its owner's words, and the other person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub offer: String,
    pub need: String,
    pub mate: usize,
}

/// The reasons for one seat; empty when the person is not at that table.
pub fn why(problem: &Problem, seating: &Seating, round: usize, table: usize, person: usize) -> Why {
    let members = seating.rounds.get(round).and_then(|tables| tables.get(table)).filter(|members| members.contains(&person));
    let mates: Vec<usize> = members.into_iter().flatten().copied().filter(|mate| *mate != person).collect();
    let earlier = |mate: &usize| seating.rounds[..round].iter().flatten().any(|table| table.contains(mate) && table.contains(&person));
    Why {
        shared: shared(problem, person, &mates),
        gives: mates.iter().flat_map(|mate| given(problem, person, *mate, *mate)).collect(),
        gets: mates.iter().flat_map(|mate| given(problem, *mate, person, *mate)).collect(),
        met_before: mates.iter().copied().filter(|mate| !problem.same_group(person, *mate) && earlier(mate)).collect(),
    }
}

fn shared(problem: &Problem, person: usize, mates: &[usize]) -> Vec<Shared> {
    let mut found: Vec<(f64, Shared)> = Vec::new();
    for mate in mates {
        for (mine, theirs) in problem.shared_topics(person, *mate) {
            let topic = &problem.topics[mine.topic as usize];
            match found.iter_mut().find(|(_, shared)| shared.topic == *topic) {
                Some((strength, shared)) => {
                    *strength += mine.part * theirs.part;
                    shared.mates.push(*mate);
                }
                None => found.push((mine.part * theirs.part, Shared { topic: topic.clone(), mates: vec![*mate] })),
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.into_iter().map(|(_, shared)| shared).collect()
}

fn given(problem: &Problem, giver: usize, taker: usize, mate: usize) -> Vec<Given> {
    let offers = problem.people[giver].offers.iter().map(|offer| (offer, words(offer)));
    let met = offers.filter_map(|(offer, offered)| {
        let need = problem.people[taker].needs.iter().find(|need| alike(&offered, &words(need)))?;
        Some(Given { offer: offer.clone(), need: need.clone(), mate })
    });
    met.collect()
}
