//! Words of an organizer's own, in the place of shipped ones: the same shape, the same markup, the same variables.
//!
//! They are tried before they are kept ([`faults`]): on a sample with every fact there may be and on one with as few as there may be. What leaves
//! with a mail is rendered by [`render`].

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use convivio_domain::Locale;
use convivio_domain::words::MailKind;
use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, context};

use crate::Mail;
use crate::blocks::{self, Document};
use crate::meanings::meaning;
use crate::render::{self, BARE, Rendered};
use crate::samples::{bare, full};
use crate::tags::{Tag, tags};
use crate::templates::{source, template_of};

/// A subject and a text, as somebody wrote them.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    pub subject: &'a str,
    pub text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Subject,
    Text,
}

/// What is wrong with words, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub part: Part,
    pub line: Option<usize>,
    pub code: &'static str,
    pub detail: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for Fault {}

/// A fact that words may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As it is written: `event.title`.
    pub name: String,
    pub meaning: Option<&'static str>,
    /// Words without it are refused.
    pub required: bool,
}

/// Characters of what words become. What is written may have a third of it.
const LONGEST_SUBJECT: usize = 600;
const LONGEST_TEXT: usize = 30_000;

/// The shipped words, such that they can be changed and put back.
pub fn shipped(kind: MailKind, locale: Locale) -> (String, String) {
    let part = |name: &str| source(&format!("{name}/{locale}.txt")).expect("every mail has its words in every language");
    let whole = part(template_of(kind)).replace(&format!("{{% include \"event/{locale}.txt\" %}}"), part("event").trim_end());
    let (subject, text) = whole.split_once('\n').expect("the subject has a line of its own");
    (subject.to_owned(), text.trim().to_owned())
}

/// Says `mail` in these words.
pub fn render(mail: &Mail, locale: Locale, words: Words<'_>) -> Result<Rendered, Fault> {
    let (subject, document) = said(mail, locale, words)?;
    Ok(render::laid_out(mail, locale, subject, &document))
}

/// Everything that speaks against keeping these words for mails like `sample`; nothing when they will do.
pub fn faults(sample: &Mail, locale: Locale, words: Words<'_>) -> Vec<Fault> {
    let mut faults = refused_tags(words);
    if faults.is_empty() {
        faults = unknown_names(sample, words);
    }
    if faults.is_empty() {
        faults = [full(sample), bare(sample)].iter().find_map(|mail| fails(mail, locale, words)).unwrap_or_default();
    }
    faults
}

/// The facts that words for mails like `sample` may name.
pub fn variables(sample: &Mail, locale: Locale) -> Vec<Variable> {
    let facts = render::facts(sample);
    let mut required: BTreeSet<&str> = required_links(&full(sample), locale).into_values().collect();
    required.extend(must_say(sample).map(|(name, ..)| name));
    let mut names = BTreeSet::new();
    collect_names("", &facts, &mut names);
    names.into_iter().map(|name| Variable { meaning: meaning(&name), required: required.contains(name.as_str()), name }).collect()
}

/// Names of facts, those of a group with the group's name before them. What only goes into calendars is not for words.
fn collect_names(group: &str, facts: &Value, names: &mut BTreeSet<String>) {
    for key in facts.try_iter().into_iter().flatten() {
        let name = format!("{group}{key}");
        let value = facts.get_item(&key).unwrap_or_default();
        match value.kind() {
            _ if name.ends_with("appointment") => {}
            ValueKind::Map => collect_names(&format!("{name}."), &value, names),
            _ => {
                names.insert(name);
            }
        }
    }
}

const LINKS: [&str; 9] =
    ["confirm_link", "in_link", "again_link", "login_link", "profile_link", "prompt_link", "introductions_link", "guide_link", "stop_link"];

/// Of those, the ones that let nobody in.
const FOR_ANYBODY: [&str; 1] = ["again_link"];

