//! For whoever hosts a table.

use convivio_followup::host::HostBrief;
use serde::Serialize;

/// How to host a table of so many people: a page that stands alone.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct HostPage {
    pub event: String,
    pub organizer: String,
    pub brief: HostBrief,
}

/// How to host one table of a plan, among its rosters.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableBrief {
    pub round: u16,
    pub number: u16,
    pub label: Option<String>,
    pub brief: HostBrief,
}
