//! A follow-up prompt as data: the same structure is returned by the API, rendered as a mail and shown on a page.

use serde::{Deserialize, Serialize};

use crate::words::{Choice, Step};
use crate::{ContactId, Locale, RegistrationCode, Theme, theme};

/// What one step says to one person, in their language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Prompt {
    pub step: Step,
    pub locale: Locale,
    pub subject: String,
    pub opening: String,
    pub recall: Recall,
    pub common_ground: CommonGround,
    pub action: Action,
    /// At most two.
    pub alternatives: Vec<Action>,
    /// A message the reader may edit and send; Convivio never sends it.
    pub draft: Option<String>,
    pub reflection: Option<String>,
    pub choices: Vec<Choice>,
    /// Asks that open after something was given.
    pub locked_asks: Vec<Action>,
    /// The personal facts the words rest on.
    pub inputs: Vec<Input>,
}

/// The people the reader sat with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recall {
    pub people: Vec<Recalled>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recalled {
    pub code: RegistrationCode,
    pub name: String,
    pub sittings: Vec<Sitting>,
}

/// One round at one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sitting {
    pub round: u16,
    pub table: u16,
    #[serde(default = "mixed", deserialize_with = "theme::stored")]
    pub theme: Theme,
}

fn mixed() -> Theme {
    Theme::Mixed
}

/// What two people share, of what both show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CommonGround {
    pub passions: Vec<SharedPassion>,
    pub offers_needs: Vec<Exchange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SharedPassion {
    pub code: String,
    pub label: String,
    /// Names of those who share it with the reader.
    pub with: Vec<String>,
}

/// Something one offers that the other needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Exchange {
    pub from: String,
    pub offer: String,
    pub to: String,
    pub need: String,
}

/// Something to do in five minutes. `kind` is `give_…`, `touch_…`, `step_…` or `ask_…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Action {
    #[serde(rename = "type")]
    pub kind: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Codes of whom it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<RegistrationCode>,
    /// The contact of the reader's own for whom it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
}

crate::words::words! {
    /// A kind of personal fact a prompt used.
    pub enum Input {
        ReaderName => "reader_name",
        TablemateName => "tablemate_name",
        SharedPassion => "shared_passion",
        OwnNote => "own_note",
        CurrentNeed => "current_need",
        Project => "project",
        WhereAndWhen => "where_and_when",
        /// Of a contact of the reader's own.
        ContactName => "contact_name",
        /// When the reader was last in touch with a contact of their own.
        LastContact => "last_contact",
        Intention => "intention",
    }
}
