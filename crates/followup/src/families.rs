//! What people who love the same do together, and what one of them can give the other, by the family of the passion.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use convivio_domain::prompt::SharedPassion;
use convivio_domain::words::{Give, SharedStep};
use convivio_domain::{Locale, Localized, NO_FAMILY, catalogue};
use serde::Deserialize;

use crate::copy::{fill, read};
use crate::gifts::{Gift, Kind, label};
use crate::phrases::in_sentence;

/// A shared passion, and the family whose words fit it.
pub(crate) struct Family {
    words: &'static Words,
    passion: String,
}

impl Family {
    /// Passions outside the catalogue, and those of families without words, have words of no family.
    pub(crate) fn of(shared: &SharedPassion) -> Self {
        let family = catalogue().get(&shared.code).map_or(NO_FAMILY, |passion| passion.family.as_str());
        let words = FAMILIES.get(family).or_else(|| FAMILIES.get(NO_FAMILY)).expect("a test finds words for every family");
        Self { words, passion: in_sentence(&shared.label) }
    }
}

/// Two things to do together; one of them at a distance.
pub(crate) fn activities(family: &Family, name: &str, locale: Locale) -> [Gift; 2] {
    [0, 1].map(|i| {
        let activity = &family.words.activity[i];
        family.gift(Kind::Step, activity.step.as_str(), &activity.text, name, locale)
    })
}

/// Something to give.
pub(crate) fn gift(family: &Family, name: &str, locale: Locale) -> Gift {
    let gift = &family.words.gift;
    family.gift(Kind::Give, gift.give.as_str(), &gift.text, name, locale)
}

impl Family {
    fn gift(&self, kind: Kind, code: &'static str, text: &Localized<String>, name: &str, locale: Locale) -> Gift {
        let text = fill(read(text, locale), &[("name", name), ("passion", &self.passion)]).expect("a test fills every family's words");
        Gift { kind, code, label: label(kind, code, locale), text }
    }
}

struct Words {
    activity: [Activity; 2],
    gift: Giving,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    activity: [Activity; 2],
    gift: [Giving; 1],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Activity {
    step: SharedStep,
    text: Localized<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Giving {
    give: Give,
    text: Localized<String>,
}

static FAMILIES: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("../data/families.toml")).expect("a test reads the shipped words of families");
    let words = |entry: Entry| {
        let [gift] = entry.gift;
        (entry.code, Words { activity: entry.activity, gift })
    };
    file.family.into_iter().map(words).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_activities_and_a_gift_in_every_language() {
        let codes = catalogue().families().iter().map(|family| family.code.as_str()).chain([NO_FAMILY]);
        for code in codes {
            let words = FAMILIES.get(code).unwrap_or_else(|| panic!("{code} has no words"));
            let [one, other] = &words.activity;
            assert_ne!(one.step, other.step, "{code}");
            for &locale in Locale::ALL {
                let family = Family { words, passion: "x-passion".to_owned() };
                let told = activities(&family, "Noor", locale).into_iter().chain([gift(&family, "Noor", locale)]);
                for gift in told {
                    assert_eq!(gift.text.matches("Noor").count(), 1, "{code} {locale}: {}", gift.text);
                    assert!(gift.text.split_whitespace().count() <= 30, "{code} {locale}: {}", gift.text);
                }
            }
            let texts = words.activity.iter().map(|activity| &activity.text).chain([&words.gift.text]);
            assert!(texts.into_iter().all(|text| text.missing().count() == 0), "{code}");
        }
        assert_eq!(FAMILIES.len(), catalogue().families().len() + 1);
    }

    #[test]
    fn a_passion_finds_the_words_of_its_family() {
        let shared = |code: &str, label: &str| SharedPassion { code: code.to_owned(), label: label.to_owned(), with: Vec::new() };
        let hiking = catalogue().find("hiking").expect("a passion");
        let of = |shared: &SharedPassion| activities(&Family::of(shared), "Luca", Locale::En).map(|gift| gift.text);
        let known = of(&shared(hiking.code.as_str(), "Hiking"));
        let own = of(&shared("own-words", "Star Wars"));
        assert_ne!(known, own);
        assert_eq!(own, of(&shared("other-words", "Star Wars")));
    }
}
