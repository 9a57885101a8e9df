//! The seating under way: who sits where in every round, and what an exchange between two tables would change.
//!
//! Tables are small, so a change is summed over the mates directly from one compact array of seats; keeping sums per
//! person and table would cost more to maintain than it saves. Whether two people meet in another round is read from
//! their places, a few numbers side by side, instead of from a table of all pairs that would not fit the cache.

use smallvec::SmallVec;

use crate::anneal::price_of_isolation;
use crate::arrange::Arrangement;
use crate::pairs::{Pair, Pairs};
use crate::problem::Problem;

pub(crate) struct Room<'p> {
    pub(crate) problem: &'p Problem,
    pub(crate) pairs: &'p Pairs<'p>,
    pub(crate) seats: Seats,
}

/// What is copied when a better seating is kept.
#[derive(Clone)]
pub(crate) struct Seats {
    rounds: usize,
    tables: usize,
    /// Where a table's seats begin within a round, and in all.
    starts: Vec<u32>,
    seats: Vec<u32>,
    /// People at a table, by round and table.
    taken: Vec<u16>,
    /// Table of a person, by person and round, four rounds in a word.
    places: Vec<u64>,
    words: usize,
    /// Mates who share a passion, by person and round.
    friends: Vec<u16>,
    /// The objective, and the seats whose occupant shares no passion with anyone at the table.
    pub(crate) sum: i64,
    pub(crate) isolated: i64,
}

/// People who change places between two tables in one round. Either side may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) round: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) leaving: Few,
    pub(crate) coming: Few,
}

pub(crate) type Few = SmallVec<[u32; 8]>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) sum: i64,
    pub(crate) isolated: i64,
}

/// Rounds whose tables fit one word, so that a few people's places in all rounds are compared at once.
const LANES: usize = 4;

/// How many of the four 16-bit lanes are equal.
#[inline(always)]
fn equal_lanes(x: u64, y: u64) -> u32 {
    const LOW: u64 = 0x7FFF_7FFF_7FFF_7FFF;
    let differ = x ^ y;
    // A lane's top bit survives exactly when none of its bits differ: the addition cannot carry into the next lane.
    (!(((differ & LOW) + LOW) | differ | LOW)).count_ones()
}

impl Seats {
    #[inline]
    pub(crate) fn members(&self, round: usize, table: usize) -> &[u32] {
        let start = round * self.starts[self.tables] as usize + self.starts[table] as usize;
        &self.seats[start..start + self.taken[round * self.tables + table] as usize]
    }

    #[inline]
    pub(crate) fn place(&self, person: usize, round: usize) -> usize {
        (self.places[person * self.words + round / LANES] >> (16 * (round % LANES)) & 0xFFFF) as usize
    }

    fn set_place(&mut self, person: usize, round: usize, table: usize) {
        let word = &mut self.places[person * self.words + round / LANES];
        let shift = 16 * (round % LANES);
        *word = *word & !(0xFFFF << shift) | (table as u64) << shift;
    }

    /// In how many rounds the two share a table.
    #[inline(always)]
    pub(crate) fn meetings(&self, a: usize, b: usize) -> usize {
        let same: u32 = if self.words == 1 {
            equal_lanes(self.places[a], self.places[b])
        } else {
            let a = &self.places[a * self.words..][..self.words];
            let b = &self.places[b * self.words..][..self.words];
            a.iter().zip(b).map(|(x, y)| equal_lanes(*x, *y)).sum()
        };
        // The lanes beyond the last round hold nothing and are always alike.
        same as usize + self.rounds - self.words * LANES
    }

    #[inline]
    fn friends(&self, person: usize, round: usize) -> i32 {
        i32::from(self.friends[person * self.rounds + round])
    }

    pub(crate) fn rounds(&self) -> Vec<Vec<Vec<usize>>> {
        let table = |round, table| {
            let mut members: Vec<usize> = self.members(round, table).iter().map(|person| *person as usize).collect();
            members.sort_unstable();
            members
        };
        (0..self.rounds).map(|round| (0..self.tables).map(|at| table(round, at)).collect()).collect()
    }

