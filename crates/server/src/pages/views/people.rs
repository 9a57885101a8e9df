//! The people somebody keeps, and one of them.

use chrono::{DateTime, Utc};
use convivio_domain::words::{ConnectionState, LogKind};
use convivio_domain::{RegistrationCode, Timezone};
use convivio_followup::asks::Gate;
use convivio_followup::garden::{Stage, Temperature};
use serde::Serialize;

use super::{FieldError, Way};

/// `/in/{token}/people`: whom one keeps, who asked, whom one met, and whom one knows from elsewhere. Posts `accept` = the id of who asked, with
/// `exchange_{id}` = `on`, or `decline` = the same; or `choose` = the slug of an event, with `keep_{CODE}` = `on` for each, up to three of an event;
/// or `contact` = `add` with `contact_name`, `contact_note` and `contact_months` = 1, 3, 6 or empty; or `in_touch` or `forget` = the id of a contact.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PeoplePage {
    pub ways: Vec<Way>,
    /// What was just done here.
    pub done: Option<&'static str>,
    pub asked: Vec<WhoAsked>,
    pub kept: Vec<KeptPerson>,
    pub evenings: Vec<Evening>,
    pub contacts: Contacts,
    pub balance: Balance,
    pub errors: Vec<FieldError>,
}

/// People one knows from elsewhere.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Contacts {
    pub all: Vec<KnownPerson>,
    pub cadences: [u8; 3],
    /// The reader's own, by which the days are told.
    pub timezone: Timezone,
    pub form: ContactForm,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct KnownPerson {
    pub id: String,
    pub name: String,
    pub note: Option<String>,
    pub every_months: Option<u8>,
    pub in_touch_at: DateTime<Utc>,
    pub temperature: Temperature,
}

/// As typed.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct ContactForm {
    pub name: String,
    pub note: String,
    pub months: String,
}

/// What one gave and what one asked for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Balance {
    pub gives: usize,
    pub asks: usize,
    /// A gentle word.
    pub notice: Option<String>,
}

/// Where two people met, or through whom.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MetAt {
    pub event: String,
    pub starts_at: DateTime<Utc>,
    pub timezone: Timezone,
    pub sittings: Vec<Sat>,
    /// They did not sit together: somebody introduced them.
    pub introduced: bool,
    /// Who did; `None` where their name is gone.
    pub through: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sat {
    pub round: u16,
    pub table: u16,
    /// `None` where the table was mixed.
    pub theme: Option<String>,
}

/// Somebody who would like to keep in touch, and waits for an answer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct WhoAsked {
    pub id: String,
    /// `None` where the person keeps it.
    pub name: Option<String>,
    pub met: MetAt,
    pub shared: Vec<String>,
    /// What they wrote.
    pub context: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct KeptPerson {
    /// `/in/{token}/people/{connection}`.
    pub path: String,
    pub name: Option<String>,
    pub met: MetAt,
    pub shared: Vec<String>,
    pub state: ConnectionState,
    pub stage: Stage,
    pub temperature: Temperature,
}

/// One event, with those met there who are not chosen.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Evening {
    pub slug: String,
    pub title: String,
    pub starts_at: DateTime<Utc>,
    pub timezone: Timezone,
    pub people: Vec<MetPerson>,
    /// Somebody more may be chosen.
    pub open: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MetPerson {
    pub code: RegistrationCode,
    pub name: String,
    pub sittings: Vec<Sat>,
    pub shared: Vec<String>,
    /// As posted.
    pub ticked: bool,
}

