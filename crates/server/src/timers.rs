//! What happens by itself when its time has come.
//!
//! Each timer looks for rows that are due, so that a missed moment is made up for and a repeated one finds nothing. Outside the sandbox they
//! run every few seconds; in it, only when `run_due` says so.

use std::time::Duration;

use chrono::TimeDelta;
use convivio_db::{event, job, message, person, prompt, registration, round};
use convivio_domain::words::{PromptState, Reason, RegistrationState};
use convivio_followup::rules::Verdict;

use crate::app::App;
use crate::completing;
use crate::outbox::{Tally, promise};
use crate::{jobs, prompting, registering};

/// Rows looked at in one go.
const BATCH: u64 = 500;
/// How long the workers sleep when nobody rings.
const TICK: Duration = Duration::from_secs(1);

/// Runs timers, jobs and mail until the application stops.
pub async fn run(app: App) {
    let jobs = tokio::spawn(job_loop(app.clone()));
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => break,
            () = app.work.notified() => {}
            _ = ticks.tick() => {}
        }
        if let Err(err) = turn(&app).await {
            tracing::error!("the workers stumbled: {err:#}");
        }
    }
    if let Err(err) = jobs.await {
        tracing::error!("the job worker panicked: {err}");
    }
}

async fn turn(app: &App) -> anyhow::Result<()> {
    if app.clock.is_sandbox() {
        app.clock.refresh(&app.db.central()).await?;
    } else {
        while run_timers(app).await? > 0 {}
    }
    app.outbox.drain(app).await?;
    Ok(())
}

async fn job_loop(app: App) {
    while !app.stopping.is_cancelled() {
        if let Err(err) = jobs::drain(&app).await {
            tracing::error!("the job worker stumbled: {err:#}");
        }
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
    }
}

/// Everything that is due now, until nothing is: timers, jobs, mails and their retries, those in other hands included.
pub async fn run_all_due(app: &App) -> anyhow::Result<(Tally, u64)> {
    // The worker of this process may be quicker, and what it sends is sent all the same.
    let before = app.outbox.total();
    let mut worked = 0;
    loop {
        let happened = run_timers(app).await?;
        let jobs_done = jobs::drain(app).await?;
        let sent = app.outbox.drain(app).await?;
        worked += jobs_done;
        if happened > 0 || jobs_done > 0 || !sent.is_nothing() {
            continue;
        }
        // Someone else may still have some in hand; wait for their end, which is at the latest that of their lease.
        if message::any_claimed(&app.db.central()).await? || job::any_open(&app.db.central()).await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        return Ok((app.outbox.total() - before, worked));
    }
}

/// One turn of every timer; how many things happened.
async fn run_timers(app: &App) -> anyhow::Result<usize> {
    Ok(expire_registrations(app).await?
        + finish_rounds(app).await?
        + tell_how_we_meet(app).await?
        + complete_events(app).await?
        + send_prompts(app).await?)
}

async fn expire_registrations(app: &App) -> anyhow::Result<usize> {
    let due = registration::due_to_expire(&app.db.central(), app.clock.now(), BATCH).await?;
    for row in &due {
        let tx = app.db.write(&row.organizer_id).await?;
        registering::expire(&tx, row).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}

async fn finish_rounds(app: &App) -> anyhow::Result<usize> {
    let now = app.clock.now();
    let due = round::due_to_finish(&app.db.central(), now, BATCH).await?;
    for row in &due {
        let tx = app.db.write(&row.organizer_id).await?;
        // It ended when it was to end, not when somebody looked.
        round::finish(&tx, row.id, row.finishes_by.unwrap_or(now)).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}

/// A1: the day before, to everyone confirmed by then.
async fn tell_how_we_meet(app: &App) -> anyhow::Result<usize> {
    let now = app.clock.now();
    // The day before begins at most two days ahead, whatever the zone.
    let near = event::without_method_sent(&app.db.central(), now, now + TimeDelta::days(2), BATCH).await?;
    let mut told = 0;
    for row in near {
        let due_at = convivio_followup::due::method(row.starts_at, row.timezone);
        if due_at > now || row.kind != convivio_domain::words::EventKind::Tables {
            continue;
        }
        let confirmed = [RegistrationState::Confirmed, RegistrationState::CheckedIn];
        let people = registration::in_states(&app.db.read(&row.organizer_id), row.id, &confirmed).await?;
        for some in people.chunks(promise::BATCH) {
            let tx = app.db.write(&row.organizer_id).await?;
            let persons = person::by_ids(&tx, some.iter().map(|one| one.person_id)).await?;
            let pairs: Vec<_> = some.iter().filter_map(|one| Some((one, persons.get(&one.person_id)?))).collect();
            promise::method(app, &tx, &pairs, due_at).await?;
            tx.commit().await?;
        }
        let tx = app.db.write(&row.organizer_id).await?;
        event::set_method_sent(&tx, row.id, now).await?;
        tx.commit().await?;
        told += 1;
    }
    Ok(told)
}

async fn complete_events(app: &App) -> anyhow::Result<usize> {
    let now = app.clock.now();
    let due = event::due_to_complete(&app.db.central(), now, BATCH).await?;
    for row in &due {
        let tx = app.db.write(&row.organizer_id).await?;
        // Someone may have completed it this moment.
        if completing::complete(&tx, row, now).await.is_ok() {
            tx.commit().await?;
        }
    }
    Ok(due.len())
}

/// Prompts that are due: sent, put off, or kept silent, by the rules as they stand now.
async fn send_prompts(app: &App) -> anyhow::Result<usize> {
    let now = app.clock.now();
    let due = prompt::due(&app.db.central(), now, BATCH).await?;
    for row in &due {
        let tx = app.db.write(&row.organizer_id).await?;
        match prompting::facts(&tx, row).await? {
            None => silence(&tx, row, Reason::RegistrationChanged).await?,
            Some(known) => match known.decide(now, row) {
                Verdict::Wait(until) => prompt::postpone(&tx, row.id, until).await?,
                Verdict::Suppress(reason) => silence(&tx, row, reason).await?,
                Verdict::Send => match prompting::compose(&tx, &known, now).await? {
                    Err(reason) => silence(&tx, row, reason).await?,
                    Ok(content) => {
                        let changes =
                            prompt::ActiveModel { content: convivio_db::Set(Some(convivio_db::Stored(content))), ..Default::default() };
                        if prompt::move_on(&tx, row.id, &[PromptState::Scheduled], PromptState::Queued, changes).await? {
                            promise::of_prompt(app, &tx, row, &known.registration, &known.person).await?;
                        }
                    }
                },
            },
        }
        tx.commit().await?;
    }
    Ok(due.len())
}

async fn silence(tx: &convivio_db::Tx, row: &prompt::Model, reason: Reason) -> convivio_db::Result<()> {
    let changes = prompt::ActiveModel { reason: convivio_db::Set(Some(reason)), ..Default::default() };
    prompt::move_on(tx, row.id, &[PromptState::Scheduled], PromptState::Suppressed, changes).await?;
    Ok(())
}
