//! A run of the outbox: mails are taken, made ready, kept in flight, and held on to until each has come to its end.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use convivio_db::Error;
use convivio_db::message::{self, Which};
use convivio_domain::MessageId;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::task::JoinSet;

use super::rows::Rows;
use super::{Outbox, Tally};
use crate::app::App;

/// What the tasks of one run share.
pub(super) struct Run {
    /// As many places as mails may be in flight.
    places: Semaphore,
    /// The first in the line of those whom nobody waits for.
    line: Mutex<()>,
    /// The heartbeat failed: until it beats again nothing is taken and nothing sent.
    lost: AtomicBool,
    /// The relay is found to be away.
    pub(super) away: AtomicBool,
    /// The rows this run works on, and no others, are held on to: one that was let go comes back with its lease.
    held: std::sync::Mutex<HashSet<Taken>>,
    /// Mails whose letters are written and that have not left, and when their rows were last known to be ours; absent where nobody has asked yet.
    ready: std::sync::Mutex<HashMap<Taken, Option<Instant>>>,
    /// Whoever asks about one of those asks about all of them. The last question that failed, and when it was begun.
    asking: Mutex<Option<(Instant, Error)>>,
}

/// A row with its fence: given back and taken again, it is another.
type Taken = (MessageId, i32);

/// Whose row was found to be ours longer ago asks again before its mail leaves.
const MOMENT: Duration = Duration::from_millis(100);

impl Run {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: Semaphore::new(places),
            line: Mutex::default(),
            lost: AtomicBool::new(false),
            away: AtomicBool::new(false),
            held: std::sync::Mutex::default(),
            ready: std::sync::Mutex::default(),
            asking: Mutex::default(),
        }
    }

    /// A place in flight. What somebody waits for has at most one other before it: the rest stand in line for being that one.
    pub(super) async fn place(&self, asked_for: bool) -> SemaphorePermit<'_> {
        let _first = if asked_for { None } else { Some(self.line.lock().await) };
        self.places.acquire().await.expect("it is never closed")
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub(super) fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    fn hold(&self, one: Taken) {
        self.held.lock().expect("nothing panics while it is held").insert(one);
    }

    fn let_go(&self, one: Taken) {
        self.held.lock().expect("nothing panics while it is held").remove(&one);
        self.ready().remove(&one);
    }

    fn held(&self) -> Vec<MessageId> {
        self.held.lock().expect("nothing panics while it is held").iter().map(|(id, _)| *id).collect()
    }

    /// Its letter is written; its row was ours at that moment, if it is known.
    pub(super) fn note_ready(&self, message: &message::Model, ours_at: Option<Instant>) {
        self.ready().insert((message.id, message.attempt), ours_at);
    }

    /// Whether the row is still this worker's, and has its words. One that was called off, erased or taken over is not; one that named somebody who was
    /// erased has none, and is made anew.
    pub(super) async fn may_leave(&self, app: &App, message: &message::Model) -> convivio_db::Result<bool> {
        let one = (message.id, message.attempt);
        let may = self.ours_at(one).is_some_and(|at| at.elapsed() < MOMENT) || self.ask(app, message).await?;
        self.ready().remove(&one);
        Ok(may)
    }

    /// While a relay is slow, many stand in line for longer than a moment: one question is for all of them.
    async fn ask(&self, app: &App, message: &message::Model) -> convivio_db::Result<bool> {
        let (one, wanted_at) = ((message.id, message.attempt), Instant::now());
        let mut failed = self.asking.lock().await;
        // Whoever asked before has asked for this one, too, though perhaps not late enough.
        if self.ours_at(one).is_some_and(|at| at >= wanted_at) {
            return Ok(true);
        }
        if let Some((_, err)) = failed.as_ref().filter(|(at, _)| *at >= wanted_at) {
            return Err(err.again());
        }
        let asked: Vec<Taken> = {
            let mut ready = self.ready();
            ready.entry(one).or_default();
            ready.keys().copied().collect()
        };
        let at = Instant::now();
        // A run takes all its rows under one name.
        let owner = message.owner.as_deref().unwrap_or_default();
        let ours = message::still_mine(&app.db.central(), owner, &asked).await.inspect_err(|err| *failed = Some((at, err.again())))?;
        let mut ready = self.ready();
        for mine in &ours {
            if let Some(known) = ready.get_mut(mine) {
                *known = Some(at);
            }
        }
        Ok(ours.contains(&one))
    }

    fn ours_at(&self, one: Taken) -> Option<Instant> {
        self.ready().get(&one).copied().flatten()
    }

    fn ready(&self) -> std::sync::MutexGuard<'_, HashMap<Taken, Option<Instant>>> {
        self.ready.lock().expect("nothing panics while it is held")
    }
}

/// A mail a run has taken, with what it is about if that was read already.
type InHand = (message::Model, Option<Rows>);