/// `/in/{token}/people/{connection}`: somebody one keeps. Posts `choice` = `ask_them` with `context` and `exchange` = `on`; `note` with `note`;
/// `interaction`, `give` or `ask` with `{choice}_what` and `{choice}_text`, `give` also with `shared` = `on`; `check` with `trust`, `goals` and
/// `solutions` from 1 to 5 or empty; `cadence` with `months` = 1, 3 or 6; `end`; or `block`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PersonPage {
    pub ways: Vec<Way>,
    pub done: Option<&'static str>,
    /// `/in/{token}/people`.
    pub back: String,
    pub name: Option<String>,
    pub met: MetAt,
    pub state: ConnectionState,
    pub stage: Stage,
    pub temperature: Temperature,
    pub in_touch_at: DateTime<Utc>,
    /// What they wrote when they asked.
    pub context: Option<String>,
    /// Where both agreed to exchange it.
    pub email: Option<String>,
    /// What they thanked one for, and let one read.
    pub thanks: Vec<String>,
    pub shared: Vec<String>,
    pub working_on: Option<String>,
    pub offers: Vec<String>,
    pub needs: Vec<String>,
    /// What one could do next.
    pub ideas: Vec<String>,
    pub gives: Vec<Choosable>,
    pub contacts: Vec<Choosable>,
    pub asks: Vec<Choosable>,
    pub gate: Gate,
    /// Of trust, goals and solutions, where something was said.
    pub trends: Vec<Trend>,
    pub cadences: [u8; 3],
    pub every_months: Option<u8>,
    /// Newest first.
    pub entries: Vec<Entry>,
    pub form: PersonForm,
    pub errors: Vec<FieldError>,
}

/// What was typed and could not be taken.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct PersonForm {
    /// Which of the forms it was.
    pub choice: String,
    pub what: String,
    pub text: String,
    pub exchange: bool,
    pub shared: bool,
}

/// A word of the log with what it is called.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choosable {
    pub word: &'static str,
    pub label: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub kind: LogKind,
    /// How one gave, asked or was in touch.
    pub what: Option<String>,
    pub text: Option<String>,
    pub check: Vec<Checked>,
    /// Whom it is about may read it.
    pub shared: bool,
    pub at: DateTime<Utc>,
}

/// One thing of a private check, from 1 to 5.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Checked {
    pub name: &'static str,
    pub value: u8,
}

/// One thing of the checks over time, oldest first, drawn in a box of [`Trend::WIDTH`] by [`Trend::HEIGHT`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Trend {
    pub name: &'static str,
    pub values: Vec<u8>,
    pub dots: Vec<Dot>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Dot {
    pub x: usize,
    pub y: usize,
}

impl Trend {
    pub(crate) const WIDTH: usize = 200;
    pub(crate) const HEIGHT: usize = 60;
    const EDGE: usize = 8;
    /// Of more checks than these only the last are drawn.
    const MOST: usize = 12;

    /// `None` where nothing was said.
    pub(crate) fn of(name: &'static str, all: &[u8]) -> Option<Self> {
        let values = all[all.len().saturating_sub(Self::MOST)..].to_vec();
        let steps = values.len().checked_sub(1)?;
        let dot = |(i, value): (usize, &u8)| {
            let (width, height) = (Self::WIDTH - 2 * Self::EDGE, Self::HEIGHT - 2 * Self::EDGE);
            // One alone stands in the middle.
            let x = (width * i).checked_div(steps).unwrap_or(width / 2);
            let above = usize::from(value.saturating_sub(1)).min(4);
            Dot { x: Self::EDGE + x, y: Self::EDGE + height - height * above / 4 }
        };
        let dots = values.iter().enumerate().map(dot).collect();
        Some(Self { name, values, dots })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_39_a_trend_is_drawn_from_left_to_right_and_from_1_to_5() {
        assert_eq!(Trend::of("trust", &[]), None);
        let dots = |values: &[u8]| -> Vec<(usize, usize)> {
            Trend::of("trust", values).expect("a trend").dots.iter().map(|dot| (dot.x, dot.y)).collect()
        };
        assert_eq!(dots(&[3]), [(100, 30)]);
        assert_eq!(dots(&[1, 3, 5]), [(8, 52), (100, 30), (192, 8)]);
        assert_eq!(Trend::of("goals", &[1; 40]).expect("a trend").values.len(), 12);
    }
}
