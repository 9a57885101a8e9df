//! Passions: the catalogue that ships with Convivio, and what a person declares.

mod wrong;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::{Invalid, Locale, Localized, Phrase};

/// How much it means to someone: 1 curious, 2 keen, 3 could talk about it all night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    pub fn new(level: u8) -> Result<Self, Invalid> {
        if (1..=3).contains(&level) { Ok(Self(level)) } else { Err(Invalid::new("out_of_range", "must be 1, 2 or 3")) }
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for Level {
    fn default() -> Self {
        Self(2)
    }
}

impl TryFrom<u8> for Level {
    type Error = Invalid;
    fn try_from(level: u8) -> Result<Self, Invalid> {
        Self::new(level)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> u8 {
        level.0
    }
}

/// A passion's code: one of the catalogue's, or `x-…` made from the words of someone whose passion is not in it.
/// An organizer's own have codes as plain as the catalogue's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[serde(try_from = "String")]
pub struct PassionCode(String);

eserde::impl_edeserialize_compat!(PassionCode);

impl PassionCode {
    pub(crate) const FREE: &str = "x-";

    /// The plain code that its name makes; none where there are no words in it.
    pub fn of_name(name: &Phrase) -> Option<Self> {
        let slug = slug(name);
        (!slug.is_empty()).then_some(Self(slug))
    }

    /// The code that the same words have when somebody declares them freely.
    pub fn of_free_words(words: &Phrase) -> Option<Self> {
        let slug = slug(words);
        (!slug.is_empty()).then(|| Self(format!("{}{slug}", Self::FREE)))
    }

