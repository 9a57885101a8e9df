//! Which hard rules a change would break, in words.

use std::collections::{BTreeMap, BTreeSet};

use convivio_matching::{Broken, BrokenRule};

use super::{Op, SeatChanges};
use crate::http::FieldError;
use crate::seating::Input;

/// The hard rules that hold before and not after, each at the operation that touched that table last.
pub(super) fn newly_broken(
    input: &Input,
    before: &[Vec<Vec<usize>>],
    after: &[Vec<Vec<usize>>],
    touched: &BTreeMap<(i16, i16), usize>,
    changes: &SeatChanges,
) -> Vec<FieldError> {
    let old = convivio_matching::broken(input.problem(), before);
    let mut told = BTreeSet::new();
    let mut wrong = Vec::new();
    for broken in convivio_matching::broken(input.problem(), after) {
        let table = i16::try_from(broken.table + 1).unwrap_or(i16::MAX);
        let Some(&i) = touched.get(&(input.rounds[broken.round], table)) else { continue };
        if old.iter().any(|known| is_no_worse(known, &broken)) {
            continue;
        }
        let (code, detail) = in_words(input, &broken);
        if told.insert((i, code, detail.clone())) {
            let field = if changes.operations[i].op == Op::Swap { "codes" } else { "table" };
            wrong.push(FieldError::new(format!("/operations/{i}/{field}"), code, detail));
        }
    }
    wrong
}

fn is_no_worse(known: &Broken, now: &Broken) -> bool {
    let same_place = (known.round, known.table, known.rule) == (now.round, now.table, now.rule);
    same_place
        && match now.rule {
            BrokenRule::TooMany => now.people.len() <= known.people.len(),
            BrokenRule::TooFew => now.people.len() >= known.people.len(),
            BrokenRule::Language => true,
            BrokenRule::TooManyAlike | BrokenRule::Unlike => now.people.iter().all(|person| known.people.contains(person)),
            BrokenRule::TooFewAlike => known.people.iter().all(|person| now.people.contains(person)),
            _ => now.people == known.people,
        }
}

fn in_words(input: &Input, broken: &Broken) -> (&'static str, String) {
    let (table, round, many) = (broken.table + 1, input.rounds[broken.round], broken.people.len());
    let spec = &input.tables[broken.table];
    let codes: Vec<&str> = broken.people.iter().map(|person| input.people[*person].code.as_str()).collect();
    let who = codes.join(", ");
    match broken.rule {
        BrokenRule::TooMany => ("table_full", format!("table {table} has {} seats, and {many} would sit there in round {round}", spec.max)),
        BrokenRule::TooFew => {
            ("table_too_small", format!("table {table} is for at least {}, and {many} would be left in round {round}", spec.min))
        }
        BrokenRule::Together => ("together", format!("{who} would sit apart from those they are to sit with in round {round}")),
        BrokenRule::Apart => ("apart", format!("{who} are to be kept apart, and would share table {table} in round {round}")),
        BrokenRule::Fixed => ("fixed", format!("{who} has a place at another table")),
        BrokenRule::Accessible => ("not_accessible", format!("{who} needs an accessible table, and table {table} is none")),
        BrokenRule::Unlike => ("unlike", format!("{who} are not alike, as a rule asks, and would share table {table} in round {round}")),
        BrokenRule::TooManyAlike => {
            ("too_many_alike", format!("{who} would be more of one kind at table {table} in round {round} than a rule allows"))
        }
        BrokenRule::TooFewAlike => {
            ("too_few_alike", format!("table {table} would have {many} of a kind in round {round}, fewer than a rule asks for"))
        }
        BrokenRule::Language => ("no_common_language", format!("table {table} would have no language in common in round {round}")),
    }
}
