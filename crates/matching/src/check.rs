//! Whether a seating can exist at all. What is said here is proven; what chance fails to find is said by the search.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::arrange::{self, Failure};
use crate::hard::{self, Hard};
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
        let sentence = format!("No seating that keeps every rule was found for round {}; there may be one all the same.", round + 1);
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
    Infeasible { reason: Reason::Contradiction, sentence: format!("Round {} cannot be seated: {why}.", round + 1), conflicts }
}

fn seats(problem: &Problem) -> Result<(), Infeasible> {
    let people = problem.people.len();
    let most = problem.tables.iter().map(|table| table.max).fold(0usize, usize::saturating_add);
    let least = problem.tables.iter().map(|table| table.min).fold(0usize, usize::saturating_add);
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
    let used = filled.max(hard.tables.iter().filter(|table| table.min > 0).count());
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

/// More groups that must all be apart than there are tables. Greedy first; small cores are searched to the end.
fn cliques(problem: &Problem) -> Result<(), Infeasible> {
    let tables = problem.tables.len();
    let apart = &problem.hard.apart;
    let core = core(apart, tables);
    let Some(clique) = greedy_clique(apart, &core, tables).or_else(|| exact_clique(apart, &core, tables)) else {
        return Ok(());
    };
    let people: Vec<usize> = clique.iter().map(|group| problem.hard.groups[*group][0] as usize).collect();
    let alone = clique.iter().all(|group| problem.hard.groups[*group].len() == 1);
    let (who, relax) = match (people.len(), alone) {
        (2, true) => (names(problem, &people), "Let them share a table, or add a table."),
        (many, true) => (format!("{many} people"), "Let two of them share a table, or add a table."),
        (many, false) => (format!("{many} people or groups"), "Let two of them share a table, or add a table."),
    };
    Err(Infeasible {
        reason: Reason::TooManyApart,
        sentence: format!("{who} must be kept apart from each other, and {} {}.", there(tables), sentences::tables(tables)),
        conflicts: vec![Conflict { rule: format!("apart: {}", names(problem, &people)), people, tables: vec![], relax: relax.into() }],
    })
}

/// What is left after taking away, again and again, whoever has too few to be apart from to belong to such a clique.
fn core(apart: &[Vec<u32>], tables: usize) -> BTreeSet<usize> {
    let mut degree: Vec<usize> = apart.iter().map(Vec::len).collect();
    let mut gone: Vec<usize> = (0..apart.len()).filter(|group| degree[*group] < tables).collect();
    let mut left: BTreeSet<usize> = (0..apart.len()).filter(|group| degree[*group] >= tables).collect();
    while let Some(group) = gone.pop() {
        for &other in &apart[group] {
            let other = other as usize;
            degree[other] = degree[other].saturating_sub(1);
            if degree[other] < tables && left.remove(&other) {
                gone.push(other);
            }
        }
    }
    left
}

fn greedy_clique(apart: &[Vec<u32>], core: &BTreeSet<usize>, tables: usize) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = core.iter().copied().collect();
    order.sort_by_key(|group| std::cmp::Reverse(apart[*group].len()));
    for &first in order.iter().take(50) {
        let mut clique = vec![first];
        for &next in &order {
            if clique.iter().all(|member| apart[*member].binary_search(&(next as u32)).is_ok()) {
                clique.push(next);
            }
        }
        if clique.len() > tables {
            clique.truncate(tables + 1);
            return Some(clique);
        }
    }
    None
}

fn exact_clique(apart: &[Vec<u32>], core: &BTreeSet<usize>, tables: usize) -> Option<Vec<usize>> {
    let groups: Vec<usize> = core.iter().copied().collect();
    if groups.len() > 128 {
        return None;
    }
    let bits = |group: &usize| {
        let met = groups.iter().enumerate().filter(|(_, other)| apart[*group].binary_search(&(**other as u32)).is_ok());
        met.fold(0u128, |all, (position, _)| all | 1 << position)
    };
    let neighbours: Vec<u128> = groups.iter().map(bits).collect();
    let all = if groups.len() == 128 { u128::MAX } else { (1 << groups.len()) - 1 };
    let (mut clique, mut nodes) = (Vec::new(), 20_000);
    grow(&neighbours, all, tables + 1, &mut clique, &mut nodes).then(|| clique.into_iter().map(|at| groups[at]).collect())
}

