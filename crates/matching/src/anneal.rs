//! Simulated annealing over all rounds at once (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing",
//! Science 220, 1983) on what the literature calls the maximally diverse grouping problem, with the exchanges usual
//! there: two groups change places, or one moves to a table with room (Gallego, Laguna, Martí and Duarte, 2013).
//! Only seatings that keep every hard rule are ever visited.
//!
//! The search goes on in turns. In each turn one round's tables are dealt into parts, and the parts are searched at the
//! same temperature, each with its own chance, all else standing still. As parts share nothing, it makes no difference
//! whether they are searched one after another or at once.

use rayon::prelude::*;

use crate::arrange::{Arrangement, arrange_anyhow};
use crate::chance::Chance;
use crate::draft::Aim;
use crate::exact::{exp, ln};
use crate::limits::{Limits, losses};
use crate::pairs::Pairs;
use crate::part::Part;
use crate::problem::Problem;
use crate::room::Room;
use crate::solve::{Flow, Progress};

/// Seats of an event so small that hard rules may wall off its best seating from where the search began.
const TINY: usize = 100;
/// A tiny event is started afresh so many times.
const FRESH_STARTS: u32 = 12;

/// One matrix of at most so many people is started afresh so many times, each for this share of the allowance, and hotter than else: how
/// many sit at each table freezes long before who sits there, and more than chance should decide it.
const SMALL_MATRIX: usize = 150;
const FRESH_SIZES: u32 = 20;
const SHARE_OF_FRESH_SIZES: f64 = 0.025;

/// One cooling, up to a share of the allowance.
#[derive(Clone, Copy)]
struct Descent {
    until: f64,
    from: Start,
    /// In mean changes of a random exchange.
    hottest: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Best,
    Afresh,
}

/// The first, short one is there for whoever stops early; a single long one finds more than several that share its time.
fn descents(seats: usize, is_matrix: bool) -> Vec<Descent> {
    let hottest = if is_matrix { MATRIX.0 } else { PASSIONS.0 };
    if seats <= TINY {
        let afresh = |number| Descent { until: f64::from(number) / f64::from(FRESH_STARTS), from: Start::Afresh, hottest };
        return (1..=FRESH_STARTS).map(afresh).collect();
    }
    if is_matrix && seats <= SMALL_MATRIX {
        let afresh =
            |number| Descent { until: f64::from(number) * SHARE_OF_FRESH_SIZES, from: Start::Afresh, hottest: HOTTEST_OF_FRESH_SIZES };
        let last = Descent { until: 1.0, from: Start::Best, hottest };
        return (1..=FRESH_SIZES).map(afresh).chain([last]).collect();
    }
    [0.05, 1.0].map(|until| Descent { until, from: Start::Best, hottest }).into()
}

/// Hottest and coldest, in mean changes of a random exchange: where few pairs are worth anything, and where all are.
const PASSIONS: (f64, f64) = (0.4, 0.04);
const MATRIX: (f64, f64) = (0.2, 0.09);
const HOTTEST_OF_FRESH_SIZES: f64 = 2.0;
const SAMPLES: u64 = 2_000;

/// People in one part: what is worth to whom then stays in the nearest cache.
const PART: usize = 128;
/// The same where all pairs are worth something and one round is all there is: the part is made once and for all.
const WHOLE: usize = 600;
/// A part takes the square of its people: where two tables have more than so many, they are left as they were dealt.
const LARGEST_PART: usize = 4_000;
/// Exchanges tried per person in a turn, at least and at most, and how many turns a search should have.
const TRIES: (u64, u64) = (4, 160);
const TRIES_OF_THE_WHOLE: u64 = 400;
const TURNS: u64 = 300;
/// One turn in so many deals the tables of a large event purely at random.
const AT_RANDOM_EVERY: u64 = 4;

/// Who sits where in all rounds, and what that is worth.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) arrangements: Vec<Arrangement>,
    sum: i64,
    isolated: i64,
}

impl State {
    pub(crate) fn of(room: &Room) -> Self {
        State { arrangements: room.arrangements(), sum: room.seats.sum, isolated: room.seats.isolated }
    }
}

pub(crate) struct Outcome {
    pub(crate) moves: u64,
    pub(crate) stopped: bool,
}

