//! A part of the search: some tables in one round, while all other tables and rounds stand still.
//!
//! What two people are worth to each other is then one number, whether or not they meet elsewhere, and people kept
//! together are one body whose numbers are sums. For every table and body the sum of that body's numbers with who sits
//! there is kept, so that exchanging two bodies is a difference of four sums and one pair, whatever the size of the
//! tables. Parts of one round share nothing, so several can be searched at the same time.

use smallvec::SmallVec;

use crate::arrange::Arrangement;
use crate::chance::Chance;
use crate::hard::{Hard, Size};
use crate::isolation::Alone;
use crate::limits::Limits;
use crate::pairs::Pairs;
use crate::problem::Problem;
use crate::values::values;

/// One exchange in so many tries a move to a table with room, where any table has some.
const MOVE_EVERY: u64 = 8;
/// One exchange in so many that involve a rule is of two bodies on each side.
const WIDER_EVERY: u64 = 8;

/// At most so many others are looked at in one row.
const ROW: usize = 256;
/// No exchange gains that much, or loses it.
const NEVER: i64 = i64::MIN / 8;

pub(crate) type Few = SmallVec<[u16; 8]>;

/// Bodies that change places between two tables. Either side may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Exchange {
    from: usize,
    to: usize,
    leaving: Few,
    coming: Few,
}

impl Exchange {
    fn swap(from: usize, to: usize, one: usize, other: usize) -> Self {
        Exchange { from, to, leaving: Few::from_slice(&[one as u16]), coming: Few::from_slice(&[other as u16]) }
    }
}

pub(crate) struct Part<'p> {
    hard: &'p Hard,
    round: usize,
    /// Groups of the problem, and how many people each is.
    groups: Vec<u32>,
    sizes: Vec<u16>,
    /// Tables of the problem.
    tables: Vec<u16>,
    load: Vec<u16>,
    /// Table of each body, and the bodies at each table.
    at: Vec<u16>,
    seated: Vec<Vec<u16>>,
    /// How many of each count of the rules are at each table, by tables.
    held: Vec<u16>,
    /// What each pair of bodies is worth at one table, by rows.
    values: Vec<i32>,
    /// What each body is worth at each table, by tables.
    sums: Vec<i32>,
    /// What each body is worth where it sits; of several people, so much that nobody is exchanged for them at once.
    own: Vec<i64>,
    /// Kept for its memory.
    gains: Vec<i64>,
    rules: Rules,
    alone: Option<Alone>,
    /// What all exchanges together changed.
    pub(crate) gain: i64,
    pub(crate) isolated: i64,
}

/// What limits who may sit where, for the bodies of a part.
struct Rules {
    has_room: bool,
    /// Whether anything but capacity limits where this body sits.
    bound: Vec<bool>,
    /// Whom each body must not meet.
    apart: Vec<Few>,
}

impl<'p> Part<'p> {
    pub(crate) fn new(
        problem: &'p Problem,
        pairs: &Pairs,
        arrangements: &[Arrangement],
        round: usize,
        seated: &[(u16, Vec<u32>)],
        price_of_isolation: i64,
    ) -> Self {
        let hard = &problem.hard;
        let tables: Vec<u16> = seated.iter().map(|(table, _)| *table).collect();
        let groups: Vec<u32> = seated.iter().flat_map(|(_, groups)| groups.iter().copied()).collect();
        let at: Vec<u16> = (0u16..).zip(seated).flat_map(|(local, (_, groups))| groups.iter().map(move |_| local)).collect();
        let sizes: Vec<u16> = groups.iter().map(|group| hard.groups[*group as usize].len() as u16).collect();
        let mut load = vec![0; tables.len()];
        for (table, size) in at.iter().zip(&sizes) {
            load[*table as usize] += size;
        }
        let mut at_table = vec![Vec::new(); tables.len()];
        for (body, table) in (0u16..).zip(&at) {
            at_table[*table as usize].push(body);
        }
        let n = groups.len();
        let values = values(problem, pairs, arrangements, round, &groups, &sizes);
        let mut sums = vec![0i32; tables.len() * n];
        for body in 0..n {
            let table = at[body] as usize;
            for (sum, value) in sums[table * n..][..n].iter_mut().zip(&values[body * n..][..n]) {
                *sum += value;
            }
        }
        let rules = Rules::of(hard, &groups, &tables, &sizes);
        let alone = (price_of_isolation > 0).then(|| Alone::of(problem, pairs, &groups, &at, tables.len(), price_of_isolation));
        let (own, gains, held) = (vec![0; n], Vec::with_capacity(tables.len()), vec![0; tables.len() * hard.counts.len()]);
        let mut part = Part {
            hard,
            round,
            groups,
            sizes,
            tables,
            load,
            at,
            seated: at_table,
            held,
            values,
            sums,
            own,
            gains,
            rules,
            alone,
            gain: 0,
            isolated: 0,
        };
        for body in 0..n {
            let table = part.at[body] as usize;
            for (count, people) in part.counted(body as u16) {
                part.held[table * hard.counts.len() + *count as usize] += people;
            }
        }
        for table in 0..part.tables.len() {
            part.note_own([table, table]);
        }
        part
    }

