//! Enrollments: who is being followed up after which event.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::words::{EnrollmentState, Reason};
use convivio_domain::{EnrollmentId, EventId, OrganizerId, PersonId, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{IntoActiveModel, PaginatorTrait, QueryOrder};

use crate::lists::one_of;
use crate::scope::{find, owned, update};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "enrollments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnrollmentId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    #[sea_orm(unique)]
    pub registration_id: RegistrationId,
    pub person_id: PersonId,
    pub state: EnrollmentState,
    pub reason: Option<Reason>,
    /// While it is paused: when it goes on by itself.
    pub paused_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// Nothing was heard of the person, and so a sequence ended.
pub const SILENCE: [Reason; 2] = [Reason::Unanswered, Reason::NobodyChosen];

impl Model {
    /// Whether it ended because nothing was heard of the person.
    pub fn ended_in_silence(&self) -> bool {
        self.state == EnrollmentState::Stopped && self.reason.is_some_and(|reason| SILENCE.contains(&reason))
    }
}

pub async fn insert_all(tx: &Tx, enrollments: Vec<Model>) -> Result<()> {
    for some in enrollments.chunks(2000) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model))
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&tx.inner)
            .await?;
    }
    Ok(())
}

pub async fn of_registration(scope: &impl Scoped, registration: RegistrationId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::RegistrationId.eq(registration)).one(scope.connection()).await?)
}

pub async fn of_registrations(
    scope: &impl Scoped,
    registrations: impl IntoIterator<Item = RegistrationId>,
) -> Result<HashMap<RegistrationId, Model>> {
    let rows =
        find::<Entity>(scope).filter(one_of(scope.connection(), Column::RegistrationId, registrations)).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|enrollment| (enrollment.registration_id, enrollment)).collect())
}

/// Every sequence of the person that still runs.
pub async fn stop(tx: &Tx, person: PersonId, reason: Reason) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(EnrollmentState::Stopped))
        .col_expr(Column::Reason, Expr::value(Some(reason)))
        .filter(Column::PersonId.eq(person))
        .filter(Column::State.is_in([EnrollmentState::Active, EnrollmentState::Paused]))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// One sequence goes on, or ends, for this reason.
pub async fn set_state(tx: &Tx, registration: RegistrationId, to: EnrollmentState, reason: Option<Reason>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::PausedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::RegistrationId.eq(registration))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Sequences of the person that were stopped for one of these reasons are complete instead: nothing more of them comes, and what recurs may. The
/// reason stays: what they did is theirs alone.
pub async fn complete_stopped(tx: &Tx, person: PersonId, reasons: &[Reason]) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(EnrollmentState::Completed))
        .filter(Column::PersonId.eq(person))
        .filter(Column::State.eq(EnrollmentState::Stopped))
        .filter(Column::Reason.is_in(reasons.iter().copied()))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// One sequence is quiet until then; one that is complete, too, for what comes after it.
pub async fn pause(tx: &Tx, registration: RegistrationId, until: DateTime<Utc>) -> Result<()> {
    let of = [EnrollmentState::Active, EnrollmentState::Paused, EnrollmentState::Completed];
    let paused = update::<Entity>(tx).col_expr(Column::PausedUntil, Expr::value(Some(until)));
    paused.filter(Column::RegistrationId.eq(registration)).filter(Column::State.is_in(of)).exec(&tx.inner).await?;
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(EnrollmentState::Paused))
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::State.eq(EnrollmentState::Active))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// One that is paused goes on.
pub async fn resume(tx: &Tx, registration: RegistrationId) -> Result<()> {
    let over = update::<Entity>(tx).col_expr(Column::PausedUntil, Expr::value(None::<DateTime<Utc>>));
    over.filter(Column::RegistrationId.eq(registration)).exec(&tx.inner).await?;
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(EnrollmentState::Active))
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::State.eq(EnrollmentState::Paused))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// How many people are, or were, followed up after an event.
pub async fn count_of_event(scope: &impl Scoped, event: EventId) -> Result<usize> {
    let count = find::<Entity>(scope).filter(Column::EventId.eq(event)).count(scope.connection()).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// The person's most recent sequence that was not stopped.
pub async fn latest_of_person(scope: &impl Scoped, person: PersonId) -> Result<Option<Model>> {
    let all = find::<Entity>(scope).filter(Column::PersonId.eq(person)).filter(Column::State.ne(EnrollmentState::Stopped));
    Ok(all.order_by_desc(Column::Id).one(scope.connection()).await?)
}
