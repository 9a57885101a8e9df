//! One source, two looks: a rendered template becomes blocks, and blocks become the text part or the page.
//!
//! The source is plain lines, and a blank line ends a block:
//!
//! ```text
//! # A headline
//! A paragraph, which may go on
//! over lines of the template, or end one with a backslash \
//! to begin another.
//! | When: Thursday 12 March 2026, 19:00
//! - a list item
//! > a quotation
//! [The words on a button](https://…)
//! ---
//! after this line everything is small print
//! ```
//!
//! These signs work only where the template's author wrote them. What comes from people arrives between marks ([`mark`]) that no value can
//! hold, with its line ends replaced, so that a name can be neither a headline nor a button.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use url::Url;

const START: char = '\u{2}';
const END: char = '\u{3}';
const LINE_END: char = '\u{1}';

/// A value as it goes into the source: unable to be anything but text.
pub(crate) fn mark(value: &str) -> Marked<'_> {
    Marked(value)
}

pub(crate) struct Marked<'a>(&'a str);

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(START)?;
        let mut rest = self.0;
        while let Some(at) = rest.find(char::is_control) {
            f.write_str(&rest[..at])?;
            let mut after = rest[at..].chars();
            match after.next() {
                Some('\n') => f.write_char(LINE_END)?,
                Some('\t') => f.write_char(' ')?,
                // A carriage return among them, so that "\r\n" is one line end.
                _ => {}
            }
            rest = after.as_str();
        }
        f.write_str(rest)?;
        f.write_char(END)
    }
}

/// Text without marks, its line ends restored.
fn unmark(source: &str) -> String {
    without_marks(source, "\n")
}

/// What is left of a source that has to be one line: a subject.
pub(crate) fn one_line(source: &str) -> String {
    // lettre leaves what looks like an encoded word as it is, and the reader's program decodes it into whatever it hides.
    without_marks(source, " ").trim().replace("=?", "= ?")
}

fn without_marks(source: &str, line_end: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.bytes().position(|byte| matches!(char::from(byte), START | END | LINE_END)) {
        text.push_str(&rest[..at]);
        if rest[at..].starts_with(LINE_END) {
            text.push_str(line_end);
        }
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
    text
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) body: Vec<Block>,
    /// Why the reader gets this, and how to stop it.
    pub(crate) small_print: Vec<Block>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Headline { text: String },
    Paragraph { lines: Vec<String> },
    Facts { rows: Vec<Fact> },
    List { items: Vec<String> },
    Quote { paragraphs: Vec<Vec<String>> },
    Link { label: String, url: Url },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BlockError {
    #[error("a link must be [words](address), an address of http or a variable alone: {0}")]
    Link(String),
    #[error("a row must be | label: value, but is: {0}")]
    Fact(String),
}

impl BlockError {
    /// The line that is wrong.
    pub(crate) fn line(&self) -> &str {
        let (Self::Link(line) | Self::Fact(line)) = self;
        line
    }
}

impl Document {
    pub(crate) fn parse(source: &str) -> Result<Self, BlockError> {
        let mut document = Self::default();
        let mut in_small_print = false;
        // Whether the next line may go on with the block before it.
        let mut open = false;
        let source = match source.contains("\\\n") {
            true => Cow::Owned(source.replace("\\\n", "\u{1}")),
            false => Cow::Borrowed(source),
        };
        for line in source.lines().map(str::trim_end) {
            let blocks = if in_small_print { &mut document.small_print } else { &mut document.body };
            if line == "---" {
                in_small_print = true;
                open = false;
            } else if line.is_empty() {
                open = false;
            } else {
                let block = Block::parse(line)?;
                match blocks.last_mut().filter(|_| open) {
                    Some(last) => {
                        if let Some(separate) = last.absorb(block) {
                            blocks.push(separate);
                        }
                    }
                    None => blocks.push(block),
                }
                open = true;
            }
        }
        Ok(document)
    }

    /// Where its buttons and links lead.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Url> {
        self.body.iter().chain(&self.small_print).filter_map(|block| match block {
            Block::Link { url, .. } => Some(url),
            _ => None,
        })
    }

    /// What is read in it: everything but where its links lead.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.body.iter().chain(&self.small_print).flat_map(Block::texts)
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::with_capacity(USUAL);
        join(&mut text, &self.body, "\n\n", |text, block| block.say(text));
        if !self.small_print.is_empty() {
            text.push_str("\n\n* * *\n\n");
            join(&mut text, &self.small_print, "\n\n", |text, block| block.say(text));
        }
        text.push('\n');
        text
    }
}

