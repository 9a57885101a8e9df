//! Whether a seating can exist at all. What is said here is proven; what chance fails to find is said by the search.

use std::collections::{BTreeMap, VecDeque};

use crate::arrange::{self, Failure};
use crate::cliques::cliques;
use crate::hard::{self, Hard, Size};
use crate::places::places;
use crate::problem::Problem;
use crate::sentences::{self, names, tables_named, there, verb, who};

/// No seating keeps all the rules, or (only for [`Reason::NotFound`]) none was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Infeasible {
    pub reason: Reason,
    /// For the organizer.
    pub sentence: String,
    /// The rules that cannot all be kept, as few as were found.
    pub conflicts: Vec<Conflict>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    TooFewSeats,
    MinimaTooHigh,
    GroupTooLarge,
    TogetherAndApart,
    TooManyApart,
    FixedContradiction,
    TooFewAccessibleSeats,
    NoCommonLanguage,
    /// More people have something in common than all tables may take of them.
    TooManyAlike,
    /// Fewer people have something in common than the tables need.
    TooFewAlike,
    /// Each rule alone could be kept, all of them cannot: every possibility was tried.
    Contradiction,
    /// An honest search found nothing; there may be a seating all the same.
    NotFound,
}

/// One of the rules that collide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub rule: String,
    pub people: Vec<usize>,
    pub tables: Vec<usize>,
    /// What would help.
    pub relax: String,
}

impl Reason {
    pub fn code(self) -> &'static str {
        match self {
            Reason::TooFewSeats => "too_few_seats",
            Reason::MinimaTooHigh => "minima_too_high",
            Reason::GroupTooLarge => "group_too_large",
            Reason::TogetherAndApart => "together_and_apart",
            Reason::TooManyApart => "too_many_apart",
            Reason::FixedContradiction => "fixed_contradiction",
            Reason::TooFewAccessibleSeats => "too_few_accessible_seats",
            Reason::NoCommonLanguage => "no_common_language",
            Reason::TooManyAlike => "too_many_alike",
            Reason::TooFewAlike => "too_few_alike",
            Reason::Contradiction => "contradiction",
            Reason::NotFound => "not_found",
        }
    }

    pub fn is_proven(self) -> bool {
        self != Reason::NotFound
    }
}

/// The plain cases, fast. `Ok` does not promise a seating.
pub fn check(problem: &Problem) -> Result<(), Infeasible> {
    seats(problem)?;
    group_sizes(problem)?;
    together_and_apart(problem)?;
    fixed(problem)?;
    accessible(problem)?;
    group_languages(problem)?;
    counts(problem)?;
    cliques(problem)?;
    places(problem)
}

/// Says why a round could not be arranged, naming as few rules as still collide.
pub(crate) fn explain(problem: &Problem, round: usize, failure: Failure) -> Infeasible {
    if failure == Failure::NotFound {
        let sentence =
            format!("No seating that keeps every rule was found for round {}; there may be one all the same.", problem.round_number(round));
        let relax = "Drop a rule, or allow larger tables.".to_owned();
        let conflicts = vec![Conflict { rule: "all rules together".into(), people: vec![], tables: vec![], relax }];
        return Infeasible { reason: Reason::NotFound, sentence, conflicts };
    }
    let mut needed = problem.rules.clone();
    if needed.len() <= 60 {
        // Whatever can go while the rest still collides is not part of the reason.
        for position in (0..needed.len()).rev() {
            let mut fewer = needed.clone();
            fewer.remove(position);
            if arrange::search(&problem.hard.with_rules(&fewer), round, 5_000) == Err(Failure::Impossible) {
                needed = fewer;
            }
        }
    }
    let conflicts: Vec<Conflict> = needed.iter().map(|rule| named(problem, rule)).collect();
    let why = match conflicts.len() {
        0 => "the sizes, languages and accessible seats of the tables leave no possibility".to_owned(),
        1 => "with these tables, one rule leaves no possibility".to_owned(),
        several => format!("with these tables, {several} rules together leave no possibility"),
    };
    let conflicts = if conflicts.is_empty() {
        vec![all_tables(problem, "sizes, languages and accessible seats of the tables", "Add a table, or make one larger.".to_owned())]
    } else {
        conflicts
    };
    Infeasible {
        reason: Reason::Contradiction,
        sentence: format!("Round {} cannot be seated: {why}.", problem.round_number(round)),
        conflicts,
    }
}

