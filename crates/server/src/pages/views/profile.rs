//! One's own profile, and guides to read.

use serde::Serialize;

use super::{EventHead, FieldError, RegisterForm, Way};

/// `GET /profile/{token}`: what one said of oneself, to say that it still holds or to change it. Posts `choice` = `current`, or `choice` = `save`
/// with the fields of [`RegisterForm`] but for `name`, `email`, languages, `accessibility` and `follow_up`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProfilePage {
    pub ways: Vec<Way>,
    pub event: EventHead,
    pub name: String,
    /// What was just done here.
    pub said: Option<SaidOfProfile>,
    /// Labels of the catalogue, offered while a passion is typed.
    pub suggestions: Vec<String>,
    pub form: RegisterForm,
    pub errors: Vec<FieldError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SaidOfProfile {
    Current,
    Saved,
}

/// `GET /guides/{organizer}/{phase}`, and with the reader's token after it `POST` with `choice` = `guide_ack`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GuidePage {
    pub organizer: String,
    pub title: String,
    pub paragraphs: Vec<String>,
    /// Whether the reader said that they have read it; `None` where nobody knows who reads.
    pub acknowledged: Option<bool>,
}
