//! Encounters: two people who sat together and were both there.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::RegistrationState;
use convivio_domain::{EncounterId, EventId, OrganizerId, PassionCode, PersonId, RegistrationId, Theme};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, Select};

use crate::scope::{find, owned, update};
use crate::stored::names;
use crate::{Cursor, Page, Result, Scoped, Stored, Tx, registration};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "encounters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EncounterId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    /// The elder registration of the two.
    pub one_id: RegistrationId,
    pub other_id: RegistrationId,
    /// Rounds and tables, with what was shared there.
    #[sea_orm(column_type = "JsonBinary")]
    pub sittings: Stored<Vec<Sitting>>,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// The other of the two.
    pub fn with(&self, me: RegistrationId) -> RegistrationId {
        self.with_any(&[me])
    }

    /// The same, where one of these is oneself.
    pub fn with_any(&self, mine: &[RegistrationId]) -> RegistrationId {
        if mine.contains(&self.one_id) { self.other_id } else { self.one_id }
    }
}

pub async fn insert_all(tx: &Tx, encounters: Vec<Model>) -> Result<()> {
    for some in encounters.chunks(4000) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model))
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&tx.inner)
            .await?;
    }
    Ok(())
}

pub async fn of_registrations(scope: &impl Scoped, registrations: &[RegistrationId]) -> Result<Vec<Model>> {
    Ok(with(scope, registrations).order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// The same, a page of them.
pub async fn page_of_registrations(
    scope: &impl Scoped,
    registrations: &[RegistrationId],
    cursor: Cursor<EncounterId>,
) -> Result<Page<Model>> {
    cursor.page(scope, with(scope, registrations), Column::Id).await
}

/// An evening on which two people sat together.
pub struct Evening {
    /// The elder person of the two.
    pub one: PersonId,
    pub other: PersonId,
    pub event: EventId,
    /// When it was completed.
    pub at: DateTime<Utc>,
}

/// Each evening on which two of these people sat together.
pub async fn among(scope: &impl Scoped, people: &BTreeSet<PersonId>) -> Result<Vec<Evening>> {
    let all: Vec<PersonId> = people.iter().copied().collect();
    let mut person_of: HashMap<RegistrationId, PersonId> = HashMap::new();
    // SQLite takes 32,766 bound values a statement.
    for some in all.chunks(10_000) {
        let attended = find::<registration::Entity>(scope)
            .select_only()
            .columns([registration::Column::Id, registration::Column::PersonId])
            .filter(registration::Column::PersonId.is_in(some.iter().copied()))
            .filter(registration::Column::State.eq(RegistrationState::Attended));
        person_of.extend(attended.into_tuple::<(RegistrationId, PersonId)>().all(scope.connection()).await?);
    }
    let mut registrations: Vec<RegistrationId> = person_of.keys().copied().collect();
    registrations.sort_unstable();
    let mut evenings = Vec::new();
    for some in registrations.chunks(10_000) {
        let met = find::<Entity>(scope)
            .select_only()
            .columns([Column::OneId, Column::OtherId, Column::EventId, Column::CreatedAt])
            .filter(Column::OneId.is_in(some.iter().copied()));
        let met: Vec<(RegistrationId, RegistrationId, EventId, DateTime<Utc>)> = met.into_tuple().all(scope.connection()).await?;
        evenings.extend(met.into_iter().filter_map(|(one, other, event, at)| {
            let (one, other) = (*person_of.get(&one)?, *person_of.get(&other)?);
            Some(Evening { one: one.min(other), other: one.max(other), event, at })
        }));
    }
    Ok(evenings)
}

/// Sittings of the event that were about one of these are mixed from now on.
pub async fn forget_themes(tx: &Tx, event: EventId, codes: &BTreeSet<PassionCode>) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    let any = codes.iter().fold(Condition::any(), |any, code| any.add(names(Column::Sittings, code.as_str())));
    for row in find::<Entity>(tx).filter(Column::EventId.eq(event)).filter(any).all(&tx.inner).await? {
        let mut sittings = row.sittings;
        for sitting in &mut sittings.0 {
            if matches!(&sitting.theme, Theme::Shared { code, .. } if codes.iter().any(|one| one.as_str() == code)) {
                sitting.theme = Theme::Mixed;
            }
        }
        let sittings = Expr::value(sittings);
        update::<Entity>(tx).col_expr(Column::Sittings, sittings).filter(Column::Id.eq(row.id)).exec(&tx.inner).await?;
    }
    Ok(())
}

fn with(scope: &impl Scoped, registrations: &[RegistrationId]) -> Select<Entity> {
    let mine =
        Condition::any().add(Column::OneId.is_in(registrations.iter().copied())).add(Column::OtherId.is_in(registrations.iter().copied()));
    find::<Entity>(scope).filter(mine)
}