pub(crate) struct Search<'p> {
    pub(crate) problem: &'p Problem,
    pub(crate) pairs: &'p Pairs<'p>,
    pub(crate) seed: u64,
    pub(crate) moves: u64,
    pub(crate) ceiling: i64,
    /// Where parts are searched at once; nothing with one thread.
    pub(crate) pool: Option<&'p rayon::ThreadPool>,
}

impl Search<'_> {
    /// Improves the seating, within the moves; the best met is the one that stays.
    pub(crate) fn anneal(&self, state: &mut State, watch: &mut (dyn FnMut(Progress) -> Flow + Send)) -> Outcome {
        match self.pool {
            // From the first turn to the last on threads of the pool: handing over at every turn costs more than it gains.
            Some(pool) => pool.install(|| self.descend(state, watch)),
            None => self.descend(state, watch),
        }
    }

    fn descend(&self, state: &mut State, watch: &mut (dyn FnMut(Progress) -> Flow + Send)) -> Outcome {
        let (problem, moves) = (self.problem, self.moves);
        let (people, rounds) = (problem.people.len(), problem.rounds);
        if problem.tables.len() < 2 || people < 2 {
            return Outcome { moves: 0, stopped: false };
        }
        let alone = price_of_isolation(problem);
        let energy = |state: &State| state.sum - alone * state.isolated;
        let descents = descents(people * rounds, self.is_matrix());
        let chance = &mut Chance::new(self.seed, 2);
        let losses = losses(chance);
        let mean = self.mean_change(state, chance);
        let most_tries = if self.is_matrix() { TRIES_OF_THE_WHOLE } else { TRIES.1 };
        let tries = (moves / (people as u64 * TURNS)).clamp(TRIES.0, most_tries);
        let coldest = if self.is_matrix() { MATRIX.1 } else { PASSIONS.1 };
        let mut best = state.clone();
        let (mut done, mut share, mut descent, mut begin, mut turn) = (0u64, 0.0, 0, 0.0, 0u64);
        while done < moves && best.sum < self.ceiling {
            let end = descents[descent].until;
            if share >= end && descent + 1 < descents.len() {
                begin = end;
                descent += 1;
                match descents[descent].from {
                    Start::Best => state.clone_from(&best),
                    Start::Afresh => self.restart(state, chance),
                }
                continue;
            }
            let hot = mean * descents[descent].hottest;
            let cooling = ((share - begin) / (end - begin)).clamp(0.0, 1.0);
            let temperature = hot * exp(cooling * ln(mean * coldest / hot));
            let tried = self.turn(state, turn, tries, &Limits::at(temperature, &losses), chance);
            if tried == 0 {
                break;
            }
            done += tried;
            turn += 1;
            if energy(state) > energy(&best) {
                best.clone_from(state);
            }
            share = share.max(done as f64 / moves as f64);
            let progress =
                Progress { moves: done, of: moves, spent: share.min(1.0), best: problem.value(best.sum), isolated: best.isolated as usize };
            match watch(progress) {
                Flow::Continue => {}
                Flow::Spent(spent) => share = share.max(spent.min(1.0)),
                Flow::Stop => {
                    *state = best;
                    return Outcome { moves: done, stopped: true };
                }
            }
            if share >= 1.0 {
                break;
            }
        }
        *state = best;
        Outcome { moves: done, stopped: false }
    }

    /// Searches one round in parts, and answers how many exchanges were tried.
    fn turn(&self, state: &mut State, turn: u64, tries: u64, limits: &Limits, chance: &mut Chance) -> u64 {
        let round = (turn % state.arrangements.len() as u64) as usize;
        let mut parts = self.deal(&state.arrangements[round], chance);
        parts.retain(|part| bodies(part) <= LARGEST_PART);
        let alone = price_of_isolation(self.problem);
        let search = |(number, seated): (u64, &Vec<(u16, Vec<u32>)>)| {
            let mut part = Part::new(self.problem, self.pairs, &state.arrangements, round, seated, alone);
            let tried = part.anneal(limits, bodies(seated) as u64 * tries, &mut Chance::new(self.seed, (turn + 1) << 20 | number));
            (part, tried)
        };
        let searched: Vec<(Part, u64)> = match self.pool {
            Some(_) if parts.len() > 1 => parts.par_iter().enumerate().map(|(number, part)| search((number as u64, part))).collect(),
            _ => (0..).zip(&parts).map(search).collect(),
        };
        let mut done = 0;
        for (part, tries) in searched {
            part.write(&mut state.arrangements[round]);
            state.sum += part.gain;
            state.isolated += part.isolated;
            done += tries;
        }
        done
    }

    /// The tables of a round in random order, cut into parts of two tables or more, with who sits there.
    fn deal(&self, arrangement: &Arrangement, chance: &mut Chance) -> Vec<Vec<(u16, Vec<u32>)>> {
        let tables = self.problem.tables.len();
        let mut seated: Vec<(u16, Vec<u32>)> = (0..tables as u16).map(|table| (table, Vec::new())).collect();
        for (group, table) in (0u32..).zip(arrangement) {
            seated[*table as usize].1.push(group);
        }
        // An even number keeps two threads equally busy.
        let (people, part) = (self.problem.people.len(), if self.is_matrix() { WHOLE } else { PART });
        let count = if people < 2 * part { 1 } else { (people / part).next_multiple_of(2).clamp(1, (tables / 2).max(1)) };
        if count > 1 {
            chance.shuffle(&mut seated);
            if !chance.word().is_multiple_of(AT_RANDOM_EVERY) {
                self.sort_by_taste(&mut seated, chance);
            }
        }
        let mut parts: Vec<Vec<(u16, Vec<u32>)>> = (0..count).map(|_| Vec::with_capacity(tables / count + 1)).collect();
        for (number, table) in seated.into_iter().enumerate() {
            parts[number * count / tables].push(table);
        }
        parts
    }

    /// One round of a given matrix, rather than passions that few share.
    fn is_matrix(&self) -> bool {
        self.problem.affinities.is_some() && self.problem.rounds == 1
    }

    /// Tables whose people care about the same things come close to each other, by a random weight for each topic: in a
    /// large event, those who should meet would seldom be in one part by chance.
    fn sort_by_taste(&self, seated: &mut [(u16, Vec<u32>)], chance: &mut Chance) {
        let problem = self.problem;
        let weights: Vec<f64> = (0..problem.dimensions).map(|_| chance.below(1 << 20) as f64).collect();
        let people = |group: &u32| problem.hard.groups[*group as usize].iter();
        let leaning =
            |person: &u32| problem.tastes[*person as usize].iter().map(|taste| taste.part * weights[taste.topic as usize]).sum::<f64>();
        seated.sort_by_cached_key(|(_, groups)| {
            let sum: f64 = groups.iter().flat_map(people).map(leaning).sum();
            (sum / groups.iter().flat_map(people).count().max(1) as f64) as i64
        });
    }

    /// Another random seating, if one turns up; one did when the search began.
    fn restart(&self, state: &mut State, chance: &mut Chance) {
        let problem = self.problem;
        let dealt: Result<Vec<_>, _> = (0..problem.rounds).map(|round| arrange_anyhow(&problem.hard, round, chance)).collect();
        if let Ok(dealt) = dealt {
            *state = State::of(&Room::new(problem, self.pairs, &dealt));
        }
    }

    /// How much an exchange changes the sum on average, over a random walk: around one seating, in a small room, the few
    /// possible exchanges may all be alike. What isolation costs is left out, as it would make everything else look cheap.
    fn mean_change(&self, state: &State, chance: &mut Chance) -> f64 {
        let parts = self.deal(&state.arrangements[0], chance);
        let mean = parts.iter().find(|part| bodies(part) <= LARGEST_PART).and_then(|seated| {
            let mut part = Part::new(self.problem, self.pairs, &state.arrangements, 0, seated, 0);
            part.mean_change(SAMPLES, chance)
        });
        mean.unwrap_or(1.0)
    }
}

/// Who moves as one counts once.
fn bodies(part: &[(u16, Vec<u32>)]) -> usize {
    part.iter().map(|(_, groups)| groups.len()).sum()
}

/// More than one exchange can win by leaving one more person alone, so that sparing them comes first; nothing when only the sum counts.
pub(crate) fn price_of_isolation(problem: &Problem) -> i64 {
    match problem.aim {
        Aim::Plain => 0,
        Aim::Fair => problem.whole(4.0 * (problem.weights.passion + problem.weights.repeat)),
    }
}
