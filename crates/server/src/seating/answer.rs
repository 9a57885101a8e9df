//! From the engine's answer to the rows of a plan.

use std::collections::{BTreeMap, BTreeSet};

use convivio_db::{Stored, passion, plan, registration, seat};
use convivio_domain::{DeclaredPassion, Field, Locale, Localized, PassionCode, PlanId, RegistrationCode, RegistrationId, catalogue};
use convivio_matching::{Infeasible, Seating, Theme};
use serde_json::{Value, json};

use super::{GivenTheme, Input, number_of};

impl Input {
    /// The engine's answer as the rows of a plan, with the rounds that are over.
    pub fn seats(&self, plan: PlanId, seating: &Seating) -> (Vec<plan::Table>, Vec<seat::Model>) {
        let mut tables = self.over.tables.clone();
        let mut seats: Vec<seat::Model> = self.over.seats.iter().map(|seat| seat::Model { plan_id: plan, ..seat.clone() }).collect();
        let labels = self.labels();
        let locked: BTreeSet<(&RegistrationCode, i16)> = self.locks.iter().map(|lock| (&lock.code, lock.round)).collect();
        for (round, (&number, at_tables)) in self.rounds.iter().zip(&seating.rounds).enumerate() {
            for (table, members) in at_tables.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
                let given = self.given_theme(number, members);
                let shared = || match convivio_matching::theme(&self.problem, members) {
                    Theme::Topic(code) => plan::Theme::Shared { labels: labels[&code].clone(), code },
                    Theme::Mixed => plan::Theme::Mixed,
                };
                tables.push(plan::Table {
                    round: u16::try_from(number).unwrap_or(u16::MAX),
                    table: u16::try_from(table + 1).unwrap_or(u16::MAX),
                    label: self.tables[table].label.as_ref().map(ToString::to_string),
                    by_hand: given.is_some(),
                    theme: given.cloned().unwrap_or_else(shared),
                });
                for &member in members {
                    seats.push(seat::Model {
                        organizer_id: self.event.organizer_id,
                        plan_id: plan,
                        registration_id: self.people[member].id,
                        round: number,
                        table: number_of(table),
                        locked: locked.contains(&(&self.people[member].code, number)),
                        why: Stored(self.why(seating, round, table, member)),
                    });
                }
            }
        }
        tables.sort_by_key(|table| (table.round, table.table));
        (tables, seats)
    }

    fn why(&self, seating: &Seating, round: usize, table: usize, member: usize) -> seat::Why {
        let why = convivio_matching::why(&self.problem, seating, round, table, member);
        let code = |person: usize| self.people[person].code.clone();
        seat::Why {
            shared: why
                .shared
                .into_iter()
                .map(|shared| seat::Shared { passion: shared.topic, with: shared.mates.into_iter().map(code).collect() })
                .collect(),
            gives: why
                .gives
                .into_iter()
                .map(|given| seat::Meets { offer: given.offer, need: given.need, with: code(given.mate) })
                .collect(),
            gets: why.gets.into_iter().map(|given| seat::Meets { offer: given.offer, need: given.need, with: code(given.mate) }).collect(),
        }
    }

    fn given_theme(&self, round: i16, members: &[usize]) -> Option<&plan::Theme> {
        let are_these = |given: &&GivenTheme| {
            given.round == round
                && given.members.len() == members.len()
                && members.iter().all(|&member| given.members.contains(&self.people[member].id))
        };
        self.themes.iter().find(are_these).map(|given| &given.theme)
    }

    /// From here on those who sit together in a round have this theme, or, without one, what they share.
    pub fn give_theme(&mut self, round: i16, members: BTreeSet<RegistrationId>, theme: Option<plan::Theme>) {
        self.themes.retain(|given| (given.round, &given.members) != (round, &members));
        self.themes.extend(theme.map(|theme| GivenTheme { round, members, theme }));
    }

    /// The theme of this code for these people: of the catalogue, one of the organizer's own, or what two of them say in their own words.
    pub fn theme_called(&self, code: &PassionCode, own: &[passion::Model], among: &BTreeSet<RegistrationId>) -> Option<plan::Theme> {
        let known = catalogue().get(code.as_str()).map(|known| known.labels.clone());
        let of_own = || own.iter().find(|own| own.code == *code).map(|own| own.as_passion().labels);
        let labels = known.or_else(of_own).or_else(|| self.said_by_two(code, among))?;
        Some(plan::Theme::Shared { code: code.as_str().to_owned(), labels })
    }

    /// What this passion is called where at least two of these people declare and show it. What one says alone, or keeps from their table, is
    /// not for staff to put up there.
    fn said_by_two(&self, code: &PassionCode, among: &BTreeSet<RegistrationId>) -> Option<Localized<String>> {
        let shows = |one: &&registration::Model| among.contains(&one.id) && one.profile.visibility.shows_tablemates(Field::Passions);
        let showing = self.people.iter().filter(shows);
        let mut said = showing.filter_map(|one| one.profile.passions.iter().find(|passion| passion.code == *code));
        let first = said.next()?;
        said.next().map(|_| labels_of(first))
    }

    /// What each passion of these people is called.
    fn labels(&self) -> BTreeMap<String, Localized<String>> {
        let all = self.people.iter().flat_map(|one| one.profile.passions.iter());
        all.map(|passion| (passion.code.as_str().to_owned(), labels_of(passion))).collect()
    }

    pub fn score(&self, seating: &Seating) -> Value {
        let score = &seating.score;
        let worst: Vec<Value> =
            score.worst_seated.iter().map(|one| json!({"code": self.people[one.person].code, "worth": one.worth})).collect();
        let by_objective: serde_json::Map<String, Value> =
            score.by_objective.iter().map(|(objective, value)| (objective.name().to_owned(), json!(value))).collect();
        json!({
            "total": score.total, "bound": score.bound, "random": score.random, "by_objective": by_objective,
            "worst_seated": worst, "isolated": score.isolated, "repeats": score.repeats,
        })
    }
}

fn labels_of(passion: &DeclaredPassion) -> Localized<String> {
    match catalogue().get(passion.code.as_str()) {
        Some(known) => known.labels.clone(),
        // Those of the organizer's own have names in the languages it gave; the reader's falls back to them.
        None => Localized::new(Locale::ALL.iter().map(|locale| (*locale, passion.label(*locale)))),
    }
}

/// A passion's label where only its code is known.
pub fn label_of_code(code: &str, locale: Locale) -> String {
    match (catalogue().get(code), PassionCode::parse(code)) {
        (Some(known), _) => known.label(locale).to_owned(),
        (None, _) => code.trim_start_matches("x-").replace('-', " "),
    }
}

/// What the conflict is about, for whoever reads a problem document.
pub fn conflicts(people: &[registration::Model], infeasible: &Infeasible) -> Value {
    let conflicts = infeasible.conflicts.iter().map(|conflict| {
        let codes: Vec<&RegistrationCode> =
            conflict.people.iter().filter_map(|person| people.get(*person)).map(|registration| &registration.code).collect();
        let tables: Vec<usize> = conflict.tables.iter().map(|table| table + 1).collect();
        json!({"rule": conflict.rule, "codes": codes, "tables": tables, "relax": conflict.relax})
    });
    Value::Array(conflicts.collect())
}