fn grow(neighbours: &[u128], mut candidates: u128, wanted: usize, clique: &mut Vec<usize>, nodes: &mut usize) -> bool {
    if clique.len() == wanted {
        return true;
    }
    while clique.len() + candidates.count_ones() as usize >= wanted && candidates != 0 && *nodes > 0 {
        *nodes -= 1;
        let next = candidates.trailing_zeros() as usize;
        candidates &= !(1 << next);
        clique.push(next);
        if grow(neighbours, candidates & neighbours[next], wanted, clique, nodes) {
            return true;
        }
        clique.pop();
    }
    false
}

/// Counting alone: in each round everybody can be given a seat where they may sit, and every minimum can be met.
/// When both are possible one by one they are possible at once (Mendelsohn and Dulmage, 1958), so nothing is missed.
fn places(problem: &Problem) -> Result<(), Infeasible> {
    let hard = &problem.hard;
    if !hard.bound.iter().any(|bound| *bound) {
        return Ok(());
    }
    for round in 0..hard.rounds {
        let kinds = Kinds::of(hard, round);
        if let Some((people, tables)) = kinds.shortage(|kind| kind.people.len(), |kind| kind.max) {
            let people: Vec<usize> = people.iter().flat_map(|kind| kinds.of_people[*kind].people.iter().copied()).collect();
            let tables: Vec<usize> = tables.iter().flat_map(|kind| kinds.of_tables[*kind].tables.iter().copied()).collect();
            let seats: usize = tables.iter().map(|table| hard.tables[*table].max).sum();
            let where_to = match tables.len() {
                0 => "can sit at none of the tables".to_owned(),
                count => format!(
                    "can only sit at {}, which {} {}",
                    tables_named(problem, &tables),
                    verb(count, "has", "have"),
                    sentences::seats(seats)
                ),
            };
            let relax = match tables.len() {
                0 => "Open a table that suits them.",
                1 => "Let some of them sit elsewhere, or make this table larger.",
                _ => "Let some of them sit elsewhere, or make these tables larger.",
            };
            return Err(Infeasible {
                reason: cause(hard, round, &people),
                sentence: format!("In round {}, {} {where_to}.", round + 1, who(problem, &people)),
                conflicts: vec![Conflict { rule: "who may sit where".into(), people, tables, relax: relax.into() }],
            });
        }
        let turned = kinds.turned();
        if let Some((tables, people)) = turned.shortage(|kind| kind.min, |kind| kind.people.len()) {
            let tables: Vec<usize> = tables.iter().flat_map(|kind| kinds.of_tables[*kind].tables.iter().copied()).collect();
            let people: Vec<usize> = people.iter().flat_map(|kind| kinds.of_people[*kind].people.iter().copied()).collect();
            let needed: usize = tables.iter().map(|table| hard.tables[*table].min).sum();
            let may = match people.len() {
                0 => "nobody may".to_owned(),
                count => format!("only {count} may"),
            };
            return Err(Infeasible {
                reason: Reason::MinimaTooHigh,
                sentence: format!(
                    "In round {}, {} {} at least {}, and {may} sit there.",
                    round + 1,
                    tables_named(problem, &tables),
                    verb(tables.len(), "needs", "need"),
                    sentences::people(needed)
                ),
                conflicts: vec![Conflict {
                    rule: "minimum of the tables".into(),
                    people,
                    relax: verb(
                        tables.len(),
                        "Lower this minimum, or let more people sit there.",
                        "Lower these minima, or let more people sit there.",
                    )
                    .into(),
                    tables,
                }],
            });
        }
    }
    Ok(())
}

fn cause(hard: &Hard, round: usize, people: &[usize]) -> Reason {
    let mut groups = people.iter().map(|person| hard.group_of[*person] as usize);
    let is_fixed = |group: usize| hard.fixed[group].iter().any(|(only, _)| only.is_none_or(|only| only == round));
    if groups.clone().any(is_fixed) {
        Reason::FixedContradiction
    } else if groups.all(|group| hard.accessible[group]) {
        Reason::TooFewAccessibleSeats
    } else {
        Reason::NoCommonLanguage
    }
}

/// People and tables of one kind may sit, or be sat at, alike; there are few kinds, so flows between them are cheap.
struct Kinds {
    of_people: Vec<Kind>,
    of_tables: Vec<Kind>,
    open: Vec<Vec<bool>>,
}