    /// Made from free words, not given by anybody.
    pub fn is_free(&self) -> bool {
        self.0.starts_with(Self::FREE)
    }

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if plain && (1..=80).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("passion_unknown", "must be the code of a passion; free words go into `text`"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PassionCode {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

/// The family of a passion that was given none.
pub const NO_FAMILY: &str = "other";

/// A passion of the catalogue.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passion {
    pub code: PassionCode,
    pub labels: Localized<String>,
    #[serde(default)]
    pub synonyms: Localized<Vec<String>>,
    pub family: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub code: String,
    pub labels: Localized<String>,
}

/// A passion as a person declares it: a code of the catalogue or of the organizer's own passions, or their own words where neither has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "DeclaredForm")]
pub struct DeclaredPassion {
    #[serde(rename = "passion")]
    pub code: PassionCode,
    /// The person's own words, for a passion outside the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Phrase>,
    /// What the organizer calls a passion of its own; the catalogue's have their names there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Localized<Phrase>>,
    pub level: Level,
}

/// The passions of a person: at least one, because that is what people are introduced by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<DeclaredPassion>")]
pub struct Passions(Vec<DeclaredPassion>);

impl Passions {
    /// How many one person may name.
    pub const MOST: usize = 20;

    fn none() -> Invalid {
        Invalid::new("required", "must name at least one passion")
    }

    pub fn into_vec(self) -> Vec<DeclaredPassion> {
        self.0
    }
}

impl std::ops::Deref for Passions {
    type Target = [DeclaredPassion];
    fn deref(&self) -> &[DeclaredPassion] {
        &self.0
    }
}

impl TryFrom<Vec<DeclaredPassion>> for Passions {
    type Error = Invalid;
    fn try_from(passions: Vec<DeclaredPassion>) -> Result<Self, Invalid> {
        if passions.is_empty() { Err(Self::none()) } else { Ok(Self(passions)) }
    }
}

impl<'de> eserde::EDeserialize<'de> for Passions {
    fn deserialize_for_errors<D: serde::Deserializer<'de>>(deserializer: D) -> Result<(), ()> {
        use eserde::reporter::ErrorReporter;

        /// One element: its error is reported where it stands, and the list goes on.
        struct Looked {
            right: bool,
        }
        impl<'de> Deserialize<'de> for Looked {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let right = <DeclaredPassion as eserde::EDeserialize>::deserialize_for_errors(deserializer).is_ok();
                Ok(Self { right })
            }
        }
        match Vec::<Looked>::deserialize(deserializer) {
            Ok(looked) if looked.is_empty() => ErrorReporter::report(Self::none()),
            Ok(looked) if looked.iter().all(|one| one.right) => return Ok(()),
            Ok(_) => {}
            Err(err) => ErrorReporter::report(err),
        }
        Err(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredForm {
    passion: Option<PassionCode>,
    text: Option<Phrase>,
    labels: Option<Localized<Phrase>>,
    #[serde(default)]
    level: Level,
}

impl TryFrom<DeclaredForm> for DeclaredPassion {
    type Error = Invalid;
    fn try_from(form: DeclaredForm) -> Result<Self, Invalid> {
        let DeclaredForm { passion, text, labels, level } = form;
        match (passion, text) {
            // What was stored, read again: a code of our own making with the very words it comes from.
            (Some(code), Some(text)) if PassionCode::of_free_words(&text).as_ref() == Some(&code) => {
                Ok(Self { code, text: Some(text), labels: None, level })
            }
            (Some(code), None) if catalogue().get(code.as_str()).is_some() => Ok(Self { code, text: None, labels: None, level }),
            // One of the organizer's own, or of nobody's: that is known where the organizer is.
            (Some(code), None) if !code.is_free() => Ok(Self { code, text: None, labels, level }),
            (Some(_), None) => Err(Invalid::new("passion_unknown", "must be a code of the catalogue; free words go into `text`")),
            (None, Some(text)) => Self::from_words(text, level),
            _ => Err(Invalid::new("passion_or_text", "must have either `passion` (a code) or `text` (free words)")),
        }
    }
}

impl DeclaredPassion {
    /// Reads free words: a label or synonym of the catalogue is that passion; anything else is a passion of its own, the same for all who
    /// write it the same way.
    pub fn from_words(text: Phrase, level: Level) -> Result<Self, Invalid> {
        if let Some(passion) = catalogue().find(text.as_str()) {
            return Ok(Self { code: passion.code.clone(), text: None, labels: None, level });
        }
        let code = PassionCode::of_free_words(&text).ok_or_else(|| Invalid::new("passion_unknown", "must hold words"))?;
        Ok(Self { code, text: Some(text), labels: None, level })
    }

    /// How a reader of `locale` reads it.
    pub fn label(&self, locale: Locale) -> String {
        if let Some(passion) = catalogue().get(self.code.as_str()) {
            return passion.label(locale).to_owned();
        }
        let called = self.labels.as_ref().and_then(|labels| labels.read(locale, Locale::En));
        match called.or(self.text.as_ref()) {
            Some(words) => words.to_string(),
            None => self.code.as_str().trim_start_matches(PassionCode::FREE).replace('-', " "),
        }
    }
}

/// The words in plain letters, with hyphens between them.
fn slug(text: &Phrase) -> String {
    let ascii: String = deunicode::deunicode(&normalise(text.as_str())).to_lowercase();
    let words = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(76);
    slug
}

impl Passion {
    pub fn label(&self, locale: Locale) -> &str {
        self.labels.read(locale, Locale::En).map_or(self.code.as_str(), String::as_str)
    }

    /// Everything it is called, in every language.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let synonyms = Locale::ALL.iter().filter_map(|locale| self.synonyms.get(*locale)).flatten();
        let labels = Locale::ALL.iter().filter_map(|locale| self.labels.get(*locale));
        labels.chain(synonyms).map(String::as_str)
    }
}

/// The passions that ship with Convivio.
pub struct Catalogue {
    families: Vec<Family>,
    passions: Vec<Passion>,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        Catalogue::read(include_str!("../data/passions.toml")).expect("the shipped catalogue is read by a test on every change")
    });
    &CATALOGUE
}

impl Catalogue {
    fn read(text: &str) -> Result<Self, toml::de::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            family: Vec<Family>,
            passion: Vec<Passion>,
        }
        let File { family: families, passion: passions } = toml::from_str(text)?;
        let by_code = passions.iter().enumerate().map(|(i, passion)| (passion.code.0.clone(), i)).collect();
        let names = passions.iter().enumerate().flat_map(|(i, passion)| passion.names().map(move |name| (normalise(name), i)));
        let codes = passions.iter().enumerate().map(|(i, passion)| (normalise(passion.code.as_str()), i));
        let by_name = codes.chain(names).collect();
        Ok(Self { families, passions, by_code, by_name })
    }

    pub fn families(&self) -> &[Family] {
        &self.families
    }

    pub fn passions(&self) -> &[Passion] {
        &self.passions
    }

    pub fn get(&self, code: &str) -> Option<&Passion> {
        self.by_code.get(code).map(|&i| &self.passions[i])
    }

    /// The passion that goes by this name, in either language, by label, synonym or code; never by likeness.
    pub fn find(&self, words: &str) -> Option<&Passion> {
        self.by_name.get(&normalise(words)).map(|&i| &self.passions[i])
    }

    /// Passions to offer to someone who typed `words`: those that begin with them, then those that hold them, then near misses. `own` are the
    /// organizer's, among the others.
    ///
    /// Near means a Jaro-Winkler similarity of 0.86 or more (Winkler 1990); a person chooses, nothing is merged by likeness.
    pub fn suggest<'a>(&'a self, own: &'a [Passion], words: &str, locale: Locale, limit: usize) -> Vec<&'a Passion> {
        const NEAR: f64 = 0.86;
        let typed = normalise(words);
        let mut ranked: Vec<(f64, &Passion)> = own
            .iter()
            .chain(&self.passions)
            .filter_map(|passion| {
                let likeness = passion.names().map(|name| likeness(&typed, &normalise(name))).fold(0.0, f64::max);
                (likeness >= NEAR || typed.is_empty()).then_some((likeness, passion))
            })
            .collect();
        ranked.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.label(locale).cmp(other.label(locale))));
        ranked.into_iter().take(limit).map(|(_, passion)| passion).collect()
    }
}

