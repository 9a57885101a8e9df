//! One mail on its way: its letter is written, it waits for a place, it leaves, and what came of it is written down.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use convivio_db::message::{self, Outcome};
use convivio_domain::words::{MessageState, Reason};
use convivio_mail::{Failure, SendError};
use futures_util::FutureExt as _;

use super::ledger::Note;
use super::rows::{self, Rows};
use super::run::Run;
use super::{Outbox, Tally, fault_point, letter, mark, refusing, retry_after};
use crate::app::App;
use crate::metrics;

/// How many times a mail that cannot be built or is refused for now is tried before it is given up: 48 hours by the schedule.
const TRIES: i32 = 17;
/// What cannot be built is not built better by trying.
const BUILD_TRIES: i32 = 3;
/// How long a mark that failed waits for its next try, at first and at most.
const MARK_AGAIN: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(2)];

/// A mail whose letter is written.
struct Ready {
    letter: letter::Letter,
    /// When what the rules were asked about was read.
    read_at: Instant,
}

enum Prepared {
    Ready(Box<Ready>),
    /// It does not go out now, and that is written down.
    Ended(Tally),
}

impl Outbox {
    /// One mail: whether it may still go, what it says, off it goes, and what the relay said.
    pub(super) async fn one(&self, app: &App, message: Arc<message::Model>, rows: Option<Rows>, run: &Run) -> Tally {
        match AssertUnwindSafe(self.try_one(app, message.clone(), rows, run)).catch_unwind().await {
            Ok(Ok(tally)) => tally,
            Err(_) => {
                // One poisonous mail stops nobody else; it is tried a few times and then given up.
                let failed = self.build_failed(app, &message, "its making panicked".to_owned()).await;
                failed.unwrap_or_else(|err| {
                    tracing::error!(message = %message.id, "a mail could not be given up: {err:#}");
                    Tally::default()
                })
            }
            Ok(Err(err)) => {
                // The row stays claimed and comes back with its lease.
                tracing::error!(message = %message.id, "a mail could not be worked on: {err:#}");
                Tally::default()
            }
        }
    }

    async fn try_one(&self, app: &App, message: Arc<message::Model>, rows: Option<Rows>, run: &Run) -> anyhow::Result<Tally> {
        if let Some(tally) = given_back(app, &message, run).await? {
            return Ok(tally);
        }
        let mut early = None;
        // What it is about has grown old where the relay is slow, and then it is read when there is a place.
        if let Some(rows) = rows.filter(|rows| rows::are_fresh(rows.read_at)) {
            match self.prepare(app, &message, rows, run).await? {
                Prepared::Ready(ready) => early = Some(ready),
                Prepared::Ended(tally) => return Ok(tally),
            }
        }
        let _place = run.place(message.asked_for).await;
        // Much may have happened while it waited.
        if let Some(tally) = given_back(app, &message, run).await? {
            return Ok(tally);
        }
        let ready = match early {
            Some(ready) if rows::are_fresh(ready.read_at) => ready,
            // Its words are written down and stay; whether it may go is asked anew.
            Some(ready) => match self.kept_back(app, &message, &Rows::of(app, &message).await?).await? {
                Some(tally) => return Ok(tally),
                None => ready,
            },
            None => match self.prepare(app, &message, Rows::of(app, &message).await?, run).await? {
                Prepared::Ready(ready) => ready,
                Prepared::Ended(tally) => return Ok(tally),
            },
        };
        if !run.may_leave(app, &message).await? && !app.fault("fence_off") {
            // Called off, erased or taken over, and then this changes nothing; or its words were forgotten, and it is made anew at once.
            let error = message.last_error.clone().unwrap_or_default();
            mark(app, &message, &Outcome::Retry { after: TimeDelta::zero(), error, counts: false }).await?;
            return Ok(Tally::default());
        }
        metrics::mail_try(message.kind);
        fault_point(app, "before_send");
        let sent = self.outlet.send(message.id.0, &ready.letter.envelope, &ready.letter.bytes).await;
        fault_point(app, "after_smtp_ack");
        match sent {
            Ok(()) => {
                self.mark_sent(app, &message).await?;
                Ok(Tally { sent: 1, ..Tally::default() })
            }
            Err(err) => self.relay_refused(app, &message, err, run).await,
        }
    }

    /// Asks the rules, and writes down what they say where they keep the mail back.
    async fn kept_back(&self, app: &App, message: &Arc<message::Model>, rows: &Rows) -> anyhow::Result<Option<Tally>> {
        let Some(outcome) = refusing::refusal(app, message, rows).await? else { return Ok(None) };
        let tally = match &outcome {
            Outcome::Ended { state: MessageState::Held, .. } => Tally { held: 1, ..Tally::default() },
            Outcome::Ended { .. } => Tally { suppressed: 1, ..Tally::default() },
            _ => Tally::default(),
        };
        mark(app, message, &outcome).await?;
        Ok(Some(tally))
    }

    /// Asks the rules and writes the letter.
    async fn prepare(&self, app: &App, message: &Arc<message::Model>, rows: Rows, run: &Run) -> anyhow::Result<Prepared> {
        if let Some(tally) = self.kept_back(app, message, &rows).await? {
            return Ok(Prepared::Ended(tally));
        }
        let (begun, read_at) = (Instant::now(), rows.read_at);
        match letter::write(app, message, rows).await {
            Ok(letter) => {
                // What was written down for the first time was ours at that moment.
                run.note_ready(message, letter.is_new.then_some(begun));
                Ok(Prepared::Ready(Box::new(Ready { letter, read_at })))
            }
            Err(letter::Failed::Lost) => Ok(Prepared::Ended(Tally::default())),
            Err(letter::Failed::Database(err)) => Err(err.into()),
            Err(letter::Failed::CannotBuild(err)) => {
                tracing::error!(message = %message.id, kind = %message.kind, "a mail could not be built: {err}");
                Ok(Prepared::Ended(self.build_failed(app, message, err).await?))
            }
        }
    }

    /// Until it is written down that the relay has the mail, another try would be a second copy. So a database that is away is waited for as long
    /// as this process lives, and any other trouble for as long as a lease.
    async fn mark_sent(&self, app: &App, message: &Arc<message::Model>) -> convivio_db::Result<()> {
        let (begun, at) = (Instant::now(), app.clock.now());
        let lease = self.lease.to_std().unwrap_or_default();
        let [mut wait, longest] = MARK_AGAIN;
        loop {
            match self.marks.write(app, message, Note::Sent(at)).await {
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
}

/// Gives the row back without a try when the relay is known to be away, or we are. Without a hold on it, it is left as it is.
async fn given_back(app: &App, message: &message::Model, run: &Run) -> convivio_db::Result<Option<Tally>> {
    if !run.is_lost() {
        if !run.is_away() && !app.stopping.is_cancelled() {
            return Ok(None);
        }
        let after = if run.is_away() { retry_after(0) } else { TimeDelta::zero() };
        let outcome = Outcome::Retry { after, error: message.last_error.clone().unwrap_or_default(), counts: false };
        mark(app, message, &outcome).await?;
    }
    Ok(Some(Tally::default()))
}
