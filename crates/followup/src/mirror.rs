//! What somebody gives and what they ask for, for nobody's eyes but their own.

use convivio_domain::Locale;

use crate::copy::{language, say};

/// The part of asks among gives and asks, in hundredths; `None` where there are neither.
pub fn share_of_asks(gives: usize, asks: usize) -> Option<f64> {
    let all = gives + asks;
    (all > 0).then(|| (asks as f64 / all as f64 * 100.0).round() / 100.0)
}

/// A gentle word where somebody asks for more than they give.
pub fn notice(gives: usize, asks: usize, locale: Locale) -> Option<String> {
    (asks > gives).then(|| say(&language(locale).mirror, "notice", &[]).expect("a test says it in every language"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_44_who_asks_for_more_than_they_give_reads_a_gentle_word() {
        for &locale in Locale::ALL {
            assert!(notice(1, 2, locale).is_some_and(|words| !words.is_empty()));
            assert_eq!((notice(2, 2, locale), notice(0, 0, locale)), (None, None));
        }
        assert_eq!([(0, 0), (2, 1), (0, 3)].map(|(gives, asks)| share_of_asks(gives, asks)), [None, Some(0.33), Some(1.0)]);
    }
}
