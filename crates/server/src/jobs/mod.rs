//! Jobs: long work, off the request's path. One file a kind.

mod plan;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use convivio_db::job::{self, Standing};
use convivio_domain::words::{JobKind, JobState};

use crate::app::App;
use crate::http::{ApiError, request_id};
use crate::metrics;

/// A job that was begun this often and never came to an end is given up: it may be what ends its worker.
const TRIES: i32 = 3;
/// How often a job says how far it is.
const TELLS: Duration = Duration::from_millis(250);

/// Works every job that is waiting, one after the other, and says how many.
pub async fn drain(app: &App) -> anyhow::Result<u64> {
    let mut worked = 0;
    while !app.stopping.is_cancelled() {
        let Some(job) = job::claim(&app.db.central(), &owner(), lease(app)).await? else { break };
        // Problems and log lines name the job, as those of a request name the request.
        request_id::within(job.id.0, one(app, &job)).await?;
        worked += 1;
    }
    Ok(worked)
}

/// One job to its end, held on to from its beginning.
async fn one(app: &App, job: &job::Model) -> anyhow::Result<()> {
    if job.attempt > TRIES {
        tracing::error!(job = %job.id, "a job was begun {TRIES} times and never came to an end");
        return fail(app, job, ApiError::JobGivenUp).await;
    }
    tracing::info!(job = %job.id, attempt = job.attempt, "a job begins");
    let lost = Arc::new(AtomicBool::new(false));
    // A panic in a job ends that job, not the worker.
    let work = tokio::spawn(request_id::within(job.id.0, work(app.clone(), job.clone(), lost.clone())));
    let done = tokio::select! {
        done = work => done,
        never = heartbeat(app, job, &lost) => match never {},
    };
    let err = match done {
        Ok(Ok(())) => {
            tracing::info!(job = %job.id, "a job is done");
            metrics::job(job.kind, "done");
            return Ok(());
        }
        Ok(Err(err)) => err,
        Err(panic) => panic.into(),
    };
    if is_passing(&err) {
        metrics::job(job.kind, "interrupted");
        tracing::warn!(job = %job.id, "a job was interrupted and is begun again: {err:#}");
        return Ok(());
    }
    tracing::error!(job = %job.id, "a job failed: {err:#}");
    fail(app, job, ApiError::Internal(err)).await
}

async fn work(app: App, job: job::Model, lost: Arc<AtomicBool>) -> anyhow::Result<()> {
    match job.kind {
        JobKind::Plan => plan::work(&app, &job, &lost).await,
    }
}

/// Holds on to the job, and says when somebody else has it. A database that is away is asked again: whether the job is still ours is for its end to
/// find out.
async fn heartbeat(app: &App, job: &job::Model, lost: &AtomicBool) -> Infallible {
    let beat = lease(app).to_std().unwrap_or(Duration::from_secs(60)) / 3;
    loop {
        tokio::time::sleep(beat).await;
        match job::extend_lease(&app.db.central(), job, lease(app)).await {
            Ok(Standing::Lost) => lost.store(true, Ordering::Relaxed),
            Ok(_) => {}
            Err(err) => tracing::warn!(job = %job.id, "a job could not be held on to: {err}"),
        }
    }
}

fn lease(app: &App) -> TimeDelta {
    TimeDelta::seconds(app.config.lease_seconds.into())
}

/// This process ends, or somebody else has the job: whoever has it next begins it again.
#[derive(Debug)]
struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("its worker stopped")
    }
}

impl std::error::Error for Interrupted {}

/// Whether the worker stopped or the database was away: nothing is wrong with the job.
fn is_passing(err: &anyhow::Error) -> bool {
    err.is::<Interrupted>() || err.chain().any(|cause| matches!(cause.downcast_ref(), Some(convivio_db::Error::Unavailable(_))))
}

async fn fail(app: &App, job: &job::Model, why: ApiError) -> anyhow::Result<()> {
    metrics::job(job.kind, "failed");
    let tx = app.db.write(&job.organizer_id).await?;
    let finished = job::Finished { state: JobState::Failed, result: None, problem: Some(why.to_json()), at: app.clock.now() };
    if job::finish(&tx, job, finished).await? {
        if let Some(id) = job.plan_id {
            plan::give_up(&tx, id).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// This process among those on the same database.
fn owner() -> String {
    static OWNER: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| uuid::Uuid::now_v7().to_string());
    OWNER.clone()
}

/// Gives back what this process holds, at its end.
pub async fn release(app: &App) -> anyhow::Result<()> {
    Ok(job::release(&app.db.central(), Some(&owner())).await?)
}
