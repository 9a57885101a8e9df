//! Events: what an organizer prepares, publishes and completes.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::event::Changed;
use convivio_db::{NotSet, Set, Stored, Tx, event, round};
use convivio_domain::words::{Audience, EventKind, EventMode, EventState, Phase};
use convivio_domain::{
    Capacity, EventId, FreeText, Guides, Line, Locale, Localized, OrganizerId, RoundPlan, SizeRule, Slug, TableLayout, Timezone, Title,
    Weights,
};
use eserde::Deserialize;
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{EventPath, find_event, series};
use crate::app::App;
use crate::http::{
    AnyRole, ApiError, Checked, CreatedTagged, FieldError, IfMatch, Json, List, Listing, Manager, Patch, Result, Ruled, Staff, Tagged,
    Viewer, none_wrong,
};
use crate::{cancelling, completing, waiting};

/// An event as an organizer writes it; also what a merge patch is applied to.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventForm {
    pub(super) slug: Slug,
    pub(super) title: Localized<Title>,
    #[serde(default)]
    summary: Localized<FreeText>,
    #[serde(default)]
    method: Localized<FreeText>,
    #[serde(default)]
    purpose: Option<FreeText>,
    /// The slug of a series of yours; its evenings remember each other.
    #[serde(default)]
    series: Option<Slug>,
    #[serde(default)]
    kind: EventKind,
    #[serde(default)]
    mode: EventMode,
    #[serde(default)]
    audience: Audience,
    #[serde(default)]
    place: Option<Line>,
    pub(super) timezone: Timezone,
    #[serde(default)]
    locale: Locale,
    #[eserde(compat)]
    pub(super) starts_at: DateTime<Utc>,
    #[eserde(compat)]
    pub(super) ends_at: DateTime<Utc>,
    #[serde(default)]
    capacity: Option<Capacity>,
    #[serde(default)]
    #[eserde(compat)]
    pub(super) registration_opens_at: Option<DateTime<Utc>>,
    #[serde(default)]
    #[eserde(compat)]
    pub(super) registration_closes_at: Option<DateTime<Utc>>,
    #[serde(default)]
    approval: bool,
    #[serde(default)]
    offer_hours: Option<i32>,
    #[serde(default)]
    weights: Weights,
    /// Whose guides people are given to read before, during and after
    #[serde(default)]
    guides: Guides,
    #[serde(default)]
    retention_days: Option<i32>,
}

#[derive(Serialize, ToSchema)]
pub struct Event {
    #[serde(flatten)]
    form: EventForm,
    state: EventState,
    phase: Phase,
    seats: Seats,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub struct Seats {
    taken: i32,
    left: Option<i32>,
    waitlisted: i32,
}

impl Seats {
    pub(super) fn of(row: &event::Model) -> Self {
        Self { taken: row.taken, left: row.seats_left(), waitlisted: row.waitlisted }
    }
}

const OFFER_HOURS: i32 = 24;
const COFFEE_MINUTES: u16 = 30;

/// What the rules about several fields, and about bare numbers, look at.
#[derive(Deserialize)]
pub struct EventPart {
    #[serde(default)]
    title: Option<Localized<Title>>,
    #[serde(default)]
    #[eserde(compat)]
    starts_at: Option<DateTime<Utc>>,
    #[serde(default)]
    #[eserde(compat)]
    ends_at: Option<DateTime<Utc>>,
    #[serde(default)]
    #[eserde(compat)]
    registration_opens_at: Option<DateTime<Utc>>,
    #[serde(default)]
    #[eserde(compat)]
    registration_closes_at: Option<DateTime<Utc>>,
    #[serde(default)]
    offer_hours: Option<i32>,
    #[serde(default)]
    weights: Option<Weights>,
    #[serde(default)]
    retention_days: Option<i32>,
}

impl Ruled for EventForm {
    type Part = EventPart;

    fn part(&self) -> EventPart {
        EventPart {
            title: Some(self.title.clone()),
            starts_at: Some(self.starts_at),
            ends_at: Some(self.ends_at),
            registration_opens_at: self.registration_opens_at,
            registration_closes_at: self.registration_closes_at,
            offer_hours: self.offer_hours,
            weights: Some(self.weights),
            retention_days: self.retention_days,
        }
    }

