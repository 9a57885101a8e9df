//! Lists of values in a statement.

use sea_orm::sea_query::postgres_array::NotU8;
use sea_orm::sea_query::{Expr, Value};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend};

/// Whether the column has one of these values. To PostgreSQL they are one array: a statement for all lengths, which it plans a few times and then keeps.
/// SQLite knows no arrays, and is given a list of one of a few lengths.
pub(crate) fn one_of<V: Into<Value> + NotU8 + Clone>(
    on: &impl ConnectionTrait,
    column: impl ColumnTrait,
    values: impl IntoIterator<Item = V>,
) -> Expr {
    match on.get_database_backend() {
        DbBackend::Postgres => column.eq_any(values),
        _ => column.is_in(rounded(values)),
    }
}

/// The values, with the last of them repeated until their number is a power of two. A statement is prepared for each length of its lists, and a
/// connection remembers a hundred statements: so there are a few lengths and not as many as there may be values. A very long list stays as it is.
pub(crate) fn rounded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if values.len() <= LONGEST
        && let Some(last) = values.last().cloned()
    {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

const LONGEST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_of_a_few_lengths_and_no_other_values() {
        for (many, rounded_to) in [(0, 0), (1, 1), (2, 2), (3, 4), (17, 32), (32, 32), (1000, 1024), (1025, 1025)] {
            let values = rounded(0..many);
            assert_eq!(values.len(), rounded_to);
            assert!(values.iter().zip(0..).all(|(value, at)| *value == at.min(many - 1)), "{values:?}");
        }
    }
}