    fn sit(&mut self, person: u32, round: usize, table: usize) {
        let taken = &mut self.taken[round * self.tables + table];
        let start = round * self.starts[self.tables] as usize + self.starts[table] as usize;
        self.seats[start + *taken as usize] = person;
        *taken += 1;
        self.set_place(person as usize, round, table);
    }

    fn rise(&mut self, person: u32, round: usize) {
        let table = self.place(person as usize, round);
        let taken = &mut self.taken[round * self.tables + table];
        let start = round * self.starts[self.tables] as usize + self.starts[table] as usize;
        let occupied = &mut self.seats[start..start + *taken as usize];
        let at = occupied.iter().position(|sitting| *sitting == person).expect("a person sits where their place says");
        occupied[at] = occupied[occupied.len() - 1];
        *taken -= 1;
    }
}

impl<'p> Room<'p> {
    /// Takes that seating instead if it is better.
    pub(crate) fn keep_better(&mut self, arrangements: &[Arrangement]) -> bool {
        let alone = price_of_isolation(self.problem);
        let worth = |seats: &Seats| seats.sum - alone * seats.isolated;
        let other = Room::new(self.problem, self.pairs, arrangements);
        let better = worth(&other.seats) > worth(&self.seats);
        if better {
            self.seats = other.seats;
        }
        better
    }

    /// How many meetings are not a pair's first, of people who are not kept together.
    pub(crate) fn repeats(&self) -> usize {
        let mut repeats = 0;
        for round in 1..self.problem.rounds {
            for table in 0..self.problem.tables.len() {
                let members = self.seats.members(round, table);
                for (i, &a) in members.iter().enumerate() {
                    let again = |b: &&u32| {
                        (0..round).any(|earlier| self.seats.place(a as usize, earlier) == self.seats.place(**b as usize, earlier))
                    };
                    repeats += members[i + 1..].iter().filter(again).filter(|b| !self.problem.same_group(a as usize, **b as usize)).count();
                }
            }
        }
        repeats
    }

    /// Everybody where the arrangements, one per round, put them.
    pub(crate) fn new(problem: &'p Problem, pairs: &'p Pairs<'p>, arrangements: &[Arrangement]) -> Self {
        let (people, tables, rounds) = (problem.people.len(), problem.tables.len(), problem.rounds);
        let mut starts = vec![0u32];
        for size in &problem.hard.tables {
            starts.push(starts[starts.len() - 1] + size.max as u32);
        }
        let seats = Seats {
            rounds,
            tables,
            seats: vec![0; rounds * starts[tables] as usize],
            starts,
            taken: vec![0; rounds * tables],
            places: vec![0; rounds.div_ceil(LANES) * people],
            words: rounds.div_ceil(LANES),
            friends: vec![0; rounds * people],
            sum: 0,
            isolated: 0,
        };
        let mut room = Room { problem, pairs, seats };
        for (round, arrangement) in arrangements.iter().enumerate() {
            for person in 0..people {
                room.seats.sit(person as u32, round, arrangement[problem.hard.group_of[person] as usize] as usize);
            }
        }
        room.count();
        room
    }

    pub(crate) fn arrangements(&self) -> Vec<Arrangement> {
        let groups = &self.problem.hard.groups;
        let round = |round| groups.iter().map(|group| self.seats.place(group[0] as usize, round) as u16).collect();
        (0..self.problem.rounds).map(round).collect()
    }

