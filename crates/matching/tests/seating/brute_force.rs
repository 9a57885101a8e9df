//! Small events, every possible seating tried.

use convivio_matching::{Aim, Draft, Flow, Options, Problem, Reason, score, solve};
use proptest::prelude::*;

use crate::generated::{broken, problem, small_event};

/// All seatings of one round that keep the rules. Rules concern one round at a time, `number` says which.
pub(crate) fn rounds_possible(draft: &Draft, number: usize) -> Vec<Vec<Vec<usize>>> {
    let (people, tables) = (draft.people.len(), draft.tables.len());
    let mut possible = Vec::new();
    for mut code in 0..tables.pow(people as u32) {
        let mut seated = vec![Vec::new(); tables];
        for person in 0..people {
            seated[code % tables].push(person);
            code /= tables;
        }
        // The same in every round, of which only the one asked for is looked at.
        let all = vec![seated.clone(); draft.rounds];
        if !broken(draft, &all).iter().any(|broken| broken.starts_with(&format!("round {number}:"))) {
            possible.push(seated);
        }
    }
    possible
}

fn best(problem: &Problem, possible: &[Vec<Vec<Vec<usize>>>], chosen: &mut Vec<Vec<Vec<usize>>>) -> f64 {
    let Some(round) = possible.get(chosen.len()) else {
        return score(problem, chosen).total;
    };
    let mut highest = f64::NEG_INFINITY;
    for seated in round {
        chosen.push(seated.clone());
        highest = highest.max(best(problem, possible, chosen));
        chosen.pop();
    }
    highest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whether_a_seating_exists_is_answered_rightly(mut draft in small_event(6)) {
        draft.rounds = draft.rounds.min(2);
        draft.rules.retain(|rule| !matches!(rule, convivio_matching::Rule::Fixed { round: Some(2), .. }));
        let possible = (0..draft.rounds).all(|number| !rounds_possible(&draft, number).is_empty());
        let answer = solve(&problem(draft), &Options::seeded(1).with_moves(500), |_| Flow::Continue);
        match answer {
            Ok(_) => prop_assert!(possible),
            Err(refused) => prop_assert!(!possible && refused.reason != Reason::NotFound, "{refused:?}"),
        }
    }

    #[test]
    fn the_best_seating_of_a_small_event_is_found(mut draft in small_event(6)) {
        draft.rounds = draft.rounds.min(2);
        draft.rules.retain(|rule| !matches!(rule, convivio_matching::Rule::Fixed { round: Some(2), .. }));
        draft.aim = Aim::Plain;
        let possible: Vec<_> = (0..draft.rounds).map(|number| rounds_possible(&draft, number)).collect();
        let ways: usize = possible.iter().map(Vec::len).product();
        // Most events are impossible or have too many seatings to try; those left are enough.
        if ways == 0 || ways > 5_000 {
            return Ok(());
        }
        let problem = problem(draft);
        let seating = solve(&problem, &Options::seeded(1).with_moves(20_000), |_| Flow::Continue).expect("one exists");
        let highest = best(&problem, &possible, &mut Vec::new());
        prop_assert!((seating.score.total - highest).abs() < 1e-6, "{} where {highest} is possible", seating.score.total);
    }
}
