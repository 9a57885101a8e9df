//! What each mail says, and how it leaves.
//!
//! Start with [`Mail`]: every mail there is, with the facts its words need. The words are in `templates/<kind>/<locale>.txt` (the subject on
//! the first line, then the text) and `templates/layout.html`, the one shared look. [`render`] makes a subject, a text and an HTML page of
//! them, [`build`] the bytes of a message, and [`Outlet::send`] hands those to a folder or a relay. [`read_report`] reads what comes back.
//!
//! An organizer may put words of their own in the place of a template ([`own`]); its look stays.
//!
//! Adding a mail: a struct and a variant here, a sample in `samples.rs`, a line in `templates.rs` and a template per locale; then read the
//! new snapshots as the reader would.

mod blocks;
mod calendar;
mod dots;
mod encoding;
mod lint;
mod meanings;
mod message;
mod outlet;
pub mod own;
mod page;
mod preview;
mod render;
mod returned;
mod samples;
mod smtp;
mod tags;
mod target;
mod templates;

use chrono::{DateTime, Utc};
use convivio_domain::words::MailKind;
use convivio_domain::{EmailAddress, FreeText, Line, PersonName, Prompt, Sentence, Timezone, Title};
use serde::Serialize;
use url::Url;

pub use calendar::{Appointment, CalendarMethod, FeedEntry, calendar_feed, calendar_file};
pub use lint::{Warning, lint};
pub use message::{BuildError, Envelope, Sender, build, message_id};
pub use outlet::{Failure, Outlet, SendError};
pub use render::{CalendarFile, RenderError, Rendered, render};
pub use returned::{Notice, bracketed, read_report, said_by_server};
pub use samples::{Elsewhere, sample, samples};
pub use target::{Credentials, InvalidTarget, MailTarget, SmtpConfig, Tls};

/// Every mail Convivio writes.
#[derive(Clone, Debug)]
pub enum Mail {
    Confirm(Confirm),
    Confirmed(Confirmed),
    Waitlisted(Waitlisted),
    Offered(Offered),
    Rejected(Rejected),
    Cancelled(Cancelled),
    Login(Login),
    Freshness(Freshness),
    Method(Method),
    FollowUp(Box<FollowUp>),
    Note(Box<Note>),
    Introduction(Introduction),
}

/// "Please confirm your address": nothing is taken and nobody is named before that.
#[derive(Clone, Debug, Serialize)]
pub struct Confirm {
    pub reader: PersonName,
    pub event: EventFacts,
    pub confirm_link: Url,
    /// How many hours the link works.
    pub hours: u32,
}

/// "You have a seat", with the appointment as a file.
#[derive(Clone, Debug, Serialize)]
pub struct Confirmed {
    pub reader: PersonName,
    pub event: EventFacts,
    /// The labels of the reader's own passions, in their language, dearest first.
    pub passions: Vec<String>,
    pub in_link: Url,
    pub appointment: Appointment,
}

/// "You are on the waiting list", with the place in it.
#[derive(Clone, Debug, Serialize)]
pub struct Waitlisted {
    pub reader: PersonName,
    pub event: EventFacts,
    pub position: u32,
    pub in_link: Url,
}

/// "A seat is free and held for you", with until when.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    pub reader: PersonName,
    pub event: EventFacts,
    pub until: DateTime<Utc>,
    /// The page where it is taken or left.
    pub confirm_link: Url,
    pub in_link: Url,
}

/// "There is no seat for you this time."
#[derive(Clone, Debug, Serialize)]
pub struct Rejected {
    pub reader: PersonName,
    pub event: EventFacts,
}

/// "You are not expected any more": the registration was cancelled, or the whole event.
#[derive(Clone, Debug, Serialize)]
pub struct Cancelled {
    pub reader: PersonName,
    pub event: EventFacts,
    /// Nobody meets.
    pub event_off: bool,
    /// The event's page, where one may register again.
    pub again_link: Option<Url>,
    /// What takes it out of the calendar, for those who were given an appointment.
    pub appointment: Option<Appointment>,
}

/// The link with which staff sign in, or attendees open their own pages.
#[derive(Clone, Debug, Serialize)]
pub struct Login {
    pub login_link: Url,
    /// How many minutes it works, once. An attendee's works as often as they like, for months.
    pub minutes: Option<u32>,
}

/// A0, a week before: is what you told us still true?
#[derive(Clone, Debug, Serialize)]
pub struct Freshness {
    pub reader: PersonName,
    pub event: EventFacts,
    /// The labels of the reader's own passions, in their language, dearest first.
    pub passions: Vec<String>,
    /// What they are looking for, as far as it has not ended.
    pub needs: Vec<String>,
    pub intention: Option<FreeText>,
    /// Where the profile is confirmed or changed.
    pub profile_link: Url,
    pub in_link: Url,
}

/// A1, the day before: how we meet.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    pub reader: PersonName,
    pub event: EventFacts,
    /// Whether the event is on the day after this mail leaves, in the event's zone. Otherwise the words leave "tomorrow" out.
    pub tomorrow: bool,
    /// The organizer's own words on how we meet; without them, Convivio's.
    pub how_we_meet: Option<FreeText>,
    /// Three tips on listening.
    pub tips: [String; 3],
    /// How long a round at the tables lasts; `None` where people do not meet at tables.
    pub minutes: Option<u32>,
    /// What to read before coming, if the event gives something.
    pub guide_link: Option<Url>,
    pub in_link: Url,
    pub appointment: Appointment,
}

