//! What staff were last told of an event: what was said of it and how many people did what, sums and nothing else. Each stays as it is until it is of
//! five more, so that two looks never differ by one person. It is kept here because nothing else can tell: feedback without a name has no order and
//! no time, and which prompt somebody has just answered staff may see.

use chrono::{DateTime, Utc};
use convivio_domain::words::Step;
use convivio_domain::{Agreement, EventId, Feedback, FeedbackToldId, OrganizerId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{QuerySelect, Set};
use serde::{Deserialize, Serialize};

use crate::scope::{find, owned};
use crate::{Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "feedback_told")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FeedbackToldId,
    pub organizer_id: OrganizerId,
    #[sea_orm(unique)]
    pub event_id: EventId,
    pub told: Stored<Told>,
    pub created_at: DateTime<Utc>,
}
owned!();

/// The sums of each question. All noughts is a question of which nothing was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    pub listened: Sums,
    pub heard: Sums,
    /// "Has anything carried on?", the day after, after 30 days and after 90.
    pub first: Sums,
    pub day_30: Sums,
    pub day_90: Sums,
    pub needs_met: Sums,
    pub people: People,
}

/// How many people did what. Nought is a number that was not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct People {
    pub keeping: usize,
    pub connected: usize,
    pub introducing: usize,
    pub giving: usize,
}

/// How many said what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub yes: usize,
    pub partly: usize,
    pub no: usize,
}

impl Told {
    /// Everything that was said and done until now.
    pub fn of(said: &[(Step, Feedback)], people: People) -> Self {
        Self {
            listened: Sums::of(said, Step::F1, |said| said.listened),
            heard: Sums::of(said, Step::F1, |said| said.heard),
            first: Sums::of(said, Step::F1, |said| said.continued),
            day_30: Sums::of(said, Step::F4, |said| said.continued),
            day_90: Sums::of(said, Step::F6, |said| said.continued),
            // Only who needed it knows whether a need was met: what somebody gave, or offers, does not say so.
            needs_met: Sums::of(said, Step::F6, |said| said.need_met),
            people,
        }
    }

    /// What may be told after this: of each question what has been said by now, if so many more have answered it, else the same as before; and
    /// likewise of what people did. One who takes an answer back, or says it anew, is not one more.
    pub fn renewed(self, now: Self, step: usize) -> Self {
        let of = |before: Sums, now: Sums| if now.answers() >= before.answers() + step { now } else { before };
        Self {
            listened: of(self.listened, now.listened),
            heard: of(self.heard, now.heard),
            first: of(self.first, now.first),
            day_30: of(self.day_30, now.day_30),
            day_90: of(self.day_90, now.day_90),
            needs_met: of(self.needs_met, now.needs_met),
            people: self.people.renewed(now.people, step),
        }
    }
}

impl People {
    fn renewed(self, now: Self, step: usize) -> Self {
        let of = |before: usize, now: usize| if now >= before + step { now } else { before };
        Self {
            keeping: of(self.keeping, now.keeping),
            connected: of(self.connected, now.connected),
            introducing: of(self.introducing, now.introducing),
            giving: of(self.giving, now.giving),
        }
    }
}

impl Sums {
    fn of(said: &[(Step, Feedback)], step: Step, question: impl Fn(&Feedback) -> Option<Agreement>) -> Self {
        let mut sums = Self::default();
        for (_, said) in said.iter().filter(|(of, _)| *of == step) {
            match question(said) {
                Some(Agreement::Yes) => sums.yes += 1,
                Some(Agreement::Partly) => sums.partly += 1,
                Some(Agreement::No) => sums.no += 1,
                None => {}
            }
        }
        sums
    }

    pub fn answers(self) -> usize {
        self.yes + self.partly + self.no
    }
}

/// What was last told of an event.
pub async fn of_event(scope: &impl Scoped, event: EventId) -> Result<Told> {
    let row = find::<Entity>(scope).filter(Column::EventId.eq(event)).one(scope.connection()).await?;
    Ok(row.map(|row| row.told.0).unwrap_or_default())
}

