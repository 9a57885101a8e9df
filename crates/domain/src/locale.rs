use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// A language Convivio speaks. Adding one is adding a variant and its copy; the tests then name every missing text.
    #[derive(Default)]
    pub enum Locale {
        #[default]
        En => "en",
        It => "it",
    }
}

/// A text in one or more languages. A missing one falls back to the event's, and then to any there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Localized<T>(BTreeMap<Locale, T>);

crate::invalid::collect_errors_of_whole!(Localized<T>, T);

impl<T> Default for Localized<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Localized<T> {
    pub fn new(texts: impl IntoIterator<Item = (Locale, T)>) -> Self {
        Self(texts.into_iter().collect())
    }

    pub fn get(&self, locale: Locale) -> Option<&T> {
        self.0.get(&locale)
    }

    /// The text for `locale`, else for `fallback`, else any.
    pub fn read(&self, locale: Locale, fallback: Locale) -> Option<&T> {
        self.get(locale).or_else(|| self.get(fallback)).or_else(|| self.0.values().next())
    }

    /// The same in every language, in another form.
    pub fn map<U>(&self, form: impl Fn(&T) -> U) -> Localized<U> {
        Localized(self.0.iter().map(|(locale, text)| (*locale, form(text))).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = (Locale, &T)> {
        self.0.iter().map(|(locale, text)| (*locale, text))
    }

    pub fn texts(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The languages of Convivio that have no text here.
    pub fn missing(&self) -> impl Iterator<Item = Locale> {
        Locale::ALL.iter().copied().filter(|locale| !self.0.contains_key(locale))
    }
}
