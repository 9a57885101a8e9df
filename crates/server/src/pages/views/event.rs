//! The event's page with its form.

use chrono::{DateTime, Utc};
use convivio_domain::words::QuestionKind;
use serde::Serialize;

use super::{EventHead, FieldError};

/// `GET /e/{organizer}/{event}`: the event and the form to register. The same view answers a `POST` with something wrong in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventPage {
    pub event: EventHead,
    pub summary: Option<String>,
    pub purpose: Option<String>,
    /// How we meet, in the organizer's words.
    pub method: Option<String>,
    /// The evening in one line; `None` for an event without tables.
    pub shape: Option<Shape>,
    pub door: Door,
    /// Free seats; `None` where there is no limit.
    pub seats_left: Option<u32>,
    /// The organizer looks at every registration before it counts.
    pub approval: bool,
    /// Address of the calendar file, if there is one.
    pub calendar: Option<String>,
    /// Labels of the catalogue, offered while a passion is typed.
    pub suggestions: Vec<String>,
    /// The languages that can be ticked, with the names they call themselves.
    pub languages: Vec<LanguageChoice>,
    /// What the organizer asks beside.
    pub questions: Vec<AskedQuestion>,
    pub form: RegisterForm,
    pub errors: Vec<FieldError>,
}

/// A question of the organizer, with what was answered so far. Its field is posted as `answer.code`; of several options each as
/// `answer.code.option` = `on`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AskedQuestion {
    pub field: String,
    pub kind: QuestionKind,
    pub label: String,
    pub help: Option<String>,
    pub required: bool,
    pub options: Vec<AskedOption>,
    /// What was typed.
    pub text: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct AskedOption {
    pub field: String,
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shape {
    /// The length of each round, in minutes.
    pub rounds: Vec<u16>,
    pub table_min: u16,
    pub table_max: u16,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LanguageChoice {
    pub code: String,
    pub label: String,
}

/// Whether one can register now, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Door {
    NotYet {
        opens_at: Option<DateTime<Utc>>,
    },
    Open,
    /// One can register, and waits in line.
    Full,
    Closed,
    Live,
    Over,
    Cancelled,
}

/// The form as it was filled in, wrong or right. Fields are posted by these names; those in brackets are there only when ticked.
///
/// `passion_1` … `passion_5` with `level_1` … `level_5` (`1`, `2`, `3`), `name`, `email`, `headline`, `working_on`, `offers` and `needs` (one a
/// line), `intention`, `[language_xx]` = `on` for each language, `accessibility`, `[show_name]`, `[show_passions]`, `[show_headline]`,
/// `[show_offers]`, `[show_needs]`, `[show_working_on]`, `[show_intention]`, `[show_languages]`, `[follow_up]` = `on`, and `locale`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RegisterForm {
    /// As many rows as [`RegisterForm::PASSIONS`]; short ones are filled up when drawn.
    pub passions: Vec<PassionRow>,
    pub name: String,
    pub email: String,
    pub headline: String,
    pub working_on: String,
    pub offers: String,
    pub needs: String,
    pub intention: String,
    /// Codes of the ticked languages.
    pub languages: Vec<String>,
    pub accessibility: String,
    pub show_name: bool,
    pub show_passions: bool,
    pub show_headline: bool,
    pub show_offers: bool,
    pub show_needs: bool,
    pub show_working_on: bool,
    pub show_intention: bool,
    pub show_languages: bool,
    pub follow_up: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct PassionRow {
    pub text: String,
    /// As it was posted; empty means the middle one.
    pub level: String,
}

impl RegisterForm {
    pub(crate) const PASSIONS: usize = 5;
}

/// The empty form: name and passions are shown to tablemates unless switched off, everything else is kept, nothing is agreed to.
impl Default for RegisterForm {
    fn default() -> Self {
        Self {
            passions: Vec::new(),
            name: String::new(),
            email: String::new(),
            headline: String::new(),
            working_on: String::new(),
            offers: String::new(),
            needs: String::new(),
            intention: String::new(),
            languages: Vec::new(),
            accessibility: String::new(),
            show_name: true,
            show_passions: true,
            show_headline: false,
            show_offers: false,
            show_needs: false,
            show_working_on: false,
            show_intention: false,
            show_languages: false,
            follow_up: false,
        }
    }
}
