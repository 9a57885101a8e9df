//! When an offer meets a need: two short texts that people wrote in their own words are taken as the same thing when
//! they share at least half of the meaningful words of the shorter one. Words are compared in lower case, without
//! accents, punctuation, one- and two-letter words, the commonest English and Italian particles, and plural endings.

use std::collections::BTreeSet;

/// Particles that would make unrelated texts look alike.
const PARTICLES: [&str; 32] = [
    "and", "the", "for", "with", "how", "from", "into", "about", "some", "help", "helping", "need", "looking", "someone", "your", "their",
    "per", "con", "che", "una", "uno", "del", "della", "dei", "delle", "dello", "degli", "come", "nel", "sul", "aiuto", "cerco",
];

/// The meaningful words of a text.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .chars()
        .map(plain)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2 && !PARTICLES.contains(word))
        .map(|word| word.strip_suffix('s').filter(|stem| stem.len() > 3 && !stem.ends_with('s')).unwrap_or(word).to_owned())
        .collect()
}

pub(crate) fn alike(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let common = a.intersection(b).count();
    common > 0 && 2 * common >= a.len().min(b.len())
}

fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meets(offer: &str, need: &str) -> bool {
        alike(&words(offer), &words(need))
    }

    #[test]
    fn offers_and_needs_meet_by_their_words() {
        assert!(meets("bookkeeping", "Help with bookkeeping"));
        assert!(meets("Contabilità per piccole imprese", "contabilita"));
        assert!(meets("web sites", "a web site for my shop"));
        assert!(!meets("bookkeeping", "web design"));
        assert!(!meets("help with gardening", "help with taxes"));
        assert!(!meets("", "anything"));
    }
}
