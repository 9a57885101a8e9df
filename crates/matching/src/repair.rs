//! Who does not come leaves a gap, and who comes late needs a seat: a seating is mended by moving as few people as possible.
//!
//! Say some people may be moved, the movers, and all others stay. If that is enough to seat everybody in a round, it is also
//! enough with more movers; so what has to be found is a smallest set of movers that is enough in every round. A set is
//! built by what it gains for each person, thinned, and then all smaller ones are tried as far as the work allows, unless
//! counting alone shows that none can do.

use std::cmp::Reverse;

use crate::anneal::price_of_isolation;
use crate::arrange::{self, Arrangement, Failure, NOWHERE, Obstacle, around, arrange};
use crate::chance::Chance;
use crate::check::{Infeasible, check, explain};
use crate::hard::Hard;
use crate::pairs::Pairs;
use crate::problem::Problem;
use crate::room::{Exchange, Few, Room};
use crate::solve::{Seating, finished};

/// Tried to seat one set of movers in one round.
const NODES: usize = 5_000;
/// Sets of movers tried in all, in the search for a smaller one.
const SETS: usize = 30_000;
/// Above so many people not every set can be tried anyway.
const MOST_TRIED: usize = 400;

/// A seating close to the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    pub seating: Seating,
    /// Who had a seat in a round and now has another one there.
    pub moved: Vec<usize>,
    /// No fewer would do. Otherwise fewer might, and were not found.
    pub fewest: bool,
}

/// Seats everybody, those who had a seat (`before`, by round and person) at their table again but for as few as possible.
/// Tables that may be closed should be [optional](crate::Table::optional). Same problem, seats and seed: same answer.
pub fn repair(problem: &Problem, before: &[Vec<Option<usize>>], seed: u64) -> Result<Repaired, Infeasible> {
    check(problem)?;
    let pairs = Pairs::new(problem);
    let mending = Mending::of(problem, &pairs, before);
    let found = mending.some_movers(&mut Chance::new(seed, 5));
    let found = found.map_err(|(round, failure)| explain(problem, round, failure))?;
    let found = mending.thinned(found);
    let (found, fewest) = mending.smaller(found);
    let (arrangements, free) = mending.fewest_seats(found);
    let mut room = Room::new(problem, &pairs, &arrangements);
    settle(&mut room, &free);
    let seating = finished(&room, seed);
    let elsewhere =
        |person: &usize| (0..problem.rounds).any(|round| before[round][*person].is_some_and(|at| at != room.seats.place(*person, round)));
    let moved: Vec<usize> = (0..problem.people.len()).filter(elsewhere).collect();
    Ok(Repaired { seating, moved, fewest })
}

struct Mending<'p> {
    hard: &'p Hard,
    /// The table of each group in each round before; nowhere for who has just come, or is to join somebody from another table.
    before: Vec<Arrangement>,
    /// How many people of each group are moved with it.
    cost: Vec<usize>,
    /// What each group's present company is worth.
    worth: Vec<i64>,
}

/// Who may be moved, and a seating of every round that moves nobody else.
#[derive(Clone)]
struct Found {
    movers: Vec<bool>,
    rounds: Vec<Arrangement>,
}

impl<'p> Mending<'p> {
    fn of(problem: &'p Problem, pairs: &Pairs, before: &[Vec<Option<usize>>]) -> Self {
        let hard = &problem.hard;
        let place = |round: &Vec<Option<usize>>, group: &Vec<u32>| {
            let mut places = group.iter().filter_map(|person| round[*person as usize]);
            let first = places.next()?;
            places.all(|other| other == first).then_some(first)
        };
        let at = |round| hard.groups.iter().map(|group| place(round, group).map_or(NOWHERE, |table| table as u16)).collect();
        let had_a_seat = |person: &&u32| before.iter().any(|round| round[**person as usize].is_some());
        let mut worth = vec![0; hard.groups.len()];
        for round in before {
            let mut at_table = vec![Vec::new(); hard.tables.len()];
            round.iter().enumerate().filter_map(|(person, at)| Some((person, (*at)?))).for_each(|(person, at)| at_table[at].push(person));
            for members in at_table {
                for (a, b) in members.iter().flat_map(|a| members.iter().filter(move |b| a != *b).map(move |b| (*a, *b))) {
                    worth[hard.group_of[a] as usize] += pairs.pair(a, b).first();
                }
            }
        }
        Mending {
            hard,
            before: before.iter().map(at).collect(),
            cost: hard.groups.iter().map(|group| group.iter().filter(had_a_seat).count()).collect(),
            worth,
        }
    }

