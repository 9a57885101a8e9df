//! A follow-up prompt: its form, and what is said after it.

use chrono::{DateTime, Utc};
use convivio_domain::words::Choice;
use convivio_domain::{Prompt, RegistrationCode};
use convivio_followup::due::SNOOZES;
use serde::Serialize;

use super::{EventHead, FieldError};

/// `/prompts/{token}`: the note form of a follow-up prompt.
///
/// Posts `note_{CODE}` for each person, `[keep_{CODE}]` = `on` (at most three), `heard`, `listened`, `continued` (`yes`, `partly`, `no`, or empty
/// for no answer) and `choice` = `done`, `not_now`, `pause` or `stop`, or `snooze` = one of `snoozes`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptPage {
    pub event: EventHead,
    pub subject: String,
    pub opening: String,
    pub people: Vec<PromptPerson>,
    pub reflection: Option<String>,
    pub feedback: Feedback,
    /// The buttons, in this order; `done` and `not_now` look alike.
    pub choices: Vec<Choice>,
    /// In weeks.
    pub snoozes: [u8; 3],
    /// `keep` when more than three were ticked, or a `note_{CODE}`.
    pub errors: Vec<FieldError>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptPerson {
    pub code: RegistrationCode,
    pub name: String,
    pub shared: Vec<String>,
    /// Where they sat together: number of round and table, and the theme.
    pub met: Vec<Met>,
    pub note: String,
    pub keep: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Met {
    pub round: u16,
    pub table: u16,
    pub theme: Option<String>,
}

/// Answers as posted; empty is no answer.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Feedback {
    pub heard: String,
    pub listened: String,
    pub continued: String,
}

impl PromptPage {
    /// The page for a prompt, without what was answered.
    pub(crate) fn of(prompt: &Prompt, event: EventHead) -> Self {
        let shared_with = |name: &str| {
            let with = prompt.common_ground.passions.iter().filter(|passion| passion.with.iter().any(|other| other == name));
            with.map(|passion| passion.label.clone()).collect()
        };
        let people = prompt.recall.people.iter().map(|person| PromptPerson {
            code: person.code.clone(),
            name: person.name.clone(),
            shared: shared_with(&person.name),
            met: person
                .sittings
                .iter()
                .map(|at| Met { round: at.round, table: at.table, theme: at.theme.label(prompt.locale).map(str::to_owned) })
                .collect(),
            note: String::new(),
            keep: false,
        });
        Self {
            event,
            subject: prompt.subject.clone(),
            opening: prompt.opening.clone(),
            people: people.collect(),
            reflection: prompt.reflection.clone(),
            feedback: Feedback::default(),
            choices: prompt.choices.clone(),
            snoozes: SNOOZES,
            errors: Vec::new(),
        }
    }
}

/// After a prompt was answered, now or before.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answered {
    pub event: EventHead,
    /// A choice, or `snoozed`.
    pub said: &'static str,
    /// When it comes again.
    pub due_at: Option<DateTime<Utc>>,
    /// Names of those the reader keeps in touch with.
    pub kept: Vec<String>,
}
