//! Every sentence that says why there is no seating, to be read as an organizer reads it.

use std::fmt::Write as _;

use convivio_matching::{Draft, Flow, Infeasible, Options, Person, Rule, Sizes, Table, solve, split};

use crate::generated::{problem, tables};

#[test]
fn each_reads_well() {
    let mut all = String::new();
    for refused in splits().chain(events()) {
        writeln!(all, "{}: {}", refused.reason.code(), refused.sentence).expect("a string takes everything");
        for conflict in refused.conflicts {
            writeln!(all, "    {} -> {}", conflict.rule, conflict.relax).expect("a string takes everything");
        }
    }
    insta::assert_snapshot!(all);
}

/// People, and the sizes they cannot be split into.
fn splits() -> impl Iterator<Item = Infeasible> {
    let sizes = [
        (1, 4, 5, None),
        (3, 4, 5, None),
        (11, 4, 5, None),
        (5, 4, 4, None),
        (3, 2, 2, None),
        (4, 5, 3, None),
        (4, 0, 0, None),
        (1, 1, 5, Some(0)),
        (7, 4, 5, Some(1)),
        (12, 4, 5, Some(2)),
        (1, 4, 5, Some(1)),
        (9, 4, 5, Some(3)),
        (11, 4, 5, Some(3)),
        (2, 1, 5, Some(4)),
        (2, 4, 5, Some(3)),
    ];
    sizes.into_iter().map(|(people, min, max, count)| split(people, Sizes { min, max, count }).expect_err("no such split"))
}

fn events() -> impl Iterator<Item = Infeasible> {
    let drafts = [
        event(&["Ada", "Bo"], tables(1, 1, 1), vec![]),
        event(&GUESTS, tables(2, 1, 3), vec![]),
        event(&["Ada"], tables(1, 2, 4), vec![]),
        event(&GUESTS, tables(3, 4, 5), vec![]),
        event(&GUESTS, tables(4, 1, 2), vec![together(&["Ada", "Bo", "Cleo"])]),
        event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"]), apart(&["Bo", "Ada"])]),
        event(&GUESTS, tables(2, 4, 4), vec![fixed("Ada", "1", None), fixed("Ada", "2", Some(1))]),
        event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"]), fixed("Ada", "1", None), fixed("Bo", "2", None)]),
        event(&GUESTS, tables(2, 4, 4), vec![apart(&["Ada", "Bo"]), fixed("Ada", "1", None), fixed("Bo", "1", None)]),
        with_access(&["Ada"], &[2], event(&GUESTS, tables(2, 4, 4), vec![fixed("Ada", "1", None)])),
        with_access(&["Bo"], &[2], event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"]), fixed("Ada", "1", None)])),
        with_access(&["Ada"], &[], event(&GUESTS, tables(2, 4, 4), vec![])),
        with_access(&["Ada", "Bo"], &[1], event(&GUESTS, tables(8, 1, 1), vec![])),
        with_access(
            &["Ada", "Dan"],
            &[1],
            event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo", "Cleo"]), together(&["Dan", "Eva"])]),
        ),
        speaking(&[("Ada", "it")], &[(1, "en")], event(&GUESTS, tables(2, 4, 4), vec![fixed("Ada", "1", None)])),
        speaking(&[("Bo", "it")], &[(1, "en")], event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"]), fixed("Ada", "1", None)])),
        speaking(
            &[("Ada", "it"), ("Bo", "en")],
            &[],
            event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"]), fixed("Ada", "1", None)]),
        ),
        speaking(&[("Ada", "it")], &[(1, "en"), (2, "en")], event(&GUESTS, tables(2, 4, 4), vec![])),
        speaking(&[("Ada", "it")], &[(1, "en"), (2, "en")], event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"])])),
        event(&GUESTS, tables(1, 8, 8), vec![apart(&["Ada", "Bo"])]),
        event(&GUESTS, tables(2, 4, 4), vec![together(&["Ada", "Bo"]), apart(&["Ada", "Cleo", "Dan"])]),
        event(&GUESTS, tables(3, 2, 4), vec![apart(&["Ada", "Bo", "Cleo", "Dan"])]),
        with_access(&["Ada"], &[1], speaking(&[("Ada", "it")], &[(1, "en")], event(&GUESTS, tables(2, 4, 4), vec![]))),
        speaking(
            &[("Ada", "it"), ("Bo", "it"), ("Cleo", "it"), ("Dan", "it"), ("Eva", "it")],
            &[(1, "en")],
            event(&GUESTS, tables(2, 4, 4), vec![]),
        ),
        event(&GUESTS, tables(8, 1, 1), vec![fixed("Ada", "2", Some(1)), fixed("Bo", "2", Some(1))]),
        speaking(
            &[("Ada", "it"), ("Bo", "it"), ("Cleo", "it"), ("Dan", "it"), ("Eva", "it")],
            &[(1, "en")],
            event(&GUESTS, vec![Table::new("1", 4, 8), Table::new("2", 1, 8)], vec![]),
        ),
        event(&GUESTS[..6], tables(2, 3, 3), vec![together(&["Ada", "Bo"]), together(&["Cleo", "Dan"]), together(&["Eva", "Finn"])]),
        speaking(&[("Ada", "it"), ("Bo", "en"), ("Cleo", "fr")], &[], event(&GUESTS[..4], tables(2, 2, 2), vec![])),
    ];
    drafts.into_iter().map(|draft| solve(&problem(draft), &Options::seeded(1), |_| Flow::Continue).expect_err("no seating keeps the rules"))
}

const GUESTS: [&str; 8] = ["Ada", "Bo", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana"];

fn event(names: &[&str], tables: Vec<Table>, rules: Vec<Rule>) -> Draft {
    Draft { people: names.iter().map(|name| Person::new(*name)).collect(), tables, rounds: 2, rules, ..Draft::default() }
}

fn with_access(needing: &[&str], accessible: &[usize], mut draft: Draft) -> Draft {
    draft.people.iter_mut().for_each(|person| person.accessible = needing.contains(&person.id.as_str()));
    accessible.iter().for_each(|number| draft.tables[number - 1].accessible = true);
    draft
}

fn speaking(people: &[(&str, &str)], tables: &[(usize, &str)], mut draft: Draft) -> Draft {
    for (name, language) in people {
        let person = draft.people.iter_mut().find(|person| person.id == *name).expect("a guest");
        person.languages = vec![(*language).to_owned()];
    }
    tables.iter().for_each(|(number, language)| draft.tables[number - 1].language = Some((*language).to_owned()));
    draft
}

fn together(names: &[&str]) -> Rule {
    Rule::Together { members: owned(names) }
}

fn apart(names: &[&str]) -> Rule {
    Rule::Apart { members: owned(names) }
}

fn fixed(member: &str, table: &str, round: Option<usize>) -> Rule {
    Rule::Fixed { member: member.to_owned(), table: table.to_owned(), round }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
