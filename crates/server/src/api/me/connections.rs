//! Whom one keeps. Each of two has a view of their own: what one chose, wrote or let go of is no business of the other.

use std::collections::{BTreeSet, HashMap};

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Cursor, Scoped, block, connection, event, log, person, registration};
use convivio_domain::words::{ConnectionState, LogKind, RegistrationState};
use convivio_domain::{ConnectionId, EmailAddress, EventId, Field, FreeText, PersonId, PersonName, RegistrationCode, Slug};
use convivio_followup::asks::{self, Gate};
use convivio_followup::garden::{self, Cadence, Stage, Temperature};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answering::Check;
use crate::app::App;
use crate::authoring::write_as;
use crate::gardening::cadence_of;
use crate::http::{ApiError, Attendee, Created, Json, List, Listing, NoContent, Result};
use crate::keeping;

#[derive(Serialize, ToSchema)]
pub struct Connection {
    pub id: ConnectionId,
    /// Of their registration for the event where the two met, or where who brought the two together met them.
    pub code: RegistrationCode,
    /// Missing where the person keeps it.
    pub name: Option<PersonName>,
    pub event: Slug,
    pub state: ConnectionState,
    /// Who brought the two together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_through: Option<PersonName>,
    /// Somebody did, even if their name is gone.
    #[serde(skip)]
    pub introduced: bool,
    /// They asked, and one has not answered.
    pub incoming: bool,
    /// What whoever asked wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<FreeText>,
    /// Once both keep in touch and both said they would exchange addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// How it has gone, for oneself alone; missing where they asked.
    #[serde(flatten)]
    pub private: Option<Private>,
}

/// What only the owner of a connection reads.
#[derive(Serialize, ToSchema)]
pub struct Private {
    pub stage: Stage,
    pub temperature: Temperature,
    /// When the two were last in touch, as one says; else when they met.
    pub in_touch_at: DateTime<Utc>,
    /// 1, 3 or 6 months; missing until one says.
    pub every_months: Option<u8>,
    /// Whether something may be asked of them.
    pub asks: Gate,
    pub mirror: Mirror,
    /// Every check, oldest first.
    pub checks: Vec<Checked>,
    /// What they thanked one for and let one read, oldest first, as long as both are connected.
    pub thanks: Vec<Thanks>,
}

/// What one gave to, and asked of, somebody one keeps.
#[derive(Serialize, ToSchema)]
#[schema(as = MirrorOfConnection)]
pub struct Mirrored {
    connection: ConnectionId,
    code: RegistrationCode,
    /// Missing where the person keeps it.
    name: Option<PersonName>,
    #[serde(flatten)]
    mirror: Mirror,
}

/// What one gave and what one asked for.
#[derive(Serialize, ToSchema)]
pub struct Mirror {
    gives: usize,
    asks: usize,
}

/// Of the other, for oneself to read.
#[derive(Serialize, ToSchema)]
pub struct Thanks {
    pub at: DateTime<Utc>,
    pub text: FreeText,
}

#[derive(Serialize, ToSchema)]
pub struct Checked {
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub check: Check,
}

pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Connection>> {
    let read = app.db.read(&who);
    let page = connection::around(&read, who.person.id, listing.cursor()?).await?;
    let view = View::of(&read, &who, &page.rows, app.clock.now()).await?;
    Ok(listing.answer(page, |row| row.id, |row| view.shown(row)).flatten())
}

/// Everybody one ever chose or answered, whatever came of it, and who waits for an answer.
pub(super) async fn all_ever(scope: &impl Scoped, who: &Attendee, now: DateTime<Utc>) -> Result<Vec<Connection>> {
    let me = who.person.id;
    let mut rows = connection::all_around(scope, me).await?;
    rows.retain(|row| row.owner_id == me || row.state == ConnectionState::Requested);
    let view = View::of(scope, who, &rows, now).await?;
    Ok(rows.into_iter().filter_map(|row| view.shown(row)).collect())
}

pub async fn show(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<Connection>> {
    let read = app.db.read(&who);
    let row = keeping::mine(&read, &who, &id).await?;
    shown(&read, &who, row, app.clock.now()).await
}

/// The same of everyone one keeps, but only what one gave and asked for.
pub async fn mirrored(scope: &impl Scoped, who: &Attendee, now: DateTime<Utc>) -> Result<Vec<Mirrored>> {
    let rows = connection::kept(scope, who.person.id).await?;
    let view = View::of(scope, who, &rows, now).await?;
    let shown = rows.into_iter().filter_map(|row| view.shown(row));
    let mirrored =
        shown.filter_map(|one| Some(Mirrored { connection: one.id, code: one.code, name: one.name, mirror: one.private?.mirror }));
    Ok(mirrored.collect())
}

/// Whom one asks to keep in touch, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    code: RegistrationCode,
    /// A sentence about how one knows them and why one writes; they read it
    #[serde(default)]
    context: Option<FreeText>,
    /// Whether they may have one's address, if they agree as well
    #[serde(default)]
    exchange: bool,
}

