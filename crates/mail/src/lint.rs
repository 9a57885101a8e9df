//! What an organizer is told about words of their own that will do, and could be better. Nothing here refuses anything.

use std::sync::LazyLock;

use convivio_domain::Locale;
use serde::Deserialize;

use crate::Mail;
use crate::own::{self, Words};
use crate::tags::tags;

/// Something that could be better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    pub detail: String,
    /// Of the text; the subject has no lines.
    pub line: Option<usize>,
}

/// Longer than this, a mail is put off.
const WORDS: usize = 150;

/// What could be better in words for mails like `sample`.
pub fn lint(sample: &Mail, locale: Locale, words: Words<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let phrases = match locale {
        Locale::En => &PHRASES.en,
        Locale::It => &PHRASES.it,
    };
    for (code, known, why) in [
        ("generic_phrase", &phrases.generic, "anybody could have written this to anybody"),
        ("sales_language", &phrases.sales, "this sells, and people came for each other"),
    ] {
        let in_subject = found(words.subject, known).into_iter().map(|(phrase, _)| (phrase, None));
        let in_text = found(words.text, known).into_iter().map(|(phrase, line)| (phrase, Some(line)));
        warnings.extend(in_subject.chain(in_text).map(|(phrase, line)| Warning { code, detail: format!("“{phrase}”: {why}"), line }));
    }
    if sample.kind().is_follow_up() && !tags(words.text).iter().any(|tag| tag.words().iter().any(|word| word == "reader")) {
        let detail = "it greets nobody by name: {{ reader | first_name }}".to_owned();
        warnings.push(Warning { code: "no_name", detail, line: None });
    }
    if let Ok(said) = own::render(sample, locale, words) {
        let letter = said.text.split("\n* * *\n").next().unwrap_or_default();
        let long = letter.split_whitespace().filter(|word| !word.starts_with("http")).count();
        if long > WORDS {
            let detail = format!("it has {long} words; about {WORDS} are read");
            warnings.push(Warning { code: "too_many_words", detail, line: None });
        }
    }
    warnings
}

#[derive(Deserialize)]
struct Phrases {
    en: Known,
    it: Known,
}

#[derive(Deserialize)]
struct Known {
    generic: Vec<String>,
    sales: Vec<String>,
}

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| toml::from_str(include_str!("../data/lint.toml")).expect("a test reads the shipped phrases"));

/// Each known phrase that is there as whole words, with its line.
fn found<'a>(text: &str, known: &'a [String]) -> Vec<(&'a str, usize)> {
    let (plain, lines) = plain(text);
    let stands_alone = |start: usize, end: usize| {
        let beside = [plain[..start].chars().next_back(), plain[end..].chars().next()];
        !beside.into_iter().flatten().any(char::is_alphanumeric)
    };
    let mut found = Vec::new();
    for phrase in known {
        let mut places = plain.match_indices(phrase.as_str()).map(|(at, _)| at);
        if let Some(at) = places.find(|at| stands_alone(*at, at + phrase.len())) {
            found.push((phrase.as_str(), lines[at]));
        }
    }
    found.sort_by_key(|(_, line)| *line);
    found
}

/// The text in small letters with one blank between words and straight apostrophes, and the line of each of its bytes.
fn plain(text: &str) -> (String, Vec<usize>) {
    let (mut plain, mut lines, mut line) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()), 1);
    for c in text.chars() {
        let as_read = match c {
            '’' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if as_read != ' ' || !plain.ends_with(' ') {
            for small in as_read.to_lowercase() {
                plain.push(small);
                lines.resize(plain.len(), line);
            }
        }
        if c == '\n' {
            line += 1;
        }
    }
    (plain, lines)
}
