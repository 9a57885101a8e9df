//! Makes a plan: gathers who comes, asks the engine, and writes the seats with the job's end in one transaction.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use convivio_db::job::{self, Finished, Standing};
use convivio_db::{Set, Stored, Tx, event, plan, seat};
use convivio_domain::PlanId;
use convivio_domain::words::{JobState, PlanState};
use convivio_matching::{Flow, Infeasible, Options, Progress, Seating};
use serde_json::json;

use super::{Interrupted, TELLS};
use crate::app::App;
use crate::http::ApiError;
use crate::seating::{self, Input, NoProblem};

/// A search nobody limited ends by its moves; this is for problems so large that those would take too long.
const TIME_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn work(app: &App, job: &job::Model, lost: &AtomicBool) -> anyhow::Result<()> {
    let read = app.db.read(&job.organizer_id);
    let event_id = job.event_id.context("a plan is of an event")?;
    let event = event::find_by_id(&read, event_id).await?.context("events are not deleted")?;
    let plan_id = job.plan_id.context("a plan job names its plan")?;
    let row = plan::find_by_id(&read, event_id, plan_id).await?.context("plans are not deleted")?;
    if job.cancel_requested {
        return end(app, job, plan_id, PlanState::Cancelled, plan::ActiveModel::default(), Vec::new(), cancelled(app)).await;
    }
    begin(app, job, plan_id).await?;
    misbehave(app).await;
    let input = match Input::gather(&read, event, &row.request, app.clock.now()).await {
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
    let (solved, told) = search(app, job, lost, input.clone(), row.seed, limit).await?;
    let took = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    match solved {
        Err(reason) => {
            let conflicts = seating::conflicts(&input.people, &reason);
            infeasible(app, job, plan_id, reason.sentence, conflicts).await
        }
        // What it has by now is no plan anybody asked for: whoever takes the job over makes the whole one.
        Ok(found) if found.stopped_early && told == Told::GiveBack => Err(Interrupted.into()),
        Ok(found) => {
            let (tables, seats) = input.seats(plan_id, &found);
            let mut warnings = Vec::new();
            // By its limit or by somebody's word: another search of the same seed may come further.
            if found.stopped_early {
                warnings.push("time_limit".to_owned());
            }
            if input.lost_locks {
                warnings.push("locks_lost".to_owned());
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
            let state = if told == Told::Cancel { JobState::Cancelled } else { JobState::Succeeded };
            let finished = Finished { state, result: Some(json!({"plan": plan_id})), problem: None, at: app.clock.now() };
            end(app, job, plan_id, PlanState::Draft, changes, seats, finished).await
        }
    }
}

/// What a search was told before it came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    /// Somebody cancelled the job.
    Cancel,
    /// The process ends, or somebody else has the job.
    GiveBack,
}

/// Runs the engine on a thread of its own and tells how far it is.
async fn search(
    app: &App,
    job: &job::Model,
    lost: &AtomicBool,
    input: Arc<Input>,
    seed: i64,
    limit: Duration,
) -> anyhow::Result<(Result<Seating, Infeasible>, Told)> {
    let cancel = Arc::new(AtomicBool::new(false));
    let latest: Arc<Mutex<Option<Progress>>> = Arc::default();
    let watched = (cancel.clone(), latest.clone());
    // A test that wants to be quicker than the engine.
    let slow = app.fault("slow_search");
    let mut engine = tokio::task::spawn_blocking(move || {
        let (cancel, latest) = watched;
        let started = Instant::now();
        // Half of the processors, so that the other half goes on answering.
        let threads = std::thread::available_parallelism().map_or(1, |all| (all.get() / 2).max(1));
        let options = Options::seeded(u64::try_from(seed).unwrap_or(0)).with_threads(threads);
        convivio_matching::solve(input.problem(), &options, |progress| {
            *latest.lock().expect("nothing panics while it is held") = Some(progress);
            if slow {
                std::thread::sleep(Duration::from_millis(20));
            }
            let over = cancel.load(Ordering::Relaxed) || started.elapsed() >= limit;
            if over { Flow::Stop } else { Flow::Continue }
        })
    });
    // Whatever ends this wait, the engine does not go on for nobody.
    let _stop = StopWhenDropped(cancel.clone());
    // A test in which telling fails must not be over before the first word.
    let tells = if app.fault("progress_fails") { Duration::from_millis(1) } else { TELLS };
    let mut told = Told::Nothing;
    loop {
        if told != Told::Nothing {
            cancel.store(true, Ordering::Relaxed);
        }
        tokio::select! {
            solved = &mut engine => return Ok((solved.context("the engine panicked")?, told)),
            () = tokio::time::sleep(tells) => {
                if told == Told::Nothing && (lost.load(Ordering::Relaxed) || app.stopping.is_cancelled()) {
                    told = Told::GiveBack;
                }
                let Some(progress) = *latest.lock().expect("nothing panics while it is held") else { continue };
                let (done, total) = (i64::try_from(progress.moves).unwrap_or(0), i64::try_from(progress.of).unwrap_or(0));
                let note = format!("best {:.1}, isolated seats {}", progress.best, progress.isolated);
                match tell(app, job, done, total, note).await {
                    Ok(Standing::Go) => {}
                    Ok(Standing::Cancel) if told == Told::Nothing => told = Told::Cancel,
                    Ok(Standing::Cancel) => {}
                    Ok(Standing::Lost) => told = Told::GiveBack,
                    // The engine needs no database; whether the job is still ours is found out at its end.
                    Err(err) => tracing::warn!(job = %job.id, "a job could not say how far it is: {err}"),
                }
            }
        }
    }
}

async fn tell(app: &App, job: &job::Model, done: i64, total: i64, note: String) -> convivio_db::Result<Standing> {
    if app.fault("progress_fails") {
        return Err(convivio_db::Error::Refused("a test wants this to fail".to_owned()));
    }
    job::progress(&app.db.central(), job, done, total, Some(note)).await
}

struct StopWhenDropped(Arc<AtomicBool>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a test may want from a job: that it takes long to begin, or that it is the end of its process.
async fn misbehave(app: &App) {
    if app.fault("slow_gathering") {
        tokio::time::sleep(3 * Duration::from_secs(app.config.lease_seconds.into())).await;
    }
    if app.fault("die_in_job") {
        // Late enough for the process to have said where it listens.
        tokio::time::sleep(Duration::from_millis(500)).await;
        std::process::abort();
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
