//! What happens by itself when its time has come.
//!
//! Each timer looks for rows that are due, so that a missed moment is made up for and a repeated one finds nothing. Outside the sandbox they
//! run every second; in it, only when `run_due` says so.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::message::Which;
use convivio_db::{Set, Stored, Tx, event, idempotency, job, limit, message, person, prompt, registration, round};
use convivio_domain::words::{MailKind, PromptState, Reason, RegistrationState};
use convivio_followup::rules::Verdict;
use futures_util::FutureExt as _;

use crate::app::App;
use crate::completing;
use crate::http::{self, ApiError};
use crate::outbox::{Tally, promise};
use crate::{gardening, jobs, prompting, registering, waiting};

/// Rows looked at in one go.
const BATCH: u64 = 500;
/// How long the workers sleep when nobody rings.
const TICK: Duration = Duration::from_secs(1);
/// Somebody waits for a job, so it is looked for more often.
const JOB_TICK: Duration = Duration::from_millis(100);

/// How often what was counted is gone through.
const FORGET: Duration = Duration::from_secs(60);

/// Runs timers, jobs and mail until the application stops: side by side, so that a sign-in does not wait until thousands of prompts are made.
pub async fn run(app: App) {
    let loops = [
        ("timers", tokio::spawn(timer_loop(app.clone()))),
        ("jobs", tokio::spawn(job_loop(app.clone()))),
        ("mail", tokio::spawn(mail_loop(app.clone()))),
        ("limits", tokio::spawn(limits_loop(app))),
    ];
    for (which, running) in loops {
        if let Err(err) = running.await {
            tracing::error!("the worker of {which} panicked: {err}");
        }
    }
}

async fn timer_loop(app: App) {
    let mut ticks = ticks();
    // In the sandbox only `run_due` moves the world.
    while !app.clock.is_sandbox() {
        tokio::select! {
            () = app.stopping.cancelled() => break,
            _ = ticks.tick() => {}
        }
        one_turn("timers", run_timers_to_their_end(&app)).await;
    }
}

async fn run_timers_to_their_end(app: &App) -> anyhow::Result<()> {
    while run_timers(app).await? > 0 {
        app.ring();
    }
    Ok(())
}

async fn mail_loop(app: App) {
    let mut ticks = ticks();
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => break,
            // While mail is held back, looking with every promise would be looking in vain.
            () = app.work.notified(), if !app.outbox.is_held() => {}
            _ = ticks.tick() => {}
        }
        app.worker_lives();
        one_turn("mail", send_mail(&app)).await;
    }
}

async fn send_mail(app: &App) -> anyhow::Result<()> {
    if app.clock.is_sandbox() {
        app.clock.refresh(&app.db.central()).await?;
        app.outbox.drain(app, Which::AskedFor).await?;
    } else {
        app.outbox.drain(app, Which::All).await?;
    }
    Ok(())
}

async fn job_loop(app: App) {
    while !app.stopping.is_cancelled() {
        one_turn("jobs", look_for_jobs(&app)).await;
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = tokio::time::sleep(JOB_TICK) => {}
        }
    }
}

/// Limits are counted in real time, in the sandbox too; who has been quiet is forgotten.
async fn limits_loop(app: App) {
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => break,
            () = tokio::time::sleep(FORGET) => {}
        }
        app.limits.forget_the_quiet();
        one_turn("limits", async { Ok(limit::sweep(&app.db.central()).await?) }).await;
    }
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}

/// A panic ends that turn, not the worker.
async fn one_turn(which: &str, turn: impl Future<Output = anyhow::Result<()>>) {
    match AssertUnwindSafe(turn).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(err)) => tracing::error!("the worker of {which} stumbled: {err:#}"),
        Err(_) => tracing::error!("a turn of the worker of {which} panicked"),
    }
}

/// Looking costs a read; claiming would take SQLite's write lock each time.
async fn look_for_jobs(app: &App) -> anyhow::Result<()> {
    if job::any_open(&app.db.central()).await? {
        jobs::drain(app).await?;
    }
    Ok(())
}

