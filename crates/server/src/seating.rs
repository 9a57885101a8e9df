//! From an event to a problem for the engine, and from its answer to a plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use convivio_db::{Scoped, Stored, block, event, plan, registration, report, round, rule, seat};
use convivio_domain::words::{RegistrationState, RuleKind};
use convivio_domain::{
    DeclaredPassion, EventId, Locale, Localized, PassionCode, PersonId, PlanId, RegistrationCode, RegistrationId, TableLayout, TableSpec,
    Weights, catalogue,
};
use convivio_matching::{Company, Draft, Infeasible, Person, Problem, Rule, Seating, Sizes, Table, Theme};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Who may have a seat before the event.
const ELIGIBLE: [RegistrationState; 2] = [RegistrationState::Confirmed, RegistrationState::CheckedIn];

/// Everyone who may have a seat now. Whom a report keeps away waits for what staff say.
pub async fn eligible(scope: &impl Scoped, event: EventId) -> convivio_db::Result<Vec<registration::Model>> {
    let mut people = registration::in_states(scope, event, &ELIGIBLE).await?;
    let held_out = report::held_out(scope).await?;
    people.retain(|one| !held_out.contains(&one.person_id));
    Ok(people)
}

/// Everything a plan is made from.
pub struct Input {
    pub event: event::Model,
    pub people: Vec<registration::Model>,
    pub tables: Vec<TableSpec>,
    rounds: usize,
    rules: Vec<rule::Model>,
    /// Pairs that never sit together, whoever of the two wished it.
    blocked: Vec<[RegistrationCode; 2]>,
    weights: Weights,
    locks: Vec<Lock>,
    /// Some that were asked for could not be kept: the person, the table or the round is gone.
    pub lost_locks: bool,
    problem: Problem,
    now: chrono::DateTime<chrono::Utc>,
}

/// What an organizer asks of one plan.
struct Wanted {
    weights: Option<Weights>,
    locks: Vec<Lock>,
}

/// A seat that stays as it is; round and table counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
struct Lock {
    code: RegistrationCode,
    round: i16,
    table: i16,
}

/// Why there is no problem to solve.
pub enum NoProblem {
    Infeasible(Infeasible),
    /// Something the engine refuses, in words.
    Refused(String),
    Database(convivio_db::Error),
}

impl From<convivio_db::Error> for NoProblem {
    fn from(err: convivio_db::Error) -> Self {
        Self::Database(err)
    }
}

impl Input {
    pub async fn gather(
        scope: &impl Scoped,
        event: event::Model,
        request: &plan::Request,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let people = eligible(scope, event.id).await?;
        let rounds = round::of_event(scope, event.id).await?.len();
        let tables = tables(event.tables.as_deref(), people.len())?;
        let mut locked: Vec<seat::Model> = match request.keep_locks_of {
            Some(other) => seat::of_plan(scope, other).await?,
            None => Vec::new(),
        };
        locked.retain(|seat| seat.locked);
        let asked = locked.len();
        let codes: HashMap<RegistrationId, &RegistrationCode> = people.iter().map(|one| (one.id, &one.code)).collect();
        let exists = |number: i16, of: usize| usize::try_from(number).is_ok_and(|number| (1..=of).contains(&number));
        let kept = locked.into_iter().filter(|seat| exists(seat.round, rounds) && exists(seat.table, tables.len()));
        let kept = kept.filter_map(|seat| {
            let code = (*codes.get(&seat.registration_id)?).clone();
            Some(Lock { code, round: seat.round, table: seat.table })
        });
        let locks: Vec<Lock> = kept.collect();
        let lost_locks = locks.len() < asked;
        Ok(Self { lost_locks, ..Self::of(scope, event, people, tables, rounds, Wanted { weights: request.weights, locks }, now).await? })
    }

    /// What a plan that was made before was made from, as it would be told today: for those who sit in it, at its tables.
    pub async fn as_seated(
        scope: &impl Scoped,
        event: event::Model,
        plan: &plan::Model,
        seats: &[seat::Model],
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let mut people: Vec<_> = registration::by_ids(scope, seats.iter().map(|seat| seat.registration_id)).await?.into_values().collect();
        people.sort_by_key(|one| one.id);
        let last = |number: fn(&seat::Model) -> i16| usize::try_from(seats.iter().map(number).max().unwrap_or(0)).unwrap_or(0);
        let tables = tables_of_plan(event.tables.as_deref(), last(|seat| seat.table));
        Self::of(scope, event, people, tables, last(|seat| seat.round), Wanted { weights: plan.request.weights, locks: Vec::new() }, now)
            .await
    }

