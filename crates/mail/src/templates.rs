//! The templates, embedded. A missing file does not compile.

use convivio_domain::words::MailKind;

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

/// Whose words a mail has: those of its kind, but for the steps that are worded by their prompt alone.
pub(crate) fn template_of(kind: MailKind) -> &'static str {
    match kind {
        MailKind::F2 | MailKind::F3 | MailKind::F4 | MailKind::F5 | MailKind::F6 | MailKind::C => "prompt",
        kind => kind.as_str(),
    }
}

/// The source of a text by its name, such as `event/en.txt`.
pub(crate) fn source(name: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
}
