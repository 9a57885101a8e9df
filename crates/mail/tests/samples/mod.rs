//! The samples, with the follow-up's own words.

use convivio_domain::Locale;
use convivio_followup::{copy, example};
use convivio_mail::{Elsewhere, Mail, samples};

pub const ELSEWHERE: Elsewhere =
    Elsewhere { tips: |locale| copy::listening_tips(locale).try_into().expect("three tips"), prompt: example::prompt };

pub fn all(locale: Locale) -> Vec<Mail> {
    samples(locale, ELSEWHERE)
}
