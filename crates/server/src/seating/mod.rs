//! From an event to a problem for the engine, and from its answer to a plan.
//!
//! Rounds that are over stand as they were, whatever is made: only the others are seated.

mod answer;
mod asked;
mod known;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use answer::{conflicts, label_of_code};
use convivio_db::{Scoped, event, plan, registration, report, round, rule, seat};
use convivio_domain::words::{RegistrationState, RoundState};
use convivio_domain::{EventId, PlanId, RegistrationCode, RegistrationId, TableSpec, Weights};
use convivio_matching::{Draft, Infeasible, Problem, Rule};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Who may have a seat in this plan now: before the event who is confirmed, too, and where it is repaired only who is there.
/// Whom a report keeps away waits for what staff say.
pub async fn eligible(scope: &impl Scoped, event: EventId, request: &plan::Request) -> convivio_db::Result<Vec<registration::Model>> {
    let states: &[RegistrationState] = match request.repair_of {
        Some(_) => &[RegistrationState::CheckedIn],
        None => &[RegistrationState::Confirmed, RegistrationState::CheckedIn],
    };
    let mut people = registration::in_states(scope, event, states).await?;
    let held_out = report::held_out(scope).await?;
    people.retain(|one| !held_out.contains(&one.person_id));
    Ok(people)
}

/// Everything a plan is made from.
pub struct Input {
    pub event: event::Model,
    pub people: Vec<registration::Model>,
    pub tables: Vec<TableSpec>,
    /// The numbers of the rounds to be seated.
    pub rounds: Vec<i16>,
    over: Over,
    rules: Vec<rule::Model>,
    /// Pairs that never sit together, whoever of the two wished it.
    blocked: Vec<[RegistrationCode; 2]>,
    known: Vec<known::Known>,
    /// Of each passion; what is of one family counts a little as shared.
    families: BTreeMap<String, String>,
    weights: Weights,
    locks: Vec<Lock>,
    themes: Vec<GivenTheme>,
    /// Some that were asked for could not be kept: the person, the table or the round is gone.
    pub lost_locks: bool,
    problem: Problem,
    now: chrono::DateTime<chrono::Utc>,
}

/// What stands of the rounds that are over.
#[derive(Default)]
struct Over {
    tables: Vec<plan::Table>,
    seats: Vec<seat::Model>,
}

/// What is to be seated.
struct Wanted {
    people: Vec<registration::Model>,
    tables: Vec<TableSpec>,
    /// Tables where nobody need sit, by position.
    optional: BTreeSet<usize>,
    rounds: Vec<i16>,
    weights: Option<Weights>,
    locks: Vec<Lock>,
    themes: Vec<GivenTheme>,
}

/// A theme that staff gave to those who sit together in a round; among others there is none but what these share.
struct GivenTheme {
    round: i16,
    members: BTreeSet<RegistrationId>,
    theme: plan::Theme,
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

/// The numbers of the rounds that are still to come.
pub fn to_come(rounds: &[round::Model]) -> Vec<i16> {
    rounds.iter().filter(|round| round.state != RoundState::Done).map(|round| round.number).collect()
}

impl Over {
    /// As those who were there sat.
    async fn of(scope: &impl Scoped, rounds: &[round::Model]) -> convivio_db::Result<Self> {
        let done = || rounds.iter().filter(|round| round.state == RoundState::Done);
        let plans: BTreeSet<_> = done().filter_map(|round| round.plan_id).collect();
        let plans: Vec<_> = plans.into_iter().collect();
        let tables = plan::tables_of(scope, &plans).await?;
        let mut over = Self::default();
        for plan in plans {
            let here = |number: i16| done().any(|round| round.number == number && round.plan_id == Some(plan));
            over.seats.extend(seat::of_plan(scope, plan).await?.into_iter().filter(|seat| here(seat.round)));
            let tables = tables.get(&plan).into_iter().flatten();
            over.tables.extend(tables.filter(|table| i16::try_from(table.round).is_ok_and(here)).cloned());
        }
        Ok(over)
    }

