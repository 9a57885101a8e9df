//! The reader's own pages, and the way from one to the other.

use serde::Serialize;

/// One of the reader's own pages, as a link at the head of the others.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Way {
    pub to: &'static str,
    pub path: String,
    pub here: bool,
}

/// All of them; `here` is the one that is read.
pub(crate) fn ways(token: &str, here: &str) -> Vec<Way> {
    let way = |to: &'static str, path: String| Way { to, path, here: to == here };
    vec![
        way("table", format!("/in/{token}")),
        way("people", format!("/in/{token}/people")),
        way("introductions", format!("/in/{token}/introductions")),
        way("prompts", format!("/in/{token}/prompts")),
        way("profile", format!("/profile/{token}")),
        way("preferences", format!("/in/{token}/preferences")),
    ]
}
