//! Seatings mended between rounds, against every set of people that might be moved.

use convivio_matching::{Draft, Options, Person, Problem, Reason, Rule, Table, broken, repair};
use proptest::prelude::*;

use crate::brute_force::rounds_possible;
use crate::generated::{Dice, population, problem, seat, small_event, tables};

type Seats = Vec<Vec<Option<usize>>>;

/// How many people have to move, by trying every set; nothing where no seating is possible.
fn fewest_moved(draft: &Draft, before: &Seats) -> Option<usize> {
    let people = draft.people.len();
    let possible: Vec<_> = (0..draft.rounds).map(|number| rounds_possible(draft, number)).collect();
    let sits = |seating: &[Vec<usize>], person: usize, at: Option<usize>| at.is_none_or(|at| seating[at].contains(&person));
    let enough = |movers: u32| {
        let stay = |round: usize, seating: &Vec<Vec<usize>>| {
            (0..people).all(|person| movers & 1 << person != 0 || sits(seating, person, before[round][person]))
        };
        possible.iter().enumerate().all(|(round, seatings)| seatings.iter().any(|seating| stay(round, seating)))
    };
    (0u32..1 << people).filter(|movers| enough(*movers)).map(u32::count_ones).min().map(|fewest| fewest as usize)
}

fn moved(before: &Seats, after: &[Vec<Vec<usize>>]) -> Vec<usize> {
    let people = before[0].len();
    let moves =
        |person: &usize| before.iter().zip(after).any(|(before, after)| before[*person].is_some_and(|at| !after[at].contains(person)));
    (0..people).filter(moves).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Seats from anywhere, rules of every kind, tables that may be closed: as few move as every set of movers allows.
    #[test]
    fn as_few_move_as_possible(mut draft in small_event(6), seats in prop::collection::vec(0usize..5, 12)) {
        draft.rounds = draft.rounds.min(2);
        draft.rules.retain(|rule| !matches!(rule, Rule::Fixed { round: Some(2), .. }));
        let (people, tables) = (draft.people.len(), draft.tables.len());
        let before: Seats = (0..draft.rounds)
            .map(|round| (0..people).map(|person| Some(seats[round * 6 + person]).filter(|at| *at < tables)).collect())
            .collect();
        let fewest = fewest_moved(&draft, &before);
        let problem = problem(draft);
        match (repair(&problem, &before, 1), fewest) {
            (Ok(repaired), Some(fewest)) => {
                prop_assert_eq!(broken(&problem, &repaired.seating.rounds), vec![]);
                prop_assert_eq!(&repaired.moved, &moved(&before, &repaired.seating.rounds));
                prop_assert!(repaired.moved.len() >= fewest);
                prop_assert!(!repaired.fewest || repaired.moved.len() == fewest, "{} moved, {fewest} would do", repaired.moved.len());
            }
            (Err(refused), None) => prop_assert!(refused.reason != Reason::NotFound, "{refused:?}"),
            (answer, possible) => prop_assert!(false, "{answer:?} where {possible:?} must move"),
        }
    }
}

/// The seats of a seating, for those who are here of the people it was made for.
fn seats_of(rounds: &[Vec<Vec<usize>>], here: &[usize]) -> Seats {
    let table_of = |tables: &Vec<Vec<usize>>, person: &usize| tables.iter().position(|members| members.contains(person));
    rounds.iter().map(|tables| here.iter().map(|person| table_of(tables, person)).collect()).collect()
}

fn event(people: Vec<Person>, count: usize) -> Problem {
    let tables: Vec<Table> = tables(count, 4, 5).into_iter().map(|table| Table { optional: true, ..table }).collect();
    problem(Draft { people, tables, rounds: 3, ..Draft::default() })
}

