//! Prompts: what was suggested, and what one answers.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Cursor, Scoped, event, organizer, prompt};
use convivio_domain::prompt::{Action, CommonGround, Input, Recall};
use convivio_domain::words::{Choice, GuidePhase, PromptState, Reason, Step};
use convivio_domain::{EventId, Locale, PersonId, Prompt as Content, PromptId, Slug};
use eserde::Deserialize;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::answering::{Answer, answer_prompt, put_off};
use crate::api::id_of;
use crate::app::App;
use crate::http::{ApiError, Attendee, Json, List, Listing, Result};

/// A prompt as data, for pages, mails and chat tools alike.
#[derive(Serialize, ToSchema)]
pub struct Prompt {
    id: PromptId,
    event: Slug,
    step: Step,
    state: PromptState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    due_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    says: Option<Says>,
}

/// What it says, once it has been made.
#[derive(Serialize, ToSchema)]
struct Says {
    locale: Locale,
    subject: String,
    opening: String,
    recall: Recall,
    common_ground: CommonGround,
    action: Action,
    alternatives: Vec<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
    /// Where the event's guide for afterwards is read, where it gives one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    guide: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reflection: Option<String>,
    choices: Vec<Choice>,
    locked_asks: Vec<Action>,
    inputs: Vec<Input>,
}

impl Says {
    fn of(content: Content, guide: Option<Url>) -> Self {
        Self {
            locale: content.locale,
            subject: content.subject,
            opening: content.opening,
            recall: content.recall,
            common_ground: content.common_ground,
            action: content.action,
            alternatives: content.alternatives,
            draft: content.draft,
            guide,
            reflection: content.reflection,
            choices: content.choices,
            locked_asks: content.locked_asks,
            inputs: content.inputs,
        }
    }
}

impl Prompt {
    pub(super) fn of(app: &App, organizer: &organizer::Model, event: &event::Model, row: prompt::Model) -> Self {
        let is_read_with = !matches!(row.step, Step::N1 | Step::Stop) && event.gives_guide(GuidePhase::After);
        let guide = || is_read_with.then(|| app.url(&format!("/guides/{}/{}", organizer.slug, GuidePhase::After)));
        Self {
            id: row.id,
            event: event.slug.clone(),
            step: row.step,
            state: row.state,
            reason: row.reason,
            due_at: row.due_at,
            sent_at: row.sent_at,
            says: row.content.map(|content| Says::of(content.0, guide())),
        }
    }
}

pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Prompt>> {
    let read = app.db.read(&who);
    let page = prompt::of_person(&read, who.person.id, listing.cursor()?).await?;
    let (rows, more) = (page.rows, page.more);
    let (organizer, events) = around(&read, &rows).await?;
    let page = convivio_db::Page { rows: rows.into_iter().filter_map(|row| Some((events.get(&row.event_id)?, row))).collect(), more };
    Ok(listing.answer(page, |(_, row)| row.id, |(event, row)| Prompt::of(&app, &organizer, event, row)))
}

/// Every prompt of oneself.
pub(super) async fn all(app: &App, scope: &impl Scoped, me: PersonId, limit: u64) -> Result<Vec<Prompt>> {
    let rows = prompt::of_person(scope, me, Cursor { after: None, limit }).await?.rows;
    let (organizer, events) = around(scope, &rows).await?;
    Ok(rows.into_iter().filter_map(|row| Some(Prompt::of(app, &organizer, events.get(&row.event_id)?, row))).collect())
}

/// Whose prompts these are, and the events they are about.
async fn around(scope: &impl Scoped, rows: &[prompt::Model]) -> Result<(organizer::Model, HashMap<EventId, event::Model>)> {
    let events = event::by_ids(scope, rows.iter().map(|row| row.event_id)).await?;
    Ok((organizer::this(scope).await?, events.into_iter().map(|event| (event.id, event)).collect()))
}

pub async fn act(who: Attendee, app: web::Data<App>, id: web::Path<String>, Json(answer): Json<Answer>) -> Result<Json<Prompt>> {
    let row = own(&app, &who, &id).await?;
    let row = answer_prompt(&app, row, answer).await?;
    shown(&app, row).await
}

pub async fn skip(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<Prompt>> {
    let row = own(&app, &who, &id).await?;
    let row = answer_prompt(&app, row, Answer::of(Choice::NotNow)).await?;
    shown(&app, row).await
}

/// For how long a prompt is put off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    /// 1, 2 or 4
    #[schema(minimum = 1, maximum = 4)]
    weeks: u8,
}

pub async fn snooze(who: Attendee, app: web::Data<App>, id: web::Path<String>, Json(snooze): Json<Snooze>) -> Result<Json<Prompt>> {
    let row = own(&app, &who, &id).await?;
    let row = put_off(&app, row, snooze.weeks, None).await?;
    shown(&app, row).await
}

async fn shown(app: &App, row: prompt::Model) -> Result<Json<Prompt>> {
    let (organizer, events) = around(&app.db.read(&row.organizer_id), std::slice::from_ref(&row)).await?;
    let event = events.get(&row.event_id).ok_or(ApiError::NotFound)?;
    Ok(Json(Prompt::of(app, &organizer, event, row)))
}

async fn own(app: &App, who: &Attendee, id: &str) -> Result<prompt::Model> {
    let row = prompt::find_by_id(&app.db.read(who), id_of(id)?).await?.ok_or(ApiError::NotFound)?;
    if row.person_id == who.person.id { Ok(row) } else { Err(ApiError::NotFound) }
}
