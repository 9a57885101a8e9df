//! What people said of their conversations without their name. Nothing of a row leads to whoever wrote it: its id is drawn by lot, its time is that of
//! the event.

use chrono::{DateTime, Utc};
use convivio_domain::words::Step;
use convivio_domain::{EventId, Feedback, FeedbackId, OrganizerId};
use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, Set};

use crate::scope::{find, owned};
use crate::{Result, Scoped, Stored, Tx, event};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "feedback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FeedbackId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub step: Step,
    pub said: Stored<Feedback>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn insert(tx: &Tx, event: &event::Model, step: Step, said: Feedback) -> Result<()> {
    let row = ActiveModel {
        id: Set(FeedbackId(Uuid::new_v4())),
        organizer_id: Set(tx.organizer()),
        event_id: Set(event.id),
        step: Set(step),
        said: Set(Stored(said)),
        created_at: Set(event.ends_at),
    };
    Entity::insert(row).exec_without_returning(&tx.inner).await?;
    Ok(())
}

pub async fn of_event(scope: &impl Scoped, event: EventId) -> Result<Vec<(Step, Feedback)>> {
    let all = find::<Entity>(scope).select_only().columns([Column::Step, Column::Said]).filter(Column::EventId.eq(event));
    let rows: Vec<(Step, Stored<Feedback>)> = all.into_tuple().all(scope.connection()).await?;
    Ok(rows.into_iter().map(|(step, said)| (step, said.0)).collect())
}
