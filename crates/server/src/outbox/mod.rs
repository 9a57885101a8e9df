//! The outbox at work: the only way out for any mail.
//!
//! [`promise`] writes a row in the transaction of what caused it. [`Outbox::drain`] claims what is due, asks the rules once more, and sends;
//! everything it learns it writes back under the row's fence. See `docs/architecture.md` for why a copy is possible and a loss is not.

mod introduced;
mod ledger;
mod letter;
mod previewing;
pub mod promise;
mod refusing;
mod rows;
mod run;
mod wording;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use convivio_db::message::{self, Outcome, Which};
use convivio_db::{Set, prompt, sending, suppression};
use convivio_domain::words::{MailKind, MessageState, PromptState, Reason};
use convivio_mail::{Failure, Outlet, SendError};
use futures_util::FutureExt as _;
use rand::RngExt as _;
use uuid::Uuid;

use ledger::{Ledger, Note};
pub use letter::{of_test, title_of};
pub use previewing::{ELSEWHERE, preview};
use rows::Rows;
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
    ledger: Ledger,
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

/// How many times a mail that cannot be built or is refused for now is tried before it is given up: 48 hours by the schedule.
const TRIES: i32 = 17;
/// What cannot be built is not built better by trying.
const BUILD_TRIES: i32 = 3;
/// How long a relay that was away is left alone: short enough that its return is noticed within a minute.
const PROBES: [Duration; 4] = [Duration::from_secs(5), Duration::from_secs(10), Duration::from_secs(20), Duration::from_secs(30)];
/// How long a mark that failed waits for its next try, at first and at most.
const MARK_AGAIN: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(2)];

