//! Who would bring whom together.

use chrono::{DateTime, Utc};
use convivio_domain::words::IntroductionState;
use convivio_domain::{RegistrationCode, Timezone};
use serde::Serialize;

use super::{FieldError, MetAt, Way};

/// `/in/{token}/introductions`: what is proposed to the reader, and what the reader proposes. Posts `accept` or `decline` = the id of an introduction; or
/// `propose` = `on` with `with_{CODE}` = `on` for each of two, and `why`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct IntroductionsPage {
    pub ways: Vec<Way>,
    /// What was just done here.
    pub done: Option<&'static str>,
    /// Proposed to the reader, who has not answered.
    pub waiting: Vec<Proposal>,
    /// Proposed to the reader, who said yes; newest first.
    pub answered: Vec<Proposal>,
    /// Proposed by the reader; newest first.
    pub proposed: Vec<Proposal>,
    /// Whom the reader may bring together; empty where there are no two.
    pub may_meet: Vec<MayMeet>,
    /// As typed.
    pub why: String,
    /// The reader's own, by which the days are told.
    pub timezone: Timezone,
    pub errors: Vec<FieldError>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Proposal {
    pub id: String,
    /// `None` where the reader proposes it.
    pub introducer: Option<String>,
    /// Both, where the reader proposes it; else the other of the two. `None` where the person keeps their name.
    pub people: Vec<Option<String>>,
    /// What the reader and the other love.
    pub shared: Vec<String>,
    pub why: String,
    pub state: IntroductionState,
    /// Until when it can be said yes to.
    pub closes_at: DateTime<Utc>,
}

/// Somebody the reader is connected with.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MayMeet {
    pub code: RegistrationCode,
    pub name: Option<String>,
    pub met: MetAt,
    /// As posted.
    pub ticked: bool,
}