    fn count(&mut self) {
        let (mut sum, mut isolated) = (0, 0);
        for round in 0..self.problem.rounds {
            for table in 0..self.problem.tables.len() {
                let members: Few = self.seats.members(round, table).into();
                for (i, &a) in members.iter().enumerate() {
                    let mut friends = 0;
                    for (j, &b) in members.iter().enumerate().filter(|(j, _)| *j != i) {
                        friends += self.pairs.pair(a as usize, b as usize).share();
                        if j > i {
                            let met = (0..round).any(|r| self.seats.place(a as usize, r) == self.seats.place(b as usize, r));
                            sum += if met {
                                self.pairs.again(a as usize, b as usize)
                            } else {
                                self.pairs.pair(a as usize, b as usize).first()
                            };
                        }
                    }
                    self.seats.friends[a as usize * self.problem.rounds + round] = friends as u16;
                    isolated += i64::from(friends == 0);
                }
            }
        }
        (self.seats.sum, self.seats.isolated) = (sum, isolated);
    }

    /// What one meeting more (with `sitting` 0) or less (with `sitting` 1) of the two is worth, and whether they share a passion.
    #[inline]
    fn meeting(&self, a: u32, b: u32, sitting: usize) -> (i64, i32) {
        let pair = self.pairs.pair(a as usize, b as usize);
        let worth = self.met(a, b, pair, sitting);
        (worth, pair.share())
    }

    #[inline]
    pub(crate) fn change(&self, exchange: &Exchange) -> Change {
        self.change_noting(exchange, |_, _| {})
    }

    /// The change, telling `note` what it means for each person at the two tables.
    #[inline]
    pub(crate) fn change_noting(&self, exchange: &Exchange, mut note: impl FnMut(u32, i64)) -> Change {
        let Exchange { round, from, to, leaving, coming } = exchange;
        let mut change = Change::default();
        let mut gains: SmallVec<[(i64, i32); 16]> = SmallVec::from_elem((0, 0), leaving.len() + coming.len());
        for (members, out, into) in
            [(*from, leaving, coming), (*to, coming, leaving)].map(|(at, out, into)| (self.seats.members(*round, at), out, into))
        {
            let (out_at, into_at) = if std::ptr::eq(out, leaving) { (0, leaving.len()) } else { (leaving.len(), 0) };
            for &stayer in members.iter().filter(|member| !out.contains(member)) {
                let (mut worth, mut friends) = (0, 0);
                for (i, &mover) in out.iter().enumerate() {
                    let (lost, shared) = self.meeting(mover, stayer, 1);
                    worth -= lost;
                    friends -= shared;
                    gains[out_at + i].0 -= lost;
                    gains[out_at + i].1 -= shared;
                }
                for (i, &mover) in into.iter().enumerate() {
                    let (won, shared) = self.meeting(mover, stayer, 0);
                    worth += won;
                    friends += shared;
                    gains[into_at + i].0 += won;
                    gains[into_at + i].1 += shared;
                }
                change.sum += worth;
                change.isolated += self.turns_isolated(stayer, *round, friends);
                note(stayer, worth);
            }
        }
        for (&mover, (worth, friends)) in leaving.iter().chain(coming).zip(gains) {
            change.isolated += self.turns_isolated(mover, *round, friends);
            note(mover, worth);
        }
        change
    }

    #[inline(always)]
    fn met(&self, a: u32, b: u32, pair: Pair, sitting: usize) -> i64 {
        let (a, b) = (a as usize, b as usize);
        if self.seats.meetings(a, b) > sitting { self.pairs.again(a, b) } else { pair.first() }
    }

    /// 1 when so many friends fewer leave the person alone, -1 when so many more end that.
    #[inline]
    fn turns_isolated(&self, person: u32, round: usize, friends: i32) -> i64 {
        let before = self.seats.friends(person as usize, round);
        i64::from(before + friends == 0) - i64::from(before == 0)
    }

    pub(crate) fn apply(&mut self, exchange: &Exchange, change: Change) {
        let Exchange { round, from, to, leaving, coming } = exchange;
        for &mover in leaving.iter().chain(coming) {
            self.seats.rise(mover, *round);
        }
        self.befriend(*round, *from, leaving, coming);
        self.befriend(*round, *to, coming, leaving);
        for (movers, to) in [(leaving, *to), (coming, *from)] {
            for &mover in movers {
                self.seats.sit(mover, *round, to);
            }
        }
        self.seats.sum += change.sum;
        self.seats.isolated += change.isolated;
    }

