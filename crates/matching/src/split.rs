//! From a size rule to tables: 4 to 5 people each unless the host says otherwise, as equal as possible, nobody left out.

use crate::check::{Conflict, Infeasible, Reason};
use crate::sentences::{self, sized, there, verb};

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
    if max == 0 {
        let relax = "Set the maximum to 1 or more.".to_owned();
        return Err(refusal(
            Reason::TooFewSeats,
            format!("The tables have no seats, and {} {}.", there(people), sentences::people(people)),
            relax,
        ));
    }
    if min > max {
        let sentence = format!("A table of at least {min} and at most {max} cannot exist.");
        return Err(refusal(Reason::MinimaTooHigh, sentence, "Set the minimum no higher than the maximum.".into()));
    }
    // The fewest tables that hold everybody leave the most people at each, so if these fall short of the minimum, any number does.
    let tables = count.unwrap_or(people.div_ceil(max));
    let (seats, needed) = (tables.saturating_mul(max), tables.saturating_mul(min));
    if seats < people {
        let enough = sentences::tables(people.div_ceil(max));
        let (sentence, relax) = match tables {
            0 => (format!("There is no table, and {} {}.", there(people), sentences::people(people)), format!("Use {enough}.")),
            _ => {
                let (seat, these) = (verb(tables, "seats", "seat"), sentences::tables(tables));
                let sentence = format!("{these} of at most {max} {seat} {seats}, and {} {}.", there(people), sentences::people(people));
                (sentence, format!("Use {enough}, or larger ones."))
            }
        };
        return Err(refusal(Reason::TooFewSeats, sentence, relax));
    }
    if needed > people {
        let (sentence, relax) = match (count, tables) {
            (None, 1) => (
                format!("A table needs at least {}, and {} {people}.", sentences::people(min), there(people)),
                format!("Lower the minimum to {people}, or wait for {} more.", min - people),
            ),
            (None, _) => {
                let fewer = tables - 1;
                let sentence = format!(
                    "{} cannot be split into {}: {} would seat at most {}, {tables} need at least {needed}.",
                    sentences::people(people),
                    sized(min, max),
                    sentences::tables(fewer),
                    fewer * max,
                );
                (sentence, format!("Lower the minimum to {}, or raise the maximum to {}.", people / tables, people.div_ceil(fewer)))
            }
            (Some(_), _) => {
                let sentence = format!(
                    "{} of at least {min} {} {}, and {} {people}.",
                    sentences::tables(tables),
                    verb(tables, "needs", "need"),
                    sentences::people(needed),
                    there(people)
                );
                (sentence, fewer_or_smaller(people, tables, min, max))
            }
        };
        return Err(refusal(Reason::MinimaTooHigh, sentence, relax));
    }
    Ok((0..tables).map(|table| people / tables + usize::from(table < people % tables)).collect())
}

/// What helps when so many tables are more than the people can fill.
fn fewer_or_smaller(people: usize, tables: usize, min: usize, max: usize) -> String {
    let fewer = Some(people / min).filter(|fewer| fewer.saturating_mul(max) >= people);
    let lower = Some(people / tables).filter(|lower| *lower > 0);
    match (fewer, lower) {
        (Some(fewer), Some(lower)) => format!("Use {}, or lower the minimum to {lower}.", sentences::tables(fewer)),
        (Some(fewer), None) => format!("Use {}.", sentences::tables(fewer)),
        (None, Some(lower)) => format!("Lower the minimum to {lower}."),
        (None, None) => "Use fewer tables, and lower the minimum.".to_owned(),
    }
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
        assert_eq!(refused.conflicts[0].relax, "Lower the minimum to 3, or raise the maximum to 6.");
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