/// Bytes of a text that is not too long.
const USUAL: usize = 2000;

impl Block {
    fn parse(line: &str) -> Result<Self, BlockError> {
        if let Some(text) = line.strip_prefix("# ") {
            return Ok(Self::Headline { text: one_line(text) });
        }
        if let Some(row) = line.strip_prefix("| ") {
            let (label, value) = split_outside_values(row, ": ").ok_or_else(|| BlockError::Fact(unmark(line)))?;
            return Ok(Self::Facts { rows: vec![Fact { label: one_line(label), value: one_line(value) }] });
        }
        if let Some(item) = line.strip_prefix("- ") {
            return Ok(Self::List { items: vec![one_line(item)] });
        }
        if let Some(text) = line.strip_prefix("> ") {
            let paragraphs = unmark(text).split("\n\n").map(lines).filter(|lines| !lines.is_empty()).collect();
            return Ok(Self::Quote { paragraphs });
        }
        if line.starts_with('[') {
            return Self::parse_link(line).ok_or_else(|| BlockError::Link(unmark(line)));
        }
        Ok(Self::Paragraph { lines: lines(&unmark(line)) })
    }

    fn parse_link(line: &str) -> Option<Self> {
        let (label, url) = split_outside_values(line.strip_prefix('[')?, "](")?;
        let url = Url::parse(&unmark(address(url.strip_suffix(')')?)?)).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| Self::Link { label: one_line(label), url })
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Headline { text } | Self::Link { label: text, .. } => vec![text.as_str()],
            Self::Paragraph { lines } | Self::List { items: lines } => lines.iter().map(String::as_str).collect(),
            Self::Facts { rows } => rows.iter().flat_map(|row| [row.label.as_str(), row.value.as_str()]).collect(),
            Self::Quote { paragraphs } => paragraphs.iter().flatten().map(String::as_str).collect(),
        }
    }

    /// Takes in the block of the next line, or gives it back when it stands for itself.
    fn absorb(&mut self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::Paragraph { lines }, Self::Paragraph { lines: more }) => {
                let mut more = more.into_iter();
                if let (Some(last), Some(first)) = (lines.last_mut(), more.next()) {
                    last.push(' ');
                    last.push_str(&first);
                }
                lines.extend(more);
            }
            (Self::Facts { rows }, Self::Facts { rows: more }) => rows.extend(more),
            (Self::List { items }, Self::List { items: more }) => items.extend(more),
            (_, separate) => return Some(separate),
        }
        None
    }

    fn say(&self, text: &mut String) {
        match self {
            Self::Headline { text: headline } => text.push_str(headline),
            Self::Paragraph { lines } => join(text, lines, "\n", |text, line| text.push_str(line)),
            Self::Facts { rows } => join(text, rows, "\n", |text, row| text.extend([row.label.as_str(), ": ", row.value.as_str()])),
            Self::List { items } => join(text, items, "\n", |text, item| text.extend(["- ", item.as_str()])),
            // Indented, not "> ": mail programs fold away what looks like an earlier mail.
            Self::Quote { paragraphs } => join(text, paragraphs, "\n\n", |text, lines| {
                join(text, lines, "\n", |text, line| text.extend(["  ", line.as_str()]));
            }),
            Self::Link { label, url } => text.extend([label.as_str(), ":\n", url.as_str()]),
        }
    }
}

