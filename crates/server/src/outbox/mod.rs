//! The outbox at work: the only way out for any mail.
//!
//! [`promise`] writes a row in the transaction of what caused it. [`Outbox::drain`] claims what is due, asks the rules once more, and sends;
//! everything it learns it writes back under the row's fence. See `docs/architecture.md` for why a copy is possible and a loss is not.
//!
//! A run is a pipeline. Mails are claimed with what they are about (`rows.rs`), each gets its letter in a task of its own, and the task then waits for
//! one of the few places in flight. So relay, database and processors work at the same time, each for other mails. Only who has a place may send,
//! asks then whether it still may (`run.rs`), and keeps the place until the mail is marked: no more are sent and unmarked than there are
//! places.

mod introduced;
mod ledger;
mod letter;
mod one;
mod previewing;
pub mod promise;
mod refusing;
mod rows;
mod run;
mod wording;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use convivio_db::message::{self, Outcome, Which};
use convivio_db::{Set, Store, prompt, sending, suppression};
use convivio_domain::words::{MailKind, PromptState, Reason};
use convivio_mail::Outlet;
use rand::RngExt as _;
use uuid::Uuid;

use ledger::Ledger;
pub use letter::{of_test, title_of};
pub use previewing::{ELSEWHERE, preview};
use run::Run;

use crate::app::App;
use crate::config::Config;
use crate::metrics;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Tally {
    pub sent: u64,
    pub failed: u64,
    pub held: u64,
    pub suppressed: u64,
}

impl Tally {
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl std::ops::Sub for Tally {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            sent: self.sent - other.sent,
            failed: self.failed - other.failed,
            held: self.held - other.held,
            suppressed: self.suppressed - other.suppressed,
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.failed += other.failed;
        self.held += other.held;
        self.suppressed += other.suppressed;
    }
}

/// The relay is not spoken to before `until`.
#[derive(Clone, Copy)]
struct Breaker {
    until: Instant,
    /// How often in a row it was found away, but for the first time.
    times: usize,
}

pub struct Outbox {
    outlet: Outlet,
    /// Where the words of mails are written down.
    words: Arc<Ledger>,
    /// Where it is written down that they were sent.
    marks: Arc<Ledger>,
    /// This process among those on the same database.
    owner: String,
    concurrency: usize,
    lease: TimeDelta,
    /// What became of every mail this process has worked on.
    total: std::sync::Mutex<Tally>,
    /// Set while the relay is out of reach.
    breaker: std::sync::Mutex<Option<Breaker>>,
    /// Mail was found to be held back, at the last look.
    held: AtomicBool,
    /// One run at a time in this process, so that whoever waits for a run to end has waited for every mail in hand.
    running: tokio::sync::Mutex<()>,
}

/// How long a relay that was away is left alone: short enough that its return is noticed within a minute.
const PROBES: [Duration; 4] = [Duration::from_secs(5), Duration::from_secs(10), Duration::from_secs(20), Duration::from_secs(30)];
impl Outbox {
    pub fn new(outlet: Outlet, config: &Config) -> Self {
        let [words, marks] = Ledger::pair(matches!(config.database.store, Store::Sqlite { .. }), config.mail_concurrency);
        Self {
            outlet,
            words,
            marks,
            owner: Uuid::now_v7().to_string(),
            concurrency: config.mail_concurrency,
            lease: TimeDelta::seconds(config.lease_seconds.into()),
            total: std::sync::Mutex::default(),
            breaker: std::sync::Mutex::default(),
            held: AtomicBool::new(false),
            running: tokio::sync::Mutex::new(()),
        }
    }

