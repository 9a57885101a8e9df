//! Events so small that every seating of a round can be listed. There, rules may wall off the best seating from
//! wherever a search by exchanges begins, and looking at all of them is quicker than searching.

use crate::arrange::{Arrangement, list};
use crate::room::Room;

/// Seatings of one round worth listing, and of all rounds worth trying.
const MOST_IN_A_ROUND: usize = 2_000;
const MOST: u64 = 20_000;

/// Every seating of each round.
pub(crate) struct Every {
    rounds: Vec<Vec<Arrangement>>,
}

impl Every {
    /// Nothing when there are too many.
    pub(crate) fn of(room: &Room) -> Option<Self> {
        let problem = room.problem;
        let rounds: Option<_> = (0..problem.rounds).map(|round| list(&problem.hard, round, MOST_IN_A_ROUND)).collect();
        rounds.map(|rounds| Every { rounds })
    }

    /// How many seatings of all rounds there are, when trying them is worth it.
    pub(crate) fn seatings(&self) -> Option<u64> {
        let count = self.rounds.iter().try_fold(1u64, |count, round| count.checked_mul(round.len() as u64))?;
        (count <= MOST).then_some(count)
    }

    /// The best of all.
    pub(crate) fn best(&self, room: &mut Room) {
        let mut tried = vec![0; self.rounds.len()];
        loop {
            let seating: Vec<Arrangement> = self.rounds.iter().zip(&tried).map(|(round, at)| round[*at].clone()).collect();
            room.keep_better(&seating);
            // The next one, as an odometer counts.
            let Some(turns) = (0..tried.len()).find(|round| tried[*round] + 1 < self.rounds[*round].len()) else {
                return;
            };
            tried[turns] += 1;
            tried[..turns].fill(0);
        }
    }

    /// Exchanges one round for another while that helps.
    pub(crate) fn climb(&self, room: &mut Room) {
        let mut fruitless = 0;
        for round in (0..self.rounds.len()).cycle() {
            if fruitless == self.rounds.len() {
                return;
            }
            let mut seating = room.arrangements();
            let mut better = false;
            for arrangement in &self.rounds[round] {
                seating[round].clone_from(arrangement);
                better |= room.keep_better(&seating);
            }
            fruitless = if better { 0 } else { fruitless + 1 };
        }
    }
}
