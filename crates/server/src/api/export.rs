//! Everybody at an event, to take along: as a table for people, as JSON for programs.
//!
//! An address leaves with the export only where its owner agreed to be written to after the event, and has not taken that back: what people gave to
//! get a seat is not a list of contacts. And only to a role that may see addresses at all.

use std::collections::HashMap;
use std::slice;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use convivio_db::{Read, event, person, question, registration};
use convivio_domain::words::{RegistrationState, Role};
use convivio_domain::{EmailAddress, Locale, PersonId, RegistrationId};
use futures_util::stream;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::registrations::{Registration, places, sees_addresses};
use super::{EventPath, find_event};
use crate::app::App;
use crate::http::describe::Description;
use crate::http::{ApiError, Forms, InForm, Query, Result, Staff, Viewer};
use crate::spreadsheet::{self, harmless};

#[derive(Clone, Copy, Default, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Csv,
    Xlsx,
    Json,
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    #[param(inline)]
    format: Format,
    state: Option<RegistrationState>,
}

/// How many are read at a time, so that no export holds everybody in memory.
const AT_A_TIME: u64 = 500;

pub async fn export(
    who: Staff<Viewer>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Query(wanted): Query<Wanted>,
) -> Result<InForm<Export>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let questions = question::ever_of_event(&read, event.id).await?;
    let name = format!("attachment; filename=\"{}-registrations", event.slug);
    let pages = Pages { read, event, state: wanted.state, after: None, done: false, role: who.role, now: app.clock.now() };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(InForm::new(match wanted.format {
        Format::Csv => {
            let response =
                response.content_type("text/csv; charset=utf-8").insert_header((header::CONTENT_DISPOSITION, format!("{name}.csv\"")));
            response.streaming(csv(pages, questions))
        }
        Format::Json => {
            let response = response.content_type("application/json").insert_header((header::CONTENT_DISPOSITION, format!("{name}.json\"")));
            response.streaming(json_list(pages))
        }
        Format::Xlsx => {
            let book = workbook(pages, &questions).await?;
            response.content_type(spreadsheet::XLSX).insert_header((header::CONTENT_DISPOSITION, format!("{name}.xlsx\""))).body(book)
        }
    }))
}

/// Everybody in the form that was asked for.
pub enum Export {}

impl Forms for Export {
    fn describe(operation: &mut Description) {
        let one = operation.schema::<Registration>();
        operation.answers(200, "the registrations", "application/json", &json!({"type": "array", "items": one}));
        operation.answers(200, "the registrations", spreadsheet::CSV, &json!({"type": "string"}));
        operation.answers(200, "the registrations", spreadsheet::XLSX, &json!({"type": "string", "format": "binary"}));
    }
}

/// The registrations by birth, page by page, each with the address that may leave.
struct Pages {
    read: Read,
    event: event::Model,
    state: Option<RegistrationState>,
    after: Option<RegistrationId>,
    done: bool,
    /// Of whoever asks.
    role: Role,
    now: DateTime<Utc>,
}

impl Pages {
    /// The next page; empty when there is none.
    async fn next(&mut self) -> Result<Vec<(registration::Model, Option<EmailAddress>)>> {
        if self.done {
            return Ok(Vec::new());
        }
        let rows = registration::some_of_event(&self.read, self.event.id, self.state, self.after, AT_A_TIME).await?;
        self.after = rows.last().map(|row| row.id);
        self.done = rows.is_empty();
        let mut addresses = if sees_addresses(self.role) { addresses(&self.read, &rows).await? } else { HashMap::new() };
        Ok(rows
            .into_iter()
            .map(|row| {
                let address = addresses.remove(&row.person_id);
                (row, address)
            })
            .collect())
    }
}

/// Of those who agreed to be written to, with an address that is known to be theirs.
async fn addresses(read: &Read, rows: &[registration::Model]) -> Result<HashMap<PersonId, EmailAddress>> {
    let agreed = rows.iter().filter(|row| row.follow_up && row.confirmed_at.is_some()).map(|row| row.person_id);
    let people = person::by_ids(read, agreed).await?;
    let still = people.into_iter().filter(|(_, person)| person.follow_up_stopped_at.is_none());
    Ok(still.map(|(id, person)| (id, person.email)).collect())
}

type Chunk = std::result::Result<web::Bytes, ApiError>;

fn csv(pages: Pages, questions: Vec<question::Model>) -> impl stream::Stream<Item = Chunk> {
    let head = Some(head(&questions));
    stream::try_unfold((pages, questions, head), |(mut pages, questions, head)| async move {
        let rows = pages.next().await?;
        if rows.is_empty() && head.is_none() {
            return Ok(None);
        }
        let locale = pages.event.locale;
        let rows = rows.iter().map(|(row, email)| cells(row, email.as_ref(), &questions, locale, pages.now));
        let mut csv = csv::Writer::from_writer(Vec::new());
        for row in head.into_iter().chain(rows) {
            csv.write_record(row.iter().map(|cell| harmless(cell))).map_err(anyhow::Error::from)?;
        }
        let text = csv.into_inner().map_err(|err| anyhow::anyhow!("{err}"))?;
        Ok(Some((web::Bytes::from(text), (pages, questions, None))))
    })
}