/// A step of the follow-up. The prompt is in the reader's language and its opening does not greet.
#[derive(Clone, Debug, Serialize)]
pub struct FollowUp {
    pub reader: PersonName,
    pub event: EventFacts,
    pub prompt: Prompt,
    /// A time for what the prompt suggests doing together, for the reader's own calendar.
    pub slot: Option<Slot>,
    /// Where the reader says whether they would be introduced to somebody, if somebody proposes it.
    pub introductions_link: Option<Url>,
    /// The prompt's page, where a note can be written and "not now" said.
    pub prompt_link: Url,
    /// What to read on keeping in touch, if the event gives something.
    pub guide_link: Option<Url>,
    pub in_link: Url,
    pub stop_link: Url,
}

/// A time that is only an idea: nobody else was asked.
#[derive(Clone, Debug, Serialize)]
pub struct Slot {
    pub title: Title,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub appointment: Appointment,
}

/// A follow-up that asks for no answer: N1, to somebody who had a seat and could not come, and the note that closes a sequence.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    pub reader: PersonName,
    pub event: EventFacts,
    pub prompt: Prompt,
    pub in_link: Url,
    pub stop_link: Url,
}

/// Two people who both said yes to a third: the one mail that holds somebody else's address.
#[derive(Clone, Debug, Serialize)]
pub struct Introduction {
    pub reader: PersonName,
    /// The organizer's name: it is of no event.
    pub organizer: Title,
    pub introducer: PersonName,
    pub other: PersonName,
    pub address: EmailAddress,
    /// The introducer's words.
    pub why: Sentence,
    /// The labels of what the two share, in the reader's language.
    pub passions: Vec<String>,
    pub in_link: Url,
}

/// What a mail says about an event.
#[derive(Clone, Debug, Serialize)]
pub struct EventFacts {
    pub title: Title,
    /// The organizer's name.
    pub organizer: Title,
    /// `None` where people meet online; the time is then given with its zone.
    pub place: Option<Line>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub timezone: Timezone,
}

impl Mail {
    pub fn kind(&self) -> MailKind {
        match self {
            Self::Confirm(_) => MailKind::Confirm,
            Self::Confirmed(_) => MailKind::Confirmed,
            Self::Waitlisted(_) => MailKind::Waitlisted,
            Self::Offered(_) => MailKind::Offered,
            Self::Rejected(_) => MailKind::Rejected,
            Self::Cancelled(_) => MailKind::Cancelled,
            Self::Login(_) => MailKind::Login,
            Self::Freshness(_) => MailKind::A0,
            Self::Method(_) => MailKind::A1,
            Self::FollowUp(mail) => mail.prompt.step.mail(),
            Self::Note(mail) => mail.prompt.step.mail(),
            Self::Introduction(_) => MailKind::Introduction,
        }
    }

    /// Where its reader stops the follow-up, if it is of that.
    pub fn stop_link(&self) -> Option<&Url> {
        match self {
            Self::FollowUp(mail) => Some(&mail.stop_link),
            Self::Note(mail) => Some(&mail.stop_link),
            _ => None,
        }
    }

    fn event(&self) -> Option<&EventFacts> {
        match self {
            Self::Confirm(mail) => Some(&mail.event),
            Self::Confirmed(mail) => Some(&mail.event),
            Self::Waitlisted(mail) => Some(&mail.event),
            Self::Offered(mail) => Some(&mail.event),
            Self::Rejected(mail) => Some(&mail.event),
            Self::Cancelled(mail) => Some(&mail.event),
            Self::Login(_) | Self::Introduction(_) => None,
            Self::Freshness(mail) => Some(&mail.event),
            Self::Method(mail) => Some(&mail.event),
            Self::FollowUp(mail) => Some(&mail.event),
            Self::Note(mail) => Some(&mail.event),
        }
    }

    fn event_mut(&mut self) -> Option<&mut EventFacts> {
        match self {
            Self::Confirm(mail) => Some(&mut mail.event),
            Self::Confirmed(mail) => Some(&mut mail.event),
            Self::Waitlisted(mail) => Some(&mut mail.event),
            Self::Offered(mail) => Some(&mut mail.event),
            Self::Rejected(mail) => Some(&mut mail.event),
            Self::Cancelled(mail) => Some(&mut mail.event),
            Self::Login(_) | Self::Introduction(_) => None,
            Self::Freshness(mail) => Some(&mut mail.event),
            Self::Method(mail) => Some(&mut mail.event),
            Self::FollowUp(mail) => Some(&mut mail.event),
            Self::Note(mail) => Some(&mut mail.event),
        }
    }

    /// The appointment that goes with it, and what it is for.
    fn calendar(&self) -> Option<(EventFacts, &Appointment)> {
        match self {
            Self::Confirmed(mail) => Some((mail.event.clone(), &mail.appointment)),
            Self::Method(mail) => Some((mail.event.clone(), &mail.appointment)),
            Self::Cancelled(mail) => Some((mail.event.clone(), mail.appointment.as_ref()?)),
            Self::FollowUp(mail) => {
                let slot = mail.slot.as_ref()?;
                let (starts_at, ends_at) = (slot.starts_at, slot.ends_at);
                Some((EventFacts { title: slot.title.clone(), place: None, starts_at, ends_at, ..mail.event.clone() }, &slot.appointment))
            }
            Self::Confirm(_)
            | Self::Waitlisted(_)
            | Self::Offered(_)
            | Self::Rejected(_)
            | Self::Login(_)
            | Self::Freshness(_)
            | Self::Note(_)
            | Self::Introduction(_) => None,
        }
    }
}
