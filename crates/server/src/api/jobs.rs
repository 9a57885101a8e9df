//! Jobs: long work, to be polled or cancelled.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use convivio_db::{Read, job};
use convivio_domain::JobId;
use convivio_domain::words::{JobKind, JobState};
use futures_util::stream;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::ToSchema;

use super::id_of;
use crate::app::App;
use crate::http::describe::{Answer, Description};
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

/// How often a job is looked at; it says itself as often how far it is.
const LOOK: Duration = Duration::from_millis(250);
/// After this much silence a comment tells everybody on the way that the connection lives.
const BEAT: Duration = Duration::from_secs(15);

/// The job each time it has moved, and a last time as it ended.
pub async fn events(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<Events> {
    let id = id_of(&path.1)?;
    let read = app.db.read(&who);
    job::find_by_id(&read, id).await?.ok_or(ApiError::NotFound)?;
    Ok(Events { app: app.get_ref().clone(), read, id, told: String::new(), told_at: Instant::now(), over: false })
}

/// Server-sent events of one job.
pub struct Events {
    app: App,
    read: Read,
    id: JobId,
    /// The event that was sent last, and when.
    told: String,
    told_at: Instant,
    over: bool,
}

impl Events {
    /// Waits for something to tell; `None` when there will be nothing more. A client that still wants to know asks again.
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.over || self.app.stopping.is_cancelled() {
                return None;
            }
            let row = job::find_by_id(&self.read, self.id).await.inspect_err(|err| tracing::warn!(job = %self.id, "{err}")).ok()??;
            self.over = row.is_over();
            let event = format!("data: {}\n\n", json!(Job::from(row)));
            let told = if event != self.told {
                self.told.clone_from(&event);
                Some(event)
            } else {
                (self.told_at.elapsed() >= BEAT).then(|| ": still here\n\n".to_owned())
            };
            if told.is_some() {
                self.told_at = Instant::now();
                return told;
            }
            tokio::select! {
                () = self.app.stopping.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

impl Responder for Events {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let events = stream::unfold(self, |mut events| async move {
            let event = events.next().await?;
            Some((Ok::<_, Infallible>(web::Bytes::from(event)), events))
        });
        HttpResponse::Ok()
            .content_type("text/event-stream")
            // Compressed or gathered by a proxy, events would wait for each other.
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("X-Accel-Buffering", "no"))
            .streaming(events)
    }
}

impl Answer for Events {
    fn describe(operation: &mut Description) {
        operation.schema::<Job>();
        let schema = json!({"type": "string", "description": "Events without a name, each with the job (`#/components/schemas/Job`) as its `data`. The last one has its final state; then the stream ends"});
        operation.answers(200, "events", "text/event-stream", &schema);
    }
}
