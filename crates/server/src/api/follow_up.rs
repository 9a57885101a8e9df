//! The follow-up of an event: which steps, on which days, and what they would be for one person.

use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use convivio_db::{Scoped, Stored, enrollment, event, member, person, registration, suppression};
use convivio_domain::words::{EventState, Reason, RegistrationState, Step};
use convivio_domain::{EmailAddress, MessageId, RegistrationCode, Slug};
use convivio_followup::plan::Planned;
use convivio_followup::play::{Person, Response, Sequence, play};
use convivio_followup::{Plan, due, window};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EventPath, find_event};
use crate::app::App;
use crate::http::{ApiError, FieldError, Json, Manager, Promised, Result, Staff, Viewer, none_wrong};
use crate::outbox::{self, promise};
use crate::prompting::{compose_for_staff, hours_of, plan_of, wanted_by};

/// The plan of an event's follow-up.
#[derive(Serialize, ToSchema)]
pub struct FollowUp {
    /// In the order of their days. F1 comes on the first working day after the event; what is left out does not come.
    steps: Vec<Planned>,
    /// One mail in so many days, over all events.
    every_days: u16,
    /// So many mails of this event at most.
    per_event: u16,
    /// Staff made it their own.
    own: bool,
}

impl FollowUp {
    fn of(event: &event::Model) -> Self {
        let plan = plan_of(event);
        let caps = plan.caps();
        Self { steps: plan.steps().to_vec(), every_days: caps.every_days(), per_event: caps.per_event(), own: event.follow_up.is_some() }
    }
}

pub async fn show(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Json<FollowUp>> {
    Ok(Json(FollowUp::of(&find_event(&app.db.read(&who), &path.event).await?)))
}

/// Steps dropped and moved; the rules stay as they are.
#[derive(Deserialize, ToSchema)]
#[schema(as = FollowUpForm)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// F1 to F6, in their order and seven days apart or more, and N1; none is no follow-up at all
    #[eserde(compat)]
    steps: Vec<Planned>,
    /// 7 or more
    #[serde(default)]
    every_days: Option<u16>,
    /// 6 or fewer
    #[serde(default)]
    per_event: Option<u16>,
}

/// As long as the event is not completed: from then on every step has its day.
pub async fn replace(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(form): Json<Form>,
) -> Result<Json<FollowUp>> {
    let wrong = |(pointer, invalid): (&'static str, convivio_domain::Invalid)| {
        ApiError::Invalid(vec![FieldError::new(pointer, invalid.code, invalid.detail)])
    };
    let plan = Plan::new(form.steps, form.every_days, form.per_event).map_err(wrong)?;
    let tx = app.db.write(&who).await?;
    let id = find_event(&tx, &path.event).await?.id;
    let event = event::lock(&tx, id).await?.ok_or(ApiError::NotFound)?;
    if !matches!(event.state, EventState::Draft | EventState::Published) {
        return Err(ApiError::WrongState(event.state.to_string()));
    }
    let kept = serde_json::to_value(&plan).expect("a plan is plain values");
    event::set_follow_up(&tx, event.id, Stored(kept)).await?;
    let event = event::find_by_id(&tx, event.id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Json(FollowUp::of(&event)))
}

/// Whose calendar, and what they are taken to do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    code: RegistrationCode,
    /// Whether they answer each prompt, and keep somebody; yes if left out
    #[serde(default)]
    answers: Option<bool>,
}

/// What would happen from the first step on, if nothing had been sent yet.
#[derive(Serialize, ToSchema)]
pub struct Simulated {
    calendar: Vec<SimulatedStep>,
}

#[derive(Serialize, ToSchema)]
struct SimulatedStep {
    event: Slug,
    step: Step,
    at: DateTime<Utc>,
    /// Why nothing would be sent; missing where a mail would leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// The follow-up of all of a person's events, as the rules would have it. Sends nothing.
pub async fn simulate(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(asked): Json<Simulation>,
) -> Result<Json<Simulated>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let unknown = || ApiError::Invalid(vec![FieldError::new("/code", "unknown", "must be the code of a registration for this event")]);
    let of_event = registration::by_code(&read, event.id, &asked.code).await?.ok_or_else(unknown)?;
    let person = person::find_by_id(&read, of_event.person_id).await?.ok_or_else(unknown)?;
    let events = events_of(&read, &person, app.clock.now()).await?;
    let sequences: Vec<Sequence> = events.iter().map(|one| one.sequence(&person)).collect();
    let days: Vec<NaiveDate> =
        events.iter().flat_map(|one| window::days_of_event(one.row.starts_at, one.row.ends_at, one.row.timezone)).collect();
    let zone = of_event.zone(&event);
    let response = if asked.answers.unwrap_or(true) { Response::Answer { keeps: true } } else { Response::Silence };
    let hours = hours_of(&wanted_by(&person));
    let played = play(Person { zone, hours, event_days: &days }, &sequences, |_, _| response);
    let calendar = played.into_iter().map(|moment| SimulatedStep {
        event: events[moment.sequence].row.slug.clone(),
        step: moment.step,
        at: moment.at,
        reason: moment.silent,
    });
    Ok(Json(Simulated { calendar: calendar.collect() }))
}

