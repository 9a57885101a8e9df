//! The facts a prompt rests on, from the database to `followup`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, block, encounter, enrollment, event, organizer, person, prompt, registration, suppression};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::{EnrollmentState, Reason, RegistrationState, Step};
use convivio_domain::{Locale, Prompt, RegistrationId};
use convivio_followup::rules::{Caps, Facts, Verdict};
use convivio_followup::{EventFacts, ProfileView, Reader, Tablemate, f1, n1, window};

use crate::app::App;

/// What the rules look at for one prompt.
pub struct Known {
    pub registration: registration::Model,
    pub person: person::Model,
    pub event: event::Model,
    stopped: bool,
    suppressed: Option<Reason>,
    sent: Vec<DateTime<Utc>>,
    sent_for_event: u16,
    event_days: Vec<chrono::NaiveDate>,
}

/// `None` when the person or the registration is gone.
pub async fn facts(scope: &impl Scoped, row: &prompt::Model, now: DateTime<Utc>) -> convivio_db::Result<Option<Known>> {
    let Some(registration) = registration::find_by_id(scope, row.registration_id).await? else { return Ok(None) };
    let Some(person) = person::find_by_id(scope, row.person_id).await? else { return Ok(None) };
    let Some(event) = event::find_by_id(scope, row.event_id).await? else { return Ok(None) };
    let enrollment = enrollment::of_registration(scope, registration.id).await?;
    let sent = prompt::sent_to(scope, person.id).await?;
    let of_event = sent.iter().filter(|one| one.event_id == row.event_id && one.id != row.id);
    // The days of every event the reader goes to are theirs, not ours.
    let registrations = registration::all_of_person(scope, person.id).await?;
    let events = event::by_ids(scope, registrations.iter().map(|one| one.event_id)).await?;
    let event_days = events.iter().flat_map(|one| window::days_of_event(one.starts_at, one.ends_at, one.timezone)).collect();
    Ok(Some(Known {
        stopped: match enrollment {
            Some(one) => matches!(one.state, EnrollmentState::Stopped | EnrollmentState::Completed),
            // Who was not there has no sequence to stop.
            None => row.step != Step::N1,
        },
        suppressed: suppression::of(scope, &person.email_normal, now).await?.map(|one| one.reason),
        sent: sent.iter().filter(|one| one.id != row.id).map(prompt::Model::left_at).collect(),
        sent_for_event: u16::try_from(row.snoozes + of_event.map(prompt::Model::mails).sum::<i32>()).unwrap_or(u16::MAX),
        event_days,
        registration,
        person,
        event,
    }))
}

impl Known {
    pub fn decide(&self, now: DateTime<Utc>, row: &prompt::Model) -> Verdict {
        let facts = Facts {
            due_at: row.first_due_at,
            rescheduled_to: None,
            in_audience: self.registration.state == row.step.audience(),
            consented: self.registration.follow_up,
            stopped: self.stopped,
            unsubscribed: self.person.follow_up_stopped_at.is_some(),
            suppressed: self.suppressed,
            zone: self.registration.timezone.unwrap_or(self.event.timezone),
            event_days: &self.event_days,
            sent: &self.sent,
            sent_for_event: self.sent_for_event,
            caps: Caps::default(),
        };
        convivio_followup::rules::decide(now, &facts)
    }
}

/// What the prompt says, or why it says nothing.
pub async fn compose(
    app: &App,
    scope: &impl Scoped,
    known: &Known,
    step: Step,
    now: DateTime<Utc>,
) -> convivio_db::Result<Result<Prompt, Reason>> {
    match step {
        Step::F1 => first(scope, known, now).await,
        Step::N1 => missed(app, scope, known, now).await,
    }
}

/// N1: the words to somebody who could not come, with the next event that would have them.
async fn missed(app: &App, scope: &impl Scoped, known: &Known, now: DateTime<Utc>) -> convivio_db::Result<Result<Prompt, Reason>> {
    let locale = known.registration.locale;
    let organizer = organizer::this(scope).await?;
    let going_to = registration::all_of_person(scope, known.person.id).await?;
    // Where they are on the list already there is no need to point them to.
    let is_new = |event: &event::Model| !going_to.iter().any(|one| one.event_id == event.id && !one.state.can_be_revived());
    let coming = event::coming(scope, now, COMING).await?;
    let next = coming.iter().find(|event| event.takes_registrations(now) && is_new(event)).map(|event| n1::Next {
        title: event.title(locale).to_owned(),
        starts_at: event.starts_at,
        zone: event.timezone,
        link: app.url(&format!("/e/{}/{}", organizer.slug, event.slug)).to_string(),
    });
    Ok(n1::compose(locale, &facts_of(&known.event, locale), next.as_ref()))
}

/// How many of the next events are looked at for one that is open.
const COMING: u64 = 20;

async fn first(scope: &impl Scoped, known: &Known, now: DateTime<Utc>) -> convivio_db::Result<Result<Prompt, Reason>> {
    let mine = &known.registration;
    let reader = Reader { profile: view(mine), locale: mine.locale, intention: mine.intention.clone() };
    let mates = tablemates(scope, mine).await?;
    Ok(f1::compose(now, &reader, &mates, &facts_of(&known.event, mine.locale)))
}

fn facts_of(event: &event::Model, locale: Locale) -> EventFacts {
    EventFacts { title: event.title(locale).to_owned(), starts_at: event.starts_at, zone: event.timezone }
}

/// Everyone the reader really sat with; nobody they blocked, or who blocked them.
async fn tablemates(scope: &impl Scoped, mine: &registration::Model) -> convivio_db::Result<Vec<Tablemate>> {
    let met: HashMap<RegistrationId, Vec<Sitting>> =
        encounter::of_registrations(scope, &[mine.id]).await?.into_iter().map(|one| (one.with(mine.id), one.sittings.0)).collect();
    let others = registration::by_ids(scope, met.keys().copied()).await?;
    let blocked = block::around(scope, mine.person_id).await?;
    let mut mates: Vec<Tablemate> = others
        .values()
        .filter(|other| !blocked.contains(&other.person_id))
        .map(|other| Tablemate {
            code: other.code.clone(),
            profile: view(other),
            both_present: other.state == RegistrationState::Attended,
            sittings: met[&other.id].clone(),
        })
        .collect();
    // Maps have no order, and the same facts must give the same words.
    mates.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(mates)
}

fn view(registration: &registration::Model) -> ProfileView {
    let profile = &registration.profile;
    ProfileView {
        name: registration.name.clone(),
        passions: profile.passions.clone(),
        offers: profile.offers.clone(),
        needs: profile.needs.clone(),
        visibility: profile.visibility.clone(),
    }
}
