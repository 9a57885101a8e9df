//! The attendee's own page: where they sit, with whom, how to talk there, and what is open.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use convivio_db::{event, organizer, prompt, registration, seat};
use convivio_domain::words::{EventState, PromptState, RegistrationState};
use convivio_domain::{Locale, RegistrationCode};

use super::views::{
    Gives, GivingUp, GuideQuestion, Method, MyPlace, MyProfile, MyRound, MyTable, OpenPrompt, Page, Seat, SharedWith, ShownPassion,
    TableGuide, ToRead, Why, ways,
};
use super::{Form, app, draw, head, locale_of, or_problem, register};
use crate::api::me::registrations::{self, Mate, MyTable as Table};
use crate::api::me::{guides, leaving};
use crate::app::App;
use crate::http::auth::{self, Attendee};
use crate::http::{ApiError, IfMatch, Result};
use crate::seating;

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let read = app.db.read(&who);
    let event = event::find_by_id(&read, who.registration.event_id).await?.ok_or(ApiError::NotFound)?;
    let organizer = organizer::this(&read).await?;
    let locale = locale_of(request, Some(who.registration.locale));
    let tables = registrations::tables(&app, &who.registration, &event).await?;
    let view = MyTable {
        ways: ways(&app.attendee_token(&who.registration), "table"),
        event: head(&organizer, &event, locale),
        name: who.registration.name.to_string(),
        code: who.registration.code.clone(),
        place: place(&app, &event, &who.registration),
        may_leave: leaving::may_leave(&event, &who.registration),
        guide: guide(&tables, locale)?,
        reading: reading(&app, &who, &organizer, &event, locale).await?,
        method: event.method(locale).map(|text| Method { text: text.to_owned(), acknowledged: who.registration.method_ack_at.is_some() }),
        prompts: open_prompts(&app, &who).await?,
        intention: who.registration.intention.as_ref().map(ToString::to_string),
        profile: profile(&app, &who.registration, locale),
        rounds: tables.into_iter().map(|table| my_round(table, locale)).collect(),
    };
    draw(Page::MyTable(Box::new(view)), locale)
}

pub async fn submit(request: HttpRequest, token: web::Path<String>, form: Form) -> HttpResponse {
    or_problem(&request, submitted(&request, &token, form).await)
}

async fn submitted(request: &HttpRequest, token: &str, form: Form) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    match form.get("choice") {
        "method_ack" => registrations::acknowledge(&app, &who.registration).await?,
        "give_up" => return giving_up(request, &app, &who).await,
        "give_up_surely" => match leaving::leave(&app, &who, who.registration.code.as_str(), &IfMatch::ANY).await {
            // Pressed twice, or too late: the page says where things stand.
            Ok(_) | Err(ApiError::WrongState(_)) => {}
            Err(err) => return Err(err),
        },
        _ => {}
    }
    shown(request, token).await
}

/// Asks once more; there is no way back to the same seat.
async fn giving_up(request: &HttpRequest, app: &App, who: &Attendee) -> Result<HttpResponse> {
    let read = app.db.read(who);
    let event = event::find_by_id(&read, who.registration.event_id).await?.ok_or(ApiError::NotFound)?;
    let locale = locale_of(request, Some(who.registration.locale));
    let view = GivingUp {
        event: head(&organizer::this(&read).await?, &event, locale),
        has_seat: matches!(who.registration.state, RegistrationState::Confirmed | RegistrationState::Offered),
    };
    draw(Page::GivingUp(view), locale)
}

/// A link that is no good leads nowhere; there is nothing to sign in to.
pub(super) async fn signed_in(app: &App, token: &str) -> Result<Attendee> {
    auth::attendee(app, token).await.map_err(not_there)
}

pub(super) fn not_there(err: ApiError) -> ApiError {
    match err {
        ApiError::Unauthenticated => ApiError::NotFound,
        other => other,
    }
}

fn place(app: &App, event: &event::Model, row: &registration::Model) -> MyPlace {
    if event.state == EventState::Cancelled {
        return MyPlace::EventOff;
    }
    match row.state {
        RegistrationState::PendingApproval => MyPlace::PendingApproval,
        RegistrationState::Offered => {
            MyPlace::Offered { until: row.pending_until.unwrap_or(event.starts_at), path: format!("/confirm/{}", app.confirm_token(row)) }
        }
        RegistrationState::Rejected => MyPlace::Rejected,
        RegistrationState::OfferExpired => MyPlace::OfferExpired,
        RegistrationState::Waitlisted => {
            MyPlace::Waitlisted { position: row.position.and_then(|position| u32::try_from(position).ok()).unwrap_or(1) }
        }
        RegistrationState::CheckedIn => MyPlace::CheckedIn,
        RegistrationState::Attended => MyPlace::Attended,
        RegistrationState::NoShow => MyPlace::Missed,
        RegistrationState::Confirmed | RegistrationState::PendingEmail => MyPlace::Confirmed,
        _ => MyPlace::Cancelled,
    }
}