/// How many rows are claimed at once: as many as left in this time at the pace of late, so that what they are about is read for many together, and is
/// not old when their turn comes. Claimed and unsent rows only wait for their lease after a crash.
const AHEAD: Duration = Duration::from_millis(100);
const CLAIMED_AT_FIRST: usize = 64;
const CLAIMED_AT_LEAST: usize = 32;
const CLAIMED_AT_MOST: usize = 80;
/// The part of those that is made ready while others are in flight.
const READY: usize = 4;
/// How long to wait for mails in flight before looking for more, and how often what somebody waits for is looked for behind a long run.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Outbox {
    /// Keeps as many mails in flight as may be with others ready behind them, and takes more before those in hand run out: one that hangs holds up
    /// nobody else.
    pub(super) async fn send_due(&self, app: &App, which: Which, run: &Arc<Run>) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let mut in_hand: VecDeque<InHand> = VecDeque::new();
        // Tasks of their own: one that holds SQLite's only writing connection must go on while this loop waits for it.
        let mut in_flight: JoinSet<Tally> = JoinSet::new();
        let mut looking = None;
        let mut looked_in_vain = false;
        let mut looked_at = Instant::now();
        let mut pace = Pace { at_once: CLAIMED_AT_FIRST, left: 0, looked_at };
        let mut failed = None;
        loop {
            app.worker_lives();
            let stopping = app.stopping.is_cancelled() || run.is_away() || run.is_lost() || failed.is_some();
            let again = looked_at.elapsed() >= LOOK_AGAIN;
            let look_for = match in_hand.front() {
                _ if stopping || looking.is_some() => None,
                None => (!looked_in_vain || again && !in_flight.is_empty()).then_some(which),
                Some(_) if in_hand.len() < pace.at_once / 2 && !looked_in_vain => Some(which),
                // A sign-in does not wait behind what was taken before it.
                Some((next, _)) => (again && !next.asked_for).then_some(Which::AskedFor),
            };
            if let Some(look_for) = look_for {
                looked_at = Instant::now();
                pace.look(self.concurrency, looked_at);
                let at_once = pace.at_once;
                looking = Some(Box::pin(async move { (look_for, self.look(app, look_for, at_once, run).await) }));
            }
            let ready_at_once = self.concurrency.max(pace.at_once / READY);
            // They are begun by the half of them, so that the words of several are written down together: one begun whenever one has left would be a
            // statement for each.
            let few_are_ready = in_flight.len() <= self.concurrency + ready_at_once / 2;
            while !run.is_lost()
                && let Some((next, _)) = in_hand.front()
                && (few_are_ready || next.asked_for)
                && in_flight.len() < most_at_once(self.concurrency + ready_at_once, next)
                && let Some((message, rows)) = in_hand.pop_front()
            {
                let (app, run) = (app.clone(), run.clone());
                in_flight.spawn(async move {
                    let (one, message) = ((message.id, message.attempt), Arc::new(message));
                    let done = app.outbox.one(&app, message, rows, &run).await;
                    run.let_go(one);
                    done
                });
            }
            if looking.is_none() && in_flight.is_empty() && (in_hand.is_empty() || app.stopping.is_cancelled()) {
                break;
            }
            tokio::select! {
                (looked_for, found) = async { looking.as_mut().expect("it is looked for").await }, if looking.is_some() => {
                    looking = None;
                    match found {
                        Ok(found) => {
                            looked_in_vain = if looked_for == which { found.is_empty() } else { looked_in_vain };
                            // Those somebody waits for overtake the others, in their own order.
                            let (asked_for, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(message, _)| message.asked_for);
                            asked_for.into_iter().rev().for_each(|one| in_hand.push_front(one));
                            in_hand.extend(others);
                        }
                        // What is in flight is seen to its end first: dropped, it might have been sent and not marked.
                        Err(err) => failed = Some(err),
                    }
                }
                Some(one) = in_flight.join_next() => {
                    // A panic was caught within; only an abort could end a task, and nobody aborts one.
                    let one = one.unwrap_or_default();
                    pace.left += 1;
                    tally += one;
                    *self.total.lock().expect("nothing panics while it is held") += one;
                }
                // Something is slow, or the database is away; meanwhile there may be more to do.
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        if !tally.is_nothing() {
            self.note_relay(run.is_away());
        }
        failed.map_or(Ok(tally), |err| Err(err.into()))
    }

    /// Takes mails, with what they are about. They are held from here on.
    async fn look(&self, app: &App, which: Which, at_once: usize, run: &Run) -> convivio_db::Result<Vec<InHand>> {
        let claimed = self.claim(app, which, at_once).await?;
        claimed.iter().for_each(|message| run.hold((message.id, message.attempt)));
        let mut rows = Rows::of_all(app, &claimed).await.unwrap_or_else(|err| {
            // Each reads its own, and what is wrong with one stops no other.
            tracing::error!("the mails of a claim could not be read about together: {err}");
            Default::default()
        });
        let with_rows = |message: message::Model| {
            let rows = rows.remove(&message.id);
            (message, rows)
        };
        Ok(claimed.into_iter().map(with_rows).collect())
    }

    async fn claim(&self, app: &App, which: Which, at_once: usize) -> convivio_db::Result<Vec<message::Model>> {
        let limit = match self.breaker() {
            None => at_once,
            // One mail finds out whether the relay is back, not five thousand.
            Some(breaker) if breaker.until <= Instant::now() => 1,
            Some(_) => return Ok(Vec::new()),
        };
        let limit = u64::try_from(limit).expect("a small number");
        #[cfg(debug_assertions)]
        if app.fault("claim_guard_off") {
            return message::claim_unguarded(&app.db.central(), app.clock.now(), self.lease, which, limit).await;
        }
        message::claim(&app.db.central(), &self.owner, app.clock.now(), self.lease, which, limit).await
    }

    /// Holds on to what is in hand. When the database does not answer, it is asked again and again: it may come back before somebody else takes over.
    pub(super) async fn heartbeat(&self, app: &App, run: &Run) -> Infallible {
        let beat = self.lease.to_std().unwrap_or(Duration::from_secs(60)) / 3;
        loop {
            tokio::time::sleep(if run.is_lost() { beat.min(Duration::from_secs(1)) } else { beat }).await;
            match message::extend_leases(&app.db.central(), &self.owner, &run.held(), self.lease).await {
                Ok(()) => {
                    if run.lost.swap(false, Ordering::Relaxed) {
                        tracing::info!("the outbox has its hold again");
                    }
                }
                Err(err) => {
                    if !run.lost.swap(true, Ordering::Relaxed) {
                        tracing::error!("the outbox lost its hold: {err}");
                    }
                }
            }
        }
    }
}

