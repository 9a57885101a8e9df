//! Registrations: a person at an event, with the profile as it was.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use convivio_domain::words::RegistrationState;
use convivio_domain::{
    EmailAddress, EventId, FreeText, Locale, OrganizerId, PassionCode, PersonId, PersonName, Profile, RegistrationCode, RegistrationId,
    Timezone, Wishes,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict};
use sea_orm::{FromQueryResult, IntoActiveModel, JoinType, QueryOrder, QueryResult, QuerySelect, Select, Set, TryInsertResult};

use crate::lists::one_of;
use crate::scope::{count_by, find, owned, update};
use crate::stored::{declares, names};
use crate::{Central, Cursor, Page, Result, Scoped, Stored, Tx, event, person};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "registrations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RegistrationId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub person_id: PersonId,
    #[sea_orm(unique)]
    pub code: RegistrationCode,
    pub state: RegistrationState,
    pub name: PersonName,
    #[sea_orm(column_type = "JsonBinary")]
    pub profile: Stored<Profile>,
    pub intention: Option<FreeText>,
    #[sea_orm(column_type = "JsonBinary")]
    pub wishes: Stored<Wishes>,
    pub accessibility: Option<FreeText>,
    #[sea_orm(column_type = "JsonBinary")]
    pub answers: Stored<serde_json::Map<String, Json>>,
    pub locale: Locale,
    pub timezone: Option<Timezone>,
    /// Whether the person agreed to personal prompts after the event.
    pub follow_up: bool,
    /// The place in the waiting list, from 1 without gaps.
    pub position: Option<i32>,
    /// Until when the person has to answer: to confirm their address, or to take the seat they are offered.
    pub pending_until: Option<DateTime<Utc>>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub checked_in_at: Option<DateTime<Utc>>,
    pub method_ack_at: Option<DateTime<Utc>>,
    /// When a mail with this registration's link was last promised.
    pub mailed_at: Option<DateTime<Utc>>,
    /// When staff last had the mail of its state sent again.
    pub resent_at: Option<DateTime<Utc>>,
    pub link_generation: i32,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// Whose clock counts for them: their own, else the event's.
    pub fn zone(&self, event: &event::Model) -> Timezone {
        self.timezone.unwrap_or(event.timezone)
    }

    /// Whether the address was surely confirmed for what stands here. Of what ended without ever having a seat the row does not tell: a form that
    /// nobody confirmed ends as cancelled too.
    pub fn is_surely_theirs(&self) -> bool {
        self.confirmed_at.is_some() || !(self.state == RegistrationState::PendingEmail || self.state.has_left())
    }

    /// Until when the seat they are offered is held for them.
    pub fn offered_until(&self) -> Option<DateTime<Utc>> {
        self.pending_until.filter(|_| self.state == RegistrationState::Offered)
    }
}

/// `None` when the person has a registration for the event, or the code is taken.
pub async fn insert(tx: &Tx, new: Model) -> Result<Option<Model>> {
    let once = OnConflict::new().do_nothing().to_owned();
    let inserted = Entity::insert(new.clone().into_active_model()).on_conflict(once).try_insert().exec(&tx.inner).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(_)).then_some(new))
}

pub async fn find_by_id(scope: &impl Scoped, id: RegistrationId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = RegistrationId>) -> Result<HashMap<RegistrationId, Model>> {
    let ids: Vec<RegistrationId> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = HashMap::with_capacity(ids.len());
    // SQLite takes 32,766 bound values a statement.
    for some in ids.chunks(10_000) {
        let rows =
            find::<Entity>(scope).filter(one_of(scope.connection(), Column::Id, some.iter().copied())).all(scope.connection()).await?;
        found.extend(rows.into_iter().map(|registration| (registration.id, registration)));
    }
    Ok(found)
}

pub async fn by_code(scope: &impl Scoped, event: EventId, code: &RegistrationCode) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::Code.eq(code.clone())).one(scope.connection()).await?)
}

/// The registration of this code at any event of the organizer.
pub async fn by_code_anywhere(scope: &impl Scoped, code: &RegistrationCode) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Code.eq(code.clone())).one(scope.connection()).await?)
}

pub async fn of_person(scope: &impl Scoped, event: EventId, person: PersonId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::PersonId.eq(person)).one(scope.connection()).await?)
}

/// The registration as it stands now, held until the transaction ends.
pub async fn lock(tx: &Tx, id: RegistrationId) -> Result<Option<Model>> {
    Ok(held(tx).filter(Column::Id.eq(id)).one(&tx.inner).await?)
}

/// The same, by the code, at any event of the organizer.
pub async fn lock_by_code(tx: &Tx, code: &RegistrationCode) -> Result<Option<Model>> {
    Ok(held(tx).filter(Column::Code.eq(code.clone())).one(&tx.inner).await?)
}

/// The same, by the person.
pub async fn lock_of_person(tx: &Tx, event: EventId, person: PersonId) -> Result<Option<Model>> {
    Ok(held(tx).filter(Column::EventId.eq(event)).filter(Column::PersonId.eq(person)).one(&tx.inner).await?)
}

