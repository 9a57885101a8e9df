//! What workers write down about their mails, of several at once.
//!
//! A commit waits for the disk, and SQLite has one writer. So whoever comes while others write leaves a note, and the first of those who waited
//! writes all of them: nobody waits longer than for the others to have had the processor, and a mail is marked before its place is another's.
//! PostgreSQL has many writers: there words are not written down with the marks, for which places are kept, and marks have a second turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use convivio_db::message::Notes;
use convivio_db::{Error, message};
use convivio_domain::OrganizerId;
use tokio::sync::oneshot;

use crate::app::App;
use crate::metrics;

pub(super) struct Ledger {
    waiting: Mutex<Vec<Entry>>,
    /// Held by whose turn it is.
    turn: tokio::sync::Mutex<()>,
    /// A turn beside that one, for whoever comes when so many wait: on PostgreSQL half of those in flight are marked while the others leave, and neither
    /// half waits for the other.
    beside: tokio::sync::Mutex<()>,
    many: usize,
}

/// What is written down of a mail. Anything but the usual course is a transaction of its own.
pub(super) enum Note {
    /// What its words are made from; with it goes the question whether it is still ours to send.
    Frozen(message::Frozen),
    /// The relay has it, since then.
    Sent(DateTime<Utc>),
}

/// So many are written together at most.
const MOST: usize = 32;

struct Entry {
    message: Arc<message::Model>,
    note: Note,
    done: oneshot::Sender<convivio_db::Result<bool>>,
}

impl Entry {
    /// Who gave a mail up before its words were written down needs them no more. That it was sent is so, whoever asks.
    fn counts(&self) -> bool {
        matches!(self.note, Note::Sent(_)) || !self.done.is_closed()
    }
}

impl Ledger {
    /// One for the words and one for the marks, of which no more wait than there are places in flight.
    pub(super) fn pair(on_sqlite: bool, places: usize) -> [Arc<Self>; 2] {
        let new = |many| Arc::new(Self { waiting: Mutex::default(), turn: Default::default(), beside: Default::default(), many });
        if on_sqlite {
            let both = new(usize::MAX);
            return [both.clone(), both];
        }
        [new(usize::MAX), new(places.div_ceil(2))]
    }

    /// `false` when the row is not this worker's any more, and then nothing is written.
    pub(super) async fn write(&self, app: &App, message: &Arc<message::Model>, note: Note) -> convivio_db::Result<bool> {
        let (done, mut told) = oneshot::channel();
        let waiting = {
            let mut waiting = self.waiting();
            waiting.push(Entry { message: message.clone(), note, done });
            waiting.len()
        };
        let beside = if waiting >= self.many { self.beside.try_lock().ok() } else { None };
        let turn = match beside {
            Some(turn) => turn,
            None => tokio::select! {
                biased;
                // Whoever had the turn before has written this, too.
                answer = &mut told => return answer.unwrap_or_else(|_| Err(lost())),
                turn = self.turn.lock() => turn,
            },
        };
        // Others are as far as this one.
        tokio::task::yield_now().await;
        let mut by_organizer: BTreeMap<OrganizerId, Vec<Entry>> = BTreeMap::new();
        for entry in std::mem::take(&mut *self.waiting()).into_iter().filter(Entry::counts) {
            by_organizer.entry(entry.message.organizer_id).or_default().push(entry);
        }
        for (organizer, mut entries) in by_organizer {
            while !entries.is_empty() {
                let some = entries.drain(..entries.len().min(MOST)).collect();
                write_down(app, organizer, some).await;
            }
        }
        drop(turn);
        told.await.unwrap_or_else(|_| Err(lost()))
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.waiting.lock().expect("nothing panics while it is held")
    }
}

/// The one who had it in hand went away.
fn lost() -> Error {
    Error::Refused("nobody knows whether it was written down".to_owned())
}

async fn write_down(app: &App, organizer: OrganizerId, entries: Vec<Entry>) {
    match together(app, organizer, &entries).await {
        Ok(true) => tell(entries, || Ok(true)),
        // A database that is away is away for each of them.
        Err(err @ Error::Unavailable(_)) if !err.is_held_up() => tell(entries, || Err(err.again())),
        // Each by itself: what is wrong with one is not wrong with the others.
        _ if entries.len() > 1 => {
            for entry in entries {
                let answer = together(app, organizer, std::slice::from_ref(&entry)).await;
                tell(vec![entry], || answer.as_ref().map(|written| *written).map_err(Error::again));
            }
        }
        answer => tell(entries, || answer.as_ref().map(|written| *written).map_err(Error::again)),
    }
}

fn tell(entries: Vec<Entry>, answer: impl Fn() -> convivio_db::Result<bool>) {
    for entry in entries {
        // Who does not listen any more has gone.
        let _ = entry.done.send(answer());
    }
}

/// All of them together; `false` when a row has been lost to another worker.
async fn together(app: &App, organizer: OrganizerId, entries: &[Entry]) -> convivio_db::Result<bool> {
    let mut notes = Notes { frozen: Vec::new(), sent: Vec::new(), sent_at: DateTime::UNIX_EPOCH };
    for entry in entries {
        match &entry.note {
            Note::Frozen(kept) => notes.frozen.push((&*entry.message, kept)),
            Note::Sent(at) => {
                notes.sent.push(&entry.message);
                notes.sent_at = notes.sent_at.max(*at);
            }
        }
    }
    let marks = !notes.sent.is_empty();
    if marks {
        super::first_marks_fail(app)?;
    }
    let before_end = || {
        if marks {
            super::fault_point(app, "in_mark");
        }
    };
    let written = message::write_down(&app.db, organizer, &notes, before_end).await?;
    if written {
        notes.sent.iter().for_each(|message| metrics::mail_sent(message.kind));
    }
    Ok(written)
}
