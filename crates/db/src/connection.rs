//! Connections: whom a person chose to keep. Private to their owner until the other agrees.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_domain::words::ConnectionState;
use convivio_domain::{ConnectionId, EventId, FreeText, OrganizerId, PersonId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};

use crate::scope::{delete, find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "connections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConnectionId,
    pub organizer_id: OrganizerId,
    pub owner_id: PersonId,
    pub other_id: PersonId,
    pub event_id: EventId,
    pub state: ConnectionState,
    /// How often its owner would like to be in touch: every 1, 3 or 6 months.
    pub every_months: Option<i32>,
    /// Why its owner asked, for the other to read.
    pub context: Option<FreeText>,
    /// Its owner lets the other know their address, if the other does, too.
    pub exchange: bool,
    /// Who brought the two together, where they did not sit together.
    pub introduced_by: Option<PersonId>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// Somebody its owner keeps: chosen, asked, or in touch.
pub const KEPT: [ConnectionState; 3] = [ConnectionState::Suggested, ConnectionState::Requested, ConnectionState::Connected];

/// Notes that `owner` would like to keep `other`. It is there once, however often it is said.
pub async fn suggest(tx: &Tx, owner: PersonId, other: PersonId, event: EventId, now: DateTime<Utc>) -> Result<()> {
    let once = OnConflict::columns([Column::OwnerId, Column::OtherId]).do_nothing().to_owned();
    let row = new(tx, owner, other, event, ConnectionState::Suggested, now);
    Entity::insert(row).on_conflict(once).exec_without_returning(&tx.inner).await?;
    // Whom somebody let go of, they may choose again.
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(ConnectionState::Suggested))
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::OtherId.eq(other))
        .filter(Column::State.is_in([ConnectionState::Ended, ConnectionState::Declined]))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What `owner` says of `other`, whatever it was before. `exchange` left out stays as it was.
pub async fn put(tx: &Tx, seen: Said<'_>, now: DateTime<Utc>) -> Result<()> {
    let mut row = new(tx, seen.owner, seen.other, seen.event, seen.state, now);
    let mut changed = vec![Column::State];
    if let Some(context) = seen.context {
        row.context = Set(Some(context.clone()));
        changed.push(Column::Context);
    }
    if let Some(exchange) = seen.exchange {
        row.exchange = Set(exchange);
        changed.push(Column::Exchange);
    }
    let again = OnConflict::columns([Column::OwnerId, Column::OtherId]).update_columns(changed).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// A third person brought the two together, and both said yes: `owner` keeps in touch with `other`, who may have their address. `event` is where
/// the third met `other`. Two who have met by themselves stay so.
pub async fn introduce(tx: &Tx, owner: PersonId, other: PersonId, event: EventId, by: PersonId, now: DateTime<Utc>) -> Result<()> {
    let mut row = new(tx, owner, other, event, ConnectionState::Connected, now);
    row.exchange = Set(true);
    row.introduced_by = Set(Some(by));
    let known = OnConflict::columns([Column::OwnerId, Column::OtherId]).update_columns([Column::State, Column::Exchange]).to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// How one of two stands to the other.
pub struct Said<'a> {
    pub owner: PersonId,
    pub other: PersonId,
    /// Where they met.
    pub event: EventId,
    pub state: ConnectionState,
    pub context: Option<&'a FreeText>,
    pub exchange: Option<bool>,
}

fn new(tx: &Tx, owner: PersonId, other: PersonId, event: EventId, state: ConnectionState, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        id: Set(ConnectionId::new()),
        organizer_id: Set(tx.organizer()),
        owner_id: Set(owner),
        other_id: Set(other),
        event_id: Set(event),
        state: Set(state),
        every_months: Set(None),
        context: Set(None),
        exchange: Set(false),
        introduced_by: Set(None),
        created_at: Set(now),
    }
}

pub async fn find_by_id(scope: &impl Scoped, id: ConnectionId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// How `owner` stands to `other`.
pub async fn of_pair(scope: &impl Scoped, owner: PersonId, other: PersonId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::OtherId.eq(other)).one(scope.connection()).await?)
}

/// The pairs among these few people whom a third person brought together, each once, the elder person first.
pub async fn introduced_among(scope: &impl Scoped, people: &BTreeSet<PersonId>) -> Result<BTreeSet<(PersonId, PersonId)>> {
    let rows = find::<Entity>(scope)
        .filter(Column::OwnerId.is_in(people.iter().copied()))
        .filter(Column::OtherId.is_in(people.iter().copied()))
        .filter(Column::IntroducedBy.is_not_null())
        .all(scope.connection())
        .await?;
    Ok(rows.into_iter().map(|row| (row.owner_id.min(row.other_id), row.owner_id.max(row.other_id))).collect())
}

/// Whom `person` keeps, and who asked them: a page of it.
pub async fn around(scope: &impl Scoped, person: PersonId, cursor: Cursor<ConnectionId>) -> Result<Page<Model>> {
    let kept = Condition::all().add(Column::OwnerId.eq(person)).add(Column::State.is_in(KEPT));
    let asked = Condition::all().add(Column::OtherId.eq(person)).add(Column::State.eq(ConnectionState::Requested));
    cursor.page(scope, find::<Entity>(scope).filter(Condition::any().add(kept).add(asked)), Column::Id).await
}

/// How these people stand to `other`.
pub async fn towards(scope: &impl Scoped, other: PersonId, owners: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::OtherId.eq(other)).filter(Column::OwnerId.is_in(owners)).all(scope.connection()).await?)
}