/// One of a person's events, and where they stand in it.
struct Attended {
    row: event::Model,
    registration: registration::Model,
    plan: Plan,
    enrollment: Option<enrollment::Model>,
    suppressed: Option<Reason>,
}

async fn events_of(scope: &impl Scoped, person: &person::Model, now: DateTime<Utc>) -> Result<Vec<Attended>> {
    let goes = |state: RegistrationState| state.is_visible() || state == RegistrationState::NoShow;
    let registrations = registration::all_of_person(scope, person.id).await?;
    let registrations: Vec<registration::Model> = registrations.into_iter().filter(|one| goes(one.state)).collect();
    let events = event::by_ids(scope, registrations.iter().map(|one| one.event_id)).await?;
    let suppressed = suppression::of(scope, &person.email_normal, now).await?.map(|one| one.reason);
    let mut all = Vec::new();
    for registration in registrations {
        let takes_place = |event: &&event::Model| event.id == registration.event_id && event.state != EventState::Cancelled;
        let Some(row) = events.iter().find(takes_place) else { continue };
        let enrollment = enrollment::of_registration(scope, registration.id).await?;
        all.push(Attended { plan: plan_of(row), row: row.clone(), registration, enrollment, suppressed });
    }
    Ok(all)
}

/// Whether the reader stopped it, and whatever they did since. That it ended because nobody answered is what is played here.
fn ended_by_the_reader(one: &enrollment::Model) -> bool {
    one.reason.is_some_and(|reason| !enrollment::SILENCE.contains(&reason))
}

impl Attended {
    fn sequence(&self, person: &person::Model) -> Sequence<'_> {
        let wanted = wanted_by(person);
        let zone = self.registration.zone(&self.row);
        let wants_quiet = wanted.pause.map(|day| due::at_ten(day, zone));
        Sequence {
            plan: &self.plan,
            caps: self.plan.caps().tightened(wanted.every_days, wanted.per_event),
            ends_at: self.row.ends_at,
            event_zone: self.row.timezone,
            came: self.registration.state != RegistrationState::NoShow,
            consented: self.registration.follow_up,
            stopped: self.enrollment.as_ref().is_some_and(ended_by_the_reader),
            unsubscribed: person.follow_up_stopped_at.is_some(),
            suppressed: self.suppressed,
            paused_until: self.enrollment.as_ref().and_then(|one| one.paused_until).max(wants_quiet),
        }
    }
}

/// Which step, as it would come to whom, and who of the organizer's members reads it.
#[derive(Deserialize, ToSchema)]
#[schema(as = FollowUpTest)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    code: RegistrationCode,
    step: Step,
    /// The address of a member
    to: EmailAddress,
}

/// Where to see what became of it.
#[derive(Serialize, ToSchema)]
pub struct Tried {
    message: MessageId,
}

/// Mails a step to one of the organizer's members. What only its reader may know is not in it, and its links lead nowhere.
pub async fn test(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(asked): Json<Trial>,
) -> Result<Promised<Tried>> {
    let now = app.clock.now();
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    let registration = registration::by_code(&tx, event.id, &asked.code).await?;
    let no_code = || FieldError::new("/code", "unknown", "must be the code of a registration for this event");
    let no_member = || FieldError::new("/to", "not_a_member", "must be the address of somebody who works for the organizer");
    let is_member = member::has_address(&tx, &asked.to).await?;
    let wrong = registration.is_none().then(no_code).into_iter().chain((!is_member).then(no_member));
    none_wrong(wrong.collect())?;
    let registration = registration.expect("a code of nobody was refused");
    let composed = match registration.follow_up {
        true => compose_for_staff(&app, &tx, &registration, &event, asked.step, now).await?,
        false => Err(Reason::NoConsent),
    };
    let silent = |reason: Reason| FieldError::new("/step", reason.as_str(), "would say nothing to this person");
    let prompt = composed.map_err(|reason| ApiError::Invalid(vec![silent(reason)]))?;
    app.limits.test(&app, &tx, &asked.to).await?;
    let frozen = outbox::of_test(&who.organizer, &event, &registration, prompt, now);
    let message = promise::test(&app, &tx, &registration, &asked.to, frozen).await?;
    tx.commit().await?;
    app.ring();
    Ok(Promised(Tried { message }))
}
