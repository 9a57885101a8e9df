//! One round that breaks no hard rule, as even as the tables allow and otherwise random: where the search starts, and
//! what it is compared with. When chance does not find one, a small room is searched to the end, which proves there is none.

use std::collections::BinaryHeap;

use crate::chance::Chance;
use crate::hard::{Hard, Size};

/// The table of each group.
pub(crate) type Arrangement = Vec<u16>;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Every possibility was tried.
    Impossible,
    /// Only that none was found.
    NotFound,
}

const TRIES: usize = 12;
/// About 50 ms.
const NODES: usize = 200_000;
/// The exhaustive search keeps one call on the stack per group.
const MOST_GROUPS: usize = 2_000;
const MENDING_STEPS: usize = 300_000;

pub(crate) fn arrange(hard: &Hard, round: usize, chance: &mut Chance) -> Result<Arrangement, Failure> {
    for _ in 0..TRIES {
        if let Some(found) = deal(hard, round, Preference::Even, chance) {
            return Ok(found);
        }
    }
    match search(hard, round, NODES) {
        Err(Failure::NotFound) => mend(hard, round, vec![NOWHERE; hard.groups.len()], chance).ok_or(Failure::NotFound),
        settled => settled,
    }
}

/// One that owes as much as possible to chance: [`arrange`] has habits, and rules may keep the search from leaving them.
pub(crate) fn arrange_anyhow(hard: &Hard, round: usize, chance: &mut Chance) -> Result<Arrangement, Failure> {
    match (0..TRIES).find_map(|_| deal(hard, round, Preference::Any, chance)) {
        Some(found) => Ok(found),
        None => arrange(hard, round, chance),
    }
}

#[derive(Clone, Copy)]
enum Preference {
    /// A table that is short of such people, or of any, or else has most room.
    Even,
    /// The first that fits, people in any order.
    Any,
}

/// Deals groups to tables one after another; to be even, the hardest to place first.
fn deal(hard: &Hard, round: usize, preference: Preference, chance: &mut Chance) -> Option<Arrangement> {
    let mut order: Vec<usize> = (0..hard.groups.len()).collect();
    chance.shuffle(&mut order);
    if let Preference::Even = preference {
        let tables_for = choices(hard, round);
        order.sort_by_key(|&group| (tables_for[group], usize::MAX - hard.groups[group].len(), usize::MAX - hard.apart[group].len()));
    }
    let mut room = Dealt::new(hard, round);
    // Random order among equals, without a draw per table and group.
    let mut tables: Vec<usize> = (0..hard.tables.len()).collect();
    chance.shuffle(&mut tables);
    let alike = match preference {
        Preference::Even => order.iter().rev().take_while(|group| hard.is_plain(**group)).count(),
        Preference::Any => 0,
    };
    let (special, plain) = order.split_at(order.len() - alike);
    for &group in special {
        let offset = chance.below(tables.len());
        let turned = tables[offset..].iter().chain(&tables[..offset]).copied();
        let mut fitting = turned.filter(|table| room.fits(group, *table));
        let chosen = match preference {
            Preference::Even => fitting.max_by_key(|table| (room.misses(*table, group), room.wants(*table))),
            Preference::Any => fitting.next(),
        };
        room.seat(group, chosen?);
    }
    room.seat_plain(plain, &tables)?;
    room.counts_hold().then_some(room.table_of)
}

/// How many tables each group may choose from; everybody with no limits has all, without counting them.
fn choices(hard: &Hard, round: usize) -> Vec<usize> {
    let count = |group: usize| {
        if !hard.bound[group] {
            return hard.tables.len();
        }
        (0..hard.tables.len()).filter(|table| hard.may(group, round, *table)).count()
    };
    (0..hard.groups.len()).map(count).collect()
}

pub(crate) const NOWHERE: u16 = u16::MAX;

struct Dealt<'h> {
    hard: &'h Hard,
    round: usize,
    table_of: Arrangement,
    load: Vec<usize>,
    speaks: Vec<u64>,
    /// How many of each count are at each table, by tables.
    holders: Vec<u16>,
    /// People not yet dealt, less those still needed to fill every table to its minimum.
    spare: isize,
}