/// Somebody neither met nor introduced, blocked by either, and a code that does not exist answer alike. Who has asked oneself is said yes to.
pub async fn request(who: Attendee, app: web::Data<App>, Json(new): Json<NewConnection>) -> Result<Created<Connection>> {
    keeping::says_why(new.context.as_ref())?;
    let (tx, now) = (write_as(&app, &who, who.person.id).await?, app.clock.now());
    let row = keeping::ask(&tx, &who, &new.code, new.context.as_ref(), new.exchange, now).await?;
    let Json(answer) = shown(&tx, &who, row, now).await?;
    tx.commit().await?;
    Ok(Created(format!("/api/v1/me/connections/{}", answer.id), answer))
}

/// What one says with a yes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Whether they may have one's address, if they agreed as well
    #[serde(default)]
    exchange: bool,
}

pub async fn accept(who: Attendee, app: web::Data<App>, id: web::Path<String>, Json(said): Json<Acceptance>) -> Result<Json<Connection>> {
    let (tx, now) = (write_as(&app, &who, who.person.id).await?, app.clock.now());
    let row = keeping::accept(&tx, &who, &id, said.exchange, now).await?;
    let answer = shown(&tx, &who, row, now).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Whoever asked sees what they saw before.
pub async fn decline(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<NoContent> {
    let tx = write_as(&app, &who, who.person.id).await?;
    keeping::decline(&tx, &who, &id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(NoContent)
}

pub async fn end(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<NoContent> {
    let tx = write_as(&app, &who, who.person.id).await?;
    keeping::end(&tx, &who, &id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// How often one would like to be in touch.
#[derive(Deserialize, ToSchema)]
#[schema(as = CadenceForm)]
#[serde(deny_unknown_fields)]
pub struct CadenceForm {
    /// 1, 3 or 6; `null` leaves it open
    months: Option<u8>,
}

pub async fn set_cadence(
    who: Attendee,
    app: web::Data<App>,
    id: web::Path<String>,
    Json(form): Json<CadenceForm>,
) -> Result<Json<Connection>> {
    keeping::unknown_length(form.months)?;
    let (tx, now) = (write_as(&app, &who, who.person.id).await?, app.clock.now());
    let row = keeping::set_cadence(&tx, &who, &id, form.months, now).await?;
    let answer = shown(&tx, &who, row, now).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Everyone one keeps, and who asked, in the order of choosing.
pub async fn all(scope: &impl Scoped, who: &Attendee, now: DateTime<Utc>) -> Result<Vec<Connection>> {
    let page = connection::around(scope, who.person.id, Cursor { after: None, limit: MOST_SHOWN }).await?;
    let view = View::of(scope, who, &page.rows, now).await?;
    Ok(page.rows.into_iter().filter_map(|row| view.shown(row)).collect())
}

/// So many stand on one page; nobody keeps as many.
const MOST_SHOWN: u64 = 1000;

pub async fn shown(scope: &impl Scoped, who: &Attendee, row: connection::Model, now: DateTime<Utc>) -> Result<Json<Connection>> {
    let view = View::of(scope, who, std::slice::from_ref(&row), now).await?;
    view.shown(row).map(Json).ok_or(ApiError::NotFound)
}

/// What is needed to show some connections.
struct View {
    me: PersonId,
    now: DateTime<Utc>,
    people: HashMap<PersonId, person::Model>,
    events: Vec<event::Model>,
    /// By the two of them: who was met where.
    met: HashMap<(PersonId, EventId), registration::Model>,
    blocked: BTreeSet<PersonId>,
    log: Vec<log::Model>,
    /// What they wrote for oneself to read.
    thanks: Vec<log::Model>,
    /// How oneself stands to them, and they to oneself.
    mine: Vec<connection::Model>,
    theirs: Vec<connection::Model>,
}

impl View {
    async fn of(scope: &impl Scoped, who: &Attendee, rows: &[connection::Model], now: DateTime<Utc>) -> Result<Self> {
        let me = who.person.id;
        let others: Vec<PersonId> = rows.iter().map(|row| other_of(row, me)).collect();
        let events: BTreeSet<EventId> = rows.iter().map(|row| row.event_id).collect();
        let mut met = HashMap::new();
        for event in events {
            let there = rows.iter().filter(|row| row.event_id == event).map(|row| other_of(row, me));
            let registrations = registration::of_people(scope, event, there).await?;
            met.extend(registrations.into_iter().map(|one| ((one.person_id, event), one)));
        }
        Ok(Self {
            me,
            now,
            people: person::by_ids(scope, others.iter().copied().chain(rows.iter().filter_map(|row| row.introduced_by))).await?,
            events: event::by_ids(scope, rows.iter().map(|row| row.event_id)).await?,
            met,
            blocked: block::around(scope, me).await?,
            log: log::about(scope, me, others.iter().copied()).await?,
            thanks: log::shared_with(scope, me, others.iter().copied()).await?,
            mine: connection::between(scope, me, others.iter().copied()).await?,
            theirs: connection::towards(scope, me, others.iter().copied()).await?,
        })
    }

    /// `None` for whom one does not see: blocked, gone, or asking in vain.
    fn shown(&self, row: connection::Model) -> Option<Connection> {
        let (other, incoming) = (other_of(&row, self.me), row.owner_id != self.me);
        let registration = self.met.get(&(other, row.event_id)).filter(|one| one.state == RegistrationState::Attended)?;
        let person = self.people.get(&other)?;
        let event = self.events.iter().find(|event| event.id == row.event_id)?;
        let mine = self.mine.iter().find(|one| one.other_id == other);
        let answered = |one: &connection::Model| matches!(one.state, ConnectionState::Connected | ConnectionState::Declined);
        if self.blocked.contains(&other) || (incoming && mine.is_some_and(answered)) {
            return None;
        }
        let theirs = self.theirs.iter().find(|one| one.owner_id == other);
        let by = row.introduced_by.filter(|by| !self.blocked.contains(by)).and_then(|by| self.people.get(&by));
        let introducer = by.filter(|by| by.name != PersonName::erased());
        let exchanged = |one: &connection::Model| one.state == ConnectionState::Connected && one.exchange;
        let both = mine.is_some_and(exchanged) && theirs.is_some_and(exchanged);
        Some(Connection {
            id: row.id,
            code: registration.code.clone(),
            name: registration.profile.visibility.shows_tablemates(Field::Name).then(|| registration.name.clone()),
            event: event.slug.clone(),
            state: row.state,
            introduced: row.introduced_by.is_some(),
            met_through: introducer.map(|by| by.name.clone()),
            incoming,
            context: if incoming {
                row.context.clone()
            } else {
                theirs.filter(|one| one.state == ConnectionState::Connected).and_then(|one| one.context.clone())
            },
            email: both.then(|| person.email.clone()),
            private: (!incoming).then(|| self.private(&row, person, event)),
        })
    }

    fn private(&self, row: &connection::Model, other: &person::Model, event: &event::Model) -> Private {
        let log: Vec<&log::Model> = self.log.iter().filter(|entry| entry.about_id == row.other_id).collect();
        let of_kind = |kind: LogKind| log.iter().filter(move |entry| entry.kind == kind);
        let met_at = if row.introduced_by.is_some() { row.created_at } else { event.ends_at };
        let in_touch_at = log.iter().filter(|entry| entry.is_contact()).map(|entry| entry.happened_at).max().unwrap_or(met_at);
        let checks: Vec<Checked> = of_kind(LogKind::Check).map(|entry| Checked { at: entry.happened_at, check: check_of(entry) }).collect();
        let deeds: Vec<(LogKind, &str)> = log.iter().map(|entry| (entry.kind, entry.what.as_deref().unwrap_or_default())).collect();
        let asked_at = of_kind(LogKind::Ask).map(|entry| entry.happened_at).max();
        let every = cadence_of(row);
        let is_connected = |one: &connection::Model| one.state == ConnectionState::Connected;
        let both = is_connected(row) && self.theirs.iter().any(|one| one.owner_id == row.other_id && is_connected(one));
        let thanks = self.thanks.iter().filter(|entry| both && entry.owner_id == row.other_id);
        Private {
            stage: garden::stage(row.state == ConnectionState::Connected, &deeds, checks.last().and_then(|last| last.check.solutions)),
            temperature: garden::temperature(self.now, in_touch_at, every.unwrap_or_default()),
            in_touch_at,
            every_months: every.map(Cadence::months),
            asks: asks::gate_of(self.now, other.profile.openly_offers() || of_kind(LogKind::Give).next().is_some(), asked_at),
            mirror: Mirror { gives: of_kind(LogKind::Give).count(), asks: of_kind(LogKind::Ask).count() },
            checks,
            thanks: thanks.filter_map(|entry| Some(Thanks { at: entry.happened_at, text: entry.text.clone()? })).collect(),
        }
    }
}

fn other_of(row: &connection::Model, me: PersonId) -> PersonId {
    if row.owner_id == me { row.other_id } else { row.owner_id }
}

pub fn check_of(entry: &log::Model) -> Check {
    let scale = |value: Option<i32>| value.and_then(|value| u8::try_from(value).ok());
    Check { trust: scale(entry.trust), goals: scale(entry.goals), solutions: scale(entry.solutions) }
}
