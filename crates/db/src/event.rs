//! Events, and the counters that decide who gets a seat.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::{Audience, EventKind, EventMode, EventState, GuideChoice, GuidePhase, Phase};
use convivio_domain::{
    Capacity, EventId, FreeText, Guides, Line, Locale, Localized, OrganizerId, PlanId, Slug, TableLayout, Timezone, Title, Weights,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, SimpleExpr};
use sea_orm::{Condition, JoinType, QueryOrder, QuerySelect, Select, SqlErr};

use crate::lists::one_of;
use crate::scope::{find, owned, update};
use crate::{Central, Cursor, Page, Result, Scoped, Stored, Tx, organizer};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub organizer_id: OrganizerId,
    pub slug: Slug,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Stored<Localized<Title>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub summary: Stored<Localized<FreeText>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub method: Stored<Localized<FreeText>>,
    pub purpose: Option<FreeText>,
    /// The slug of the series it is of.
    pub series: Option<Slug>,
    pub kind: EventKind,
    pub mode: EventMode,
    pub audience: Audience,
    pub place: Option<Line>,
    pub timezone: Timezone,
    pub locale: Locale,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub capacity: Option<Capacity>,
    /// Seats held: confirmed, offered, checked in, attended, no-show.
    pub taken: i32,
    pub waitlisted: i32,
    pub registration_opens_at: Option<DateTime<Utc>>,
    pub registration_closes_at: Option<DateTime<Utc>>,
    pub approval: bool,
    pub offer_hours: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub weights: Stored<Weights>,
    pub retention_days: Option<i32>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub tables: Option<Stored<TableLayout>>,
    /// The steps of its follow-up, where staff made them their own.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub follow_up: Option<Stored<serde_json::Value>>,
    /// Whose guides it gives to read, where staff said so.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub guides: Option<Stored<Guides>>,
    pub state: EventState,
    /// Counts the changes an organizer made; the `ETag`.
    pub version: i32,
    /// Counts the changes that calendars show: title, place, time, and the cancellation; the `SEQUENCE` of its calendar files.
    pub calendar_sequence: i32,
    pub published_plan_id: Option<PlanId>,
    /// When "how we meet" went out to those confirmed by then; whoever is confirmed later gets it at once.
    pub method_sent_at: Option<DateTime<Utc>>,
    /// When the public could first know of it.
    pub published_at: Option<DateTime<Utc>>,
    /// When those with old profiles were asked whether they still hold.
    pub freshness_asked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
owned!();

/// An event nobody has completed completes by itself this long after its end.
const COMPLETES_AFTER: TimeDelta = TimeDelta::hours(12);
/// After this it is no longer followed up.
const FOLLOW_UP: TimeDelta = TimeDelta::days(120);

/// No offer of a seat holds longer than until this long before the start.
const LAST_OFFER: TimeDelta = TimeDelta::hours(2);

/// The states in which an event gives seats: it has not ended.
const GIVES_SEATS: [EventState; 2] = [EventState::Draft, EventState::Published];

impl Model {
    pub fn gives_seats(&self) -> bool {
        GIVES_SEATS.contains(&self.state)
    }

    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        match self.state {
            EventState::Draft => Phase::Upcoming,
            EventState::Cancelled | EventState::Archived => Phase::Closed,
            EventState::Completed if now < self.ends_at + FOLLOW_UP => Phase::FollowUp,
            EventState::Completed => Phase::Closed,
            EventState::Published if now >= self.starts_at => Phase::Live,
            EventState::Published if self.takes_registrations(now) => Phase::RegistrationOpen,
            EventState::Published if self.registration_opens_at.is_some_and(|opens| now < opens) => Phase::Upcoming,
            EventState::Published => Phase::RegistrationClosed,
        }
    }

    /// Whether there is something to say about how people meet: the organizer's words, or what is so wherever there are tables.
    pub fn tells_how_we_meet(&self) -> bool {
        self.kind == EventKind::Tables || !self.method.is_empty()
    }

    pub fn guides(&self) -> Guides {
        self.guides.as_deref().copied().unwrap_or_default()
    }

    pub fn gives_guide(&self, phase: GuidePhase) -> bool {
        self.guides().of(phase) != GuideChoice::Nothing
    }

    pub fn takes_registrations(&self, now: DateTime<Utc>) -> bool {
        let opened = self.registration_opens_at.is_none_or(|opens| opens <= now);
        let closes = self.registration_closes_at.unwrap_or(self.ends_at);
        self.state == EventState::Published && opened && now < closes
    }

    pub fn title(&self, locale: Locale) -> &str {
        self.title.read(locale, self.locale).map_or(self.slug.as_str(), Title::as_str)
    }

    pub fn summary(&self, locale: Locale) -> Option<&str> {
        self.summary.read(locale, self.locale).map(FreeText::as_str)
    }

    pub fn method(&self, locale: Locale) -> Option<&str> {
        self.method.read(locale, self.locale).map(FreeText::as_str)
    }

    /// Until when an offer made now would hold its seat; `None` so shortly before the start that none is made by itself.
    pub fn offer_ends(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = Ord::min(now + TimeDelta::hours(self.offer_hours.into()), self.starts_at - LAST_OFFER);
        (until > now).then_some(until)
    }

    /// Whether whoever comes now has to wait: no seat is left, or somebody waits for those that are.
    pub fn is_full(&self) -> bool {
        self.seats_left().is_some_and(|left| left == 0 || self.waitlisted > 0)
    }

    pub fn seats_left(&self) -> Option<i32> {
        self.capacity.map(|capacity| Ord::max(capacity.get() - self.taken, 0))
    }
}

