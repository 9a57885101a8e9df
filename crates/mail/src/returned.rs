//! What comes back: delivery status notifications (RFC 3464) and abuse reports (RFC 5965), as relays and mail providers write them.
//!
//! Anybody can write such a mail. So it is taken apart flat, part by part, and of the mail that it returns nothing but the head is read: however
//! deep somebody nests one mail within another, nothing here goes down with it.

use convivio_domain::EmailAddress;
use convivio_domain::words::BounceKind;
use mail_parser::{ContentType, MessageParser, MimeHeaders};

/// What is told of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: BounceKind,
    /// As it stands in the mail, angle brackets and all.
    pub message_id: String,
    /// Whom it is about, by every name that is told. An abuse report names nobody: providers blot the address out.
    pub recipients: Vec<EmailAddress>,
    /// In the words of the server that refused it. It may name the reader: keep it out of logs.
    pub detail: Option<String>,
}

/// So many recipients of one notification are looked at. Our mails have one.
const MOST_RECIPIENTS: usize = 100;
/// So many characters are kept of what a server said.
const MOST_SAID: usize = 300;

/// What is kept of a server's words.
pub fn said_by_server(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(MOST_SAID).collect()
}

/// What the mail tells; nothing where all is well. `None` when it is no such report.
pub fn read_report(mail: &[u8]) -> Option<Vec<Notice>> {
    let (head, body) = head_and_body(mail);
    let head = MessageParser::default().parse_headers(head)?;
    let kind = head.content_type().filter(|kind| is(kind, "multipart", &["report"]))?;
    let parts = parts(body, kind.attribute("boundary")?);
    let of_type = |main: &str, subs: &[&str]| parts.iter().find_map(|part| text_of(part, main, subs));
    let notices: Vec<(BounceKind, Vec<EmailAddress>, Option<String>)> =
        if let Some(status) = of_type("message", &["delivery-status", "global-delivery-status"]) {
            groups(&status).iter().filter_map(bounce).collect()
        } else {
            let report = of_type("message", &["feedback-report"])?;
            groups(&report)
                .first()
                .filter(|fields| is_complaint(fields))
                .map(|_| (BounceKind::Complaint, Vec::new(), None))
                .into_iter()
                .collect()
        };
    let Some(message_id) = parts.iter().find_map(|part| returned_id(part)) else { return Some(Vec::new()) };
    let notice = |(kind, recipients, detail)| Notice { kind, message_id: message_id.clone(), recipients, detail };
    Some(notices.into_iter().map(notice).collect())
}

/// A Message-ID in its angle brackets, said with them or without; `None` where it can be none.
pub fn bracketed(id: &str) -> Option<String> {
    let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
    let is_plain = (1..=255).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then(|| format!("<{bare}>"))
}

/// What a group of a notification's fields tells of its recipient, where a mail came back.
fn bounce(fields: &Fields) -> Option<(BounceKind, Vec<EmailAddress>, Option<String>)> {
    // One that is delayed is still being tried, and the others have arrived.
    if !fields.get("Action")?.eq_ignore_ascii_case("failed") {
        return None;
    }
    let recipients: Vec<EmailAddress> =
        ["Final-Recipient", "Original-Recipient"].iter().filter_map(|name| address(fields.get(name)?)).collect();
    if recipients.is_empty() {
        return None;
    }
    let said = fields.get("Diagnostic-Code");
    let status = fields.get("Status").and_then(|status| status.split_whitespace().next());
    // Without a status, what the server answered begins with its reply code.
    let code =
        status.or_else(|| said?.split_once(';').map_or(said, |(_, words)| Some(words)).and_then(|words| words.split_whitespace().next()));
    let code = code.unwrap_or_default();
    // A full mailbox (x.2.2) may be emptied, whatever its server calls it.
    let is_gone = code.starts_with('5') && !code.ends_with(".2.2");
    let kind = if is_gone { BounceKind::Permanent } else { BounceKind::Temporary };
    let detail = said_by_server(&[status, said].into_iter().flatten().collect::<Vec<_>>().join(" "));
    Some((kind, recipients, Some(detail).filter(|detail| !detail.is_empty())))
}