/// 300 people of whom every tenth stays away, and twelve who come late: counting shows that as few move as can.
#[test]
fn a_large_event_is_mended_with_few_moves() {
    for seed in 1..4 {
        let all = population(312, seed);
        let planned = event(all[..300].to_vec(), 60);
        let seating = seat(&planned, seed, 20_000);
        let mut dice = Dice::new(seed);
        let here: Vec<usize> = (0..312).filter(|person| *person >= 300 || dice.below(10) > 0).collect();
        let before = seats_of(&seating.rounds, &here);
        let problem = event(here.iter().map(|person| all[*person].clone()).collect(), 60);
        let repaired = repair(&problem, &before, seed).expect("there is room for all");
        assert_eq!(broken(&problem, &repaired.seating.rounds), vec![]);
        assert_eq!(repaired.moved, moved(&before, &repaired.seating.rounds));
        assert!(repaired.fewest && repaired.moved.len() < 20, "{} moved, certain: {}", repaired.moved.len(), repaired.fewest);
    }
}

#[test]
fn nobody_moves_where_nothing_is_wrong() {
    let problem = event(population(60, 1), 12);
    let seating = seat(&problem, 1, 50_000);
    let everybody: Vec<usize> = (0..60).collect();
    let repaired = repair(&problem, &seats_of(&seating.rounds, &everybody), 1).expect("it was possible before");
    assert_eq!((repaired.moved, repaired.fewest), (vec![], true));
    assert_eq!(repaired.seating.rounds, seating.rounds);
}

/// Somebody new sits where they share most, as far as nobody has to move for it.
#[test]
fn a_late_comer_gets_the_best_of_the_free_seats() {
    let person = |name: &str, topic: &str| Person::new(name).with_passion(topic, 2);
    let people =
        [("Ada", "jazz"), ("Bo", "jazz"), ("Cem", "bees"), ("Dora", "bees"), ("Eve", "bees")].map(|(name, topic)| person(name, topic));
    let tables = tables(2, 2, 3);
    let problem = problem(Draft { people: people.into(), tables, rounds: 1, ..Draft::default() });
    let before = vec![vec![Some(0), Some(0), Some(1), Some(1), None]];
    let repaired = repair(&problem, &before, 1).expect("there is a seat");
    assert_eq!(repaired.seating.rounds, vec![vec![vec![0, 1], vec![2, 3, 4]]]);
}

/// One is left at a table for four: three would have to come to fill it, and one has to go to close it.
#[test]
fn a_table_is_closed_where_that_moves_fewer() {
    let mut tables = tables(3, 4, 6);
    tables.iter_mut().for_each(|table| table.optional = true);
    let problem = problem(Draft { people: population(11, 1), tables, rounds: 1, ..Draft::default() });
    let before = vec![(0..11).map(|person| Some(person / 5)).collect()];
    let repaired = repair(&problem, &before, 1).expect("the others have a seat for one more");
    assert_eq!((repaired.moved, repaired.fewest), (vec![10], true));
    assert_eq!(repaired.seating.rounds[0][2], Vec::<usize>::new());
}

/// A meeting in a round that is over is no first meeting any more.
#[test]
fn who_met_before_meets_others() {
    let people = ["Ada", "Bo", "Cem", "Dora"].map(|name| Person::new(name).with_passion("jazz", 2));
    let met = |one: &str, other: &str| Rule::Met { members: vec![one.into(), other.into()] };
    let rules = vec![met("Ada", "Bo"), met("Cem", "Dora"), met("Ada", "Cem"), met("Bo", "Dora")];
    let problem = problem(Draft { people: people.into(), tables: tables(2, 2, 2), rounds: 2, rules, ..Draft::default() });
    let seating = convivio_matching::solve(&problem, &Options::seeded(1), |_| convivio_matching::Flow::Continue).expect("four fit");
    // One round of new pairs is left; the other repeats two.
    assert_eq!((seating.score.repeats, seating.score.total), (2, 0.0));
}

#[test]
fn too_few_for_any_table_is_said() {
    let problem = event(population(3, 1), 2);
    let refused = repair(&problem, &vec![vec![None; 3]; 3], 1).expect_err("a table needs four");
    assert_eq!(refused.sentence, "A table needs at least 4 people, and there are 3.");
    assert_eq!(refused.reason, Reason::MinimaTooHigh);
}
