//! From a problem to a seating: is it possible, where to start, search, make it fair, count.

use crate::anneal::{Outcome, Search, State};
use crate::arrange::{Arrangement, arrange};
use crate::chance::Chance;
use crate::check::{Infeasible, check, explain};
use crate::designs;
use crate::draft::Aim;
use crate::every::Every;
use crate::pairs::Pairs;
use crate::polish;
use crate::problem::Problem;
use crate::room::{Room, Seats};
use crate::score::{self, Score};

/// Changes whenever the same problem, seed and budget would be seated otherwise than before.
pub const ALGORITHM: &str = "annealing-7";

/// How many random seatings the score is compared with.
const RANDOM_SEATINGS: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub seed: u64,
    /// How many exchanges to try, and then to the end of the turn, a few per person; [`default_moves`] when absent. Same problem, seed and moves: same seating.
    pub moves: Option<u64>,
    /// Threads to search on. The seating does not depend on it.
    pub threads: usize,
}

impl Options {
    pub fn seeded(seed: u64) -> Self {
        Options { seed, moves: None, threads: 1 }
    }

    pub fn with_moves(self, moves: u64) -> Self {
        Options { moves: Some(moves), ..self }
    }

    pub fn with_threads(self, threads: usize) -> Self {
        Options { threads, ..self }
    }
}

/// Told every thousand moves or so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub moves: u64,
    pub of: u64,
    /// How far the search is, from 0 to 1: by moves, or by time when [`Flow::Spent`] says more.
    pub spent: f64,
    pub best: f64,
    pub isolated: usize,
}

/// What the watch answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flow {
    Continue,
    /// Continue, knowing that this share (0 to 1) of the time is gone: the search settles down accordingly.
    /// The seating then depends on the machine.
    Spent(f64),
    /// Keep the best so far. A caller with a time limit, or whose user gave up.
    Stop,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Seating {
    /// Round, table, members; people and tables by position.
    pub rounds: Vec<Vec<Vec<usize>>>,
    pub score: Score,
    pub moves: u64,
    /// The watch stopped or hurried the search, so another machine may seat otherwise.
    pub stopped_early: bool,
}

/// Enough that more moves hardly show, little enough for a reply while somebody waits.
pub fn default_moves(problem: &Problem) -> u64 {
    (problem.people.len() as u64 * problem.rounds as u64 * 3_000).clamp(100_000, 12_000_000)
}

/// Seats everybody in every round, or says why that cannot be.
pub fn solve(problem: &Problem, options: &Options, mut watch: impl FnMut(Progress) -> Flow + Send) -> Result<Seating, Infeasible> {
    check(problem)?;
    let start = deal(problem, &mut Chance::new(options.seed, 1))?;
    let pairs = Pairs::new(problem);
    let mut room = Room::new(problem, &pairs, &start);
    let random = random_total(&room, options.seed);
    let bound = score::bound(problem, |a, b| pairs.pair(a, b).first());
    let ceiling = match problem.aim {
        Aim::Plain => bound,
        Aim::Fair => i64::MAX,
    };
    let mut hurried = false;
    let mut watch = |progress: Progress| {
        let flow = watch(progress);
        hurried |= flow != Flow::Continue;
        flow
    };
    let moves = options.moves.unwrap_or_else(|| default_moves(problem));
    let pool = pool(options.threads);
    let every = Every::of(&room);
    let outcome = match every.as_ref().and_then(Every::seatings).filter(|seatings| *seatings <= moves) {
        Some(seatings) => {
            every.iter().for_each(|every| every.best(&mut room));
            Outcome { moves: seatings, stopped: false }
        }
        None => {
            if bound <= 0 && moves > 0 {
                // Nobody has anything to win by meeting, so that repeats are all there is to avoid.
                designed(&mut room, options.seed, &mut watch);
            }
            let search = Search { problem, pairs: &pairs, seed: options.seed, moves, ceiling, pool: pool.as_ref() };
            let mut state = State::of(&room);
            let outcome = search.anneal(&mut state, &mut watch);
            room = Room::new(problem, &pairs, &state.arrangements);
            if !outcome.stopped && moves > 0 && room.repeats() > 0 {
                designed(&mut room, options.seed, &mut watch);
            }
            outcome
        }
    };
    if !outcome.stopped {
        every.iter().for_each(|every| every.climb(&mut room));
        polish(&mut room, outcome.moves, &mut watch);
    }
    Ok(Seating { moves: outcome.moves, stopped_early: hurried, ..seating(&room, bound, random) })
}

/// What somebody made around a seating that stands, scored.
pub(crate) fn finished(room: &Room, seed: u64) -> Seating {
    let bound = score::bound(room.problem, |a, b| room.pairs.pair(a, b).first());
    seating(room, bound, random_total(room, seed))
}

fn seating(room: &Room, bound: i64, random: i64) -> Seating {
    let problem = room.problem;
    let rounds = room.seats.rounds();
    let counted = score::count(problem, &rounds);
    debug_assert_eq!(problem.whole(counted.total), room.seats.sum, "the search and the score count alike");
    let score = Score { bound: problem.value(bound), random: problem.value(random), ..counted };
    Seating { rounds, score, moves: 0, stopped_early: false }
}

/// Takes a schedule without repeats instead, where one is known and worth more.
fn designed(room: &mut Room, seed: u64, watch: &mut (dyn FnMut(Progress) -> Flow + Send)) {
    let problem = room.problem;
    let progress = Progress { moves: 0, of: 0, spent: 0.0, best: problem.value(room.seats.sum), isolated: room.seats.isolated as usize };
    let mut goes_on = || watch(progress) != Flow::Stop;
    if let Some(arrangements) = designs::seated(problem, room.pairs, seed, &mut goes_on) {
        room.keep_better(&arrangements);
    }
}

/// Takes up to a tenth as long as the search before it, for each of its parts.
fn polish(room: &mut Room, moves: u64, watch: &mut (dyn FnMut(Progress) -> Flow + Send)) {
    let problem = room.problem;
    let mut goes_on = |seats: &Seats| {
        let best = problem.value(seats.sum);
        let isolated = seats.isolated as usize;
        watch(Progress { moves, of: moves, spent: 1.0, best, isolated }) != Flow::Stop
    };
    polish::climb(room, moves / 10, &mut goes_on);
    if problem.aim == Aim::Fair {
        polish::lift_worst(room, moves / 10, &mut goes_on);
    }
}

/// Nothing for one thread, and where the system has no threads to give.
fn pool(threads: usize) -> Option<rayon::ThreadPool> {
    (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()).flatten()
}

/// A random arrangement per round.
fn deal(problem: &Problem, chance: &mut Chance) -> Result<Vec<Arrangement>, Infeasible> {
    (0..problem.rounds).map(|round| arrange(&problem.hard, round, chance).map_err(|failure| explain(problem, round, failure))).collect()
}

/// The average of some random seatings, the one the search starts from among them.
fn random_total(start: &Room, seed: u64) -> i64 {
    let problem = start.problem;
    // A large event differs little from one random seating to the next.
    let more = RANDOM_SEATINGS.min(20_000 / problem.people.len());
    let mut chance = Chance::new(seed, 3);
    // Where rules make seatings hard to find, fewer have to do.
    let others = (1..more).filter_map(|_| deal(problem, &mut chance).ok());
    let others = others.map(|dealt| Room::new(problem, start.pairs, &dealt).seats.sum);
    let sums: Vec<i64> = std::iter::once(start.seats.sum).chain(others).collect();
    sums.iter().sum::<i64>() / sums.len() as i64
}
