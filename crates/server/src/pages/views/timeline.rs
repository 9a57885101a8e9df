//! Everything one attendee read.

use chrono::{DateTime, Utc};
use convivio_domain::Timezone;
use serde::Serialize;

/// What somebody was mailed, in its order.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Timeline {
    pub reader: String,
    pub event: String,
    pub timezone: Timezone,
    pub letters: Vec<Letter>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Letter {
    pub at: DateTime<Utc>,
    /// Days after the event; before it they are negative.
    pub days: i64,
    /// `X-Convivio-Kind`.
    pub kind: String,
    pub subject: String,
    pub text: String,
    /// What stands below the line.
    pub small_print: String,
    /// The state of its prompt, where it had one.
    pub answer: Option<String>,
}