/// How many are worked on at once, those in flight among them. What somebody waits for does not stand behind others that wait for a place.
fn most_at_once(most: usize, next: &message::Model) -> usize {
    if next.asked_for { 2 * most } else { most }
}

/// How quickly mails leave, as far as it decides how many are taken.
struct Pace {
    at_once: usize,
    /// Since the last look.
    left: usize,
    looked_at: Instant,
}

impl Pace {
    fn look(&mut self, concurrency: usize, now: Instant) {
        let took = now.saturating_duration_since(self.looked_at);
        // A look soon after the last tells nothing.
        if took >= AHEAD / 10 {
            let ahead = self.left as f64 * AHEAD.as_secs_f64() / took.as_secs_f64();
            // However slow the relay, there is one for each place and one behind it; and a database that is slow itself is not asked for each by itself.
            let least = CLAIMED_AT_LEAST.max(2 * concurrency);
            self.at_once = (ahead as usize).clamp(least, CLAIMED_AT_MOST.max(least));
            (self.left, self.looked_at) = (0, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_taken_as_leave_in_a_tenth_of_a_second() {
        let begun = Instant::now();
        for (left, took, concurrency, taken) in [
            (70, 100, 8, 70),
            (500, 1000, 8, 50),
            (1000, 100, 8, CLAIMED_AT_MOST),
            // However slow the relay, and however many the places.
            (0, 250, 8, CLAIMED_AT_LEAST),
            (3, 2000, 1, CLAIMED_AT_LEAST),
            (10_000, 1000, 256, 512),
            // So soon after the last look nobody knows.
            (50, 5, 8, CLAIMED_AT_FIRST),
        ] {
            let mut pace = Pace { at_once: CLAIMED_AT_FIRST, left, looked_at: begun };
            pace.look(concurrency, begun + Duration::from_millis(took));
            assert_eq!(pace.at_once, taken, "{left} in {took} ms, {concurrency} at a time");
        }
    }

    #[tokio::test]
    async fn what_somebody_waits_for_has_at_most_one_before_it() {
        let (run, order) = (Arc::new(Run::new(1)), Arc::new(std::sync::Mutex::new(Vec::new())));
        let taken = run.place(false).await;
        let mut all = JoinSet::new();
        for (name, asked_for) in [("first", false), ("second", false), ("third", false), ("sign-in", true)] {
            let (run, order) = (run.clone(), order.clone());
            all.spawn(async move {
                let _place = run.place(asked_for).await;
                order.lock().expect("nothing panics while it is held").push(name);
            });
            // It stands in line before the next comes.
            tokio::task::yield_now().await;
        }
        drop(taken);
        while let Some(one) = all.join_next().await {
            one.expect("no panic");
        }
        assert_eq!(*order.lock().expect("nothing panics while it is held"), ["first", "sign-in", "second", "third"]);
    }
}