    /// Each group of the part, and the table where it sits now.
    pub(crate) fn places(&self) -> Vec<(u32, u16)> {
        self.groups.iter().zip(&self.at).map(|(group, table)| (*group, self.tables[*table as usize])).collect()
    }

    /// Tries about that many exchanges and takes those that lose no more than a limit drawn for each: simulated
    /// annealing at one temperature. Answers how many were tried.
    pub(crate) fn anneal(&mut self, limits: &Limits, tries: u64, chance: &mut Chance) -> u64 {
        if self.tables.len() < 2 || self.groups.len() < 2 {
            return tries;
        }
        let mut tried = 0;
        while tried < tries {
            let one = chance.below(self.groups.len());
            let spare_somebody = self.alone.as_ref().is_some_and(|alone| alone.isolated[self.at[one] as usize] > 0);
            tried +=
                if self.sizes[one] > 1 || spare_somebody { self.try_some(one, limits, chance) } else { self.try_row(one, limits, chance) };
        }
        tried
    }

    /// Looks at the exchanges of one person with all others at once and takes the one furthest above its limit. Of all
    /// there is to do, this is done most often: it reads a few rows of numbers from end to end and decides nothing on the way.
    fn try_row(&mut self, one: usize, limits: &Limits, chance: &mut Chance) -> u64 {
        let n = self.groups.len();
        let from = self.at[one] as usize;
        let here = i64::from(self.sums[from * n + one]);
        self.gains.clear();
        self.gains.extend(self.sums[one..].iter().step_by(n).map(|there| i64::from(*there) - here));
        self.gains[from] = NEVER;

        let chunk = chance.below(n.div_ceil(ROW));
        let others = chunk * ROW..n.min((chunk + 1) * ROW);
        let width = others.len();
        let limit = limits.run(width, chance);
        let (gains, at, own) = (&self.gains[..], &self.at[others.clone()], &self.own[others.clone()]);
        let (values, sums) = (&self.values[one * n..][others.clone()], &self.sums[from * n..][others.clone()]);
        let (mut best, mut chosen) = (-1, usize::MAX);
        for other in 0..width {
            let gain = gains[at[other] as usize] + i64::from(sums[other]) - own[other] - 2 * i64::from(values[other]);
            let above = gain - limit[other];
            if above > best {
                (best, chosen) = (above, other);
            }
        }
        let mut to = None;
        if self.rules.has_room && self.place(from).allows(usize::from(self.load[from]) - 1) {
            let limit = limits.run(self.tables.len().min(ROW), chance);
            for (table, (gain, limit)) in self.gains.iter().zip(limit).enumerate() {
                if gain - limit > best && self.place(table).allows(usize::from(self.load[table]) + 1) {
                    (best, to) = (gain - limit, Some(table));
                }
            }
        }
        match (to, chosen) {
            (Some(to), _) => {
                let exchange = Exchange { from, to, leaving: Few::from_slice(&[one as u16]), coming: Few::new() };
                self.try_exchange(exchange, self.gains[to] - best);
            }
            (None, usize::MAX) => {}
            (None, chosen) => {
                let other = others.start + chosen;
                self.take_swap(one, other, limit[chosen]);
            }
        }
        width as u64
    }

