//! People onto the points of a schedule: who takes which point is free, and is chosen so that those meet who should.

use super::{Schedule, without_repeats};
use crate::arrange::Arrangement;
use crate::chance::Chance;
use crate::exact::{exp, ln};
use crate::pairs::Pairs;
use crate::problem::Problem;

/// Larger events hardly ever have to repeat a meeting.
const MOST_PEOPLE: usize = 1_000;
/// A schedule for tables larger than needed by so many seats is tried, too, its points left empty.
const SPARE_SEATS: usize = 2;
/// Exchanges of two people tried, per pair of people and at most.
const TRIES: (u64, u64) = (100, 2_000_000);
/// In mean changes of an exchange.
const HOTTEST: f64 = 0.4;
const COLDEST: f64 = 0.02;
const SAMPLES: usize = 200;
/// More than all meetings of two people can be worth, so that those who must be apart are not exchanged to meet.
const NEVER: i64 = 1 << 40;

/// Rounds without any repeat, if one of the known schedules fits the tables and the rules. `goes_on` is asked now and then.
pub(crate) fn seated(problem: &Problem, pairs: &Pairs, seed: u64, goes_on: &mut dyn FnMut() -> bool) -> Option<Vec<Arrangement>> {
    let (people, tables, hard) = (problem.people.len(), problem.tables.len(), &problem.hard);
    let only_apart = |group: usize| hard.fixed[group].is_empty() && !hard.accessible[group];
    if problem.rounds < 2
        || people > MOST_PEOPLE
        || hard.groups.len() < people
        || hard.languages_matter
        || !hard.counts.is_empty()
        || !(0..people).all(only_apart)
    {
        return None;
    }
    let largest = hard.tables.iter().map(|table| table.max).min()?;
    let fewest = people.div_ceil(tables);
    let schedule = (fewest..=largest.min(fewest + SPARE_SEATS))
        .find_map(|seats| thinned(problem, without_repeats(tables, seats, problem.rounds)?, tables * seats))?;
    Placing::new(problem, pairs, &schedule, Chance::new(seed, 4)).arranged(problem, &schedule, goes_on)
}

/// The schedule with as many points as people, none of its tables smaller than the smallest allowed.
fn thinned(problem: &Problem, mut schedule: Schedule, points: usize) -> Option<Schedule> {
    let mut kept: Vec<usize> = (0..points).collect();
    for _ in problem.people.len()..points {
        // Whoever leaves the fullest tables behind.
        let smallest = |point: &usize| schedule.iter().flatten().filter(|table| table.contains(point)).map(Vec::len).min();
        let leaves = (0..kept.len()).max_by_key(|at| (smallest(&kept[*at]), *at))?;
        let point = kept.remove(leaves);
        schedule.iter_mut().flatten().for_each(|table| table.retain(|other| *other != point));
    }
    let mut minima: Vec<usize> = problem.hard.tables.iter().map(|table| table.min).collect();
    minima.sort_unstable();
    for round in &mut schedule {
        round.sort_by_key(Vec::len);
        if round.iter().zip(&minima).any(|(table, min)| table.len() < *min) {
            return None;
        }
    }
    // Points are numbered by those that are left.
    let mut number = vec![0; points];
    kept.iter().enumerate().for_each(|(new, old)| number[*old] = new);
    schedule.iter_mut().flatten().flatten().for_each(|point| *point = number[*point]);
    Some(schedule)
}

/// Who takes which point.
struct Placing {
    people: usize,
    /// What two people are worth to each other, by rows.
    values: Vec<i64>,
    /// Whom each point meets.
    meets: Vec<Vec<usize>>,
    person: Vec<usize>,
    chance: Chance,
}

