//! The mails that left, read as their readers would.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};

use super::smtp::Received;

/// One mail, parsed.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub kind: String,
    pub event: Option<String>,
    pub subject: String,
    pub message_id: String,
    pub text: String,
    pub html: String,
    /// The `text/calendar` part.
    pub calendar: Option<String>,
    headers: Vec<(String, String)>,
    raw: Vec<u8>,
}

/// Mails in the order in which they left.
#[derive(Clone, Debug)]
pub struct Mails(pub Vec<Mail>);

impl Mails {
    pub fn in_folder(folder: &Path) -> Mails {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Mails(Vec::new());
        };
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
        files.sort();
        Mails(files.iter().map(|file| Mail::parse(std::fs::read(file).unwrap())).collect())
    }

    pub fn received(received: &[Received]) -> Mails {
        let mails = received.iter().map(|one| Mail { to: one.recipient.clone(), ..Mail::parse(one.data.clone()) });
        Mails(mails.collect())
    }

    pub fn to(&self, address: &str) -> Mails {
        self.only_those(|mail| mail.to.eq_ignore_ascii_case(address))
    }

    pub fn kind(&self, kind: &str) -> Mails {
        self.only_those(|mail| mail.kind == kind)
    }

    pub fn about(&self, event: &str) -> Mails {
        self.only_those(|mail| mail.event.as_deref() == Some(event))
    }

    pub fn only_those(&self, wanted: impl Fn(&Mail) -> bool) -> Mails {
        Mails(self.0.iter().filter(|mail| wanted(mail)).cloned().collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one mail that is here.
    #[track_caller]
    pub fn only(&self) -> &Mail {
        let [mail] = self.0.as_slice() else { panic!("one mail was expected, here are {:?}", self.outline()) };
        mail
    }

    /// Kind and reader of each, for messages of failed assertions and for comparing.
    pub fn outline(&self) -> Vec<String> {
        self.0.iter().map(|mail| format!("{} to {}", mail.kind, mail.to)).collect()
    }
}

impl Mail {
    fn parse(raw: Vec<u8>) -> Mail {
        let message = MessageParser::default().parse(&raw).expect("a mail that left can be parsed");
        let headers: Vec<(String, String)> = message.headers_raw().map(|(name, value)| (name.to_owned(), unfolded(value))).collect();
        let header = |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone());
        let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
        Mail {
            to: to.to_owned(),
            kind: header("X-Convivio-Kind").unwrap_or_default(),
            event: header("X-Convivio-Event"),
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            text: text_part(&message, "plain").unwrap_or_default(),
            html: text_part(&message, "html").unwrap_or_default(),
            calendar: text_part(&message, "calendar"),
            headers,
            raw: raw.clone(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The link that stands alone on a line and leads to `place`, such as `confirm`: its path.
    #[track_caller]
    pub fn link(&self, place: &str) -> String {
        self.find_link(place).unwrap_or_else(|| panic!("no line with a link to /{place}/ in:\n{}", self.text))
    }

    pub fn find_link(&self, place: &str) -> Option<String> {
        let start = format!("/{place}/");
        self.text.lines().map(str::trim).filter(|line| line.starts_with("http")).map(path_of).find(|path| path.starts_with(&start))
    }

    /// The token of that link: the last segment of its path.
    #[track_caller]
    pub fn token(&self, place: &str) -> String {
        self.link(place).rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The path of the address a mail client posts to for leaving with one click.
    #[track_caller]
    pub fn one_click_path(&self) -> String {
        let header = self.header("List-Unsubscribe").expect("the mail has List-Unsubscribe");
        let address = header.split(',').map(|one| one.trim().trim_matches(['<', '>'])).find(|one| one.starts_with("http"));
        path_of(address.expect("List-Unsubscribe has a web address"))
    }

    /// Equal for two copies that differ in nothing a reader could see.
    pub fn body_hash(&self) -> u64 {
        let end_of_head = self.raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(0);
        let mut hasher = DefaultHasher::new();
        self.raw[end_of_head..].hash(&mut hasher);
        hasher.finish()
    }

    /// Whether each of these words is in the text part and in the HTML part.
    pub fn says(&self, words: &str) -> bool {
        spaces_folded(&self.text).contains(words) && spaces_folded(&self.html).contains(words)
    }

    /// Whether these words are anywhere a reader could find them.
    pub fn mentions(&self, words: &str) -> bool {
        self.subject.contains(words) || spaces_folded(&self.text).contains(words) || spaces_folded(&self.html).contains(words)
    }
}

fn text_part(message: &Message, subtype: &str) -> Option<String> {
    let is_it = |part: &&MessagePart| part.content_type().is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some(subtype));
    message.parts.iter().find(is_it).map(|part| String::from_utf8_lossy(part.contents()).into_owned())
}

fn path_of(address: &str) -> String {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |start| &after_scheme[start..]);
    path.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn unfolded(value: &str) -> String {
    value.replace("\r\n", "").replace(['\n', '\t'], " ").trim().to_owned()
}

/// Line breaks are the layout's affair.
fn spaces_folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
