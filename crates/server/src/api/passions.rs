//! Passions to choose from.

use actix_web::{Responder, web};
use convivio_db::organizer;
use convivio_domain::{Locale, Localized, Passion, PassionCode, catalogue};
use serde::Serialize;

use crate::app::App;
use crate::http::{ApiError, List, Query, Result};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    locale: Locale,
    /// The organizer whose event it is for.
    o: Option<String>,
}

#[derive(Serialize)]
pub struct Suggestion<'a> {
    code: &'a PassionCode,
    labels: &'a Localized<String>,
    synonyms: &'a Localized<Vec<String>>,
    family: &'a str,
}

impl<'a> From<&'a Passion> for Suggestion<'a> {
    fn from(passion: &'a Passion) -> Self {
        Self { code: &passion.code, labels: &passion.labels, synonyms: &passion.synonyms, family: &passion.family }
    }
}

const MOST_TYPED: usize = 140;
const MOST_SUGGESTED: usize = 20;

/// Passions whose name in either language begins with, holds or nearly is what was typed.
pub async fn suggest(app: web::Data<App>, Query(wanted): Query<Wanted>) -> Result<impl Responder> {
    if wanted.q.chars().count() > MOST_TYPED {
        return Err(ApiError::Malformed(format!("query: q must have at most {MOST_TYPED} characters")));
    }
    if let Some(slug) = &wanted.o {
        organizer::by_slug(&app.db.central(), slug).await?.ok_or(ApiError::NotFound)?;
    }
    let found = catalogue().suggest(&wanted.q, wanted.locale, MOST_SUGGESTED);
    Ok(web::Json(List { results: found.into_iter().map(Suggestion::from).collect(), next: None }))
}