    fn size(&self, group: usize) -> usize {
        self.hard.groups[group].len()
    }

    fn cost_of(&self, movers: &[bool]) -> usize {
        self.cost.iter().zip(movers).filter(|(_, moves)| **moves).map(|(cost, _)| cost).sum()
    }

    /// Everybody at their table before, and the movers nowhere.
    fn placed(&self, movers: &[bool], round: usize) -> Arrangement {
        self.before[round].iter().zip(movers).map(|(table, moves)| if *moves { NOWHERE } else { *table }).collect()
    }

    fn seat(&self, movers: &[bool], round: usize) -> Result<Arrangement, Obstacle> {
        around(self.hard, round, &self.placed(movers, round), NODES)
    }

    fn seat_all(&self, movers: &[bool]) -> Result<Vec<Arrangement>, (usize, Obstacle)> {
        (0..self.hard.rounds).map(|round| self.seat(movers, round).map_err(|obstacle| (round, obstacle))).collect()
    }

    /// A set that is enough, or the round that cannot be seated at all.
    fn some_movers(&self, chance: &mut Chance) -> Result<Found, (usize, Failure)> {
        let mut movers = vec![false; self.cost.len()];
        self.fill_gaps(&mut movers);
        let mut rounds = Vec::with_capacity(self.hard.rounds);
        for round in 0..self.hard.rounds {
            let seated = match self.seat(&movers, round) {
                Ok(seated) => seated,
                // A rule is in the way. Whoever is moved to keep it may be moved in the other rounds, too.
                Err(_) => match arrange::mend(self.hard, round, self.placed(&movers, round), chance) {
                    Some(mended) => mended,
                    None => arrange(self.hard, round, chance).map_err(|failure| (round, failure))?,
                },
            };
            for (group, moves) in movers.iter_mut().enumerate() {
                *moves |= self.before[round][group] != NOWHERE && self.before[round][group] != seated[group];
            }
            rounds.push(seated);
        }
        Ok(Found { movers, rounds })
    }