impl<'h> Dealt<'h> {
    fn new(hard: &'h Hard, round: usize) -> Self {
        let needed: usize = hard.tables.iter().map(Size::least).sum();
        Dealt {
            hard,
            round,
            table_of: vec![NOWHERE; hard.groups.len()],
            load: vec![0; hard.tables.len()],
            speaks: hard.tables.iter().map(|table| table.speaks).collect(),
            holders: vec![0; hard.tables.len() * hard.counts.len()],
            spare: hard.group_of.len() as isize - needed as isize,
        }
    }

    fn fits(&self, group: usize, table: usize) -> bool {
        let size = self.hard.groups[group].len();
        self.load[table] + size <= self.hard.tables[table].max
            && self.surplus(table, size) as isize <= self.spare
            && self.is_welcome(group, table)
    }

    fn is_welcome(&self, group: usize, table: usize) -> bool {
        let hard = self.hard;
        !hard.bound[group]
            || (hard.may(group, self.round, table)
                && self.speaks[table] & hard.speaks[group] != 0
                && hard.apart[group].iter().all(|other| self.table_of[*other as usize] != table as u16)
                && hard.counted[group]
                    .iter()
                    .all(|(count, people)| self.held(table, *count) + *people as usize <= hard.counts[*count as usize].most))
    }

    fn held(&self, table: usize, count: u32) -> usize {
        self.holders[table * self.hard.counts.len() + count as usize].into()
    }

    /// How many counts the group is part of have fewer at that table than they need there.
    fn misses(&self, table: usize, group: usize) -> usize {
        let missing = |(count, _): &&(u32, u16)| {
            let (held, rule) = (self.held(table, *count), &self.hard.counts[*count as usize]);
            held < rule.least && (held > 0 || !rule.if_any)
        };
        self.hard.counted[group].iter().filter(missing).count()
    }

    /// Once everybody is dealt.
    fn counts_hold(&self) -> bool {
        let counts = self.hard.counts.len() as u32;
        (0..self.load.len())
            .all(|table| self.hard.counts_allow((0..counts).map(|count| (count, self.held(table, count))), self.load[table]))
    }

    /// Seats people who differ in nothing that matters here, each at the table that wants them most.
    fn seat_plain(&mut self, groups: &[usize], tables: &[usize]) -> Option<()> {
        let mut queue: BinaryHeap<_> = tables.iter().enumerate().map(|(turn, table)| (self.wants(*table), turn, *table)).collect();
        for &group in groups {
            let (turn, table) =
                std::iter::from_fn(|| queue.pop()).map(|(_, turn, table)| (turn, table)).find(|(_, table)| self.fits(group, *table))?;
            self.seat(group, table);
            queue.push((self.wants(table), turn, table));
        }
        Some(())
    }

    /// How many of `size` more people would be above the table's minimum; who opens a table takes those along whom it needs then.
    fn surplus(&self, table: usize, size: usize) -> usize {
        let missing = |people| self.hard.tables[table].missing(people);
        size + missing(self.load[table] + size) - missing(self.load[table])
    }

    fn wants(&self, table: usize) -> (bool, bool, usize) {
        let (place, load) = (&self.hard.tables[table], self.load[table]);
        (place.missing(load) > 0, load > 0 || !place.optional, place.max - load)
    }

    fn seat(&mut self, group: usize, table: usize) {
        let size = self.hard.groups[group].len();
        self.spare -= self.surplus(table, size) as isize;
        self.load[table] += size;
        self.speaks[table] &= self.hard.speaks[group];
        self.table_of[group] = table as u16;
        for (count, people) in &self.hard.counted[group] {
            self.holders[table * self.hard.counts.len() + *count as usize] += people;
        }
    }

    fn unseat(&mut self, group: usize, spoken_before: u64) {
        let (table, size) = (self.table_of[group] as usize, self.hard.groups[group].len());
        self.load[table] -= size;
        self.spare += self.surplus(table, size) as isize;
        self.speaks[table] = spoken_before;
        self.table_of[group] = NOWHERE;
        for (count, people) in &self.hard.counted[group] {
            self.holders[table * self.hard.counts.len() + *count as usize] -= people;
        }
    }
}

