//! In whose words a mail is said: the organizer's own, or the shipped ones.

use std::collections::HashMap;

use convivio_db::message;
use convivio_domain::words::MailKind;
use convivio_domain::{Locale, TemplateId};
use convivio_mail::own::{self, Words};
use convivio_mail::{Mail, RenderError, Rendered};

use super::rows::Rows;

/// In the organizer's own words, if there were any at the first try. Whatever may be wrong with those, nobody loses a mail to them.
pub(super) fn said(message: &message::Model, rows: &Rows, mail: &Mail, own: Option<TemplateId>) -> Result<Rendered, RenderError> {
    if let Some(id) = own {
        let kept = rows.template.as_ref().filter(|kept| kept.id == id);
        match kept.and_then(|kept| kept.words()) {
            Some((subject, text)) => match own::render(mail, message.locale, Words { subject: subject.as_str(), text: text.as_str() }) {
                Ok(rendered) => return Ok(rendered),
                Err(fault) => {
                    tracing::error!(message = %message.id, template = %id, "a mail's own words fail, it has the shipped: {fault}")
                }
            },
            None => tracing::error!(message = %message.id, template = %id, "a mail's own words are gone, it has the shipped"),
        }
    }
    convivio_mail::render(mail, message.locale)
}

/// The words a mail has: those it was given at its first try, or else those in force.
pub(super) fn words_of(message: &message::Model, in_force: &HashMap<(MailKind, Locale), TemplateId>) -> Option<TemplateId> {
    match &message.frozen {
        Some(kept) => kept.get("template").and_then(|id| serde_json::from_value(id.clone()).ok()),
        None => in_force.get(&(message.kind, message.locale)).copied(),
    }
}
