//! What the engine is asked: people, tables and rules in its words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, block, passion, registration, rule};
use convivio_domain::words::RuleKind;
use convivio_domain::{NO_FAMILY, PassionCode, PersonId, RegistrationCode, TableLayout, TableSpec, catalogue};
use convivio_matching::{Company, Person, Rule, Sizes, Table};

use super::NoProblem;

pub(super) fn tables(layout: Option<&TableLayout>, people: usize) -> Result<Vec<TableSpec>, NoProblem> {
    if let Some(TableLayout::Listed { tables }) = layout {
        return Ok(tables.clone());
    }
    let sizes = sizes(layout);
    let split = convivio_matching::split(people, sizes).map_err(NoProblem::Infeasible)?;
    // The sizes are what comes out; the rule's own bounds stay the tables' bounds, so that the search may shift people between them.
    Ok(split.into_iter().map(|size| spec(sizes.min.min(size), sizes.max)).collect())
}

/// The tables of a plan whose highest table has this number. One that is listed no more keeps whoever sits there.
pub(super) fn tables_of_plan(layout: Option<&TableLayout>, highest: usize) -> Vec<TableSpec> {
    match layout {
        Some(TableLayout::Listed { tables }) => {
            let gone = (tables.len()..highest).map(|_| spec(0, convivio_matching::MAX_PEOPLE));
            tables.iter().cloned().chain(gone).collect()
        }
        by_size => {
            let sizes = sizes(by_size);
            vec![spec(sizes.min, sizes.max); highest]
        }
    }
}

/// The same, and as many more as these people need, where their number is not the organizer's word.
pub(super) fn tables_to_repair(layout: Option<&TableLayout>, highest: usize, people: usize) -> Vec<TableSpec> {
    let count = match layout {
        Some(TableLayout::Listed { .. }) => highest,
        by_size => {
            let sizes = sizes(by_size);
            highest.max(sizes.count.unwrap_or_else(|| people.div_ceil(sizes.max.max(1))))
        }
    };
    tables_of_plan(layout, count)
}

fn sizes(layout: Option<&TableLayout>) -> Sizes {
    match layout {
        Some(TableLayout::BySize(rule)) => Sizes { min: rule.min.into(), max: rule.max.into(), count: rule.count.map(usize::from) },
        _ => convivio_matching::DEFAULT_SIZES,
    }
}

/// A table that differs in nothing but its size.
fn spec(min: usize, max: usize) -> TableSpec {
    let seats = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    TableSpec { label: None, min: seats(min), max: seats(max), accessible: false, language: None, link: None }
}

pub(super) fn person(registration: &registration::Model, now: DateTime<Utc>) -> Person {
    let profile = &registration.profile;
    Person {
        name: registration.name.to_string(),
        unit: profile.unit.as_ref().map(ToString::to_string),
        passions: profile.passions.iter().map(|passion| (passion.code.as_str().to_owned(), passion.level.get())).collect(),
        offers: profile.offers.iter().map(ToString::to_string).collect(),
        needs: profile.needs_at(now).map(|need| need.text.to_string()).collect(),
        languages: profile.languages.iter().map(|language| language.as_str().to_owned()).collect(),
        accessible: registration.accessibility.is_some(),
        ..Person::new(registration.code.as_str())
    }
}

/// The family of each passion that somebody declares: the catalogue's word, or the organizer's for their own. What has no family of its
/// own is nobody's neighbour.
pub(super) async fn families(scope: &impl Scoped, people: &[registration::Model]) -> convivio_db::Result<BTreeMap<String, String>> {
    let own: BTreeMap<PassionCode, String> = passion::all(scope).await?.into_iter().map(|one| (one.code, one.family)).collect();
    let codes = people.iter().flat_map(|one| one.profile.passions.iter()).map(|passion| &passion.code);
    let family = |code: &PassionCode| own.get(code).cloned().or_else(|| Some(catalogue().get(code.as_str())?.family.clone()));
    let known = codes.filter_map(|code| Some((code.as_str().to_owned(), family(code)?)));
    Ok(known.filter(|(_, family)| family != NO_FAMILY).collect())
}

pub(super) fn table(number: usize, spec: &TableSpec, optional: bool) -> Table {
    Table {
        optional,
        accessible: spec.accessible,
        language: spec.language.as_ref().map(|language| language.as_str().to_owned()),
        ..Table::new(number.to_string(), spec.min.into(), spec.max.into())
    }
}

/// Rules and wishes, of people who have a seat; a rule about someone who cancelled binds the others.
pub(super) fn constraints(people: &[registration::Model], rules: &[rule::Model]) -> Vec<Rule> {
    let here: BTreeSet<&RegistrationCode> = people.iter().map(|registration| &registration.code).collect();
    let present =
        |codes: &[RegistrationCode]| -> Vec<String> { codes.iter().filter(|code| here.contains(code)).map(ToString::to_string).collect() };
    let mut constraints = Vec::new();
    for rule in rules {
        let members = present(&rule.members);
        let weight = rule.weight.unwrap_or(1.0);
        match (rule.kind, rule.hard) {
            (RuleKind::Together, true) if members.len() > 1 => constraints.push(Rule::Together { members }),
            (RuleKind::Together, false) if members.len() > 1 => constraints.push(Rule::Wish { members, weight }),
            (RuleKind::Apart, true) if members.len() > 1 => constraints.push(Rule::Apart { members }),
            (RuleKind::Apart, false) if members.len() > 1 => constraints.push(Rule::Reluctance { members, weight }),
            (RuleKind::Fixed, _) => {
                let table = rule.table.unwrap_or(0).to_string();
                constraints.extend(members.into_iter().map(|member| Rule::Fixed { member, table: table.clone(), round: None }));
            }
            (RuleKind::Together | RuleKind::Apart, _) => {}
            // Of those it was about nobody comes; without members it would be about all.
            _ if members.is_empty() && !rule.members.is_empty() => {}
            (kind, hard) => {
                let k = rule.k.and_then(|k| usize::try_from(k).ok()).unwrap_or(1);
                let company = match kind {
                    RuleKind::Same => Company::Same,
                    RuleKind::Different => Company::Different,
                    RuleKind::AtLeast => Company::AtLeast(k),
                    _ => Company::AtMost(k),
                };
                let weight = (!hard).then_some(weight);
                constraints.push(Rule::Company { company, attribute: rule.attribute.clone().unwrap_or_default(), members, weight });
            }
        }
    }
    for registration in people {
        let pair = |other: &String| vec![registration.code.to_string(), other.clone()];
        constraints.extend(present(&registration.wishes.with).iter().map(|other| Rule::Wish { members: pair(other), weight: 1.0 }));
        constraints.extend(present(&registration.wishes.apart).iter().map(|other| Rule::Reluctance { members: pair(other), weight: 1.0 }));
    }
    constraints.retain(|rule| match rule {
        // A wish to sit with oneself is a slip of the pen.
        Rule::Wish { members, .. } | Rule::Reluctance { members, .. } => members.iter().collect::<BTreeSet<_>>().len() > 1,
        _ => true,
    });
    constraints
}

/// Of these people, the pairs of whom either blocked the other.
pub(super) async fn blocked(scope: &impl Scoped, people: &[registration::Model]) -> convivio_db::Result<Vec<[RegistrationCode; 2]>> {
    let codes: BTreeMap<PersonId, &RegistrationCode> = people.iter().map(|one| (one.person_id, &one.code)).collect();
    let pairs = block::among(scope, &codes.keys().copied().collect()).await?;
    Ok(pairs.into_iter().map(|(one, other)| [codes[&one].clone(), codes[&other].clone()]).collect())
}
