//! The pieces of the sentences for the organizer: numbers with their nouns, names, tables.

use crate::problem::Problem;

/// "1 person", "4 people".
pub(crate) fn people(count: usize) -> String {
    if count == 1 { "1 person".into() } else { format!("{count} people") }
}

/// "1 seat", "4 seats".
pub(crate) fn seats(count: usize) -> String {
    counted(count, "seat")
}

/// "1 table", "4 tables".
pub(crate) fn tables(count: usize) -> String {
    counted(count, "table")
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// "there is", "there are".
pub(crate) fn there(count: usize) -> &'static str {
    if count == 1 { "there is" } else { "there are" }
}

/// The verb for so many: `verb(1, "needs", "need")`.
pub(crate) fn verb(count: usize, one: &'static str, several: &'static str) -> &'static str {
    if count == 1 { one } else { several }
}

/// "tables of 4", "tables of 4 to 5".
pub(crate) fn sized(min: usize, max: usize) -> String {
    if min == max { format!("tables of {min}") } else { format!("tables of {min} to {max}") }
}

/// "Ada, Bo and Mei", and no more than a dozen of them.
pub(crate) fn names(problem: &Problem, people: &[usize]) -> String {
    let names: Vec<&str> = people.iter().map(|person| problem.people[*person].name.as_str()).collect();
    list(&names)
}

/// Names where there are few, and otherwise how many.
pub(crate) fn who(problem: &Problem, some: &[usize]) -> String {
    if some.len() <= 3 { names(problem, some) } else { people(some.len()) }
}

/// "table 1", "tables 1 and 2".
pub(crate) fn tables_named(problem: &Problem, tables: &[usize]) -> String {
    let names: Vec<&str> = tables.iter().map(|table| problem.tables[*table].id.as_str()).collect();
    format!("{} {}", verb(tables.len(), "table", "tables"), list(&names))
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= 12 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..11].join(", "), names.len() - 11),
    }
}
