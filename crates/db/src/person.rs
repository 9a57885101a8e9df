//! People: one human across the events of one organizer.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::{EmailAddress, Locale, OrganizerId, PassionCode, PersonId, PersonName, Preferences, Profile, Timezone, Visibility};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, OnConflict};
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Select, TryInsertResult};

use crate::lists::one_of;
use crate::scope::{find, owned, update};
use crate::stored::declares;
use crate::{Central, Cursor, Page, Result, Scoped, Stored, Tx};

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
    /// What they want of it, where they said so.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub preferences: Option<Stored<Preferences>>,
    pub link_generation: i32,
    /// Raised whenever the address of their calendar is made anew or taken back.
    pub feed_generation: i32,
    /// Since when their calendar has its address, if it has one.
    pub feed_since: Option<DateTime<Utc>>,
    /// When they were erased: from then on the row says nothing of anybody.
    pub erased_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// The person with this address, made now if there is none, and held until the transaction ends. An address nobody has confirmed keeps no profile: anyone could have typed it.
pub async fn of_address(tx: &Tx, email: &EmailAddress, name: &PersonName, locale: Locale, now: DateTime<Utc>) -> Result<Model> {
    let new = unconfirmed(tx, email, name, locale, now);
    loop {
        // Another request may be registering the same address; after a violation PostgreSQL would have given up this transaction.
        let once = OnConflict::new().do_nothing().to_owned();
        let inserted = Entity::insert(new.clone().into_active_model()).on_conflict(once).try_insert().exec(&tx.inner).await?;
        if matches!(inserted, TryInsertResult::Inserted(_)) {
            return Ok(new);
        }
        let known = find::<Entity>(tx).filter(Column::EmailNormal.eq(email.normal())).lock(LockType::NoKeyUpdate).one(&tx.inner).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        // Whoever was in the way has been erased this moment; the address is nobody's.
    }
}

/// Everyone, or only whose address it is.
pub async fn list(scope: &impl Scoped, email: Option<&EmailAddress>, cursor: Cursor<PersonId>) -> Result<Page<Model>> {
    cursor.page(scope, with_address(scope, email), Column::Id).await
}

fn with_address(scope: &impl Scoped, email: Option<&EmailAddress>) -> Select<Entity> {
    let all = find::<Entity>(scope).filter(Column::ErasedAt.is_null());
    match email {
        Some(email) => all.filter(Column::EmailNormal.eq(email.normal())),
        None => all,
    }
}

/// Somebody new, of whom only an address and a name are known.
pub fn unconfirmed(tx: &Tx, email: &EmailAddress, name: &PersonName, locale: Locale, now: DateTime<Utc>) -> Model {
    Model {
        id: PersonId::new(),
        organizer_id: tx.organizer(),
        email: email.clone(),
        email_normal: email.normal(),
        name: name.clone(),
        locale,
        timezone: None,
        profile: Stored::default(),
        confirmed_at: None,
        updated_at: now,
        follow_up_stopped_at: None,
        preferences: None,
        link_generation: 0,
        feed_generation: 0,
        feed_since: None,
        erased_at: None,
        created_at: now,
    }
}

pub async fn by_email(scope: &impl Scoped, email: &EmailAddress) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::EmailNormal.eq(email.normal())).one(scope.connection()).await?)
}

pub async fn find_by_id(scope: &impl Scoped, id: PersonId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// The person as they stand now, held until the transaction ends. Of somebody erased there is nothing left to change.
pub async fn lock(tx: &Tx, id: PersonId) -> Result<Option<Model>> {
    let living = find::<Entity>(tx).filter(Column::Id.eq(id)).filter(Column::ErasedAt.is_null());
    Ok(living.lock(LockType::NoKeyUpdate).one(&tx.inner).await?)
}

/// The same of several, one after the other in the order of their ids: of two who hold some of the same nobody waits for ever.
pub async fn lock_all(tx: &Tx, ids: impl IntoIterator<Item = PersonId>) -> Result<Vec<Model>> {
    let living = find::<Entity>(tx).filter(Column::Id.is_in(ids)).filter(Column::ErasedAt.is_null());
    Ok(living.order_by_asc(Column::Id).lock(LockType::NoKeyUpdate).all(&tx.inner).await?)
}

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = PersonId>) -> Result<HashMap<PersonId, Model>> {
    let rows = find::<Entity>(scope).filter(one_of(scope.connection(), Column::Id, ids)).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|person| (person.id, person)).collect())
}

/// Everyone of this address, with any organizer: who wants to sign in has not said yet where.
pub async fn of_any_organizer(central: &Central, email: &EmailAddress) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>().filter(Column::EmailNormal.eq(email.normal())).all(&central.reader).await?)
}