fn json_list(pages: Pages) -> impl stream::Stream<Item = Chunk> {
    /// What was written last.
    enum Before {
        Nothing,
        Rows,
        End,
    }
    stream::try_unfold((pages, Before::Nothing), |(mut pages, before)| async move {
        let mut opening = match before {
            Before::Nothing => "[",
            Before::Rows => ",",
            Before::End => return Ok(None),
        };
        let rows = pages.next().await?;
        if rows.is_empty() {
            let end = if matches!(before, Before::Nothing) { "[]" } else { "]" };
            return Ok(Some((web::Bytes::from_static(end.as_bytes()), (pages, Before::End))));
        }
        let mut text = String::new();
        let mut places = places(&pages.read, slice::from_ref(&pages.event), rows.iter().map(|(row, _)| row)).await?;
        for (row, email) in rows {
            text.push_str(opening);
            opening = ",";
            let tables = places.remove(&row.id);
            let shown = Registration::of(row, email, tables, pages.role, pages.now);
            text.push_str(&serde_json::to_string(&shown).map_err(anyhow::Error::from)?);
        }
        Ok(Some((web::Bytes::from(text), (pages, Before::Rows))))
    })
}

async fn workbook(mut pages: Pages, questions: &[question::Model]) -> Result<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let locale = pages.event.locale;
    let mut at = 0;
    write_row(sheet, &mut at, head(questions))?;
    loop {
        let rows = pages.next().await?;
        if rows.is_empty() {
            break;
        }
        for (row, email) in &rows {
            write_row(sheet, &mut at, cells(row, email.as_ref(), questions, locale, pages.now))?;
        }
    }
    Ok(web::block(move || book.save_to_buffer()).await.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?)
}

fn write_row(sheet: &mut rust_xlsxwriter::Worksheet, at: &mut u32, cells: Vec<String>) -> Result<()> {
    for (column, cell) in (0..).zip(&cells) {
        // As text, and harmless too: somebody may save the sheet as CSV.
        sheet.write_string(*at, column, harmless(cell)).map_err(anyhow::Error::from)?;
    }
    *at += 1;
    Ok(())
}

/// The names of the columns, which an import knows again.
fn head(questions: &[question::Model]) -> Vec<String> {
    const FIELDS: [&str; 19] = [
        "code",
        "state",
        "position",
        "passions",
        "name",
        "email",
        "working_on",
        "offers",
        "needs",
        "intention",
        "languages",
        "accessibility",
        "follow_up",
        "locale",
        "timezone",
        "created_at",
        "confirmed_at",
        "checked_in_at",
        "unit",
    ];
    let asked = questions.iter().map(|question| format!("answers.{}", question.code));
    FIELDS.iter().map(|field| (*field).to_owned()).chain(asked).chain(["answers".to_owned(), "headline".to_owned()]).collect()
}

fn cells(
    row: &registration::Model,
    email: Option<&EmailAddress>,
    questions: &[question::Model],
    locale: Locale,
    now: DateTime<Utc>,
) -> Vec<String> {
    let profile = &row.profile;
    let instant = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
    let text = |value: Option<&dyn ToString>| value.map(|value| value.to_string()).unwrap_or_default();
    let passions = profile.passions.iter().map(|passion| format!("{} ({})", one(&passion.label(locale)), passion.level.get()));
    let mut cells = vec![
        row.code.to_string(),
        row.state.to_string(),
        text(row.position.as_ref().map(|position| position as _)),
        passions.collect::<Vec<_>>().join("; "),
        row.name.to_string(),
        text(email.map(|email| email as _)),
        text(profile.working_on.as_ref().map(|line| line as _)),
        profile.offers.iter().map(|offer| one(offer.as_str())).collect::<Vec<_>>().join("; "),
        profile.needs_at(now).map(|need| one(need.text.as_str())).collect::<Vec<_>>().join("; "),
        text(row.intention.as_ref().map(|text| text as _)),
        profile.languages.iter().map(|language| language.as_str()).collect::<Vec<_>>().join("; "),
        text(row.accessibility.as_ref().map(|text| text as _)),
        if row.follow_up { "yes" } else { "no" }.to_owned(),
        row.locale.to_string(),
        text(row.timezone.as_ref().map(|zone| zone as _)),
        instant(Some(row.created_at)),
        instant(row.confirmed_at),
        instant(row.checked_in_at),
        text(profile.unit.as_ref().map(|line| line as _)),
    ];
    let mut left = row.answers.0.clone();
    for question in questions {
        cells.push(left.remove(question.code.as_str()).map(|answer| answered(&answer)).unwrap_or_default());
    }
    cells.push(if left.is_empty() { String::new() } else { Value::Object(left).to_string() });
    cells.push(text(profile.headline.as_ref().map(|line| line as _)));
    cells
}

/// One of several in a cell: the signs between them cannot stand in it.
fn one(text: &str) -> String {
    text.replace(';', ",").replace('|', "/")
}

fn answered(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(several) => several.iter().map(answered).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