    /// Who of these people sat with whom.
    fn met(&self, people: &[registration::Model]) -> Vec<Rule> {
        let codes: HashMap<RegistrationId, &RegistrationCode> = people.iter().map(|one| (one.id, &one.code)).collect();
        let mut tables: BTreeMap<(i16, i16), Vec<String>> = BTreeMap::new();
        for seat in &self.seats {
            if let Some(code) = codes.get(&seat.registration_id) {
                tables.entry((seat.round, seat.table)).or_default().push(code.to_string());
            }
        }
        tables.into_values().filter(|members| members.len() > 1).map(|members| Rule::Met { members }).collect()
    }
}

impl Input {
    /// For a plan of everybody who may have a seat.
    pub async fn gather(
        scope: &impl Scoped,
        event: event::Model,
        request: &plan::Request,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let people = eligible(scope, event.id, request).await?;
        let all_rounds = round::of_event(scope, event.id).await?;
        let (over, rounds) = (Over::of(scope, &all_rounds).await?, to_come(&all_rounds));
        let tables = asked::tables(event.tables.as_deref(), people.len())?;
        let mut locked: Vec<seat::Model> = match request.keep_locks_of {
            Some(other) => seat::of_plan(scope, other).await?,
            None => Vec::new(),
        };
        let themes = themes_of(scope, request.keep_locks_of, &locked).await?;
        locked.retain(|seat| seat.locked && !over.seats.iter().any(|over| over.round == seat.round));
        let asked = locked.len();
        let locks = locks(locked, &people, &rounds, tables.len());
        let lost_locks = locks.len() < asked;
        let wanted = Wanted { people, tables, optional: BTreeSet::new(), rounds, weights: request.weights, locks, themes };
        Ok(Self { lost_locks, ..Self::of(scope, event, over, wanted, now).await? })
    }

    /// What a plan that was made before was made from, as it would be told today: for those who sit in it, at its tables.
    pub async fn as_seated(
        scope: &impl Scoped,
        event: event::Model,
        plan: &plan::Model,
        seats: &[seat::Model],
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let rounds = to_come(&round::of_event(scope, event.id).await?);
        let themes = given_themes(&plan.tables, seats);
        let seats: Vec<&seat::Model> = seats.iter().filter(|seat| rounds.contains(&seat.round)).collect();
        let mut people: Vec<_> = registration::by_ids(scope, seats.iter().map(|seat| seat.registration_id)).await?.into_values().collect();
        people.sort_by_key(|one| one.id);
        let tables = asked::tables_of_plan(event.tables.as_deref(), highest(&seats));
        // What was closed for a round may stay so.
        let in_use: BTreeSet<(i16, i16)> = seats.iter().map(|seat| (seat.round, seat.table)).collect();
        let closed = |table: &usize| rounds.iter().any(|round| !in_use.contains(&(*round, number_of(*table))));
        let optional = (0..tables.len()).filter(closed).collect();
        let stands = |table: &&plan::Table| !i16::try_from(table.round).is_ok_and(|number| rounds.contains(&number));
        let over = Over { tables: plan.tables.iter().filter(stands).cloned().collect(), seats: Vec::new() };
        let wanted = Wanted { people, tables, optional, rounds, weights: plan.request.weights, locks: Vec::new(), themes };
        Self::of(scope, event, over, wanted, now).await
    }

    /// For those who are there, around a plan that was made for others. Tables may be closed, and opened where the layout
    /// does not list them.
    pub async fn to_repair(
        scope: &impl Scoped,
        event: event::Model,
        request: &plan::Request,
        seats: &[seat::Model],
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let people = eligible(scope, event.id, request).await?;
        let all_rounds = round::of_event(scope, event.id).await?;
        let (over, rounds) = (Over::of(scope, &all_rounds).await?, to_come(&all_rounds));
        let themes = themes_of(scope, request.repair_of, seats).await?;
        let seats: Vec<&seat::Model> = seats.iter().filter(|seat| rounds.contains(&seat.round)).collect();
        let tables = asked::tables_to_repair(event.tables.as_deref(), highest(&seats), people.len());
        let optional = (0..tables.len()).collect();
        let locked = seats.into_iter().filter(|seat| seat.locked).cloned().collect();
        let locks = locks(locked, &people, &rounds, tables.len());
        let wanted = Wanted { people, tables, optional, rounds, weights: request.weights, locks, themes };
        Self::of(scope, event, over, wanted, now).await
    }

