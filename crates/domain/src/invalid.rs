use std::fmt;

/// Why a value was refused: a stable code and a sentence for the person who sent it.
///
/// It travels through serde as `code: sentence`, so that the HTTP edge can hand both to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    pub code: &'static str,
    pub detail: String,
}

impl Invalid {
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Invalid {}

/// Lets eserde collect the errors of a value that is an object or a map and has a `Deserialize` of its own.
///
/// The value is read whole before it is looked at: a parser that stops in the middle of an object could say nothing of the fields after it.
macro_rules! collect_errors_of_whole {
    ($type:ty $(, $generic:ident)?) => {
        impl<'de $(, $generic: serde::de::DeserializeOwned)?> eserde::EDeserialize<'de> for $type {
            fn deserialize_for_errors<D: serde::Deserializer<'de>>(deserializer: D) -> Result<(), ()> {
                let read = <serde_json::Value as serde::Deserialize>::deserialize(deserializer).map_err(|err| err.to_string());
                let parsed = read.and_then(|value| serde_json::from_value::<Self>(value).map_err(|err| err.to_string()));
                parsed.map(|_| ()).map_err(eserde::reporter::ErrorReporter::report)
            }
        }
    };
}
pub(crate) use collect_errors_of_whole;
