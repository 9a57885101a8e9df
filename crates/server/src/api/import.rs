//! Registrations from a table: CSV or an Excel file, tried first and written whole.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use convivio_db::{event, person, question, registration};
use convivio_domain::RegistrationCode;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

use super::{EventPath, find_event};
use crate::app::App;
use crate::declaring::Known;
use crate::http::describe::{Argument, Description};
use crate::http::{ApiError, FieldError, Json, Manager, Query, Result, Staff, receiving};
use crate::importing::{self, Row, RowError};
use crate::{registering, spreadsheet};

/// The bytes of a table.
pub struct Table(web::Bytes);

/// What browsers and programs call such files.
const TYPES: [&str; 6] =
    [spreadsheet::CSV, spreadsheet::XLSX, "application/csv", "application/vnd.ms-excel", "application/octet-stream", "text/plain"];

impl FromRequest for Table {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let named = request.headers().get(header::CONTENT_TYPE).and_then(|named| named.to_str().ok()).unwrap_or_default();
        let media_type = named.split(';').next().unwrap_or_default().trim();
        let fits = TYPES.iter().any(|one| media_type.eq_ignore_ascii_case(one));
        if !fits {
            return Box::pin(async { Err(ApiError::UnsupportedMediaType) });
        }
        let table = receiving::read(request, payload, receiving::settings(request).largest_import());
        Box::pin(async move { table.await.map(Self) })
    }
}

impl Argument for Table {
    fn describe(operation: &mut Description) {
        operation.takes(&[spreadsheet::CSV, spreadsheet::XLSX], json!({"type": "string", "format": "binary"}));
    }
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct How {
    /// Says what would happen, and writes nothing
    #[serde(default)]
    dry_run: bool,
    /// For rows that do not say it: the addresses are known to be theirs, so that nobody is asked to confirm
    #[serde(default)]
    email_confirmed: bool,
}

/// What came of the rows, or would come of them.
#[derive(Serialize, ToSchema)]
pub struct Imported {
    dry_run: bool,
    /// Rows below the head that hold something
    rows: usize,
    /// How many of them are registered by this
    registered: usize,
    /// Of these, with a seat; not told of a dry run
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<usize>,
    /// Of these, in line; not told of a dry run
    #[serde(skip_serializing_if = "Option::is_none")]
    waitlisted: Option<usize>,
    /// Of these, asked by mail to confirm; not told of a dry run
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<usize>,
    /// Left as they were
    already_registered: Vec<Already>,
    /// Only of a dry run: with any of them, nothing is written
    errors: Vec<RowError>,
    /// Columns nothing is known of
    ignored_columns: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct Already {
    row: u32,
    code: RegistrationCode,
}

/// Registers everybody in the table, or nobody where a row is wrong.
pub async fn import(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Query(how): Query<How>,
    table: Table,
) -> Result<Json<Imported>> {
    let read = app.db.read(&who);
    let seen = find_event(&read, &path.event).await?;
    let (known, questions) = (Known::read(&read).await?, question::of_event(&read, seen.id).await?);
    // Thousands of rows are work for a while, which other requests should not wait for.
    let found =
        web::block(move || Ok::<_, ApiError>(importing::read(spreadsheet::read(&table.0)?, &known, &questions, how.email_confirmed)));
    let found = found.await.map_err(anyhow::Error::from)??;
    let wrong_rows: std::collections::HashSet<u32> = found.wrong.iter().map(|wrong| wrong.row).filter(|row| *row > 1).collect();
    let mut answer = Imported {
        dry_run: how.dry_run,
        rows: found.rows.len() + wrong_rows.len(),
        registered: 0,
        confirmed: None,
        waitlisted: None,
        pending: None,
        already_registered: Vec::new(),
        errors: Vec::new(),
        ignored_columns: found.ignored,
    };
    if how.dry_run {
        if !seen.gives_seats() {
            return Err(ApiError::EventNotOpen);
        }
        answer.already_registered = already(&read, &seen, &found.rows).await?;
        answer.registered = found.rows.len() - answer.already_registered.len();
        answer.errors = found.wrong;
        return Ok(Json(answer));
    }
    if !found.wrong.is_empty() {
        return Err(ApiError::Invalid(found.wrong.into_iter().map(FieldError::from).collect()));
    }
    let (tx, event) = registering::with_seats(&app, &who, seen.id).await?;
    if !event.gives_seats() {
        return Err(ApiError::EventNotOpen);
    }
    let rows = still_right(&tx, &event, found.rows).await?;
    let written = importing::write(&app, &tx, &event, rows).await?;
    tx.commit().await?;
    app.ring();
    answer.registered = written.confirmed + written.waitlisted + written.pending;
    (answer.confirmed, answer.waitlisted, answer.pending) = (Some(written.confirmed), Some(written.waitlisted), Some(written.pending));
    answer.already_registered = written.skipped.into_iter().map(|(row, code)| Already { row, code }).collect();
    Ok(Json(answer))
}

/// Passions and questions may have changed since the table was read: they are held now, and the rows looked at once more.
async fn still_right(tx: &convivio_db::Tx, event: &event::Model, rows: Vec<Row>) -> Result<Vec<Row>> {
    let known = Known::hold(tx).await?;
    let questions = question::of_event(tx, event.id).await?;
    let (mut right, mut wrong) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match row.new.settle(&known, &questions, convivio_domain::words::AskedOf::Staff) {
            Ok(new) => right.push(Row { new, ..row }),
            Err(ApiError::Invalid(errors)) => {
                let here = |error: FieldError| FieldError { pointer: format!("/rows/{}{}", row.number, error.pointer), ..error };
                wrong.extend(errors.into_iter().map(here));
            }
            Err(other) => return Err(other),
        }
    }
    crate::http::none_wrong(wrong)?;
    Ok(right)
}

/// Rows of people who are registered, and do not wish to be again.
async fn already(read: &convivio_db::Read, event: &event::Model, rows: &[Row]) -> Result<Vec<Already>> {
    let addresses: Vec<String> = rows.iter().map(|row| row.new.email.normal()).collect();
    let people = person::by_addresses(read, &addresses).await?;
    let registered = registration::of_people(read, event.id, people.values().map(|person| person.id)).await?;
    let standing: HashMap<_, _> =
        registered.into_iter().filter(|row| !row.state.can_be_revived()).map(|row| (row.person_id, row.code)).collect();
    let code = |row: &Row| standing.get(&people.get(&row.new.email.normal())?.id).cloned();
    Ok(rows.iter().filter_map(|row| Some(Already { row: row.number, code: code(row)? })).collect())
}