    async fn of(
        scope: &impl Scoped,
        event: event::Model,
        over: Over,
        Wanted { people, tables, optional, rounds, weights, locks, themes }: Wanted,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, NoProblem> {
        let rules = rule::of_event(scope, event.id).await?;
        let blocked = asked::blocked(scope, &people).await?;
        let known = known::among(scope, &event, &people, now).await?;
        let families = asked::families(scope, &people).await?;
        let weights = weights.unwrap_or(event.weights.0);
        let mut constraints = asked::constraints(&people, &rules);
        let texts = |pair: &[RegistrationCode; 2]| pair.iter().map(ToString::to_string).collect();
        constraints.extend(blocked.iter().map(|pair| Rule::Apart { members: texts(pair) }));
        constraints.extend(known.iter().map(|known| Rule::Known { members: texts(&known.members), times: known.times }));
        constraints.extend(over.met(&people));
        constraints.extend(locks.iter().map(|lock| Rule::Fixed {
            member: lock.code.to_string(),
            table: lock.table.to_string(),
            round: rounds.iter().position(|number| *number == lock.round),
        }));
        let table = |(at, spec): (usize, &TableSpec)| asked::table(at + 1, spec, optional.contains(&at));
        let draft = Draft {
            people: people.iter().map(|registration| asked::person(registration, now)).collect(),
            tables: tables.iter().enumerate().map(table).collect(),
            rounds: rounds.len(),
            round_numbers: rounds.iter().filter_map(|number| usize::try_from(*number).ok()).collect(),
            rules: constraints,
            families: families.clone(),
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
        let lost_locks = false;
        Ok(Self { event, people, tables, rounds, over, rules, blocked, known, families, weights, locks, themes, lost_locks, problem, now })
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
        let over: Vec<Value> = self.over.seats.iter().map(|seat| json!([seat.registration_id, seat.round, seat.table])).collect();
        let people = json!([people, self.blocked, self.known, self.families]);
        let whole = json!([convivio_matching::ALGORITHM, people, self.tables, self.rounds, over, rules, self.weights, self.locks]);
        Sha256::digest(whole.to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Who sits where, by round (of those to be seated), table and position.
    pub fn by_position(&self, seats: &[seat::Model]) -> Vec<Vec<Vec<usize>>> {
        let positions: HashMap<RegistrationId, usize> = self.people.iter().map(|one| one.id).zip(0..).collect();
        let mut rounds = vec![vec![Vec::new(); self.tables.len()]; self.rounds.len()];
        for seat in seats {
            let round = self.rounds.iter().position(|number| *number == seat.round);
            if let (Some(round), Some(person)) = (round, positions.get(&seat.registration_id)) {
                rounds[round][usize::try_from(seat.table - 1).unwrap_or(0)].push(*person);
            }
        }
        rounds.iter_mut().flatten().for_each(|members| members.sort_unstable());
        rounds
    }
}

/// The themes that staff gave in this plan, where there is one. Its seats are these.
async fn themes_of(scope: &impl Scoped, plan: Option<PlanId>, seats: &[seat::Model]) -> convivio_db::Result<Vec<GivenTheme>> {
    let Some(plan) = plan else { return Ok(Vec::new()) };
    let tables = plan::tables_of(scope, &[plan]).await?.remove(&plan).unwrap_or_default();
    Ok(given_themes(&tables, seats))
}

fn given_themes(tables: &[plan::Table], seats: &[seat::Model]) -> Vec<GivenTheme> {
    let given = |table: &plan::Table| {
        let (round, number) = (i16::try_from(table.round).ok()?, i16::try_from(table.table).ok()?);
        let here = seats.iter().filter(|seat| (seat.round, seat.table) == (round, number));
        Some(GivenTheme { round, members: here.map(|seat| seat.registration_id).collect(), theme: table.theme.clone() })
    };
    tables.iter().filter(|table| table.by_hand).filter_map(given).collect()
}

/// Of the locked seats, those whose person, round and table are still there.
fn locks(seats: Vec<seat::Model>, people: &[registration::Model], rounds: &[i16], tables: usize) -> Vec<Lock> {
    let codes: HashMap<RegistrationId, &RegistrationCode> = people.iter().map(|one| (one.id, &one.code)).collect();
    let has_table = |number: i16| usize::try_from(number).is_ok_and(|number| (1..=tables).contains(&number));
    let kept = seats.into_iter().filter(|seat| rounds.contains(&seat.round) && has_table(seat.table));
    let lock = |seat: seat::Model| {
        let code = (*codes.get(&seat.registration_id)?).clone();
        Some(Lock { code, round: seat.round, table: seat.table })
    };
    kept.filter_map(lock).collect()
}

fn highest(seats: &[&seat::Model]) -> usize {
    seats.iter().filter_map(|seat| usize::try_from(seat.table).ok()).max().unwrap_or(0)
}

/// The number of the table at this position.
fn number_of(table: usize) -> i16 {
    i16::try_from(table + 1).unwrap_or(i16::MAX)
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
    let found = asked::blocked(scope, people).await?.into_iter().find(share);
    Ok(found.map(Vec::from).unwrap_or_default())
}

/// Whether everyone the plan seats is still eligible, and everyone eligible has a seat in each of so many rounds.
pub fn still_fits(people: &[registration::Model], seats: &[seat::Model], rounds: usize) -> bool {
    let mut seated: HashMap<RegistrationId, usize> = HashMap::new();
    for seat in seats {
        *seated.entry(seat.registration_id).or_default() += 1;
    }
    let eligible: BTreeSet<RegistrationId> = people.iter().map(|registration| registration.id).collect();
    seated.keys().all(|id| eligible.contains(id)) && eligible.iter().all(|id| seated.get(id) == Some(&rounds))
}
