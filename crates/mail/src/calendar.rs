//! The event as a calendar file.

use chrono::{DateTime, Utc};
use convivio_domain::RegistrationId;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use serde::Serialize;

use crate::EventFacts;

/// What lets a calendar recognise the same appointment again and replace it by its newer version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Appointment {
    pub uid: String,
    /// Raised whenever the time or the place changes.
    pub sequence: u32,
    /// When this version was written; part of the input, so that a retry carries the same bytes.
    pub written_at: DateTime<Utc>,
}

impl Appointment {
    pub fn of(registration: RegistrationId, domain: &str, sequence: u32, written_at: DateTime<Utc>) -> Self {
        Self { uid: format!("{registration}@{domain}"), sequence, written_at }
    }
}

/// The calendar file. Times are in UTC: every calendar shows them in its own zone, and no VTIMEZONE can be wrong.
///
/// It holds no link: calendars are shared and synchronised, and the reader's link is theirs alone.
pub fn calendar_file(event: &EventFacts, appointment: &Appointment) -> String {
    written(event, appointment, "PUBLISH", EventStatus::Confirmed)
}

/// The same, to take the appointment out of the calendar again.
pub fn cancellation_file(event: &EventFacts, appointment: &Appointment) -> String {
    written(event, appointment, CANCEL, EventStatus::Cancelled)
}

/// The method of a file that takes back.
const CANCEL: &str = "CANCEL";

/// What a file is for, which a mail says beside it too.
pub(crate) fn method_of(calendar: &str) -> &'static str {
    let cancels = calendar.lines().any(|line| line.strip_prefix("METHOD:") == Some(CANCEL));
    if cancels { CANCEL } else { "PUBLISH" }
}

fn written(event: &EventFacts, appointment: &Appointment, method: &str, status: EventStatus) -> String {
    let mut entry = Event::new();
    entry
        .uid(&appointment.uid)
        .sequence(appointment.sequence)
        .timestamp(appointment.written_at)
        .summary(event.title.as_str())
        .description(event.organizer.as_str())
        .starts(event.starts_at)
        .ends(event.ends_at)
        .status(status);
    if let Some(place) = &event.place {
        entry.location(place.as_str());
    }
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Convivio//Convivio//EN"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", method))
        .push(entry);
    folded(&calendar.to_string().replace("\r\n ", ""))
}

/// Lines of at most 75 bytes, broken between characters. icalendar's own folding leaves some last pieces of 76, which validators report.
fn folded(calendar: &str) -> String {
    let mut folded = String::with_capacity(calendar.len() * 21 / 20);
    for line in calendar.split_terminator("\r\n") {
        let mut bytes = 0;
        for c in line.chars() {
            if bytes + c.len_utf8() > 75 {
                folded.push_str("\r\n ");
                bytes = 1;
            }
            folded.push(c);
            bytes += c.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}