/// Takes back what was only suggested at that event, but for these people.
pub async fn withdraw_others(tx: &Tx, owner: PersonId, event: EventId, kept: &[PersonId]) -> Result<()> {
    delete::<Entity>(tx)
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::EventId.eq(event))
        .filter(Column::State.eq(ConnectionState::Suggested))
        .filter(Column::OtherId.is_not_in(kept.iter().copied()))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What `owner` only thought of keeping with `other` is thought of no more.
pub async fn forget(tx: &Tx, owner: PersonId, other: PersonId) -> Result<()> {
    delete::<Entity>(tx)
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::OtherId.eq(other))
        .filter(Column::State.eq(ConnectionState::Suggested))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// How often `owner` would like to be in touch with `other`, whom they keep.
pub async fn set_cadence(tx: &Tx, owner: PersonId, other: PersonId, months: Option<i32>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::EveryMonths, Expr::value(months))
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::OtherId.eq(other))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// `owner` asked, and is said yes to; `false` when they thought better of it.
pub async fn agree(tx: &Tx, owner: PersonId, other: PersonId) -> Result<bool> {
    let agreed = update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(ConnectionState::Connected))
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::OtherId.eq(other))
        .filter(Column::State.eq(ConnectionState::Requested))
        .exec(&tx.inner)
        .await?;
    Ok(agreed.rows_affected == 1)
}

/// `owner` wants no more mails about those who are growing distant.
pub async fn clear_cadences(tx: &Tx, owner: PersonId) -> Result<()> {
    let none = update::<Entity>(tx).col_expr(Column::EveryMonths, Expr::value(None::<i32>));
    none.filter(Column::OwnerId.eq(owner)).exec(&tx.inner).await?;
    Ok(())
}

/// `owner` lets go of `other`. The other side hears nothing of it.
pub async fn end(tx: &Tx, owner: PersonId, other: PersonId) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(ConnectionState::Ended))
        .col_expr(Column::EveryMonths, Expr::value(None::<i32>))
        .col_expr(Column::Exchange, Expr::value(false))
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::OtherId.eq(other))
        .filter(Column::State.is_in(KEPT))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Everyone `owner` chose or answered, whatever came of it, and everyone who stands in some way to `owner`.
pub async fn all_around(scope: &impl Scoped, person: PersonId) -> Result<Vec<Model>> {
    let either = Condition::any().add(Column::OwnerId.eq(person)).add(Column::OtherId.eq(person));
    Ok(find::<Entity>(scope).filter(either).order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// Who may be told of `person`: whoever keeps them, or somebody they brought along.
pub async fn readers_of(scope: &impl Scoped, person: PersonId) -> Result<BTreeSet<PersonId>> {
    let either = Condition::any().add(Column::OtherId.eq(person)).add(Column::IntroducedBy.eq(person));
    let owners = find::<Entity>(scope).select_only().column(Column::OwnerId).filter(either);
    let owners: Vec<PersonId> = owners.into_tuple().all(scope.connection()).await?;
    Ok(owners.into_iter().collect())
}

/// Whom `person` brought together with its owner, whatever came of it.
pub async fn brought_about_by(scope: &impl Scoped, person: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::IntroducedBy.eq(person));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// Nothing is left of whom `person` kept; who kept them lets go. How many of their own there were.
pub async fn erase(tx: &Tx, person: PersonId) -> Result<u64> {
    let own = delete::<Entity>(tx).filter(Column::OwnerId.eq(person)).exec(&tx.inner).await?;
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(ConnectionState::Ended))
        .col_expr(Column::EveryMonths, Expr::value(None::<i32>))
        .col_expr(Column::Context, Expr::value(None::<FreeText>))
        .col_expr(Column::Exchange, Expr::value(false))
        .filter(Column::OtherId.eq(person))
        .exec(&tx.inner)
        .await?;
    Ok(own.rows_affected)
}

/// Who chose whom at an event, whatever came of it since. Whom a third person brought together did not meet there.
pub async fn find_of_event(scope: &impl Scoped, event: EventId) -> Result<BTreeSet<(PersonId, PersonId)>> {
    let met = find::<Entity>(scope).filter(Column::EventId.eq(event)).filter(Column::IntroducedBy.is_null());
    let pairs = met.select_only().columns([Column::OwnerId, Column::OtherId]);
    let pairs: Vec<(PersonId, PersonId)> = pairs.into_tuple().all(scope.connection()).await?;
    Ok(pairs.into_iter().collect())
}

/// How many people keep somebody they met at an event, and how many are connected with one: sums, and nothing of who or how many each.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    pub keeping: usize,
    pub connected: usize,
}

pub async fn owners_of_event(scope: &impl Scoped, event: EventId) -> Result<Keeping> {
    let kept = find::<Entity>(scope)
        .select_only()
        .columns([Column::OwnerId, Column::State])
        .distinct()
        .filter(Column::EventId.eq(event))
        .filter(Column::IntroducedBy.is_null())
        .filter(Column::State.is_in(KEPT));
    let rows: Vec<(PersonId, ConnectionState)> = kept.into_tuple().all(scope.connection()).await?;
    let owners: BTreeSet<PersonId> = rows.iter().map(|(owner, _)| *owner).collect();
    let connected = rows.iter().filter(|(_, state)| *state == ConnectionState::Connected).count();
    Ok(Keeping { keeping: owners.len(), connected })
}

/// Everyone `owner` keeps, in the order of choosing.
pub async fn kept(scope: &impl Scoped, owner: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::State.is_in(KEPT));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// What `owner` keeps with these people.
pub async fn between(scope: &impl Scoped, owner: PersonId, others: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::OwnerId.eq(owner)).filter(Column::OtherId.is_in(others)).all(scope.connection()).await?)
}
