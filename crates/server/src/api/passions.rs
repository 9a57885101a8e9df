//! Passions to choose from.

use actix_web::web;
use convivio_db::organizer;
use convivio_domain::{Locale, Localized, Passion, PassionCode, catalogue};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::{ApiError, List, Query, Result};

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What was typed so far
    #[serde(default)]
    q: String,
    #[serde(default)]
    locale: Locale,
    /// The organizer whose event it is for.
    o: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Suggestion {
    code: PassionCode,
    labels: Localized<String>,
    synonyms: Localized<Vec<String>>,
    family: String,
}

impl From<&Passion> for Suggestion {
    fn from(passion: &Passion) -> Self {
        Self {
            code: passion.code.clone(),
            labels: passion.labels.clone(),
            synonyms: passion.synonyms.clone(),
            family: passion.family.clone(),
        }
    }
}

const MOST_TYPED: usize = 140;
const MOST_SUGGESTED: usize = 20;

/// Passions whose name in either language begins with, holds or nearly is what was typed.
pub async fn suggest(app: web::Data<App>, Query(wanted): Query<Wanted>) -> Result<List<Suggestion>> {
    if wanted.q.chars().count() > MOST_TYPED {
        return Err(ApiError::Malformed(format!("query: q must have at most {MOST_TYPED} characters")));
    }
    if let Some(slug) = &wanted.o {
        organizer::by_slug(&app.db.central(), slug).await?.ok_or(ApiError::NotFound)?;
    }
    let found = catalogue().suggest(&wanted.q, wanted.locale, MOST_SUGGESTED);
    Ok(List { results: found.into_iter().map(Suggestion::from).collect(), next: None })
}
