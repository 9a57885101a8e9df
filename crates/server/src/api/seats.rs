//! Seats changed by hand: moves, swaps, locks and themes, all of them or none.
//!
//! What comes out of all operations together is judged, so that two people may change places by two moves. A hard rule stays hard: what would
//! break one is refused, unless it was broken before.

mod broken;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::web;
use convivio_db::{Set, Stored, event, passion, plan, round, seat};
use convivio_domain::words::{EventState, PlanState, RoundState};
use convivio_domain::{PassionCode, RegistrationCode, RegistrationId};
use convivio_matching::Seating;
use eserde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use self::broken::newly_broken;
use super::plans::{self, Plan};
use super::{ItemPath, find_event, id_of};
use crate::app::App;
use crate::http::{ApiError, FieldError, Manager, MustMatch, Result, Staff, Tagged, Unread, none_wrong};
use crate::seating::{self, Input, NoProblem};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatChanges {
    operations: Vec<Operation>,
}

/// `move` takes `code`, `round` and `table`; `swap` takes `round` and two `codes`; `lock` and `unlock` take at least one of `code`, `table` and
/// `round`, and concern every seat that fits all of them, in the rounds to come where none is named; `theme` takes `round`, `table` and `passion`.
#[derive(Deserialize, ToSchema)]
#[schema(as = SeatOperation)]
#[serde(deny_unknown_fields)]
struct Operation {
    op: Op,
    #[serde(default)]
    code: Option<RegistrationCode>,
    #[serde(default)]
    round: Option<u16>,
    #[serde(default)]
    table: Option<u16>,
    #[serde(default)]
    codes: Option<Vec<RegistrationCode>>,
    /// The code of a passion, or `mixed`; `null` is what those who sit there share
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    passion: About,
}

#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize, ToSchema)]
#[schema(as = SeatOp)]
#[serde(rename_all = "snake_case")]
enum Op {
    Move,
    Swap,
    Lock,
    Unlock,
    Theme,
}

eserde::impl_edeserialize_compat!(Op);

/// What a table is to be about.
#[derive(Clone, Default)]
enum About {
    #[default]
    Unsaid,
    /// What those who sit there share.
    Shared,
    Mixed,
    Passion(PassionCode),
}

impl<'de> serde::Deserialize<'de> for About {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(match <Option<PassionCode> as serde::Deserialize>::deserialize(deserializer)? {
            None => Self::Shared,
            Some(code) if code.as_str() == "mixed" => Self::Mixed,
            Some(code) => Self::Passion(code),
        })
    }
}

eserde::impl_edeserialize_compat!(About);

const MOST_OPERATIONS: usize = 1_000;

impl SeatChanges {
    fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        if self.operations.is_empty() {
            wrong.push(FieldError::new("/operations", "too_few", "must have at least one"));
        }
        if self.operations.len() > MOST_OPERATIONS {
            wrong.push(FieldError::new("/operations", "too_many", format!("must have at most {MOST_OPERATIONS}")));
        }
        for (i, operation) in self.operations.iter().enumerate().take(MOST_OPERATIONS) {
            operation.check(&format!("/operations/{i}"), &mut wrong);
        }
        none_wrong(wrong)
    }
}

impl Operation {
    fn check(&self, at: &str, wrong: &mut Vec<FieldError>) {
        let given = [
            ("code", self.code.is_some()),
            ("round", self.round.is_some()),
            ("table", self.table.is_some()),
            ("codes", self.codes.is_some()),
            ("passion", !matches!(self.passion, About::Unsaid)),
        ];
        let (needed, allowed): (&[&str], &[&str]) = match self.op {
            Op::Move => (&["code", "round", "table"], &["code", "round", "table"]),
            Op::Swap => (&["round", "codes"], &["round", "codes"]),
            Op::Lock | Op::Unlock => (&[], &["code", "round", "table"]),
            Op::Theme => (&["round", "table", "passion"], &["round", "table", "passion"]),
        };
        for (field, is_given) in given {
            match is_given {
                true if !allowed.contains(&field) => {
                    wrong.push(FieldError::new(format!("{at}/{field}"), "unknown_field", "does not belong to this operation"));
                }
                false if needed.contains(&field) => wrong.push(FieldError::new(format!("{at}/{field}"), "required", "must be given")),
                _ => {}
            }
        }
        if needed.is_empty() && given.iter().all(|(_, is_given)| !is_given) {
            wrong.push(FieldError::new(at, "required", "must have at least one of code, table and round"));
        }
        match self.codes.as_deref().filter(|_| self.op == Op::Swap) {
            Some([one, other]) if one == other => wrong.push(FieldError::new(format!("{at}/codes/1"), "repeated", "is named twice")),
            Some([_, _]) | None => {}
            Some(codes) => {
                let code = if codes.len() < 2 { "too_few" } else { "too_many" };
                wrong.push(FieldError::new(format!("{at}/codes"), code, "must name two"));
            }
        }
    }
}

