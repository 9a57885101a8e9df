//! Schedules in which no two people meet twice: where repeats rule, a construction beats any search.
//!
//! What is used, by number of tables and seats:
//! - pairs: the round robin (the circle method, T. P. Kirkman 1847);
//! - **transversal designs**: seat (x, y) of round m at table y − m·x, over a finite field where the number of tables is a
//!   prime power, and otherwise over the integers modulo that number with as many m as keep every product of
//!   differences from vanishing. Those with the same x never meet, so where they fill whole tables, a smaller schedule
//!   among them follows (for `n = n` seats and tables this is the affine plane);
//! - base rounds developed by a cyclic group ([`base_rounds`]), found by our own search.
//!
//! For fewer people, some points are left empty. Sources: C. J. Colbourn and J. H. Dinitz (eds.), Handbook of Combinatorial
//! Designs, 2nd ed., 2007, chapters III.3 and IV.

mod base_rounds;
mod field;
mod seated;

use base_rounds::{BASE_ROUNDS, BaseRounds};
use field::Field;

pub(crate) use seated::seated;

/// Round, table, points.
type Schedule = Vec<Vec<Vec<usize>>>;

/// So many rounds without a second meeting of anyone, for `tables * seats` points; nothing where none is known.
fn without_repeats(tables: usize, seats: usize, rounds: usize) -> Option<Schedule> {
    let found = [round_robin, transversal, developed].into_iter().filter_map(|construct| construct(tables, seats));
    let mut schedule = found.chain([one_round(tables, seats)]).find(|schedule| schedule.len() >= rounds)?;
    schedule.truncate(rounds);
    is_sound(&schedule, tables, seats).then_some(schedule)
}

fn one_round(tables: usize, seats: usize) -> Schedule {
    vec![(0..tables).map(|table| (table * seats..(table + 1) * seats).collect()).collect()]
}

/// Everybody in a circle but one; the circle turns.
fn round_robin(tables: usize, seats: usize) -> Option<Schedule> {
    if seats != 2 {
        return None;
    }
    let turning = 2 * tables - 1;
    let pair = |round: usize, table: usize| match table {
        0 => vec![turning, round],
        _ => vec![(round + table) % turning, (round + turning - table) % turning],
    };
    Some((0..turning).map(|round| (0..tables).map(|table| pair(round, table)).collect()).collect())
}

fn transversal(tables: usize, seats: usize) -> Option<Schedule> {
    if seats < 2 || seats > tables {
        return None;
    }
    let field = Field::of_order(tables);
    let point = |x: usize, y: usize| x * tables + y;
    let mut schedule: Schedule = field
        .multipliers(seats)
        .into_iter()
        .map(|m| (0..tables).map(|table| (0..seats).map(|x| point(x, field.add(table, field.times(m, x)))).collect()).collect())
        .collect();
    if tables.is_multiple_of(seats) {
        let within = tables / seats;
        let smaller = transversal(within, seats).unwrap_or_else(|| one_round(within, seats));
        schedule.extend(smaller.iter().map(|round| {
            (0..seats).flat_map(|x| round.iter().map(move |table| table.iter().map(|y| point(x, *y)).collect())).collect::<Vec<_>>()
        }));
    }
    Some(schedule)
}

fn developed(tables: usize, seats: usize) -> Option<Schedule> {
    let base = BASE_ROUNDS.iter().find(|base| (base.tables, base.seats) == (tables, seats))?;
    Some(
        base.rounds.iter().flat_map(|(count, points)| (0..*count).map(move |shift| developed_round(base, *count, points, shift))).collect(),
    )
}

fn developed_round(base: &BaseRounds, count: usize, points: &[usize], shift: usize) -> Vec<Vec<usize>> {
    let moving = base.tables * base.seats / base.order * base.order;
    let image = |point: usize, by: usize| match point < moving {
        true => point / base.order * base.order + (point + by) % base.order,
        false => point,
    };
    let shifts = (shift..base.order).step_by(count);
    shifts.flat_map(|by| points.chunks(base.seats).map(move |table| table.iter().map(|point| image(*point, by)).collect())).collect()
}

/// Everybody once a round, at tables of that size, and no pair twice.
fn is_sound(schedule: &Schedule, tables: usize, seats: usize) -> bool {
    let people = tables * seats;
    let mut met = vec![false; people * people];
    schedule.iter().all(|round| {
        let mut seated = vec![false; people];
        round.len() == tables
            && round.iter().all(|table| {
                table.len() == seats
                    && table.iter().all(|person| *person < people && !std::mem::replace(&mut seated[*person], true))
                    && table
                        .iter()
                        .enumerate()
                        .all(|(i, a)| table[i + 1..].iter().all(|b| !std::mem::replace(&mut met[a.min(b) * people + a.max(b)], true)))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(tables: usize, seats: usize) -> usize {
        (1..100).take_while(|rounds| without_repeats(tables, seats, *rounds).is_some()).last().unwrap_or(0)
    }

    #[test]
    fn the_known_schedules_have_all_their_rounds() {
        let known = [
            ((2, 2), 3),
            ((10, 2), 19),
            ((3, 3), 4),
            ((4, 4), 5),
            ((5, 5), 6),
            ((8, 8), 9),
            ((9, 9), 10),
            ((8, 4), 10),
            ((5, 3), 7),
            ((6, 3), 8),
            ((7, 3), 9),
            ((9, 3), 13),
            ((6, 4), 7),
            ((9, 4), 11),
            ((10, 4), 11),
            ((13, 4), 13),
            ((16, 4), 21),
            ((10, 10), 3),
            ((62, 8), 10),
        ];
        for ((tables, seats), rounds) in known {
            assert!(most(tables, seats) >= rounds, "{tables} tables of {seats}: {} rounds, not {rounds}", most(tables, seats));
        }
    }

    #[test]
    fn nobody_meets_more_people_than_there_are() {
        for tables in 1..14 {
            for seats in 2..14 {
                let people = tables * seats;
                assert!(most(tables, seats) * (seats - 1) < people, "{tables} tables of {seats}");
            }
        }
    }

    #[test]
    fn every_stored_round_is_sound() {
        for base in BASE_ROUNDS {
            let schedule = developed(base.tables, base.seats).expect("it is stored");
            assert!(is_sound(&schedule, base.tables, base.seats), "{} tables of {}", base.tables, base.seats);
            assert_eq!(schedule.len(), base.rounds.iter().map(|(count, _)| count).sum::<usize>());
        }
    }

    #[test]
    fn what_is_not_sound_is_seen() {
        let twice = vec![vec![vec![0, 1], vec![2, 3]], vec![vec![1, 0], vec![3, 2]]];
        assert!(is_sound(&twice[..1].to_vec(), 2, 2) && !is_sound(&twice, 2, 2));
        assert!(!is_sound(&vec![vec![vec![0, 1], vec![1, 3]]], 2, 2));
        assert!(!is_sound(&vec![vec![vec![0, 1, 2], vec![3]]], 2, 2));
    }
}