/// `None` when the organizer has an event of that slug.
pub async fn insert(tx: &Tx, event: ActiveModel) -> Result<Option<Model>> {
    match event.insert(&tx.inner).await {
        Ok(event) => Ok(Some(event)),
        Err(err) if matches!(err.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(None),
        Err(err) => Err(err.into()),
    }
}

pub async fn by_slug(scope: &impl Scoped, slug: &str) -> Result<Option<Model>> {
    by_key(scope, Key::Slug(slug)).await
}

pub async fn by_key(scope: &impl Scoped, event: Key<'_>) -> Result<Option<Model>> {
    let Some(named) = event.is_meant() else { return Ok(None) };
    Ok(find::<Entity>(scope).filter(named).one(scope.connection()).await?)
}

/// Which event is meant.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    Id(EventId),
    Slug(&'a str),
}

impl Key<'_> {
    /// `None` where it cannot be any.
    fn is_meant(self) -> Option<SimpleExpr> {
        match self {
            Self::Id(id) => Some(Column::Id.eq(id)),
            Self::Slug(slug) => Slug::parse(slug).ok().map(|slug| Column::Slug.eq(slug)),
        }
    }
}

impl From<EventId> for Key<'_> {
    fn from(id: EventId) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(slug: &'a str) -> Self {
        Self::Slug(slug)
    }
}

impl<'a> From<&'a String> for Key<'a> {
    fn from(slug: &'a String) -> Self {
        Self::Slug(slug)
    }
}

/// The event of this name, and whose it is, for those who come from outside.
pub async fn of_organizer(central: &Central, organizer: &str, slug: &str) -> Result<Option<(Model, organizer::Model)>> {
    let (Ok(organizer), Ok(slug)) = (Slug::parse(organizer), Slug::parse(slug)) else { return Ok(None) };
    let with_organizer = Central::find::<Entity>().join(JoinType::InnerJoin, organizer::of::<Entity>()).select_also(organizer::Entity);
    let named = with_organizer.filter(organizer::Column::Slug.eq(organizer)).filter(Column::Slug.eq(slug));
    let found = named.one(&central.reader).await?;
    Ok(found.and_then(|(event, organizer)| Some((event, organizer?))))
}

pub async fn find_by_id(scope: &impl Scoped, id: EventId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = EventId>) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(one_of(scope.connection(), Column::Id, ids)).all(scope.connection()).await?)
}

/// The event as it stands now, held until the transaction ends: seats, plans and rounds of it wait their turn. Whoever locks more locks the event
/// first, then the person, then the registration.
pub async fn lock(tx: &Tx, event: impl Into<Key<'_>>) -> Result<Option<Model>> {
    let Some(named) = event.into().is_meant() else { return Ok(None) };
    // Not `FOR UPDATE`: that one would also wait for every row that only refers to the event.
    Ok(find::<Entity>(tx).filter(named).lock(LockType::NoKeyUpdate).one(&tx.inner).await?)
}

