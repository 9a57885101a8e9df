//! One's own registrations: where one sits, with whom, and how to talk there.

use std::collections::BTreeMap;
use std::slice;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Set, event, plan, registration, round, seat};
use convivio_domain::words::{EventState, RegistrationState, RoundState};
use convivio_domain::{
    DeclaredPassion, Field, FreeText, Language, Line, Locale, Need, PersonName, Phrase, RegistrationCode, Slug, TableLayout, VisibleTo,
    Wishes,
};
use convivio_followup::guide;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::checkins::MyTable as SeatByRound;
use crate::api::registrations::places;
use crate::app::App;
use crate::authoring::write_as;
use crate::hosting::Sitting;
use crate::http::{ApiError, Attendee, Json, List, Listing, NoContent, Result, Tagged};
use crate::reasons::Reasons;

#[derive(Serialize, ToSchema)]
#[schema(as = MyRegistration)]
pub struct Registration {
    code: RegistrationCode,
    state: RegistrationState,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<i32>,
    /// Until when the seat is held, while it is `offered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_until: Option<DateTime<Utc>>,
    event: EventLine,
    intention: Option<FreeText>,
    wishes: Wishes,
    created_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    method_ack_at: Option<DateTime<Utc>>,
    /// Where the published plan seats one, by round; missing where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    tables: Option<Vec<SeatByRound>>,
    /// Every field, and who may see it.
    visibility: BTreeMap<Field, VisibleTo>,
}

#[derive(Serialize, ToSchema)]
struct EventLine {
    slug: Slug,
    title: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    place: Option<Line>,
    state: EventState,
}

impl Registration {
    /// With where one sits.
    pub async fn seated(scope: &impl Scoped, row: registration::Model, event: &event::Model) -> Result<Self> {
        let tables = places(scope, slice::from_ref(event), [&row]).await?.remove(&row.id);
        Ok(Self::of(row, event, tables))
    }

    pub fn of(row: registration::Model, event: &event::Model, tables: Option<Vec<SeatByRound>>) -> Self {
        Self {
            offered_until: row.offered_until(),
            code: row.code,
            state: row.state,
            position: row.position,
            event: EventLine {
                slug: event.slug.clone(),
                title: event.title(row.locale).to_owned(),
                starts_at: event.starts_at,
                ends_at: event.ends_at,
                place: event.place.clone(),
                state: event.state,
            },
            intention: row.intention,
            wishes: row.wishes.0,
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            method_ack_at: row.method_ack_at,
            tables,
            visibility: row.profile.visibility.complete(),
        }
    }
}

/// Newest first.
pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Registration>> {
    let read = app.db.read(&who);
    let page = registration::page_of_person(&read, who.person.id, listing.cursor()?).await?;
    let events = event::by_ids(&read, page.rows.iter().map(|row| row.event_id)).await?;
    let mut places = places(&read, &events, &page.rows).await?;
    let shown = |row: registration::Model| {
        let event = events.iter().find(|event| event.id == row.event_id)?;
        let tables = places.remove(&row.id);
        Some(Registration::of(row, event, tables))
    };
    Ok(listing.answer(page, |row| row.id, shown).flatten())
}

pub async fn show(who: Attendee, app: web::Data<App>, code: web::Path<String>) -> Result<Tagged<Registration>> {
    let (row, event) = own(&app, &who, &code).await?;
    Ok(Tagged(row.version, Registration::seated(&app.db.read(&who), row, &event).await?))
}

/// One's own registration of this code; anybody else's is not there.
pub async fn own(app: &App, who: &Attendee, code: &str) -> Result<(registration::Model, event::Model)> {
    let read = app.db.read(who);
    let code = RegistrationCode::parse(code).map_err(|_| ApiError::NotFound)?;
    let row = registration::by_code_anywhere(&read, &code).await?.ok_or(ApiError::NotFound)?;
    if row.person_id != who.person.id {
        return Err(ApiError::NotFound);
    }
    let event = event::find_by_id(&read, row.event_id).await?.ok_or(ApiError::NotFound)?;
    Ok((row, event))
}

/// "I have read how we meet." Saying it again changes nothing.
pub async fn acknowledge_method(who: Attendee, app: web::Data<App>, code: web::Path<String>) -> Result<NoContent> {
    let (row, _) = own(&app, &who, &code).await?;
    acknowledge(&app, &row).await?;
    Ok(NoContent)
}