fn my_round(table: Table, locale: Locale) -> MyRound {
    let seats = seats(&table.members, locale);
    MyRound {
        number: u16::try_from(table.round).unwrap_or(0),
        state: table.state,
        starts_at: table.starts_at,
        minutes: u16::try_from(table.minutes).unwrap_or(0),
        table: u16::try_from(table.table).unwrap_or(0),
        label: table.label,
        theme: table.theme.label(locale).map(str::to_owned),
        link: table.link.map(|link| link.to_string()),
        seats,
    }
}

fn seats(members: &[Mate], locale: Locale) -> Vec<Seat> {
    let names: HashMap<&RegistrationCode, String> =
        members.iter().filter_map(|mate| Some((&mate.code, mate.name.as_ref()?.to_string()))).collect();
    let shared = |mate: &Mate, code: &str| {
        members.iter().any(|other| other.code != mate.code && other.passions.iter().any(|passion| passion.code.as_str() == code))
    };
    let seat = |mate: &Mate| Seat {
        name: mate.name.as_ref().map(ToString::to_string),
        passions: mate
            .passions
            .iter()
            .map(|passion| ShownPassion { label: passion.label(locale), shared: shared(mate, passion.code.as_str()) })
            .collect(),
        headline: mate.headline.as_ref().map(ToString::to_string),
        offers: mate.offers.iter().map(ToString::to_string).collect(),
        needs: mate.needs.iter().map(|need| need.text.to_string()).collect(),
        working_on: mate.working_on.as_ref().map(ToString::to_string),
        intention: mate.intention.as_ref().map(ToString::to_string),
        languages: mate.languages.iter().map(|language| register::own_name(language).to_owned()).collect(),
        unit: mate.unit.as_ref().map(ToString::to_string),
        why: why(&mate.why, &names, locale),
        you: mate.you,
    };
    members.iter().map(seat).collect()
}

/// A reason with the names of those who show theirs.
pub(super) fn why(why: &seat::Why, names: &HashMap<&RegistrationCode, String>, locale: Locale) -> Why {
    Why {
        shared: why
            .shared
            .iter()
            .map(|shared| {
                let with: Vec<String> = shared.with.iter().filter_map(|code| names.get(code).cloned()).collect();
                let unnamed = u32::try_from(shared.with.len() - with.len()).unwrap_or(0);
                SharedWith { passion: seating::label_of_code(&shared.passion, locale), with, unnamed }
            })
            .collect(),
        gives: why
            .gives
            .iter()
            .filter_map(|given| Some(Gives { offer: given.offer.clone(), to: names.get(&given.with)?.clone() }))
            .collect(),
    }
}

fn guide(tables: &[Table], locale: Locale) -> Result<Option<TableGuide>> {
    let Some(table) = registrations::current(tables) else { return Ok(None) };
    let guide = registrations::guide_for(table, locale)?;
    Ok(Some(TableGuide {
        round: u16::try_from(table.round).unwrap_or(0),
        in_groups: guide.in_groups,
        questions: guide.turns.into_iter().map(|turn| GuideQuestion { text: turn.question, seconds_each: turn.seconds_each }).collect(),
        cue: guide.cues.into_iter().next().unwrap_or_default(),
        task: Some(guide.task.text),
    }))
}

/// What the event gives to read, to those who may come or came.
async fn reading(app: &App, who: &Attendee, organizer: &organizer::Model, event: &event::Model, locale: Locale) -> Result<Vec<ToRead>> {
    let token = app.guide_token(&who.registration);
    let guides = guides::of(&app.db.read(who), &who.registration, event, locale).await?;
    let line = |mine: guides::MyGuide| ToRead {
        title: mine.guide.title,
        path: format!("/guides/{}/{}/{token}", organizer.slug, mine.guide.phase),
        acknowledged: mine.acknowledged_at.is_some(),
    };
    Ok(guides.into_iter().map(line).collect())
}

async fn open_prompts(app: &App, who: &Attendee) -> Result<Vec<OpenPrompt>> {
    let mut newest = prompt::newest_of_person(&app.db.read(who), who.person.id, 20).await?;
    newest.reverse();
    let open = newest.iter().filter(|row| row.state == PromptState::Sent);
    let line = |row: &prompt::Model| {
        let subject = row.content.as_ref()?.subject.clone();
        Some(OpenPrompt { subject, path: format!("/prompts/{}", app.prompt_token(row)) })
    };
    Ok(open.filter_map(line).collect())
}

fn profile(app: &App, row: &registration::Model, locale: Locale) -> MyProfile {
    let profile = &row.profile;
    MyProfile {
        passions: profile.passions.iter().map(|passion| passion.label(locale)).collect(),
        headline: profile.headline.as_ref().map(ToString::to_string),
        working_on: profile.working_on.as_ref().map(ToString::to_string),
        offers: profile.offers.iter().map(ToString::to_string).collect(),
        needs: profile.needs_at(app.clock.now()).map(|need| need.text.to_string()).collect(),
    }
}
