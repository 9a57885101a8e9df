//! Many registrations at once, from a table: read row by row with the rules of a single one, and written together or not at all.

mod columns;
mod writing;

use std::collections::HashMap;

use convivio_db::question;
use convivio_domain::words::AskedOf;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::declaring::Known;
use crate::http::{ApiError, FieldError, json as body};
use crate::registering::NewRegistration;
use crate::spreadsheet::{Sheet, Unreadable};
use columns::Column;
pub use writing::write;

/// A row as it will be registered.
pub struct Row {
    pub number: u32,
    pub new: NewRegistration,
}

/// What is wrong with a row, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowError {
    /// As a spreadsheet counts; the head is the first row
    pub row: u32,
    pub field: String,
    pub code: String,
    pub detail: String,
}

impl From<RowError> for FieldError {
    fn from(wrong: RowError) -> Self {
        Self::new(format!("/rows/{}/{}", wrong.row, wrong.field), wrong.code, wrong.detail)
    }
}

impl From<Unreadable> for ApiError {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::Malformed(detail) => Self::Malformed(detail),
            Unreadable::TooLarge(limit) => Self::BodyTooLarge(limit),
            Unreadable::TooManyRows(most) => {
                Self::Invalid(vec![FieldError::new("/rows", "too_many", format!("must be at most {most}; send the rest in another file"))])
            }
        }
    }
}

/// A table with every row looked at.
pub struct Read {
    pub rows: Vec<Row>,
    pub wrong: Vec<RowError>,
    /// Names of columns nothing is known of.
    pub ignored: Vec<String>,
}

/// Reads the rows. `confirmed` is for those that do not say whether the address is known to be theirs.
pub fn read(sheet: Sheet, known: &Known, questions: &[question::Model], confirmed: bool) -> Read {
    let mut found = Read { rows: Vec::new(), wrong: Vec::new(), ignored: Vec::new() };
    let head_row = 1;
    let mut columns: Vec<Option<Column>> = Vec::new();
    for name in &sheet.head {
        let column = Column::of(name, questions);
        if column.is_none() && !name.is_empty() {
            found.ignored.push(name.clone());
        }
        if column.is_some() && columns.contains(&column) {
            let field = column.as_ref().map(Column::field).unwrap_or_default();
            found.wrong.push(wrong(head_row, &field, "repeated", &format!("two columns hold this; one of them is {name}")));
        }
        columns.push(column);
    }
    for field in ["email", "name", "passions"] {
        if !columns.iter().flatten().any(|column| column.field() == field) {
            found.wrong.push(wrong(head_row, field, "required", "no column is called so"));
        }
    }
    // What is wrong with the head is wrong with every row, and is said once.
    if !found.wrong.is_empty() {
        return found;
    }
    let mut by_address: HashMap<String, u32> = HashMap::new();
    for (number, cells) in sheet.rows {
        match row(&columns, &cells, known, questions, confirmed) {
            Ok(new) => match by_address.insert(new.email.normal(), number) {
                Some(before) => found.wrong.push(wrong(number, "email", "repeated", &format!("is in row {before} too"))),
                None => found.rows.push(Row { number, new }),
            },
            Err(errors) => found
                .wrong
                .extend(errors.into_iter().map(|error| wrong(number, error.pointer.trim_start_matches('/'), &error.code, &error.detail))),
        }
    }
    found
}

fn row(
    columns: &[Option<Column>],
    cells: &[String],
    known: &Known,
    questions: &[question::Model],
    confirmed: bool,
) -> Result<NewRegistration, Vec<FieldError>> {
    if let Some(beyond) = cells.iter().skip(columns.len()).find(|cell| !cell.is_empty()) {
        return Err(vec![FieldError::new("", "too_many", format!("more cells than columns: {beyond}"))]);
    }
    let mut said = json!({"email_confirmed": confirmed});
    for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        if let Some(column) = column {
            column.write(cell, questions, &mut said);
        }
    }
    let read = body::parse::<NewRegistration>(said.to_string().as_bytes()).and_then(|new| new.settle(known, questions, AskedOf::Staff));
    read.map_err(|err| match err {
        ApiError::Invalid(wrong) => wrong,
        other => vec![FieldError::new("", other.code(), other.to_string())],
    })
}

fn wrong(row: u32, field: &str, code: &str, detail: &str) -> RowError {
    RowError { row, field: field.to_owned(), code: code.to_owned(), detail: detail.to_owned() }
}