#[derive(Clone, Default)]
struct Kind {
    people: Vec<usize>,
    tables: Vec<usize>,
    min: usize,
    max: usize,
}

impl Kinds {
    fn of(hard: &Hard, round: usize) -> Self {
        let at = |group: usize| hard.fixed[group].iter().find(|(only, _)| only.is_none_or(|only| only == round)).map(|(_, table)| *table);
        let named: BTreeSet<usize> = (0..hard.groups.len()).filter_map(at).collect();
        let mut tables: BTreeMap<_, Kind> = BTreeMap::new();
        for (table, size) in hard.tables.iter().enumerate() {
            let kind = tables.entry((size.accessible, size.speaks, named.contains(&table).then_some(table))).or_default();
            kind.tables.push(table);
            kind.min += size.min;
            kind.max += size.max;
        }
        let mut people: BTreeMap<_, (usize, Kind)> = BTreeMap::new();
        for (group, members) in hard.groups.iter().enumerate() {
            let (_, kind) = people.entry((hard.accessible[group], hard.speaks[group], at(group))).or_insert((group, Kind::default()));
            kind.people.extend(members.iter().map(|person| *person as usize));
        }
        let of_tables: Vec<Kind> = tables.into_values().collect();
        let open =
            people.values().map(|(group, _)| of_tables.iter().map(|kind| hard.may(*group, round, kind.tables[0])).collect()).collect();
        Kinds { of_people: people.into_values().map(|(_, kind)| kind).collect(), of_tables, open }
    }

    fn turned(&self) -> Kinds {
        let open = (0..self.of_tables.len()).map(|table| self.open.iter().map(|row| row[table]).collect()).collect();
        Kinds { of_people: self.of_tables.clone(), of_tables: self.of_people.clone(), open }
    }

    /// A set of the first side whose demand exceeds what the second side offers to it (Hall's condition), by maximum flow.
    fn shortage(&self, demand: impl Fn(&Kind) -> usize, offer: impl Fn(&Kind) -> usize) -> Option<(Vec<usize>, Vec<usize>)> {
        let (left, right) = (self.of_people.len(), self.of_tables.len());
        let mut unmet: Vec<usize> = self.of_people.iter().map(demand).collect();
        let mut free: Vec<usize> = self.of_tables.iter().map(offer).collect();
        let mut flow = vec![vec![0usize; right]; left];
        for start in 0..left {
            while unmet[start] > 0 {
                let mut entered: Vec<Option<usize>> = vec![None; right];
                let mut came_back: Vec<Option<usize>> = vec![None; left];
                let mut queue = VecDeque::from([start]);
                let mut end = None;
                let mut reached = vec![false; left];
                reached[start] = true;
                'search: while let Some(from) = queue.pop_front() {
                    for to in 0..right {
                        if !self.open[from][to] || entered[to].is_some() {
                            continue;
                        }
                        entered[to] = Some(from);
                        if free[to] > 0 {
                            end = Some(to);
                            break 'search;
                        }
                        for back in 0..left {
                            if !reached[back] && flow[back][to] > 0 {
                                reached[back] = true;
                                came_back[back] = Some(to);
                                queue.push_back(back);
                            }
                        }
                    }
                }
                let Some(end) = end else {
                    let people = (0..left).filter(|kind| reached[*kind]).collect();
                    return Some((people, (0..right).filter(|kind| entered[*kind].is_some()).collect()));
                };
                let mut path = Vec::new();
                let mut to = end;
                loop {
                    let from = entered[to].expect("a path was entered at each of its tables");
                    path.push((from, to));
                    let Some(before) = came_back[from] else { break };
                    to = before;
                }
                let returned = path.iter().filter_map(|(from, _)| came_back[*from].map(|back| flow[*from][back]));
                let amount = returned.min().unwrap_or(usize::MAX).min(unmet[start]).min(free[end]);
                for (from, to) in path {
                    flow[from][to] += amount;
                    if let Some(back) = came_back[from] {
                        flow[from][back] -= amount;
                    }
                }
                unmet[start] -= amount;
                free[end] -= amount;
            }
        }
        None
    }
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
                round.map_or(String::new(), |round| format!(" in round {}", round + 1))
            ),
            people: vec![*person],
            tables: vec![*table],
            relax: "Let them sit elsewhere.".into(),
        },
    }
}