/// Everything that is due now, until nothing is: timers, jobs, mails and their retries, those in other hands included.
pub async fn run_all_due(app: &App) -> anyhow::Result<(Tally, u64)> {
    // The worker of this process may be quicker, and what it sends is sent all the same.
    let before = app.outbox.total();
    let mut worked = 0;
    loop {
        let happened = run_timers(app).await?;
        let jobs_done = jobs::drain(app).await?;
        let sent = app.outbox.drain(app, Which::All).await?;
        worked += jobs_done;
        if happened > 0 || jobs_done > 0 || !sent.is_nothing() {
            continue;
        }
        if app.stopping.is_cancelled() {
            // What was given back is for the next process.
            return Ok((app.outbox.total() - before, worked));
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
    let (central, now) = (app.db.central(), app.clock.now());
    idempotency::sweep(&central, now - http::idempotency::KEPT).await?;
    let expired = each(app, registration::due_to_expire(&central, now, BATCH).await?, expire).await;
    let passed_on = each(app, registration::offers_due_to_end(&central, now, BATCH).await?, expire_offer).await;
    let finished = each(app, round::due_to_finish(&central, now, BATCH).await?, finish_round).await;
    let asked = ask_all_whether_profiles_hold(app, now).await?;
    let told = tell_all_how_they_meet(app, now).await?;
    let completed = each(app, event::due_to_complete(&central, now, BATCH).await?, complete).await;
    let mut prompts = prompt::due(&central, now, BATCH).await?;
    // Steps in their order, and what recurs after them.
    prompts.sort_by_key(|row| (row.due_at, row.step, row.id));
    let prompted = each(app, prompts, send_prompt).await;
    Ok(expired + passed_on + finished + asked + told + completed + prompted)
}

/// Goes through all events that may have their eve, a batch at a time: those that have it not yet hide none that has.
async fn tell_all_how_they_meet(app: &App, now: DateTime<Utc>) -> anyhow::Result<usize> {
    let batch = if app.fault("small_batches") { 2 } else { BATCH };
    let mut told = 0;
    let mut after = None;
    loop {
        // The day before begins at most two days ahead, whatever the zone.
        let near = event::without_method_sent(&app.db.central(), now, now + TimeDelta::days(2), after, batch).await?;
        let Some(last) = near.last() else { return Ok(told) };
        after = Some((last.starts_at, last.id));
        told += each(app, near.into_iter().filter(|row| is_eve_of(row, now)), tell_how_we_meet).await;
    }
}

/// The same for the question whether profiles still hold.
async fn ask_all_whether_profiles_hold(app: &App, now: DateTime<Utc>) -> anyhow::Result<usize> {
    let mut asked = 0;
    let mut after = None;
    loop {
        // Ten o'clock a week before is at most eight days ahead, whatever the zone.
        let near = event::without_freshness_asked(&app.db.central(), now, now + TimeDelta::days(8), after, BATCH).await?;
        let Some(last) = near.last() else { return Ok(asked) };
        after = Some((last.starts_at, last.id));
        let due = near.into_iter().filter(|row| convivio_followup::due::freshness(row.starts_at, row.timezone) <= now);
        asked += each(app, due, ask_whether_profiles_hold).await;
    }
}

/// Works row by row and counts. One that cannot be worked on stops nobody else; it is found again at the next turn.
async fn each<T, F>(app: &App, rows: impl IntoIterator<Item = T>, work: impl Fn(App, T) -> F) -> usize
where
    F: Future<Output = anyhow::Result<()>>,
{
    let mut done = 0;
    for row in rows {
        if app.stopping.is_cancelled() {
            break;
        }
        if app.fault("slow_timers") {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        match AssertUnwindSafe(work(app.clone(), row)).catch_unwind().await {
            Ok(Ok(())) => done += 1,
            Ok(Err(err)) => tracing::error!("a timer stumbled: {err:#}"),
            Err(_) => tracing::error!("a timer panicked over a row"),
        }
    }
    done
}

async fn expire(app: App, row: registration::Model) -> anyhow::Result<()> {
    let tx = app.db.write(&row.organizer_id).await?;
    registering::expire(&tx, &row).await?;
    Ok(tx.commit().await?)
}

/// The seat goes to the next in line.
async fn expire_offer(app: App, row: registration::Model) -> anyhow::Result<()> {
    Ok(waiting::expire_offer(&app, &row).await?)
}

async fn finish_round(app: App, row: round::Model) -> anyhow::Result<()> {
    let tx = app.db.write(&row.organizer_id).await?;
    // It ended when it was to end, not when somebody looked.
    round::finish(&tx, row.id, row.finishes_by.unwrap_or(app.clock.now())).await?;
    Ok(tx.commit().await?)
}

fn is_eve_of(row: &event::Model, now: DateTime<Utc>) -> bool {
    row.tells_how_we_meet() && convivio_followup::due::method(row.starts_at, row.timezone) <= now
}

/// A0: a week before, to everyone confirmed by then who has not spoken of themselves for long. Whoever is confirmed later has just done so. It is due
/// as it is asked: that an event was published, or moved, within its last week makes no mail late.
async fn ask_whether_profiles_hold(app: App, row: event::Model) -> anyhow::Result<()> {
    let now = app.clock.now();
    let tx = app.db.write(&row.organizer_id).await?;
    event::set_freshness_asked(&tx, row.id, now).await?;
    // Once how we meet is told, nobody sits down to go through their profile.
    if convivio_followup::due::method(row.starts_at, row.timezone) <= now {
        return Ok(tx.commit().await?);
    }
    let people = registration::in_states(&tx, row.id, &[RegistrationState::Confirmed, RegistrationState::CheckedIn]).await?;
    for some in people.chunks(promise::BATCH) {
        let persons = person::by_ids(&tx, some.iter().map(|one| one.person_id)).await?;
        let stale = |one: &person::Model| now - one.updated_at > convivio_followup::due::STALE_AFTER;
        let pairs: Vec<_> =
            some.iter().filter_map(|one| Some((one, persons.get(&one.person_id).filter(|person| stale(person))?))).collect();
        promise::before_event(&app, &tx, MailKind::A0, &pairs, now).await?;
    }
    Ok(tx.commit().await?)
}

/// A1: the day before, to everyone confirmed by then.
async fn tell_how_we_meet(app: App, row: event::Model) -> anyhow::Result<()> {
    let due_at = convivio_followup::due::method(row.starts_at, row.timezone);
    let confirmed = [RegistrationState::Confirmed, RegistrationState::CheckedIn];
    // Said first: whoever is confirmed from here on gets it at their confirmation, and nobody falls between.
    let tx = app.db.write(&row.organizer_id).await?;
    event::set_method_sent(&tx, row.id, app.clock.now()).await?;
    let people = registration::in_states(&tx, row.id, &confirmed).await?;
    for some in people.chunks(promise::BATCH) {
        let persons = person::by_ids(&tx, some.iter().map(|one| one.person_id)).await?;
        let pairs: Vec<_> = some.iter().filter_map(|one| Some((one, persons.get(&one.person_id)?))).collect();
        promise::before_event(&app, &tx, MailKind::A1, &pairs, due_at).await?;
    }
    Ok(tx.commit().await?)
}

async fn complete(app: App, row: event::Model) -> anyhow::Result<()> {
    let tx = app.db.write(&row.organizer_id).await?;
    match completing::complete(&tx, &row, app.clock.now()).await {
        Ok(()) => Ok(tx.commit().await?),
        // Someone has completed it this moment.
        Err(ApiError::WrongState(_)) => Ok(()),
        Err(err) => Err(err.into()),
    }
}

/// A prompt that is due: sent, put off, or kept silent, by the rules as they stand now.
async fn send_prompt(app: App, row: prompt::Model) -> anyhow::Result<()> {
    let now = app.clock.now();
    let tx = app.db.write(&row.organizer_id).await?;
    // Whoever is erased this moment is gone before the words are made, or finds them and takes their name out.
    event::hold(&tx, row.event_id).await?;
    // One prompt of a person at a time, and as it stands now: another instance, or the reader, may have been quicker.
    person::lock(&tx, row.person_id).await?;
    let Some(row) = prompt::find_by_id(&tx, row.id).await?.filter(|row| row.is_due(now)) else { return Ok(()) };
    match prompting::facts(&tx, &row, now).await? {
        None => silence(&tx, &row, Reason::RegistrationChanged).await?,
        Some(known) => match known.decide(now, &row) {
            Verdict::Wait(until) => prompt::postpone(&tx, row.id, until).await?,
            Verdict::Move(due_at) => prompt::reschedule(&tx, row.id, due_at).await?,
            Verdict::Suppress(reason) => silence(&tx, &row, reason).await?,
            Verdict::Close(reason) => gardening::close(&tx, &row, &known.registration, reason, now).await?,
            Verdict::Send => match prompting::compose(&app, &tx, &known, &row, now).await? {
                Err(reason) => silence(&tx, &row, reason).await?,
                Ok(content) => {
                    let changes = prompt::ActiveModel { content: Set(Some(Stored(content))), ..Default::default() };
                    if prompt::move_on(&tx, row.id, &prompt::WAITING, PromptState::Queued, changes).await? {
                        // A mail of it that never left says no other words than it did; tried again, it is made anew.
                        if row.snoozes > 0 {
                            message::forget_unsent_of_prompts(&tx, [row.id]).await?;
                        }
                        promise::of_prompt(&app, &tx, &row, &known.registration, &known.person).await?;
                    }
                }
            },
        },
    }
    gardening::tend(&tx, &row, now).await?;
    Ok(tx.commit().await?)
}

async fn silence(tx: &Tx, row: &prompt::Model, reason: Reason) -> convivio_db::Result<()> {
    let changes = prompt::ActiveModel { reason: Set(Some(reason)), ..Default::default() };
    prompt::move_on(tx, row.id, &prompt::WAITING, PromptState::Suppressed, changes).await?;
    Ok(())
}