/// The event as it stands now, and so it stays until the transaction ends. Many may hold it at once: it is for those who rest on its state and
/// leave its row alone.
pub async fn hold(tx: &Tx, event: impl Into<Key<'_>>) -> Result<Option<Model>> {
    let Some(named) = event.into().is_meant() else { return Ok(None) };
    Ok(find::<Entity>(tx).filter(named).lock_shared().one(&tx.inner).await?)
}

pub async fn list(scope: &impl Scoped, cursor: Cursor<EventId>, state: Option<EventState>, series: Option<&Slug>) -> Result<Page<Model>> {
    let mut events = find::<Entity>(scope);
    if let Some(state) = state {
        events = events.filter(Column::State.eq(state));
    }
    if let Some(series) = series {
        events = events.filter(Column::Series.eq(series.clone()));
    }
    cursor.page(scope, events, Column::Id).await
}

/// Writes the organizer's changes if the event is still the one they saw.
pub async fn change(tx: &Tx, id: EventId, seen: i32, changes: ActiveModel) -> Result<Changed> {
    let changed = update::<Entity>(tx)
        .set(changes)
        .col_expr(Column::Version, Expr::value(seen + 1))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(seen))
        .exec(&tx.inner)
        .await;
    match changed {
        Ok(changed) if changed.rows_affected == 0 => Ok(Changed::Meanwhile),
        Ok(_) => Ok(find_by_id(tx, id).await?.map_or(Changed::Meanwhile, |event| Changed::To(Box::new(event)))),
        Err(err) if matches!(err.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(Changed::SlugTaken),
        Err(err) => Err(err.into()),
    }
}

/// What became of an organizer's changes.
pub enum Changed {
    To(Box<Model>),
    /// Another change came first.
    Meanwhile,
    SlugTaken,
}

/// Takes a seat if there is one, nobody waits for it and the event still gives seats: one conditional update decides, so that no two can take the
/// last.
pub async fn take_seat(tx: &Tx, id: EventId) -> Result<bool> {
    let left = Condition::all().add(Expr::col(Column::Taken).lt(Expr::col(Column::Capacity))).add(Column::Waitlisted.eq(0));
    let free = Condition::any().add(Column::Capacity.is_null()).add(left);
    let taken = update::<Entity>(tx)
        .col_expr(Column::Taken, Expr::col(Column::Taken).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(GIVES_SEATS))
        .filter(free)
        .exec(&tx.inner)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Takes a seat whether or not there is one. It exists so that the tests can show what the condition of [`take_seat`] is good for.
#[cfg(debug_assertions)]
pub async fn take_seat_unguarded(tx: &Tx, id: EventId) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Taken, Expr::col(Column::Taken).add(1)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// Takes this many seats for people who leave the waiting list for them. `false` when there are not as many.
pub async fn take_seats_for_line(tx: &Tx, id: EventId, seats: i32) -> Result<bool> {
    let left = Expr::col(Column::Taken).add(seats).lte(Expr::col(Column::Capacity));
    let taken = update::<Entity>(tx)
        .col_expr(Column::Taken, Expr::col(Column::Taken).add(seats))
        .col_expr(Column::Waitlisted, Expr::col(Column::Waitlisted).sub(seats))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(GIVES_SEATS))
        .filter(Column::Waitlisted.gte(seats))
        .filter(Condition::any().add(Column::Capacity.is_null()).add(left))
        .exec(&tx.inner)
        .await?;
    Ok(taken.rows_affected == 1)
}

pub async fn free_seats(tx: &Tx, id: EventId, seats: i32) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Taken, Expr::col(Column::Taken).sub(seats)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// Adds one to the waiting list and gives the place: the last. `None` when the event gives no seats any more.
pub async fn join_waiting_list(tx: &Tx, id: EventId) -> Result<Option<i32>> {
    let joined = update::<Entity>(tx)
        .col_expr(Column::Waitlisted, Expr::col(Column::Waitlisted).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(GIVES_SEATS))
        .exec_with_returning(&tx.inner)
        .await?;
    Ok(joined.first().map(|event| event.waitlisted))
}

/// One fewer waits.
pub async fn leave_waiting_list(tx: &Tx, id: EventId) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Waitlisted, Expr::col(Column::Waitlisted).sub(1))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Nobody holds a seat and nobody waits for one.
pub async fn empty(tx: &Tx, id: EventId) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Taken, Expr::value(0))
        .col_expr(Column::Waitlisted, Expr::value(0))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Takes seats and places in line for many at once, in an event that is held and still has them. `false` where it has not.
