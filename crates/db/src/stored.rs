use std::ops::{Deref, DerefMut};

use convivio_domain::PassionCode;
use sea_orm::sea_query::{ArrayType, ColumnType, Expr, ExprTrait, LikeExpr, Nullable, SimpleExpr, Value, ValueType, ValueTypeErr};
use sea_orm::{ColumnTrait, Condition, TryGetableFromJson};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Whether a document's text holds this word in quotes. It may stand elsewhere than it is looked for, so whoever asks looks again.
pub(crate) fn names(column: impl ColumnTrait, word: &str) -> SimpleExpr {
    let literal = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Expr::col(column).cast_as("text").like(LikeExpr::new(format!("%\"{literal}\"%")).escape('\\'))
}

/// Whether a profile may declare one of these passions.
pub(crate) fn declares(column: impl ColumnTrait, codes: &[PassionCode]) -> Condition {
    codes.iter().fold(Condition::any(), |any, code| any.add(names(column, code.as_str())))
}

/// A value kept as one JSON document in a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stored<T>(pub T);

impl<T> Deref for Stored<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Stored<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize> From<Stored<T>> for Value {
    fn from(stored: Stored<T>) -> Self {
        let json = serde_json::to_value(&stored.0).expect("what is stored are plain values with string keys");
        Value::Json(Some(Box::new(json)))
    }
}

impl<T: DeserializeOwned> TryGetableFromJson for Stored<T> {}

impl<T: DeserializeOwned> ValueType for Stored<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        match value {
            Value::Json(Some(json)) => serde_json::from_value(*json).map(Stored).map_err(|_| ValueTypeErr),
            _ => Err(ValueTypeErr),
        }
    }

    fn type_name() -> String {
        "Stored".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::Json
    }

    fn column_type() -> ColumnType {
        ColumnType::JsonBinary
    }
}

impl<T> Nullable for Stored<T> {
    fn null() -> Value {
        Value::Json(None)
    }
}
