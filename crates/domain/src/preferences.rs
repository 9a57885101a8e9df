use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a person wants of the follow-up of an organizer: only ever less than its rules allow. What is left out is as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// One mail in so many days, over all events.
    pub every_days: Option<u16>,
    /// So many mails an event.
    pub per_event: Option<u16>,
    /// Not before this full hour by their clock.
    pub from: Option<u8>,
    /// Not from this full hour on.
    pub to: Option<u8>,
    /// Nothing before ten on this day.
    pub pause: Option<NaiveDate>,
    /// A chat tool of the organizer may bring prompts.
    pub chat_delivery: bool,
}
