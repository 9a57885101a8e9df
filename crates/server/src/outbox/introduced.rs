//! What the mail of an introduction rests on, as it is at the moment of sending; and who is asked whether they would be introduced.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, introduction, message, person, registration};
use convivio_domain::{PersonId, PersonName, RegistrationId, Sentence};

use crate::api::me::introductions;
use crate::introducing::{self, End};

pub(super) struct Introduced {
    pub(super) introducer: PersonName,
    pub(super) why: Sentence,
    /// Its reader.
    pub(super) me: End,
    pub(super) other: End,
}

/// `None` for any other mail, and where the two may not be brought together any more.
pub(super) async fn of(scope: &impl Scoped, message: &message::Model) -> convivio_db::Result<Option<Introduced>> {
    let Some(id) = message.introduction_id else { return Ok(None) };
    let Some(row) = introduction::find_by_id(scope, id).await? else { return Ok(None) };
    let Some(introducer) = person::find_by_id(scope, row.introducer_id).await? else { return Ok(None) };
    let Some([one, other]) = introducing::ends(scope, &row).await? else { return Ok(None) };
    let (me, other) = if message.registration_id == Some(one.registration.id) { (one, other) } else { (other, one) };
    Ok(Some(Introduced { introducer: introducer.name, why: row.why, me, other }))
}

/// Those of these readers whose page shows something that waits for their yes. One question for all, and more only where there may be something.
pub(super) async fn asked(
    scope: &impl Scoped,
    readers: &[(&registration::Model, &person::Model)],
    now: DateTime<Utc>,
) -> convivio_db::Result<BTreeSet<RegistrationId>> {
    let people: BTreeSet<PersonId> = readers.iter().map(|(_, person)| person.id).collect();
    let waiting = introduction::waiting_for(scope, &people, now).await?;
    let mut asked = BTreeSet::new();
    for (registration, person) in readers {
        let is_theirs = |row: &&introduction::Model| row.with(person.id).is_some() && row.answer_of(person.id).is_none();
        let theirs: Vec<introduction::Model> = waiting.iter().filter(is_theirs).cloned().collect();
        if !theirs.is_empty() && introductions::is_asked(scope, person, registration, &theirs, now).await? {
            asked.insert(registration.id);
        }
    }
    Ok(asked)
}