/// The same, held until the transaction ends: of two who look at once the later is told what the earlier was. A row is made where there is none, for
/// what is not there cannot be held.
pub async fn lock(tx: &Tx, event: EventId, now: DateTime<Utc>) -> Result<Told> {
    let once = OnConflict::column(Column::EventId).do_nothing().to_owned();
    let row = row(tx, event, Told::default(), now);
    Entity::insert(row).on_conflict(once).exec_without_returning(&tx.inner).await?;
    let row = find::<Entity>(tx).filter(Column::EventId.eq(event)).lock(LockType::NoKeyUpdate).one(&tx.inner).await?;
    Ok(row.map(|row| row.told.0).unwrap_or_default())
}

pub async fn put(tx: &Tx, event: EventId, told: Told, now: DateTime<Utc>) -> Result<()> {
    let anew = OnConflict::column(Column::EventId).update_column(Column::Told).to_owned();
    Entity::insert(row(tx, event, told, now)).on_conflict(anew).exec_without_returning(&tx.inner).await?;
    Ok(())
}

fn row(tx: &Tx, event: EventId, told: Told, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        id: Set(FeedbackToldId::new()),
        organizer_id: Set(tx.organizer()),
        event_id: Set(event),
        told: Set(Stored(told)),
        created_at: Set(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(listened: Sums) -> Told {
        Told { listened, ..Told::default() }
    }

    #[test]
    fn sr_49_what_was_told_stays_until_five_more_have_answered() {
        let sums = |yes, no| Sums { yes, partly: 0, no };
        let nothing = Told::default();
        assert_eq!(nothing.renewed(told(sums(4, 0)), 5), nothing);
        let five = nothing.renewed(told(sums(4, 1)), 5);
        assert_eq!(five, told(sums(4, 1)));
        for later in [sums(4, 2), sums(0, 5), sums(8, 1), sums(1, 1)] {
            assert_eq!(five.renewed(told(later), 5), five, "{later:?}");
        }
        assert_eq!(five.renewed(told(sums(4, 6)), 5), told(sums(4, 6)));
        assert_eq!(five.renewed(told(sums(11, 1)), 5), told(sums(11, 1)));
    }

    #[test]
    fn sr_49_a_number_of_people_stays_until_it_is_of_five_more() {
        let people = |keeping, giving| Told { people: People { keeping, giving, ..People::default() }, ..Told::default() };
        assert_eq!(people(0, 0).renewed(people(4, 1), 5), people(0, 0));
        let told = people(0, 0).renewed(people(6, 4), 5);
        assert_eq!(told, people(6, 0), "each by itself");
        for later in [people(10, 4), people(7, 0), people(2, 3)] {
            assert_eq!(told.renewed(later, 5), told, "{later:?}");
        }
        assert_eq!(told.renewed(people(11, 5), 5), people(11, 5));
    }

    #[test]
    fn sr_49_what_was_told_before_people_were_counted_is_read() {
        let before = r#"{"listened": {"yes": 5, "partly": 0, "no": 0}}"#;
        assert_eq!(serde_json::from_str::<Told>(before).expect("it is read"), told(Sums { yes: 5, partly: 0, no: 0 }));
    }

    #[test]
    fn sr_49_each_question_is_counted_by_itself() {
        let said = |need_met| Feedback { listened: Some(Agreement::Yes), need_met, ..Feedback::default() };
        let all = [(Step::F1, said(Some(Agreement::No))), (Step::F6, said(Some(Agreement::Partly))), (Step::F6, said(None))];
        let told = Told::of(&all, People::default());
        assert_eq!((told.listened, told.needs_met), (Sums { yes: 1, partly: 0, no: 0 }, Sums { yes: 0, partly: 1, no: 0 }));
        assert_eq!(told.day_90, Sums::default());
    }
}
