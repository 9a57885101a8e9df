//! What it is worth that two people meet, as one whole number per pair.

use crate::objectives::{Counted, Objective};
use crate::problem::Problem;

/// Above this, the square of people would take more memory than a small server has, and values are computed when asked.
const LARGEST_SQUARE: usize = 6_000;

/// Values of all pairs for the search.
pub(crate) enum Pairs<'p> {
    Square { n: usize, pairs: Vec<Pair>, again: Again, problem: &'p Problem },
    Computed(&'p Problem),
}

/// The worth of a first meeting, and whether the two share a passion, in one word: both are asked for at every step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pair(i32);

impl Pair {
    fn new(first: i64, share: bool) -> Self {
        let first = i32::try_from(2 * first).expect("the scale keeps a pair's worth below a billion");
        Pair(first | i32::from(share))
    }

    pub(crate) fn first(self) -> i64 {
        i64::from(self.0 >> 1)
    }

    pub(crate) fn share(self) -> i32 {
        self.0 & 1
    }
}

impl<'p> Pairs<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        let n = problem.people.len();
        if n > LARGEST_SQUARE {
            return Pairs::Computed(problem);
        }
        let mut pairs = vec![Pair::default(); n * n];
        for a in 0..n {
            for b in a + 1..n {
                let pair = of_pair(problem, a, b);
                pairs[a * n + b] = pair;
                pairs[b * n + a] = pair;
            }
        }
        let again = Again::new(problem);
        Pairs::Square { n, pairs, again, problem }
    }

    #[inline]
    pub(crate) fn pair(&self, a: usize, b: usize) -> Pair {
        match self {
            Pairs::Square { n, pairs, .. } => pairs[a * n + b],
            Pairs::Computed(problem) => of_pair(problem, a, b),
        }
    }

    /// Two people's values with everybody, where they are stored.
    #[inline]
    pub(crate) fn rows(&self, a: usize, b: usize) -> Option<(&[Pair], &[Pair])> {
        match self {
            Pairs::Square { n, pairs, .. } => Some((&pairs[a * n..][..*n], &pairs[b * n..][..*n])),
            Pairs::Computed(_) => None,
        }
    }

    /// The worth, mostly negative, of each meeting after the first.
    #[inline]
    pub(crate) fn again(&self, a: usize, b: usize) -> i64 {
        match self {
            Pairs::Square { again: Again::Alike(worth), .. } => *worth,
            Pairs::Square { n, again: Again::Kinds { of, worths }, .. } => worths[of[a * n + b] as usize],
            Pairs::Square { problem, .. } | Pairs::Computed(problem) => again(problem, a, b),
        }
    }
}

/// Meeting again costs most pairs the same, and the rest a few different sums: a byte per pair says which.
pub(crate) enum Again {
    Alike(i64),
    Kinds {
        of: Vec<u8>,
        worths: Vec<i64>,
    },
    /// More kinds than a byte can tell apart.
    Various,
}

impl Again {
    fn new(problem: &Problem) -> Self {
        let n = problem.people.len();
        if !problem.meetings_differ && problem.hard.groups.len() == n {
            return Again::Alike(-problem.whole(problem.weights.repeat));
        }
        let (mut of, mut worths) = (vec![0; n * n], Vec::new());
        for a in 0..n {
            for b in a + 1..n {
                let worth = again(problem, a, b);
                let kind = worths.iter().position(|known| *known == worth).unwrap_or_else(|| {
                    worths.push(worth);
                    worths.len() - 1
                });
                let Ok(kind) = u8::try_from(kind) else {
                    return Again::Various;
                };
                of[a * n + b] = kind;
                of[b * n + a] = kind;
            }
        }
        Again::Kinds { of, worths }
    }
}

fn of_pair(problem: &Problem, a: usize, b: usize) -> Pair {
    Pair::new(first(problem, a, b), problem.share(a, b))
}

pub(crate) fn first(problem: &Problem, a: usize, b: usize) -> i64 {
    let counted = Objective::ALL.into_iter().filter(|objective| objective.counted() != Counted::AfterTheFirst);
    counted.map(|objective| objective.pair(problem, a, b)).sum()
}

pub(crate) fn again(problem: &Problem, a: usize, b: usize) -> i64 {
    let counted = Objective::ALL.into_iter().filter(|objective| objective.counted() != Counted::FirstMeeting);
    counted.map(|objective| objective.pair(problem, a, b)).sum()
}

/// A number for some pairs, nothing for most.
#[derive(Debug)]
pub(crate) struct Relation {
    of: Vec<Vec<(u32, f64)>>,
    largest: f64,
}

impl Relation {
    /// A pair named more than once gets its numbers combined by `merge`.
    pub(crate) fn new(n: usize, pairs: impl IntoIterator<Item = (usize, usize, f64)>, merge: impl Fn(f64, f64) -> f64) -> Self {
        let mut of = vec![Vec::new(); n];
        for (a, b, number) in pairs {
            of[a].push((b as u32, number));
            of[b].push((a as u32, number));
        }
        let mut largest: f64 = 0.0;
        for others in &mut of {
            others.sort_by(|x: &(u32, f64), y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
            others.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 = merge(kept.1, next.1);
                }
                same
            });
            largest = others.iter().map(|(_, number)| *number).fold(largest, f64::max);
        }
        Relation { of, largest }
    }

    pub(crate) fn get(&self, a: usize, b: usize) -> f64 {
        let others = &self.of[a];
        others.binary_search_by_key(&(b as u32), |(other, _)| *other).map_or(0.0, |at| others[at].1)
    }

    pub(crate) fn largest(&self) -> f64 {
        self.largest
    }
}
