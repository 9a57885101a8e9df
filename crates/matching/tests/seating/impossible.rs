use convivio_matching::{Company, Draft, Flow, Infeasible, Options, Person, Reason, Rule, Table, solve};

use crate::generated::{problem, tables};

fn people(count: usize) -> Vec<Person> {
    (0..count).map(|position| Person::new(format!("p{position}"))).collect()
}

fn ids(positions: impl IntoIterator<Item = usize>) -> Vec<String> {
    positions.into_iter().map(|position| format!("p{position}")).collect()
}

fn refused(draft: Draft) -> Infeasible {
    solve(&problem(draft), &Options::seeded(1), |_| Flow::Continue).expect_err("no seating keeps the rules")
}

fn event(count: usize, tables: Vec<Table>, rules: Vec<Rule>) -> Draft {
    Draft { people: people(count), tables, rounds: 2, rules, ..Draft::default() }
}

#[test]
fn seats_and_minima_are_counted() {
    let crowded = refused(event(10, tables(3, 1, 3), vec![]));
    assert_eq!((crowded.reason, crowded.sentence.as_str()), (Reason::TooFewSeats, "There are 10 people and 9 seats."));
    assert_eq!(crowded.conflicts[0].relax, "Add 1 seat, or seat fewer people.");
    assert_eq!(refused(event(10, tables(4, 3, 5), vec![])).reason, Reason::MinimaTooHigh);
}

#[test]
fn a_group_must_fit_a_table() {
    let rules = vec![Rule::Together { members: ids(0..3) }, Rule::Together { members: ids(2..5) }];
    let refused = refused(event(12, tables(3, 4, 4), rules));
    assert_eq!((refused.reason, refused.conflicts[0].people.as_slice()), (Reason::GroupTooLarge, &[0, 1, 2, 3, 4][..]));
}

#[test]
fn together_and_apart_names_the_chain_and_nothing_else() {
    let rules = vec![
        Rule::Together { members: ids([5, 6]) },
        Rule::Together { members: ids([0, 1]) },
        Rule::Together { members: ids([1, 2]) },
        Rule::Apart { members: ids([2, 0]) },
        Rule::Apart { members: ids([7, 0]) },
    ];
    let refused = refused(event(12, tables(3, 4, 4), rules));
    assert_eq!(refused.reason, Reason::TogetherAndApart);
    let named: Vec<&str> = refused.conflicts.iter().map(|conflict| conflict.rule.as_str()).collect();
    assert_eq!(named, ["apart: p2 and p0", "together: p1 and p2", "together: p0 and p1"]);
}

#[test]
fn more_people_apart_than_tables() {
    let whole = vec![Rule::Apart { members: ids(0..4) }];
    assert_eq!(refused(event(12, tables(3, 4, 4), whole)).reason, Reason::TooManyApart);
    // Pairs that only together make the four, with others around them that lead a greedy search astray.
    let mut pairs: Vec<Rule> = (0..4).flat_map(|a| (a + 1..4).map(move |b| Rule::Apart { members: ids([a, b]) })).collect();
    pairs.extend((4..9).map(|other| Rule::Apart { members: ids([0, other]) }));
    assert_eq!(refused(event(12, tables(3, 4, 4), pairs)).reason, Reason::TooManyApart);
}

