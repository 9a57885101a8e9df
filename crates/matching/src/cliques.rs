//! More people who must all be apart from each other than there are tables.

use std::collections::BTreeSet;

use crate::check::{Conflict, Infeasible, Reason};
use crate::problem::Problem;
use crate::sentences::{self, names, there};

/// More groups that must all be apart than there are tables. Greedy first; small cores are searched to the end.
pub(crate) fn cliques(problem: &Problem) -> Result<(), Infeasible> {
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