/// Says one item after the other, with something in between.
fn join<T>(text: &mut String, items: &[T], between: &str, say: impl Fn(&mut String, &T)) {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            text.push_str(between);
        }
        say(text, item);
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// An address as the template's author wrote it, or one value and nothing else: what a value says is carried to no place that the author chose.
fn address(source: &str) -> Option<&str> {
    match source.strip_prefix(START) {
        Some(value) => value.strip_suffix(END).filter(|value| !value.contains(START)),
        None => (!source.contains(START)).then_some(source),
    }
}

/// Splits at the first `separator` that the template's author wrote.
fn split_outside_values<'a>(source: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let mut inside = false;
    for (at, c) in source.char_indices() {
        match c {
            START => inside = true,
            END => inside = false,
            _ if !inside && source[at..].starts_with(separator) => return Some((&source[..at], &source[at + separator.len()..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Block {
        Block::Paragraph { lines: vec![text.to_owned()] }
    }

    #[test]
    fn blocks_are_read_as_written() {
        let source = "# Hi\none\ntwo\\\nthree\n\n| When: now\n| Where: here\n[Go](https://example.org/x)\n- a\n- b\n---\nsmall";
        let document = Document::parse(source).expect("a document");
        assert_eq!(document.small_print, [paragraph("small")]);
        assert_eq!(
            document.to_text(),
            "Hi\n\none two\nthree\n\nWhen: now\nWhere: here\n\nGo:\nhttps://example.org/x\n\n- a\n- b\n\n* * *\n\nsmall\n"
        );
    }

    #[test]
    fn of_a_value_only_its_text_is_left() {
        assert_eq!(mark("a\r\nb\tc\u{2}\u{3}\u{85}è").to_string(), "\u{2}a\u{1}b cè\u{3}");
        assert_eq!(mark("").to_string(), "\u{2}\u{3}");
        assert_eq!(one_line(&format!(" =?{} {}", mark("è\nb"), mark("=?"))), "= ?è b = ?");
        assert_eq!(unmark(&format!("x{}", mark("è\n\nb"))), "xè\n\nb");
    }

    #[test]
    fn what_people_write_is_never_markup() {
        for hostile in ["# headline", "- item", "> quote", "| a: b", "[x](https://evil.example/)", "---", "\u{2}\u{3}# x"] {
            let document = Document::parse(&format!("{}\n{}", mark(hostile), mark("\n\n---\n# two"))).expect(hostile);
            assert!(matches!(document.body.as_slice(), [Block::Paragraph { .. }]), "{document:?}");
            assert_eq!(document.small_print, []);
        }
        let row = Document::parse(&format!("| {}: {}", mark("a: b"), mark("c](d"))).expect("a row");
        assert_eq!(row.body, [Block::Facts { rows: vec![Fact { label: "a: b".into(), value: "c](d".into() }] }]);
    }

    #[test]
    fn a_link_leads_to_the_web() {
        for address in ["javascript:alert(1)", "data:text/html,x", "/relative", ""] {
            Document::parse(&format!("[x]({})", mark(address))).expect_err(address);
        }
    }

    #[test]
    fn an_address_is_written_or_is_a_value_but_not_both() {
        let secret = mark("https://example.org/in/t0ken");
        for astray in [
            format!("https://evil.example/?{secret}"),
            format!("{secret}/more"),
            format!("{secret}{secret}"),
            format!("https://evil.example/?]({secret}"),
        ] {
            Document::parse(&format!("[x]({astray})")).expect_err(&astray);
        }
        let document = Document::parse(&format!("[x]({secret})\n[{}](https://example.org/)\n| a: b\n> c", mark("d"))).expect("a document");
        assert_eq!(document.links().map(Url::as_str).collect::<Vec<_>>(), ["https://example.org/in/t0ken", "https://example.org/"]);
        assert_eq!(document.texts().collect::<Vec<_>>(), ["x", "d", "a", "b", "c"]);
    }

    #[test]
    fn a_quotation_keeps_lines_and_paragraphs() {
        let document = Document::parse(&format!("> {}", mark("one\ntwo\n\nthree"))).expect("a quotation");
        assert_eq!(document.body, [Block::Quote { paragraphs: vec![vec!["one".into(), "two".into()], vec!["three".into()]] }]);
    }
}
