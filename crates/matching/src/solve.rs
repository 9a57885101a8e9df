//! From a problem to a seating: is it possible, where to start, search, make it fair, count.

use crate::anneal::anneal;
use crate::arrange::{Arrangement, arrange};
use crate::chance::Chance;
use crate::check::{Infeasible, check, explain};
use crate::pairs::Pairs;
use crate::polish;
use crate::problem::{Aim, Problem};
use crate::room::Room;
use crate::score::{self, Score};

/// Changes whenever the same problem, seed and budget would be seated otherwise than before.
pub const ALGORITHM: &str = "annealing-1";

/// How many random seatings the score is compared with.
const RANDOM_SEATINGS: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub seed: u64,
    /// How many exchanges to try; [`default_moves`] when absent. Same problem, seed and moves: same seating.
    pub moves: Option<u64>,
}

impl Options {
    pub fn seeded(seed: u64) -> Self {
        Options { seed, moves: None }
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
    (problem.people.len() as u64 * problem.rounds as u64 * 5_000).clamp(100_000, 40_000_000)
}

/// Seats everybody in every round, or says why that cannot be.
pub fn solve(
    problem: &Problem,
    options: &Options,
    mut watch: impl FnMut(Progress) -> Flow,
) -> Result<Seating, Infeasible> {
    check(problem)?;
    let start = deal(problem, &mut Chance::new(options.seed, 1))?;
    let pairs = Pairs::new(problem);
    let random = random_total(problem, &pairs, options.seed)?;
    let ceiling = match problem.aim {
        Aim::Plain => score::bound(problem),
        Aim::Fair => i64::MAX,
    };
    let moves = options.moves.unwrap_or_else(|| default_moves(problem));
    let mut hurried = false;
    let mut watch = |progress: Progress| {
        let flow = watch(progress);
        hurried |= flow != Flow::Continue;
        flow
    };
    let mut room = Room::new(problem, &pairs, &start);
    let mut chance = Chance::new(options.seed, 2);
    let outcome = anneal(&mut room, moves, ceiling, &mut chance, &mut watch);
    if !outcome.stopped {
        polish::climb(&mut room, moves / 10);
        if problem.aim == Aim::Fair {
            polish::lift_worst(&mut room, moves / 10);
        }
    }
    let rounds = room.seats.rounds();
    let mut score = score::score(problem, &rounds);
    debug_assert_eq!(
        problem.whole(score.total),
        room.seats.sum,
        "the search and the score count alike"
    );
    score.random = problem.value(random);
    Ok(Seating {
        rounds,
        score,
        moves: outcome.moves,
        stopped_early: hurried,
    })
}

/// A random arrangement per round.
fn deal(problem: &Problem, chance: &mut Chance) -> Result<Vec<Arrangement>, Infeasible> {
    (0..problem.rounds)
        .map(|round| {
            arrange(&problem.hard, round, chance)
                .map_err(|failure| explain(problem, round, failure))
        })
        .collect()
}

fn random_total(problem: &Problem, pairs: &Pairs, seed: u64) -> Result<i64, Infeasible> {
    // A large event differs little from one random seating to the next.
    let seatings = RANDOM_SEATINGS.min(20_000 / problem.people.len()).max(1);
    let mut chance = Chance::new(seed, 3);
    let mut sum = 0;
    for _ in 0..seatings {
        let dealt = deal(problem, &mut chance)?;
        sum += Room::new(problem, pairs, &dealt).seats.sum;
    }
    Ok(sum / seatings as i64)
}
