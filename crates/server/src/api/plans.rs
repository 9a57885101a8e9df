//! Plans: asked for, looked at, published, printed.

use std::collections::{HashMap, HashSet};

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Set, Stored, Tx, event, job, plan, registration, round, seat};
use convivio_domain::words::{EventState, JobKind, JobState, PlanState, RoundState};
use convivio_domain::{Field, JobId, Locale, PersonName, PlanId, RegistrationCode, RegistrationId, Weights};
use eserde::Deserialize;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{EventPath, ItemPath, find_event, id_of, jobs};
use crate::app::App;
use crate::http::describe::Description;
use crate::http::{
    Accepted, AnyRole, ApiError, FieldError, Forms, IfMatch, InForm, Json, List, Listing, Manager, Query, Result, Staff, Tagged, Viewer,
    none_wrong,
};
use crate::pages;
use crate::reasons::Reasons;
use crate::seating;
use crate::spreadsheet::harmless;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    #[serde(default)]
    seed: Option<u32>,
    #[serde(default)]
    time_limit_ms: Option<u64>,
    #[serde(default)]
    weights: Option<Weights>,
    /// A plan of this event: what is locked in it stays, the rest is seated again.
    #[serde(default)]
    keep_locks_of: Option<PlanId>,
}

#[derive(Serialize, ToSchema)]
pub struct Plan {
    id: PlanId,
    version: i32,
    state: PlanState,
    seed: i64,
    input_hash: Option<String>,
    algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rounds: Option<Vec<PlannedRound>>,
    score: Option<Value>,
    warnings: Vec<String>,
    took_ms: Option<i64>,
    created_at: DateTime<Utc>,
    published_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct PlannedRound {
    round: u16,
    tables: Vec<PlannedTable>,
}

#[derive(Serialize, ToSchema)]
pub struct PlannedTable {
    table: u16,
    label: Option<String>,
    theme: plan::Theme,
    /// Staff gave it this theme; missing where it is what its members share.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    theme_by_hand: bool,
    members: Vec<Member>,
}

#[derive(Serialize, ToSchema)]
pub struct Member {
    code: RegistrationCode,
    name: PersonName,
    locked: bool,
    why: seat::Why,
}

const MOST_TIME_MS: u64 = 600_000;

impl Plan {
    pub(super) fn of(row: plan::Model, rounds: Option<Vec<PlannedRound>>) -> Self {
        Self {
            id: row.id,
            version: row.version,
            state: row.state,
            seed: row.seed,
            input_hash: row.input_hash,
            algorithm: row.algorithm,
            rounds,
            score: row.score,
            warnings: row.warnings.0,
            took_ms: row.took_ms,
            created_at: row.created_at,
            published_at: row.published_at,
        }
    }
}

pub async fn list(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing) -> Result<List<Plan>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = plan::list(&read, event.id, listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.id, |row| Plan::of(row, None)))
}