/// A report may also say that something is no spam, or that a signature was not right.
fn is_complaint(fields: &Fields) -> bool {
    let kind = fields.get("Feedback-Type").unwrap_or_default().to_ascii_lowercase();
    ["abuse", "fraud", "opt-out", "opt-out-list", "other"].contains(&kind.as_str())
}

/// `rfc822; ada@example.org`.
fn address(field: &str) -> Option<EmailAddress> {
    let (kind, address) = field.split_once(';')?;
    let is_mail = ["rfc822", "utf-8"].iter().any(|one| kind.trim().eq_ignore_ascii_case(one));
    EmailAddress::parse(address.trim().trim_start_matches('<').trim_end_matches('>')).ok().filter(|_| is_mail)
}

/// The Message-ID of the mail that this part returns, in whole or its head alone.
fn returned_id(part: &[u8]) -> Option<String> {
    if let Some(head) = text_of(part, "text", &["rfc822-headers"]) {
        return Fields::of(head.as_bytes())?.get("Message-ID").and_then(bracketed);
    }
    let (declared, mail) = head_and_body(part);
    let declared = MessageParser::default().parse_headers(declared)?;
    declared.content_type().filter(|kind| is(kind, "message", &["rfc822", "global", "global-headers"]))?;
    Fields::of(head_and_body(mail).0)?.get("Message-ID").and_then(bracketed)
}

/// What a part of this type says, its encoding undone.
fn text_of(part: &[u8], main: &str, subs: &[&str]) -> Option<String> {
    let (declared, body) = head_and_body(part);
    let declared = MessageParser::default().parse_headers(declared)?;
    declared.content_type().filter(|kind| is(kind, main, subs))?;
    let named = declared.content_transfer_encoding().unwrap_or_default();
    let Some(encoding) = ["base64", "quoted-printable"].into_iter().find(|one| named.eq_ignore_ascii_case(one)) else {
        return Some(String::from_utf8_lossy(body).into_owned());
    };
    // Under a head of ours the parser finds nothing to go down into.
    let head = format!("Content-Type: application/octet-stream\nContent-Transfer-Encoding: {encoding}\n\n");
    let whole = [head.as_bytes(), body].concat();
    let decoded = MessageParser::default().parse(&whole)?;
    Some(String::from_utf8_lossy(decoded.parts.first()?.contents()).into_owned())
}

fn is(kind: &ContentType, main: &str, subs: &[&str]) -> bool {
    kind.ctype().eq_ignore_ascii_case(main) && kind.subtype().is_some_and(|sub| subs.iter().any(|one| sub.eq_ignore_ascii_case(one)))
}

/// The parts between the marks of a mail of several (RFC 2046).
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begun: Option<usize> = None;
    let mut at: usize = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let after = line.trim_ascii_end().strip_prefix(mark.as_bytes()).filter(|after| after.is_empty() || *after == b"--");
        if let Some(after) = after {
            parts.extend(begun.map(|begun| &body[begun..at]));
            begun = Some(at + line.len());
            if !after.is_empty() {
                return parts;
            }
        }
        at += line.len();
    }
    // One that was cut off has told what it told.
    parts.extend(begun.map(|begun| &body[begun..]));
    parts
}

/// Up to the empty line, and from there on. A line of spaces continues the head, as it does for the parser.
fn head_and_body(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line == b"\n" || line == b"\r\n" {
            return (&bytes[..at], &bytes[at + line.len()..]);
        }
        at += line.len();
    }
    (bytes, &[])
}