/// The links that the shipped words have, by where they lead: who reads other words must be able to do as much.
fn required_links(mail: &Mail, locale: Locale) -> BTreeMap<String, &'static str> {
    let facts = render::facts(mail);
    let led: BTreeSet<String> =
        render::shipped(mail, locale).map(|(_, document)| document.links().map(ToString::to_string).collect()).unwrap_or_default();
    let link = |name: &&'static str| Some((facts.get_attr(name).ok()?.as_str()?.to_owned(), *name));
    LINKS.iter().filter_map(link).filter(|(link, _)| led.contains(link)).collect()
}

fn refused_tags(words: Words<'_>) -> Vec<Fault> {
    let refused = |part: Part, tag: &Tag<'_>| {
        let broken = tag.refused().map(|detail| ("broken_template", detail));
        let (code, detail) = broken.or_else(|| Some((MISPLACED, tag.misplaced(&LINKS)?)))?;
        Some(Fault { part, line: Some(tag.line), code, detail })
    };
    let in_subject = tags(words.subject).into_iter().filter_map(|tag| refused(Part::Subject, &tag));
    let in_text = tags(words.text).into_iter().filter_map(|tag| refused(Part::Text, &tag));
    in_subject.chain(in_text).collect()
}

/// Names of nothing, wherever they stand: a condition may hide them from every sample.
fn unknown_names(sample: &Mail, words: Words<'_>) -> Vec<Fault> {
    let facts = render::facts(sample);
    let mut faults = Vec::new();
    for (part, source) in [(Part::Subject, words.subject), (Part::Text, words.text)] {
        let template = match BARE.template_from_str(source) {
            Ok(template) => template,
            Err(err) => {
                faults.push(fault(part, &err));
                continue;
            }
        };
        let unknown: BTreeSet<String> = template.undeclared_variables(true).into_iter().filter(|name| !is_known(name, &facts)).collect();
        for name in unknown {
            let line = tags(source).iter().find(|tag| tag.words().contains(&name)).map(|tag| tag.line);
            faults.push(Fault { part, line, code: "unknown_variable", detail: format!("there is no {name} in this mail") });
        }
    }
    faults
}

/// Whether a name such as `event.title` leads somewhere; what is missing in the sample may lead anywhere.
fn is_known(name: &str, facts: &Value) -> bool {
    if name == "locale" {
        return true;
    }
    let mut value = facts.clone();
    for part in name.split('.') {
        if value.is_none() || value.kind() == ValueKind::Seq {
            return true;
        }
        value = value.get_attr(part).unwrap_or_default();
        if value.is_undefined() {
            return false;
        }
    }
    true
}

/// What is wrong when these words say this mail.
fn fails(mail: &Mail, locale: Locale, words: Words<'_>) -> Option<Vec<Fault>> {
    let document = match said(mail, locale, words) {
        Ok((_, document)) => document,
        Err(fault) => return Some(vec![fault]),
    };
    let led: BTreeSet<String> = document.links().map(ToString::to_string).collect();
    let mut missing = Vec::new();
    if let Some((name, value, what)) = must_say(mail)
        && !as_read(&document.to_text()).contains(&as_read(value))
    {
        missing.push(missing_variable(format!("must say {what}: {{{{ {name} }}}}")));
    }
    let links = required_links(mail, locale).into_iter().filter(|(link, _)| !led.contains(link));
    let asked = |name: &str| format!("must hold the link {name}, on a line of its own: [words]({{{{ {name} }}}})");
    missing.extend(links.map(|(_, name)| missing_variable(asked(name))));
    (!missing.is_empty()).then_some(missing)
}

/// What its words cannot leave out: the name, the value, and what that is.
fn must_say(mail: &Mail) -> Option<(&'static str, &str, &'static str)> {
    match mail {
        // Without it, it could be to anybody.
        Mail::FollowUp(mail) => Some(("prompt.opening", mail.prompt.opening.as_str(), "whom the reader met and what they share")),
        // Without it, nobody can write.
        Mail::Introduction(mail) => Some(("address", mail.address.as_str(), "the other's mail address")),
        _ => None,
    }
}