pub async fn acknowledge(app: &App, row: &registration::Model) -> Result<()> {
    if row.method_ack_at.is_none() {
        let tx = write_as(app, &row.organizer_id, row.person_id).await?;
        let changes = registration::ActiveModel { method_ack_at: Set(Some(app.clock.now())), ..Default::default() };
        registration::change(&tx, row.id, changes).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[derive(Serialize, ToSchema)]
pub struct MyTables {
    tables: Vec<MyTable>,
}

#[derive(Serialize, ToSchema)]
pub struct MyTable {
    pub round: i16,
    pub table: i16,
    pub label: Option<String>,
    pub theme: plan::Theme,
    pub state: RoundState,
    pub minutes: i16,
    pub starts_at: Option<DateTime<Utc>>,
    /// Where an online table meets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Line>,
    pub members: Vec<Mate>,
}

/// Someone at the table, with what they chose to show: passions first, the title after everything else of them.
#[derive(Serialize, ToSchema)]
pub struct Mate {
    pub code: RegistrationCode,
    pub you: bool,
    pub passions: Vec<DeclaredPassion>,
    pub name: Option<PersonName>,
    pub offers: Vec<Phrase>,
    pub needs: Vec<Need>,
    pub working_on: Option<Line>,
    /// What would make the evening worthwhile to them.
    pub intention: Option<FreeText>,
    pub languages: Vec<Language>,
    pub unit: Option<Line>,
    pub headline: Option<Line>,
    pub why: seat::Why,
}

pub async fn table(who: Attendee, app: web::Data<App>, code: web::Path<String>) -> Result<Json<MyTables>> {
    let (row, event) = own(&app, &who, &code).await?;
    Ok(Json(MyTables { tables: tables(&app, &row, &event).await? }))
}

/// Where the published plan seats this person, and with whom. Who has left sits nowhere.
pub async fn tables(app: &App, row: &registration::Model, event: &event::Model) -> Result<Vec<MyTable>> {
    if row.state.has_left() {
        return Ok(Vec::new());
    }
    let read = app.db.read(&row.organizer_id);
    let Some(plan_id) = event.published_plan_id else { return Ok(Vec::new()) };
    let Some(plan) = plan::find_by_id(&read, event.id, plan_id).await? else { return Ok(Vec::new()) };
    let rounds = round::of_event(&read, event.id).await?;
    let now = app.clock.now();
    let mut tables = Vec::new();
    for seat in seat::of_registration(&read, plan_id, row.id).await? {
        let Some(round) = rounds.iter().find(|round| round.number == seat.round) else { continue };
        let here = |table: &&plan::Table| i16::try_from(table.round) == Ok(seat.round) && i16::try_from(table.table) == Ok(seat.table);
        let found = plan.tables.iter().find(here);
        let seats = seat::at_table(&read, plan_id, seat.round, seat.table).await?;
        let mut people = registration::by_ids(&read, seats.iter().map(|seat| seat.registration_id)).await?;
        people.retain(|_, person| !person.state.has_left());
        let reasons = Reasons::new(&people, now);
        let link = match event.tables.as_deref() {
            Some(TableLayout::Listed { tables }) => {
                usize::try_from(seat.table - 1).ok().and_then(|index| tables.get(index)).and_then(|table| table.link.clone())
            }
            _ => None,
        };
        let mates = seats
            .into_iter()
            .filter_map(|seat| Some(mate(people.get(&seat.registration_id)?, row, reasons.told_to_oneself(seat.why.0), now)));
        let mut members: Vec<Mate> = mates.collect();
        // Oneself first: that is whom one looks for.
        members.sort_by_key(|mate| !mate.you);
        tables.push(MyTable {
            round: seat.round,
            table: seat.table,
            label: found.and_then(|table| table.label.clone()),
            theme: found.map_or(plan::Theme::Mixed, |table| table.theme.clone()),
            state: round.state,
            minutes: round.minutes,
            starts_at: round.starts_at,
            link,
            members,
        });
    }
    Ok(tables)
}

fn mate(other: &registration::Model, me: &registration::Model, why: seat::Why, now: DateTime<Utc>) -> Mate {
    let profile = &other.profile;
    let you = other.id == me.id;
    let shows = |field| you || profile.visibility.shows_tablemates(field);
    Mate {
        code: other.code.clone(),
        you,
        passions: if shows(Field::Passions) { profile.passions.clone() } else { Vec::new() },
        name: shows(Field::Name).then(|| other.name.clone()),
        offers: if shows(Field::Offers) { profile.offers.clone() } else { Vec::new() },
        needs: if shows(Field::Needs) { profile.needs_at(now).cloned().collect() } else { Vec::new() },
        working_on: profile.working_on.clone().filter(|_| shows(Field::WorkingOn)),
        intention: other.intention.clone().filter(|_| shows(Field::Intention)),
        languages: if shows(Field::Languages) { profile.languages.clone() } else { Vec::new() },
        unit: profile.unit.clone().filter(|_| shows(Field::Unit)),
        headline: profile.headline.clone().filter(|_| shows(Field::Headline)),
        // Why somebody else sits here may rest on what they keep.
        why: if you { why } else { seat::Why::default() },
    }
}

#[derive(Serialize, ToSchema)]
pub struct Guide {
    round: i16,
    table: i16,
    members: usize,
    minutes: i16,
    #[serde(flatten)]
    guide: guide::TableGuide,
}

/// How to talk at the table of the round that is live or comes next: everybody answers the same question in turn, light before deep.
pub async fn guide(who: Attendee, app: web::Data<App>, code: web::Path<String>) -> Result<Json<Guide>> {
    let (row, event) = own(&app, &who, &code).await?;
    let tables = tables(&app, &row, &event).await?;
    let table = current(&tables).ok_or(ApiError::NoPublishedPlan)?;
    Ok(Json(Guide {
        round: table.round,
        table: table.table,
        members: table.members.len(),
        minutes: table.minutes,
        guide: guide_for(table, row.locale)?,
    }))
}

/// The table of the live round, else of the next, else of the last.
pub fn current(tables: &[MyTable]) -> Option<&MyTable> {
    let in_state = |state| tables.iter().find(|table| table.state == state);
    in_state(RoundState::Live).or_else(|| in_state(RoundState::Planned)).or(tables.last())
}

pub fn guide_for(table: &MyTable, locale: Locale) -> Result<guide::TableGuide> {
    let MyTable { round, table: number, theme, minutes, members, .. } = table;
    Sitting { theme, people: members.len(), minutes: *minutes, round: *round, table: *number }.guide(locale)
}
