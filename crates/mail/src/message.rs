//! From words to a message, and the ids that make a second copy recognisable.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use convivio_domain::words::MailKind;
use convivio_domain::{EmailAddress, PersonName, Slug, Title};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use lettre::Address;
use lettre::message::header::{self, ContentDisposition, ContentType, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, Mailboxes, SinglePart};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use convivio_domain::Locale;

use crate::encoding::encode;
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
    let boundary = |part: &str| {
        let hash = Sha256::new().chain_update(part).chain_update(&envelope.message_id).finalize();
        format!("convivio-{}", HEXLOWER.encode(&hash[..16]))
    };
    let text = |message: &mut Vec<u8>| text_part(message, "text/plain", &rendered.text);
    let page = |message: &mut Vec<u8>| text_part(message, "text/html", &rendered.html);
    let words = |message: &mut Vec<u8>| parts(message, "alternative", &boundary("words"), &[&text, &page]);
    let headers = headers(envelope, &rendered.subject, locale)?;
    let mut message = Vec::with_capacity(BESIDES_WORDS + (rendered.text.len() + rendered.html.len()) * 3 / 2);
    write!(message, "{headers}").expect("there is always room in memory");
    match &rendered.calendar {
        None => words(&mut message),
        Some(calendar) => {
            let file = |message: &mut Vec<u8>| message.extend_from_slice(&calendar_part(calendar).formatted());
            parts(&mut message, "mixed", &boundary("mail"), &[&words, &file]);
        }
    }
    Ok(message)
}

/// Bytes of a message that are not its words: headers, boundaries and a calendar file.
const BESIDES_WORDS: usize = 4000;

/// What the message says of itself. Whatever people may have written goes through lettre, which lets no value out of its header.
fn headers(envelope: &Envelope, subject: &str, locale: Locale) -> Result<Headers, BuildError> {
    if subject.chars().any(char::is_control) {
        return Err(BuildError::Header("Subject"));
    }
    let from = Mailbox::new(envelope.from.name.as_ref().map(Title::to_string), address(&envelope.from.address, "From")?);
    let to = Mailbox::new(envelope.to_name.as_ref().map(PersonName::to_string), address(&envelope.to, "To")?);
    let mut headers = Headers::with_capacity(16);
    headers.set(header::From::from(Mailboxes::from(from)));
    headers.set(header::To::from(Mailboxes::from(to)));
    headers.set(header::Subject::from(subject.to_owned()));
    headers.set(header::Date::new(envelope.date.into()));
    headers.insert_raw(token("Message-ID", &envelope.message_id)?);
    headers.insert_raw(token("Content-Language", locale.as_str())?);
    headers.insert_raw(token("Auto-Submitted", "auto-generated")?);
    headers.insert_raw(token("X-Convivio-Kind", envelope.kind.as_str())?);
    if let Some(answered) = envelope.thread.last() {
        headers.insert_raw(token("In-Reply-To", answered)?);
        headers.insert_raw(tokens("References", &envelope.thread)?);
    }
    if let Some(reply_to) = &envelope.reply_to {
        headers.set(header::ReplyTo::from(Mailboxes::from(Mailbox::new(None, address(reply_to, "Reply-To")?))));
    }
    if let Some(event) = &envelope.event {
        headers.insert_raw(token("X-Convivio-Event", event.as_str())?);
    }
    if let Some(url) = &envelope.one_click {
        headers.insert_raw(token("List-Unsubscribe", &format!("<{url}>"))?);
        headers.insert_raw(token("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
    }
    headers.set(header::MIME_VERSION_1_0);
    Ok(headers)
}

/// What writes a part into the message.
type Part<'a> = &'a dyn Fn(&mut Vec<u8>);

/// Parts with the boundary before each and after the last. lettre would parse what it had just written: the boundary, the sender and the reader, some
/// of them three times.
fn parts(message: &mut Vec<u8>, kind: &str, boundary: &str, parts: &[Part<'_>]) {
    say(message, &["Content-Type: multipart/", kind, ";\r\n boundary=\"", boundary, "\"\r\n\r\n"]);
    for part in parts {
        say(message, &["--", boundary, "\r\n"]);
        part(message);
    }
    say(message, &["--", boundary, "--\r\n"]);
}

fn text_part(message: &mut Vec<u8>, kind: &str, text: &str) {
    say(message, &["Content-Type: ", kind, "; charset=utf-8\r\n"]);
    encode(text, message);
    say(message, &["\r\n"]);
}

fn say(message: &mut Vec<u8>, words: &[&str]) {
    words.iter().for_each(|word| message.extend_from_slice(word.as_bytes()));
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

#[cfg(test)]
mod tests {
    use lettre::Message;
    use lettre::message::MultiPart;

    use super::*;
    use crate::CalendarMethod;

    #[test]
    fn the_bytes_are_those_that_lettre_would_write() {
        let email = |text: &str| EmailAddress::parse(text).expect("an address");
        let envelope = Envelope {
            from: Sender { name: Some(Title::parse("Officina però; lunga").expect("a name")), address: email("ciao@convivio.example") },
            reply_to: Some(email("pilastro@example.org")),
            to_name: Some(PersonName::parse("Ada \"the Baker\" Rossi").expect("a name")),
            to: email("ada@example.org"),
            message_id: "<one@convivio.example>".to_owned(),
            thread: Vec::new(),
            date: DateTime::UNIX_EPOCH,
            kind: MailKind::Confirmed,
            event: None,
            one_click: None,
        };
        let file = CalendarFile { method: CalendarMethod::Publish, text: "BEGIN:VCALENDAR\r\nSUMMARY:è\r\n".to_owned() };
        for calendar in [None, Some(file)] {
            let (text, html) = ("one\n\n.two\n".to_owned(), "<p class=\"ink\">one</p>".to_owned());
            let rendered = Rendered { subject: "C’è un posto per te".to_owned(), text, html, calendar };
            let ours = String::from_utf8(build(&envelope, &rendered, Locale::It).expect("a message")).expect("it is all ASCII");
            let mut boundaries = ours.split("boundary=\"").skip(1).filter_map(|rest| rest.split('"').next());
            let builder = Message::builder()
                .from(Mailbox::new(Some("Officina però; lunga".to_owned()), "ciao@convivio.example".parse().expect("an address")))
                .to(Mailbox::new(Some("Ada \"the Baker\" Rossi".to_owned()), "ada@example.org".parse().expect("an address")))
                .subject(&rendered.subject)
                .date(envelope.date.into())
                .raw_header(token("Message-ID", &envelope.message_id).expect("a word"))
                .raw_header(token("Content-Language", "it").expect("a word"))
                .raw_header(token("Auto-Submitted", "auto-generated").expect("a word"))
                .raw_header(token("X-Convivio-Kind", "confirmed").expect("a word"))
                .reply_to(Mailbox::new(None, "pilastro@example.org".parse().expect("an address")));
            let mixed = rendered.calendar.as_ref().map(|file| (boundaries.next().expect("a boundary"), file));
            let words = MultiPart::alternative()
                .boundary(boundaries.next().expect("a boundary"))
                .singlepart(SinglePart::plain(rendered.text.clone()))
                .singlepart(SinglePart::html(rendered.html.clone()));
            let whole = match mixed {
                None => words,
                Some((boundary, file)) => MultiPart::mixed().boundary(boundary).multipart(words).singlepart(calendar_part(file)),
            };
            let theirs = builder.multipart(whole).expect("a message").formatted();
            assert_eq!(ours, String::from_utf8_lossy(&theirs));
        }
    }
}
