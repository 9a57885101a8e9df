//! What one person can do for another in five minutes, in words: gives, light touches, shared steps and asks.

use std::sync::LazyLock;

use convivio_domain::{Locale, Localized};
use serde::{Deserialize, Serialize};

use crate::copy::{fill, read};

/// In the order of what they ask of a relation: an ask comes after something was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Give,
    Touch,
    Step,
    Ask,
}

/// Something to do for one person. An action's `type` is its kind and code: `give_resource`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gift {
    pub kind: Kind,
    pub code: &'static str,
    pub label: String,
    /// One sentence to the reader, which names the other person.
    pub text: String,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Give, Self::Touch, Self::Step, Self::Ask];
}

/// Everything of one kind, in the order in which it is suggested.
pub fn of(kind: Kind, name: &str, locale: Locale) -> Vec<Gift> {
    let entries = match kind {
        Kind::Give => &GIFTS.give,
        Kind::Touch => &GIFTS.touch,
        Kind::Step => &GIFTS.step,
        Kind::Ask => &GIFTS.ask,
    };
    let text = |entry: &Entry| fill(read(&entry.text, locale), &[("name", name)]).expect("a test fills every gift in every language");
    let gift = |entry: &'static Entry| Gift { kind, code: &entry.code, label: read(&entry.label, locale).to_owned(), text: text(entry) };
    entries.iter().map(gift).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gifts {
    give: Vec<Entry>,
    touch: Vec<Entry>,
    step: Vec<Entry>,
    ask: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    label: Localized<String>,
    text: Localized<String>,
}

static GIFTS: LazyLock<Gifts> =
    LazyLock::new(|| toml::from_str(include_str!("../data/gifts.toml")).expect("a test reads the shipped gifts"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_33_every_kind_of_giving_has_words_in_every_language() {
        let expected: [(Kind, &[&str]); 4] = [
            (Kind::Give, &["resource", "feedback", "support", "introduction", "time", "thanks"]),
            (Kind::Touch, &["comment", "article", "question"]),
            (Kind::Step, &["coffee", "lunch", "walk", "call", "event", "project"]),
            (Kind::Ask, &["advice", "feedback", "introduction", "collaboration"]),
        ];
        for (kind, codes) in expected {
            for &locale in Locale::ALL {
                let gifts = of(kind, "Noor", locale);
                assert_eq!(gifts.iter().map(|gift| gift.code).collect::<Vec<_>>(), codes);
            }
        }
        let all = [&GIFTS.give, &GIFTS.touch, &GIFTS.step, &GIFTS.ask].into_iter().flatten();
        assert!(all.into_iter().all(|entry| entry.label.missing().chain(entry.text.missing()).count() == 0));
    }
}