fn seats(problem: &Problem) -> Result<(), Infeasible> {
    let people = problem.people.len();
    let most = problem.tables.iter().map(|table| table.max).fold(0usize, usize::saturating_add);
    let least = problem.hard.tables.iter().map(Size::least).fold(0usize, usize::saturating_add);
    if most < people {
        let missing = people - most;
        return Err(Infeasible {
            reason: Reason::TooFewSeats,
            sentence: format!("There {} {} and {}.", verb(people, "is", "are"), sentences::people(people), sentences::seats(most)),
            conflicts: vec![all_tables(
                problem,
                "seats of all tables",
                format!("Add {}, or seat fewer people.", sentences::seats(missing)),
            )],
        });
    }
    if least > people {
        return Err(Infeasible {
            reason: Reason::MinimaTooHigh,
            sentence: format!(
                "The {} at least {}, and {} {people}.",
                verb(problem.tables.len(), "table needs", "tables need"),
                sentences::people(least),
                there(people)
            ),
            conflicts: vec![all_tables(
                problem,
                "minimum of all tables",
                match problem.tables.len() {
                    1 => format!("Lower its minimum to {people}."),
                    _ => format!("Take away a table, or lower the minima by {} in all.", least - people),
                },
            )],
        });
    }
    // Where nobody need sit at any table, somebody has to sit at one.
    let smallest = problem.hard.tables.iter().map(|table| table.min).min().unwrap_or(0);
    if smallest > people {
        return Err(Infeasible {
            reason: Reason::MinimaTooHigh,
            sentence: format!("A table needs at least {}, and {} {people}.", sentences::people(smallest), there(people)),
            conflicts: vec![all_tables(problem, "minimum of every table", format!("Lower the minimum of a table to {people}."))],
        });
    }
    Ok(())
}

fn all_tables(problem: &Problem, rule: &str, relax: String) -> Conflict {
    Conflict { rule: rule.into(), people: vec![], tables: (0..problem.tables.len()).collect(), relax }
}

fn group_sizes(problem: &Problem) -> Result<(), Infeasible> {
    let largest = problem.tables.iter().map(|table| table.max).max().unwrap_or(0);
    let Some(group) = problem.hard.groups.iter().filter(|group| group.len() > largest).max_by_key(|group| group.len()) else {
        return Ok(());
    };
    let people: Vec<usize> = group.iter().map(|person| *person as usize).collect();
    Err(Infeasible {
        reason: Reason::GroupTooLarge,
        sentence: format!("{} are to stay together, and the largest table seats {largest}.", sentences::people(people.len())),
        conflicts: vec![Conflict {
            rule: format!("together: {}", names(problem, &people)),
            people,
            tables: vec![],
            relax: "Split the group, or use a larger table.".into(),
        }],
    })
}

fn together_and_apart(problem: &Problem) -> Result<(), Infeasible> {
    for rule in &problem.rules {
        let Some((a, b)) = tied_and_apart(problem, rule) else {
            continue;
        };
        let apart = match rule {
            hard::Rule::Apart(_) => Conflict {
                rule: format!("apart: {}", names(problem, &[a, b])),
                people: vec![a, b],
                tables: vec![],
                relax: "Let them share a table.".into(),
            },
            other => Conflict { people: vec![a, b], ..named(problem, other) },
        };
        let chain = chain(problem, a, b).into_iter().map(|rule| named(problem, rule));
        return Err(Infeasible {
            reason: Reason::TogetherAndApart,
            sentence: format!("{} are to stay together and also to be kept apart.", names(problem, &[a, b])),
            conflicts: std::iter::once(apart).chain(chain).collect(),
        });
    }
    Ok(())
}

/// Two people of one group whom the rule keeps from each other.
fn tied_and_apart(problem: &Problem, rule: &hard::Rule) -> Option<(usize, usize)> {
    let mut first_of: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for (class, members) in rule.classes_apart().into_iter().enumerate() {
        for &member in members {
            let (before, first) = *first_of.entry(problem.hard.group_of[member]).or_insert((class, member));
            if before != class {
                return Some((first, member));
            }
        }
    }
    None
}

/// The fewest "together" rules that tie two people of one group to each other.
fn chain(problem: &Problem, from: usize, to: usize) -> Vec<&hard::Rule> {
    let mut reached_by: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    let mut used = vec![false; problem.rules.len()];
    while let Some(person) = queue.pop_front() {
        for (position, rule) in problem.rules.iter().enumerate() {
            let hard::Rule::Together(members) = rule else {
                continue;
            };
            if used[position] || !members.contains(&person) {
                continue;
            }
            used[position] = true;
            for &member in members.iter().filter(|member| **member != from) {
                if let std::collections::btree_map::Entry::Vacant(vacant) = reached_by.entry(member) {
                    vacant.insert((person, position));
                    queue.push_back(member);
                }
            }
        }
    }
    let (mut rules, mut person) = (Vec::new(), to);
    while let Some((before, position)) = reached_by.get(&person).filter(|_| person != from) {
        rules.push(&problem.rules[*position]);
        person = *before;
    }
    rules.reverse();
    rules
}