    fn broken(part: &EventPart) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if part.title.as_ref().is_some_and(Localized::is_empty) {
            wrong.push(FieldError::new("/title", "required", "must be given in at least one language"));
        }
        if let (Some(starts_at), Some(ends_at)) = (part.starts_at, part.ends_at) {
            if ends_at <= starts_at {
                wrong.push(FieldError::new("/ends_at", "before_start", "must be after starts_at"));
            }
            if ends_at - starts_at > chrono::TimeDelta::days(30) {
                wrong.push(FieldError::new("/ends_at", "out_of_range", "must be within 30 days of starts_at"));
            }
        }
        if let (Some(opens), Some(closes)) = (part.registration_opens_at, part.registration_closes_at)
            && closes <= opens
        {
            wrong.push(FieldError::new("/registration_closes_at", "before_opening", "must be after registration_opens_at"));
        }
        for (pointer, at) in [
            ("/starts_at", part.starts_at),
            ("/registration_opens_at", part.registration_opens_at),
            ("/registration_closes_at", part.registration_closes_at),
        ] {
            if at.is_some_and(|at| !in_reach(at)) {
                wrong.push(FieldError::new(pointer, "out_of_range", "must be between the years 2000 and 2100"));
            }
        }
        if part.offer_hours.is_some_and(|hours| !(1..=336).contains(&hours)) {
            wrong.push(FieldError::new("/offer_hours", "out_of_range", "must be 1 to 336"));
        }
        if part.retention_days.is_some_and(|days| !(1..=3650).contains(&days)) {
            wrong.push(FieldError::new("/retention_days", "out_of_range", "must be 1 to 3650"));
        }
        for weight in part.weights.iter().flat_map(Weights::wrong) {
            wrong.push(FieldError::new(format!("/weights/{weight}"), "out_of_range", "must be 0 to 100"));
        }
        wrong
    }
}

impl EventForm {
    /// Whether calendars that have the event would show something else than what it says now.
    fn looks_different_in_calendars(&self, row: &event::Model) -> bool {
        let times = [self.starts_at, self.ends_at].map(convivio_domain::micros);
        times != [row.starts_at, row.ends_at] || self.place != row.place || self.title != row.title.0
    }

    pub(super) fn of(row: &event::Model) -> Self {
        Self {
            slug: row.slug.clone(),
            title: row.title.0.clone(),
            summary: row.summary.0.clone(),
            method: row.method.0.clone(),
            purpose: row.purpose.clone(),
            series: row.series.clone(),
            kind: row.kind,
            mode: row.mode,
            audience: row.audience,
            place: row.place.clone(),
            timezone: row.timezone,
            locale: row.locale,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            capacity: row.capacity,
            registration_opens_at: row.registration_opens_at,
            registration_closes_at: row.registration_closes_at,
            approval: row.approval,
            offer_hours: Some(row.offer_hours),
            weights: row.weights.0,
            guides: row.guides(),
            retention_days: row.retention_days,
        }
    }

    /// A new event that says this.
    pub(super) fn draft(self, organizer: OrganizerId, now: DateTime<Utc>) -> event::ActiveModel {
        event::ActiveModel {
            id: Set(EventId::new()),
            organizer_id: Set(organizer),
            taken: Set(0),
            waitlisted: Set(0),
            tables: NotSet,
            state: Set(EventState::Draft),
            version: Set(1),
            calendar_sequence: Set(0),
            created_at: Set(now),
            ..self.columns(now)
        }
    }

    fn columns(self, now: DateTime<Utc>) -> event::ActiveModel {
        let kept = convivio_domain::micros;
        event::ActiveModel {
            slug: Set(self.slug),
            title: Set(Stored(self.title)),
            summary: Set(Stored(self.summary)),
            method: Set(Stored(self.method)),
            purpose: Set(self.purpose),
            series: Set(self.series),
            kind: Set(self.kind),
            mode: Set(self.mode),
            audience: Set(self.audience),
            place: Set(self.place),
            timezone: Set(self.timezone),
            locale: Set(self.locale),
            starts_at: Set(kept(self.starts_at)),
            ends_at: Set(kept(self.ends_at)),
            capacity: Set(self.capacity),
            registration_opens_at: Set(self.registration_opens_at.map(kept)),
            registration_closes_at: Set(self.registration_closes_at.map(kept)),
            approval: Set(self.approval),
            offer_hours: Set(self.offer_hours.unwrap_or(OFFER_HOURS)),
            weights: Set(Stored(self.weights)),
            guides: Set(Some(Stored(self.guides))),
            retention_days: Set(self.retention_days),
            updated_at: Set(now),
            ..Default::default()
        }
    }
}