fn missing_variable(detail: String) -> Fault {
    Fault { part: Part::Text, line: None, code: "missing_variable", detail }
}

/// Line breaks are the layout's affair.
fn as_read(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(mail: &Mail, locale: Locale, words: Words<'_>) -> Result<(String, Document), Fault> {
    // Words may have been kept under milder rules.
    if let Some(refused) = refused_tags(words).into_iter().next() {
        return Err(refused);
    }
    let facts = render::facts(mail);
    let subject = filled(words.subject, &facts, locale, LONGEST_SUBJECT).map_err(|err| fault(Part::Subject, &err))?;
    let subject = blocks::one_line(&subject);
    if subject.is_empty() {
        return Err(Fault { part: Part::Subject, line: None, code: "too_short", detail: "says nothing".to_owned() });
    }
    let text = filled(words.text, &facts, locale, LONGEST_TEXT).map_err(|err| fault(Part::Text, &err))?;
    let document = Document::parse(&text).map_err(|err| Fault {
        part: Part::Text,
        line: line_like(words.text, err.line()),
        code: "broken_template",
        detail: err.to_string(),
    })?;
    if let Some(part) = gives_away(&facts, &subject, &document) {
        let detail = "a link that lets the reader in can only be followed, on a line of its own: [words](link)".to_owned();
        return Err(Fault { part, line: None, code: MISPLACED, detail });
    }
    Ok((subject, document))
}

const MISPLACED: &str = "misplaced_link";

/// Where a link that lets its reader in could be read: mail programs follow what looks like an address, wherever that leads.
fn gives_away(facts: &Value, subject: &str, document: &Document) -> Option<Part> {
    let lets_in = LINKS.iter().filter(|name| !FOR_ANYBODY.contains(name));
    let links: Vec<String> = lets_in.filter_map(|name| Some(facts.get_attr(name).ok()?.as_str()?.to_owned())).collect();
    let told = |text: &str| links.iter().any(|link| text.contains(link));
    if told(subject) {
        return Some(Part::Subject);
    }
    document.texts().any(told).then_some(Part::Text)
}

fn filled(source: &str, facts: &Value, locale: Locale, longest: usize) -> Result<String, Error> {
    let template = BARE.template_from_str(source)?;
    let mut said = Limited { said: Vec::new(), longest: longest * 4 };
    template.render_captured_to(context! { locale => locale.as_str(), ..facts.clone() }, &mut said)?;
    let said = String::from_utf8(said.said).expect("a template writes whole texts");
    if said.chars().count() > longest { Err(Error::new(ErrorKind::WriteFailure, "too long")) } else { Ok(said) }
}

/// Takes no more than so many bytes, and so ends whoever writes for ever.
struct Limited {
    said: Vec<u8>,
    longest: usize,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.said.len() + bytes.len() > self.longest {
            return Err(io::Error::other("too long"));
        }
        self.said.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn fault(part: Part, err: &Error) -> Fault {
    let (code, detail) = match err.kind() {
        ErrorKind::OutOfFuel => ("too_long", "this would take too long".to_owned()),
        ErrorKind::WriteFailure => ("too_long", "what comes of it is too long".to_owned()),
        ErrorKind::UndefinedError => {
            let what = err.detail().unwrap_or("something is named that is not always there");
            ("unknown_variable", format!("{what}; ask first: {{% if … is not none %}}"))
        }
        kind => ("broken_template", err.detail().map_or_else(|| kind.to_string(), str::to_owned)),
    };
    Fault { part, line: err.line(), code, detail }
}

/// The line of the source that most likely became this one: the one that begins most alike.
fn line_like(source: &str, said: &str) -> Option<usize> {
    let alike = |line: &str| line.chars().zip(said.chars()).take_while(|(a, b)| a == b).count();
    let scores = source.lines().map(|line| alike(line.trim_start())).enumerate();
    scores.filter(|(_, score)| *score > 0).max_by_key(|(at, score)| (*score, usize::MAX - at)).map(|(at, _)| at + 1)
}
