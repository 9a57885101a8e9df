//! The seating of a whole evening.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Seat, When};

/// Who sits where in every round: a page that stands alone, to look at, to keep and to print.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seating {
    pub title: String,
    pub organizer: String,
    pub when: Option<When>,
    pub place: Option<String>,
    pub rounds: Vec<SeatingRound>,
    /// How many people are seated, over all rounds.
    pub people: u32,
    /// Pairs that sit together more than once.
    pub repeats: u32,
    pub seed: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeatingRound {
    pub number: u16,
    pub starts_at: Option<DateTime<Utc>>,
    pub minutes: u16,
    pub tables: Vec<SeatingTable>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeatingTable {
    pub number: u16,
    pub label: Option<String>,
    /// `None` where the table is mixed.
    pub theme: Option<String>,
    pub seats: Vec<Seat>,
}
