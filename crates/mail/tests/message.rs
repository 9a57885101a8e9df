//! The bytes that leave, read back by another program's parser.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod samples;

use chrono::{DateTime, Utc};
use convivio_domain::words::MailKind;
use convivio_domain::{EmailAddress, Locale, PersonName, Title};
use convivio_mail::{Envelope, Mail, Rendered, Sender, build, message_id, render};
use mail_parser::{Message, MessageParser, MimeHeaders};
use uuid::Uuid;

#[test]
fn headers_say_what_the_mail_is() {
    let bytes = built(&envelope(MailKind::Confirmed), Locale::It);
    let message = parsed(&bytes);
    assert_eq!(message.subject(), Some("Il tuo posto c’è: Tavoli d'inverno"));
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Officina del Pilastro"), Some("ciao@convivio.example")));
    let to = message.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Ada Rossi"), Some("ada@example.org")));
    assert_eq!(message.reply_to().unwrap().first().unwrap().address(), Some("pilastro@example.org"));
    assert_eq!(header(&message, "X-Convivio-Kind").as_deref(), Some("confirmed"));
    assert_eq!(header(&message, "X-Convivio-Event").as_deref(), Some("tavoli-2026"));
    assert_eq!(header(&message, "Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(header(&message, "Content-Language").as_deref(), Some("it"));
    assert_eq!(header(&message, "Date").as_deref(), Some("Thu, 12 Mar 2026 09:00:00 +0000"));
    assert_eq!(header(&message, "Message-ID"), Some(envelope(MailKind::Confirmed).message_id));
    assert_eq!(header(&message, "List-Unsubscribe"), None, "what a person asked for is no list");
    assert_eq!(header(&message, "List-Unsubscribe-Post"), None);
}

#[test]
fn a_follow_up_can_be_stopped_with_one_click() {
    let bytes = built(&follow_up(), Locale::En);
    let message = parsed(&bytes);
    let url = "<https://convivio.example/unsubscribe/q8cUuJx1mZ0vY7kRr3nTtE5sWw2aBb4dFfGgHhJjKkMq8cUuJx1mZ0vY7kRr3nTtE5sWw2aBb4d>";
    assert_eq!(header(&message, "List-Unsubscribe").as_deref(), Some(url));
    assert_eq!(header(&message, "List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
}

#[test]
fn a_follow_up_names_the_mails_it_follows() {
    let thread: Vec<String> = (7..10).map(|n| message_id(b"key", Uuid::from_u128(n), "convivio.example")).collect();
    let bytes = built(&Envelope { thread: thread.clone(), ..follow_up() }, Locale::En);
    let message = parsed(&bytes);
    assert_eq!(header(&message, "In-Reply-To").as_ref(), thread.last());
    assert_eq!(header(&message, "References").map(|ids| one_space(&ids)), Some(thread.join(" ")));
    let lines = String::from_utf8(bytes).expect("seven-bit mail");
    assert!(lines.split("\r\n").filter(|line| thread.iter().any(|id| line.contains(id.as_str()))).all(|line| line.len() <= 100));
    let first = built(&follow_up(), Locale::En);
    assert_eq!((header(&parsed(&first), "In-Reply-To"), header(&parsed(&first), "References")), (None, None));
    let broken = Envelope { thread: vec!["<a@b>\r\nBcc: x@example.org".to_owned()], ..follow_up() };
    build(&broken, &render(&sample(MailKind::F1, Locale::En), Locale::En).unwrap(), Locale::En).expect_err("an id of two lines");
}

#[test]
fn a_cancellation_says_that_it_is_one() {
    let rendered = render(&sample(MailKind::Cancelled, Locale::En), Locale::En).unwrap();
    let bytes = build(&envelope(MailKind::Cancelled), &rendered, Locale::En).unwrap();
    let message = parsed(&bytes);
    assert_eq!(message.attachment(0).unwrap().content_type().unwrap().attribute("method"), Some("CANCEL"));
}

#[test]
fn the_text_comes_before_the_page_and_the_calendar_file_beside_them() {
    let rendered = render(&sample(MailKind::A1, Locale::En), Locale::En).unwrap();
    let bytes = build(&envelope(MailKind::A1), &rendered, Locale::En).unwrap();
    let message = parsed(&bytes);
    let kinds: Vec<String> = message
        .parts
        .iter()
        .filter_map(|part| part.content_type())
        .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()))
        .collect();
    assert_eq!(kinds, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]);
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), rendered.text.trim_end());
    assert_eq!(message.body_html(0).unwrap().replace("\r\n", "\n").trim_end(), rendered.html.trim_end());
    let calendar = message.attachment(0).unwrap();
    assert_eq!(calendar.attachment_name(), Some("event.ics"));
    assert_eq!(calendar.content_type().unwrap().attribute("method"), Some("PUBLISH"));
    assert_eq!(calendar.text_contents().unwrap().trim_end(), rendered.calendar.unwrap().text.trim_end());
}