impl Outbox {
    pub fn new(outlet: Outlet, config: &Config) -> Self {
        Self {
            outlet,
            ledger: Ledger::default(),
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
        let run = Arc::new(Run::default());
        tokio::select! {
            tally = self.send_due(app, which, &run) => tally,
            never = self.heartbeat(app, &run) => match never {},
        }
    }

    /// What became of every mail so far, whoever asked for the run.
    pub fn total(&self) -> Tally {
        *self.total.lock().expect("nothing panics while it is held")
    }

    /// One mail: whether it may still go, what it says, off it goes, and what the relay said.
    async fn one(&self, app: &App, message: &message::Model, rows: Option<Rows>, run: &Run) -> Tally {
        let id = message.id;
        match AssertUnwindSafe(self.try_one(app, message, rows, run)).catch_unwind().await {
            Ok(Ok(tally)) => tally,
            Err(_) => {
                // One poisonous mail stops nobody else; it is tried a few times and then given up.
                let failed = self.build_failed(app, message, "its making panicked".to_owned()).await;
                failed.unwrap_or_else(|err| {
                    tracing::error!(message = %id, "a mail could not be given up: {err:#}");
                    Tally::default()
                })
            }
            Ok(Err(err)) => {
                // The row stays claimed and comes back with its lease.
                tracing::error!(message = %id, "a mail could not be worked on: {err:#}");
                Tally::default()
            }
        }
    }

    async fn try_one(&self, app: &App, message: &message::Model, rows: Option<Rows>, run: &Run) -> anyhow::Result<Tally> {
        if run.is_lost() {
            return Ok(Tally::default());
        }
        if run.is_away() || app.stopping.is_cancelled() {
            // The relay is known to be away, or we are: give the row back without a try.
            let after = if run.is_away() { retry_after(0) } else { TimeDelta::zero() };
            let outcome = Outcome::Retry { after, error: message.last_error.clone().unwrap_or_default(), counts: false };
            mark(app, message, &outcome).await?;
            return Ok(Tally::default());
        }
        let rows = match rows.filter(Rows::is_fresh) {
            Some(rows) => rows,
            None => Rows::of(app, message).await?,
        };
        if let Some(outcome) = refusing::refusal(app, message, &rows).await? {
            let tally = match &outcome {
                Outcome::Ended { state: MessageState::Held, .. } => Tally { held: 1, ..Tally::default() },
                Outcome::Ended { .. } => Tally { suppressed: 1, ..Tally::default() },
                _ => Tally::default(),
            };
            mark(app, message, &outcome).await?;
            return Ok(tally);
        }
        let letter = match letter::write(app, message, &rows).await {
            Ok(letter) => letter,
            Err(letter::Failed::Lost) => return Ok(Tally::default()),
            Err(letter::Failed::Database(err)) => return Err(err.into()),
            Err(letter::Failed::CannotBuild(err)) => {
                tracing::error!(message = %message.id, kind = %message.kind, "a mail could not be built: {err}");
                return self.build_failed(app, message, err).await;
            }
        };
        // What was written down for the first time this moment was ours this moment.
        let written_before = message.frozen.is_some();
        if written_before && !message::is_still_mine(&app.db.central(), message).await? && !app.fault("fence_off") {
            return Ok(Tally::default());
        }
        metrics::mail_try(message.kind);
        fault_point(app, "before_send");
        let sent = self.outlet.send(message.id.0, &letter.envelope, &letter.bytes).await;
        fault_point(app, "after_smtp_ack");
        match sent {
            Ok(()) => {
                self.mark_sent(app, message).await?;
                Ok(Tally { sent: 1, ..Tally::default() })
            }
            Err(err) => self.relay_refused(app, message, err, run).await,
        }
    }

    /// Until it is written down that the relay has the mail, another try would be a second copy. So a database that is away is waited for as long
    /// as this process lives, and any other trouble for as long as a lease.
    async fn mark_sent(&self, app: &App, message: &message::Model) -> convivio_db::Result<()> {
        let (begun, at) = (Instant::now(), app.clock.now());
        let lease = self.lease.to_std().unwrap_or_default();
        let [mut wait, longest] = MARK_AGAIN;
        loop {
            match self.ledger.write(app, message, Note::Sent(at)).await {
                Ok(true) => return Ok(()),
                Ok(false) => {
                    tracing::warn!(message = %message.id, "a mail was sent while its row was called off or taken by another worker");
                    return Ok(());
                }
                Err(err) if matches!(err, convivio_db::Error::Unavailable(_)) || begun.elapsed() + wait < lease => {
                    tracing::warn!(message = %message.id, "a mail was sent and could not be marked yet: {err}");
                    tokio::time::sleep(wait).await;
                    wait = longest.min(wait * 2);
                }
                Err(err) => return Err(err),
            }
        }
    }

    async fn build_failed(&self, app: &App, message: &message::Model, error: String) -> anyhow::Result<Tally> {
        // A test of this has no half minute to wait.
        let in_a_test = app.fault("poisoned_letters") || app.fault("unbuildable_letters");
        let after = if in_a_test { TimeDelta::zero() } else { retry_after(message.failures) };
        let outcome = if message.failures + 1 < BUILD_TRIES {
            Outcome::Retry { after, error, counts: true }
        } else {
            Outcome::Ended { state: MessageState::Dead, reason: Reason::CouldNotBuild, error: Some(error) }
        };
        mark(app, message, &outcome).await?;
        Ok(Tally { failed: 1, ..Tally::default() })
    }

    async fn relay_refused(&self, app: &App, message: &message::Model, err: SendError, run: &Run) -> anyhow::Result<Tally> {
        let code = err.code.map(|code| format!("{code} ")).unwrap_or_default();
        tracing::warn!(message = %message.id, code = ?err.code, "the relay did not take a mail: {:?}", err.kind);
        let error = format!("{code}{}", err.text);
        let outcome = match err.kind {
            Failure::Connection => {
                run.away.store(true, Ordering::Relaxed);
                Outcome::Retry { after: retry_after(0), error, counts: false }
            }
            Failure::Transient if message.failures + 1 < TRIES => {
                Outcome::Retry { after: retry_after(message.failures), error, counts: true }
            }
            Failure::Transient => Outcome::Ended { state: MessageState::Dead, reason: Reason::RelayUnreachable, error: Some(error) },
            Failure::Permanent if err.refuses_address() => Outcome::AddressRefused { error },
            Failure::Permanent => Outcome::Ended { state: MessageState::Dead, reason: Reason::RelayRefused, error: Some(error) },
        };
        mark(app, message, &outcome).await?;
        Ok(Tally { failed: 1, ..Tally::default() })
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
