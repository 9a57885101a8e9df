//! Introductions: a third person brings two together. What either of the two says is theirs alone until both have said yes.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::IntroductionState;
use convivio_domain::{IntroductionId, OrganizerId, PersonId, Sentence};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};

use crate::lists::one_of;
use crate::scope::{delete, find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Tx, message};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "introductions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IntroductionId,
    pub organizer_id: OrganizerId,
    pub introducer_id: PersonId,
    /// The elder of the two.
    pub one_id: PersonId,
    pub other_id: PersonId,
    pub why: Sentence,
    /// What each of the two says; nothing yet, as long as it is missing.
    pub one_agrees: Option<bool>,
    pub other_agrees: Option<bool>,
    /// When both had said yes.
    pub sent_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// So long the two may think about it. A no does not shorten it, or it could be told from silence.
const OPEN_FOR: TimeDelta = TimeDelta::days(60);

impl Model {
    /// Until when it can be said yes to.
    pub fn closes_at(&self) -> DateTime<Utc> {
        self.created_at + OPEN_FOR
    }

    pub fn state_at(&self, now: DateTime<Utc>) -> IntroductionState {
        match self.sent_at {
            Some(_) => IntroductionState::Sent,
            None if now < self.closes_at() => IntroductionState::AwaitingBoth,
            None => IntroductionState::Closed,
        }
    }

    /// The other of the two, as one of them sees it; `None` for anybody else.
    pub fn with(&self, me: PersonId) -> Option<PersonId> {
        if me == self.one_id {
            Some(self.other_id)
        } else if me == self.other_id {
            Some(self.one_id)
        } else {
            None
        }
    }

    /// What one of the two has said.
    pub fn answer_of(&self, person: PersonId) -> Option<bool> {
        if person == self.one_id { self.one_agrees } else { self.other_agrees }
    }

    /// Whether it is about these two.
    pub fn is_of(&self, one: PersonId, other: PersonId) -> bool {
        self.with(one) == Some(other)
    }

    pub fn both_agree(&self) -> bool {
        self.one_agrees == Some(true) && self.other_agrees == Some(true)
    }
}

pub async fn insert(tx: &Tx, new: Model) -> Result<Model> {
    Entity::insert(new.clone().into_active_model()).exec_without_returning(&tx.inner).await?;
    Ok(new)
}

pub async fn find_by_id(scope: &impl Scoped, id: IntroductionId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// The same, as it stands now, held until the transaction ends: of two who answer at once the later sees what the earlier said.
pub async fn lock(tx: &Tx, id: IntroductionId) -> Result<Option<Model>> {
    Ok(find::<Entity>(tx).filter(Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(&tx.inner).await?)
}

/// Everything `person` proposes or is proposed, held until the transaction ends.
pub async fn lock_all_around(tx: &Tx, person: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(tx).filter(concerns(person)).order_by_asc(Column::Id);
    Ok(all.lock(LockType::NoKeyUpdate).all(&tx.inner).await?)
}

/// What `person` proposes, or is proposed: a page of it.
pub async fn around(scope: &impl Scoped, person: PersonId, cursor: Cursor<IntroductionId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(concerns(person)), Column::Id).await
}

/// The same, the newest first and no more than these.
pub async fn newest_around(scope: &impl Scoped, person: PersonId, most: u64) -> Result<Vec<Model>> {
    let cursor: Cursor<IntroductionId> = Cursor { after: None, limit: most };
    Ok(cursor.page_back(scope, find::<Entity>(scope).filter(concerns(person)), Column::Id).await?.rows)
}

fn concerns(person: PersonId) -> Condition {
    Condition::any().add(Column::IntroducerId.eq(person)).add(Column::OneId.eq(person)).add(Column::OtherId.eq(person))
}

/// Everything `introducer` ever proposed to be brought about.
pub async fn of_introducer(scope: &impl Scoped, introducer: PersonId) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).filter(Column::IntroducerId.eq(introducer)).all(scope.connection()).await?)
}

/// Whom these people brought together, with a yes of both.
pub async fn brought_together(
    scope: &impl Scoped,
    introducers: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<(PersonId, [PersonId; 2])>> {
    let sent = find::<Entity>(scope).filter(Column::IntroducerId.is_in(introducers)).filter(Column::SentAt.is_not_null());
    let rows = sent.select_only().columns([Column::IntroducerId, Column::OneId, Column::OtherId]);
    let rows: Vec<(PersonId, PersonId, PersonId)> = rows.into_tuple().all(scope.connection()).await?;
    Ok(rows.into_iter().map(|(introducer, one, other)| (introducer, [one, other])).collect())
}

/// What waits for the answer of one of these people.
pub async fn waiting_for(scope: &impl Scoped, people: &BTreeSet<PersonId>, now: DateTime<Utc>) -> Result<Vec<Model>> {
    let of = |person: Column, agrees: Column| {
        Condition::all().add(one_of(scope.connection(), person, people.iter().copied())).add(agrees.is_null())
    };
    let asked = Condition::any().add(of(Column::OneId, Column::OneAgrees)).add(of(Column::OtherId, Column::OtherAgrees));
    let open = find::<Entity>(scope).filter(Column::SentAt.is_null()).filter(Column::CreatedAt.gt(now - OPEN_FOR));
    Ok(open.filter(asked).all(scope.connection()).await?)
}

/// One of the two says yes or no.
pub async fn answer(tx: &Tx, row: &Model, person: PersonId, agrees: bool) -> Result<()> {
    let column = if person == row.one_id { Column::OneAgrees } else { Column::OtherAgrees };
    update::<Entity>(tx).col_expr(column, Expr::value(Some(agrees))).filter(Column::Id.eq(row.id)).exec(&tx.inner).await?;
    Ok(())
}

/// Both have said yes.
pub async fn set_sent(tx: &Tx, id: IntroductionId, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx).col_expr(Column::SentAt, Expr::value(Some(now))).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// Nothing is left of what this person proposed or was proposed, nor of the words of the mails about it.
pub async fn erase(tx: &Tx, person: PersonId) -> Result<()> {
    let rows = find::<Entity>(tx).filter(concerns(person)).all(&tx.inner).await?;
    message::forget_introductions(tx, rows.iter().map(|row| row.id)).await?;
    delete::<Entity>(tx).filter(concerns(person)).exec(&tx.inner).await?;
    Ok(())
}

/// The people of these introductions.
pub fn people_of(rows: &[Model]) -> BTreeSet<PersonId> {
    rows.iter().flat_map(|row| [row.introducer_id, row.one_id, row.other_id]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_42_a_no_and_silence_look_alike_and_end_alike() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("an instant") };
        let silent = Model {
            id: IntroductionId::new(),
            organizer_id: OrganizerId(uuid::Uuid::nil()),
            introducer_id: PersonId::new(),
            one_id: PersonId::new(),
            other_id: PersonId::new(),
            why: Sentence::parse("You both bake bread.").expect("a sentence"),
            one_agrees: Some(true),
            other_agrees: None,
            sent_at: None,
            created_at: at("2026-03-12T09:00:00Z"),
        };
        let refused = Model { other_agrees: Some(false), ..silent.clone() };
        for (now, state) in [
            ("2026-03-12T09:00:00Z", IntroductionState::AwaitingBoth),
            ("2026-05-11T08:59:59Z", IntroductionState::AwaitingBoth),
            ("2026-05-11T09:00:00Z", IntroductionState::Closed),
        ] {
            assert_eq!((silent.state_at(at(now)), refused.state_at(at(now))), (state, state), "{now}");
        }
    }
}
