//! The words, embedded from `data/*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use convivio_domain::words::Step;
use convivio_domain::{Locale, Localized};
use serde::Deserialize;

/// Three tips for listening.
pub fn listening_tips(locale: Locale) -> Vec<String> {
    LISTENING.tip.iter().map(|tip| read(tip, locale).to_owned()).collect()
}

/// How we meet, for an event that says nothing of its own. `minutes` is the length of a round.
pub fn default_method(locale: Locale, minutes: u16) -> String {
    fill(read(&LISTENING.method, locale), &[("minutes", &minutes.to_string())]).expect("a test fills the method in every language")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listening {
    method: Localized<String>,
    tip: Vec<Localized<String>>,
}

static LISTENING: LazyLock<Listening> =
    LazyLock::new(|| toml::from_str(include_str!("../data/listening.toml")).expect("a test reads the shipped words on listening"));

/// A step's words in one language, by key.
pub(crate) type Words = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    pub(crate) phrases: Phrases,
    /// What several steps say of one person.
    pub(crate) about: Words,
    steps: BTreeMap<Step, Words>,
    pub(crate) guide: GuideWords,
    /// To somebody who looks at what they gave and asked for.
    pub(crate) mirror: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuideWords {
    /// The title of a table without a theme.
    pub(crate) mixed: String,
}

/// What joins the words of every step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phrases {
    pub(crate) and: String,
    pub(crate) and_before_e: String,
    pub(crate) one_more: String,
    pub(crate) others: String,
    pub(crate) date: String,
    pub(crate) first_of_month: String,
    pub(crate) weekdays: [String; 7],
    pub(crate) months: [String; 12],
}

pub(crate) fn language(locale: Locale) -> &'static Language {
    static LANGUAGES: LazyLock<BTreeMap<Locale, Language>> =
        LazyLock::new(|| toml::from_str(include_str!("../data/prompts.toml")).expect("a test reads the shipped words of the prompts"));
    LANGUAGES.get(&locale).expect("a test finds every language in the shipped words")
}

/// What a step says.
pub(crate) fn words_of(step: Step, locale: Locale) -> &'static Words {
    language(locale).steps.get(&step).expect("a test finds every step in the shipped words")
}

/// The text for `locale`. Shipped words have every language; a test says so.
pub(crate) fn read(text: &Localized<String>, locale: Locale) -> &str {
    text.read(locale, Locale::En).map_or("", String::as_str)
}

/// A text asks for something nobody gave.
#[derive(Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the name is for whoever reads a failed test")]
pub(crate) struct Missing(String);

/// The words under `key`, filled in.
pub(crate) fn say(words: &Words, key: &str, values: &[(&str, &str)]) -> Result<String, Missing> {
    fill(words.get(key).ok_or_else(|| Missing(key.to_owned()))?, values)
}

/// Puts the values where `{…}` names them, in one pass: what a value holds is never taken for a place to fill.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> Result<String, Missing> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, place)) = rest.split_once('{') {
        let (name, after) = place.split_once('}').ok_or_else(|| Missing(place.to_owned()))?;
        let (_, value) = values.iter().find(|(known, _)| *known == name).ok_or_else(|| Missing(name.to_owned()))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_05_how_we_meet_and_three_tips_in_every_language() {
        for &locale in Locale::ALL {
            assert_eq!(listening_tips(locale).len(), 3);
            assert!(default_method(locale, 30).contains("30"));
            assert_eq!(LISTENING.method.missing().count(), 0);
            assert!(LISTENING.tip.iter().all(|tip| tip.missing().count() == 0));
        }
    }

    #[test]
    fn every_language_has_the_same_words_for_the_same_facts() {
        let places = |text: &str| {
            let mut names: Vec<String> = text.split('{').skip(1).filter_map(|place| Some(place.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        let said = |locale: Locale| -> BTreeMap<String, Vec<String>> {
            let about = language(locale).about.iter().map(|(key, text)| (format!("about.{key}"), places(text)));
            let steps =
                Step::ALL.iter().flat_map(|&step| words_of(step, locale).iter().map(move |(key, text)| (format!("{step}.{key}"), text)));
            let mirror = language(locale).mirror.iter().map(|(key, text)| (format!("mirror.{key}"), places(text)));
            about.chain(mirror).chain(steps.map(|(key, text)| (key, places(text)))).collect()
        };
        for &locale in Locale::ALL {
            assert_eq!(said(locale), said(Locale::En), "{locale}");
        }
    }

    #[test]
    fn a_missing_fact_is_an_error() {
        assert_eq!(fill("Hello {name}", &[("nome", "Ada")]), Err(Missing("name".to_owned())));
        assert_eq!(fill("Hello {name", &[("name", "Ada")]), Err(Missing("name".to_owned())));
    }

    #[test]
    fn a_name_is_never_taken_for_a_place_to_fill() {
        assert_eq!(fill("{one} and {two}", &[("one", "{two}"), ("two", "Ada")]).as_deref(), Ok("{two} and Ada"));
    }
}
