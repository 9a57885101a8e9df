//! What it is worth that two people meet, as one whole number per pair.
//!
//! The objectives say it pair by pair; here it is gathered so that a search may ask many million times. Passions are kept
//! as a set of bits and a few numbers per person, which stays in the processor's cache for any event, and whatever only
//! some pairs have (who knows whom, who can help whom) as a short list per person.

use crate::objectives::{Counted, Objective};
use crate::problem::{Problem, triangle};

/// Above this, the square of people would leave the cache, and values are computed when asked.
const LARGEST_SQUARE: usize = 1_500;

/// Values of all pairs for the search.
pub(crate) struct Pairs<'p> {
    problem: &'p Problem,
    vectors: Vectors,
    unit: Vec<u32>,
    same_unit: i64,
    repeat: i64,
    /// What a pair is worth beyond passions and units: for its first meeting, and of that what every meeting costs.
    extras: Vec<Vec<(u32, i64, i64)>>,
    square: Option<Vec<Pair>>,
}

/// The worth of a first meeting in the rounds to come, and whether the two share a passion, in one word: both are asked for at every step.
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

const NO_UNIT: u32 = u32::MAX;

impl<'p> Pairs<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        let n = problem.people.len();
        let mut pairs = Pairs {
            problem,
            vectors: Vectors::of(problem),
            unit: problem.units.iter().map(|unit| unit.unwrap_or(NO_UNIT)).collect(),
            same_unit: -problem.whole(problem.weights.same_unit),
            repeat: -problem.whole(problem.weights.repeat),
            extras: extras(problem),
            square: None,
        };
        if n <= LARGEST_SQUARE {
            let mut square = vec![Pair::default(); n * n];
            for a in 0..n {
                for b in a + 1..n {
                    let pair = pairs.computed(a, b);
                    square[a * n + b] = pair;
                    square[b * n + a] = pair;
                }
            }
            pairs.square = Some(square);
        }
        pairs
    }

    #[inline]
    pub(crate) fn pair(&self, a: usize, b: usize) -> Pair {
        match &self.square {
            Some(square) => square[a * self.unit.len() + b],
            None => self.computed(a, b),
        }
    }

    pub(crate) fn share(&self, a: usize, b: usize) -> bool {
        match (&self.square, &self.problem.affinities) {
            (None, None) => self.vectors.overlap(a, b),
            _ => self.pair(a, b).share() == 1,
        }
    }

    /// The worth of a first meeting for each two of these people, by rows. People of one group are not told apart from others.
    pub(crate) fn among(&self, people: &[usize]) -> Vec<i32> {
        let n = people.len();
        let mut among = vec![0; n * n];
        if self.problem.affinities.is_some() {
            for (row, a) in among.chunks_exact_mut(n.max(1)).zip(people) {
                for (worth, b) in row.iter_mut().zip(people).filter(|(_, b)| a != *b) {
                    *worth = self.pair(*a, *b).first() as i32;
                }
            }
            return among;
        }
        let mut local: Vec<(u32, usize)> = people.iter().map(|person| *person as u32).zip(0..).collect();
        local.sort_unstable();
        // One after another in memory, so that the processor compares several at once.
        let units: Vec<u32> = people.iter().map(|person| self.unit[*person]).collect();
        self.vectors.products(people, |i, products| {
            let (a, row) = (people[i], &mut among[i * n..][..n]);
            let colleague = if units[i] == NO_UNIT { 0 } else { self.same_unit };
            for ((worth, product), unit) in row.iter_mut().zip(products).zip(&units) {
                let of_units = if *unit == units[i] { colleague } else { 0 };
                *worth = (self.problem.whole(self.problem.weights.passion * product) + of_units) as i32;
            }
            for (b, first, _) in &self.extras[a] {
                if let Ok(at) = local.binary_search_by_key(b, |(person, _)| *person) {
                    row[local[at].1] += *first as i32;
                }
            }
            for b in self.problem.met.others(a) {
                if let Ok(at) = local.binary_search_by_key(&b, |(person, _)| *person) {
                    row[local[at].1] = self.again(a, b as usize) as i32;
                }
            }
        });
        among
    }

    #[inline]
    fn computed(&self, a: usize, b: usize) -> Pair {
        let (affinity, share) = self.affinity(a, b);
        let first = if self.problem.has_met(a, b) { self.again(a, b) } else { affinity + self.of_units(a, b) + self.extra(a, b).0 };
        Pair::new(first, share)
    }

    #[inline]
    fn affinity(&self, a: usize, b: usize) -> (i64, bool) {
        let problem = self.problem;
        let (affinity, share) = match &problem.affinities {
            Some(given) => {
                let given = given[triangle(self.unit.len(), a, b)];
                (given, given > 0.0)
            }
            None => self.vectors.product(a, b),
        };
        (problem.whole(problem.weights.passion * affinity), share)
    }

    #[inline]
    fn of_units(&self, a: usize, b: usize) -> i64 {
        let colleagues = self.unit[a] == self.unit[b] && self.unit[a] != NO_UNIT && !self.problem.same_group(a, b);
        if colleagues { self.same_unit } else { 0 }
    }

    #[inline]
    fn extra(&self, a: usize, b: usize) -> (i64, i64) {
        let extras = &self.extras[a];
        extras.binary_search_by_key(&(b as u32), |(other, ..)| *other).map_or((0, 0), |at| (extras[at].1, extras[at].2))
    }

    /// The worth, mostly negative, of each meeting after the first.
    #[inline]
    pub(crate) fn again(&self, a: usize, b: usize) -> i64 {
        let repeat = if self.problem.same_group(a, b) { 0 } else { self.repeat };
        repeat + self.of_units(a, b) + self.extra(a, b).1
    }
}

