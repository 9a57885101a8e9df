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
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Give => "give",
            Self::Touch => "touch",
            Self::Step => "step",
            Self::Ask => "ask",
        }
    }
}

/// Everything of one kind, in the order in which it is suggested.
pub fn of(kind: Kind, name: &str, locale: Locale) -> Vec<Gift> {
    entries(kind).iter().map(|entry| entry.gift(kind, name, locale)).collect()
}

/// One of them, by its code.
pub(crate) fn one(kind: Kind, code: &str, name: &str, locale: Locale) -> Gift {
    entry(kind, code).gift(kind, name, locale)
}

/// What it is called.
pub fn label(kind: Kind, code: &str, locale: Locale) -> String {
    read(&entry(kind, code).label, locale).to_owned()
}

/// Whether a kind, by its word, has this code.
pub fn is_known(kind: &str, code: &str) -> bool {
    let kinds = [Kind::Give, Kind::Touch, Kind::Step, Kind::Ask];
    kinds.into_iter().any(|one| one.as_str() == kind && entries(one).iter().any(|entry| entry.code == code))
}

fn entries(kind: Kind) -> &'static [Entry] {
    match kind {
        Kind::Give => &GIFTS.give,
        Kind::Touch => &GIFTS.touch,
        Kind::Step => &GIFTS.step,
        Kind::Ask => &GIFTS.ask,
    }
}

fn entry(kind: Kind, code: &str) -> &'static Entry {
    entries(kind).iter().find(|entry| entry.code == code).expect("a test finds words for every code there is")
}

impl Entry {
    fn gift(&'static self, kind: Kind, name: &str, locale: Locale) -> Gift {
        let text = fill(read(&self.text, locale), &[("name", name)]).expect("a test fills every gift in every language");
        Gift { kind, code: &self.code, label: read(&self.label, locale).to_owned(), text }
    }
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
    use convivio_domain::words::{Ask, Give, SharedStep, Touch};

    use super::*;

    #[test]
    fn sr_33_every_kind_of_giving_has_words_in_every_language() {
        let expected: [(Kind, Vec<&str>); 4] = [
            (Kind::Give, Give::ALL.iter().map(|one| one.as_str()).collect()),
            (Kind::Touch, Touch::ALL.iter().map(|one| one.as_str()).collect()),
            (Kind::Step, SharedStep::ALL.iter().map(|one| one.as_str()).collect()),
            (Kind::Ask, Ask::ALL.iter().map(|one| one.as_str()).collect()),
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