/// Tries everything, within a number of nodes.
pub(crate) fn search(hard: &Hard, round: usize, nodes: usize) -> Result<Arrangement, Failure> {
    search_from(Dealt::new(hard, round), nodes)
}

fn search_from(room: Dealt, nodes: usize) -> Result<Arrangement, Failure> {
    let mut found = None;
    let visited = visit(room, nodes, |arrangement| {
        found = Some(arrangement.clone());
        true
    });
    match (found, visited) {
        (Some(found), _) => Ok(found),
        (None, Visited::All) => Err(Failure::Impossible),
        (None, Visited::Part) => Err(Failure::NotFound),
    }
}

/// Why those who are [`NOWHERE`] cannot be seated around the others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// Somebody at this table cannot stay there.
    At(usize),
    /// Those who are to be seated are too few to fill the tables that are in use.
    TooFew,
    /// None of their places does, or none that was found.
    Theirs(Failure),
}

/// Seats those who are [`NOWHERE`] around the others, who stay.
pub(crate) fn around(hard: &Hard, round: usize, placed: &Arrangement, nodes: usize) -> Result<Arrangement, Obstacle> {
    let mut room = Dealt::new(hard, round);
    for (group, &table) in placed.iter().enumerate().filter(|(_, table)| **table != NOWHERE) {
        let full = room.load[table as usize] + hard.groups[group].len() > hard.tables[table as usize].max;
        if full || !room.is_welcome(group, table as usize) {
            return Err(Obstacle::At(table.into()));
        }
        room.seat(group, table.into());
    }
    if room.spare < 0 {
        return Err(Obstacle::TooFew);
    }
    search_from(room, nodes).map_err(Obstacle::Theirs)
}

/// All there are, when they are at most so many.
pub(crate) fn list(hard: &Hard, round: usize, most: usize) -> Option<Vec<Arrangement>> {
    let mut all = Vec::new();
    let visited = visit(Dealt::new(hard, round), NODES, |arrangement| {
        all.push(arrangement.clone());
        all.len() > most
    });
    (visited == Visited::All).then_some(all)
}

#[derive(PartialEq, Eq)]
enum Visited {
    All,
    /// There was no more time, or the visitor had seen enough.
    Part,
}

/// Shows `found` one arrangement after another of those who have no seat yet, until it answers that it has seen enough.
fn visit(mut room: Dealt, nodes: usize, mut found: impl FnMut(&Arrangement) -> bool) -> Visited {
    let (hard, round) = (room.hard, room.round);
    let mut order: Vec<usize> = (0..hard.groups.len()).filter(|group| room.table_of[*group] == NOWHERE).collect();
    if order.len() > MOST_GROUPS {
        return Visited::Part;
    }
    let tables_for = choices(hard, round);
    order.sort_by_key(|&group| (tables_for[group], usize::MAX - hard.groups[group].len(), usize::MAX - hard.apart[group].len()));
    if room.spare < 0 {
        return Visited::All;
    }
    let named: Vec<bool> = (0..hard.tables.len()).map(|table| hard.fixed.iter().flatten().any(|(_, wanted)| *wanted == table)).collect();
    let mut left = nodes;
    descend(&mut room, &order, &named, &mut left, &mut found)
}

fn descend(room: &mut Dealt, order: &[usize], named: &[bool], left: &mut usize, found: &mut dyn FnMut(&Arrangement) -> bool) -> Visited {
    let Some((&group, rest)) = order.split_first() else {
        let seen_enough = room.counts_hold() && found(&room.table_of);
        return if seen_enough { Visited::Part } else { Visited::All };
    };
    let mut tables: Vec<usize> = (0..named.len()).filter(|table| room.fits(group, *table)).collect();
    tables.sort_by_key(|table| std::cmp::Reverse(room.wants(*table)));
    for (position, &table) in tables.iter().enumerate() {
        // Two empty tables of one kind are one choice.
        let twin = |other: &usize| room.load[*other] == 0 && !named[*other] && room.hard.tables[*other] == room.hard.tables[table];
        if room.load[table] == 0 && !named[table] && tables[..position].iter().any(twin) {
            continue;
        }
        if *left == 0 {
            return Visited::Part;
        }
        *left -= 1;
        let spoken = room.speaks[table];
        room.seat(group, table);
        if descend(room, rest, named, left, found) == Visited::Part {
            return Visited::Part;
        }
        room.unseat(group, spoken);
    }
    Visited::All
}