#[test]
fn the_same_mail_is_the_same_bytes() {
    for locale in Locale::ALL {
        for mail in samples::all(*locale) {
            let bytes = || build(&envelope(mail.kind()), &render(&mail, *locale).unwrap(), *locale).unwrap();
            assert_eq!(bytes(), bytes());
            let lines = String::from_utf8(bytes()).expect("seven-bit mail");
            assert!(lines.is_ascii(), "every relay takes it");
            assert!(lines.split("\r\n").all(|line| line.len() <= 998 && !line.contains('\n')));
        }
    }
}

#[test]
fn a_message_id_is_derived_and_tells_nothing() {
    let (id, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let made = message_id(b"key", id, "convivio.example");
    assert_eq!(made, message_id(b"key", id, "convivio.example"));
    assert_ne!(made, message_id(b"key", other, "convivio.example"));
    assert_ne!(made, message_id(b"another", id, "convivio.example"));
    let name = made.strip_prefix('<').and_then(|rest| rest.strip_suffix("@convivio.example>")).unwrap();
    assert_eq!(name.len(), 52);
    assert!(name.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7')));
}

#[test]
fn r18_hostile_names_arrive_as_they_were_written() {
    let long = "Wölfeschlegelsteinhausenbergerdorff ".repeat(4);
    let names = [
        "Zoë D'Amico",
        "Ann \"the Baker\" O'Neil",
        "Ann 🌻",
        "محمد بن عبد الله",
        "李小龍",
        "<script>alert(1)</script>",
        "Rossi, Ada; (the first) <ada@evil.example>",
        "a@b.example",
        "back\\slash",
        "=?utf-8?q?x",
        &"é".repeat(120),
        &"x".repeat(120),
        &long[..120],
    ];
    for name in names {
        let mut envelope = envelope(MailKind::Confirm);
        envelope.to_name = Some(PersonName::parse(name).unwrap());
        envelope.from.name = Some(Title::parse(name).unwrap());
        let rendered = Rendered { subject: name.to_owned(), ..render(&sample(MailKind::Confirm, Locale::En), Locale::En).unwrap() };
        let bytes = build(&envelope, &rendered, Locale::En).unwrap();
        let message = parsed(&bytes);
        let expected = name.trim();
        for people in [message.to().unwrap(), message.from().unwrap()] {
            assert_eq!(people.iter().count(), 1, "{name}");
            assert_eq!(people.first().unwrap().name().map(one_space), Some(one_space(expected)));
        }
        assert_eq!(message.to().unwrap().first().unwrap().address(), Some("ada@example.org"));
        assert_eq!(message.subject().map(one_space), Some(one_space(expected)));
        assert_eq!(header(&message, "Bcc"), None);
    }
}

#[test]
fn r18_a_header_that_could_break_is_refused() {
    let rendered = render(&sample(MailKind::Login, Locale::En), Locale::En).unwrap();
    let subject = Rendered { subject: "one\r\nBcc: x@example.org".to_owned(), ..rendered.clone() };
    build(&envelope(MailKind::Login), &subject, Locale::En).expect_err("a subject of two lines");
    for id in ["", "<a b@c>", "<a@b>\r\nBcc: x@example.org", "<é@b>"] {
        let envelope = Envelope { message_id: id.to_owned(), ..envelope(MailKind::Login) };
        build(&envelope, &rendered, Locale::En).expect_err(id);
    }
}

/// Long headers are folded, and a parser may read the fold as more or fewer spaces.
fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn built(envelope: &Envelope, locale: Locale) -> Vec<u8> {
    build(envelope, &render(&sample(envelope.kind, locale), locale).unwrap(), locale).unwrap()
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).expect("a mail")
}

fn header(message: &Message, name: &str) -> Option<String> {
    message.header_raw(name).map(|value| value.trim().to_owned())
}

fn sample(kind: MailKind, locale: Locale) -> Mail {
    samples::all(locale).into_iter().find(|mail| mail.kind() == kind).unwrap()
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn envelope(kind: MailKind) -> Envelope {
    let date: DateTime<Utc> = "2026-03-12T09:00:00Z".parse().unwrap();
    Envelope {
        from: Sender { name: Some(Title::parse("Officina del Pilastro").unwrap()), address: email("ciao@convivio.example") },
        reply_to: Some(email("pilastro@example.org")),
        to_name: Some(PersonName::parse("Ada Rossi").unwrap()),
        to: email("ada@example.org"),
        message_id: message_id(b"key", Uuid::from_u128(1), "convivio.example"),
        thread: Vec::new(),
        date,
        kind,
        event: Some("tavoli-2026".parse().unwrap()),
        one_click: None,
    }
}

fn follow_up() -> Envelope {
    let token = "q8cUuJx1mZ0vY7kRr3nTtE5sWw2aBb4dFfGgHhJjKkMq8cUuJx1mZ0vY7kRr3nTtE5sWw2aBb4d";
    let url = format!("https://convivio.example/unsubscribe/{token}").parse().unwrap();
    Envelope { one_click: Some(url), ..envelope(MailKind::F1) }
}
