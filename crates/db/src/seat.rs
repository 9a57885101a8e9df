//! Seats: one row a person and round of a plan.

use std::collections::BTreeSet;

use convivio_domain::{OrganizerId, PlanId, RegistrationCode, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{FromQueryResult, IntoActiveModel, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::scope::{delete, find, owned, update};
use crate::stored::names;
use crate::{Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seats")]
pub struct Model {
    pub organizer_id: OrganizerId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: PlanId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub registration_id: RegistrationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i16,
    pub table: i16,
    pub locked: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub why: Stored<Why>,
}
owned!();

/// Why a person sits there, as data: the pages and mails say it in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Why {
    pub shared: Vec<Shared>,
    /// What the person offers and a table-mate needs.
    pub gives: Vec<Meets>,
    /// What the person needs and a table-mate offers.
    pub gets: Vec<Meets>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Shared {
    /// The passion's code.
    pub passion: String,
    /// The table-mates who share it. Their names are looked up when it is told, so that nobody is named who keeps theirs.
    pub with: Vec<RegistrationCode>,
}

impl Why {
    fn without(mut self, code: &RegistrationCode) -> Self {
        for shared in &mut self.shared {
            shared.with.retain(|other| other != code);
        }
        self.shared.retain(|shared| !shared.with.is_empty());
        self.gives.retain(|meets| meets.with != *code);
        self.gets.retain(|meets| meets.with != *code);
        self
    }
}

/// An offer and the need it meets, each in its owner's words, and the other person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Meets {
    pub offer: String,
    pub need: String,
    pub with: RegistrationCode,
}

pub async fn insert_all(tx: &Tx, seats: Vec<Model>) -> Result<()> {
    // SQLite takes 32,766 bound values a statement, PostgreSQL 65,535; a seat has seven.
    for some in seats.chunks(4000) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model)).exec_without_returning(&tx.inner).await?;
    }
    Ok(())
}

/// Puts these seats in the place of those the plan had in one round.
pub async fn replace_round(tx: &Tx, plan: PlanId, round: i16, seats: Vec<Model>) -> Result<()> {
    delete::<Entity>(tx).filter(Column::PlanId.eq(plan)).filter(Column::Round.eq(round)).exec(&tx.inner).await?;
    insert_all(tx, seats).await
}

/// By round, table and birth of the registration.
pub async fn of_plan(scope: &impl Scoped, plan: PlanId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope)
        .filter(Column::PlanId.eq(plan))
        .order_by_asc(Column::Round)
        .order_by_asc(Column::Table)
        .order_by_asc(Column::RegistrationId)
        .all(scope.connection())
        .await?)
}

/// Where one person sits, by round.
pub async fn of_registration(scope: &impl Scoped, plan: PlanId, registration: RegistrationId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope)
        .filter(Column::PlanId.eq(plan))
        .filter(Column::RegistrationId.eq(registration))
        .order_by_asc(Column::Round)
        .all(scope.connection())
        .await?)
}

/// Where each of these people sits in each of these plans, by round.
pub async fn of_registrations(scope: &impl Scoped, plans: &[PlanId], registrations: &[RegistrationId]) -> Result<Vec<Place>> {
    let places = find::<Entity>(scope)
        .select_only()
        .columns([Column::PlanId, Column::RegistrationId, Column::Round, Column::Table])
        .filter(Column::PlanId.is_in(plans.iter().copied()))
        .filter(Column::RegistrationId.is_in(registrations.iter().copied()))
        .order_by_asc(Column::Round);
    Ok(places.into_model::<Place>().all(scope.connection()).await?)
}

/// A seat without its reason.
#[derive(Debug, FromQueryResult)]
pub struct Place {
    pub plan_id: PlanId,
    pub registration_id: RegistrationId,
    pub round: i16,
    pub table: i16,
}

/// Who sits at one table in one round.
pub async fn at_table(scope: &impl Scoped, plan: PlanId, round: i16, table: i16) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope)
        .filter(Column::PlanId.eq(plan))
        .filter(Column::Round.eq(round))
        .filter(Column::Table.eq(table))
        .order_by_asc(Column::RegistrationId)
        .all(scope.connection())
        .await?)
}

/// The reasons of a person's seats are forgotten, and so is what those of others say of them.
pub async fn erase(tx: &Tx, registration: RegistrationId, code: &RegistrationCode) -> Result<()> {
    let none = Expr::value(Stored(Why::default()));
    update::<Entity>(tx).col_expr(Column::Why, none).filter(Column::RegistrationId.eq(registration)).exec(&tx.inner).await?;
    let own = find::<Entity>(tx).filter(Column::RegistrationId.eq(registration)).all(&tx.inner).await?;
    let plans: BTreeSet<PlanId> = own.iter().map(|seat| seat.plan_id).collect();
    let naming = find::<Entity>(tx).filter(Column::PlanId.is_in(plans)).filter(names(Column::Why, code.as_str()));
    for seat in naming.all(&tx.inner).await? {
        update::<Entity>(tx)
            .col_expr(Column::Why, Expr::value(Stored(seat.why.0.without(code))))
            .filter(Column::PlanId.eq(seat.plan_id))
            .filter(Column::RegistrationId.eq(seat.registration_id))
            .filter(Column::Round.eq(seat.round))
            .exec(&tx.inner)
            .await?;
    }
    Ok(())
}
