//! Jobs: long work, to be polled or cancelled.

use actix_web::web;
use convivio_db::job;
use convivio_domain::JobId;
use convivio_domain::words::{JobKind, JobState};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::id_of;
use crate::app::App;
use crate::http::{ApiError, Json, Manager, Promised, Result, Staff, Viewer};

#[derive(Serialize, ToSchema)]
pub struct Job {
    id: JobId,
    kind: JobKind,
    state: JobState,
    progress: Progress,
    result: Option<Value>,
    problem: Option<Value>,
}

#[derive(Serialize, ToSchema)]
pub struct Progress {
    done: i64,
    total: i64,
    note: Option<String>,
}

impl From<job::Model> for Job {
    fn from(row: job::Model) -> Self {
        let progress = Progress { done: row.done, total: row.total, note: row.note };
        Self { id: row.id, kind: row.kind, state: row.state, progress, result: row.result, problem: row.problem }
    }
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<Json<Job>> {
    let row = job::find_by_id(&app.db.read(&who), id_of(&path.1)?).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(Job::from(row)))
}

/// Asks the job to stop. What it has by then is kept if it is complete.
pub async fn cancel(who: Staff<Manager>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<Promised<Job>> {
    let tx = app.db.write(&who).await?;
    let row = job::find_by_id(&tx, id_of(&path.1)?).await?.ok_or(ApiError::NotFound)?;
    if row.is_over() {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    job::request_cancel(&tx, row.id).await?;
    tx.commit().await?;
    app.ring();
    Ok(Promised(Job::from(row)))
}
