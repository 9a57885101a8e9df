//! From words to a message, and the ids that make a second copy recognisable.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use convivio_domain::words::MailKind;
use convivio_domain::{EmailAddress, PersonName, Slug, Title};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use lettre::message::header::{ContentDisposition, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use convivio_domain::Locale;

use crate::encoding::encoded;
use crate::{CalendarFile, Rendered};

/// Who writes to whom, and what the headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub from: Sender,
    pub reply_to: Option<EmailAddress>,
    pub to_name: Option<PersonName>,
    pub to: EmailAddress,
    /// From [`message_id`].
    pub message_id: String,
    /// The mails it follows, oldest first; it answers the last. Mail programs show them as one conversation.
    pub thread: Vec<String>,
    /// Fixed at the first try.
    pub date: DateTime<Utc>,
    pub kind: MailKind,
    pub event: Option<Slug>,
    /// Where a mail program may POST to stop the follow-up (RFC 8058). Only follow-up has one.
    pub one_click: Option<Url>,
}

/// Whom a mail is from. The address is the installation's; the name may be the organizer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub name: Option<Title>,
    pub address: EmailAddress,
}

/// A message that could not be built. Trying again gives the same.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("the address {0} cannot be written to")]
    Address(&'static str),
    #[error("the header {0} holds what it must not")]
    Header(&'static str),
    #[error("the message: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the builder panicked: {0}")]
    Panicked(String),
}

/// The Message-ID of an outbox row, angle brackets and all: the same at every try, and no clue to anything without the key.
pub fn message_id(key: &[u8], id: Uuid, domain: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(id.as_bytes());
    let name = BASE32_NOPAD.encode(&mac.finalize().into_bytes()).to_lowercase();
    format!("<{name}@{domain}>")
}

/// The bytes of the message. The same inputs give the same bytes, boundaries included, so that a retry is a copy and not another mail.
pub fn build(envelope: &Envelope, rendered: &Rendered, locale: Locale) -> Result<Vec<u8>, BuildError> {
    // lettre panics on some display names (a line end). The types refuse those; should there be another such case, one mail fails, not the worker.
    catch_unwind(AssertUnwindSafe(|| message(envelope, rendered, locale))).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(BuildError::Panicked(words.unwrap_or_default()))
    })
}

fn message(envelope: &Envelope, rendered: &Rendered, locale: Locale) -> Result<Vec<u8>, BuildError> {
    if rendered.subject.chars().any(char::is_control) {
        return Err(BuildError::Header("Subject"));
    }
    let boundary = |part: &str| {
        let hash = Sha256::new().chain_update(part).chain_update(&envelope.message_id).finalize();
        format!("convivio-{}", HEXLOWER.encode(&hash[..16]))
    };
    let mut builder = Message::builder()
        .from(Mailbox::new(envelope.from.name.as_ref().map(Title::to_string), address(&envelope.from.address, "From")?))
        .to(Mailbox::new(envelope.to_name.as_ref().map(PersonName::to_string), address(&envelope.to, "To")?))
        .subject(&rendered.subject)
        .date(envelope.date.into())
        .raw_header(token("Message-ID", &envelope.message_id)?)
        .raw_header(token("Content-Language", locale.as_str())?)
        .raw_header(token("Auto-Submitted", "auto-generated")?)
        .raw_header(token("X-Convivio-Kind", envelope.kind.as_str())?);
    if let Some(answered) = envelope.thread.last() {
        builder = builder.raw_header(token("In-Reply-To", answered)?).raw_header(tokens("References", &envelope.thread)?);
    }
    if let Some(reply_to) = &envelope.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address(reply_to, "Reply-To")?));
    }
    if let Some(event) = &envelope.event {
        builder = builder.raw_header(token("X-Convivio-Event", event.as_str())?);
    }
    if let Some(url) = &envelope.one_click {
        builder = builder
            .raw_header(token("List-Unsubscribe", &format!("<{url}>"))?)
            .raw_header(token("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
    }
    let words = MultiPart::alternative()
        .boundary(boundary("words"))
        .singlepart(SinglePart::plain(encoded(&rendered.text)))
        .singlepart(SinglePart::html(encoded(&rendered.html)));
    let message = match &rendered.calendar {
        None => builder.multipart(words)?,
        Some(calendar) => {
            builder.multipart(MultiPart::mixed().boundary(boundary("mail")).multipart(words).singlepart(calendar_part(calendar)))?
        }
    };
    Ok(message.formatted())
}

/// The calendar file as an attachment, not as a third alternative: Outlook takes an alternative for the mail itself, shows an appointment
/// and hides our words; Gmail and Apple Mail offer "add to calendar" for either.
fn calendar_part(calendar: &CalendarFile) -> SinglePart {
    let kind = ContentType::parse(&calendar.method.content_type()).expect("a content type written here");
    SinglePart::builder().header(kind).header(ContentDisposition::attachment("event.ics")).body(calendar.text.clone())
}

fn address(email: &EmailAddress, header: &'static str) -> Result<Address, BuildError> {
    email.as_str().parse().map_err(|_| BuildError::Address(header))
}

/// A header whose value is one visible ASCII word. lettre would fold or encode a long one, and a Message-ID or an address must stay whole.
fn token(name: &'static str, value: &str) -> Result<HeaderValue, BuildError> {
    // RFC 5322: no line longer than 998.
    if value.is_empty() || name.len() + value.len() > 900 || !value.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(BuildError::Header(name));
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned()))
}

/// Several such words, each on a line of its own.
fn tokens(name: &'static str, values: &[String]) -> Result<HeaderValue, BuildError> {
    for value in values {
        token(name, value)?;
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), values.join(" "), values.join("\r\n ")))
}