fn fixed(problem: &Problem) -> Result<(), Infeasible> {
    let hard = &problem.hard;
    let all: Vec<(&hard::Rule, usize, usize, Option<usize>)> = problem
        .rules
        .iter()
        .filter_map(|rule| match rule {
            hard::Rule::Fixed { person, table, round } => Some((rule, *person, *table, *round)),
            _ => None,
        })
        .collect();
    for (i, &(rule, a, at, round)) in all.iter().enumerate() {
        let refuse = |sentence: String, rules: &[&hard::Rule], relax: &str| {
            let conflicts = rules.iter().map(|rule| Conflict { relax: relax.into(), ..named(problem, rule) });
            Err(Infeasible { reason: Reason::FixedContradiction, sentence, conflicts: conflicts.collect() })
        };
        let group = hard.group_of[a] as usize;
        let place = tables_named(problem, &[at]);
        if hard.accessible[group] && !hard.tables[at].accessible {
            let needing: Vec<usize> = members(hard, group).into_iter().filter(|person| problem.people[*person].accessible).collect();
            let sentence = if needing.contains(&a) {
                format!("{} needs an accessible seat, and is fixed at {place}, which has none.", names(problem, &[a]))
            } else {
                let stay = verb(needing.len(), "stays", "stay");
                let (fixed, needing) = (names(problem, &[a]), names(problem, &needing));
                format!("{fixed} is fixed at {place}, which has no accessible seat for {needing}, who {stay} with {fixed}.")
            };
            return refuse(sentence, &[rule], "Choose an accessible table.");
        }
        // A group without a language of its own is a matter of the group, not of this table.
        if hard.speaks[group] != 0 && hard.speaks[group] & hard.tables[at].speaks == 0 {
            let sentence = match hard.groups[group].len() {
                1 => format!("{} is fixed at {place}, where another language is spoken.", names(problem, &[a])),
                _ => format!("{} is fixed at {place}, where not all who stay together speak the language.", names(problem, &[a])),
            };
            return refuse(sentence, &[rule], "Choose a table with their language.");
        }
        for &(before, b, other, other_round) in &all[..i] {
            let same_time = round.is_none() || other_round.is_none() || round == other_round;
            let tied = problem.same_group(a, b);
            if same_time && tied && at != other {
                let sentence = match a == b {
                    true => format!("{} would have to be at two tables at once.", names(problem, &[a])),
                    false => format!("{} are to stay together, and are fixed at different tables.", names(problem, &[b, a])),
                };
                return refuse(sentence, &[before, rule], "Fix one table only.");
            }
            if same_time && at == other && hard.must_be_apart(group, hard.group_of[b] as usize) {
                let sentence = format!("{} are fixed at the same table, and are to be kept apart.", names(problem, &[b, a]));
                return refuse(sentence, &[before, rule], "Fix them at different tables, or let them share one.");
            }
        }
    }
    Ok(())
}

fn members(hard: &Hard, group: usize) -> Vec<usize> {
    hard.groups[group].iter().map(|person| *person as usize).collect()
}

fn accessible(problem: &Problem) -> Result<(), Infeasible> {
    let hard = &problem.hard;
    let groups = hard.groups.iter().enumerate().filter(|(group, _)| hard.accessible[*group]);
    let people: Vec<usize> = groups.flat_map(|(_, members)| members.iter().map(|person| *person as usize)).collect();
    let tables: Vec<usize> = (0..hard.tables.len()).filter(|table| hard.tables[*table].accessible).collect();
    let seats: usize = tables.iter().map(|table| hard.tables[*table].max).sum();
    if people.len() <= seats {
        return Ok(());
    }
    let missing = people.len() - seats;
    let company = if people.iter().all(|person| problem.people[*person].accessible) { "" } else { ", counting those who stay with them" };
    Err(Infeasible {
        reason: Reason::TooFewAccessibleSeats,
        sentence: format!(
            "{} {} an accessible seat{company}, and {}.",
            who(problem, &people),
            verb(people.len(), "needs", "need"),
            match seats {
                0 => "there is none".to_owned(),
                seats => format!("{} {seats}", there(seats)),
            }
        ),
        conflicts: vec![Conflict {
            rule: "accessible seats".into(),
            people,
            tables,
            relax: format!("Make a table accessible: {} {} missing.", sentences::seats(missing), verb(missing, "is", "are")),
        }],
    })
}

