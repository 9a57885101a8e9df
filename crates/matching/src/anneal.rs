//! Simulated annealing over all rounds at once (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing",
//! Science 220, 1983) on what the literature calls the maximally diverse grouping problem, with the exchanges usual
//! there: two groups change places, or one moves to a table with room (Gallego, Laguna, Martí and Duarte, 2013).
//! Only seatings that keep every hard rule are ever visited.
//!
//! The search goes on in turns. In each turn one round's tables are dealt into parts, and the parts are searched at the
//! same temperature, each with its own chance, all else standing still. As parts share nothing, it makes no difference
//! whether they are searched one after another or at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::arrange::{Arrangement, arrange_anyhow};
use crate::chance::Chance;
use crate::cooling::{Descent, Start, descents};
use crate::draft::Aim;
use crate::hard::Size;
use crate::limits::{Limits, losses};
use crate::pairs::Pairs;
use crate::part::Part;
use crate::problem::Problem;
use crate::room::Room;
use crate::solve::{Flow, Progress};

/// One turn in so many looks for what lies below, where the cooling asks for it.
const LOOKS_BELOW_EVERY: u64 = 3;
/// Exchanges tried to measure how much one changes.
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
/// A turn of several parts should be so many exchanges, short of the tries of the whole: dealing, and waiting for the last part, are lost time.
const EXCHANGES_OF_A_TURN: u64 = 400_000;
const TURNS: u64 = 300;
/// One turn in so many deals the tables of a large event purely at random.
const AT_RANDOM_EVERY: u64 = 4;

/// What a part is searched by has its number; dealing has this one.
const DEALING: u64 = (1 << 20) - 1;

