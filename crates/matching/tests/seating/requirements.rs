use convivio_matching::objectives::Objective;
use convivio_matching::{Aim, Company, DEFAULT_SIZES, Draft, Flow, Options, Person, Rule, Seating, Table, Theme, solve, split, theme, why};

use crate::generated::{broken, population, problem, seat, tables};

fn passion(seating: &Seating) -> f64 {
    let part = seating.score.by_objective.iter().find(|(objective, _)| *objective == Objective::Passion);
    part.expect("every objective is reported").1
}

/// The margin we state: half as much again as chance gives, on populations of 60 over fixed seeds.
#[test]
fn sr_02_shared_passion_beats_a_random_plan_by_half() {
    for seed in 1..=5 {
        let draft = Draft { people: population(60, seed), tables: tables(12, 5, 5), rounds: 3, ..Draft::default() };
        let problem = problem(draft);
        let chance: f64 = (1..=5).map(|deal| passion(&seat(&problem, deal, 0))).sum::<f64>() / 5.0;
        let ours = passion(&seat(&problem, seed, 200_000));
        assert!(ours > 1.5 * chance, "seed {seed}: {ours} where chance gives {chance}");
    }
}

#[test]
fn sr_04_a_theme_is_held_by_half_the_table_or_it_is_mixed() {
    let draft = Draft { people: population(60, 4), tables: tables(12, 5, 5), rounds: 3, ..Draft::default() };
    let problem = problem(draft);
    let seating = seat(&problem, 1, 200_000);
    let mut themed = 0;
    for table in seating.rounds.iter().flatten() {
        let holders = |topic: &str| table.iter().filter(|person| problem.people()[**person].passions.contains_key(topic)).count();
        match theme(&problem, table) {
            Theme::Topic(topic) => {
                assert!(2 * holders(&topic) >= table.len());
                themed += 1;
            }
            Theme::Mixed => {
                let topics = table.iter().flat_map(|person| problem.people()[*person].passions.keys());
                assert!(topics.map(|topic| holders(topic)).all(|holders| holders < 2 || 2 * holders < table.len()));
            }
        }
    }
    assert!(themed > 20, "most of the 36 tables are about something: {themed}");
}

#[test]
fn sr_04_more_holders_then_stronger_then_rarer() {
    let person = |name: &str, passions: &[(&str, u8)]| {
        passions.iter().fold(Person::new(name), |person, (topic, level)| person.with_passion(*topic, *level))
    };
    let people = vec![
        person("Ada", &[("jazz", 1), ("hiking", 3), ("chess", 2), ("go", 2)]),
        person("Bo", &[("jazz", 1), ("hiking", 3), ("chess", 2), ("go", 2)]),
        person("Luca", &[("jazz", 1)]),
        person("Mei", &[]),
        person("Noor", &[("go", 1)]),
    ];
    let problem = problem(Draft { people, tables: vec![Table::new("1", 5, 5)], rounds: 1, ..Draft::default() });
    assert_eq!(theme(&problem, &[0, 1, 2, 3]), Theme::Topic("jazz".into()), "three hold it");
    assert_eq!(theme(&problem, &[0, 1, 3]), Theme::Topic("hiking".into()), "two hold it, strongest");
    assert_eq!(theme(&problem, &[2, 3]), Theme::Mixed);
    assert_eq!(theme(&problem, &[3, 4]), Theme::Mixed, "one person's passion is nobody's theme");
    let pair = [(0, 1)].map(|(a, b)| theme(&problem, &[a, b]));
    assert_eq!(pair, [Theme::Topic("hiking".into())]);
}

#[test]
fn sr_21_an_event_without_table_sizes_sits_at_fours_and_fives() {
    let sizes = split(23, DEFAULT_SIZES).expect("23 is 5 + 5 + 5 + 4 + 4");
    let tables: Vec<Table> = sizes.iter().zip(1..).map(|(size, number)| Table::new(number.to_string(), *size, *size)).collect();
    let problem = problem(Draft { people: population(23, 1), tables, rounds: 2, ..Draft::default() });
    let seating = seat(&problem, 1, 20_000);
    assert!(seating.rounds.iter().flatten().all(|table| (4..=5).contains(&table.len())));
}

#[test]
fn every_seat_has_its_reason() {
    let mut people = vec![
        Person::new("Ada").with_passion("hiking", 3).with_passion("jazz", 1),
        Person::new("Bo").with_passion("hiking", 2),
        Person::new("Luca").with_passion("hiking", 1).with_passion("jazz", 3),
        Person::new("Mei"),
    ];
    people[0].offers = vec!["Bookkeeping".into()];
    people[1].needs = vec!["help with bookkeeping".into()];
    let problem = problem(Draft { people, tables: vec![Table::new("1", 4, 4)], rounds: 2, ..Draft::default() });
    let seating = seat(&problem, 1, 100);
    let ada = why(&problem, &seating, 0, 0, 0);
    let shared: Vec<(&str, &[usize])> = ada.shared.iter().map(|shared| (shared.topic.as_str(), shared.mates.as_slice())).collect();
    assert_eq!(shared, [("hiking", &[1, 2][..]), ("jazz", &[2][..])]);
    assert_eq!((ada.gives[0].mate, ada.gives[0].offer.as_str(), ada.gives[0].need.as_str()), (1, "Bookkeeping", "help with bookkeeping"));
    assert!(ada.gets.is_empty() && ada.met_before.is_empty());
    let bo = why(&problem, &seating, 1, 0, 1);
    assert_eq!((bo.gets[0].mate, bo.met_before.as_slice()), (0, &[0, 2, 3][..]));
    assert_eq!(why(&problem, &seating, 9, 9, 9), Default::default());
}

