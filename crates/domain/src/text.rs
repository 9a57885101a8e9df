//! What people write: one type for each kind of text, in NFC, trimmed, of a stated length, without anything that could act.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::Invalid;

/// Declares a text type. `$max` is in characters; `lines` allows line feeds and tabs, `line` does not.
macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $max:literal, $shape:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The longest text allowed, in characters.
            pub const MAX: usize = $max;

            pub fn parse(text: &str) -> Result<Self, Invalid> {
                Ok(Self(clean(text, Self::MAX, Shape::$shape)?))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        eserde::impl_edeserialize_compat!($name);

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::schema::text(Self::MAX)
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
    };
}

text!(
    /// What a person is called. It goes into mail headers, so it is one line without encoded words.
    PersonName, 120, OneLine
);
text!(
    /// The name of an event or an organizer. It goes into subjects.
    Title, 150, OneLine
);
text!(
    /// A short line about someone or something: a headline, a place, a unit.
    Line, 200, OneLine
);
text!(
    /// An offer, a need or a free passion: a few words.
    Phrase, 140, OneLine
);
text!(
    /// A sentence or two for somebody else to read: why two people should meet.
    Sentence, 500, Lines
);
text!(
    /// A paragraph or more: a summary, a note, an intention.
    FreeText, 4000, Lines
);
text!(
    /// What a mail says, as an organizer writes it: marks, variables and all.
    MailText, 10_000, Lines
);

impl PersonName {
    /// What stands in the place of a name that was erased.
    pub fn erased() -> Self {
        Self("—".to_owned())
    }

    /// The name to greet somebody by: the first word. The whole name where that word cannot stand alone: a title, an initial, a family name
    /// before a comma.
    pub fn first(&self) -> &str {
        let word = self.0.split_whitespace().next().unwrap_or(&self.0);
        let is_initial = word.len() == 1;
        let is_word = word.chars().any(char::is_alphabetic);
        if is_initial || !is_word || word.contains(['.', ',']) { &self.0 } else { word }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    OneLine,
    Lines,
}

fn clean(text: &str, max: usize, shape: Shape) -> Result<String, Invalid> {
    // Lengths first: normalising a hundred kilobytes to refuse them would be work for nothing. One character is four bytes at most.
    if text.len() > max * 8 {
        return Err(too_long(max));
    }
    let text = text.trim().replace("\r\n", "\n");
    // Nearly all is in NFC already, and to see that is less work than to write it anew.
    let text = if is_nfc_quick(text.chars()) == IsNormalized::Yes { text } else { text.as_str().nfc().collect() };
    if text.is_empty() {
        return Err(Invalid::new("too_short", "must not be empty"));
    }
    if text.chars().count() > max {
        return Err(too_long(max));
    }
    if text.chars().any(|c| is_acting(c) && !(shape == Shape::Lines && matches!(c, '\n' | '\t'))) {
        let what = match shape {
            Shape::OneLine => "must be one line without control characters or direction overrides",
            Shape::Lines => "must not hold control characters or direction overrides",
        };
        return Err(Invalid::new("control_character", what));
    }
    // A header that already looks encoded is sent as it is and decoded by the reader into whatever it hides.
    if shape == Shape::OneLine && text.contains("=?") && text.contains("?=") {
        return Err(Invalid::new("encoded_word", "must not hold an encoded word (=?…?=)"));
    }
    Ok(text)
}

/// Characters that do something instead of being read: controls, line separators, overrides of the writing direction.
fn is_acting(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn too_long(max: usize) -> Invalid {
    Invalid::new("too_long", format!("must have at most {max} characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_accents_emoji_and_direction() {
        for name in ["Zoë D'Amico", "О'Нил", "محمد", "李小龍", "Ann 🌻", "e\u{301}"] {
            assert_eq!(PersonName::parse(name).expect(name).as_str(), name.nfc().collect::<String>());
        }
    }

    #[test]
    fn a_name_that_could_break_a_header_is_refused() {
        for (name, code) in [
            ("Ann\r\nBcc: x", "control_character"),
            ("Ann\u{0}", "control_character"),
            ("Ann\u{202e}gnp", "control_character"),
            ("=?utf-8?q?a=0D=0ABcc:x?=", "encoded_word"),
            ("   ", "too_short"),
        ] {
            assert_eq!(PersonName::parse(name).expect_err(name).code, code);
        }
        assert_eq!(PersonName::parse(&"x".repeat(121)).expect_err("121").code, "too_long");
        assert_eq!(FreeText::parse(&"x".repeat(100_000)).expect_err("100 kB").code, "too_long");
    }

    #[test]
    fn people_are_greeted_by_the_first_word_where_it_can_stand_alone() {
        for (name, greeted) in [
            ("Ada Rossi", "Ada"),
            ("Anna-Maria  de' Conti", "Anna-Maria"),
            ("Zoë", "Zoë"),
            ("李 小龍", "李"),
            ("Dott.ssa Ada Rossi", "Dott.ssa Ada Rossi"),
            ("Dr. Ada Rossi", "Dr. Ada Rossi"),
            ("J. R. Smith", "J. R. Smith"),
            ("J Smith", "J Smith"),
            ("Rossi, Ada", "Rossi, Ada"),
            ("🌻 Ann", "🌻 Ann"),
        ] {
            assert_eq!(PersonName::parse(name).expect(name).first(), greeted);
        }
    }

    #[test]
    fn a_paragraph_may_have_lines() {
        assert_eq!(FreeText::parse("one\r\ntwo").expect("two lines").as_str(), "one\ntwo");
    }
}