fn held(tx: &Tx) -> Select<Entity> {
    find::<Entity>(tx).lock(LockType::NoKeyUpdate)
}

/// Everything a person registered for, newest first.
pub async fn all_of_person(scope: &impl Scoped, person: PersonId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::PersonId.eq(person)).order_by_desc(Column::Id).all(scope.connection()).await?)
}

/// The same, a page of them.
pub async fn page_of_person(scope: &impl Scoped, person: PersonId, cursor: Cursor<RegistrationId>) -> Result<Page<Model>> {
    cursor.page_back(scope, find::<Entity>(scope).filter(Column::PersonId.eq(person)), Column::Id).await
}

/// Where a list starts. The waiting list is read in its own order, everything else by birth.
pub enum Order {
    Birth(Cursor<RegistrationId>),
    WaitingList(Cursor<i32>),
}

/// A registration with the address of its person.
pub struct Addressed {
    pub row: Model,
    pub email: EmailAddress,
}

impl FromQueryResult for Addressed {
    fn from_query_result(result: &QueryResult, prefix: &str) -> std::result::Result<Self, DbErr> {
        Ok(Self { row: Model::from_query_result(result, prefix)?, email: result.try_get(prefix, "person_email")? })
    }
}

pub async fn list(scope: &impl Scoped, event: EventId, state: Option<RegistrationState>, order: Order) -> Result<Page<Addressed>> {
    let of_person = Entity::belongs_to(person::Entity).from((Column::OrganizerId, Column::PersonId));
    let of_person = of_person.to((person::Column::OrganizerId, person::Column::Id)).into();
    // Everybody has a person. Of an inner join SQLite may read all people first, and sort.
    let mut query = find::<Entity>(scope).join(JoinType::LeftJoin, of_person).filter(Column::EventId.eq(event));
    query = query.column_as(person::Column::Email, "person_email");
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state));
    }
    match order {
        Order::Birth(cursor) => cursor.page_as(scope, query, Column::Id).await,
        Order::WaitingList(cursor) => cursor.page_as(scope, query, Column::Position).await,
    }
}

/// Everyone of the event in one of these states, by birth.
pub async fn in_states(scope: &impl Scoped, event: EventId, states: &[RegistrationState]) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope)
        .filter(Column::EventId.eq(event))
        .filter(Column::State.is_in(states.iter().copied()))
        .order_by_asc(Column::Id)
        .all(scope.connection())
        .await?)
}

/// The first in line, held until the transaction ends.
pub async fn first_in_line(tx: &Tx, event: EventId, many: u64) -> Result<Vec<Model>> {
    Ok(held(tx)
        .filter(Column::EventId.eq(event))
        .filter(Column::State.eq(RegistrationState::Waitlisted))
        .order_by_asc(Column::Position)
        .limit(many)
        .all(&tx.inner)
        .await?)
}

/// Who stands behind this place moves up by so many. Their versions stay: nobody changed anything about them.
pub async fn move_up(tx: &Tx, event: EventId, behind: i32, by: i32) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Position, Expr::col(Column::Position).sub(by))
        .filter(Column::EventId.eq(event))
        .filter(Column::State.eq(RegistrationState::Waitlisted))
        .filter(Column::Position.gt(behind))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// How many of the event are in which state; a state nobody is in is left out.
pub async fn count_by_state(scope: &impl Scoped, event: EventId) -> Result<Vec<(RegistrationState, i64)>> {
    count_by(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::State).await
}

/// Moves a registration on if it is still in the state that was seen, and gives it as it stands now. `None` when someone else was quicker.
pub async fn move_on(tx: &Tx, id: RegistrationId, from: RegistrationState, changes: ActiveModel) -> Result<Option<Model>> {
    let moved = update::<Entity>(tx)
        .set(changes)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from))
        .exec_with_returning(&tx.inner)
        .await?;
    Ok(moved.into_iter().next())
}

/// Writes changes that leave the state as it is.
pub async fn change(tx: &Tx, id: RegistrationId, changes: ActiveModel) -> Result<()> {
    update::<Entity>(tx)
        .set(changes)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Everyone of the event in one state goes to another.
pub async fn move_all(tx: &Tx, event: EventId, from: RegistrationState, to: RegistrationState) -> Result<u64> {
    let moved = update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Position, Expr::value(None::<i32>))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::EventId.eq(event))
        .filter(Column::State.eq(from))
        .exec(&tx.inner)
        .await?;
    Ok(moved.rows_affected)
}

/// Nobody of the event has arrived.
pub async fn forget_arrivals(tx: &Tx, event: EventId) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::CheckedInAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::EventId.eq(event))
        .filter(Column::CheckedInAt.is_not_null())
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Registrations nobody confirmed in time.
pub async fn due_to_expire(central: &Central, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>()
        .filter(Column::State.eq(RegistrationState::PendingEmail))
        .filter(Column::PendingUntil.lte(now))
        .order_by_asc(Column::PendingUntil)
        .limit(limit)
        .all(&central.reader)
        .await?)
}