/// Years that both databases and every calendar can hold.
pub fn in_reach(at: DateTime<Utc>) -> bool {
    use chrono::Datelike;
    (2000..=2100).contains(&at.year())
}

impl Event {
    pub fn of(row: &event::Model, now: DateTime<Utc>) -> Self {
        Self {
            form: EventForm::of(row),
            state: row.state,
            phase: row.phase(now),
            seats: Seats::of(row),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    state: Option<EventState>,
    /// Those of the series of this slug
    series: Option<Slug>,
}

pub async fn list(who: Staff<AnyRole>, app: web::Data<App>, listing: Listing<Filters>) -> Result<List<Event>> {
    let Filters { state, series } = &listing.filters;
    let page = event::list(&app.db.read(&who), listing.cursor()?, *state, series.as_ref()).await?;
    let now = app.clock.now();
    Ok(listing.answer(page, |row| row.id, |row| Event::of(&row, now)))
}

pub async fn create(who: Staff<Manager>, app: web::Data<App>, Checked(form): Checked<EventForm>) -> Result<CreatedTagged<Event>> {
    let now = app.clock.now();
    let tx = app.db.write(&who).await?;
    none_wrong(series::unknown(&tx, form.series.as_ref()).await?.into_iter().collect())?;
    let row = event::insert(&tx, form.draft(who.organizer.id, now)).await?.ok_or(ApiError::SlugTaken)?;
    set_for_coffee(&tx, &row, now).await?;
    tx.commit().await?;
    let location = format!("/api/v1/organizers/{}/events/{}", who.organizer.slug, row.slug);
    Ok(CreatedTagged(location, row.version, Event::of(&row, now)))
}

/// Coffee is for two at a time, or three where the number is odd, and for one round; who wants it otherwise says so, and it stays.
async fn set_for_coffee(tx: &Tx, row: &event::Model, now: DateTime<Utc>) -> Result<()> {
    if row.kind != EventKind::Coffee || row.tables.is_some() {
        return Ok(());
    }
    event::set_tables(tx, row.id, TableLayout::BySize(SizeRule { min: 2, max: 3, count: None })).await?;
    if round::of_event(tx, row.id).await?.is_empty() {
        let one = RoundPlan { minutes: COFFEE_MINUTES, break_minutes: 0, starts_at: None };
        round::replace(tx, row.id, &[one], now).await?;
    }
    Ok(())
}

pub async fn show(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Tagged<Event>> {
    let row = find_event(&app.db.read(&who), &path.event).await?;
    Ok(Tagged(row.version, Event::of(&row, app.clock.now())))
}

/// Changes what the merge patch names. A published event keeps its slug, and what has ended stays as it was. A capacity below the seats taken takes
/// nobody's away: it only gives no more. A larger one is offered to those who wait.
pub async fn update(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    if_match: IfMatch,
    patch: Patch<EventForm>,
) -> Result<Tagged<Event>> {
    let tx = app.db.write(&who).await?;
    let row = find_event(&tx, &path.event).await?;
    if_match.ensure(row.version)?;
    if !matches!(row.state, EventState::Draft | EventState::Published) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let form = patch.onto_checked(EventForm::of(&row))?;
    let mut wrong: Vec<FieldError> = series::unknown(&tx, form.series.as_ref()).await?.into_iter().collect();
    if row.state != EventState::Draft && form.slug != row.slug {
        wrong.push(FieldError::new("/slug", "fixed", "cannot be changed once the event is published"));
    }
    none_wrong(wrong)?;
    let now = app.clock.now();
    let shown = i32::from(form.looks_different_in_calendars(&row));
    let changes = event::ActiveModel { calendar_sequence: Set(row.calendar_sequence + shown), ..form.columns(now) };
    let row = match event::change(&tx, row.id, row.version, changes).await? {
        Changed::To(row) => *row,
        Changed::Meanwhile => return Err(ApiError::PreconditionFailed),
        Changed::SlugTaken => return Err(ApiError::SlugTaken),
    };
    set_for_coffee(&tx, &row, now).await?;
    waiting::commit_and_offer(&app, tx, row.id).await?;
    let row = find_event(&app.db.read(&who), &path.event).await?;
    Ok(Tagged(row.version, Event::of(&row, now)))
}

/// What is missing before the event can be published, and what an experienced host would change.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    gaps: Vec<Remark>,
    warnings: Vec<Remark>,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct Remark {
    code: &'static str,
    pointer: &'static str,
    detail: String,
}

/// An event of more people than this that is not split into tables makes them a number.
const LARGE: i32 = 30;
/// A table above this falls into two conversations.
const LARGEST_TABLE: u16 = 6;
/// More than three rounds of less than twenty minutes are speed-dating.
const MANY_ROUNDS: usize = 4;
const SHORT_ROUND: i16 = 20;

fn readiness(row: &event::Model, rounds: &[round::Model]) -> Readiness {
    let mut gaps = Vec::new();
    let mut warnings = Vec::new();
    let remark = |code, pointer, detail: &str| Remark { code, pointer, detail: detail.to_owned() };
    // Without a capacity, who has come so far is all that is known.
    let people = row.capacity.map_or(row.taken, Capacity::get);
    if row.purpose.is_none() {
        gaps.push(remark("no_purpose", "/purpose", "say what the event is for"));
    }
    if row.kind == EventKind::Tables {
        if row.method.is_empty() {
            gaps.push(remark("no_method", "/method", "say how people will meet; it is mailed to everyone the day before"));
        }
        if rounds.is_empty() {
            gaps.push(remark("no_rounds", "/rounds", "plan at least one round"));
        }
        match &row.tables {
            None => gaps.push(remark("no_tables", "/tables", "say which tables there are, or how large they should be")),
            Some(tables) => {
                if let Some(seats) = tables.seats().filter(|seats| i64::from(*seats) < i64::from(people)) {
                    let detail = format!("the tables have {seats} seats, and {people} people may come");
                    gaps.push(Remark { code: "too_few_seats", pointer: "/tables", detail });
                }
            }
        }
        if row.tables.as_ref().is_some_and(|tables| tables.largest() > LARGEST_TABLE) {
            warnings.push(remark("table_above_six", "/tables", "a table of more than six falls into two conversations"));
        }
        if rounds.iter().filter(|round| round.minutes < SHORT_ROUND).count() >= MANY_ROUNDS {
            warnings.push(remark("many_short_rounds", "/rounds", "a few long rounds leave more behind than many short ones"));
        }
    }
    let more_than_one_room = usize::try_from(people.max(row.taken)).is_ok_and(|people| people > completing::ONE_ROOM);
    if row.kind == EventKind::Workshop && row.tables.is_none() && more_than_one_room {
        let detail = format!("of more than {} people without tables nobody can say who met whom: no follow-up", completing::ONE_ROOM);
        warnings.push(Remark { code: "workshop_above_twenty", pointer: "/tables", detail });
    }
    if people > LARGE && row.tables.is_none() {
        warnings.push(remark("large_without_tables", "/tables", "so many people need small tables, or they become a number"));
    }
    let missing = |text: &Localized<FreeText>| text.missing().next().filter(|_| !text.is_empty());
    for (pointer, missing) in
        [("/title", row.title.missing().next()), ("/summary", missing(&row.summary)), ("/method", missing(&row.method))]
    {
        if let Some(locale) = missing {
            let detail = format!("has no text in `{locale}`; those readers get the event's language");
            warnings.push(Remark { code: "locale_missing", pointer, detail });
        }
    }
    Readiness { ready: gaps.is_empty(), gaps, warnings }
}

pub async fn show_readiness(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Json<Readiness>> {
    let read = app.db.read(&who);
    let row = find_event(&read, &path.event).await?;
    Ok(Json(readiness(&row, &round::of_event(&read, row.id).await?)))
}

/// Opens the event to the public, once nothing is missing.
pub async fn publish(who: Staff<Manager>, app: web::Data<App>, path: web::Path<EventPath>, if_match: IfMatch) -> Result<Tagged<Event>> {
    let tx = app.db.write(&who).await?;
    let row = held(&tx, &path.event, &if_match).await?;
    if row.state != EventState::Draft {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let readiness = readiness(&row, &round::of_event(&tx, row.id).await?);
    if !readiness.ready {
        return Err(ApiError::NotReady(json!(readiness.gaps)));
    }
    move_on(&app, tx, &row, EventState::Published).await
}

/// Ends the event: who was there is followed up from here on.
pub async fn complete(who: Staff<Manager>, app: web::Data<App>, path: web::Path<EventPath>, if_match: IfMatch) -> Result<Tagged<Event>> {
    let tx = app.db.write(&who).await?;
    let row = held(&tx, &path.event, &if_match).await?;
    let now = app.clock.now();
    if row.state != EventState::Published || now < row.starts_at {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    completing::complete(&tx, &row, now).await?;
    let row = find_event(&tx, &path.event).await?;
    tx.commit().await?;
    Ok(Tagged(row.version, Event::of(&row, now)))
}

/// Calls the event off. Everybody who had a place, or waited for one, is told by mail.
pub async fn cancel(who: Staff<Manager>, app: web::Data<App>, path: web::Path<EventPath>, if_match: IfMatch) -> Result<Tagged<Event>> {
    let tx = app.db.write(&who).await?;
    let row = held(&tx, &path.event, &if_match).await?;
    cancelling::cancel(&app, &tx, &row).await?;
    let row = find_event(&tx, &path.event).await?;
    tx.commit().await?;
    app.ring();
    Ok(Tagged(row.version, Event::of(&row, app.clock.now())))
}

/// Puts a completed event away. Follow-up that is under way goes on: people were promised it.
pub async fn archive(who: Staff<Manager>, app: web::Data<App>, path: web::Path<EventPath>, if_match: IfMatch) -> Result<Tagged<Event>> {
    let tx = app.db.write(&who).await?;
    let row = held(&tx, &path.event, &if_match).await?;
    if row.state != EventState::Completed {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    move_on(&app, tx, &row, EventState::Archived).await
}

/// The event as it stands now, which is the version that was seen; nobody changes it before the transaction ends.
async fn held(tx: &Tx, slug: &str, seen: &IfMatch) -> Result<event::Model> {
    let row = find_event(tx, slug).await?;
    let row = event::lock(tx, row.id).await?.ok_or(ApiError::NotFound)?;
    seen.ensure(row.version)?;
    Ok(row)
}

/// The event in its next state.
async fn move_on(app: &App, tx: Tx, row: &event::Model, to: EventState) -> Result<Tagged<Event>> {
    let now = app.clock.now();
    if !event::move_on(&tx, row.id, row.state, to, now).await? {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let row = event::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Tagged(row.version, Event::of(&row, now)))
}

/// Whether a layout can be that of this event.
pub fn fits(tables: &TableLayout) -> Result<()> {
    let mut wrong = Vec::new();
    let mut size = |pointer: String, min: u16, max: u16| {
        if min == 0 || max == 0 {
            wrong.push(FieldError::new(pointer, "out_of_range", "a table has at least one seat"));
        } else if min > max {
            wrong.push(FieldError::new(pointer, "min_above_max", "min must not be above max"));
        } else if max > 100 {
            wrong.push(FieldError::new(pointer, "out_of_range", "a table has at most 100 seats"));
        }
    };
    match tables {
        TableLayout::Listed { tables } => {
            for (i, table) in tables.iter().enumerate() {
                size(format!("/tables/{i}"), table.min, table.max);
            }
            if tables.is_empty() || tables.len() > 5000 {
                wrong.push(FieldError::new("/tables", "out_of_range", "must list 1 to 5000 tables"));
            }
        }
        TableLayout::BySize(rule) => {
            size(String::new(), rule.min, rule.max);
            if rule.count.is_some_and(|count| count == 0 || count > 5000) {
                wrong.push(FieldError::new("/count", "out_of_range", "must be 1 to 5000"));
            }
        }
    }
    none_wrong(wrong)
}
