//! What each page shows, as plain data: one struct a page, filled by its handler and drawn by [`super::render`].
//!
//! A view holds the reader's words already chosen (titles in their language, needs that still hold, fields that may be shown); what it holds
//! is shown. Start with [`Page`], the list of all pages; each has its file, and what several pages show stands here. The names of form
//! fields stand beside the views that ask for them.

mod confirm;
mod erase;
mod event;
mod hosting;
mod introductions;
mod my_table;
mod people;
mod preferences;
mod profile;
mod prompt;
mod report;
#[cfg(test)]
mod samples;
mod seating;
mod signing;
mod timeline;
mod ways;

use chrono::{DateTime, Utc};
use convivio_domain::Timezone;
use convivio_domain::words::EventMode;
use serde::Serialize;

pub(crate) use confirm::{Asked, Confirm, Confirmed, Offer, Outcome, Sent};
pub(crate) use erase::{ErasePage, Forgotten};
pub(crate) use event::{AskedOption, AskedQuestion, Door, EventPage, LanguageChoice, PassionRow, RegisterForm, Shape};
pub(crate) use hosting::{HostPage, TableBrief};
pub(crate) use introductions::{IntroductionsPage, MayMeet, Proposal};
pub(crate) use my_table::{GivingUp, GuideQuestion, Method, MyPlace, MyProfile, MyRound, MyTable, OpenPrompt, TableGuide, ToRead};
pub(crate) use people::{
    Balance, Checked, Choosable, ContactForm, Contacts, Entry, Evening, KeptPerson, KnownPerson, MetAt, MetPerson, PeoplePage, PersonForm,
    PersonPage, Sat, Trend, WhoAsked,
};
pub(crate) use preferences::{Agreed, BlockedPerson, Coming, Feed, Past, PreferencesForm, PreferencesPage, PromptsPage, Shown};
pub(crate) use profile::{GuidePage, ProfilePage, SaidOfProfile};
pub(crate) use prompt::{Answered, Asks, PromptPage, SCALES};
pub(crate) use report::{Reached, Report, SaidOn};
#[cfg(test)]
pub(crate) use samples::samples;
pub(crate) use seating::{Seating, SeatingRound, SeatingSeat, SeatingTable, ThemeFamily};
pub(crate) use signing::{LoggedIn, Login, Unsubscribe, Unsubscribed};
pub(crate) use timeline::{Letter, Timeline};
pub(crate) use ways::{Way, ways};

/// Every page there is.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Page {
    Home(Home),
    Event(Box<EventPage>),
    Sent(Sent),
    Confirm(Confirm),
    Offer(Offer),
    Confirmed(Confirmed),
    MyTable(Box<MyTable>),
    GivingUp(GivingUp),
    People(Box<PeoplePage>),
    Person(Box<PersonPage>),
    Introductions(Box<IntroductionsPage>),
    Prompts(PromptsPage),
    Preferences(Box<PreferencesPage>),
    Erase(ErasePage),
    Forgotten(Forgotten),
    Profile(Box<ProfilePage>),
    Guide(GuidePage),
    Prompt(Box<PromptPage>),
    Answered(Answered),
    Unsubscribe(Unsubscribe),
    Unsubscribed(Unsubscribed),
    Login(Login),
    LoggedIn(LoggedIn),
    Problem(Problem),
    Seating(Box<Seating>),
    Picture(Box<Seating>),
    Timeline(Box<Timeline>),
    Report(Box<Report>),
    HostBrief(Box<HostPage>),
}

/// When something happens, told by the clock of the place where it happens.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct When {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub timezone: Timezone,
}

/// The few lines that say which event this is about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventHead {
    pub title: String,
    pub organizer: String,
    /// The event's page: `/e/{organizer}/{event}`.
    pub path: String,
    pub when: When,
    /// `None` where it is online or not said yet.
    pub place: Option<String>,
    pub mode: EventMode,
}

/// `/`: what this server is, and what is coming up on it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Home {
    pub events: Vec<EventHead>,
    /// The code of this release, shown small.
    pub version: String,
}

/// A person at a table: passions first, the headline last, and only what they chose to show.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Seat {
    /// `None` where the person keeps it.
    pub name: Option<String>,
    pub passions: Vec<ShownPassion>,
    pub headline: Option<String>,
    pub offers: Vec<String>,
    pub needs: Vec<String>,
    pub working_on: Option<String>,
    /// What would make the evening worthwhile to them.
    pub intention: Option<String>,
    /// As the languages call themselves.
    pub languages: Vec<String>,
    pub unit: Option<String>,
    pub why: Why,
    pub you: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ShownPassion {
    pub label: String,
    /// Someone else at the table has it too.
    pub shared: bool,
}

/// Why someone sits here; drawn as "hiking with Ada and Luca; offers bookkeeping, which Bo needs".
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Why {
    pub shared: Vec<SharedWith>,
    pub gives: Vec<Gives>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SharedWith {
    pub passion: String,
    /// Names; people who keep theirs are counted in `unnamed`.
    pub with: Vec<String>,
    pub unnamed: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Gives {
    pub offer: String,
    pub to: String,
}

/// A field that was refused. The words for `code` are the page's: see `errors` in the locales; an unknown code has a general sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// The form's name of the field, which is also its id on the page.
    pub field: String,
    pub code: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, code: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into() }
    }

    /// From an error of the API, which points into the JSON body, to the field of the form that was read into that place.
    pub(crate) fn from_pointer(pointer: &str, code: impl Into<String>) -> Self {
        let mut parts = pointer.trim_start_matches('/').split('/');
        let first = parts.next().unwrap_or_default();
        let index: usize = parts.next().and_then(|index| index.parse().ok()).unwrap_or(0);
        let field = match (first, parts.next()) {
            ("passions", Some("level")) => format!("level_{}", index + 1),
            ("passions", _) => format!("passion_{}", index + 1),
            ("consents", _) => "follow_up".to_owned(),
            ("answers", _) => format!("answer.{}", pointer.split('/').nth(2).unwrap_or_default()),
            ("languages", _) => "languages".to_owned(),
            ("visibility", _) => "show_name".to_owned(),
            _ => first.to_owned(),
        };
        Self::new(field, code)
    }
}

/// Something did not work, said kindly.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    pub kind: ProblemKind,
    pub status: u16,
    /// For the operator to find it in the log.
    pub request_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProblemKind {
    NotFound,
    Expired,
    Used,
    TooMany,
    /// Anything else that was wrong with the request.
    Request,
    /// Anything that was wrong with us.
    Server,
}

impl ProblemKind {
    /// From a status and a code of the API.
    pub(crate) fn of(status: u16, code: &str) -> Self {
        match (status, code) {
            (_, "token_used") => Self::Used,
            (_, "token_expired") | (410, _) => Self::Expired,
            (404, _) => Self::NotFound,
            (429, _) => Self::TooMany,
            (500.., _) => Self::Server,
            _ => Self::Request,
        }
    }
}
