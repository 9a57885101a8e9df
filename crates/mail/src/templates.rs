//! The templates, embedded. A missing file does not compile.

macro_rules! templates {
    ($($kind:literal),+ $(,)?) => {
        &[$(
            (concat!($kind, "/en.txt"), include_str!(concat!("../templates/", $kind, "/en.txt"))),
            (concat!($kind, "/it.txt"), include_str!(concat!("../templates/", $kind, "/it.txt"))),
        )+]
    };
}

/// Name and source of each text; `event` is the part others include.
pub(crate) const TEXTS: &[(&str, &str)] = templates![
    "confirm",
    "confirmed",
    "waitlisted",
    "offered",
    "rejected",
    "cancelled",
    "login",
    "A0",
    "A1",
    "F1",
    "prompt",
    "N1",
    "stop",
    "introduction",
    "event"
];

pub(crate) const LAYOUT: &str = include_str!("../templates/layout.html");
