//! Guides by phase: shipped in every language of Convivio, or in an organizer's own words.

use actix_web::web;
use convivio_db::{Scoped, event, guide};
use convivio_domain::words::{GuideChoice, GuidePhase};
use convivio_domain::{FreeText, Language, Locale, Title};
use convivio_followup::reading;
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{AnyRole, ApiError, Json, Manager, NoContent, Result, Staff};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideForm {
    title: Title,
    /// Plain text; a blank line ends a paragraph.
    text: FreeText,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PhaseGuide)]
pub struct Guide {
    pub phase: GuidePhase,
    /// The language of the words.
    pub locale: Locale,
    pub title: String,
    pub text: String,
    /// The organizer's words, and not the shipped ones.
    pub own: bool,
    /// There are none in the language that was asked for, so these are in another.
    pub fallback: bool,
}

#[derive(serde::Deserialize)]
pub struct GuidePath {
    phase: String,
    locale: String,
}

impl GuidePath {
    fn phase(&self) -> Result<GuidePhase> {
        self.phase.parse().map_err(|_| ApiError::NotFound)
    }

    /// A language Convivio speaks; words in another nobody would be shown.
    fn locale(&self) -> Result<Locale> {
        self.locale.parse().map_err(|_| ApiError::NotFound)
    }
}

pub async fn show(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<GuidePath>) -> Result<Json<Guide>> {
    let phase = path.phase()?;
    Language::try_from(path.locale.clone()).map_err(|_| ApiError::NotFound)?;
    let asked = path.locale().ok();
    let guide = read(&app.db.read(&who), phase, asked.unwrap_or_default()).await?;
    Ok(Json(Guide { fallback: asked.is_none(), ..guide }))
}

pub async fn replace(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<GuidePath>,
    Json(form): Json<GuideForm>,
) -> Result<Json<Guide>> {
    let (phase, locale) = (path.phase()?, path.locale()?);
    let tx = app.db.write(&who).await?;
    guide::put(&tx, phase, locale, form.title, form.text, app.clock.now()).await?;
    let guide = read(&tx, phase, locale).await?;
    tx.commit().await?;
    Ok(Json(guide))
}

/// Going back to what is there already changes nothing.
pub async fn remove(who: Staff<Manager>, app: web::Data<App>, path: web::Path<GuidePath>) -> Result<NoContent> {
    let (phase, locale) = (path.phase()?, path.locale()?);
    let tx = app.db.write(&who).await?;
    guide::remove(&tx, phase, locale).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// The guide in a language of Convivio: the organizer's, or the shipped one.
pub async fn read(scope: &impl Scoped, phase: GuidePhase, locale: Locale) -> Result<Guide> {
    Ok(match guide::find(scope, phase, locale).await? {
        Some(own) => Guide { phase, locale, title: own.title.to_string(), text: own.text.to_string(), own: true, fallback: false },
        None => shipped(phase, locale),
    })
}

/// The guide that an event gives to read in this phase, if it gives one.
pub async fn of_event(scope: &impl Scoped, event: &event::Model, phase: GuidePhase, locale: Locale) -> Result<Option<Guide>> {
    Ok(match event.guides().of(phase) {
        GuideChoice::Own => Some(read(scope, phase, locale).await?),
        GuideChoice::Shipped => Some(shipped(phase, locale)),
        GuideChoice::Nothing => None,
    })
}

fn shipped(phase: GuidePhase, locale: Locale) -> Guide {
    let shipped = reading::guide(phase, locale);
    Guide { phase, locale, title: shipped.title.to_owned(), text: shipped.text.to_owned(), own: false, fallback: false }
}
