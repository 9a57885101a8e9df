//! `docs/letters.md` shows every mail as it is.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod samples;

use std::fmt::Write as _;
use std::path::Path;

use convivio_domain::Locale;
use convivio_mail::render;

/// What is above this line in the page is written by hand.
const FROM_HERE: &str = "<!-- From here on the page is written by a test: LETTERS=write cargo nextest run -p convivio-mail letters -->";

#[test]
fn the_page_of_letters_shows_every_mail_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/letters.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (by_hand, shown) = page.split_once(FROM_HERE).unwrap();
    let letters = letters();
    if std::env::var_os("LETTERS").is_some() {
        std::fs::write(&path, format!("{by_hand}{FROM_HERE}\n{letters}")).unwrap();
    } else {
        assert!(
            shown.trim() == letters.trim(),
            "docs/letters.md shows mails as they were; the line above them says how it is written anew"
        );
    }
}

fn letters() -> String {
    let mut page = String::new();
    for (english, italian) in samples::all(Locale::En).iter().zip(samples::all(Locale::It)) {
        write!(page, "\n## {}\n", english.kind()).unwrap();
        for (name, mail, locale) in [("English", english, Locale::En), ("Italiano", &italian, Locale::It)] {
            let said = render(mail, locale).unwrap();
            write!(page, "\n### {name}\n\n```text\n{}\n\n{}```\n", said.subject, said.text).unwrap();
        }
    }
    page
}