/// Parts of one round: their tables, and the groups there.
type Dealt = Vec<Vec<(u16, Vec<u32>)>>;

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
            Some(pool) if self.parts() > 1 => pool.scope(|scope| {
                let (awake, leader) = (Awake::default(), pool.current_thread_index());
                for _ in 1..pool.current_num_threads() {
                    let over = awake.0.clone();
                    scope.spawn(move |_| Awake::look_for_work(&over, leader));
                }
                self.descend(state, watch)
            }),
            _ => self.descend(state, watch),
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
        let descents = descents(people * rounds, self.is_matrix(), Size::vary(problem.hard.tables.iter(), people));
        let chance = &mut Chance::new(self.seed, 2);
        let losses = losses(chance);
        let mean = self.mean_change(state, chance);
        let most_tries = if self.is_matrix() {
            TRIES_OF_THE_WHOLE
        } else if self.parts() == 1 {
            TRIES.1
        } else {
            (EXCHANGES_OF_A_TURN / people as u64).clamp(TRIES.1, TRIES_OF_THE_WHOLE)
        };
        let tries = (moves / (people as u64 * TURNS)).clamp(TRIES.0, most_tries);
        let mut best = state.clone();
        let (mut done, mut share, mut descent, mut begin, mut turn) = (0u64, 0.0, 0, 0.0, 0u64);
        let mut dealt = None;
        while done < moves && best.sum < self.ceiling {
            let Descent { until, heat, looks_below, .. } = descents[descent];
            if share >= until && descent + 1 < descents.len() {
                begin = until;
                descent += 1;
                dealt = None;
                match descents[descent].from {
                    Start::Best => state.clone_from(&best),
                    Start::Afresh => self.restart(state, chance),
                }
                continue;
            }
            let temperature = mean * heat.after(((share - begin) / (until - begin)).clamp(0.0, 1.0));
            let tried = self.turn(state, turn, tries, &Limits::at(temperature, &losses), &mut dealt);
            if tried == 0 {
                break;
            }
            done += tried;
            if energy(state) > energy(&best) {
                best.clone_from(state);
            }
            if looks_below && turn.is_multiple_of(LOOKS_BELOW_EVERY) {
                let mut below = state.clone();
                done += self.turn(&mut below, turn, tries, &Limits::at(0.0, &losses), &mut None);
                if energy(&below) > energy(&best) {
                    best = below;
                }
            }
            turn += 1;
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

    /// Searches one round in parts, and answers how many exchanges were tried. `dealt`: the parts of this turn, if they are
    /// dealt already; then those of the next one, if they were dealt meanwhile.
    fn turn(&self, state: &mut State, turn: u64, tries: u64, limits: &Limits, dealt: &mut Option<Dealt>) -> u64 {
        let rounds = state.arrangements.len() as u64;
        let round = (turn % rounds) as usize;
        let parts = dealt.take().unwrap_or_else(|| self.deal(state, turn));
        let alone = price_of_isolation(self.problem);
        let search = |(number, seated): (u64, &Vec<(u16, Vec<u32>)>)| {
            let mut part = Part::new(self.problem, self.pairs, &state.arrangements, round, seated, alone);
            let tried = part.anneal(limits, bodies(seated) as u64 * tries, &mut self.chance_of(turn, number));
            // The part itself, which is large, ends where it was made.
            (part.places(), part.gain, part.isolated, tried)
        };
        let searched: Vec<_> = match self.pool {
            Some(_) if parts.len() > 1 => {
                let at_once = || parts.par_iter().enumerate().map(|(number, part)| search((number as u64, part))).collect();
                // Nobody waits for the next dealing. One round alone cannot be dealt yet.
                let (searched, next) = rayon::join(at_once, || (rounds > 1).then(|| self.deal(state, turn + 1)));
                *dealt = next;
                searched
            }
            _ => (0..).zip(&parts).map(search).collect(),
        };
        let mut done = 0;
        for (places, gain, isolated, tried) in searched {
            for (group, table) in places {
                state.arrangements[round][group as usize] = table;
            }
            state.sum += gain;
            state.isolated += isolated;
            done += tried;
        }
        done
    }

    fn chance_of(&self, turn: u64, part: u64) -> Chance {
        Chance::new(self.seed, (turn + 1) << 20 | part)
    }

    /// The tables of a turn's round in random order, cut into parts of two tables or more, with who sits there.
    fn deal(&self, state: &State, turn: u64) -> Dealt {
        let (tables, chance) = (self.problem.tables.len(), &mut self.chance_of(turn, DEALING));
        let mut seated: Vec<(u16, Vec<u32>)> = (0..tables as u16).map(|table| (table, Vec::new())).collect();
        for (group, table) in (0u32..).zip(&state.arrangements[turn as usize % state.arrangements.len()]) {
            seated[*table as usize].1.push(group);
        }
        let count = self.parts();
        if count > 1 {
            chance.shuffle(&mut seated);
            if !chance.word().is_multiple_of(AT_RANDOM_EVERY) {
                self.sort_by_taste(&mut seated, chance);
            }
        }
        let mut parts: Dealt = (0..count).map(|_| Vec::with_capacity(tables / count + 1)).collect();
        for (number, table) in seated.into_iter().enumerate() {
            parts[number * count / tables].push(table);
        }
        parts.retain(|part| bodies(part) <= LARGEST_PART);
        parts
    }

    /// How many parts a round is dealt into.
    fn parts(&self) -> usize {
        let (people, part) = (self.problem.people.len(), if self.is_matrix() { WHOLE } else { PART });
        // An even number keeps two threads equally busy.
        if people < 2 * part { 1 } else { (people / part).next_multiple_of(2).clamp(1, (self.problem.tables.len() / 2).max(1)) }
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
        let mean = self.deal(state, 0).first().and_then(|seated| {
            let mut part = Part::new(self.problem, self.pairs, &state.arrangements, 0, seated, 0);
            part.mean_change(SAMPLES, chance)
        });
        mean.unwrap_or(1.0)
    }
}

/// Keeps the other threads of a pool awake until it is dropped: one that fell asleep between two turns would wake up when much of the next is done.
#[derive(Default)]
struct Awake(Arc<AtomicBool>);

impl Awake {
    /// For a thread of the pool to run; the one that leads the search has other things to do.
    fn look_for_work(over: &AtomicBool, leader: Option<usize>) {
        if rayon::current_thread_index() == leader {
            return;
        }
        while !over.load(Ordering::Relaxed) {
            if rayon::yield_now() != Some(rayon::Yield::Executed) {
                std::hint::spin_loop();
            }
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
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
