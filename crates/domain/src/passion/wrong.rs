//! What is wrong with a declared passion, each mistake at its own field.
//!
//! eserde's derive has no room for a rule over two fields, and a value that is read whole has lost its place in the body. So the object is
//! read here member by member: each is looked at where it stands, and the rule afterwards.

use std::fmt;

use eserde::reporter::ErrorReporter;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use super::{DeclaredForm, DeclaredPassion, Level};

impl<'de> eserde::EDeserialize<'de> for DeclaredPassion {
    fn deserialize_for_errors<D: Deserializer<'de>>(deserializer: D) -> Result<(), ()> {
        let form = deserializer.deserialize_any(FormVisitor).map_err(ErrorReporter::report)?.ok_or(())?;
        DeclaredPassion::try_from(form).map(|_| ()).map_err(ErrorReporter::report)
    }
}

/// Gives the form if every member of it is right, and has reported the others.
struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Option<DeclaredForm>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `passion` or `text`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut passion, mut text, mut labels, mut level) = (Some(None), Some(None), Some(None), Some(Level::default()));
        let mut known = true;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "passion" => passion = map.next_value::<Member<_>>()?.right,
                "text" => text = map.next_value::<Member<_>>()?.right,
                "labels" => labels = map.next_value::<Member<_>>()?.right,
                "level" => level = map.next_value::<Member<_>>()?.right,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    known = false;
                    ErrorReporter::report(format_args!("unknown field `{key}`"));
                }
            }
        }
        let right = passion.zip(text).zip(labels).zip(level).filter(|_| known);
        Ok(right.map(|(((passion, text), labels), level)| DeclaredForm { passion, text, labels, level }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // Read to its end, so that what stands behind it is looked at too.
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Err(A::Error::invalid_type(Unexpected::Seq, &self))
    }
}

/// One member: what it holds if that is right, and otherwise reported.
struct Member<T> {
    right: Option<T>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let right = serde_json::from_value(Value::deserialize(deserializer)?).map_err(ErrorReporter::report).ok();
        Ok(Self { right })
    }
}