    async fn of(
        scope: &impl Scoped,
        event: event::Model,
        people: Vec<registration::Model>,
        tables: Vec<TableSpec>,
        rounds: usize,
        Wanted { weights, locks }: Wanted,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let rules = rule::of_event(scope, event.id).await?;
        let blocked = blocked(scope, &people).await?;
        let weights = weights.unwrap_or(event.weights.0);
        let mut constraints = constraints(&people, &rules);
        constraints.extend(blocked.iter().map(|pair| Rule::Apart { members: pair.iter().map(ToString::to_string).collect() }));
        constraints.extend(locks.iter().map(|lock| Rule::Fixed {
            member: lock.code.to_string(),
            table: lock.table.to_string(),
            round: usize::try_from(lock.round - 1).ok(),
        }));
        let draft = Draft {
            people: people.iter().map(|registration| person(registration, now)).collect(),
            tables: (1..).zip(&tables).map(|(number, spec): (usize, _)| table(number, spec)).collect(),
            rounds,
            rules: constraints,
            weights: convivio_matching::Weights {
                passion: weights.passion,
                offer_need: weights.offer_need,
                novelty: weights.novelty,
                same_unit: weights.same_unit,
                wishes: weights.wishes,
                ..Default::default()
            },
            ..Draft::default()
        };
        let problem = Problem::new(draft)
            .map_err(|mistakes| NoProblem::Refused(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
        Ok(Self { event, people, tables, rounds, rules, blocked, weights, locks, lost_locks: false, problem, now })
    }

    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Of everything that decides who sits where, but for the seed.
    pub fn hash(&self) -> String {
        let people: Vec<Value> = self
            .people
            .iter()
            .map(|one| {
                json!([
                    one.code,
                    one.profile.passions,
                    one.profile.unit,
                    one.profile.offers,
                    one.profile.needs_at(self.now).collect::<Vec<_>>(),
                    one.profile.languages,
                    one.wishes,
                    one.accessibility.is_some()
                ])
            })
            .collect();
        let rules: Vec<Value> = self
            .rules
            .iter()
            .map(|rule| json!([rule.kind, rule.hard, rule.weight, rule.members, rule.table, rule.attribute, rule.k]))
            .collect();
        let whole = json!([convivio_matching::ALGORITHM, people, self.tables, self.rounds, rules, self.blocked, self.weights, self.locks]);
        Sha256::digest(whole.to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The engine's answer as the rows of a plan.
    pub fn seats(&self, plan: PlanId, seating: &Seating) -> (Vec<plan::Table>, Vec<seat::Model>) {
        let mut tables = Vec::new();
        let mut seats = Vec::new();
        let labels = self.labels();
        let locked: BTreeSet<(&RegistrationCode, i16)> = self.locks.iter().map(|lock| (&lock.code, lock.round)).collect();
        for (round, at_tables) in seating.rounds.iter().enumerate() {
            for (table, members) in at_tables.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
                tables.push(plan::Table {
                    round: u16::try_from(round + 1).unwrap_or(u16::MAX),
                    table: u16::try_from(table + 1).unwrap_or(u16::MAX),
                    label: self.tables[table].label.as_ref().map(ToString::to_string),
                    theme: match convivio_matching::theme(&self.problem, members) {
                        Theme::Topic(code) => plan::Theme::Shared { labels: labels[&code].clone(), code },
                        Theme::Mixed => plan::Theme::Mixed,
                    },
                });
                for &member in members {
                    let number = i16::try_from(round + 1).unwrap_or(i16::MAX);
                    seats.push(seat::Model {
                        organizer_id: self.event.organizer_id,
                        plan_id: plan,
                        registration_id: self.people[member].id,
                        round: number,
                        table: i16::try_from(table + 1).unwrap_or(i16::MAX),
                        locked: locked.contains(&(&self.people[member].code, number)),
                        why: Stored(self.why(seating, round, table, member)),
                    });
                }
            }
        }
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

pub fn labels_of(passion: &DeclaredPassion) -> Localized<String> {
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

fn tables(layout: Option<&TableLayout>, people: usize) -> Result<Vec<TableSpec>, NoProblem> {
    let sizes = match layout {
        Some(TableLayout::Listed { tables }) => return Ok(tables.clone()),
        Some(TableLayout::BySize(rule)) => Sizes { min: rule.min.into(), max: rule.max.into(), count: rule.count.map(usize::from) },
        None => convivio_matching::DEFAULT_SIZES,
    };
    let split = convivio_matching::split(people, sizes).map_err(NoProblem::Infeasible)?;
    // The sizes are what comes out; the rule's own bounds stay the tables' bounds, so that the search may shift people between them.
    let spec = |size: usize| TableSpec {
        label: None,
        min: u16::try_from(sizes.min.min(size)).unwrap_or(u16::MAX),
        max: u16::try_from(sizes.max).unwrap_or(u16::MAX),
        accessible: false,
        language: None,
        link: None,
    };
    Ok(split.into_iter().map(spec).collect())
}

/// The tables of a plan whose highest table has this number. One that is listed no more keeps whoever sits there.
fn tables_of_plan(layout: Option<&TableLayout>, highest: usize) -> Vec<TableSpec> {
    let spec = |min: usize, max: usize| TableSpec {
        label: None,
        min: u16::try_from(min).unwrap_or(u16::MAX),
        max: u16::try_from(max).unwrap_or(u16::MAX),
        accessible: false,
        language: None,
        link: None,
    };
    match layout {
        Some(TableLayout::Listed { tables }) => {
            let gone = (tables.len()..highest).map(|_| spec(0, convivio_matching::MAX_PEOPLE));
            tables.iter().cloned().chain(gone).collect()
        }
        Some(TableLayout::BySize(rule)) => vec![spec(rule.min.into(), rule.max.into()); highest],
        None => vec![spec(convivio_matching::DEFAULT_SIZES.min, convivio_matching::DEFAULT_SIZES.max); highest],
    }
}

/// Of these people, the pairs of whom either blocked the other.
async fn blocked(scope: &impl Scoped, people: &[registration::Model]) -> convivio_db::Result<Vec<[RegistrationCode; 2]>> {
    let codes: BTreeMap<PersonId, &RegistrationCode> = people.iter().map(|one| (one.person_id, &one.code)).collect();
    let pairs = block::among(scope, &codes.keys().copied().collect()).await?;
    Ok(pairs.into_iter().map(|(one, other)| [codes[&one].clone(), codes[&other].clone()]).collect())
}

fn person(registration: &registration::Model, now: chrono::DateTime<chrono::Utc>) -> Person {
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

fn table(number: usize, spec: &TableSpec) -> Table {
    Table {
        accessible: spec.accessible,
        language: spec.language.as_ref().map(|language| language.as_str().to_owned()),
        ..Table::new(number.to_string(), spec.min.into(), spec.max.into())
    }
}

/// Rules and wishes, of people who have a seat; a rule about someone who cancelled binds the others.
fn constraints(people: &[registration::Model], rules: &[rule::Model]) -> Vec<Rule> {
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

/// The first two people who share a table though one blocked the other; nobody, if there are none.
pub async fn blocked_together(
    scope: &impl Scoped,
    people: &[registration::Model],
    seats: &[seat::Model],
) -> convivio_db::Result<Vec<RegistrationCode>> {
    let codes: HashMap<RegistrationId, &RegistrationCode> = people.iter().map(|one| (one.id, &one.code)).collect();
    let places: BTreeSet<(&RegistrationCode, i16, i16)> =
        seats.iter().filter_map(|seat| Some((*codes.get(&seat.registration_id)?, seat.round, seat.table))).collect();
    let share = |[one, other]: &[RegistrationCode; 2]| {
        places.iter().any(|(code, round, table)| *code == one && places.contains(&(other, *round, *table)))
    };
    let found = blocked(scope, people).await?.into_iter().find(share);
    Ok(found.map(Vec::from).unwrap_or_default())
}

/// Whether everyone the plan seats is still eligible, and everyone eligible has a seat in every round.
pub fn still_fits(people: &[registration::Model], seats: &[seat::Model], rounds: usize) -> bool {
    let mut seated: HashMap<RegistrationId, usize> = HashMap::new();
    for seat in seats {
        *seated.entry(seat.registration_id).or_default() += 1;
    }
    let eligible: BTreeSet<RegistrationId> = people.iter().map(|registration| registration.id).collect();
    seated.keys().all(|id| eligible.contains(id)) && eligible.iter().all(|id| seated.get(id) == Some(&rounds))
}