/// Fields in the form of a mail's head.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(head: &[u8]) -> Option<Self> {
        let mut whole = head.to_vec();
        // The parser takes no field for complete that ends with the text.
        whole.push(b'\n');
        let head = MessageParser::default().parse_headers(&whole)?;
        let unfolded = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self(head.headers_raw().map(|(name, value)| (name.to_owned(), unfolded(value))).collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The groups of fields with an empty line between them: the first is about the report, each further one about a recipient.
fn groups(text: &str) -> Vec<Fields> {
    let mut groups = Vec::new();
    let mut rest = text.as_bytes();
    while !rest.is_empty() && groups.len() <= MOST_RECIPIENTS {
        let (group, after) = head_and_body(rest);
        groups.extend(Fields::of(group));
        rest = after;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Postfix writes it: the mail returned in whole.
    const POSTFIX: &str = "From MAILER-DAEMON  Mon May 11 10:00:01 2026\n\
        Return-Path: <>\n\
        From: MAILER-DAEMON@relay.example (Mail Delivery System)\n\
        Subject: Undelivered Mail Returned to Sender\n\
        Auto-Submitted: auto-replied\n\
        MIME-Version: 1.0\n\
        Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"4XYZ.1778493601/relay.example\"\n\
        \n\
        This is a MIME-encapsulated message.\n\
        \n\
        --4XYZ.1778493601/relay.example\n\
        Content-Description: Notification\n\
        Content-Type: text/plain; charset=us-ascii\n\
        \n\
        I'm sorry to have to inform you that your message could not be delivered.\n\
        \n\
        --4XYZ.1778493601/relay.example\n\
        Content-Description: Delivery report\n\
        Content-Type: message/delivery-status\n\
        \n\
        Reporting-MTA: dns; relay.example\n\
        X-Postfix-Queue-ID: 4XYZ\n\
        Arrival-Date: Mon, 11 May 2026 10:00:00 +0200 (CEST)\n\
        \n\
        Final-Recipient: rfc822; Ada.Rossi@example.org\n\
        Original-Recipient: rfc822;ada.rossi@example.org\n\
        Action: failed\n\
        Status: 5.1.1\n\
        Remote-MTA: dns; mx.example.org\n\
        Diagnostic-Code: smtp; 550 5.1.1 <ada.rossi@example.org>: Recipient address\n    rejected: User unknown in virtual mailbox table\n\
        \n\
        --4XYZ.1778493601/relay.example\n\
        Content-Description: Undelivered Message\n\
        Content-Type: message/rfc822\n\
        \n\
        Return-Path: <events@tavola.example>\n\
        From: Tavola <events@tavola.example>\n\
        To: Ada Rossi <ada.rossi@example.org>\n\
        Message-ID: <mnbv0987@tavola.example>\n\
        Content-Type: text/plain\n\
        \n\
        Hello Ada\n\
        Message-ID: <not-this-one@tavola.example>\n\
        \n\
        --4XYZ.1778493601/relay.example--\n";

    fn changed(from: &str, to: &str) -> String {
        assert!(POSTFIX.contains(from), "{from}");
        POSTFIX.replace(from, to)
    }

    #[track_caller]
    fn only(mail: &str) -> Notice {
        let notices = read_report(mail.as_bytes()).expect("a report");
        let [notice] = notices.as_slice() else { panic!("{notices:?}") };
        notice.clone()
    }

    #[test]
    fn a_notification_tells_whose_mail_came_back_and_why() {
        for mail in [POSTFIX.to_owned(), POSTFIX.replace('\n', "\r\n")] {
            let notice = only(&mail);
            assert_eq!((notice.kind, notice.message_id.as_str()), (BounceKind::Permanent, "<mnbv0987@tavola.example>"));
            assert!(notice.recipients.iter().all(|one| one.normal() == "ada.rossi@example.org"), "{notice:?}");
            assert!(notice.detail.is_some_and(|detail| detail.starts_with("5.1.1 smtp; 550") && detail.ends_with("mailbox table")));
        }
    }

    #[test]
    fn the_head_of_the_mail_is_enough_and_may_end_anywhere() {
        let (before, _) = POSTFIX.split_once("Return-Path: <events@tavola.example>").expect("it is there");
        let head = before.replace("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers");
        assert_eq!(only(&format!("{head}Message-ID: <mnbv0987@tavola.example>")).message_id, "<mnbv0987@tavola.example>");
        let encoded = head.replace("text/rfc822-headers", "text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable");
        let encoded = format!("{encoded}Message-ID: <mnbv0987=40tavola.example>\n\n--4XYZ.1778493601/relay.example--\n");
        assert_eq!(only(&encoded).message_id, "<mnbv0987@tavola.example>");
    }

    #[test]
    fn what_may_be_over_tomorrow_is_told_from_what_is_for_good() {
        for status in ["4.4.1", "4.2.2", "5.2.2"] {
            assert_eq!(only(&changed("Status: 5.1.1", &format!("Status: {status}"))).kind, BounceKind::Temporary, "{status}");
        }
        assert_eq!(only(&changed("Status: 5.1.1\n", "")).kind, BounceKind::Permanent, "by the reply code");
        for action in ["delayed", "delivered", "relayed", "expanded"] {
            let notices = read_report(changed("Action: failed", &format!("Action: {action}")).as_bytes());
            assert_eq!(notices, Some(Vec::new()), "{action}");
        }
    }

    #[test]
    fn a_complaint_is_one_where_somebody_complains() {
        let report = |kind: &str| {
            format!(
                "From: <abuse@provider.example>\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\n\n--b\n\
                 Content-Type: text/plain\n\nThis is an email abuse report.\n--b\nContent-Type: message/feedback-report\n\n\
                 Feedback-Type: {kind}\nUser-Agent: Provider/1.0\nVersion: 1\nOriginal-Rcpt-To: <redacted@provider.example>\n\n--b\n\
                 Content-Type: message/rfc822\n\nMessage-ID: <mnbv0987@tavola.example>\n\nHello\n--b--\n"
            )
        };
        let notice = only(&report("abuse"));
        assert_eq!((notice.kind, notice.recipients.len()), (BounceKind::Complaint, 0));
        for kind in ["not-spam", "auth-failure"] {
            assert_eq!(read_report(report(kind).as_bytes()), Some(Vec::new()), "{kind}");
        }
    }

    #[test]
    fn what_is_no_report_is_not_taken_for_one() {
        for mail in ["", "\n", "Hello", "Subject: away\n\nBack on Monday", "Content-Type: multipart/report\n\n--\n", "\u{0}\u{1}\u{2}"] {
            assert_eq!(read_report(mail.as_bytes()), None, "{mail:?}");
        }
        assert_eq!(read_report(changed("multipart/report", "multipart/mixed").as_bytes()), None);
        // An address that would be another header, or several, is nobody's.
        for address in ["ada.rossi@example.org, eve@example.org", "ada.rossi@example.org%0aBcc: eve@example.org", "x400; ada@example.org"] {
            let mail = changed("rfc822; Ada.Rossi@example.org", &format!("rfc822; {address}")).replace("Original-Recipient", "X-Original");
            assert_eq!(read_report(mail.as_bytes()), Some(Vec::new()), "{address}");
        }
    }

    #[test]
    fn mails_within_mails_lead_nowhere() {
        let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
        let mail = changed("Message-ID: <mnbv0987@tavola.example>\n", "").replace("Hello Ada\n", &nested);
        assert_eq!(read_report(mail.as_bytes()), Some(Vec::new()), "the mail that it returns has no Message-ID");
        let hidden = changed("Content-Type: message/delivery-status\n", "Content-Type: message/delivery-status\nX-Odd: y\n \nX: z\n");
        assert_eq!(only(&hidden).kind, BounceKind::Permanent);
        assert_eq!(read_report(nested.as_bytes()), None);
        let digest = "Content-Type: multipart/report; boundary=b\n\n--b\n".repeat(50_000);
        assert_eq!(read_report(digest.as_bytes()), None);
    }
}