fn group_languages(problem: &Problem) -> Result<(), Infeasible> {
    let hard = &problem.hard;
    for (members, spoken) in hard.groups.iter().zip(&hard.speaks) {
        let people: Vec<usize> = members.iter().map(|person| *person as usize).collect();
        let (sentence, relax) = if *spoken == 0 {
            (format!("{} are to stay together, and have no language in common.", names(problem, &people)), "Let the group split.")
        } else if hard.tables.iter().all(|table| table.speaks & spoken == 0) {
            let finds = verb(people.len(), "finds no table in their language", "find no table in a language they share");
            (format!("{} {finds}.", names(problem, &people)), "Open a table in their language, or one where any is spoken.")
        } else {
            continue;
        };
        return Err(Infeasible {
            reason: Reason::NoCommonLanguage,
            sentence,
            conflicts: vec![Conflict { rule: "a common language at the table".into(), people, tables: vec![], relax: relax.into() }],
        });
    }
    Ok(())
}

/// So many tables are in use at least that some of them must have too many or too few of those a rule counts.
fn counts(problem: &Problem) -> Result<(), Infeasible> {
    let hard = &problem.hard;
    let mut sizes: Vec<usize> = hard.tables.iter().map(|table| table.max).collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    let seated = sizes.iter().scan(0, |seated, size| Some(std::mem::replace(seated, *seated + size)));
    let filled = seated.take_while(|seated| *seated < problem.people.len()).count();
    let used = filled.max(hard.tables.iter().filter(|table| table.least() > 0).count());
    for count in &hard.counts {
        let (have, most) = (count.people.len(), sizes.iter().map(|size| count.most.min(*size)).sum::<usize>());
        let conflict = |relax: String| Conflict { relax, ..named(problem, &hard::Rule::Count(count.clone())) };
        if have > most {
            let (all, tables) = (sentences::people(have), sentences::tables(sizes.len()));
            let sentence = format!("{all} share {}, and {tables} with at most {} of them take {most}.", count.what, count.most);
            let relax = format!("Allow {} of them at a table, or add a table.", have.div_ceil(sizes.len()));
            return Err(Infeasible { reason: Reason::TooManyAlike, sentence, conflicts: vec![conflict(relax)] });
        }
        let needed = count.least.saturating_mul(if count.if_any { usize::from(have > 0) } else { used });
        if have < needed {
            let sentence = match count.if_any {
                true => format!("A table is to have at least {} who share {}, and {} {have}.", count.least, count.what, there(have)),
                false => format!(
                    "Each of at least {} is to have {} who share {}, and {} {have}.",
                    sentences::tables(used),
                    count.least,
                    count.what,
                    there(have)
                ),
            };
            let relax = match have / used {
                0 => "Drop the rule, or use fewer tables.".to_owned(),
                fewer => format!("Ask for {fewer} of them at a table."),
            };
            return Err(Infeasible { reason: Reason::TooFewAlike, sentence, conflicts: vec![conflict(relax)] });
        }
    }
    Ok(())
}

fn named(problem: &Problem, rule: &hard::Rule) -> Conflict {
    match rule {
        hard::Rule::Together(members) => Conflict {
            rule: format!("together: {}", names(problem, members)),
            people: members.clone(),
            tables: vec![],
            relax: "Let the group split.".into(),
        },
        hard::Rule::Apart(members) => Conflict {
            rule: format!("apart: {}", names(problem, members)),
            people: members.clone(),
            tables: vec![],
            relax: "Let them share a table.".into(),
        },
        hard::Rule::Same { what, classes } => Conflict {
            rule: format!("same {what}"),
            people: classes.iter().flatten().copied().collect(),
            tables: vec![],
            relax: format!("Let people of different {what} share a table."),
        },
        hard::Rule::Count(count) => Conflict {
            rule: match count.most {
                usize::MAX => format!("at least {} of {}", count.least, count.what),
                most => format!("at most {most} of {}", count.what),
            },
            people: count.people.clone(),
            tables: vec![],
            relax: "Change the number, or drop the rule.".into(),
        },
        hard::Rule::Fixed { person, table, round } => Conflict {
            rule: format!(
                "fixed: {} at table {}{}",
                names(problem, &[*person]),
                problem.tables[*table].id,
                round.map_or(String::new(), |round| format!(" in round {}", problem.round_number(round)))
            ),
            people: vec![*person],
            tables: vec![*table],
            relax: "Let them sit elsewhere.".into(),
        },
    }
}
