//! Reports: somebody says that a profile is not what it seems, or that a person behaved badly. Staff look at them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_domain::words::{ReportOutcome, ReportReason, ReportState};
use convivio_domain::{FreeText, OrganizerId, PersonId, RegistrationId, ReportId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};

use crate::scope::{find, owned, update};
use crate::{Cursor, Page, Result, Scoped, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReportId,
    pub organizer_id: OrganizerId,
    pub reporter_id: PersonId,
    pub about_id: PersonId,
    /// The registration by whose code the person was named.
    pub registration_id: RegistrationId,
    pub reason: ReportReason,
    pub text: Option<FreeText>,
    pub state: ReportState,
    pub outcome: Option<ReportOutcome>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}
owned!();

pub async fn insert(tx: &Tx, report: Model) -> Result<Model> {
    Ok(report.into_active_model().insert(&tx.inner).await?)
}

pub async fn find_by_id(scope: &impl Scoped, id: ReportId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

/// The report as it stands now, held until the transaction ends.
pub async fn lock(tx: &Tx, id: ReportId) -> Result<Option<Model>> {
    Ok(find::<Entity>(tx).filter(Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(&tx.inner).await?)
}

pub async fn list(scope: &impl Scoped, state: Option<ReportState>, cursor: Cursor<ReportId>) -> Result<Page<Model>> {
    let mut query = find::<Entity>(scope);
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state));
    }
    cursor.page(scope, query, Column::Id).await
}

/// What this person said and nobody has looked at yet.
pub async fn open_of_reporter(scope: &impl Scoped, reporter: PersonId) -> Result<Vec<Model>> {
    let open = find::<Entity>(scope).filter(Column::ReporterId.eq(reporter)).filter(Column::State.eq(ReportState::Open));
    Ok(open.all(scope.connection()).await?)
}

/// Says an open report anew.
pub async fn say_again(tx: &Tx, id: ReportId, reason: ReportReason, text: Option<FreeText>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::Text, Expr::value(text))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

pub async fn resolve(tx: &Tx, id: ReportId, outcome: ReportOutcome, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(ReportState::Resolved))
        .col_expr(Column::Outcome, Expr::value(Some(outcome)))
        .col_expr(Column::ResolvedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(id))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Everything this person reported, oldest first.
pub async fn of_reporter(scope: &impl Scoped, reporter: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::ReporterId.eq(reporter));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// The words of reports by and about this person are forgotten. What was said about them and waits is closed without an outcome: there is nobody
/// left to decide about. What they said about others still waits for staff.
pub async fn erase(tx: &Tx, person: PersonId, now: DateTime<Utc>) -> Result<()> {
    let either = Condition::any().add(Column::ReporterId.eq(person)).add(Column::AboutId.eq(person));
    update::<Entity>(tx).col_expr(Column::Text, Expr::value(None::<FreeText>)).filter(either).exec(&tx.inner).await?;
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(ReportState::Resolved))
        .col_expr(Column::ResolvedAt, Expr::value(Some(now)))
        .filter(Column::AboutId.eq(person))
        .filter(Column::State.eq(ReportState::Open))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// Who is kept away from the tables: somebody reported them, and staff have not said that there was nothing in it.
pub async fn held_out(scope: &impl Scoped) -> Result<BTreeSet<PersonId>> {
    let holds = Condition::any().add(Column::State.eq(ReportState::Open)).add(Column::Outcome.eq(ReportOutcome::Upheld));
    let rows = find::<Entity>(scope).filter(holds).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|row| row.about_id).collect())
}
