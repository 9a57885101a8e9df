use convivio_matching::objectives::Objective;
use convivio_matching::{Aim, Draft, Flow, Options, Reason, Rule, check, score, solve};
use proptest::prelude::*;

use crate::generated::{broken, population, problem, seat, small_event, tables};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn sr_03_everybody_sits_at_exactly_one_table_per_round_within_bounds(draft in small_event(12), seed in any::<u64>()) {
        let problem = problem(draft.clone());
        if let Ok(seating) = solve(&problem, &Options::seeded(seed).with_moves(3_000), |_| Flow::Continue) {
            prop_assert_eq!(broken(&draft, &seating.rounds), Vec::<String>::new());
        }
    }

    #[test]
    fn a_seating_by_hand_is_told_what_it_breaks(draft in small_event(12), places in prop::collection::vec(0usize..50, 36)) {
        let problem = problem(draft.clone());
        let at = |round: usize, person: usize| places[(round * 12 + person) % places.len()] % draft.tables.len();
        let members = |round, table| (0..draft.people.len()).filter(|person| at(round, *person) == table).collect::<Vec<_>>();
        let rounds: Vec<Vec<Vec<usize>>> = (0..draft.rounds).map(|round| (0..draft.tables.len()).map(|table| members(round, table)).collect()).collect();
        prop_assert_eq!(convivio_matching::broken(&problem, &rounds).is_empty(), broken(&draft, &rounds).is_empty());
        if let Ok(seating) = solve(&problem, &Options::seeded(1).with_moves(1_000), |_| Flow::Continue) {
            prop_assert_eq!(convivio_matching::broken(&problem, &seating.rounds), vec![]);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_seating(draft in small_event(10), seed in any::<u64>()) {
        let options = Options::seeded(seed).with_moves(2_000);
        let (one, other) = (problem(draft.clone()), problem(draft));
        prop_assert_eq!(solve(&one, &options, |_| Flow::Continue), solve(&other, &options, |_| Flow::Continue));
    }

    #[test]
    fn the_score_is_what_counting_by_hand_gives(draft in small_event(12), seed in any::<u64>()) {
        let problem = problem(draft.clone());
        let Ok(seating) = solve(&problem, &Options::seeded(seed).with_moves(1_000), |_| Flow::Continue) else { return Ok(()) };
        let (mut repeats, mut isolated) = (0, 0);
        let groups = merged(&draft);
        for (number, round) in seating.rounds.iter().enumerate() {
            for table in round {
                for &a in table {
                    let shares = |b: &usize| *b != a && draft.people[a].passions.keys().any(|topic| draft.people[*b].passions.contains_key(topic));
                    isolated += usize::from(!table.iter().any(shares));
                    for &b in table.iter().filter(|b| **b > a && groups[a] != groups[**b]) {
                        let both = |members: &Vec<String>| [a, b].iter().all(|person| members.contains(&draft.people[*person].id));
                        let met = draft.rules.iter().any(|rule| matches!(rule, Rule::Met { members } if both(members)));
                        let again = seating.rounds[..number].iter().flatten().any(|earlier| earlier.contains(&a) && earlier.contains(&b));
                        repeats += usize::from(met || again);
                    }
                }
            }
        }
        prop_assert_eq!(seating.score.repeats, repeats);
        prop_assert_eq!(seating.score.isolated, isolated);
        let again = score(&problem, &seating.rounds);
        prop_assert_eq!(again.total, seating.score.total);
        let parts: f64 = again.by_objective.iter().map(|(_, part)| part).sum();
        prop_assert!((parts - again.total).abs() < 1e-6);
        let repeated = again.by_objective.iter().find(|(objective, _)| *objective == Objective::Repeat).expect("every objective is reported");
        prop_assert!((repeated.1 + repeats as f64 * draft.weights.repeat).abs() < 1e-6);
        prop_assert!(again.total <= again.bound + 1e-6, "{} above the bound {}", again.total, again.bound);
    }

    #[test]
    fn what_is_checked_is_not_found_possible_later(draft in small_event(12)) {
        let problem = problem(draft);
        if check(&problem).is_err() {
            let refused = solve(&problem, &Options::seeded(1), |_| Flow::Continue).expect_err("the check refuses it");
            prop_assert!(refused.reason.is_proven() && refused.reason != Reason::Contradiction);
            prop_assert!(!refused.conflicts.is_empty() && !refused.sentence.is_empty());
        }
    }
}

/// The number of each person's group, overlapping ones merged.
fn merged(draft: &Draft) -> Vec<usize> {
    let mut group: Vec<usize> = (0..draft.people.len()).collect();
    for rule in &draft.rules {
        let Rule::Together { members } = rule else {
            continue;
        };
        let at = |id: &String| draft.people.iter().position(|person| person.id == *id).expect("rules name people of the draft");
        for member in members {
            let (from, to) = (group[at(member)], group[at(&members[0])]);
            group.iter_mut().filter(|number| **number == from).for_each(|number| *number = to);
        }
    }
    group
}

#[test]
fn more_search_is_worth_more_than_chance() {
    let draft = Draft { people: population(60, 7), tables: tables(12, 5, 5), rounds: 3, aim: Aim::Plain, ..Draft::default() };
    let problem = problem(draft);
    let (short, long) = (seat(&problem, 1, 1_000), seat(&problem, 1, 200_000));
    assert!(short.score.total > short.score.random);
    assert!(long.score.total > short.score.total);
}

#[test]
fn stopping_keeps_the_best_so_far() {
    let draft = Draft { people: population(60, 7), tables: tables(12, 5, 5), rounds: 3, ..Draft::default() };
    let problem = problem(draft.clone());
    let mut looks = 0;
    let seating = solve(&problem, &Options::seeded(1).with_moves(u64::MAX), |progress| {
        looks += 1;
        if looks < 50 {
            Flow::Spent(0.001 * f64::from(looks))
        } else {
            assert!(progress.spent > 0.04);
            Flow::Stop
        }
    });
    let seating = seating.expect("a seating exists");
    assert!(seating.stopped_early && seating.score.total > seating.score.random);
    assert!(broken(&draft, &seating.rounds).is_empty());
}

#[test]
fn people_kept_together_change_places_with_as_many_others() {
    // Every table is full, so a pair can only move by trading with two people at once.
    let mut draft = Draft { people: population(24, 3), tables: tables(6, 4, 4), rounds: 3, aim: Aim::Plain, ..Draft::default() };
    let id = |person: usize| draft.people[person].id.clone();
    draft.rules = vec![Rule::Together { members: vec![id(0), id(1)] }, Rule::Together { members: vec![id(2), id(3), id(4)] }];
    let problem = problem(draft.clone());
    let seating = seat(&problem, 1, 100_000);
    assert!(broken(&draft, &seating.rounds).is_empty());
    let mates = |person: usize| -> std::collections::BTreeSet<usize> {
        seating.rounds.iter().flatten().filter(|table| table.contains(&person)).flatten().copied().collect()
    };
    assert!(mates(0).len() > 4, "the pair met other people in other rounds: {:?}", mates(0));
}

#[test]
fn fairness_costs_the_sum_and_helps_the_worst_seated() {
    let (mut lifted, mut paid, mut sum) = (0.0, 0.0, 0.0);
    for seed in 1..=6 {
        let draft = Draft { people: population(60, seed), tables: tables(10, 6, 6), rounds: 3, ..Draft::default() };
        let fair = seat(&problem(draft.clone()), 1, 200_000).score;
        let plain = seat(&problem(Draft { aim: Aim::Plain, ..draft }), 1, 200_000).score;
        assert!(fair.isolated <= plain.isolated);
        lifted += fair.worst_seated[0].worth - plain.worst_seated[0].worth;
        paid += plain.total - fair.total;
        sum += plain.total;
    }
    assert!(lifted > 0.0, "on average, as the two searches part ways at the first step: {lifted}");
    assert!(paid < 0.1 * sum, "{paid} of {sum}");
}

/// Large enough to be searched in parts, with rules that reach across them.
#[test]
fn the_seating_does_not_depend_on_the_threads() {
    let names = |members: &[usize]| members.iter().map(|person| format!("p{person}")).collect();
    let mut rules = vec![Rule::Together { members: names(&[3, 4]) }, Rule::Together { members: names(&[10, 200, 390]) }];
    rules.extend((0..40).map(|pair| Rule::Apart { members: names(&[20 + pair, 300 + pair]) }));
    let draft = Draft { people: population(400, 7), tables: tables(50, 8, 8), rounds: 3, rules, ..Draft::default() };
    for aim in [Aim::Plain, Aim::Fair] {
        let problem = problem(Draft { aim, ..draft.clone() });
        let [one, two, five] = [1, 2, 5].map(|threads| {
            solve(&problem, &Options::seeded(9).with_moves(300_000).with_threads(threads), |_| Flow::Continue).expect("a seating exists")
        });
        assert_eq!(broken(&draft, &one.rounds), Vec::<String>::new());
        assert_eq!(one, two);
        assert_eq!(one, five);
    }
}

/// A part of such tables would take the square of its people.
#[test]
fn tables_of_thousands_are_dealt_and_left() {
    let draft = Draft { people: population(4_500, 3), tables: tables(2, 2_000, 2_500), rounds: 1, aim: Aim::Plain, ..Draft::default() };
    let problem = problem(draft.clone());
    let seating = seat(&problem, 1, 1_000);
    assert_eq!((seating.moves, broken(&draft, &seating.rounds)), (0, vec![]));
}

/// What counts is who sits there.
#[test]
fn a_table_that_may_hold_thousands_is_searched() {
    let draft = Draft { people: population(40, 3), tables: tables(8, 1, 5_000), rounds: 1, aim: Aim::Plain, ..Draft::default() };
    let seating = seat(&problem(draft.clone()), 1, 100_000);
    assert!(seating.moves >= 100_000);
    assert_eq!(broken(&draft, &seating.rounds), Vec::<String>::new());
}

#[test]
fn where_repeats_rule_nobody_meets_twice() {
    // Fifteen meet fourteen others in seven rounds of threes, thirty-two meet thirty in ten of fours: more than the search finds.
    for (people, count, seats, rounds) in [(15, 5, 3, 7), (32, 8, 4, 10)] {
        let draft =
            Draft { people: population(people, 11), tables: tables(count, seats, seats), rounds, aim: Aim::Plain, ..Draft::default() };
        let seating = seat(&problem(draft.clone()), 3, 200_000);
        assert_eq!(broken(&draft, &seating.rounds), Vec::<String>::new());
        assert_eq!(seating.score.repeats, 0, "{people} people, {rounds} rounds");
    }
}

#[test]
fn a_schedule_fits_fewer_people_and_keeps_them_apart() {
    // Of thirty-two points two are left empty, and of the rest only few pairs never meet in ten rounds.
    let people = population(30, 5);
    let apart = Rule::Apart { members: vec![people[3].id.clone(), people[17].id.clone()] };
    let draft = Draft { people, tables: tables(8, 3, 4), rounds: 10, rules: vec![apart], aim: Aim::Plain, ..Draft::default() };
    let seating = seat(&problem(draft.clone()), 3, 200_000);
    assert_eq!(broken(&draft, &seating.rounds), Vec::<String>::new());
    assert_eq!(seating.score.repeats, 0);
}

#[test]
fn people_who_share_most_take_the_seats_that_meet() {
    // Sixteen of the twenty-four others are met: more than if the same schedule were filled anyhow.
    let problem = problem(Draft { people: population(25, 7), tables: tables(5, 5, 5), rounds: 4, aim: Aim::Plain, ..Draft::default() });
    let seating = seat(&problem, 3, 200_000);
    assert_eq!(seating.score.repeats, 0);
    let turned = |by: usize| {
        seating
            .rounds
            .iter()
            .map(|round| round.iter().map(|table| table.iter().map(|person| (person * 7 + by) % 25).collect()).collect())
            .collect::<Vec<_>>()
    };
    let anyhow: f64 = (0..25).map(|by| score(&problem, &turned(by)).total).sum::<f64>() / 25.0;
    assert!(seating.score.total > 1.05 * anyhow, "{} against {anyhow}", seating.score.total);
}
