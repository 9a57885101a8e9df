//! What no seating may break, in the shape the search asks for it. All of it concerns one round at a time.
//! Locked seats and tables of an earlier plan belong here when they come: they are `Fixed` rules.

use std::collections::HashMap;

use crate::draft::{Person, Table};

/// A hard rule of the draft, people and tables by position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rule {
    Together(Vec<usize>),
    Apart(Vec<usize>),
    /// People of different classes never share a table.
    Same {
        what: String,
        classes: Vec<Vec<usize>>,
    },
    Count(Count),
    /// In one round, or in all.
    Fixed {
        person: usize,
        table: usize,
        round: Option<usize>,
    },
}

impl Rule {
    /// Where the rule is that nobody of one class meets anybody of another.
    pub(crate) fn classes_apart(&self) -> Vec<&[usize]> {
        match self {
            Rule::Apart(members) => members.iter().map(std::slice::from_ref).collect(),
            Rule::Same { classes, .. } => classes.iter().map(Vec::as_slice).collect(),
            // The search knows more about pairs than about counts.
            Rule::Count(Count { people, least: 0, most: 1, .. }) => people.iter().map(std::slice::from_ref).collect(),
            Rule::Together(_) | Rule::Count(_) | Rule::Fixed { .. } => Vec::new(),
        }
    }
}

/// How many of these people may be at one table where anybody sits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Count {
    /// What they have in common, for people to read.
    pub(crate) what: String,
    pub(crate) people: Vec<usize>,
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// None of them is fine, too.
    pub(crate) if_any: bool,
}

impl Count {
    pub(crate) fn allows(&self, holders: usize, sitting: usize) -> bool {
        holders <= self.most && (holders >= self.least || sitting == 0 || self.if_any && holders == 0)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Hard {
    needs: Vec<Needs>,
    pub(crate) rounds: usize,
    pub(crate) tables: Vec<Size>,
    /// People who move as one; most groups are of one person.
    pub(crate) groups: Vec<Vec<u32>>,
    pub(crate) group_of: Vec<u32>,
    /// Per group the groups it must not meet, in order.
    pub(crate) apart: Vec<Vec<u32>>,
    pub(crate) fixed: Vec<Vec<(Option<usize>, usize)>>,
    pub(crate) counts: Vec<Count>,
    /// Which counts each group is part of, and with how many people.
    pub(crate) counted: Vec<Vec<(u32, u16)>>,
    pub(crate) accessible: Vec<bool>,
    /// Languages everybody in the group speaks, one bit each.
    pub(crate) speaks: Vec<u64>,
    /// Whether any group could lack a language in common with another, or with a table.
    pub(crate) languages_matter: bool,
    /// Whether anything but capacity limits where this group sits.
    pub(crate) bound: Vec<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Size {
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) accessible: bool,
    pub(crate) speaks: u64,
    pub(crate) optional: bool,
}

impl Size {
    pub(crate) fn allows(&self, people: usize) -> bool {
        people <= self.max && self.missing(people) == 0
    }

    /// How many more have to come where so many sit.
    pub(crate) fn missing(&self, people: usize) -> usize {
        if self.optional && people == 0 { 0 } else { self.min.saturating_sub(people) }
    }

    /// How many have to sit here, whatever happens elsewhere.
    pub(crate) fn least(&self) -> usize {
        self.missing(0)
    }

    /// Whether so many people can sit at these tables in more than one division of numbers.
    pub(crate) fn vary<'t>(tables: impl Iterator<Item = &'t Size> + Clone, people: usize) -> bool {
        tables.clone().map(Size::least).sum::<usize>() < people && people < tables.map(|table| table.max).sum()
    }
}

#[derive(Clone, Copy, Debug)]
struct Needs {
    accessible: bool,
    speaks: u64,
}

const ANY_LANGUAGE: u64 = u64::MAX;

impl Hard {
    pub(crate) fn new(people: &[Person], tables: &[Table], rounds: usize, languages: &HashMap<String, u32>, rules: &[Rule]) -> Self {
        let bit = |language: &String| 1u64 << languages[language];
        let size = |table: &Table| Size {
            min: table.min,
            max: table.max.min(people.len()),
            accessible: table.accessible,
            speaks: table.language.as_ref().map_or(ANY_LANGUAGE, bit),
            optional: table.optional,
        };
        let spoken_by = |person: &Person| match person.languages.as_slice() {
            [] => ANY_LANGUAGE,
            spoken => spoken.iter().map(bit).fold(0, |all, one| all | one),
        };
        let needs: Vec<Needs> = people.iter().map(|person| Needs { accessible: person.accessible, speaks: spoken_by(person) }).collect();
        Self::build(needs, tables.iter().map(size).collect(), rounds, rules)
    }

    /// The same people and tables under other rules.
    pub(crate) fn with_rules(&self, rules: &[Rule]) -> Self {
        Self::build(self.needs.clone(), self.tables.clone(), self.rounds, rules)
    }

