//! Signing in, and stopping the follow-up.

use serde::Serialize;

/// `GET /unsubscribe/{token}`; the button posts `List-Unsubscribe` = `One-Click`, like a mail program does.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unsubscribe {
    pub organizer: String,
}

/// All follow-up of this organizer has stopped.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unsubscribed {
    pub organizer: String,
}

/// `GET /login/{token}`: the button posts nothing but itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Login {
    pub email: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LoggedIn {
    pub organizers: Vec<String>,
}
