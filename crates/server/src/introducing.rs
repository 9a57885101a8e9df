//! Two people are brought together by a third, once both have said yes: only here does an address move.

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Tx, block, connection, introduction, person, registration};
use convivio_domain::PersonId;
use convivio_domain::words::{ConnectionState, RegistrationState};
use convivio_followup::ProfileView;

use crate::app::App;
use crate::outbox::promise::{self, By};
use crate::prompting;

/// One of the two, as the third knows them.
pub struct End {
    /// For the event where the third met them.
    pub registration: registration::Model,
    pub person: person::Model,
}

impl End {
    /// What they show.
    pub fn view(&self) -> ProfileView {
        prompting::view(&self.registration, &self.person.profile)
    }
}

/// Connects the two and promises each the mail with the other's address. `last` is who said yes last. Where something has come between them since
/// the first yes, nothing happens, and nobody is told.
pub async fn bring_together(app: &App, tx: &Tx, row: &introduction::Model, last: PersonId, now: DateTime<Utc>) -> convivio_db::Result<()> {
    let Some([one, other]) = ends(tx, row).await? else { return Ok(()) };
    for (me, them) in [(&one, &other), (&other, &one)] {
        let event = them.registration.event_id;
        connection::introduce(tx, me.person.id, them.person.id, event, row.introducer_id, now).await?;
        let by = if me.person.id == last { By::Reader } else { By::Others };
        promise::introduction(app, tx, by, row, &me.registration, &me.person).await?;
    }
    introduction::set_sent(tx, row.id, now).await
}

/// The two, the elder first; `None` where they may not be brought together: one has stopped, left or let go of the third, or a block stands between
/// any of them.
pub async fn ends(scope: &impl Scoped, row: &introduction::Model) -> convivio_db::Result<Option<[End; 2]>> {
    let people = introduction::people_of(std::slice::from_ref(row));
    if !block::among(scope, &people).await?.is_empty() {
        return Ok(None);
    }
    let one = end(scope, row.introducer_id, row.one_id).await?;
    let other = end(scope, row.introducer_id, row.other_id).await?;
    Ok(one.zip(other).map(|(one, other)| [one, other]))
}

async fn end(scope: &impl Scoped, introducer: PersonId, id: PersonId) -> convivio_db::Result<Option<End>> {
    let connected = |one: &connection::Model| one.state == ConnectionState::Connected;
    let Some(known) = connection::of_pair(scope, introducer, id).await?.filter(connected) else { return Ok(None) };
    if !connection::of_pair(scope, id, introducer).await?.is_some_and(|back| connected(&back)) {
        return Ok(None);
    }
    let person = person::find_by_id(scope, id).await?.filter(|one| one.follow_up_stopped_at.is_none());
    let registration = registration::of_person(scope, known.event_id, id).await?;
    let registration = registration.filter(|one| one.state == RegistrationState::Attended);
    Ok(registration.zip(person).map(|(registration, person)| End { registration, person }))
}