    /// Adds movers until no round has more people missing at its tables than there are movers to fill the gaps. Somebody whose
    /// table can spare them fills one; a table that is closed sends everybody, and misses nobody any more.
    fn fill_gaps(&self, movers: &mut [bool]) {
        let mut loads: Vec<Vec<usize>> = Vec::new();
        let mut gaps: Vec<usize> = Vec::new();
        for round in 0..self.hard.rounds {
            let mut load = vec![0; self.hard.tables.len()];
            for (group, table) in self.placed(movers, round).iter().enumerate().filter(|(_, table)| **table != NOWHERE) {
                load[*table as usize] += self.size(group);
            }
            let missing: usize = self.hard.tables.iter().zip(&load).map(|(table, load)| table.missing(*load)).sum();
            let free = self.hard.group_of.len() - load.iter().sum::<usize>();
            gaps.push(missing.saturating_sub(free));
            loads.push(load);
        }
        while gaps.iter().any(|gap| *gap > 0) {
            let sets = self.spared(movers, &loads, &gaps).chain(self.closings(movers, &loads, &gaps));
            // What it gains for each person; then whose company is worth least.
            let Some((_, gains, set)) = sets.max_by(|(one, ..), (other, ..)| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1))) else {
                return;
            };
            for group in set {
                movers[group] = true;
                for (load, before) in loads.iter_mut().zip(&self.before) {
                    if before[group] != NOWHERE {
                        load[before[group] as usize] -= self.size(group);
                    }
                }
            }
            for (gap, gain) in gaps.iter_mut().zip(gains) {
                *gap = gap.saturating_sub(gain);
            }
        }
    }

    /// Single groups that leave no gap behind in some round with one.
    fn spared(&self, movers: &[bool], loads: &[Vec<usize>], gaps: &[usize]) -> impl Iterator<Item = ((f64, i64), Vec<usize>, Vec<usize>)> {
        (0..movers.len()).filter(|group| !movers[*group] && self.cost[*group] > 0).filter_map(move |group| {
            let gain = |round: usize| {
                let at = self.before[round][group];
                let spares = |at: u16| self.hard.tables[at as usize].allows(loads[round][at as usize] - self.size(group));
                let gain = if at != NOWHERE && spares(at) { self.size(group) } else { 0 };
                gain.min(gaps[round])
            };
            let gains: Vec<usize> = (0..gaps.len()).map(gain).collect();
            let gained: usize = gains.iter().sum();
            (gained > 0).then(|| ((gained as f64 / self.cost[group] as f64, self.worth[group]), gains, vec![group]))
        })
    }

    /// Everybody of a table that may be closed.
    fn closings(
        &self,
        movers: &[bool],
        loads: &[Vec<usize>],
        gaps: &[usize],
    ) -> impl Iterator<Item = ((f64, i64), Vec<usize>, Vec<usize>)> {
        let mut closings = Vec::new();
        for round in (0..gaps.len()).filter(|round| gaps[*round] > 0) {
            let mut at_table = vec![Vec::new(); self.hard.tables.len()];
            for (group, table) in self.placed(movers, round).into_iter().enumerate().filter(|(_, table)| *table != NOWHERE) {
                at_table[table as usize].push(group);
            }
            for (table, groups) in
                at_table.into_iter().enumerate().filter(|(table, groups)| self.hard.tables[*table].optional && !groups.is_empty())
            {
                let load = loads[round][table];
                let mut gains = vec![0; gaps.len()];
                gains[round] = (load + self.hard.tables[table].missing(load)).min(gaps[round]);
                let cost: usize = groups.iter().map(|group| self.cost[*group]).sum();
                let worth = groups.iter().map(|group| self.worth[*group]).sum();
                closings.push(((gains[round] as f64 / cost.max(1) as f64, worth), gains, groups));
            }
        }
        closings.into_iter()
    }

    /// Without those who need not move after all.
    fn thinned(&self, mut found: Found) -> Found {
        let mut order: Vec<usize> = (0..found.movers.len()).filter(|group| found.movers[*group]).collect();
        order.sort_by_key(|group| Reverse((self.cost[*group], self.worth[*group])));
        for group in order {
            found.movers[group] = false;
            let stays = |round: usize| found.rounds[round][group] == self.before[round][group] || self.before[round][group] == NOWHERE;
            if (0..self.hard.rounds).all(stays) {
                continue;
            }
            match self.seat_all(&found.movers) {
                Ok(rounds) => found.rounds = rounds,
                Err(_) => found.movers[group] = true,
            }
        }
        found
    }

    /// The smallest set there is, and whether that is certain.
    fn smaller(&self, found: Found) -> (Found, bool) {
        // How many of a group move that came from several tables depends on where it goes.
        let torn = |group: usize| self.cost[group] > 0 && self.before.iter().any(|round| round[group] == NOWHERE);
        let certain = !(0..self.cost.len()).any(torn);
        let cost = self.cost_of(&found.movers);
        let least = (0..self.hard.rounds).map(|round| self.least(round, cost)).max().unwrap_or(0);
        if least >= cost {
            return (found, certain);
        }
        if self.hard.group_of.len() > MOST_TRIED {
            return (found, false);
        }
        let mut left = SETS;
        for cost in least..cost {
            let mut trying =
                Trying { mending: self, movers: vec![false; self.cost.len()], kept: vec![false; self.cost.len()], left: &mut left };
            if let Some(rounds) = trying.with(cost) {
                return (Found { movers: trying.movers, rounds }, certain);
            }
            if left == 0 {
                return (found, false);
            }
        }
        (found, certain)
    }

    /// Fewer than that cannot be enough in this round, by counting: to close tables where so many people sit in all spares
    /// the most that are missing there; others come from elsewhere.
    fn least(&self, round: usize, at_most: usize) -> usize {
        let mut load = vec![0; self.hard.tables.len()];
        for (group, table) in self.before[round].iter().enumerate().filter(|(_, table)| **table != NOWHERE) {
            load[*table as usize] += self.size(group);
        }
        // Who comes along with somebody who had a seat is moved at no cost.
        if (0..self.cost.len()).any(|group| self.cost[group] > 0 && self.cost[group] < self.size(group)) {
            return 0;
        }
        let free = self.hard.group_of.len() - load.iter().sum::<usize>();
        let missing = |table: usize| self.hard.tables[table].missing(load[table]);
        let needed: usize = (0..load.len()).map(missing).sum();
        let mut spared = vec![0; at_most + 1];
        for table in (0..load.len()).filter(|table| self.hard.tables[*table].optional && load[*table] > 0) {
            for closed in (load[table]..=at_most).rev() {
                spared[closed] = spared[closed].max(spared[closed - load[table]] + missing(table));
            }
        }
        let moved = (0..).zip(spared).map(|(closed, spared)| closed.max((needed - spared).saturating_sub(free)));
        moved.min().unwrap_or(0)
    }

    /// Movers who need not move in a round stay there, and who is free in each round.
    fn fewest_seats(&self, found: Found) -> (Vec<Arrangement>, Vec<Vec<usize>>) {
        let mut rounds = found.rounds;
        let mut free = Vec::new();
        for (round, seated) in rounds.iter_mut().enumerate() {
            let mut movers = found.movers.clone();
            for group in (0..movers.len()).filter(|group| found.movers[*group] && self.before[round][*group] != NOWHERE) {
                movers[group] = false;
                match self.seat(&movers, round) {
                    Ok(found) => *seated = found,
                    Err(_) => movers[group] = true,
                }
            }
            free.push((0..movers.len()).filter(|group| movers[*group] || self.before[round][*group] == NOWHERE).collect());
        }
        (rounds, free)
    }
}

