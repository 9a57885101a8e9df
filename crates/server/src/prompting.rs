//! The facts a prompt rests on, from the database to `followup`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, block, encounter, enrollment, event, person, prompt, registration, suppression};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::{EnrollmentState, Reason, RegistrationState};
use convivio_domain::{Prompt, RegistrationId};
use convivio_followup::rules::{Caps, Facts, Verdict};
use convivio_followup::{EventFacts, ProfileView, Reader, Tablemate, f1, window};

use crate::seating;

/// What the rules look at for one prompt.
pub struct Known {
    pub registration: registration::Model,
    pub person: person::Model,
    pub event: event::Model,
    stopped: bool,
    address_refused: bool,
    sent: Vec<DateTime<Utc>>,
    sent_for_event: u16,
    event_days: Vec<chrono::NaiveDate>,
}

/// `None` when the person or the registration is gone.
pub async fn facts(scope: &impl Scoped, row: &prompt::Model) -> convivio_db::Result<Option<Known>> {
    let Some(registration) = registration::find_by_id(scope, row.registration_id).await? else { return Ok(None) };
    let Some(person) = person::find_by_id(scope, row.person_id).await? else { return Ok(None) };
    let Some(event) = event::find_by_id(scope, row.event_id).await? else { return Ok(None) };
    let enrollment = enrollment::of_registration(scope, registration.id).await?;
    let sent = prompt::sent_to(scope, person.id).await?;
    // The days of every event the reader goes to are theirs, not ours.
    let registrations = registration::all_of_person(scope, person.id).await?;
    let events = event::by_ids(scope, registrations.iter().map(|one| one.event_id)).await?;
    let event_days = events.iter().flat_map(|one| window::days_of_event(one.starts_at, one.ends_at, one.timezone)).collect();
    Ok(Some(Known {
        stopped: enrollment.is_none_or(|one| matches!(one.state, EnrollmentState::Stopped | EnrollmentState::Completed)),
        address_refused: suppression::holds(scope, &person.email_normal).await?,
        // One that is queued counts from the moment it was due: it leaves any moment.
        sent: sent.iter().filter(|one| one.id != row.id).map(|one| one.sent_at.unwrap_or(one.due_at)).collect(),
        sent_for_event: u16::try_from(sent.iter().filter(|one| one.event_id == row.event_id && one.id != row.id).count())
            .unwrap_or(u16::MAX),
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
            attended: self.registration.state == RegistrationState::Attended,
            consented: self.registration.follow_up,
            stopped: self.stopped,
            unsubscribed: self.person.follow_up_stopped_at.is_some(),
            address_refused: self.address_refused,
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
pub async fn compose(scope: &impl Scoped, known: &Known, now: DateTime<Utc>) -> convivio_db::Result<Result<Prompt, Reason>> {
    let mine = &known.registration;
    let reader = Reader { profile: view(mine), locale: mine.locale, intention: mine.intention.clone() };
    let mates = tablemates(scope, mine).await?;
    let event =
        EventFacts { title: known.event.title(mine.locale).to_owned(), starts_at: known.event.starts_at, zone: known.event.timezone };
    Ok(f1::compose(now, &reader, &mates, &event))
}

/// Everyone the reader really sat with, with themes in the reader's language; nobody they blocked, or who blocked them.
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
            sittings: met[&other.id]
                .iter()
                .map(|sitting| Sitting {
                    theme: sitting.theme.as_deref().map(|code| seating::label_of_code(code, mine.locale)),
                    ..sitting.clone()
                })
                .collect(),
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