/// What a person says of themselves becomes their profile; the address is theirs, from now on if it was not before.
pub async fn confirm_profile(tx: &Tx, id: PersonId, said: Said<'_>, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Name, Expr::value(said.name.clone()))
        .col_expr(Column::Locale, Expr::value(said.locale))
        .col_expr(Column::Timezone, Expr::value(said.timezone))
        .col_expr(Column::Profile, Expr::value(Stored(said.profile.clone())))
        .col_expr(Column::ConfirmedAt, Func::coalesce([Expr::col(Column::ConfirmedAt), Expr::value(now)]).into())
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

/// What they want of the follow-up, and of whether there is any.
pub async fn set_preferences(tx: &Tx, id: PersonId, wanted: Preferences, stopped_at: Option<DateTime<Utc>>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Preferences, Expr::value(Some(Stored(wanted))))
        .col_expr(Column::FollowUpStoppedAt, Expr::value(stopped_at))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Who may see what; the rest of the profile stays, and is as old as it was.
pub async fn set_profile(tx: &Tx, id: PersonId, profile: Profile) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::Profile, Expr::value(Stored(profile))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// The person is nobody any more: no name, no address, no word of theirs, and no link that opens anything.
pub async fn erase(tx: &Tx, id: PersonId, now: DateTime<Utc>) -> Result<()> {
    let nobody = EmailAddress::erased(id);
    let profile = Profile { visibility: Visibility::nothing(), ..Profile::default() };
    update::<Entity>(tx)
        .col_expr(Column::EmailNormal, Expr::value(nobody.normal()))
        .col_expr(Column::Email, Expr::value(nobody))
        .col_expr(Column::Name, Expr::value(PersonName::erased()))
        .col_expr(Column::Timezone, Expr::value(None::<Timezone>))
        .col_expr(Column::Profile, Expr::value(Stored(profile)))
        .col_expr(Column::Preferences, Expr::value(None::<Stored<Preferences>>))
        .col_expr(Column::FollowUpStoppedAt, Expr::value(Some(now)))
        .col_expr(Column::LinkGeneration, Expr::col(Column::LinkGeneration).add(1))
        .col_expr(Column::FeedGeneration, Expr::col(Column::FeedGeneration).add(1))
        .col_expr(Column::FeedSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::ErasedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Gives their calendar a new address, or none; the former opens nothing any more.
pub async fn set_feed(tx: &Tx, id: PersonId, since: Option<DateTime<Utc>>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::FeedGeneration, Expr::col(Column::FeedGeneration).add(1))
        .col_expr(Column::FeedSince, Expr::value(since))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
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

/// The people of these addresses, by their normal form.
pub async fn by_addresses(scope: &impl Scoped, normal: &[String]) -> Result<HashMap<String, Model>> {
    let mut found = HashMap::with_capacity(normal.len());
    for some in normal.chunks(10_000) {
        let rows = find::<Entity>(scope).filter(Column::EmailNormal.is_in(some)).all(scope.connection()).await?;
        found.extend(rows.into_iter().map(|person| (person.email_normal.clone(), person)));
    }
    Ok(found)
}

/// Many at once. Of an address that somebody else has just brought in, theirs stays.
pub async fn insert_all(tx: &Tx, new: Vec<Model>) -> Result<()> {
    let unique = OnConflict::columns([Column::OrganizerId, Column::EmailNormal]).do_nothing().to_owned();
    // SQLite takes 32,766 bound values a statement; a person has 17.
    for some in new.chunks(1900) {
        let rows = some.iter().cloned().map(Model::into_active_model);
        Entity::insert_many(rows).on_conflict(unique.clone()).exec_without_returning(&tx.inner).await?;
    }
    Ok(())
}

/// Declares other passions wherever one of these codes is declared; `change` says whether a profile was concerned.
pub async fn redeclare(tx: &Tx, codes: &[PassionCode], change: impl Fn(&mut Profile) -> bool) -> Result<u64> {
    let (mut changed, mut after) = (0, None);
    loop {
        let mut some = find::<Entity>(tx).lock(LockType::NoKeyUpdate).filter(declares(Column::Profile, codes));
        if let Some(after) = after {
            some = some.filter(Column::Id.gt(after));
        }
        let rows = some.order_by_asc(Column::Id).limit(500).all(&tx.inner).await?;
        let Some(last) = rows.last() else { return Ok(changed) };
        after = Some(last.id);
        for mut row in rows {
            if change(&mut row.profile) {
                let profile = Expr::value(row.profile);
                update::<Entity>(tx).col_expr(Column::Profile, profile).filter(Column::Id.eq(row.id)).exec(&tx.inner).await?;
                changed += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use convivio_domain::{Slug, Title};
    use rstest::rstest;
    use sea_orm::{ConnectionTrait, QueryTrait};

    use super::*;
    use crate::testing::{explained, postgres, sqlite};
    use crate::{Database, Settings, organizer};

    #[rstest]
    #[tokio::test(flavor = "multi_thread")]
    async fn a_search_by_address_reads_an_index(#[values(false, true)] on_postgres: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = if on_postgres { postgres() } else { sqlite(&folder) };
        let database = Database::open(&Settings { store, pool: 2 }).await.expect("an empty database");
        let (slug, name) = (Slug::parse("circolo").expect("a slug"), Title::parse("Circolo").expect("a title"));
        let now: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().expect("an instant");
        let organizer = organizer::insert(&database.central(), slug, name, now).await.expect("inserted").expect("new");
        let tx = database.write(&organizer).await.expect("a transaction");
        let address = |n: u32| EmailAddress::parse(&format!("p{n}@example.org")).expect("an address");
        let name = PersonName::parse("Ada").expect("a name");
        for n in 0..600 {
            of_address(&tx, &address(n), &name, Locale::En, now).await.expect("a person");
        }
        tx.commit().await.expect("committed");
        let central = database.central();
        central.writer.execute_unprepared("ANALYZE").await.expect("counted");
        let search = with_address(&database.read(&organizer), Some(&address(7))).build(central.writer.get_database_backend());
        let plan = explained(&central.writer, search).await;
        assert!(plan.contains("email_normal") && !plan.contains("Seq Scan") && !plan.contains("SCAN people"), "{plan}");
    }
}
