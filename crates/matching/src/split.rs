//! From a size rule to tables: 4 to 5 people each unless the host says otherwise, as equal as possible, nobody left out.

use crate::check::{Conflict, Infeasible, Reason};

/// Small enough that everybody takes part in one conversation.
pub const DEFAULT_SIZES: Sizes = Sizes { min: 4, max: 5, count: None };

/// How many people a table takes, and how many tables there are when the room decides that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub min: usize,
    pub max: usize,
    pub count: Option<usize>,
}

/// The size of each table for `people`, larger ones first, differing by at most one.
/// Without a count, the fewest tables that hold everybody.
pub fn split(people: usize, sizes: Sizes) -> Result<Vec<usize>, Infeasible> {
    let Sizes { min, max, count } = sizes;
    if people == 0 {
        return Ok(Vec::new());
    }
    if min > max || max == 0 {
        return Err(refusal(
            Reason::MinimaTooHigh,
            format!("A table of at least {min} and at most {max} people cannot exist."),
            "Set the minimum no higher than the maximum.".into(),
        ));
    }
    // The fewest tables that hold everybody leave the most people at each, so if these fall short of the minimum, any number does.
    let tables = count.unwrap_or(people.div_ceil(max));
    if tables.saturating_mul(max) < people {
        return Err(refusal(
            Reason::TooFewSeats,
            format!("{tables} tables of at most {max} seat {}, and there are {people} people.", tables.saturating_mul(max)),
            format!("Use {} tables, or larger ones.", people.div_ceil(max)),
        ));
    }
    if tables.saturating_mul(min) > people {
        let sentence = match count {
            Some(_) => format!("{tables} tables of at least {min} need {} people, and there are {people}.", tables.saturating_mul(min)),
            None => format!(
                "{people} people cannot be split into tables of {min} to {max}: {} would seat at most {}, {tables} need at least {}.",
                counted(tables - 1),
                (tables - 1) * max,
                tables * min
            ),
        };
        return Err(refusal(
            Reason::MinimaTooHigh,
            sentence,
            format!("Allow tables of {}, or of {}.", people / tables, people.div_ceil((tables - 1).max(1))),
        ));
    }
    Ok((0..tables).map(|table| people / tables + usize::from(table < people % tables)).collect())
}

fn counted(tables: usize) -> String {
    if tables == 1 { "1 table".into() } else { format!("{tables} tables") }
}

fn refusal(reason: Reason, sentence: String, relax: String) -> Infeasible {
    let conflict = Conflict { rule: "table sizes".into(), people: vec![], tables: vec![], relax };
    Infeasible { reason, sentence, conflicts: vec![conflict] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_21_default_tables_seat_four_or_five() {
        assert_eq!((DEFAULT_SIZES.min, DEFAULT_SIZES.max), (4, 5));
        for people in 12..200 {
            let sizes = split(people, DEFAULT_SIZES).expect("every number from 12 on is a sum of fours and fives");
            assert_eq!(sizes.iter().sum::<usize>(), people);
            assert!(sizes.iter().all(|size| (4..=5).contains(size)), "{people}: {sizes:?}");
        }
    }

    #[test]
    fn eleven_people_do_not_split_into_fours_and_fives() {
        let refused = split(11, DEFAULT_SIZES).expect_err("8, 9 and 10 fit two tables, 12 is the least for three");
        assert_eq!(refused.reason, Reason::MinimaTooHigh);
        assert_eq!(
            refused.sentence,
            "11 people cannot be split into tables of 4 to 5: 2 tables would seat at most 10, 3 need at least 12."
        );
        assert_eq!(refused.conflicts[0].relax, "Allow tables of 3, or of 6.");
    }

    #[test]
    fn whenever_some_split_exists_it_is_found_and_even() {
        for people in 1usize..60 {
            for min in 1..8 {
                for max in min..9 {
                    let possible = (1..=people).any(|tables| tables * min <= people && people <= tables * max);
                    let found = split(people, Sizes { min, max, count: None });
                    assert_eq!(found.is_ok(), possible, "{people} into {min}..{max}");
                    if let Ok(sizes) = found {
                        assert!(sizes.iter().all(|size| (min..=max).contains(size)));
                        assert!(sizes[0] - sizes[sizes.len() - 1] <= 1);
                    }
                }
            }
        }
    }

    #[test]
    fn a_fixed_number_of_tables_is_kept_or_refused() {
        assert_eq!(split(10, Sizes { min: 2, max: 6, count: Some(3) }), Ok(vec![4, 3, 3]));
        let crowded = split(10, Sizes { min: 2, max: 3, count: Some(3) }).expect_err("three tables of three seat nine");
        assert_eq!(crowded.reason, Reason::TooFewSeats);
        let sparse = split(5, Sizes { min: 2, max: 3, count: Some(3) }).expect_err("three tables of two need six");
        assert_eq!(sparse.reason, Reason::MinimaTooHigh);
    }
}