fn likeness(typed: &str, name: &str) -> f64 {
    if name == typed {
        4.0
    } else if name.starts_with(typed) {
        3.0
    } else if name.split(' ').any(|word| word.starts_with(typed)) {
        2.0
    } else {
        strsim::jaro_winkler(typed, name)
    }
}

/// The form in which names of passions are compared: compatibility-composed, lower case, without accents or punctuation.
pub fn normalise(words: &str) -> String {
    let bare = words.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    let spaced: String = bare.flat_map(char::to_lowercase).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> DeclaredPassion {
        DeclaredPassion::from_words(Phrase::parse(text).expect("a phrase"), Level::default()).expect("words")
    }

    #[test]
    fn the_catalogue_is_whole() {
        let catalogue = catalogue();
        assert!(catalogue.passions().len() >= 250, "{} passions", catalogue.passions().len());
        assert!(catalogue.families().len() >= 18, "{} families", catalogue.families().len());
        let mut owner: HashMap<String, &str> = HashMap::new();
        for passion in catalogue.passions() {
            assert_eq!(passion.labels.missing().count(), 0, "{} lacks a label", passion.code.as_str());
            assert!(catalogue.families().iter().any(|family| family.code == passion.family), "{} has no family", passion.code.as_str());
            for name in passion.names() {
                let before = owner.insert(normalise(name), passion.code.as_str());
                assert!(before.is_none_or(|code| code == passion.code.as_str()), "{name} names two passions");
            }
        }
        assert!(catalogue.families().iter().all(|family| family.labels.missing().count() == 0));
    }

    #[test]
    fn free_words_find_the_passion_they_name_in_either_language() {
        assert_eq!(words("  TREKKING ").code.as_str(), "hiking");
        assert_eq!(words("Escursionismo").code.as_str(), "hiking");
        assert_eq!(words("Hiking").text, None);
    }

    #[test]
    fn words_outside_the_catalogue_are_a_passion_of_their_own() {
        let one = words("Storia dei fanali marittimi");
        assert_eq!(one.code.as_str(), "x-storia-dei-fanali-marittimi");
        assert_eq!(one.code, words("storia dei  fanali, marittimi").code);
        assert_eq!(one.label(Locale::En), "Storia dei fanali marittimi");
        let stored = serde_json::to_string(&one).expect("json");
        assert_eq!(serde_json::from_str::<DeclaredPassion>(&stored).expect("read again"), one);
    }

    #[test]
    fn near_misses_are_only_suggested() {
        assert!(words("hikking").text.is_some());
        assert_eq!(catalogue().suggest(&[], "hikking", Locale::En, 3)[0].code.as_str(), "hiking");
        assert_eq!(catalogue().suggest(&[], "escursio", Locale::It, 3)[0].code.as_str(), "hiking");
    }
}
