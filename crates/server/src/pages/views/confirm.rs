//! From the form to a place: the mail that is on its way, and what its link opens.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::EventHead;

/// After the form: a mail is on its way. The same for an address that is known and one that is not.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    pub event: EventHead,
    /// The address as it was typed, so that a slip can be seen.
    pub email: Option<String>,
}

/// `GET /confirm/{token}`: what is about to be confirmed, as the form said it last: anybody could have typed it. Posts `choice` = `confirm` and
/// `shown`, the version that was shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Confirm {
    pub event: EventHead,
    pub name: String,
    /// Labels of the passions.
    pub passions: Vec<String>,
    pub follow_up: bool,
    pub asked: Asked,
    pub shown: i32,
    /// Another form came after the page was drawn, and this is what it said.
    pub changed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Asked {
    /// A new registration.
    Registration,
    /// A new registration for an event that is full by now: confirming takes a place in line.
    Waiting,
    /// A new registration that the organizer will look at.
    Approval,
}

/// `GET /confirm/{token}` of somebody who is offered a seat. Posts `choice` = `confirm` or `decline`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Offer {
    pub event: EventHead,
    pub name: String,
    /// The seat is held until then.
    pub until: DateTime<Utc>,
}

/// `POST /confirm/{token}`, or a `GET` when there is nothing left to confirm.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Confirmed {
    pub event: EventHead,
    pub outcome: Outcome,
    /// The way to the attendee's own page, where one may be given.
    pub my_table: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Outcome {
    Confirmed,
    /// The address is confirmed and the organizer decides.
    PendingApproval,
    Waitlisted {
        position: u32,
    },
    AlreadyConfirmed,
    /// The offered seat goes to the next.
    Declined,
    /// The organizer said no.
    Rejected,
    /// Nobody meets.
    EventOff,
    /// The link or the offer is too old.
    Expired,
}