    /// Somebody who is several, or sits where somebody shares nothing with anyone, is tried with a few others.
    fn try_some(&mut self, one: usize, limits: &Limits, chance: &mut Chance) -> u64 {
        let n = self.groups.len();
        let tries = (n as u64).div_ceil(4).min(ROW as u64);
        for _ in 0..tries {
            let (from, limit) = (self.at[one] as usize, limits.get(chance));
            if self.rules.has_room && chance.word().is_multiple_of(MOVE_EVERY) {
                let to = chance.below(self.tables.len());
                if to != from {
                    self.try_exchange(Exchange { from, to, leaving: Few::from_slice(&[one as u16]), coming: Few::new() }, limit);
                }
                continue;
            }
            let other = chance.below(n);
            let to = self.at[other] as usize;
            if from == to {
                continue;
            }
            let bound = self.rules.bound[one] || self.rules.bound[other];
            if self.sizes[one] != self.sizes[other] || bound && chance.word().is_multiple_of(WIDER_EVERY) {
                self.try_groups(Exchange::swap(from, to, one, other), limit, chance);
            } else {
                self.take_swap(one, other, limit);
            }
        }
        tries
    }

    /// Exchanges two bodies of one size if that is allowed and loses no more than the limit.
    fn take_swap(&mut self, one: usize, other: usize, limit: i64) {
        let n = self.groups.len();
        let (from, to) = (self.at[one] as usize, self.at[other] as usize);
        let sum = |table: usize, body: usize| i64::from(self.sums[table * n + body]);
        let gain = sum(to, one) - sum(to, other) + sum(from, other) - sum(from, one) - 2 * i64::from(self.values[one * n + other]);
        let most_relief = self.alone.as_ref().map_or(0, |alone| alone.most_relief(from, to));
        let bound = self.rules.bound[one] || self.rules.bound[other];
        if gain + most_relief < limit || bound && !self.welcome(&Exchange::swap(from, to, one, other)) {
            return;
        }
        if let Some(alone) = &self.alone {
            let isolated = alone.change(from, to, &[one as u16], &[other as u16]);
            if gain - alone.price * isolated < limit {
                return;
            }
            self.isolated += isolated;
        }
        self.gain += gain;
        self.swap(one, other, from, to);
    }