/// Starts the job that makes a plan.
pub async fn create(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(new): Json<NewPlan>,
) -> Result<Accepted<jobs::Job>> {
    let mut wrong = Vec::new();
    if new.time_limit_ms.is_some_and(|ms| !(1..=MOST_TIME_MS).contains(&ms)) {
        wrong.push(FieldError::new("/time_limit_ms", "out_of_range", format!("must be 1 to {MOST_TIME_MS}")));
    }
    for weight in new.weights.iter().flat_map(|weights| weights.wrong().collect::<Vec<_>>()) {
        wrong.push(FieldError::new(format!("/weights/{weight}"), "out_of_range", "must be 0 to 100"));
    }
    none_wrong(wrong)?;
    let tx = app.db.write(&who).await?;
    let seen = find_event(&tx, &path.event).await?;
    // Held, so that two plans asked for at once get two numbers.
    let event = event::lock(&tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    if event.state != EventState::Published {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    if let Some(other) = new.keep_locks_of {
        let known = plan::find_by_id(&tx, event.id, other).await?.is_some();
        let wrong = (!known).then(|| FieldError::new("/keep_locks_of", "unknown_plan", "is no plan of this event"));
        none_wrong(wrong.into_iter().collect())?;
    }
    let rounds = round::of_event(&tx, event.id).await?;
    if !rounds.is_empty() && seating::to_come(&rounds).is_empty() {
        return Err(ApiError::WrongState(RoundState::Done.to_string()));
    }
    let now = app.clock.now();
    let request =
        plan::Request { time_limit_ms: new.time_limit_ms, weights: new.weights, keep_locks_of: new.keep_locks_of, repair_of: None };
    let seed = i64::from(new.seed.unwrap_or_else(rand::random));
    let row = plan::insert(&tx, new_plan(&tx, &event, seed, request, now).await?).await?;
    let job = job::Model {
        id: JobId::new(),
        organizer_id: event.organizer_id,
        event_id: Some(event.id),
        plan_id: Some(row.id),
        kind: JobKind::Plan,
        state: JobState::Queued,
        request: json!({}),
        done: 0,
        total: 0,
        note: None,
        result: None,
        problem: None,
        cancel_requested: false,
        attempt: 0,
        owner: None,
        lease_until: None,
        finished_at: None,
        created_at: now,
    };
    let job = job::insert(&tx, job).await?;
    tx.commit().await?;
    app.ring();
    let location = format!("/api/v1/organizers/{}/jobs/{}", path.organizer, job.id);
    Ok(Accepted(location, jobs::Job::from(job)))
}

/// The next plan of an event whose row the caller holds.
pub(super) async fn new_plan(tx: &Tx, event: &event::Model, seed: i64, request: plan::Request, now: DateTime<Utc>) -> Result<plan::Model> {
    Ok(plan::Model {
        id: PlanId::new(),
        organizer_id: event.organizer_id,
        event_id: event.id,
        version: plan::next_version(tx, event.id).await?,
        state: PlanState::Queued,
        seed,
        input_hash: None,
        request: Stored(request),
        tables: Stored(Vec::new()),
        score: None,
        warnings: Stored(Vec::new()),
        algorithm: convivio_matching::ALGORITHM.to_owned(),
        took_ms: None,
        published_at: None,
        revision: 0,
        created_at: now,
    })
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Tagged<Plan>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let row = plan::find_by_id(&read, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    let rounds = rounds(&read, &row, app.clock.now()).await?;
    Ok(Tagged(row.revision, Plan::of(row, Some(rounds))))
}

/// `/plans/{id}/diff/{other}`.
#[derive(serde::Deserialize)]
pub struct TwoPlans {
    event: String,
    id: String,
    other: String,
}

/// Somebody who sits elsewhere in the other plan; nothing where they have no seat.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Moved {
    round: i16,
    code: RegistrationCode,
    from: Option<i16>,
    to: Option<i16>,
}

/// What changes from one plan to the other, by round and code.
pub async fn diff(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<TwoPlans>) -> Result<Json<Vec<Moved>>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let mut places: HashMap<(i16, RegistrationId), [Option<i16>; 2]> = HashMap::new();
    for (side, id) in [&path.id, &path.other].into_iter().enumerate() {
        let row = plan::find_by_id(&read, event.id, id_of(id)?).await?.ok_or(ApiError::NotFound)?;
        for seat in seat::of_plan(&read, row.id).await? {
            places.entry((seat.round, seat.registration_id)).or_default()[side] = Some(seat.table);
        }
    }
    places.retain(|_, [from, to]| from != to);
    let people = registration::by_ids(&read, places.keys().map(|(_, registration)| *registration)).await?;
    let moved = places
        .into_iter()
        .filter_map(|((round, registration), [from, to])| Some(Moved { round, code: people.get(&registration)?.code.clone(), from, to }));
    let mut moved: Vec<Moved> = moved.collect();
    moved.sort_unstable();
    Ok(Json(moved))
}

/// Who sits where, by round and table; why, as far as people show it.
pub(super) async fn rounds(scope: &impl Scoped, row: &plan::Model, now: DateTime<Utc>) -> Result<Vec<PlannedRound>> {
    let mut seats = seat::of_plan(scope, row.id).await?;
    let people = registration::by_ids(scope, seats.iter().map(|seat| seat.registration_id)).await?;
    let reasons = Reasons::new(&people, now);
    let mut at_tables: HashMap<(u16, u16), Vec<Member>> = HashMap::new();
    for seat in seats.drain(..) {
        let Some(person) = people.get(&seat.registration_id) else { continue };
        let key = (u16::try_from(seat.round).unwrap_or(0), u16::try_from(seat.table).unwrap_or(0));
        let why = reasons.told(&person.code, seat.why.0);
        let member = Member { code: person.code.clone(), name: person.name.clone(), locked: seat.locked, why };
        at_tables.entry(key).or_default().push(member);
    }
    let mut rounds: Vec<PlannedRound> = Vec::new();
    for table in row.tables.iter() {
        if rounds.last().is_none_or(|round| round.round != table.round) {
            rounds.push(PlannedRound { round: table.round, tables: Vec::new() });
        }
        let members = at_tables.remove(&(table.round, table.table)).unwrap_or_default();
        let (label, theme, theme_by_hand) = (table.label.clone(), table.theme.clone(), table.by_hand);
        let table = PlannedTable { table: table.table, label, theme, theme_by_hand, members };
        rounds.last_mut().expect("one was pushed if there was none").tables.push(table);
    }
    Ok(rounds)
}

/// Puts the plan in force: checked again against who may have a seat now.
pub async fn publish(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>, if_match: IfMatch) -> Result<Tagged<Plan>> {
    let tx = app.db.write(&who).await?;
    let seen = find_event(&tx, &path.event).await?;
    let event = event::lock(&tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    let row = plan::find_by_id(&tx, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    if_match.ensure(row.revision)?;
    if event.state != EventState::Published {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    if round::live(&tx, event.id).await?.is_some() {
        return Err(ApiError::RoundLive);
    }
    if row.state != PlanState::Draft {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let people = seating::eligible(&tx, event.id, &row.request).await?;
    let to_come = seating::to_come(&round::of_event(&tx, event.id).await?);
    let mut seats = seat::of_plan(&tx, row.id).await?;
    seats.retain(|seat| to_come.contains(&seat.round));
    if !seating::still_fits(&people, &seats, to_come.len()) {
        return Err(stale(&tx, &people, &seats).await?);
    }
    let together = seating::blocked_together(&tx, &people, &seats).await?;
    if !together.is_empty() {
        let conflicts = json!([{"rule": "these are to be kept apart", "codes": together, "relax": "make the plan again"}]);
        return Err(ApiError::PlanInfeasible { detail: "people share a table who are to be kept apart".to_owned(), conflicts });
    }
    let now = app.clock.now();
    if let Some(old) = event.published_plan_id {
        plan::move_on(&tx, old, PlanState::Published, PlanState::Superseded, plan::ActiveModel::default()).await?;
    }
    let changes = plan::ActiveModel { published_at: Set(Some(now)), ..Default::default() };
    plan::move_on(&tx, row.id, PlanState::Draft, PlanState::Published, changes).await?;
    event::set_published_plan(&tx, event.id, row.id).await?;
    let row = plan::find_by_id(&tx, event.id, row.id).await?.ok_or(ApiError::NotFound)?;
    let rounds = rounds(&tx, &row, now).await?;
    tx.commit().await?;
    Ok(Tagged(row.revision, Plan::of(row, Some(rounds))))
}

/// The plan was made for other people than those who come now.
async fn stale(scope: &impl Scoped, people: &[registration::Model], seats: &[seat::Model]) -> Result<ApiError> {
    let seated: HashSet<RegistrationId> = seats.iter().map(|seat| seat.registration_id).collect();
    let eligible: HashSet<RegistrationId> = people.iter().map(|one| one.id).collect();
    let without: Vec<&RegistrationCode> = people.iter().filter(|one| !seated.contains(&one.id)).map(|one| &one.code).collect();
    let gone = registration::by_ids(scope, seated.difference(&eligible).copied()).await?;
    let gone: Vec<&RegistrationCode> = gone.values().map(|one| &one.code).collect();
    let again = "make the plan again";
    let conflicts = json!([
        {"rule": "everyone who comes has a seat in every round", "codes": without, "relax": again},
        {"rule": "nobody has a seat who does not come, or is kept from the tables", "codes": gone, "relax": again},
    ]);
    Ok(ApiError::PlanInfeasible { detail: "the people or the rounds have changed since this plan was made".to_owned(), conflicts })
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RosterQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
    #[serde(default)]
    locale: Option<Locale>,
}

#[derive(Default, Clone, Copy, serde::Deserialize, ToSchema)]
#[schema(as = RosterFormat)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Html,
    Csv,
    Svg,
}

#[derive(Serialize, ToSchema)]
struct Roster {
    rounds: Vec<RosterRound>,
}

#[derive(Serialize, ToSchema)]
struct RosterRound {
    round: u16,
    tables: Vec<RosterTable>,
}

#[derive(Serialize, ToSchema)]
struct RosterTable {
    table: u16,
    label: Option<String>,
    theme: plan::Theme,
    members: Vec<RosterMember>,
}

/// Passions come first; the title comes last, for those who show it.
#[derive(Serialize, ToSchema)]
struct RosterMember {
    code: RegistrationCode,
    passions: Vec<String>,
    name: PersonName,
    headline: Option<convivio_domain::Line>,
}

/// Who sits at which table in each round, to read, to print or for another program.
pub async fn rosters(
    who: Staff<AnyRole>,
    app: web::Data<App>,
    path: web::Path<ItemPath>,
    Query(query): Query<RosterQuery>,
) -> Result<InForm<Rosters>> {
    let (read, now) = (app.db.read(&who), app.clock.now());
    let event = find_event(&read, &path.event).await?;
    let row = plan::find_by_id(&read, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    let locale = query.locale.unwrap_or(event.locale);
    match query.format {
        Format::Html => Ok(InForm::new(pages::seating::page(&read, &who.organizer, &event, &row, who.role, locale, now).await?)),
        Format::Svg => Ok(InForm::new(pages::seating::picture(&read, &who.organizer, &event, &row, who.role, locale, now).await?)),
        Format::Json => Ok(InForm::new(HttpResponse::Ok().json(roster(&read, &row, locale, now).await?))),
        Format::Csv => {
            let csv = roster_csv(roster(&read, &row, locale, now).await?, locale)?;
            let name = format!("attachment; filename=\"{}-rosters.csv\"", event.slug);
            let csv =
                HttpResponse::Ok().content_type("text/csv; charset=utf-8").insert_header((header::CONTENT_DISPOSITION, name)).body(csv);
            Ok(InForm::new(csv))
        }
    }
}

/// The rosters in the form that was asked for.
pub enum Rosters {}

impl Forms for Rosters {
    fn describe(operation: &mut Description) {
        let roster = operation.schema::<Roster>();
        operation.answers(200, "the rosters", "application/json", &roster);
        for text in ["text/html", "text/csv", "image/svg+xml"] {
            operation.answers(200, "the rosters", text, &json!({"type": "string"}));
        }
    }
}

async fn roster(scope: &impl Scoped, row: &plan::Model, locale: Locale, now: DateTime<Utc>) -> Result<Roster> {
    let seats = seat::of_plan(scope, row.id).await?;
    let people = registration::by_ids(scope, seats.iter().map(|seat| seat.registration_id)).await?;
    let by_code: HashMap<&RegistrationCode, &registration::Model> = people.values().map(|one| (&one.code, one)).collect();
    let shown = |member: Member| {
        let profile = &by_code[&member.code].profile;
        let passions = match profile.visibility.shows_tablemates(Field::Passions) {
            true => profile.passions.iter().map(|passion| passion.label(locale)).collect(),
            false => Vec::new(),
        };
        let headline = profile.headline.clone().filter(|_| profile.visibility.shows_tablemates(Field::Headline));
        RosterMember { code: member.code, passions, name: member.name, headline }
    };
    let rounds = rounds(scope, row, now).await?.into_iter().map(|round| RosterRound {
        round: round.round,
        tables: round
            .tables
            .into_iter()
            .map(|table| RosterTable {
                table: table.table,
                label: table.label,
                theme: table.theme,
                members: table.members.into_iter().map(shown).collect(),
            })
            .collect(),
    });
    Ok(Roster { rounds: rounds.collect() })
}

fn roster_csv(roster: Roster, locale: Locale) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let written = (|| {
        csv.write_record(["round", "table", "label", "theme", "code", "passions", "name", "headline"])?;
        for round in roster.rounds {
            for table in round.tables {
                let theme = table.theme.label(locale).unwrap_or("mixed");
                for member in table.members {
                    csv.write_record([
                        round.round.to_string(),
                        table.table.to_string(),
                        harmless(table.label.as_deref().unwrap_or_default()),
                        harmless(theme),
                        member.code.to_string(),
                        harmless(&member.passions.join("; ")),
                        harmless(member.name.as_str()),
                        harmless(member.headline.as_ref().map_or("", |headline| headline.as_str())),
                    ])?;
                }
            }
        }
        csv.flush()?;
        Ok::<_, csv::Error>(())
    })();
    written.map_err(anyhow::Error::from)?;
    Ok(csv.into_inner().map_err(|err| anyhow::anyhow!("{err}"))?)
}
