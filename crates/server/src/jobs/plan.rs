//! Makes a plan: gathers who comes, asks the engine, and writes the seats with the job's end in one transaction.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::TimeDelta;
use convivio_db::job::{self, Finished, Standing};
use convivio_db::{Set, Stored, Tx, event, plan, seat};
use convivio_domain::PlanId;
use convivio_domain::words::{JobState, PlanState};
use convivio_matching::{Flow, Infeasible, Options, Progress, Seating};
use serde_json::json;

use super::TELLS;
use crate::app::App;
use crate::http::ApiError;
use crate::seating::{self, Input, NoProblem};

/// A search nobody limited ends by its moves; this is for problems so large that those would take too long.
const TIME_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn work(app: &App, job: &job::Model) -> anyhow::Result<()> {
    let read = app.db.read(&job.organizer_id);
    let event_id = job.event_id.context("a plan is of an event")?;
    let event = event::find_by_id(&read, event_id).await?.context("events are not deleted")?;
    let plan_id = job.plan_id.context("a plan job names its plan")?;
    let row = plan::find_by_id(&read, event_id, plan_id).await?.context("plans are not deleted")?;
    if job.cancel_requested {
        return end(app, job, plan_id, PlanState::Cancelled, plan::ActiveModel::default(), Vec::new(), cancelled(app)).await;
    }
    begin(app, job, plan_id).await?;
    let input = match Input::gather(&read, event, row.request.weights, app.clock.now()).await {
        Ok(input) => Arc::new(input),
        Err(NoProblem::Database(err)) => return Err(err.into()),
        Err(NoProblem::Refused(why)) => {
            let conflicts = json!([{"rule": why, "codes": [], "relax": "change what is named"}]);
            return infeasible(app, job, plan_id, "the engine cannot work with this".to_owned(), conflicts).await;
        }
        Err(NoProblem::Infeasible(reason)) => {
            let conflicts = seating::conflicts(&[], &reason);
            return infeasible(app, job, plan_id, reason.sentence, conflicts).await;
        }
    };
    let started = Instant::now();
    let limit = row.request.time_limit_ms.map_or(TIME_LIMIT, Duration::from_millis);
    let (solved, hurried, stopped) = search(app, job, input.clone(), row.seed, limit).await?;
    let took = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    match solved {
        Err(reason) => {
            let conflicts = seating::conflicts(&input.people, &reason);
            infeasible(app, job, plan_id, reason.sentence, conflicts).await
        }
        Ok(found) => {
            let (tables, seats) = input.seats(plan_id, &found);
            let mut warnings = Vec::new();
            if hurried {
                warnings.push("time_limit".to_owned());
            }
            if input.people.is_empty() {
                warnings.push("nobody_to_seat".to_owned());
            }
            let changes = plan::ActiveModel {
                input_hash: Set(Some(input.hash())),
                tables: Set(Stored(tables)),
                score: Set(Some(input.score(&found))),
                warnings: Set(Stored(warnings)),
                took_ms: Set(Some(took)),
                ..Default::default()
            };
            // A search that was told to stop still has its best, and that is a whole plan.
            let state = if stopped { JobState::Cancelled } else { JobState::Succeeded };
            let finished = Finished { state, result: Some(json!({"plan": plan_id})), problem: None, at: app.clock.now() };
            end(app, job, plan_id, PlanState::Draft, changes, seats, finished).await
        }
    }
}

/// Runs the engine on a thread of its own and tells how far it is. Also says whether time ran out, and whether it was cancelled.
async fn search(
    app: &App,
    job: &job::Model,
    input: Arc<Input>,
    seed: i64,
    limit: Duration,
) -> anyhow::Result<(Result<Seating, Infeasible>, bool, bool)> {
    let cancel = Arc::new(AtomicBool::new(false));
    let hurried = Arc::new(AtomicBool::new(false));
    let latest: Arc<Mutex<Option<Progress>>> = Arc::default();
    let watched = (cancel.clone(), hurried.clone(), latest.clone());
    let mut engine = tokio::task::spawn_blocking(move || {
        let (cancel, hurried, latest) = watched;
        let started = Instant::now();
        let options = Options::seeded(u64::try_from(seed).unwrap_or(0));
        convivio_matching::solve(input.problem(), &options, |progress| {
            *latest.lock().expect("nothing panics while it is held") = Some(progress);
            if cancel.load(Ordering::Relaxed) {
                return Flow::Stop;
            }
            if started.elapsed() >= limit {
                hurried.store(true, Ordering::Relaxed);
                return Flow::Stop;
            }
            Flow::Continue
        })
    });
    let lease = TimeDelta::seconds(app.config.lease_seconds.into());
    let told = AtomicU64::new(0);
    loop {
        tokio::select! {
            solved = &mut engine => {
                let stopped = cancel.load(Ordering::Relaxed);
                return Ok((solved.context("the engine panicked")?, hurried.load(Ordering::Relaxed), stopped));
            }
            () = tokio::time::sleep(TELLS) => {
                let Some(progress) = *latest.lock().expect("nothing panics while it is held") else { continue };
                told.store(progress.moves, Ordering::Relaxed);
                let (done, total) = (i64::try_from(progress.moves).unwrap_or(0), i64::try_from(progress.of).unwrap_or(0));
                let note = format!("best {:.1}, isolated seats {}", progress.best, progress.isolated);
                match job::progress(&app.db.central(), job, done, total, Some(note), lease).await? {
                    Standing::Go if !app.stopping.is_cancelled() => {}
                    _ => cancel.store(true, Ordering::Relaxed),
                }
            }
        }
    }
}

async fn begin(app: &App, job: &job::Model, id: PlanId) -> anyhow::Result<()> {
    let tx = app.db.write(&job.organizer_id).await?;
    plan::move_on(&tx, id, PlanState::Queued, PlanState::Running, plan::ActiveModel::default()).await?;
    tx.commit().await?;
    Ok(())
}

async fn infeasible(app: &App, job: &job::Model, id: PlanId, detail: String, conflicts: serde_json::Value) -> anyhow::Result<()> {
    let problem = ApiError::PlanInfeasible { detail, conflicts }.to_json();
    let finished = Finished { state: JobState::Failed, result: None, problem: Some(problem), at: app.clock.now() };
    end(app, job, id, PlanState::Infeasible, plan::ActiveModel::default(), Vec::new(), finished).await
}

fn cancelled(app: &App) -> Finished {
    Finished { state: JobState::Cancelled, result: None, problem: None, at: app.clock.now() }
}

/// Plan, seats and job change together or not at all.
async fn end(
    app: &App,
    job: &job::Model,
    id: PlanId,
    to: PlanState,
    changes: plan::ActiveModel,
    seats: Vec<seat::Model>,
    finished: Finished,
) -> anyhow::Result<()> {
    let tx = app.db.write(&job.organizer_id).await?;
    let from_running = plan::move_on(&tx, id, PlanState::Running, to, changes.clone()).await?;
    if !from_running && !plan::move_on(&tx, id, PlanState::Queued, to, changes).await? {
        return Ok(());
    }
    seat::insert_all(&tx, seats).await?;
    // Lost to another worker meanwhile: what it writes counts, and this is dropped.
    if job::finish(&tx, job, finished).await? {
        tx.commit().await?;
    }
    Ok(())
}

pub(super) async fn give_up(tx: &Tx, id: PlanId) -> convivio_db::Result<()> {
    for from in [PlanState::Queued, PlanState::Running] {
        plan::move_on(tx, id, from, PlanState::Failed, plan::ActiveModel::default()).await?;
    }
    Ok(())
}
