//! What to read before, during and after an event: short guides to listening, giving first, and laying the ground for keeping in touch.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use convivio_domain::words::GuidePhase;
use convivio_domain::{Locale, Localized};
use serde::Deserialize;

use crate::copy::read;

/// A shipped guide in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide {
    pub title: &'static str,
    /// Paragraphs, with a blank line between two.
    pub text: &'static str,
}

pub fn guide(phase: GuidePhase, locale: Locale) -> Guide {
    static SHIPPED: LazyLock<BTreeMap<String, Shipped>> =
        LazyLock::new(|| toml::from_str(include_str!("../data/guides.toml")).expect("a test reads the shipped guides"));
    let shipped = SHIPPED.get(phase.as_str()).expect("a test finds every phase in the shipped guides");
    Guide { title: read(&shipped.title, locale), text: read(&shipped.text, locale).trim() }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    title: Localized<String>,
    text: Localized<String>,
}

#[cfg(test)]
mod tests {
    use convivio_domain::{FreeText, Title};

    use super::*;

    #[test]
    fn sr_13_every_phase_has_a_guide_in_each_language() {
        let mut seen = Vec::new();
        for phase in GuidePhase::ALL {
            for locale in Locale::ALL {
                let guide = guide(*phase, *locale);
                assert!(Title::parse(guide.title).is_ok() && FreeText::parse(guide.text).is_ok(), "{phase} {locale}");
                let words = guide.text.split_whitespace().count();
                assert!((60..=180).contains(&words), "{phase} {locale} has {words} words");
                assert!(!seen.contains(&guide), "{phase} {locale} is there twice");
                seen.push(guide);
            }
        }
    }
}