    fn build(needs: Vec<Needs>, tables: Vec<Size>, rounds: usize, rules: &[Rule]) -> Self {
        let (groups, group_of) = groups(needs.len(), rules);
        let needs_of = |group: &[u32]| -> Vec<Needs> { group.iter().map(|person| needs[*person as usize]).collect() };
        let speaks: Vec<u64> = groups.iter().map(|group| needs_of(group).iter().fold(ANY_LANGUAGE, |all, one| all & one.speaks)).collect();
        let in_common = speaks.iter().chain(tables.iter().map(|table| &table.speaks)).fold(ANY_LANGUAGE, |all, one| all & one);
        let mut hard = Hard {
            rounds,
            apart: vec![Vec::new(); groups.len()],
            fixed: vec![Vec::new(); groups.len()],
            counts: Vec::new(),
            counted: vec![Vec::new(); groups.len()],
            accessible: groups.iter().map(|group| needs_of(group).iter().any(|one| one.accessible)).collect(),
            languages_matter: in_common == 0,
            bound: Vec::new(),
            needs,
            tables,
            groups,
            group_of,
            speaks,
        };
        hard.read(rules);
        hard.bound = (0..hard.groups.len())
            .map(|group| {
                let limited = !hard.apart[group].is_empty() || !hard.fixed[group].is_empty() || !hard.counted[group].is_empty();
                limited || hard.languages_matter || hard.accessible[group]
            })
            .collect();
        hard
    }

    fn read(&mut self, rules: &[Rule]) {
        for rule in rules {
            match rule {
                Rule::Together(_) => {}
                Rule::Count(count) if rule.classes_apart().is_empty() => self.count(count),
                Rule::Apart(_) | Rule::Same { .. } | Rule::Count(_) => self.keep_apart(&rule.classes_apart()),
                Rule::Fixed { person, table, round } => self.fixed[self.group_of[*person] as usize].push((*round, *table)),
            }
        }
        for others in &mut self.apart {
            others.sort_unstable();
            others.dedup();
        }
    }

    /// Nobody of one class meets anybody of another.
    fn keep_apart(&mut self, classes: &[&[usize]]) {
        for (i, one) in classes.iter().enumerate() {
            for (a, b) in one.iter().flat_map(|a| classes[i + 1..].iter().copied().flatten().map(move |b| (*a, *b))) {
                let (a, b) = (self.group_of[a], self.group_of[b]);
                self.apart[a as usize].push(b);
                self.apart[b as usize].push(a);
            }
        }
    }

    fn count(&mut self, count: &Count) {
        let number = self.counts.len() as u32;
        for &person in &count.people {
            let counted = &mut self.counted[self.group_of[person] as usize];
            match counted.last_mut() {
                Some((last, people)) if *last == number => *people += 1,
                _ => counted.push((number, 1)),
            }
        }
        self.counts.push(count.clone());
    }

    /// Whether a table may have so many of each count, where so many people sit.
    pub(crate) fn counts_allow(&self, holders: impl Iterator<Item = (u32, usize)>, sitting: usize) -> bool {
        holders.into_iter().all(|(count, holders)| self.counts[count as usize].allows(holders, sitting))
    }

    /// Whether these groups may make up a table, as far as counts go.
    pub(crate) fn counts_hold(&self, groups: impl Iterator<Item = usize>) -> bool {
        if self.counts.is_empty() {
            return true;
        }
        let (mut holders, mut sitting) = (vec![0; self.counts.len()], 0);
        for group in groups {
            sitting += self.groups[group].len();
            for (count, people) in &self.counted[group] {
                holders[*count as usize] += *people as usize;
            }
        }
        self.counts_allow((0..).zip(holders), sitting)
    }

    /// Whether the group may sit there as far as the table itself goes.
    pub(crate) fn may(&self, group: usize, round: usize, table: usize) -> bool {
        let place = &self.tables[table];
        (!self.accessible[group] || place.accessible)
            && self.speaks[group] & place.speaks != 0
            && self.fixed[group].iter().all(|(only, wanted)| *wanted == table || only.is_some_and(|only| only != round))
    }

    /// One person, whom nothing but capacity keeps from any table.
    pub(crate) fn is_plain(&self, group: usize) -> bool {
        !self.bound[group] && self.groups[group].len() == 1
    }

    /// The most pairs that people who move as one can make with those at a table.
    pub(crate) fn most_meetings(&self) -> usize {
        let largest_group = self.groups.iter().map(Vec::len).max().unwrap_or(1);
        let largest_table = self.tables.iter().map(|table| table.max).max().unwrap_or(1);
        largest_group * largest_table
    }

    pub(crate) fn must_be_apart(&self, a: usize, b: usize) -> bool {
        self.apart[a].binary_search(&(b as u32)).is_ok()
    }

    pub(crate) fn group(&self, person: usize) -> &[u32] {
        &self.groups[self.group_of[person] as usize]
    }
}

/// Merges overlapping groups. Groups are numbered by their first member.
fn groups(n: usize, rules: &[Rule]) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut leader: Vec<usize> = (0..n).collect();
    for rule in rules {
        if let Rule::Together(members) = rule {
            for pair in members.windows(2) {
                let (a, b) = (find(&mut leader, pair[0]), find(&mut leader, pair[1]));
                leader[a.max(b)] = a.min(b);
            }
        }
    }
    let (mut groups, mut number, mut group_of) = (Vec::<Vec<u32>>::new(), vec![u32::MAX; n], vec![0; n]);
    for (person, group) in group_of.iter_mut().enumerate() {
        let first = find(&mut leader, person);
        if number[first] == u32::MAX {
            number[first] = groups.len() as u32;
            groups.push(Vec::new());
        }
        *group = number[first];
        groups[number[first] as usize].push(person as u32);
    }
    (groups, group_of)
}

fn find(leader: &mut [usize], mut person: usize) -> usize {
    while leader[person] != person {
        leader[person] = leader[leader[person]];
        person = leader[person];
    }
    person
}
