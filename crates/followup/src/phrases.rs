//! How names, dates and quotations are put into a sentence.

use chrono::{DateTime, Datelike, Utc};
use convivio_domain::{Locale, Timezone, catalogue};

use crate::copy::{Missing, fill, language};

/// "Ada, Luca and Noor", "Ada, Luca ed Elena"; at most `most` names, the rest as "others".
pub(crate) fn joined(names: &[&str], most: usize, locale: Locale) -> String {
    let phrases = &language(locale).phrases;
    let mut parts: Vec<String> = names.iter().take(most).map(|name| isolated(name)).collect();
    match names.len().saturating_sub(most) {
        0 => {}
        1 => parts.push(phrases.one_more.clone()),
        _ => parts.push(phrases.others.clone()),
    }
    let Some(last) = parts.pop() else { return String::new() };
    if parts.is_empty() {
        return last;
    }
    let and = if begins_with_e(&last) { &phrases.and_before_e } else { &phrases.and };
    format!("{} {and} {last}", parts.join(", "))
}

/// Italian says "ed" before the same vowel: "Ada ed Elena", "Ada ed Éric", but "Ada e Anna".
fn begins_with_e(word: &str) -> bool {
    convivio_domain::normalise(word).starts_with('e')
}

/// A text written from right to left inside one that is not keeps its place and leaves the commas around it alone: Unicode's isolates
/// (UAX #9) say where it begins and ends.
pub(crate) fn isolated(text: &str) -> String {
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours, with their presentation forms and the scripts of the second plane.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// "Thursday 12 March", "giovedì 12 marzo". Without the year: these mails are about the last three months.
pub(crate) fn date(at: DateTime<Utc>, zone: Timezone, locale: Locale) -> Result<String, Missing> {
    let phrases = &language(locale).phrases;
    let date = at.with_timezone(&zone.0).date_naive();
    let day = if date.day() == 1 { phrases.first_of_month.clone() } else { date.day().to_string() };
    let weekday = &phrases.weekdays[date.weekday().num_days_from_monday() as usize];
    let month = &phrases.months[date.month0() as usize];
    fill(&phrases.date, &[("weekday", weekday), ("day", &day), ("month", month)])
}

/// What someone wrote, on one line and short enough for a mail, cut between words; without its last full stop, as the sentence around it
/// has one.
pub(crate) fn quotation(text: &str) -> String {
    const LONGEST: usize = 160;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return isolated(line.strip_suffix('.').filter(|rest| !rest.ends_with('.')).unwrap_or(&line));
    }
    let cut: String = line.chars().take(LONGEST).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    isolated(&format!("{}…", whole_words.trim_end_matches([',', ';', ':', '.'])))
}

/// A passion's label as it stands in a sentence: "Hiking" is "hiking". Only names from the catalogue are touched, where they are common
/// nouns; of the words people choose themselves nobody knows whether they are a proper name.
pub(crate) fn in_sentence(label: &str) -> String {
    let mut chars = label.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return String::new() };
    let is_acronym = second.is_some_and(|c| !c.is_lowercase());
    if is_acronym || catalogue().find(label).is_none() {
        return isolated(label);
    }
    first.to_lowercase().chain(label.chars().skip(1)).collect()
}

/// A sentence begins with a capital letter.
pub(crate) fn capitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, zone};

    #[test]
    fn names_are_joined_as_the_language_does() {
        let join = |names: &[&str], locale| joined(names, 5, locale);
        assert_eq!(join(&["Ada"], Locale::En), "Ada");
        assert_eq!(join(&["Ada", "Luca", "Noor"], Locale::En), "Ada, Luca and Noor");
        assert_eq!(join(&["Ada", "Luca", "Noor"], Locale::It), "Ada, Luca e Noor");
        assert_eq!(join(&["Ada", "Elena"], Locale::It), "Ada ed Elena");
        assert_eq!(join(&["Ada", "Éric"], Locale::It), "Ada ed Éric");
        assert_eq!(join(&["Ada", "Anna"], Locale::It), "Ada e Anna");
        assert_eq!(join(&["A", "B", "C", "D", "E", "F"], Locale::En), "A, B, C, D, E and one other person");
        assert_eq!(join(&["A", "B", "C", "D", "E", "F", "G"], Locale::It), "A, B, C, D, E e altre persone");
    }

    #[test]
    fn a_name_from_right_to_left_keeps_its_place() {
        assert_eq!(joined(&["محمد", "Zoë D'Amico"], 5, Locale::En), "\u{2068}محمد\u{2069} and Zoë D'Amico");
    }

    #[test]
    fn dates_read_as_people_say_them() {
        let read = |text, locale| date(at(text), zone("Europe/Rome"), locale).expect("a date");
        assert_eq!(read("2026-03-12T18:00:00Z", Locale::En), "Thursday 12 March");
        assert_eq!(read("2026-03-12T23:30:00Z", Locale::It), "venerdì 13 marzo");
        assert_eq!(read("2026-05-01T12:00:00Z", Locale::It), "venerdì 1º maggio");
    }

    #[test]
    fn a_quotation_is_one_short_line() {
        assert_eq!(quotation("Someone to walk with.\n"), "Someone to walk with");
        assert_eq!(quotation("Well…"), "Well…");
        assert_eq!(quotation("one\n two"), "one two");
        let long = quotation(&"word, ".repeat(200));
        assert!(long.ends_with("word…") && long.chars().count() <= 161, "{long}");
    }

    #[test]
    fn labels_lose_their_capital_but_names_keep_it() {
        assert_eq!(in_sentence("Hiking"), "hiking");
        assert_eq!(in_sentence("Star Wars"), "Star Wars");
    }
}
