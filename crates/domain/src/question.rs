//! What an organizer asks of everybody who registers, and which answers it takes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::{AskedOf, QuestionKind};
use crate::{FreeText, Invalid, Line, Locale, Localized, Phrase};

/// The name of a question or an option for programs: lower-case letters and digits, with single hyphens or underscores between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[serde(try_from = "String")]
pub struct QuestionCode(String);

eserde::impl_edeserialize_compat!(QuestionCode);

impl QuestionCode {
    const MAX: usize = 64;

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let rule = "must be 1 to 64 lower-case letters and digits, with single hyphens or underscores between them";
        let whole = text.split(['-', '_']).all(|part| !part.is_empty());
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
        if whole && plain && text.len() <= Self::MAX { Ok(Self(text.to_owned())) } else { Err(Invalid::new("code_invalid", rule)) }
    }

    /// The code its words make; `None` where no letter is left of them.
    pub fn of_words(words: &str) -> Option<Self> {
        let ascii = deunicode::deunicode(words).to_lowercase();
        let words = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut code = String::new();
        for word in words {
            if code.len() + 1 + word.len() > 40 {
                break;
            }
            if !code.is_empty() {
                code.push('_');
            }
            code.push_str(word);
        }
        Self::parse(&code).ok()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for QuestionCode {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl std::fmt::Display for QuestionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of several answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionOption {
    pub code: QuestionCode,
    pub label: Localized<Phrase>,
}

/// A question as its rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub code: QuestionCode,
    pub label: Localized<Line>,
    pub help: Localized<FreeText>,
    pub kind: QuestionKind,
    pub options: Vec<QuestionOption>,
    pub required: bool,
    pub asked_of: AskedOf,
}

impl Question {
    /// The answer as it is kept; `None` is no answer. Blank text and an empty list are none.
    pub fn read(&self, value: &Value) -> Result<Option<Value>, Invalid> {
        let answer = match (self.kind, value) {
            (_, Value::Null) => None,
            (QuestionKind::Text | QuestionKind::LongText | QuestionKind::Choice, Value::String(text)) if text.trim().is_empty() => None,
            (QuestionKind::Text, Value::String(text)) => Some(Value::from(Line::parse(text)?.as_str())),
            (QuestionKind::LongText, Value::String(text)) => Some(Value::from(FreeText::parse(text)?.as_str())),
            (QuestionKind::Choice, Value::String(text)) => Some(Value::from(self.option(text)?.as_str())),
            (QuestionKind::Multiple, Value::Array(chosen)) => self.several(chosen)?,
            (QuestionKind::YesNo, Value::Bool(_)) => Some(value.clone()),
            _ => return Err(Invalid::new("wrong_type", self.wanted())),
        };
        if answer.is_none() && self.required {
            return Err(Invalid::new("required", "must be answered"));
        }
        Ok(answer)
    }

    fn several(&self, chosen: &[Value]) -> Result<Option<Value>, Invalid> {
        let mut seen = BTreeSet::new();
        for one in chosen {
            let code = self.option(one.as_str().ok_or_else(|| Invalid::new("wrong_type", self.wanted()))?)?;
            if !seen.insert(code) {
                return Err(Invalid::new("repeated", format!("names {code} twice")));
            }
        }
        // In the order in which they were asked, whatever the order of the answer.
        let kept: Vec<&str> = self.options.iter().filter(|option| seen.contains(&option.code)).map(|option| option.code.as_str()).collect();
        Ok((!kept.is_empty()).then(|| Value::from(kept)))
    }

    fn option(&self, code: &str) -> Result<&QuestionCode, Invalid> {
        let found = self.options.iter().find(|option| option.code.as_str() == code.trim());
        found.map(|option| &option.code).ok_or_else(|| {
            let codes: Vec<&str> = self.options.iter().map(|option| option.code.as_str()).collect();
            Invalid::new("unknown_option", format!("must be of: {}", codes.join(", ")))
        })
    }

    fn wanted(&self) -> &'static str {
        match self.kind {
            QuestionKind::Text | QuestionKind::LongText => "must be text",
            QuestionKind::Choice => "must be the code of an option",
            QuestionKind::Multiple => "must be a list of codes of options",
            QuestionKind::YesNo => "must be true or false",
        }
    }

    pub fn label(&self, locale: Locale, fallback: Locale) -> &str {
        self.label.read(locale, fallback).map_or(self.code.as_str(), Line::as_str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(kind: QuestionKind, required: bool) -> Question {
        let option = |code: &str| QuestionOption {
            code: QuestionCode::parse(code).expect("a code"),
            label: Localized::new([(Locale::En, Phrase::parse(code).expect("a phrase"))]),
        };
        Question {
            code: QuestionCode::parse("diet").expect("a code"),
            label: Localized::default(),
            help: Localized::default(),
            kind,
            options: vec![option("vegan"), option("fish")],
            required,
            asked_of: AskedOf::Public,
        }
    }

    #[test]
    fn an_answer_is_of_its_question_s_kind() {
        use QuestionKind::*;
        for (kind, value, expected) in [
            (Text, json!(" nuts "), Ok(Some(json!("nuts")))),
            (Text, json!("  "), Ok(None)),
            (Text, json!(3), Err("wrong_type")),
            (Text, json!("two\nlines"), Err("control_character")),
            (LongText, json!("two\nlines"), Ok(Some(json!("two\nlines")))),
            (Choice, json!("fish"), Ok(Some(json!("fish")))),
            (Choice, json!("meat"), Err("unknown_option")),
            (Multiple, json!(["fish", "vegan"]), Ok(Some(json!(["vegan", "fish"])))),
            (Multiple, json!(["fish", "fish"]), Err("repeated")),
            (Multiple, json!("fish"), Err("wrong_type")),
            (YesNo, json!(false), Ok(Some(json!(false)))),
            (YesNo, json!("no"), Err("wrong_type")),
        ] {
            assert_eq!(question(kind, false).read(&value).map_err(|err| err.code), expected, "{kind} {value}");
        }
        for (kind, nothing) in [(Text, json!(" ")), (Choice, json!("")), (Multiple, json!([])), (YesNo, Value::Null)] {
            assert_eq!(question(kind, true).read(&nothing).map_err(|err| err.code), Err("required"));
        }
    }

    #[test]
    fn a_code_is_made_of_the_words() {
        assert_eq!(QuestionCode::of_words("Taglia della maglietta?").expect("words").as_str(), "taglia_della_maglietta");
        assert_eq!(QuestionCode::of_words("?!"), None);
        for wrong in ["", "A", "a__b", "-a", "a-", "a b"] {
            QuestionCode::parse(wrong).expect_err(wrong);
        }
    }
}
