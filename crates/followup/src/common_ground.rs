//! What two people have in common, of what both show.
//!
//! - A passion is shared when both declare it, under the same code, and both show their passions.
//! - An offer meets a need when they have a word in common: in lower case and without accents, without the words of
//!   `data/stop_words.txt`, without numbers, and without the ending that makes a plural. Whoever offers shows their offers, whoever needs shows their needs,
//!   and the need still holds.
//! - A person who does not show their name has nothing in common with anybody: to say what they love would be to say who they are.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{CommonGround, Exchange, SharedPassion};
use convivio_domain::{DeclaredPassion, Field, Locale, Need, Phrase, normalise};

use crate::people::ProfileView;

/// What `reader` and `other` share, to be read by `reader` in `locale`.
pub fn of(now: DateTime<Utc>, reader: &ProfileView, other: &ProfileView, locale: Locale) -> CommonGround {
    with_all(now, reader, &[other], locale)
}

/// What `reader` shares with each of the others: every passion once, with the names of those who share it.
///
/// Passions shared with more people come first, then those the reader loves more; of offers and needs, what the reader can give.
pub fn with_all(now: DateTime<Utc>, reader: &ProfileView, others: &[&ProfileView], locale: Locale) -> CommonGround {
    let named: Vec<&ProfileView> = others.iter().copied().filter(|other| other.shows(Field::Name)).collect();
    let gives = named.iter().flat_map(|other| exchanges(now, reader, other));
    let receives = named.iter().flat_map(|other| exchanges(now, other, reader));
    CommonGround { passions: shared_passions(reader, &named, locale), offers_needs: gives.chain(receives).collect() }
}

