//! What a table is about.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::problem::Problem;

/// A theme is held by at least this share of the table, in percent.
pub const THEME_SHARE: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Theme {
    Topic(String),
    /// Nothing is common to enough of them.
    Mixed,
}

/// The topic most of the table holds; of several the one they feel strongest about, then the rarest at the event.
/// One person's passion is nobody's theme.
pub fn theme(problem: &Problem, members: &[usize]) -> Theme {
    let mut held: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
    for taste in members.iter().flat_map(|person| &problem.tastes[*person]).filter(|taste| taste.level > 0) {
        let (holders, level) = held.entry(taste.topic).or_default();
        *holders += 1;
        *level += u32::from(taste.level);
    }
    let common = held.into_iter().filter(|(_, (holders, _))| *holders >= 2 && 100 * holders >= THEME_SHARE * members.len());
    // The smallest number last, so that equals go by name.
    let best =
        common.max_by_key(|(topic, (holders, level))| (*holders, *level, Reverse(problem.holders[*topic as usize]), Reverse(*topic)));
    best.map_or(Theme::Mixed, |(topic, _)| Theme::Topic(problem.topics[topic as usize].clone()))
}
