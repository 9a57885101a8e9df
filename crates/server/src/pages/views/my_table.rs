//! The attendee's own page.

use chrono::{DateTime, Utc};
use convivio_domain::RegistrationCode;
use convivio_domain::words::RoundState;
use serde::Serialize;

use super::{EventHead, Seat, Way};

/// `/in/{token}`: the attendee's own page. `POST` with `choice` = `method_ack`, or `give_up`, which only asks.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MyTable {
    pub ways: Vec<Way>,
    pub event: EventHead,
    pub name: String,
    pub code: RegistrationCode,
    pub place: MyPlace,
    /// Whether the seat, or the place in line, can still be given up.
    pub may_leave: bool,
    /// Empty until a plan is published.
    pub rounds: Vec<MyRound>,
    /// For the round that is running or comes next.
    pub guide: Option<TableGuide>,
    /// What the event gives to read.
    pub reading: Vec<ToRead>,
    pub method: Option<Method>,
    pub prompts: Vec<OpenPrompt>,
    pub intention: Option<String>,
    pub profile: MyProfile,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum MyPlace {
    Confirmed,
    PendingApproval,
    Waitlisted {
        position: u32,
    },
    /// A seat is held, to be taken at `path`: `/confirm/{token}`.
    Offered {
        until: DateTime<Utc>,
        path: String,
    },
    CheckedIn,
    /// The event is over and this person was there.
    Attended,
    /// The event is over and this person was not there.
    Missed,
    Cancelled,
    /// The organizer said no.
    Rejected,
    /// The offered seat went to the next.
    OfferExpired,
    /// Nobody meets.
    EventOff,
}

/// `POST /in/{token}` with `choice` = `give_up`: are you sure? Posts `choice` = `give_up_surely`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GivingUp {
    pub event: EventHead,
    /// There is a seat to give up; otherwise a place in line, or a request.
    pub has_seat: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Method {
    pub text: String,
    pub acknowledged: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MyRound {
    pub number: u16,
    pub state: RoundState,
    pub starts_at: Option<DateTime<Utc>>,
    pub minutes: u16,
    pub table: u16,
    pub label: Option<String>,
    /// `None` where the table is mixed.
    pub theme: Option<String>,
    /// Where an online table meets; for its members alone.
    pub link: Option<String>,
    /// The reader among them.
    pub seats: Vec<Seat>,
}

/// Everybody answers the same question in turn, from light to deeper.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableGuide {
    pub round: u16,
    /// Where more sit here than can answer in turn.
    pub in_groups: Option<String>,
    pub questions: Vec<GuideQuestion>,
    /// The cue before speaking of oneself: ask one more question.
    pub cue: String,
    /// The small shared task.
    pub task: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct GuideQuestion {
    pub text: String,
    /// The same for every person at the table; in their group, where it falls into groups.
    pub seconds_each: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ToRead {
    pub title: String,
    /// `/guides/{organizer}/{phase}/{token}`.
    pub path: String,
    pub acknowledged: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct OpenPrompt {
    pub subject: String,
    /// `/prompts/{token}`.
    pub path: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MyProfile {
    pub passions: Vec<String>,
    pub headline: Option<String>,
    pub working_on: Option<String>,
    pub offers: Vec<String>,
    pub needs: Vec<String>,
}
