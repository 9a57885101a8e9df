//! What people agreed to and took back: a row each time, none of which is ever changed once it is known to be theirs. What the rules go by stands
//! beside it, with the registration and in the person's preferences, and is written in the same transaction.
//!
//! Anybody may type an address into a form. What stands in it waits until the address is confirmed, and is in nobody's history until then.

use chrono::{DateTime, Utc};
use convivio_domain::{ConsentId, ConsentPurpose, ConsentWay, Locale, OrganizerId, PersonId, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, IntoActiveModel, QueryOrder};

use crate::scope::{delete, find, owned, update};
use crate::{Result, Scoped, Tx, registration};

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
    /// When it was said.
    pub created_at: DateTime<Utc>,
    /// Since when it is known to be the word of whose address it is; `None` while nobody has confirmed the form it stands in.
    pub confirmed_at: Option<DateTime<Utc>>,
}
owned!();

impl Model {
    /// Whether this takes back what `earlier` gave for the same purpose.
    fn takes_back(&self, earlier: &Model) -> bool {
        let is_of_the_same = self.registration_id.is_none() || self.registration_id == earlier.registration_id;
        !self.granted && is_of_the_same
    }

    /// Whether it is said of this registration: with it, or of all that there were.
    fn is_about(&self, registration: &registration::Model) -> bool {
        match self.registration_id {
            Some(id) => id == registration.id,
            None => registration.created_at <= self.created_at,
        }
    }
}

/// The word behind what counts for a purpose, of a history told in its order: behind a yes the newest that nothing after it takes back, behind a no
/// the newest no.
pub fn newest(history: &[Model], purpose: ConsentPurpose, granted: bool) -> Option<&Model> {
    let words: Vec<&Model> = history.iter().filter(|row| row.purpose == purpose).collect();
    let is_taken_back = |place: usize| words[place].granted && words[place..].iter().any(|later| later.takes_back(words[place]));
    let newest = (0..words.len()).rev().find(|place| words[*place].granted == granted && !is_taken_back(*place));
    newest.map(|place| words[place])
}

/// The last word of a history, told in its order, on prompts after the event of this registration.
pub fn last_on_follow_up<'a>(history: &'a [Model], registration: &registration::Model) -> Option<&'a Model> {
    history.iter().rev().find(|row| row.purpose == ConsentPurpose::FollowUp && row.is_about(registration))
}

/// Everything a person is known to have said of it, oldest first.
pub async fn of_person(scope: &impl Scoped, person: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::PersonId.eq(person)).filter(Column::ConfirmedAt.is_not_null());
    Ok(all.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(scope.connection()).await?)
}

pub async fn insert(tx: &Tx, new: Model) -> Result<()> {
    Entity::insert(new.into_active_model()).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Many at once.
pub async fn insert_all(tx: &Tx, new: Vec<Model>) -> Result<()> {
    // SQLite takes 32,766 bound values a statement; a consent has 11.
    for some in new.chunks(2900) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model)).exec_without_returning(&tx.inner).await?;
    }
    Ok(())
}

/// The address is theirs, and so is what stands in the form that waited for it.
pub async fn confirm(tx: &Tx, registration: &registration::Model, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::ConfirmedAt, Expr::value(Some(now))).filter(waiting_with(registration)).exec(&tx.inner).await?;
    Ok(())
}

/// The form that waited will not be confirmed any more, so nobody said what stands in it.
pub async fn forget_unconfirmed(tx: &Tx, registration: &registration::Model) -> Result<()> {
    delete::<Entity>(tx).filter(waiting_with(registration)).exec(&tx.inner).await?;
    Ok(())
}

fn waiting_with(registration: &registration::Model) -> Condition {
    Condition::all()
        .add(Column::PersonId.eq(registration.person_id))
        .add(Column::RegistrationId.eq(registration.id))
        .add(Column::ConfirmedAt.is_null())
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
            confirmed_at: Some("2026-11-29T09:05:00Z".parse().expect("an instant")),
        }
    }

    #[test]
    fn sr_50_the_newest_word_counts_and_is_taken_back_where_it_was_given() {
        let (may, june) = (Some(RegistrationId::new()), Some(RegistrationId::new()));
        for (words, yes, no) in [
            (vec![], None, None),
            (vec![said(may, true)], Some(0), None),
            (vec![said(may, true), said(june, true)], Some(1), None),
            // Said at the form of one evening, it is of that evening.
            (vec![said(may, true), said(june, true), said(june, false)], Some(0), Some(2)),
            (vec![said(may, true), said(may, false)], None, Some(1)),
            // Said without one, it is of all of them, and whoever agrees afterwards agrees anew.
            (vec![said(may, true), said(june, true), said(None, false)], None, Some(2)),
            (vec![said(may, true), said(None, false), said(june, true)], Some(2), Some(1)),
            (vec![said(may, true), said(None, false), said(None, true), said(june, false)], Some(2), Some(3)),
        ] {
            for (granted, counts) in [(true, yes), (false, no)] {
                let found = newest(&words, ConsentPurpose::FollowUp, granted);
                assert_eq!(found, counts.map(|place: usize| &words[place]), "{granted}: {words:#?}");
                assert_eq!(newest(&words, ConsentPurpose::ChatDelivery, granted), None);
            }
        }
    }
}