fn extras(problem: &Problem) -> Vec<Vec<(u32, i64, i64)>> {
    let relations = [
        (Objective::Exchange, &problem.exchange),
        (Objective::Wishes, &problem.wishes),
        (Objective::Reluctance, &problem.reluctance),
        (Objective::Novelty, &problem.known),
    ];
    let of = |a: usize| {
        let mut extras: Vec<(u32, i64, i64)> = Vec::new();
        for (objective, relation) in &relations {
            for b in relation.others(a) {
                let worth = objective.pair(problem, a, b as usize);
                let every = if objective.counted() == Counted::EveryMeeting { worth } else { 0 };
                match extras.iter_mut().find(|(other, ..)| *other == b) {
                    Some((_, first, each)) => (*first, *each) = (*first + worth, *each + every),
                    None => extras.push((b, worth, every)),
                }
            }
        }
        extras.retain(|(_, first, every)| (*first, *every) != (0, 0));
        extras.sort_unstable();
        extras
    };
    (0..problem.people.len()).map(of).collect()
}

/// Everybody's passions, in one block.
struct Vectors {
    /// Words of bits per person, one bit per topic and behind them one per family.
    words: usize,
    /// The bits that are topics.
    topics: Vec<u64>,
    bits: Vec<u64>,
    /// Where the person's numbers for the topics of that word begin.
    starts: Vec<u32>,
    parts: Vec<f64>,
}

impl Vectors {
    fn of(problem: &Problem) -> Self {
        let words = problem.dimensions.div_ceil(64).max(1);
        let topics_from = |word: usize| problem.topics.len().saturating_sub(64 * word).min(64);
        let topics = (0..words).map(|word| if topics_from(word) == 64 { u64::MAX } else { (1 << topics_from(word)) - 1 }).collect();
        let mut vectors = Vectors { words, topics, bits: vec![0; words * problem.people.len()], starts: Vec::new(), parts: Vec::new() };
        for (person, tastes) in problem.tastes.iter().enumerate() {
            let mut tastes = tastes.iter().peekable();
            for word in 0..words {
                vectors.starts.push(vectors.parts.len() as u32);
                while let Some(taste) = tastes.next_if(|taste| taste.topic as usize / 64 == word) {
                    vectors.bits[person * words + word] |= 1 << (taste.topic % 64);
                    vectors.parts.push(taste.part);
                }
            }
        }
        vectors
    }

    fn overlap(&self, a: usize, b: usize) -> bool {
        let bits = |person: usize| &self.bits[person * self.words..][..self.words];
        bits(a).iter().zip(bits(b)).zip(&self.topics).any(|((a, b), topics)| a & b & topics != 0)
    }

    /// The cosines of each person with all of them, told row by row. Adds up in the same order as [`Vectors::product`]:
    /// what is not common adds nothing.
    fn products(&self, people: &[usize], mut row: impl FnMut(usize, &[f64])) {
        let n = people.len();
        let mut columns: Vec<f64> = Vec::new();
        let mut column_of = vec![u32::MAX; 64 * self.words];
        for (at, &person) in people.iter().enumerate() {
            self.each(person, |topic, part| {
                if column_of[topic] == u32::MAX {
                    column_of[topic] = (columns.len() / n) as u32;
                    columns.resize(columns.len() + n, 0.0);
                }
                columns[column_of[topic] as usize * n + at] = part;
            });
        }
        let mut sums = vec![0.0; n];
        for (at, &person) in people.iter().enumerate() {
            sums.fill(0.0);
            self.each(person, |topic, part| {
                let column = &columns[column_of[topic] as usize * n..][..n];
                for (sum, other) in sums.iter_mut().zip(column) {
                    *sum += part * other;
                }
            });
            row(at, &sums);
        }
    }

    /// The person's topics in order, each with its part.
    #[inline]
    fn each(&self, person: usize, mut visit: impl FnMut(usize, f64)) {
        for word in 0..self.words {
            let mut bits = self.bits[person * self.words + word];
            let mut at = self.starts[person * self.words + word] as usize;
            while bits != 0 {
                visit(word * 64 + bits.trailing_zeros() as usize, self.parts[at]);
                bits &= bits - 1;
                at += 1;
            }
        }
    }

    /// The cosine, and whether any topic is common. Adds up in order of topic, as [`crate::objectives::passion`] does.
    #[inline]
    fn product(&self, a: usize, b: usize) -> (f64, bool) {
        let (mut sum, mut share) = (0.0, false);
        for word in 0..self.words {
            let (of_a, of_b) = (self.bits[a * self.words + word], self.bits[b * self.words + word]);
            let mut common = of_a & of_b;
            share |= common & self.topics[word] != 0;
            while common != 0 {
                let below = (common & common.wrapping_neg()) - 1;
                let at_a = self.starts[a * self.words + word] + (of_a & below).count_ones();
                let at_b = self.starts[b * self.words + word] + (of_b & below).count_ones();
                sum += self.parts[at_a as usize] * self.parts[at_b as usize];
                common &= common - 1;
            }
        }
        (sum, share)
    }
}

pub(crate) fn first(problem: &Problem, a: usize, b: usize) -> i64 {
    let other = if problem.has_met(a, b) { Counted::FirstMeeting } else { Counted::AfterTheFirst };
    let counted = Objective::ALL.into_iter().filter(|objective| objective.counted() != other);
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

    pub(crate) fn others(&self, a: usize) -> impl Iterator<Item = u32> {
        self.of[a].iter().map(|(other, _)| *other)
    }

    pub(crate) fn largest(&self) -> f64 {
        self.largest
    }
}
