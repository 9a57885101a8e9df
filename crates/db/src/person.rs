//! People: one human across the events of one organizer.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::{EmailAddress, Locale, OrganizerId, PersonId, PersonName, Profile, Timezone};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{QuerySelect, Set, TryInsertResult};

use crate::scope::{find, owned, update};
use crate::{Central, Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    pub organizer_id: OrganizerId,
    pub email: EmailAddress,
    pub email_normal: String,
    pub name: PersonName,
    pub locale: Locale,
    pub timezone: Option<Timezone>,
    #[sea_orm(column_type = "JsonBinary")]
    pub profile: Stored<Profile>,
    /// When the address was first shown to be theirs. Before that the profile says nothing.
    pub confirmed_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
    pub follow_up_stopped_at: Option<DateTime<Utc>>,
    pub link_generation: i32,
    pub created_at: DateTime<Utc>,
}
owned!();

/// The person with this address, made now if there is none, and held until the transaction ends. An address nobody has confirmed keeps no profile: anyone could have typed it.
pub async fn of_address(tx: &Tx, email: &EmailAddress, name: &PersonName, locale: Locale, now: DateTime<Utc>) -> Result<Model> {
    let found = || find::<Entity>(tx).filter(Column::EmailNormal.eq(email.normal())).lock(LockType::NoKeyUpdate).one(&tx.inner);
    if let Some(person) = found().await? {
        return Ok(person);
    }
    let row = ActiveModel {
        id: Set(PersonId::new()),
        organizer_id: Set(tx.organizer()),
        email: Set(email.clone()),
        email_normal: Set(email.normal()),
        name: Set(name.clone()),
        locale: Set(locale),
        timezone: Set(None),
        profile: Set(Stored::default()),
        confirmed_at: Set(None),
        updated_at: Set(now),
        follow_up_stopped_at: Set(None),
        link_generation: Set(0),
        created_at: Set(now),
    };
    // Another request may be registering the same address; after a violation PostgreSQL would have given up this transaction.
    let unique = OnConflict::columns([Column::OrganizerId, Column::EmailNormal]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(unique).try_insert().exec(&tx.inner).await? {
        TryInsertResult::Inserted(_) | TryInsertResult::Conflicted | TryInsertResult::Empty => {}
    }
    Ok(found().await?.expect("it has just been inserted, here or by another"))
}

pub async fn by_email(scope: &impl Scoped, email: &EmailAddress) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EmailNormal.eq(email.normal())).one(scope.connection()).await?)
}

pub async fn find_by_id(scope: &impl Scoped, id: PersonId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// The person as they stand now, held until the transaction ends.
pub async fn lock(tx: &Tx, id: PersonId) -> Result<Option<Model>> {
    Ok(find::<Entity>(tx).filter(Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(&tx.inner).await?)
}

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = PersonId>) -> Result<HashMap<PersonId, Model>> {
    let rows = find::<Entity>(scope).filter(Column::Id.is_in(ids)).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|person| (person.id, person)).collect())
}

/// Everyone of this address, with any organizer: who wants to sign in has not said yet where.
pub async fn of_any_organizer(central: &Central, email: &EmailAddress) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>().filter(Column::EmailNormal.eq(email.normal())).all(&central.reader).await?)
}

/// What a person says of themselves becomes their profile; the address is theirs from now on.
pub async fn confirm_profile(tx: &Tx, id: PersonId, said: Said<'_>, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Name, Expr::value(said.name.clone()))
        .col_expr(Column::Locale, Expr::value(said.locale))
        .col_expr(Column::Timezone, Expr::value(said.timezone))
        .col_expr(Column::Profile, Expr::value(Stored(said.profile.clone())))
        .col_expr(Column::ConfirmedAt, Expr::value(Some(now)))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What the person said of themselves still holds.
pub async fn confirm_current(tx: &Tx, id: PersonId, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::UpdatedAt, Expr::value(now)).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

pub struct Said<'a> {
    pub name: &'a PersonName,
    pub locale: Locale,
    pub timezone: Option<Timezone>,
    pub profile: &'a Profile,
}

/// Stops every follow-up of this organizer to the person, at once. Asking again changes nothing.
pub async fn stop_follow_up(tx: &Tx, id: PersonId, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::FollowUpStoppedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(id))
        .filter(Column::FollowUpStoppedAt.is_null())
        .exec(&tx.inner)
        .await?;
    Ok(())
}

pub async fn owner(central: &Central, id: PersonId) -> Result<Option<OrganizerId>> {
    central.owner_of::<Entity, _>(Column::Id, id).await
}