fn shared_passions(reader: &ProfileView, others: &[&ProfileView], locale: Locale) -> Vec<SharedPassion> {
    let shares = |other: &ProfileView, passion: &DeclaredPassion| {
        other.shows(Field::Passions) && other.passions.iter().any(|theirs| theirs.code == passion.code)
    };
    if !reader.shows(Field::Passions) {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut shared: Vec<(&DeclaredPassion, Vec<String>)> = reader
        .passions
        .iter()
        .filter(|passion| seen.insert(&passion.code))
        .map(|passion| (passion, others.iter().filter(|other| shares(other, passion)).map(|other| other.name.to_string()).collect()))
        .filter(|(_, with): &(_, Vec<String>)| !with.is_empty())
        .collect();
    shared.sort_by_key(|(passion, with)| std::cmp::Reverse((with.len(), passion.level)));
    shared
        .into_iter()
        .map(|(passion, with)| SharedPassion { code: passion.code.as_str().to_owned(), label: passion.label(locale), with })
        .collect()
}

fn exchanges(now: DateTime<Utc>, giver: &ProfileView, receiver: &ProfileView) -> Vec<Exchange> {
    if !giver.shows(Field::Offers) || !receiver.shows(Field::Needs) {
        return Vec::new();
    }
    let needs: Vec<&Need> = receiver.needs.iter().filter(|need| need.holds_at(now)).collect();
    let pairs = giver.offers.iter().flat_map(|offer| needs.iter().map(move |need| (offer, *need)));
    pairs
        .filter(|(offer, need)| meets(offer, &need.text))
        .map(|(offer, need)| Exchange {
            from: giver.name.to_string(),
            offer: offer.to_string(),
            to: receiver.name.to_string(),
            need: need.text.to_string(),
        })
        .collect()
}

fn meets(offer: &Phrase, need: &Phrase) -> bool {
    !content_words(offer.as_str()).is_disjoint(&content_words(need.as_str()))
}

fn content_words(text: &str) -> BTreeSet<String> {
    let words = normalise(text);
    words.split(' ').filter(|word| says_something(word)).map(stem).collect()
}

fn says_something(word: &str) -> bool {
    let is_number = word.chars().all(|c| c.is_ascii_digit());
    word.chars().count() > 1 && !is_number && !STOP_WORDS.contains(word)
}

/// Drops an English plural's `s`, then, of words that stay longer than four letters, the last vowel, in which an Italian plural differs:
/// `websites` and `website`, `contratti` and `contratto`. No more than that: `design` must not meet `designate`.
fn stem(word: &str) -> String {
    let word = if word.chars().count() > 3 { word.strip_suffix('s').unwrap_or(word) } else { word };
    if word.chars().count() > 4 { word.strip_suffix(['a', 'e', 'i', 'o']).unwrap_or(word).to_owned() } else { word.to_owned() }
}

/// Small words, and words that say that something is offered or looked for; English and Italian together, as people mix them.
static STOP_WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("../data/stop_words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, person};
    use convivio_domain::VisibleTo;

    const NOW: &str = "2026-03-13T09:00:00Z";

    fn passions(common: &CommonGround) -> Vec<(&str, Vec<&str>)> {
        common.passions.iter().map(|shared| (shared.label.as_str(), shared.with.iter().map(String::as_str).collect())).collect()
    }

    fn exchanged(common: &CommonGround) -> Vec<(&str, &str)> {
        common.offers_needs.iter().map(|exchange| (exchange.from.as_str(), exchange.to.as_str())).collect()
    }

    fn phrase(text: &str) -> Phrase {
        Phrase::parse(text).expect("a phrase")
    }

    #[test]
    fn sr_36_common_ground_only_of_what_both_show() {
        let ada = person("Ada").loves(&["hiking"]).offers("Bookkeeping for small shops").showing(Field::Offers);
        let luca = person("Luca").loves(&["hiking"]).needs("Someone for the bookkeeping", None).showing(Field::Needs);
        let of = |one: &ProfileView, other: &ProfileView| of(at(NOW), one, other, Locale::En);

        let both = of(&ada, &luca);
        assert_eq!(passions(&both), [("Hiking", vec!["Luca"])]);
        assert_eq!(exchanged(&both), [("Ada", "Luca")]);

        for (field, shared, met) in [(Field::Passions, 0, 1), (Field::Offers, 1, 0)] {
            let shy = ada.clone().hiding(field);
            assert_eq!((of(&shy, &luca).passions.len(), of(&shy, &luca).offers_needs.len()), (shared, met), "{field}");
            assert_eq!((of(&luca, &shy).passions.len(), of(&luca, &shy).offers_needs.len()), (shared, met), "{field}, read by the other");
        }
        assert!(of(&ada, &luca.clone().hiding(Field::Needs)).offers_needs.is_empty());
        assert_eq!(of(&ada, &luca.clone().hiding(Field::Name)), CommonGround::default(), "nobody is described without a name");
    }

    #[test]
    fn offers_and_needs_are_kept_unless_shown() {
        let ada = person("Ada").offers("Bookkeeping");
        let luca = person("Luca").needs("Bookkeeping", None);
        assert!(of(at(NOW), &ada, &luca, Locale::En).offers_needs.is_empty());
        assert_eq!(ada.visibility.of(Field::Offers), VisibleTo::None);
    }

    #[test]
    fn sr_08_expired_need_vanishes() {
        let ada = person("Ada").offers("Bookkeeping").showing(Field::Offers);
        let luca = person("Luca").needs("Bookkeeping", Some(at(NOW))).showing(Field::Needs);
        assert_eq!(of(at("2026-03-13T08:59:59Z"), &ada, &luca, Locale::En).offers_needs.len(), 1);
        assert!(of(at(NOW), &ada, &luca, Locale::En).offers_needs.is_empty());
    }

    #[test]
    fn what_the_reader_can_give_comes_first() {
        let ada = person("Ada").offers("Photography").needs("A logo", None).showing(Field::Offers).showing(Field::Needs);
        let luca =
            person("Luca").offers("Logos and posters").needs("Photography lessons", None).showing(Field::Offers).showing(Field::Needs);
        assert_eq!(exchanged(&of(at(NOW), &ada, &luca, Locale::En)), [("Ada", "Luca"), ("Luca", "Ada")]);
    }

    #[test]
    fn an_offer_meets_a_need_by_a_word_that_says_something() {
        for (offer, need) in [
            ("Bookkeeping for small shops", "someone who knows BOOKKEEPING"),
            ("Building websites", "A website for our choir"),
            ("Leggo contratti d'affitto", "Capire un contratto"),
            ("Contabilità", "contabilita' di base"),
            ("UX research", "Someone for UX"),
        ] {
            assert!(meets(&phrase(offer), &phrase(need)), "{offer} / {need}");
        }
        for (offer, need) in [
            ("Help with taxes", "Help with a website"),
            ("Posso aiutare con le tasse", "Cerco qualcuno per aiutare con l'orto"),
            ("20 minutes of Greek", "20 chairs"),
            ("Graphic design", "Designating heirs"),
        ] {
            assert!(!meets(&phrase(offer), &phrase(need)), "{offer} / {need}");
        }
    }

    #[test]
    fn stop_words_are_written_as_they_are_compared() {
        for word in STOP_WORDS.iter() {
            assert_eq!(normalise(word), *word);
        }
    }
}
