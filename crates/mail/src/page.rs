//! The one shared look: a document becomes a page.
//!
//! `templates/layout.html` holds the page in parts, which are cut once. A mail copies them with its values in between. It is no template of the engine
//! that the words have, because that one took longer over the page than over all else there is to a mail.

use std::sync::LazyLock;

use convivio_domain::Locale;

use crate::blocks::{Block, Document};
use crate::templates::LAYOUT;

/// The page of a mail. Whatever a value holds, it is text there.
pub(crate) fn page(locale: Locale, subject: &str, letterhead: &str, document: &Document) -> String {
    let look = &*LOOK;
    let mut page = Page(String::with_capacity(USUAL));
    page.say(&look.top, &[locale.as_str(), subject, letterhead]);
    for block in &document.body {
        page.say_block(look, block);
    }
    page.say(&look.small_print, &[]);
    for block in &document.small_print {
        match block {
            Block::Link { label, url } => page.say(&look.small_link, &[url.as_str(), label.as_str()]),
            Block::Paragraph { lines } => page.say_lines(&look.small_paragraph, lines),
            other => page.say_lines(&look.small_paragraph, &other.texts()),
        }
    }
    page.say(&look.bottom, &[]);
    page.0.truncate(page.0.trim_end().len());
    page.0
}

/// Bytes of a page that is not too long.
const USUAL: usize = 10_000;

struct Page(String);

impl Page {
    fn say_block(&mut self, look: &Look, block: &Block) {
        match block {
            Block::Headline { text } => self.say(&look.headline, &[text.as_str()]),
            Block::Paragraph { lines } => self.say_lines(&look.paragraph, lines),
            Block::Facts { rows } => {
                self.say(&look.facts, &[]);
                for row in rows {
                    self.say(&look.fact, &[row.label.as_str(), row.value.as_str()]);
                }
                self.say(&look.facts_end, &[]);
            }
            Block::List { items } => {
                self.say(&look.list, &[]);
                for item in items {
                    self.say(&look.item, &[item.as_str()]);
                }
                self.say(&look.list_end, &[]);
            }
            Block::Quote { paragraphs } => {
                self.say(&look.quote, &[]);
                for (at, lines) in paragraphs.iter().enumerate() {
                    let is_last = at + 1 == paragraphs.len();
                    self.say_lines(if is_last { &look.last_quotation } else { &look.quotation }, lines);
                }
                self.say(&look.quote_end, &[]);
            }
            Block::Link { label, url } => self.say(&look.link, &[url.as_str(), label.as_str()]),
        }
    }

    /// A part with a value for each of its places.
    fn say(&mut self, part: &Part, values: &[&str]) {
        for (at, piece) in part.0.iter().enumerate() {
            if at > 0 {
                self.escaped(values[at - 1]);
            }
            self.0.push_str(piece);
        }
    }

    /// A part whose one place has several lines.
    fn say_lines(&mut self, part: &Part, lines: &[impl AsRef<str>]) {
        for (at, piece) in part.0.iter().enumerate() {
            if at > 0 {
                for (number, line) in lines.iter().enumerate() {
                    self.0.push_str(if number > 0 { "<br>" } else { "" });
                    self.escaped(line.as_ref());
                }
            }
            self.0.push_str(piece);
        }
    }

    fn escaped(&mut self, value: &str) {
        let mut rest = value;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            });
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
    }
}

/// What stands before, between and after the places of a part.
struct Part(Vec<String>);

struct Look {
    top: Part,
    headline: Part,
    paragraph: Part,
    facts: Part,
    fact: Part,
    facts_end: Part,
    list: Part,
    item: Part,
    list_end: Part,
    quote: Part,
    quotation: Part,
    last_quotation: Part,
    quote_end: Part,
    link: Part,
    small_print: Part,
    small_link: Part,
    small_paragraph: Part,
    bottom: Part,
}

static LOOK: LazyLock<Look> = LazyLock::new(|| Look {
    top: part("top", &["locale", "subject", "letterhead"]),
    headline: part("headline", &["text"]),
    paragraph: part("paragraph", &["lines"]),
    facts: part("facts", &[]),
    fact: part("fact", &["label", "value"]),
    facts_end: part("facts_end", &[]),
    list: part("list", &[]),
    item: part("item", &["item"]),
    list_end: part("list_end", &[]),
    quote: part("quote", &[]),
    quotation: part("quotation", &["lines"]),
    last_quotation: part("last_quotation", &["lines"]),
    quote_end: part("quote_end", &[]),
    link: part("link", &["url", "label"]),
    small_print: part("small_print", &[]),
    small_link: part("small_link", &["url", "label"]),
    small_paragraph: part("small_paragraph", &["lines"]),
    bottom: part("bottom", &[]),
});

/// A part of the layout, cut at its places, which stand in this order.
fn part(name: &str, places: &[&str]) -> Part {
    let whole = source(name).replace("{{ serif }}", source("serif").trim_end()).replace("{{ sans }}", source("sans").trim_end());
    let mut pieces = Vec::with_capacity(places.len() + 1);
    let mut rest = whole.as_str();
    for place in places {
        let (before, after) = rest.split_once(&format!("{{{{ {place} }}}}")).expect("every part is cut by a test");
        pieces.push(before.to_owned());
        rest = after;
    }
    pieces.push(rest.to_owned());
    Part(pieces)
}

fn source(name: &str) -> &'static str {
    let (_, after) = LAYOUT.split_once(&format!("<!-- part: {name} -->\n")).expect("every part is found by a test");
    after.split_once("<!-- part: ").map_or(after, |(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_markup_and_no_place_is_left_open() {
        let hostile = "<script>alert(\"1\" & '2')</script>";
        let safe = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";
        let source = format!(
            "# {0}\n{0}\n\n| {0}: {0}\n- {0}\n> {0}\n[{0}](https://example.org/?a=1&b=2)\n---\n{0}\n- {0}\n[{0}](https://example.org/)",
            crate::blocks::mark(hostile)
        );
        let document = Document::parse(&source).expect("a document");
        let page = page(Locale::En, hostile, hostile, &document);
        assert!(!page.contains("<script") && !page.contains("{{") && !page.contains("part:"), "{page}");
        assert_eq!(page.matches(safe).count(), 12, "{page}");
        assert!(page.contains("href=\"https://example.org/?a=1&amp;b=2\""), "{page}");
        assert!(page.starts_with("<!DOCTYPE html>\n") && page.ends_with("</html>"), "{page}");
    }

    #[test]
    fn lines_and_paragraphs_are_kept_apart() {
        let document = Document::parse("> a\u{1}b\u{1}\u{1}c\n\none\\\ntwo").expect("a document");
        let page = page(Locale::It, "x", "x", &document);
        assert!(page.contains(">a<br>b</p>\n") && page.contains(">one<br>two</p>\n"), "{page}");
        assert_eq!((page.matches("margin: 0 0 12px").count(), page.matches("margin: 0 0 0px").count()), (1, 1), "{page}");
    }
}
