//! How good a seating is, counted afresh from who sits where. It shares nothing with the search, so it also checks it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::hard::Size;
use crate::objectives::{Counted, Objective};
use crate::pairs;
use crate::problem::Problem;

/// How many of the worst-seated people a score names.
const WORST: usize = 5;
/// Above so many people not every pair is compared for the bound, and it is looser still.
const LARGEST_COMPARED: usize = 6_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The sum of all objectives.
    pub total: f64,
    /// No seating can have a larger total. Valid, but loose.
    pub bound: f64,
    /// What seating people at random comes to, on average.
    pub random: f64,
    pub by_objective: Vec<(Objective, f64)>,
    /// Worst first.
    pub worst_seated: Vec<PersonWorth>,
    /// Seats whose occupant shares no passion with anyone at the table.
    pub isolated: usize,
    /// Meetings after a pair's first, of people who are not kept together.
    pub repeats: usize,
}

/// What the event is worth to one person: the sum over everyone they meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PersonWorth {
    pub person: usize,
    pub worth: f64,
}

/// Scores who sits where (round, table, members); `random` is 0 here, as only [`crate::solve`] deals at random.
pub fn score(problem: &Problem, rounds: &[Vec<Vec<usize>>]) -> Score {
    let bound = bound(problem, |a, b| pairs::first(problem, a, b));
    Score { bound: problem.value(bound), ..count(problem, rounds) }
}

/// All but the bound and the comparison with chance.
pub(crate) fn count(problem: &Problem, rounds: &[Vec<Vec<usize>>]) -> Score {
    let mut met: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    let mut isolated = 0;
    for table in rounds.iter().flatten() {
        for &a in table {
            for &b in table.iter().filter(|b| a < **b) {
                *met.entry((a, b)).or_default() += 1;
            }
            isolated += usize::from(!table.iter().any(|b| a != *b && problem.share(a, *b)));
        }
    }
    let mut sums = Objective::ALL.map(|objective| (objective, 0));
    let mut worths = vec![0; problem.people.len()];
    let mut repeats = 0;
    for (&(a, b), &times) in &met {
        let again = times - i64::from(!problem.has_met(a, b));
        for (objective, sum) in &mut sums {
            let counted = match objective.counted() {
                Counted::FirstMeeting => times - again,
                Counted::EveryMeeting => times,
                Counted::AfterTheFirst => again,
            };
            if counted > 0 {
                let worth = counted * objective.pair(problem, a, b);
                *sum += worth;
                worths[a] += worth;
                worths[b] += worth;
            }
        }
        if !problem.same_group(a, b) {
            repeats += again as usize;
        }
    }
    let mut order: Vec<usize> = (0..worths.len()).collect();
    order.sort_by_key(|person| worths[*person]);
    Score {
        total: problem.value(sums.iter().map(|(_, sum)| sum).sum()),
        bound: 0.0,
        random: 0.0,
        by_objective: sums.map(|(objective, sum)| (objective, problem.value(sum))).into(),
        worst_seated: order
            .iter()
            .take(WORST)
            .map(|person| PersonWorth { person: *person, worth: problem.value(worths[*person]) })
            .collect(),
        isolated,
        repeats,
    }
}

/// Each person meets at most (largest table - 1) others per round, and a round holds so many pairs: half of the best of
/// what is left after both limits, less the repeats that counting alone forces.
pub(crate) fn bound(problem: &Problem, first: impl Fn(usize, usize) -> i64) -> i64 {
    let people = problem.people.len();
    let forced = forced_repeats(problem) * problem.whole(problem.weights.repeat);
    if people > LARGEST_COMPARED {
        let gains = Objective::ALL.iter().filter(|objective| objective.counted() == Counted::FirstMeeting);
        let dearest: f64 = gains.map(|objective| objective.largest(problem)).sum();
        return problem.whole(dearest) * (problem.rounds * most_pairs(problem)) as i64 - forced;
    }
    let largest = problem.hard.tables.iter().map(|table| table.max).max().unwrap_or(1);
    let mates = (problem.rounds * largest.saturating_sub(1)).min(people - 1);
    let mut tops: Vec<BinaryHeap<Reverse<i64>>> = (0..people).map(|_| BinaryHeap::with_capacity(mates + 1)).collect();
    for a in 0..people {
        let group = problem.hard.group_of[a] as usize;
        for b in a + 1..people {
            let worth = first(a, b);
            let counts = |top: &BinaryHeap<Reverse<i64>>| top.len() < mates || top.peek().is_some_and(|least| least.0 < worth);
            if worth <= 0 || !(counts(&tops[a]) || counts(&tops[b])) || problem.hard.must_be_apart(group, problem.hard.group_of[b] as usize)
            {
                continue;
            }
            for person in [a, b] {
                tops[person].push(Reverse(worth));
                if tops[person].len() > mates {
                    tops[person].pop();
                }
            }
        }
    }
    let mut tops: Vec<i64> = tops.into_iter().flatten().map(|worth| worth.0).collect();
    let ends = 2 * problem.rounds * most_pairs(problem);
    if tops.len() > ends && ends > 0 {
        tops.select_nth_unstable_by(ends - 1, |x, y| y.cmp(x));
    }
    // Half of the sum, rounded up: each pair was seen from both ends.
    let gains = (tops.iter().take(ends).sum::<i64>() + 1) / 2;
    gains - forced
}

/// At most so many pairs fit one round: tables filled to the brim one after another, minima ignored.
fn most_pairs(problem: &Problem) -> usize {
    let mut sizes: Vec<usize> = problem.hard.tables.iter().map(|table| table.max).collect();
    sizes.sort_unstable_by(|x, y| y.cmp(x));
    let mut left = problem.people.len();
    let mut pairs = 0;
    for size in sizes {
        let seated = size.min(left);
        pairs += seated * seated.saturating_sub(1) / 2;
        left -= seated;
    }
    pairs
}

fn forced_repeats(problem: &Problem) -> i64 {
    let people = problem.people.len();
    if problem.hard.groups.len() < people {
        return 0; // Who is kept together meets again for free, and how often depends on the seating.
    }
    let mut sizes: Vec<usize> = problem.hard.tables.iter().map(Size::least).collect();
    let mut left = people.saturating_sub(sizes.iter().sum());
    // Pairs are fewest when tables are as level as their limits allow.
    while left > 0 {
        let open = (0..sizes.len()).filter(|table| sizes[*table] < problem.hard.tables[*table].max);
        let Some(smallest) = open.min_by_key(|table| sizes[*table]) else {
            break;
        };
        sizes[smallest] += 1;
        left -= 1;
    }
    let fewest: usize = sizes.iter().map(|size| size * size.saturating_sub(1) / 2).sum();
    (problem.rounds * fewest).saturating_sub(people * (people - 1) / 2) as i64
}
