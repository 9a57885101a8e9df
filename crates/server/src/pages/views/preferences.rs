//! How somebody would be written to and who sees what of them, and what they were written.

use chrono::{DateTime, Utc};
use convivio_domain::{ConsentPurpose, Field, RegistrationCode, Timezone, VisibleTo};
use serde::Serialize;

use super::{FieldError, Way};

/// `/in/{token}/preferences`: posts `follow_up` = `on`, `consent` = `on`, `chat_delivery` = `on`, `every_days`, `per_event`, `from`, `to`, `pause` (a
/// date or empty) and `show_{field}` = `none`, `tablemates` or `event`; or, of the calendar, `feed` = `make` or `take_back`; or `unblock` = a code.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PreferencesPage {
    pub ways: Vec<Way>,
    /// What was just done: `saved`, `feed_gone` or `unblocked`.
    pub done: Option<&'static str>,
    pub form: PreferencesForm,
    /// Every purpose, with its words and its box.
    pub agreed: Vec<Agreed>,
    pub timezone: Timezone,
    /// Full hours in which mail may begin and end.
    pub from_hours: Vec<u8>,
    pub to_hours: Vec<u8>,
    pub blocked: Vec<BlockedPerson>,
    pub feed: Feed,
    /// `/in/{token}/export`.
    pub export: String,
    /// `/in/{token}/erase`.
    pub erase: String,
    pub errors: Vec<FieldError>,
}

/// What is agreed to, or not, in the words of [`ConsentPurpose::text`].
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Agreed {
    pub purpose: ConsentPurpose,
    /// Since when, where it is agreed to and written down.
    pub since: Option<DateTime<Utc>>,
    /// `these_words` or `other_words` that the reader agreed to, or `staff` who said it of them.
    pub by: &'static str,
}

/// Somebody the reader blocked.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BlockedPerson {
    pub code: RegistrationCode,
    pub name: Option<String>,
    /// Where the reader knows them from.
    pub event: String,
}

/// The reader's own calendar.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Feed {
    /// It has an address.
    pub made: bool,
    /// Shown when it is made, and never again.
    pub address: Option<String>,
}

/// As kept, or as typed.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct PreferencesForm {
    pub follow_up: bool,
    pub consent: bool,
    pub chat_delivery: bool,
    pub every_days: String,
    pub per_event: String,
    pub from: String,
    pub to: String,
    pub pause: String,
    pub visibility: Vec<Shown>,
}

/// Who may see a field.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    pub field: Field,
    pub to: VisibleTo,
}

/// `/in/{token}/prompts`: what is coming, and what came.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptsPage {
    pub ways: Vec<Way>,
    pub coming: Vec<Coming>,
    /// Newest first.
    pub past: Vec<Past>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Coming {
    pub event: String,
    pub due_at: DateTime<Utc>,
    pub timezone: Timezone,
    /// What it will be about, by its step.
    pub about: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Past {
    pub event: String,
    pub subject: String,
    /// `/prompts/{token}`.
    pub path: String,
    pub at: DateTime<Utc>,
    pub timezone: Timezone,
    /// What was answered, or `none`.
    pub answer: &'static str,
}
