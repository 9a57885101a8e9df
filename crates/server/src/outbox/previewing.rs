//! A mail as somebody would get it, without sending it: for the eyes of those who write its words.

use convivio_db::{Read, event, registration};
use convivio_domain::Locale;
use convivio_domain::words::MailKind;
use convivio_followup::{copy, example};
use convivio_mail::{Elsewhere, EventFacts, Mail, sample};

use super::letter;
use super::rows::Rows;
use crate::app::App;

/// What samples of mails have from the follow-up.
pub const ELSEWHERE: Elsewhere =
    Elsewhere { tips: |locale| copy::listening_tips(locale).try_into().expect("there are three tips"), prompt: example::prompt };

/// The mail with the facts it would be given now, and with links that lead nowhere. What a prompt says stays the sample's: staff do not read what
/// people noted of each other. So does what there is nothing of, such as the place in a line the person does not stand in.
pub async fn preview(
    app: &App,
    read: &Read,
    (kind, locale): (MailKind, Locale),
    event: event::Model,
    registration: registration::Model,
) -> convivio_db::Result<Mail> {
    let now = app.clock.now();
    let mut rows = Rows::about(read, event.clone(), registration.clone()).await?;
    let real = match kind.is_follow_up() || kind == MailKind::Login {
        true => None,
        false => rows.freeze(kind, locale, now).ok().and_then(|frozen| rows.mail(app, frozen, locale)),
    };
    let facts = EventFacts::from(letter::frozen_event(&event, &rows.organizer, locale, now));
    let mail = real.unwrap_or_else(|| sample(kind, locale, ELSEWHERE).told_to(&registration.name, &facts));
    Ok(mail.with_dead_links(|place| app.url(&format!("/{place}/preview"))))
}
