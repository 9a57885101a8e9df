//! Jobs: long work, off the request's path. One file a kind.

mod plan;

use std::time::Duration;

use chrono::TimeDelta;
use convivio_db::job;
use convivio_domain::words::{JobKind, JobState};

use crate::app::App;

/// Works every job that is waiting, one after the other, and says how many.
pub async fn drain(app: &App) -> anyhow::Result<u64> {
    let lease = TimeDelta::seconds(app.config.lease_seconds.into());
    let mut worked = 0;
    while !app.stopping.is_cancelled() {
        let Some(job) = job::claim(&app.db.central(), &owner(), lease).await? else { break };
        let id = job.id;
        // A panic in a job ends that job, not the worker.
        let done = tokio::spawn(work(app.clone(), job.clone())).await;
        match done {
            Ok(Ok(())) => {}
            Ok(Err(err)) => fail(app, &job, &format!("{err:#}")).await?,
            Err(panic) => fail(app, &job, &panic.to_string()).await?,
        }
        tracing::info!(job = %id, "a job is done");
        worked += 1;
    }
    Ok(worked)
}

async fn work(app: App, job: job::Model) -> anyhow::Result<()> {
    match job.kind {
        JobKind::Plan => plan::work(&app, &job).await,
    }
}

async fn fail(app: &App, job: &job::Model, why: &str) -> anyhow::Result<()> {
    tracing::error!(job = %job.id, "a job failed: {why}");
    let problem = crate::http::ApiError::Internal(anyhow::anyhow!("the job failed")).to_json();
    let tx = app.db.write(&job.organizer_id).await?;
    let finished = job::Finished { state: JobState::Failed, result: None, problem: Some(problem), at: app.clock.now() };
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

/// How often a job says how far it is.
const TELLS: Duration = Duration::from_millis(250);
