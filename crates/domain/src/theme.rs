//! What the people at a table share.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Locale, Localized, PassionCode, Phrase, catalogue};

/// A passion that many at the table have, with its names as they were then; or none that is worth naming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    Mixed,
    #[serde(untagged)]
    Shared {
        code: String,
        labels: Localized<String>,
    },
}

impl Theme {
    /// In the reader's language; `None` where the table is mixed.
    pub fn label(&self, locale: Locale) -> Option<&str> {
        match self {
            Self::Mixed => None,
            Self::Shared { code, labels } => Some(labels.read(locale, Locale::En).unwrap_or(code)),
        }
    }

    /// From one word, as they were kept at first: the passion's code, or its label in the reader's language.
    fn of_word(word: &str) -> Self {
        let known = catalogue().get(word).or_else(|| catalogue().find(word));
        if let Some(passion) = known {
            return Self::Shared { code: passion.code.as_str().to_owned(), labels: passion.labels.clone() };
        }
        let label = word.trim_start_matches(PassionCode::FREE);
        let (code, label) = match PassionCode::parse(word) {
            Ok(code) => (Some(code), label.replace('-', " ")),
            Err(_) => (Phrase::parse(word).ok().and_then(|words| PassionCode::of_free_words(&words)), word.to_owned()),
        };
        let code = code.map_or_else(|| word.to_owned(), |code| code.as_str().to_owned());
        Self::Shared { code, labels: Localized::new(Locale::ALL.iter().map(|locale| (*locale, label.clone()))) }
    }
}

/// A theme as it was stored, today or by an earlier version, which kept one word, or nothing of a mixed table.
pub(crate) fn stored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Theme, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Theme(Theme),
        Word(String),
    }
    Ok(match Option::<Stored>::deserialize(deserializer)? {
        None => Theme::Mixed,
        Some(Stored::Theme(theme)) => theme,
        Some(Stored::Word(word)) => Theme::of_word(&word),
    })
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Theme {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::Ref;
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
        let mixed = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["mixed"]));
        let shared = ObjectBuilder::new()
            .property("code", ObjectBuilder::new().schema_type(Type::String))
            .property("labels", Ref::from_schema_name("Localized_String"))
            .required("code")
            .required("labels");
        OneOfBuilder::new().item(mixed).item(shared).into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Theme {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::prompt::Sitting;

    #[test]
    fn a_theme_is_read_however_it_was_stored() {
        let climbing = json!({"code": "climbing", "labels": {"en": "Climbing", "it": "Arrampicata"}});
        let in_words = |code: &str, words: &str| json!({"code": code, "labels": {"en": words, "it": words}});
        for (stored, theme) in [
            (json!(null), json!("mixed")),
            (json!("mixed"), json!("mixed")),
            (climbing.clone(), climbing.clone()),
            (json!("climbing"), climbing.clone()),
            (json!("Arrampicata"), climbing),
            (json!("x-storia-dei-fari"), in_words("x-storia-dei-fari", "storia dei fari")),
            (json!("Storia dei fari"), in_words("x-storia-dei-fari", "Storia dei fari")),
        ] {
            let sitting: Sitting = serde_json::from_value(json!({"round": 1, "table": 2, "theme": stored})).expect("a sitting");
            assert_eq!(json!(sitting), json!({"round": 1, "table": 2, "theme": theme}), "{stored}");
        }
    }
}