#[test]
fn fixed_seats_may_contradict_each_other() {
    let fixed = |person: usize, table: &str, round| Rule::Fixed { member: format!("p{person}"), table: table.into(), round };
    let twice = refused(event(8, tables(2, 4, 4), vec![fixed(0, "1", None), fixed(0, "2", Some(1))]));
    assert_eq!((twice.reason, twice.sentence.as_str()), (Reason::FixedContradiction, "p0 would have to be at two tables at once."));
    let enemies = vec![fixed(0, "1", Some(0)), fixed(1, "1", None), Rule::Apart { members: ids([0, 1]) }];
    assert_eq!(refused(event(8, tables(2, 4, 4), enemies)).reason, Reason::FixedContradiction);
    let crowd = (0..5).map(|person| fixed(person, "2", Some(1))).collect();
    let crowd = refused(event(8, tables(2, 4, 4), crowd));
    assert_eq!((crowd.reason, crowd.conflicts[0].people.len()), (Reason::FixedContradiction, 5));
    let moving = event(8, tables(2, 4, 4), vec![fixed(0, "1", Some(0)), fixed(0, "2", Some(1))]);
    assert!(solve(&problem(moving), &Options::seeded(1), |_| Flow::Continue).is_ok(), "two rounds, two tables");
}

#[test]
fn accessible_seats_are_counted_with_whom_they_stay() {
    let mut draft = event(8, tables(2, 4, 4), vec![Rule::Together { members: ids([0, 1, 2, 3]) }, Rule::Together { members: ids([4, 5]) }]);
    draft.tables[0].accessible = true;
    draft.people[1].accessible = true;
    assert!(solve(&problem(draft.clone()), &Options::seeded(1), |_| { Flow::Continue }).is_ok());
    draft.people[5].accessible = true;
    let refused = refused(draft);
    assert_eq!((refused.reason, refused.conflicts[0].people.len()), (Reason::TooFewAccessibleSeats, 6));
}

#[test]
fn people_alike_may_be_too_many_or_too_few() {
    let company = |company, attribute: &str| Rule::Company { company, attribute: attribute.into(), members: vec![], weight: None };
    let with = |acme: usize, rule: Rule| {
        let mut draft = event(12, vec![Table::new("1", 4, 4), Table::new("2", 4, 4), Table::new("3", 4, 4)], vec![rule]);
        draft.people.iter_mut().take(acme).for_each(|person| person.unit = Some("Acme".into()));
        draft
    };
    let refusal = refused(with(7, company(Company::AtMost(2), "unit")));
    assert_eq!((refusal.reason, refusal.conflicts[0].people.len()), (Reason::TooManyAlike, 7));
    assert_eq!(refusal.sentence, "7 people share unit Acme, and 3 tables with at most 2 of them take 6.");
    assert_eq!(refusal.conflicts[0].relax, "Allow 3 of them at a table, or add a table.");
    let refusal = refused(with(5, company(Company::AtLeast(2), "unit=Acme")));
    assert_eq!(refusal.reason, Reason::TooFewAlike);
    assert_eq!(refusal.sentence, "Each of at least 3 tables is to have 2 who share unit Acme, and there are 5.");
    assert_eq!(refusal.conflicts[0].relax, "Ask for 1 of them at a table.");
    // Not left alone: one who has nobody alike.
    assert_eq!(refused(with(1, company(Company::AtLeast(2), "unit"))).reason, Reason::TooFewAlike);
}

#[test]
fn a_language_may_leave_a_table_short() {
    let mut draft = event(8, tables(2, 4, 4), vec![]);
    draft.tables[1].language = Some("it".into());
    draft.people.iter_mut().take(5).for_each(|person| person.languages = vec!["en".into()]);
    let refused = refused(draft);
    assert_eq!(refused.reason, Reason::NoCommonLanguage, "{}", refused.sentence);
}

#[test]
fn a_tangle_is_searched_to_the_end_and_cut_down_to_what_matters() {
    // Three pairs and two tables of three: no pair may be split, and odd tables cannot be made of pairs.
    let mut rules: Vec<Rule> = [0, 2, 4].map(|first| Rule::Together { members: ids([first, first + 1]) }).into();
    rules.push(Rule::Apart { members: ids([0, 4]) });
    let refused = refused(event(6, tables(2, 3, 3), rules));
    assert_eq!(refused.reason, Reason::Contradiction);
    assert!(refused.conflicts.len() < 4, "the last rule is not needed: {:?}", refused.conflicts);
}