/// Offers nobody answered in time.
pub async fn offers_due_to_end(central: &Central, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>()
        .filter(Column::State.eq(RegistrationState::Offered))
        .filter(Column::PendingUntil.lte(now))
        .order_by_asc(Column::PendingUntil)
        .limit(limit)
        .all(&central.reader)
        .await?)
}

/// What has to be known of a registration before it can be held.
#[derive(Debug, FromQueryResult)]
pub struct Meant {
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub person_id: PersonId,
    pub link_generation: i32,
}

/// Whose the registration of this id is, for what works on it under its locks.
pub async fn meant_by(central: &Central, id: RegistrationId) -> Result<Option<Meant>> {
    let named = [Column::OrganizerId, Column::EventId, Column::PersonId, Column::LinkGeneration];
    let row = Central::find::<Entity>().select_only().columns(named).filter(Column::Id.eq(id));
    Ok(row.into_model::<Meant>().one(&central.reader).await?)
}

/// The registration that a link names, whosever it is.
pub async fn by_link(central: &Central, id: RegistrationId) -> Result<Option<Model>> {
    Ok(Central::find::<Entity>().filter(Column::Id.eq(id)).one(&central.reader).await?)
}

/// Everything a person registered for, held until the transaction ends.
pub async fn lock_all_of_person(tx: &Tx, person: PersonId) -> Result<Vec<Model>> {
    Ok(held(tx).filter(Column::PersonId.eq(person)).order_by_asc(Column::Id).all(&tx.inner).await?)
}

/// Everybody of the event, some at a time, by birth: for those who go through all of them.
pub async fn some_of_event(
    scope: &impl Scoped,
    event: EventId,
    state: Option<RegistrationState>,
    after: Option<RegistrationId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut some = find::<Entity>(scope).filter(Column::EventId.eq(event)).order_by_asc(Column::Id).limit(limit);
    if let Some(state) = state {
        some = some.filter(Column::State.eq(state));
    }
    if let Some(after) = after {
        some = some.filter(Column::Id.gt(after));
    }
    Ok(some.all(scope.connection()).await?)
}

/// Those at the event who may declare one of these passions.
pub async fn declaring(scope: &impl Scoped, event: EventId, codes: &[PassionCode]) -> Result<Vec<Model>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let declaring = find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(declares(Column::Profile, codes));
    Ok(declaring.all(scope.connection()).await?)
}

/// Whether anybody at the event may have an answer under this key; one that merely reads like it counts too.
pub async fn any_answered(scope: &impl Scoped, event: EventId, key: &str) -> Result<bool> {
    let named = find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(names(Column::Answers, key));
    Ok(named.one(scope.connection()).await?.is_some())
}

/// The registrations of these people for the event.
pub async fn of_people(scope: &impl Scoped, event: EventId, people: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    let people: Vec<PersonId> = people.into_iter().collect();
    let mut found = Vec::new();
    for some in people.chunks(10_000) {
        let of_some = find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::PersonId.is_in(some.iter().copied()));
        found.extend(of_some.all(scope.connection()).await?);
    }
    Ok(found)
}

/// Many at once, of people who have none for the event. Fails where one of the codes is taken.
pub async fn insert_all(tx: &Tx, new: Vec<Model>) -> Result<()> {
    // SQLite takes 32,766 bound values a statement; a registration has 25.
    for some in new.chunks(1000) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model)).exec_without_returning(&tx.inner).await?;
    }
    Ok(())
}

/// Those of these codes that are taken, by any organizer.
pub async fn taken_codes(central: &Central, codes: &[RegistrationCode]) -> Result<Vec<RegistrationCode>> {
    let mut taken = Vec::new();
    for some in codes.chunks(10_000) {
        let found = Central::find::<Entity>().filter(Column::Code.is_in(some.iter().cloned())).all(&central.reader).await?;
        taken.extend(found.into_iter().map(|row| row.code));
    }
    Ok(taken)
}

/// Declares other passions wherever one of these codes is declared; `change` says whether a profile was concerned.
pub async fn redeclare(tx: &Tx, codes: &[PassionCode], change: impl Fn(&mut Profile) -> bool) -> Result<u64> {
    let (mut changed, mut after) = (0, None);
    loop {
        let mut some = held(tx).filter(declares(Column::Profile, codes)).order_by_asc(Column::Id).limit(500);
        if let Some(after) = after {
            some = some.filter(Column::Id.gt(after));
        }
        let rows = some.all(&tx.inner).await?;
        let Some(last) = rows.last() else { return Ok(changed) };
        after = Some(last.id);
        for mut row in rows {
            if change(&mut row.profile) {
                self::change(tx, row.id, ActiveModel { profile: Set(row.profile), ..Default::default() }).await?;
                changed += 1;
            }
        }
    }
}