/// Changes seats and themes of a draft, or of the plan in force between its rounds.
pub async fn update(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    if_match: MustMatch,
    body: Unread<SeatChanges>,
) -> Result<Tagged<Plan>> {
    let (read, now) = (app.db.read(&who), app.clock.now());
    let event = find_event(&read, &path.event).await?;
    let seen = plan::find_by_id(&read, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    if_match.ensure(seen.revision)?;
    let changes = body.read()?;
    changes.check()?;
    let seats = seat::of_plan(&read, seen.id).await?;
    if seats.is_empty() {
        return Err(ApiError::WrongState(seen.state.to_string()));
    }
    if seating::to_come(&round::of_event(&read, event.id).await?).is_empty() {
        return Err(ApiError::WrongState(RoundState::Done.to_string()));
    }
    let input = Input::as_seated(&read, event, &seen, &seats, now).await.map_err(not_readable)?;
    let (listed, own) = (listed_tables(&input.event), passion::all(&read).await?);
    // Scoring compares everybody with everybody; that is not for the thread that answers requests, nor for a transaction.
    let planned = seen.clone();
    let worked = tokio::task::spawn_blocking(move || rearranged(input, &planned, seats, &changes, Known { listed, own: &own }));
    let new = worked.await.map_err(anyhow::Error::from)??;

    let tx = app.db.write(&who).await?;
    let event = event::lock(&tx, seen.event_id).await?.ok_or(ApiError::NotFound)?;
    let row = plan::find_by_id(&tx, event.id, seen.id).await?.ok_or(ApiError::NotFound)?;
    if row.revision != seen.revision && !app.fault("etag_guard_off") {
        return Err(ApiError::PreconditionFailed);
    }
    if event.state != EventState::Published {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    if !matches!(row.state, PlanState::Draft | PlanState::Published) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let rounds = round::of_event(&tx, event.id).await?;
    if rounds.iter().any(|round| round.state == RoundState::Live) {
        return Err(ApiError::RoundLive);
    }
    let to_come = seating::to_come(&rounds);
    if !new.changed.iter().chain(&new.themed).all(|number| to_come.contains(number)) {
        return Err(ApiError::WrongState(RoundState::Done.to_string()));
    }
    for (number, seats) in new.rounds {
        seat::replace_round(&tx, row.id, number, seats).await?;
    }
    plan::change(&tx, row.id, new.plan).await?;
    let row = plan::find_by_id(&tx, event.id, row.id).await?.ok_or(ApiError::NotFound)?;
    let rounds = plans::rounds(&tx, &row, now).await?;
    tx.commit().await?;
    Ok(Tagged(row.revision, Plan::of(row, Some(rounds))))
}

pub(super) fn not_readable(why: NoProblem) -> ApiError {
    match why {
        NoProblem::Database(err) => err.into(),
        NoProblem::Infeasible(reason) => {
            ApiError::PlanInfeasible { conflicts: crate::seating::conflicts(&[], &reason), detail: reason.sentence }
        }
        NoProblem::Refused(why) => {
            let conflicts = json!([{"rule": why, "codes": [], "tables": [], "relax": "change what is named"}]);
            ApiError::PlanInfeasible { detail: "the engine cannot work with this".to_owned(), conflicts }
        }
    }
}

/// How many tables the organizer lists; nobody is moved to one that is listed no more.
fn listed_tables(event: &event::Model) -> Option<usize> {
    match event.tables.as_deref() {
        Some(convivio_domain::TableLayout::Listed { tables }) => Some(tables.len()),
        _ => None,
    }
}

/// What is written: the rounds that changed, with all their seats, and the plan's own row.
struct Rearranged {
    changed: BTreeSet<i16>,
    /// Where a table was given a theme.
    themed: BTreeSet<i16>,
    rounds: BTreeMap<i16, Vec<seat::Model>>,
    plan: plan::ActiveModel,
}

/// What there is beside the plan itself.
#[derive(Clone, Copy)]
struct Known<'a> {
    /// How many tables the organizer lists.
    listed: Option<usize>,
    /// The organizer's own passions.
    own: &'a [passion::Model],
}

fn rearranged(mut input: Input, plan: &plan::Model, seats: Vec<seat::Model>, changes: &SeatChanges, known: Known) -> Result<Rearranged> {
    let before = input.by_position(&seats);
    let (places, touched, themes, wrong) = {
        let mut room = Room::of(&input, &seats, known);
        for (i, operation) in changes.operations.iter().enumerate() {
            room.apply(i, operation);
        }
        (room.seats, room.touched, room.themes, room.wrong)
    };
    none_wrong(wrong)?;
    let mut changed: BTreeSet<i16> = touched.keys().map(|(round, _)| *round).collect();
    changed.extend(seats.iter().filter(|seat| places[&(seat.registration_id, seat.round)].locked != seat.locked).map(|seat| seat.round));
    let mut placed = seats;
    for seat in &mut placed {
        let Place { table, locked } = places[&(seat.registration_id, seat.round)];
        (seat.table, seat.locked) = (table, locked);
    }
    let after = input.by_position(&placed);
    let mut wrong = newly_broken(&input, &before, &after, &touched, changes);
    let themed = themes.keys().map(|(round, _)| *round).collect();
    for ((round, table), (i, about)) in themes {
        let here = placed.iter().filter(|seat| (seat.round, seat.table) == (round, table));
        let members: BTreeSet<RegistrationId> = here.map(|seat| seat.registration_id).collect();
        if members.is_empty() {
            wrong.push(FieldError::new(format!("/operations/{i}/table"), "no_seat", "nobody sits there"));
            continue;
        }
        // Judged by who sits there once everybody has moved.
        let theme = match about {
            About::Unsaid | About::Shared => None,
            About::Mixed => Some(plan::Theme::Mixed),
            About::Passion(code) => {
                let called = input.theme_called(&code, known.own, &members);
                if called.is_none() {
                    wrong.push(no_such_theme(i));
                }
                called
            }
        };
        input.give_theme(round, members, theme);
    }
    none_wrong(wrong)?;

    let score = convivio_matching::score(input.problem(), &after);
    let seating = Seating { rounds: after, score, moves: 0, stopped_early: false };
    let (tables, mut new_seats) = input.seats(plan.id, &seating);
    for seat in &mut new_seats {
        seat.locked = places[&(seat.registration_id, seat.round)].locked;
    }
    let mut score = input.score(&seating);
    // What chance comes to is of the people, and was measured when the plan was made.
    score["random"] = plan.score.as_ref().map_or(json!(0.0), |old| old["random"].clone());
    let mut warnings = plan.warnings.0.clone();
    if !touched.is_empty() && !warnings.iter().any(|warning| warning == "edited") {
        warnings.push("edited".to_owned());
    }
    let mut rounds: BTreeMap<i16, Vec<seat::Model>> = BTreeMap::new();
    for seat in new_seats.into_iter().filter(|seat| changed.contains(&seat.round)) {
        rounds.entry(seat.round).or_default().push(seat);
    }
    let plan =
        plan::ActiveModel { tables: Set(Stored(tables)), score: Set(Some(score)), warnings: Set(Stored(warnings)), ..Default::default() };
    Ok(Rearranged { changed, themed, rounds, plan })
}

fn no_such_theme(i: usize) -> FieldError {
    let rule = "must be a passion of the catalogue, one of yours, or one that two people at this table declare and show";
    FieldError::new(format!("/operations/{i}/passion"), "passion_unknown", rule)
}

#[derive(Clone, Copy)]
struct Place {
    table: i16,
    locked: bool,
}

/// Who sits where while the operations are worked through.
struct Room<'a> {
    input: &'a Input,
    own: &'a [passion::Model],
    people: HashMap<&'a RegistrationCode, RegistrationId>,
    everybody: BTreeSet<RegistrationId>,
    seats: HashMap<(RegistrationId, i16), Place>,
    rounds: i16,
    to_come: &'a [i16],
    tables: i16,
    /// The last operation that changed who sits at a table of a round.
    touched: BTreeMap<(i16, i16), usize>,
    /// What tables of a round are to be about, by the last operation that said so.
    themes: BTreeMap<(i16, i16), (usize, About)>,
    wrong: Vec<FieldError>,
}