/// Seats everybody who is [`NOWHERE`] somewhere, then moves and swaps groups at random while that breaks no more rules than
/// before (or, now and then, slightly more), until nothing is broken.
pub(crate) fn mend(hard: &Hard, round: usize, mut table_of: Arrangement, chance: &mut Chance) -> Option<Arrangement> {
    let groups = hard.groups.len();
    let mut at: Vec<Vec<u32>> = vec![Vec::new(); hard.tables.len()];
    for group in 0..groups {
        if table_of[group] != NOWHERE {
            at[table_of[group] as usize].push(group as u32);
            continue;
        }
        let open: Vec<usize> = (0..hard.tables.len()).filter(|table| hard.may(group, round, *table)).collect();
        if open.is_empty() {
            return None;
        }
        table_of[group] = open[chance.below(open.len())] as u16;
        at[table_of[group] as usize].push(group as u32);
    }
    let mut broken: Vec<usize> = (0..hard.tables.len()).map(|table| violations(hard, round, table, &at[table])).collect();
    let mut total: usize = broken.iter().sum();
    for _ in 0..MENDING_STEPS {
        if total == 0 {
            return Some(table_of);
        }
        let group = chance.below(groups);
        let from = table_of[group] as usize;
        let draw = chance.word();
        if broken[from] == 0 && draw & 7 != 0 {
            continue;
        }
        let partner = (draw & 8 != 0).then(|| chance.below(groups));
        let to = partner.map_or_else(|| chance.below(hard.tables.len()), |partner| table_of[partner] as usize);
        if to == from {
            continue;
        }
        let keep = |members: &[u32], out: Option<usize>, come: Option<usize>| -> Vec<u32> {
            let staying = members.iter().copied().filter(|member| out != Some(*member as usize));
            staying.chain(come.map(|group| group as u32)).collect()
        };
        let (new_from, new_to) = (keep(&at[from], Some(group), partner), keep(&at[to], partner, Some(group)));
        let (broken_from, broken_to) = (violations(hard, round, from, &new_from), violations(hard, round, to, &new_to));
        let (before, after) = (broken[from] + broken[to], broken_from + broken_to);
        if after > before && (after > before + 2 || draw >> 58 != 0) {
            continue;
        }
        total = total + after - before;
        (broken[from], broken[to]) = (broken_from, broken_to);
        (at[from], at[to]) = (new_from, new_to);
        table_of[group] = to as u16;
        if let Some(partner) = partner {
            table_of[partner] = from as u16;
        }
    }
    None
}

fn violations(hard: &Hard, round: usize, table: usize, members: &[u32]) -> usize {
    let place = &hard.tables[table];
    let load: usize = members.iter().map(|group| hard.groups[*group as usize].len()).sum();
    let mut broken = load.saturating_sub(place.max) + place.missing(load);
    let mut spoken = place.speaks;
    for (i, &a) in members.iter().enumerate() {
        let a = a as usize;
        if !hard.bound[a] {
            continue;
        }
        spoken &= hard.speaks[a];
        broken += 2 * usize::from(!hard.may(a, round, table));
        broken += members[..i].iter().filter(|b| hard.must_be_apart(a, **b as usize)).count();
        broken += members[..i].iter().filter(|b| hard.speaks[a] & hard.speaks[**b as usize] == 0).count();
    }
    let mut holders = vec![0; hard.counts.len()];
    for (count, people) in members.iter().flat_map(|group| &hard.counted[*group as usize]) {
        holders[*count as usize] += *people as usize;
    }
    for (count, held) in hard.counts.iter().zip(holders).filter(|(count, held)| !count.allows(*held, load)) {
        broken += held.saturating_sub(count.most) + count.least.saturating_sub(held);
    }
    broken + usize::from(spoken == 0)
}