/// All sets of movers of some size, as far as they differ.
struct Trying<'m, 'p> {
    mending: &'m Mending<'p>,
    movers: Vec<bool>,
    /// Sets with these have been tried.
    kept: Vec<bool>,
    /// Sets that may still be tried.
    left: &'m mut usize,
}

impl Trying<'_, '_> {
    /// The seating when movers for that many people more are enough.
    fn with(&mut self, cost: usize) -> Option<Vec<Arrangement>> {
        if *self.left == 0 {
            return None;
        }
        *self.left -= 1;
        let (round, obstacle) = match self.mending.seat_all(&self.movers) {
            Ok(rounds) => return Some(rounds),
            Err(obstacle) => obstacle,
        };
        let mending = self.mending;
        let at = |group: usize| mending.before[round][group];
        let can_move = |group: &usize| !self.movers[*group] && !self.kept[*group] && (1..=cost).contains(&mending.cost[*group]);
        let mut candidates: Vec<usize> = (0..self.movers.len()).filter(can_move).collect();
        match obstacle {
            // Whatever else changes, somebody has to leave this table.
            Obstacle::At(table) => candidates.retain(|group| at(*group) == table as u16),
            // Somebody has to leave a table that can spare them, or that can be closed.
            Obstacle::TooFew => {
                let mut at_table = vec![(0, 0); mending.hard.tables.len()];
                for (group, at) in mending.placed(&self.movers, round).into_iter().enumerate().filter(|(_, at)| *at != NOWHERE) {
                    let (load, moved) = &mut at_table[at as usize];
                    (*load, *moved) = (*load + mending.size(group), *moved + mending.cost[group]);
                }
                let helps = |group: &usize| {
                    let (table, (load, moved)) = (&mending.hard.tables[at(*group) as usize], at_table[at(*group) as usize]);
                    load > table.min || table.optional && moved <= cost
                };
                candidates.retain(|group| at(*group) != NOWHERE && helps(group));
            }
            Obstacle::Theirs(_) => {}
        }
        candidates.sort_by_key(|group| mending.worth[*group]);
        let mut answer = None;
        for &group in &candidates {
            self.movers[group] = true;
            answer = self.with(cost - mending.cost[group]);
            if answer.is_some() {
                break;
            }
            self.movers[group] = false;
            self.kept[group] = true;
        }
        candidates.into_iter().for_each(|group| self.kept[group] = false);
        answer
    }
}

/// Exchanges the seats of those who have to sit somewhere new anyway, and of nobody else, until nothing helps.
fn settle(room: &mut Room, free: &[Vec<usize>]) {
    let (hard, alone) = (&room.problem.hard, price_of_isolation(room.problem));
    let mut better = true;
    while better {
        better = false;
        for (round, free) in free.iter().enumerate() {
            for &group in free {
                let place = |group: usize| room.seats.place(hard.groups[group][0] as usize, round);
                let members = |group: usize| Few::from_slice(&hard.groups[group]);
                let from = place(group);
                let moves = (0..hard.tables.len()).map(|to| (to, Few::new()));
                let swaps = free.iter().map(|other| (place(*other), members(*other)));
                let exchanges = moves.chain(swaps).filter(|(to, _)| *to != from);
                let best = exchanges
                    .map(|(to, coming)| Exchange { round, from, to, leaving: members(group), coming })
                    .filter(|exchange| room.allows(exchange))
                    .map(|exchange| (room.change(&exchange), exchange))
                    .max_by_key(|(change, _)| change.sum - alone * change.isolated);
                if let Some((change, exchange)) = best.filter(|(change, _)| change.sum - alone * change.isolated > 0) {
                    room.apply(&exchange, change);
                    better = true;
                }
            }
        }
    }
}
