//! The event as a calendar file.

use chrono::{DateTime, Utc};
use convivio_domain::EventId;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use serde::Serialize;

use crate::EventFacts;

/// What lets a calendar recognise the same appointment again and replace it by its newer version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Appointment {
    pub uid: String,
    /// Raised whenever the time, the place or the title changes, and when the event is cancelled.
    pub sequence: u32,
    /// When this version was written; part of the input, so that a retry carries the same bytes.
    pub written_at: DateTime<Utc>,
    pub method: CalendarMethod,
}

/// What a calendar should do with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CalendarMethod {
    Publish,
    /// The same of a time that is only an idea.
    Suggest,
    /// The event does not take place: strike it out.
    Cancel,
}

impl Appointment {
    /// The event's appointment. An id that is a UUID is enough (RFC 7986, 5.3), and stays whatever else is set up anew.
    pub fn of(event: EventId, sequence: u32, written_at: DateTime<Utc>, method: CalendarMethod) -> Self {
        Self { uid: event.to_string(), sequence, written_at, method }
    }
}

impl CalendarMethod {
    fn words(self) -> (&'static str, EventStatus) {
        match self {
            Self::Publish => ("PUBLISH", EventStatus::Confirmed),
            Self::Suggest => ("PUBLISH", EventStatus::Tentative),
            Self::Cancel => ("CANCEL", EventStatus::Cancelled),
        }
    }

    /// The content type of such a file.
    pub fn content_type(self) -> String {
        format!("text/calendar; charset=utf-8; method={}", self.words().0)
    }
}

/// The calendar file. Times are in UTC: every calendar shows them in its own zone, and no VTIMEZONE can be wrong.
///
/// It holds no link: calendars are shared and synchronised, and the reader's link is theirs alone.
pub fn calendar_file(event: &EventFacts, appointment: &Appointment) -> String {
    let (method, status) = appointment.method.words();
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
    let mut calendar = empty(method);
    calendar.push(entry);
    folded(&calendar.to_string().replace("\r\n ", ""))
}

/// Something in a person's own calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    pub appointment: Appointment,
    pub title: String,
    pub description: String,
    pub place: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Whether the time is taken by it.
    pub busy: bool,
}

/// How often a program should look for what is new.
const REFRESH: &str = "PT6H";

/// A calendar that a program reads again and again. As in the files of the mails, times are in UTC, and there is no link.
pub fn calendar_feed(name: &str, entries: &[FeedEntry]) -> String {
    let mut calendar = empty(CalendarMethod::Publish.words().0);
    calendar
        .append_property(Property::new("X-WR-CALNAME", name))
        .append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done())
        .append_property(Property::new("X-PUBLISHED-TTL", REFRESH));
    for one in entries {
        let mut entry = Event::new();
        entry
            .uid(&one.appointment.uid)
            .sequence(one.appointment.sequence)
            .timestamp(one.appointment.written_at)
            .summary(&one.title)
            .description(&one.description)
            .starts(one.starts_at)
            .ends(one.ends_at)
            .status(one.appointment.method.words().1)
            .add_property("TRANSP", if one.busy { "OPAQUE" } else { "TRANSPARENT" });
        if let Some(place) = &one.place {
            entry.location(place);
        }
        calendar.push(entry);
    }
    folded(&calendar.to_string().replace("\r\n ", ""))
}

fn empty(method: &str) -> Calendar {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Convivio//Convivio//EN"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .append_property(Property::new("METHOD", method));
    calendar
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