    /// Whether mail was held back when it was last looked at.
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }

    /// Sends everything that is due now, and says what became of it. Where a backup was restored, nothing leaves until somebody has looked.
    pub async fn drain(&self, app: &App, which: Which) -> anyhow::Result<Tally> {
        let _alone = self.running.lock().await;
        let held = sending::held_since(&app.db.central()).await?.is_some() && !app.fault("restore_mark_off");
        self.held.store(held, Ordering::Relaxed);
        if held {
            app.worker_lives();
            return Ok(Tally::default());
        }
        let run = Arc::new(Run::new(self.concurrency));
        tokio::select! {
            tally = self.send_due(app, which, &run) => tally,
            never = self.heartbeat(app, &run) => match never {},
        }
    }

    /// What became of every mail so far, whoever asked for the run.
    pub fn total(&self) -> Tally {
        *self.total.lock().expect("nothing panics while it is held")
    }

    fn breaker(&self) -> Option<Breaker> {
        *self.breaker.lock().expect("nothing panics while it is held")
    }

    fn note_relay(&self, away: bool) {
        let mut breaker = self.breaker.lock().expect("nothing panics while it is held");
        *breaker = away.then(|| {
            let times = breaker.map_or(0, |breaker| breaker.times + 1);
            let wait = PROBES[times.min(PROBES.len() - 1)];
            tracing::warn!("the relay is out of reach; the next try is in {wait:?}");
            Breaker { until: Instant::now() + wait, times }
        });
    }

    /// Gives back what this process holds, at its end.
    pub async fn release(&self, app: &App) -> anyhow::Result<()> {
        let _alone = self.running.lock().await;
        message::release(&app.db.central(), Some(&self.owner)).await?;
        self.outlet.close().await;
        Ok(())
    }
}

/// Writes down what became of a mail that was not sent, with what follows from it for the prompt and the address, in one transaction. `false` when the row is not
/// this worker's any more, and then nothing is written.
async fn mark(app: &App, message: &message::Model, outcome: &Outcome) -> convivio_db::Result<bool> {
    let tx = app.db.write(&message.organizer_id).await?;
    // The prompt before its mail, as whoever calls a person's follow-up off does: in the other order the two could lock each other out.
    if let (Some(id), Some(reason)) = (message.prompt_id, silenced_by(outcome)) {
        let changes = prompt::ActiveModel { reason: Set(Some(reason)), ..Default::default() };
        prompt::move_on(&tx, id, &[PromptState::Queued], PromptState::Suppressed, changes).await?;
    }
    if !message::finish(&tx, message, outcome).await? {
        return Ok(false);
    }
    if matches!(outcome, Outcome::AddressRefused { .. }) {
        suppression::put(&tx, &message.to_email_normal, Reason::AddressRefused, None, app.clock.now()).await?;
    }
    tx.commit().await?;
    metrics::mail(message.kind, outcome);
    Ok(true)
}

/// Why the prompt falls silent with its mail; as long as the mail is open it does not.
fn silenced_by(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Ended { reason, .. } => Some(*reason),
        Outcome::AddressRefused { .. } => Some(Reason::RelayRefused),
        Outcome::Retry { .. } | Outcome::Later { .. } => None,
    }
}

/// 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, then every 6 h up to two days; each a fifth more or less, so that they do not come in step.
fn retry_after(failures: i32) -> TimeDelta {
    const SECONDS: [i64; 9] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600];
    let step = usize::try_from(failures).unwrap_or(0).min(SECONDS.len() - 1);
    let jitter = rand::rng().random_range(800..=1200);
    TimeDelta::milliseconds(SECONDS[step] * jitter)
}

/// A named place where a test may stop the process dead.
fn fault_point(app: &App, name: &str) {
    if app.fault(&format!("die_{name}")) {
        std::process::abort();
    }
}

/// What a test calls a database that is away for a moment: two marks fail.
fn first_marks_fail(app: &App) -> convivio_db::Result<()> {
    static FAILED: AtomicU32 = AtomicU32::new(0);
    if app.fault("first_marks_fail") && FAILED.fetch_add(1, Ordering::Relaxed) < 2 {
        return Err(convivio_db::Error::Refused("a test wants this mark to fail".to_owned()));
    }
    Ok(())
}

/// Whether mail of this kind about a registration carries an attendee link, and so lengthens its life.
pub fn carries_attendee_link(kind: MailKind) -> bool {
    !matches!(kind, MailKind::Confirm | MailKind::Rejected | MailKind::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_follow_the_schedule() {
        for (failures, seconds) in [(0, 5), (1, 30), (2, 120), (8, 21_600), (16, 21_600)] {
            let after = retry_after(failures).num_milliseconds();
            assert!((seconds * 800..=seconds * 1200).contains(&after), "{failures}: {after} ms");
        }
    }
}
