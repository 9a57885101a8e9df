//! One's own prompts: what is coming by its day, and what came with what was answered.

use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{event, prompt};
use convivio_domain::Locale;
use convivio_domain::words::PromptState;

use super::my_table::signed_in;
use super::views::{Coming, Page, Past, PromptsPage, ways};
use super::{app, draw, locale_of, or_problem};
use crate::app::App;
use crate::http::Result;

/// So many stand on the page, the newest of them; an evening brings six.
const MOST_SHOWN: u64 = 200;

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let read = app.db.read(&who);
    let mut rows = prompt::newest_of_person(&read, who.person.id, MOST_SHOWN).await?;
    let events = event::by_ids(&read, rows.iter().map(|row| row.event_id)).await?;
    let of = |row: &prompt::Model| events.iter().find(|event| event.id == row.event_id);
    rows.sort_by_key(prompt::Model::left_at);
    let view = PromptsPage {
        ways: ways(&app.attendee_token(&who.registration), "prompts"),
        coming: rows.iter().filter_map(|row| coming(row, of(row)?, locale)).collect(),
        past: rows.iter().rev().filter_map(|row| past(&app, row, of(row)?, locale)).collect(),
    };
    draw(Page::Prompts(view), locale)
}

fn coming(row: &prompt::Model, event: &event::Model, locale: Locale) -> Option<Coming> {
    prompt::WAITING.contains(&row.state).then(|| Coming {
        event: event.title(locale).to_owned(),
        due_at: row.due_at,
        timezone: event.timezone,
        about: row.step.as_str(),
    })
}

/// One that was read, or could have been.
fn past(app: &App, row: &prompt::Model, event: &event::Model, locale: Locale) -> Option<Past> {
    if !matches!(row.state, PromptState::Sent | PromptState::Acted | PromptState::Skipped) {
        return None;
    }
    Some(Past {
        event: event.title(locale).to_owned(),
        subject: row.content.as_ref()?.subject.clone(),
        path: format!("/prompts/{}", app.prompt_token(row)),
        at: row.left_at(),
        timezone: event.timezone,
        answer: row.answer.as_ref().map_or("none", |answer| answer.choice.as_str()),
    })
}