/// docs/seating.md works this out by hand.
#[test]
fn the_example_of_the_docs() {
    let person = |name: &str, passions: &[(&str, u8)]| {
        passions.iter().fold(Person::new(name), |person, (topic, level)| person.with_passion(*topic, *level))
    };
    let people = vec![
        person("Ada", &[("jazz", 3), ("hiking", 2)]),
        person("Bo", &[("hiking", 2)]),
        person("Luca", &[("jazz", 2), ("ceramics", 3)]),
        person("Mei", &[("ceramics", 2)]),
    ];
    let seated = |aim| {
        let draft = Draft { people: people.clone(), tables: tables(2, 2, 2), rounds: 2, aim, ..Draft::default() };
        let score = seat(&problem(draft), 1, 10_000).score;
        (format!("{:.4}", score.total), score.isolated, score.repeats)
    };
    assert_eq!(seated(Aim::Plain), ("1.8483".to_owned(), 2, 0));
    assert_eq!(seated(Aim::Fair), ("-0.6132".to_owned(), 0, 2));
}

/// Sixty people of eight units at twelve tables of five.
fn of_units(rule: Rule) -> (Draft, Seating) {
    let draft = Draft { people: population(60, 2), tables: tables(12, 5, 5), rounds: 3, rules: vec![rule], ..Draft::default() };
    let seating = seat(&problem(draft.clone()), 1, 100_000);
    assert_eq!(broken(&draft, &seating.rounds), Vec::<String>::new());
    (draft, seating)
}

fn company(company: Company, attribute: &str) -> Rule {
    Rule::Company { company, attribute: attribute.into(), members: vec![], weight: None }
}

#[test]
fn sr_15_at_most_so_many_of_a_unit_sit_together() {
    for rule in [company(Company::AtMost(2), "unit"), company(Company::Different, "unit"), company(Company::AtMost(1), "unit=unit 0")] {
        of_units(rule);
    }
}

#[test]
fn sr_16_every_table_has_a_part_of_those_from_outside() {
    let people = population(60, 2).into_iter().enumerate().map(|(position, mut person)| {
        person.attributes.insert("audience".into(), if position % 3 == 0 { "external" } else { "internal" }.into());
        person
    });
    let rules = vec![company(Company::AtLeast(1), "audience=external"), company(Company::AtMost(3), "audience=internal")];
    // Twenty from outside at twelve tables: one at each and three inside at most cannot fill tables of five.
    let draft = Draft { people: people.collect(), tables: tables(12, 5, 5), rounds: 3, rules, ..Draft::default() };
    let problem_as_given = problem(draft.clone());
    let refused = solve(&problem_as_given, &Options::seeded(1), |_| Flow::Continue).expect_err("forty inside, thirty-six places for them");
    assert_eq!(refused.reason.code(), "too_many_alike");
    let relaxed = Draft { rules: vec![draft.rules[0].clone(), company(Company::AtMost(4), "audience=internal")], ..draft };
    let seating = seat(&problem(relaxed.clone()), 1, 100_000);
    assert_eq!(broken(&relaxed, &seating.rounds), Vec::<String>::new());
}

#[test]
fn nobody_of_a_unit_is_left_alone_among_others() {
    let (draft, seating) = of_units(company(Company::AtLeast(2), "unit"));
    for table in seating.rounds.iter().flatten() {
        for &person in table {
            let unit = &draft.people[person].unit;
            assert!(table.iter().filter(|other| draft.people[**other].unit == *unit).count() >= 2);
        }
    }
}

#[test]
fn a_weighted_rule_is_bent_where_that_is_worth_it() {
    let same_unit = |weight: Option<f64>| {
        let rule = Rule::Company { company: Company::Different, attribute: "unit".into(), members: vec![], weight };
        let draft = Draft { people: population(60, 2), tables: tables(12, 5, 5), rounds: 3, rules: vec![rule], ..Draft::default() };
        let seating = seat(&problem(draft.clone()), 1, 100_000);
        let pairs = |table: &Vec<usize>| {
            let same = |a: usize, b: usize| a < b && draft.people[a].unit == draft.people[b].unit;
            table.iter().map(|a| table.iter().filter(|b| same(*a, **b)).count()).sum::<usize>()
        };
        seating.rounds.iter().flatten().map(pairs).sum::<usize>()
    };
    let (must, dear, free) = (same_unit(None), same_unit(Some(0.5)), same_unit(Some(0.0)));
    assert!(must == 0 && dear < free, "{must}, {dear}, {free}");
}
