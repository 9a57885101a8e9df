//! Who may sit where, by counting alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::check::{Conflict, Infeasible, Reason};
use crate::hard::Hard;
use crate::problem::Problem;
use crate::sentences::{self, tables_named, verb, who};

/// Counting alone: in each round everybody can be given a seat where they may sit, and every minimum can be met.
/// When both are possible one by one they are possible at once (Mendelsohn and Dulmage, 1958), so nothing is missed.
pub(crate) fn places(problem: &Problem) -> Result<(), Infeasible> {
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
                sentence: format!("In round {}, {} {where_to}.", problem.round_number(round), who(problem, &people)),
                conflicts: vec![Conflict { rule: "who may sit where".into(), people, tables, relax: relax.into() }],
            });
        }
        let turned = kinds.turned();
        if let Some((tables, people)) = turned.shortage(|kind| kind.min, |kind| kind.people.len()) {
            let tables: Vec<usize> = tables.iter().flat_map(|kind| kinds.of_tables[*kind].tables.iter().copied()).collect();
            let people: Vec<usize> = people.iter().flat_map(|kind| kinds.of_people[*kind].people.iter().copied()).collect();
            let needed: usize = tables.iter().map(|table| hard.tables[*table].least()).sum();
            let may = match people.len() {
                0 => "nobody may".to_owned(),
                count => format!("only {count} may"),
            };
            return Err(Infeasible {
                reason: Reason::MinimaTooHigh,
                sentence: format!(
                    "In round {}, {} {} at least {}, and {may} sit there.",
                    problem.round_number(round),
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
            kind.min += size.least();
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