    /// Friends are counted again for a table whose stayers are seated and whose movers are in between.
    fn befriend(&mut self, round: usize, table: usize, out: &Few, into: &Few) {
        let rounds = self.problem.rounds;
        let stayers: Few = self.seats.members(round, table).into();
        for &stayer in &stayers {
            for (movers, by) in [(out, -1), (into, 1)] {
                for &mover in movers {
                    let shared = by * self.pairs.pair(stayer as usize, mover as usize).share();
                    if shared != 0 {
                        for person in [stayer, mover] {
                            let friends = &mut self.seats.friends[person as usize * rounds + round];
                            *friends = friends.wrapping_add_signed(shared as i16);
                        }
                    }
                }
            }
        }
    }

    /// Whether both tables keep every hard rule after the exchange. The movers are whole groups.
    pub(crate) fn allows(&self, exchange: &Exchange) -> bool {
        let hard = &self.problem.hard;
        let Exchange { round, from, to, leaving, coming } = exchange;
        let fits = |table: usize, less: &Few, more: &Few| {
            let (size, now) = (&hard.tables[table], self.seats.members(*round, table).len());
            let then = now + more.len() - less.len();
            // A table of the exact size stays so, whatever its bounds.
            then == now || size.allows(then)
        };
        fits(*from, leaving, coming)
            && fits(*to, coming, leaving)
            && self.welcome(*round, *to, coming, leaving)
            && self.welcome(*round, *from, leaving, coming)
            && self.counts_hold(*round, *to, coming, leaving)
            && self.counts_hold(*round, *from, leaving, coming)
    }

    fn counts_hold(&self, round: usize, table: usize, out: &Few, into: &Few) -> bool {
        let hard = &self.problem.hard;
        // A group is asked about once, with its first member.
        let first = |person: &&u32| hard.group(**person as usize)[0] == **person;
        let stayers = self.seats.members(round, table).iter().filter(|member| !out.contains(member));
        hard.counts_hold(stayers.chain(into).filter(first).map(|person| hard.group_of[*person as usize] as usize))
    }

    fn welcome(&self, round: usize, table: usize, out: &Few, into: &Few) -> bool {
        let hard = &self.problem.hard;
        let group_of = |person: &u32| hard.group_of[*person as usize] as usize;
        let stayers = || self.seats.members(round, table).iter().filter(|member| !out.contains(member));
        for group in into.iter().map(group_of).filter(|group| hard.bound[*group]) {
            let enemy_sits = |other: &u32| {
                let first = hard.groups[*other as usize][0];
                (self.seats.place(first as usize, round) == table && !out.contains(&first)) || into.contains(&first)
            };
            if !hard.may(group, round, table) || hard.apart[group].iter().any(enemy_sits) {
                return false;
            }
        }
        if !hard.languages_matter {
            return true;
        }
        stayers().chain(into).map(|person| hard.speaks[group_of(person)]).fold(hard.tables[table].speaks, |all, one| all & one) != 0
    }

    /// What the event is worth to each person: the sum over everyone they meet.
    pub(crate) fn worths(&self) -> Vec<i64> {
        let mut worths = vec![0; self.problem.people.len()];
        for round in 0..self.problem.rounds {
            for table in 0..self.problem.tables.len() {
                let members = self.seats.members(round, table);
                for (i, &a) in members.iter().enumerate() {
                    for &b in &members[i + 1..] {
                        let (a, b) = (a as usize, b as usize);
                        let met = (0..round).any(|r| self.seats.place(a, r) == self.seats.place(b, r));
                        let worth = if met { self.pairs.again(a, b) } else { self.pairs.pair(a, b).first() };
                        worths[a] += worth;
                        worths[b] += worth;
                    }
                }
            }
        }
        worths
    }
}
