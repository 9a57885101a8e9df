//! Who in a part of the search shares no passion with anyone at the table.

use smallvec::SmallVec;

use crate::pairs::Pairs;
use crate::problem::Problem;

/// Who shares a passion with whom, as bits, and how many at each table share none.
pub(crate) struct Alone {
    pub(crate) price: i64,
    words: usize,
    /// The people of each body, one after another.
    first: Vec<u16>,
    shares: Vec<u64>,
    /// Who sits at each table.
    sits: Vec<u64>,
    pub(crate) isolated: Vec<u16>,
}

impl Alone {
    pub(crate) fn of(problem: &Problem, pairs: &Pairs, groups: &[u32], at: &[u16], tables: usize, price: i64) -> Self {
        let members = |group: &u32| problem.hard.groups[*group as usize].iter().map(|person| *person as usize);
        let people: Vec<usize> = groups.iter().flat_map(members).collect();
        let mut first: Vec<u16> = vec![0];
        for group in groups {
            first.push(first[first.len() - 1] + problem.hard.groups[*group as usize].len() as u16);
        }
        let words = people.len().div_ceil(64);
        let mut shares = vec![0; people.len() * words];
        for a in 0..people.len() {
            for b in a + 1..people.len() {
                if pairs.share(people[a], people[b]) {
                    shares[a * words + b / 64] |= 1 << (b % 64);
                    shares[b * words + a / 64] |= 1 << (a % 64);
                }
            }
        }
        let mut alone = Alone { price, words, first, shares, sits: vec![0; tables * words], isolated: vec![0; tables] };
        for (body, table) in at.iter().enumerate() {
            for person in alone.people(body as u16) {
                alone.sits[*table as usize * words + person / 64] |= 1 << (person % 64);
            }
        }
        for table in 0..tables {
            alone.isolated[table] = alone.count(&alone.sits[table * words..][..words]);
        }
        alone
    }

    fn people(&self, body: u16) -> std::ops::Range<usize> {
        self.first[body as usize] as usize..self.first[body as usize + 1] as usize
    }

    /// How many of those who sit together share nothing with any of the others.
    fn count(&self, sits: &[u64]) -> u16 {
        let mut isolated = 0;
        for (word, bits) in sits.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let person = word * 64 + bits.trailing_zeros() as usize;
                let shares = &self.shares[person * self.words..][..self.words];
                isolated += u16::from(shares.iter().zip(sits).all(|(shares, sits)| shares & sits == 0));
                bits &= bits - 1;
            }
        }
        isolated
    }

    fn with(&self, table: usize, out: &[u16], into: &[u16]) -> SmallVec<[u64; 8]> {
        let mut sits = SmallVec::from_slice(&self.sits[table * self.words..][..self.words]);
        for person in out.iter().flat_map(|body| self.people(*body)) {
            sits[person / 64] &= !(1 << (person % 64));
        }
        for person in into.iter().flat_map(|body| self.people(*body)) {
            sits[person / 64] |= 1 << (person % 64);
        }
        sits
    }

    /// The most that can be won by sparing people at these two tables.
    pub(crate) fn most_relief(&self, from: usize, to: usize) -> i64 {
        self.price * i64::from(self.isolated[from] + self.isolated[to])
    }

    pub(crate) fn change(&self, from: usize, to: usize, leaving: &[u16], coming: &[u16]) -> i64 {
        let now = i64::from(self.isolated[from] + self.isolated[to]);
        let then = self.count(&self.with(from, leaving, coming)) + self.count(&self.with(to, coming, leaving));
        i64::from(then) - now
    }

    pub(crate) fn apply(&mut self, from: usize, to: usize, leaving: &[u16], coming: &[u16]) {
        for (table, out, into) in [(from, leaving, coming), (to, coming, leaving)] {
            let sits = self.with(table, out, into);
            self.isolated[table] = self.count(&sits);
            self.sits[table * self.words..][..self.words].copy_from_slice(&sits);
        }
    }
}
