//! What people agreed to and took back: a row each time, none of which is ever changed. What the rules go by stands beside it, with the registration
//! and in the person's preferences, and is written in the same transaction.

use chrono::{DateTime, Utc};
use convivio_domain::{ConsentId, ConsentPurpose, ConsentWay, Locale, OrganizerId, PersonId, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};

use crate::scope::{delete, find, owned};
use crate::{Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub organizer_id: OrganizerId,
    pub person_id: PersonId,
    /// With which it was said; without one it is said of all that the person has.
    pub registration_id: Option<RegistrationId>,
    pub purpose: ConsentPurpose,
    /// Agreed to, or taken back.
    pub granted: bool,
    /// Of the words they read, where they read ours.
    pub text_version: Option<String>,
    pub locale: Option<Locale>,
    pub how: ConsentWay,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// Whether this takes back what `earlier` gave for the same purpose.
    fn takes_back(&self, earlier: &Model) -> bool {
        let is_of_the_same = self.registration_id.is_none() || self.registration_id == earlier.registration_id;
        !self.granted && is_of_the_same
    }
}

/// The word on a purpose that counts, of a history told in its order: the newest yes that nothing after it takes back, else the newest word.
pub fn newest(history: &[Model], purpose: ConsentPurpose) -> Option<&Model> {
    let words: Vec<&Model> = history.iter().filter(|row| row.purpose == purpose).collect();
    let stands = |place: usize| words[place].granted && !words[place..].iter().any(|later| later.takes_back(words[place]));
    let standing = (0..words.len()).rev().find(|place| stands(*place));
    standing.map(|place| words[place]).or_else(|| words.last().copied())
}

/// Everything a person ever said of it, oldest first.
pub async fn of_person(scope: &impl Scoped, person: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::PersonId.eq(person));
    Ok(all.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn insert(tx: &Tx, new: Model) -> Result<()> {
    Entity::insert(new.into_active_model()).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Many at once.
pub async fn insert_all(tx: &Tx, new: Vec<Model>) -> Result<()> {
    // SQLite takes 32,766 bound values a statement; a consent has 10.
    for some in new.chunks(3000) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model)).exec_without_returning(&tx.inner).await?;
    }
    Ok(())
}

/// Nothing is left of what this person agreed to.
pub async fn erase(tx: &Tx, person: PersonId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::PersonId.eq(person)).exec(&tx.inner).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(registration: Option<RegistrationId>, granted: bool) -> Model {
        Model {
            id: ConsentId::new(),
            organizer_id: OrganizerId(uuid::Uuid::nil()),
            person_id: PersonId(uuid::Uuid::nil()),
            registration_id: registration,
            purpose: ConsentPurpose::FollowUp,
            granted,
            text_version: None,
            locale: None,
            how: ConsentWay::Form,
            created_at: "2026-11-29T09:00:00Z".parse().expect("an instant"),
        }
    }

    #[test]
    fn sr_50_the_newest_word_counts_and_is_taken_back_where_it_was_given() {
        let (may, june) = (Some(RegistrationId::new()), Some(RegistrationId::new()));
        for (words, counts) in [
            (vec![], None),
            (vec![said(may, true)], Some(0)),
            (vec![said(may, true), said(june, true)], Some(1)),
            // Said at the form of one evening, it is of that evening.
            (vec![said(may, true), said(june, true), said(june, false)], Some(0)),
            (vec![said(may, true), said(may, false)], Some(1)),
            // Said without one, it is of all of them, and whoever agrees afterwards agrees anew.
            (vec![said(may, true), said(june, true), said(None, false)], Some(2)),
            (vec![said(may, true), said(None, false), said(june, true)], Some(2)),
            (vec![said(may, true), said(None, false), said(None, true), said(june, false)], Some(2)),
        ] {
            assert_eq!(newest(&words, ConsentPurpose::FollowUp), counts.map(|place: usize| &words[place]), "{words:#?}");
            assert_eq!(newest(&words, ConsentPurpose::ChatDelivery), None);
        }
    }
}