pub async fn take_many(tx: &Tx, id: EventId, seats: i32, in_line: i32) -> Result<bool> {
    let there = Expr::col(Column::Taken).add(seats).lte(Expr::col(Column::Capacity));
    let taken = update::<Entity>(tx)
        .col_expr(Column::Taken, Expr::col(Column::Taken).add(seats))
        .col_expr(Column::Waitlisted, Expr::col(Column::Waitlisted).add(in_line))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(GIVES_SEATS))
        .filter(Condition::any().add(Column::Capacity.is_null()).add(there).add(Expr::value(seats == 0)))
        .exec(&tx.inner)
        .await?;
    Ok(taken.rows_affected == 1)
}

pub async fn set_published_plan(tx: &Tx, id: EventId, plan: PlanId) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::PublishedPlanId, Expr::value(Some(plan))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

pub async fn set_tables(tx: &Tx, id: EventId, tables: TableLayout) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Tables, Expr::value(Some(Stored(tables)))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// Moves the event from one state to another; `false` when it was not in the first.
pub async fn move_on(tx: &Tx, id: EventId, from: EventState, to: EventState, now: DateTime<Utc>) -> Result<bool> {
    // A calendar takes a cancellation for a newer version of what it has.
    let shown = i32::from(to == EventState::Cancelled);
    let mut moving = update::<Entity>(tx);
    if to == EventState::Published {
        moving = moving.col_expr(Column::PublishedAt, Expr::value(Some(now)));
    }
    let moved = moving
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::CalendarSequence, Expr::col(Column::CalendarSequence).add(shown))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from))
        .exec(&tx.inner)
        .await?;
    Ok(moved.rows_affected == 1)
}

pub async fn set_method_sent(tx: &Tx, id: EventId, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::MethodSentAt, Expr::value(Some(now))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

pub async fn set_follow_up(tx: &Tx, id: EventId, plan: Stored<serde_json::Value>) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::FollowUp, Expr::value(Some(plan))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

pub async fn set_freshness_asked(tx: &Tx, id: EventId, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::FreshnessAskedAt, Expr::value(Some(now))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

pub async fn empty_waiting_list(tx: &Tx, id: EventId) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Waitlisted, Expr::value(0)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// The organizer's published events that have not begun, soonest first.
pub async fn coming(scope: &impl Scoped, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope)
        .filter(Column::State.eq(EventState::Published))
        .filter(Column::StartsAt.gt(now))
        .order_by_asc(Column::StartsAt)
        .limit(limit)
        .all(scope.connection())
        .await?)
}

/// Published events whose end is long enough past to complete by themselves.
pub async fn due_to_complete(central: &Central, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>()
        .filter(Column::State.eq(EventState::Published))
        .filter(Column::EndsAt.lte(now - COMPLETES_AFTER))
        .order_by_asc(Column::EndsAt)
        .limit(limit)
        .all(&central.reader)
        .await?)
}

/// Published events that begin before `until` and have not yet told how we meet, in the order of their start. `after` is where the
/// page before ended: whether one is due is for its own zone to say, so whoever asks goes through all of them.
pub async fn without_method_sent(
    central: &Central,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    after: Option<(DateTime<Utc>, EventId)>,
    limit: u64,
) -> Result<Vec<Model>> {
    Ok(near(now, until, after, limit).filter(Column::MethodSentAt.is_null()).all(&central.reader).await?)
}

/// The same of events that have not yet asked whose profile has grown old.
pub async fn without_freshness_asked(
    central: &Central,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    after: Option<(DateTime<Utc>, EventId)>,
    limit: u64,
) -> Result<Vec<Model>> {
    Ok(near(now, until, after, limit).filter(Column::FreshnessAskedAt.is_null()).all(&central.reader).await?)
}

fn near(now: DateTime<Utc>, until: DateTime<Utc>, after: Option<(DateTime<Utc>, EventId)>, limit: u64) -> Select<Entity> {
    let mut near = Central::find::<Entity>();
    if let Some((starts_at, id)) = after {
        let same_start = Condition::all().add(Column::StartsAt.eq(starts_at)).add(Column::Id.gt(id));
        near = near.filter(Condition::any().add(Column::StartsAt.gt(starts_at)).add(same_start));
    }
    near.filter(Column::State.eq(EventState::Published))
        .filter(Column::StartsAt.gt(now))
        .filter(Column::StartsAt.lte(until))
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(limit)
}
