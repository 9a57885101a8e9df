//! Confirming a registration, and taking or leaving a seat that is offered.

use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{event, organizer, registration};
use convivio_domain::words::{EventState, RegistrationState};

use super::views::{Asked, Confirm, Confirmed, Offer, Outcome, Page};
use super::{Form, app, draw, head, locale_of, or_problem};
use crate::api::public;
use crate::app::App;
use crate::http::{ApiError, Result};

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token, false).await)
}

async fn shown(request: &HttpRequest, token: &str, changed: bool) -> Result<HttpResponse> {
    let app = app(request);
    let row = public::behind_link(&app, token).await?;
    let expired = row.pending_until.is_some_and(|until| until <= app.clock.now());
    if !matches!(row.state, RegistrationState::PendingEmail | RegistrationState::Offered) || expired {
        return outcome(request, &app, &row, true).await;
    }
    let (organizer, event) = about(&app, &row).await?;
    let locale = locale_of(request, Some(row.locale));
    if let Some(until) = row.offered_until() {
        let view = Offer { event: head(&organizer, &event, locale), name: row.name.to_string(), until };
        return draw(Page::Offer(view), locale);
    }
    let asked = match event.is_full() {
        _ if event.approval => Asked::Approval,
        true => Asked::Waiting,
        false => Asked::Registration,
    };
    let view = Confirm {
        event: head(&organizer, &event, locale),
        name: row.name.to_string(),
        passions: row.profile.passions.iter().map(|passion| passion.label(locale)).collect(),
        follow_up: row.follow_up,
        asked,
        shown: row.version,
        changed,
    };
    draw(Page::Confirm(view), locale)
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    let page = match form.get("choice") {
        "decline" => declined(&request, &token).await,
        _ => confirmed(&request, &token, &form).await,
    };
    or_problem(&request, page)
}

/// Whatever it has come to meanwhile, the page says so.
async fn declined(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let before = public::behind_link(&app, token).await?;
    match public::decline_by_link(&app, token).await {
        Ok(row) if before.state == RegistrationState::Offered => draw_outcome(request, &app, &row, Outcome::Declined).await,
        Ok(row) => outcome(request, &app, &row, true).await,
        Err(ApiError::TokenExpired | ApiError::WrongState(_)) => outcome(request, &app, &before, true).await,
        Err(err) => Err(err),
    }
}

async fn confirmed(request: &HttpRequest, token: &str, form: &Form) -> Result<HttpResponse> {
    let app = app(request);
    let before = public::behind_link(&app, token).await?;
    let row = match public::confirm_by_link(&app, token, form.get("shown").parse().ok()).await {
        Ok(row) => row,
        Err(ApiError::TokenExpired) => before.clone(),
        Err(ApiError::PreconditionFailed) => return shown(request, token, true).await,
        Err(err) => return Err(err),
    };
    outcome(request, &app, &row, before.state == row.state).await
}

async fn outcome(request: &HttpRequest, app: &App, row: &registration::Model, nothing_new: bool) -> Result<HttpResponse> {
    let (_, event) = about(app, row).await?;
    let outcome = match row.state {
        RegistrationState::Cancelled if event.state == EventState::Cancelled => Outcome::EventOff,
        RegistrationState::Rejected => Outcome::Rejected,
        RegistrationState::Confirmed if !nothing_new => Outcome::Confirmed,
        RegistrationState::Waitlisted => {
            Outcome::Waitlisted { position: row.position.and_then(|position| u32::try_from(position).ok()).unwrap_or(1) }
        }
        RegistrationState::PendingApproval => Outcome::PendingApproval,
        RegistrationState::PendingEmail | RegistrationState::Offered | RegistrationState::Cancelled | RegistrationState::OfferExpired => {
            Outcome::Expired
        }
        _ => Outcome::AlreadyConfirmed,
    };
    draw_outcome(request, app, row, outcome).await
}

async fn draw_outcome(request: &HttpRequest, app: &App, row: &registration::Model, outcome: Outcome) -> Result<HttpResponse> {
    let (organizer, event) = about(app, row).await?;
    let locale = locale_of(request, Some(row.locale));
    // The confirmation link shows that the mail was read by its owner, so it may lead on to their own page.
    let my_table = matches!(outcome, Outcome::Confirmed | Outcome::AlreadyConfirmed | Outcome::Waitlisted { .. })
        .then(|| app.attendee_link(row).path().to_owned());
    draw(Page::Confirmed(Confirmed { event: head(&organizer, &event, locale), outcome, my_table }), locale)
}

async fn about(app: &App, row: &registration::Model) -> Result<(organizer::Model, event::Model)> {
    let read = app.db.read(&row.organizer_id);
    let event = event::find_by_id(&read, row.event_id).await?.ok_or(ApiError::NotFound)?;
    Ok((organizer::this(&read).await?, event))
}
