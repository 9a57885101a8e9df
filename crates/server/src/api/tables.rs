//! Tables: listed one by one, or by their size.

use actix_web::web;
use convivio_db::{event, round};
use convivio_domain::words::EventState;
use convivio_domain::{SizeRule, TableLayout, TableSpec};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EventPath, events, find_event};
use crate::app::App;
use crate::http::{AnyRole, ApiError, FieldError, Json, Manager, Result, Staff};

/// Either `tables`, or `min` and `max` with or without `count`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TablesForm {
    #[serde(default)]
    tables: Option<Vec<TableSpec>>,
    #[serde(default)]
    min: Option<u16>,
    #[serde(default)]
    max: Option<u16>,
    #[serde(default)]
    count: Option<u16>,
}

impl TablesForm {
    fn layout(self) -> Result<TableLayout> {
        let required = |pointer: &str| FieldError::new(pointer, "required", "must be given: a list of tables, or their size");
        match (self.tables, self.min, self.max) {
            (Some(tables), None, None) if self.count.is_none() => Ok(TableLayout::Listed { tables }),
            (None, Some(min), Some(max)) => Ok(TableLayout::BySize(SizeRule { min, max, count: self.count })),
            (None, None, None) => Err(ApiError::Invalid(vec![required("/tables")])),
            (None, None, _) => Err(ApiError::Invalid(vec![required("/min")])),
            (None, _, None) => Err(ApiError::Invalid(vec![required("/max")])),
            _ => {
                Err(ApiError::Invalid(vec![FieldError::new("/tables", "tables_or_size", "give a list of tables or their size, not both")]))
            }
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Tables {
    Listed { tables: Vec<Numbered> },
    BySize(SizeRule),
}

#[derive(Serialize, ToSchema)]
pub struct Numbered {
    /// From 1.
    number: usize,
    #[serde(flatten)]
    table: TableSpec,
}

impl From<TableLayout> for Tables {
    fn from(layout: TableLayout) -> Self {
        match layout {
            TableLayout::Listed { tables } => {
                Self::Listed { tables: (1..).zip(tables).map(|(number, table)| Numbered { number, table }).collect() }
            }
            TableLayout::BySize(rule) => Self::BySize(rule),
        }
    }
}

pub async fn show(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Json<Tables>> {
    let row = find_event(&app.db.read(&who), &path.event).await?;
    let layout = row.tables.map_or(TableLayout::Listed { tables: Vec::new() }, |tables| tables.0);
    Ok(Json(Tables::from(layout)))
}

pub async fn replace(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(form): Json<TablesForm>,
) -> Result<Json<Tables>> {
    let layout = form.layout()?;
    events::fits(&layout)?;
    let tx = app.db.write(&who).await?;
    let row = find_event(&tx, &path.event).await?;
    if !matches!(row.state, EventState::Draft | EventState::Published) {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    if round::live(&tx, row.id).await?.is_some() {
        return Err(ApiError::RoundLive);
    }
    event::set_tables(&tx, row.id, layout.clone()).await?;
    tx.commit().await?;
    Ok(Json(Tables::from(layout)))
}