impl<'a> Room<'a> {
    fn of(input: &'a Input, seats: &[seat::Model], Known { listed, own }: Known<'a>) -> Self {
        let tables = listed.unwrap_or(input.tables.len());
        Self {
            input,
            own,
            people: input.people.iter().map(|one| (&one.code, one.id)).collect(),
            everybody: input.people.iter().map(|one| one.id).collect(),
            seats: seats
                .iter()
                .map(|seat| ((seat.registration_id, seat.round), Place { table: seat.table, locked: seat.locked }))
                .collect(),
            rounds: seats.iter().map(|seat| seat.round).max().unwrap_or(0),
            to_come: &input.rounds,
            tables: i16::try_from(tables).unwrap_or(i16::MAX),
            touched: BTreeMap::new(),
            themes: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }

    fn apply(&mut self, i: usize, operation: &Operation) {
        let at = format!("/operations/{i}");
        let round = self.known("round", operation.round, self.rounds, &at);
        let table = self.known("table", operation.table, self.tables, &at);
        let (Some(round), Some(table)) = (round, table) else { return };
        match operation.op {
            Op::Move => {
                let Some(person) = self.person(operation.code.as_ref(), || format!("{at}/code")) else { return };
                let (Some(round), Some(table)) = (round, table) else { return };
                self.put(i, &format!("{at}/code"), person, round, table);
            }
            Op::Swap => {
                let codes = operation.codes.as_deref().unwrap_or_default();
                let pointer = |n: usize| format!("{at}/codes/{n}");
                let people: Vec<_> = (0..).zip(codes).map(|(n, code)| self.person(Some(code), || pointer(n))).collect();
                let (Some(round), [Some(one), Some(other)]) = (round, people.as_slice()) else { return };
                let table_of = |person: &RegistrationId| self.seats.get(&(*person, round)).map(|place| place.table);
                if let (Some(first), Some(second)) = (table_of(one), table_of(other)) {
                    self.put(i, &pointer(0), *one, round, second);
                    self.put(i, &pointer(1), *other, round, first);
                }
            }
            Op::Lock | Op::Unlock => {
                let person = match operation.code.as_ref() {
                    Some(code) => match self.person(Some(code), || format!("{at}/code")) {
                        Some(person) => Some(person),
                        None => return,
                    },
                    None => None,
                };
                let fits = |(id, number): &(RegistrationId, i16), place: &Place| {
                    person.is_none_or(|person| person == *id)
                        && round.map_or_else(|| self.to_come.contains(number), |round| round == *number)
                        && table.is_none_or(|table| table == place.table)
                };
                let mut any = false;
                for (seat, place) in &mut self.seats {
                    if fits(seat, place) {
                        (place.locked, any) = (operation.op == Op::Lock, true);
                    }
                }
                if !any {
                    self.wrong.push(FieldError::new(at, "no_seat", "nobody sits there"));
                }
            }
            Op::Theme => {
                let (Some(round), Some(table)) = (round, table) else { return };
                // What not even two of all people say, no two at that table do; who these are is not known yet.
                let is_said = |code: &PassionCode| self.input.theme_called(code, self.own, &self.everybody).is_some();
                match &operation.passion {
                    About::Passion(code) if !is_said(code) => self.wrong.push(no_such_theme(i)),
                    about => {
                        self.themes.insert((round, table), (i, about.clone()));
                    }
                }
            }
        }
    }

    /// The number as it is kept: `None` where there is no such round or table, which is told, `Some(None)` where none was given.
    fn known(&mut self, field: &str, number: Option<u16>, last: i16, at: &str) -> Option<Option<i16>> {
        let Some(number) = number else { return Some(None) };
        match i16::try_from(number).ok().filter(|number| (1..=last).contains(number)) {
            Some(number) => Some(Some(number)),
            None => {
                self.wrong.push(FieldError::new(format!("{at}/{field}"), "out_of_range", format!("must be 1 to {last}")));
                None
            }
        }
    }

    fn person(&mut self, code: Option<&RegistrationCode>, pointer: impl Fn() -> String) -> Option<RegistrationId> {
        let found = self.people.get(code?).copied();
        if found.is_none() {
            self.wrong.push(FieldError::new(pointer(), "unknown_member", "has no seat in this plan"));
        }
        found
    }

    fn put(&mut self, i: usize, pointer: &str, person: RegistrationId, round: i16, table: i16) {
        let Some(place) = self.seats.get_mut(&(person, round)) else {
            self.wrong.push(FieldError::new(pointer, "no_seat", "has no seat in this round"));
            return;
        };
        if place.table == table {
            return;
        }
        if place.locked {
            self.wrong.push(FieldError::new(pointer, "locked", "is locked where they sit; unlock the seat first"));
            return;
        }
        let left = std::mem::replace(&mut place.table, table);
        self.touched.insert((round, left), i);
        self.touched.insert((round, table), i);
    }
}