    /// How much a random exchange changes the sum on average, over a random walk.
    pub(crate) fn mean_change(&mut self, tries: u64, chance: &mut Chance) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for _ in 0..tries {
            let before = self.gain;
            let (one, other) = (chance.below(self.groups.len()), chance.below(self.groups.len()));
            if self.at[one] != self.at[other] && self.sizes[one] == self.sizes[other] {
                self.take_swap(one, other, i64::MIN / 4);
            }
            if self.gain != before {
                sum += (self.gain - before).unsigned_abs() as f64;
                count += 1.0;
            }
        }
        (count > 0.0).then(|| sum / count)
    }

    #[inline]
    fn swap(&mut self, one: usize, other: usize, from: usize, to: usize) {
        let n = self.groups.len();
        let (of_one, of_other) = (&self.values[one * n..][..n], &self.values[other * n..][..n]);
        for ((sum, one), other) in self.sums[from * n..][..n].iter_mut().zip(of_one).zip(of_other) {
            *sum += other - one;
        }
        for ((sum, one), other) in self.sums[to * n..][..n].iter_mut().zip(of_one).zip(of_other) {
            *sum += one - other;
        }
        let (size, other_size) = (self.sizes[one], self.sizes[other]);
        self.load[from] = self.load[from] - size + other_size;
        self.load[to] = self.load[to] - other_size + size;
        self.at[one] = to as u16;
        self.at[other] = from as u16;
        replace(&mut self.seated[from], one as u16, other as u16);
        replace(&mut self.seated[to], other as u16, one as u16);
        self.count_at(one as u16, from, to);
        self.count_at(other as u16, to, from);
        self.note_own([from, to]);
        if let Some(alone) = &mut self.alone {
            alone.apply(from, to, &[one as u16], &[other as u16]);
        }
    }

    fn note_own(&mut self, tables: [usize; 2]) {
        let n = self.groups.len();
        for table in tables {
            for &body in &self.seated[table] {
                let body = body as usize;
                self.own[body] = i64::from(self.sums[table * n + body]) + if self.sizes[body] > 1 { -NEVER } else { 0 };
            }
        }
    }

    /// The exchange, filled up so that as many people come as leave, or widened by one body on each side.
    #[inline(never)]
    fn try_groups(&mut self, mut exchange: Exchange, limit: i64, chance: &mut Chance) {
        if chance.word().is_multiple_of(WIDER_EVERY) {
            for (side, table) in [(&mut exchange.leaving, exchange.from), (&mut exchange.coming, exchange.to)] {
                let body = self.somebody_at(table, chance);
                if !side.contains(&body) {
                    side.push(body);
                }
            }
        }
        let size = |side: &Few| side.iter().map(|body| i32::from(self.sizes[*body as usize])).sum::<i32>();
        if size(&exchange.leaving) != size(&exchange.coming) && !chance.word().is_multiple_of(4) {
            self.even_out(&mut exchange, chance);
        }
        self.try_exchange(exchange, limit);
    }

    fn somebody_at(&self, table: usize, chance: &mut Chance) -> u16 {
        let there = &self.seated[table];
        there[chance.below(there.len())]
    }

    /// A group of three can take the places of a pair and one more: the smaller side is filled up from its table.
    fn even_out(&self, exchange: &mut Exchange, chance: &mut Chance) {
        let size = |side: &Few| side.iter().map(|body| i32::from(self.sizes[*body as usize])).sum::<i32>();
        for _ in 0..8 {
            let missing = size(&exchange.leaving) - size(&exchange.coming);
            let (side, table) = match missing {
                0 => return,
                1.. => (&mut exchange.coming, exchange.to),
                _ => (&mut exchange.leaving, exchange.from),
            };
            let body = self.somebody_at(table, chance);
            if i32::from(self.sizes[body as usize]) <= missing.abs() && !side.contains(&body) {
                side.push(body);
            }
        }
    }

    #[inline(never)]
    fn try_exchange(&mut self, exchange: Exchange, limit: i64) {
        if !self.fits(&exchange) {
            return;
        }
        let gain = self.gain_of(&exchange);
        let Exchange { from, to, leaving, coming } = &exchange;
        let isolated = self.alone.as_ref().map_or(0, |alone| alone.change(*from, *to, leaving, coming));
        if gain - self.alone.as_ref().map_or(0, |alone| alone.price) * isolated < limit || !self.welcome(&exchange) {
            return;
        }
        self.gain += gain;
        self.isolated += isolated;
        self.apply(&exchange);
    }

    fn gain_of(&self, exchange: &Exchange) -> i64 {
        let n = self.groups.len();
        let Exchange { from, to, leaving, coming } = exchange;
        let value = |a: &u16, b: &u16| i64::from(self.values[*a as usize * n + *b as usize]);
        let difference = |body: &u16, to: usize, from: usize| {
            i64::from(self.sums[to * n + *body as usize]) - i64::from(self.sums[from * n + *body as usize])
        };
        let moved = leaving.iter().map(|body| difference(body, *to, *from)).chain(coming.iter().map(|body| difference(body, *from, *to)));
        let mut gain: i64 = moved.sum();
        // Who changes sides together does not part, and who passes each other does not meet.
        for side in [leaving, coming] {
            for (i, a) in side.iter().enumerate() {
                gain += 2 * side[i + 1..].iter().map(|b| value(a, b)).sum::<i64>();
            }
        }
        gain - 2 * leaving.iter().flat_map(|a| coming.iter().map(move |b| value(a, b))).sum::<i64>()
    }

    fn place(&self, table: usize) -> &'p Size {
        &self.hard.tables[self.tables[table] as usize]
    }

    fn fits(&self, exchange: &Exchange) -> bool {
        let size = |side: &Few| side.iter().map(|body| usize::from(self.sizes[*body as usize])).sum::<usize>();
        let (out, into) = (size(&exchange.leaving), size(&exchange.coming));
        let fits = |table: usize, out: usize, into: usize| {
            let (place, now) = (self.place(table), usize::from(self.load[table]));
            out == into || place.allows(now - out + into)
        };
        fits(exchange.from, out, into) && fits(exchange.to, into, out)
    }

    fn welcome(&self, exchange: &Exchange) -> bool {
        let Exchange { from, to, leaving, coming } = exchange;
        self.welcome_at(*to, coming, leaving)
            && self.welcome_at(*from, leaving, coming)
            && self.counts_hold(*to, coming, leaving)
            && self.counts_hold(*from, leaving, coming)
    }

    fn counts_hold(&self, table: usize, out: &[u16], into: &[u16]) -> bool {
        if self.hard.counts.is_empty() {
            return true;
        }
        let people = |side: &[u16]| side.iter().map(|body| usize::from(self.sizes[*body as usize])).sum::<usize>();
        let (before, now) = (usize::from(self.load[table]), usize::from(self.load[table]) - people(out) + people(into));
        let mut changes: SmallVec<[(u32, i32); 8]> = SmallVec::new();
        for (side, sign) in [(out, -1), (into, 1)] {
            for (count, people) in side.iter().flat_map(|body| self.counted(*body)) {
                match changes.iter_mut().find(|(changed, _)| changed == count) {
                    Some((_, change)) => *change += sign * i32::from(*people),
                    None => changes.push((*count, sign * i32::from(*people))),
                }
            }
        }
        let held = |count: u32| i32::from(self.held[table * self.hard.counts.len() + count as usize]);
        let changed = changes.iter().map(|(count, change)| (*count, (held(*count) + change) as usize));
        // Whom nobody sat with needs everything a table needs.
        let untouched = || (0..self.hard.counts.len() as u32).filter(|count| changes.iter().all(|(changed, _)| changed != count));
        self.hard.counts_allow(changed, now)
            && (before > 0 || now == 0 || self.hard.counts_allow(untouched().map(|count| (count, held(count) as usize)), now))
    }

    fn counted(&self, body: u16) -> &'p [(u32, u16)] {
        &self.hard.counted[self.groups[body as usize] as usize]
    }

    /// The body is counted at another table from now on.
    fn count_at(&mut self, body: u16, from: usize, to: usize) {
        let counts = self.hard.counts.len();
        for (count, people) in self.counted(body) {
            self.held[from * counts + *count as usize] -= people;
            self.held[to * counts + *count as usize] += people;
        }
    }

    fn welcome_at(&self, table: usize, out: &Few, into: &Few) -> bool {
        let hard = self.hard;
        let global = self.tables[table] as usize;
        for body in into.iter().filter(|body| self.rules.bound[**body as usize]) {
            let enemy_sits = |other: &u16| (self.at[*other as usize] as usize == table && !out.contains(other)) || into.contains(other);
            let group = self.groups[*body as usize] as usize;
            if !hard.may(group, self.round, global) || self.rules.apart[*body as usize].iter().any(enemy_sits) {
                return false;
            }
        }
        if !hard.languages_matter {
            return true;
        }
        let speaks = |body: u16| hard.speaks[self.groups[body as usize] as usize];
        let stayers = self.seated[table].iter().filter(|body| !out.contains(body));
        stayers.chain(into).copied().map(speaks).fold(hard.tables[global].speaks, |all, one| all & one) != 0
    }

    fn apply(&mut self, exchange: &Exchange) {
        let n = self.groups.len();
        let Exchange { from, to, leaving, coming } = exchange;
        for (side, from, to) in [(leaving, *from, *to), (coming, *to, *from)] {
            for &body in side {
                let of_body = &self.values[body as usize * n..][..n];
                for (sum, value) in self.sums[from * n..][..n].iter_mut().zip(of_body) {
                    *sum -= value;
                }
                for (sum, value) in self.sums[to * n..][..n].iter_mut().zip(of_body) {
                    *sum += value;
                }
                self.load[from] -= self.sizes[body as usize];
                self.load[to] += self.sizes[body as usize];
                self.at[body as usize] = to as u16;
                self.count_at(body, from, to);
                self.seated[from].retain(|seated| *seated != body);
                self.seated[to].push(body);
            }
        }
        self.note_own([*from, *to]);
        if let Some(alone) = &mut self.alone {
            alone.apply(*from, *to, leaving, coming);
        }
    }
}

fn replace(seated: &mut [u16], one: u16, other: u16) {
    if let Some(place) = seated.iter_mut().find(|body| **body == one) {
        *place = other;
    }
}

impl Rules {
    fn of(hard: &Hard, groups: &[u32], tables: &[u16], sizes: &[u16]) -> Self {
        let bound: Vec<bool> = groups.iter().map(|group| hard.bound[*group as usize]).collect();
        let any = bound.iter().any(|bound| *bound);
        let mut apart = vec![Few::new(); if any { groups.len() } else { 0 }];
        if any {
            let mut local: Vec<(u32, u16)> = groups.iter().copied().zip(0u16..).collect();
            local.sort_unstable();
            for (body, group) in groups.iter().enumerate().filter(|(body, _)| bound[*body]) {
                let enemies = &hard.apart[*group as usize];
                let here = enemies.iter().filter_map(|enemy| local.binary_search_by_key(enemy, |(group, _)| *group).ok());
                apart[body] = here.map(|at| local[at].1).collect();
            }
        }
        let people: usize = sizes.iter().map(|size| *size as usize).sum();
        let has_room = Size::vary(tables.iter().map(|table| &hard.tables[*table as usize]), people);
        Rules { has_room, bound, apart }
    }
}