impl Placing {
    fn new(problem: &Problem, pairs: &Pairs, schedule: &Schedule, mut chance: Chance) -> Self {
        let people = problem.people.len();
        let mut values = vec![0; people * people];
        for (a, b) in (0..people).flat_map(|a| (0..people).filter(move |b| *b != a).map(move |b| (a, b))) {
            let apart = problem.hard.must_be_apart(problem.hard.group_of[a] as usize, problem.hard.group_of[b] as usize);
            values[a * people + b] = if apart { -NEVER } else { pairs.pair(a, b).first() };
        }
        let mut meets = vec![Vec::new(); people];
        for table in schedule.iter().flatten() {
            for &point in table {
                meets[point].extend(table.iter().copied().filter(|other| *other != point));
            }
        }
        let mut person: Vec<usize> = (0..people).collect();
        chance.shuffle(&mut person);
        Placing { people, values, meets, person, chance }
    }

    /// Simulated annealing over exchanges of two people; nothing where some who must be apart still meet.
    fn arranged(mut self, problem: &Problem, schedule: &Schedule, goes_on: &mut dyn FnMut() -> bool) -> Option<Vec<Arrangement>> {
        let worth = self.worth();
        if self.values.iter().any(|value| *value != 0) {
            self.improve(goes_on);
        }
        debug_assert!(self.worth() >= worth);
        let meeting = |table: &Vec<usize>, a: usize| table.iter().any(|b| self.value(table[a], *b) == -NEVER);
        if schedule.iter().flatten().any(|table| (0..table.len()).any(|a| meeting(table, a))) {
            return None;
        }
        let mut order: Vec<usize> = (0..problem.tables.len()).collect();
        order.sort_by_key(|table| problem.hard.tables[*table].min);
        let mut arrangements = vec![vec![0; self.people]; schedule.len()];
        for (round, arrangement) in schedule.iter().zip(&mut arrangements) {
            for (members, table) in round.iter().zip(&order) {
                for point in members {
                    arrangement[problem.hard.group_of[self.person[*point]] as usize] = *table as u16;
                }
            }
        }
        Some(arrangements)
    }

    fn improve(&mut self, goes_on: &mut dyn FnMut() -> bool) {
        let tries = (TRIES.0 * (self.people * self.people) as u64).min(TRIES.1);
        let sample = |this: &mut Self| {
            let (p, q) = this.draw();
            this.gain(p, q).abs()
        };
        let samples: Vec<i64> = (0..SAMPLES).map(|_| sample(self)).filter(|change| *change < NEVER / 2).collect();
        let mean = samples.iter().sum::<i64>() as f64 / samples.len().max(1) as f64;
        let (mut now, mut best) = (0, 0);
        let mut best_person = self.person.clone();
        for tried in 0..tries {
            let (p, q) = self.draw();
            let gain = self.gain(p, q);
            let heat = mean * HOTTEST * exp(tried as f64 / tries as f64 * ln(COLDEST / HOTTEST));
            let draw = (self.chance.below(1 << 20) as f64 + 0.5) / f64::from(1 << 20);
            if gain >= 0 || gain as f64 >= heat * ln(draw) {
                self.person.swap(p, q);
                now += gain;
            }
            if now > best {
                best = now;
                best_person.clone_from(&self.person);
            }
            if tried % 4_096 == 0 && !goes_on() {
                break;
            }
        }
        self.person = best_person;
    }

    fn draw(&mut self) -> (usize, usize) {
        let p = self.chance.below(self.people);
        (p, (p + 1 + self.chance.below(self.people - 1)) % self.people)
    }

    fn value(&self, p: usize, q: usize) -> i64 {
        self.values[self.person[p] * self.people + self.person[q]]
    }

    /// What exchanging the people of two points changes; whether the two meet makes no difference.
    fn gain(&self, p: usize, q: usize) -> i64 {
        let (of_p, of_q) = (&self.values[self.person[p] * self.people..], &self.values[self.person[q] * self.people..]);
        let better = |others: &[usize], but: usize, now: &[i64], then: &[i64]| -> i64 {
            others.iter().filter(|other| **other != but).map(|other| then[self.person[*other]] - now[self.person[*other]]).sum()
        };
        better(&self.meets[p], q, of_p, of_q) + better(&self.meets[q], p, of_q, of_p)
    }

    fn worth(&self) -> i64 {
        (0..self.people).map(|p| self.meets[p].iter().map(|q| self.value(p, *q)).sum::<i64>()).sum()
    }
}
