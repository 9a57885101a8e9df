//! A follow-up prompt: its form, and what is said after it.

use chrono::{DateTime, Utc};
use convivio_domain::words::{Choice, Step};
use convivio_domain::{Prompt, RegistrationCode};
use convivio_followup::due::SNOOZES;
use convivio_followup::garden::Cadence;
use serde::Serialize;

use super::{EventHead, FieldError};

/// `/prompts/{token}`: the form of a follow-up prompt.
///
/// Posts for each person, as far as `asks` says so, `note_{CODE}`, `[keep_{CODE}]` = `on` (at most three), `did_{CODE}` = the type of an action or
/// empty, `trust_{CODE}`, `goals_{CODE}`, `solutions_{CODE}` = 1 to 5 or empty, and `cadence_{CODE}` = one of `cadences`, `end` or empty; then
/// `heard`, `listened`, `continued`, `need_met` (`yes`, `partly`, `no`, or empty for no answer), `[anonymous]` = `on` and `choice` = `done`, `not_now`,
/// `pause` or `stop`, or `snooze` = one of `snoozes`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptPage {
    pub event: EventHead,
    pub subject: String,
    pub opening: String,
    /// What is suggested; empty where the form says it all.
    pub action: String,
    /// What else is suggested, for contacts of the reader's own: the form has no place for them.
    pub further: Vec<String>,
    pub draft: Option<String>,
    /// Asks that open once something was given.
    pub locked: Vec<String>,
    pub asks: Asks,
    pub people: Vec<PromptPerson>,
    pub reflection: Option<String>,
    pub feedback: Vec<Question>,
    /// Whether it is to stand apart from who gave it.
    pub anonymous: bool,
    /// The buttons, in this order; `done` and `not_now` look alike.
    pub choices: Vec<Choice>,
    /// In weeks.
    pub snoozes: [u8; 3],
    /// In months.
    pub cadences: [u8; 3],
    /// `keep` when more than three were ticked, or a field of a person.
    pub errors: Vec<FieldError>,
}

/// What the form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asks {
    /// Whom to keep, and a note on each.
    Whom,
    /// What was done for whom.
    Deeds,
    /// How it is going with each.
    Checks,
    /// How often to be in touch with each.
    Cadence,
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
    /// What may have been done for them.
    pub ideas: Vec<Idea>,
    pub did: String,
    /// Trust, goals and solutions.
    pub check: [Scale; 3],
    pub cadence: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Idea {
    /// The action's type.
    pub kind: String,
    pub text: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Scale {
    pub name: &'static str,
    /// As posted; empty is no answer.
    pub value: String,
}

pub(crate) const SCALES: [&str; 3] = ["trust", "goals", "solutions"];

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Met {
    pub round: u16,
    pub table: u16,
    pub theme: Option<String>,
}

/// A question of the feedback and its answer as posted; empty is no answer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question {
    pub name: &'static str,
    pub value: String,
}

impl Asks {
    pub(crate) fn of(prompt: &Prompt) -> Self {
        match prompt.step {
            _ if prompt.action.kind == "touch_note" => Self::Whom,
            Step::F4 => Self::Checks,
            Step::F6 => Self::Cadence,
            _ => Self::Deeds,
        }
    }

    /// The short questions that go with it.
    fn feedback(self, step: Step) -> &'static [&'static str] {
        match (self, step) {
            (Self::Whom, Step::F1) => &["heard", "listened", "continued"],
            (Self::Checks, _) => &["continued"],
            (Self::Cadence, _) => &["continued", "need_met"],
            _ => &[],
        }
    }
}

impl PromptPage {
    /// The page for a prompt; `said` is what was answered, by the name of the field.
    pub(crate) fn of(prompt: &Prompt, event: EventHead, said: impl Fn(&str) -> String) -> Self {
        let asks = Asks::of(prompt);
        let shared_with = |name: &str| {
            let with = prompt.common_ground.passions.iter().filter(|passion| passion.with.iter().any(|other| other == name));
            with.map(|passion| passion.label.clone()).collect()
        };
        let ideas_for = |code: &RegistrationCode| {
            let all = [&prompt.action].into_iter().chain(&prompt.alternatives);
            let theirs = all.filter(|action| action.about.contains(code));
            theirs.map(|action| Idea { kind: action.kind.clone(), text: action.text.clone() }).collect()
        };
        let people = prompt.recall.people.iter().map(|person| {
            let of_person = |field: &str| said(&format!("{field}_{}", person.code));
            PromptPerson {
                code: person.code.clone(),
                name: person.name.clone(),
                shared: shared_with(&person.name),
                met: person
                    .sittings
                    .iter()
                    .map(|at| Met { round: at.round, table: at.table, theme: at.theme.label(prompt.locale).map(str::to_owned) })
                    .collect(),
                note: of_person("note"),
                keep: of_person("keep") == "on",
                ideas: ideas_for(&person.code),
                did: of_person("did"),
                check: SCALES.map(|name| Scale { name, value: of_person(name) }),
                cadence: of_person("cadence"),
            }
        });
        let question = |name: &&'static str| Question { name, value: said(name) };
        Self {
            event,
            subject: prompt.subject.clone(),
            opening: prompt.opening.clone(),
            action: if asks == Asks::Whom && prompt.step == Step::F1 { String::new() } else { prompt.action.text.clone() },
            further: prompt.alternatives.iter().filter(|idea| idea.contact.is_some()).map(|idea| idea.text.clone()).collect(),
            draft: prompt.draft.clone(),
            locked: prompt.locked_asks.iter().map(|ask| ask.text.clone()).collect(),
            asks,
            people: people.collect(),
            reflection: prompt.reflection.clone(),
            feedback: asks.feedback(prompt.step).iter().map(question).collect(),
            anonymous: said("anonymous") == "on",
            choices: prompt.choices.clone(),
            snoozes: SNOOZES,
            cadences: Cadence::MONTHS,
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
