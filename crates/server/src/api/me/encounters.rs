//! Whom one met, and what one shares with them.

use std::collections::BTreeSet;

use actix_web::web;
use convivio_db::{connection, encounter, event, registration};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::ConnectionState;
use convivio_domain::{Field, Locale, PersonName, RegistrationCode, RegistrationId, Slug};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{Attendee, List, Listing, Result};

#[derive(Serialize, ToSchema)]
pub struct Encounter {
    code: RegistrationCode,
    /// Missing where the person keeps it.
    name: Option<PersonName>,
    event: Slug,
    rounds: Vec<Sitting>,
    /// Passions both show.
    shared_passions: Vec<SharedPassion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionState>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PassionInCommon)]
pub struct SharedPassion {
    pub code: String,
    pub label: String,
}

pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Encounter>> {
    let read = app.db.read(&who);
    let mine = registration::all_of_person(&read, who.person.id).await?;
    let ids: Vec<RegistrationId> = mine.iter().map(|row| row.id).collect();
    let page = encounter::page_of_registrations(&read, &ids, listing.cursor()?).await?;
    let events = event::by_ids(&read, page.rows.iter().map(|row| row.event_id)).await?;
    let me_in = |row: &encounter::Model| mine.iter().find(|registration| registration.id == row.one_id || registration.id == row.other_id);
    let others = registration::by_ids(&read, page.rows.iter().filter_map(|row| Some(row.with(me_in(row)?.id)))).await?;
    let connections = connection::between(&read, who.person.id, others.values().map(|other| other.person_id)).await?;
    let shown = |row: encounter::Model| {
        let me = me_in(&row)?;
        let other = others.get(&row.with(me.id))?;
        let event = events.iter().find(|event| event.id == row.event_id)?;
        Some(Encounter {
            code: other.code.clone(),
            name: other.profile.visibility.shows_tablemates(Field::Name).then(|| other.name.clone()),
            event: event.slug.clone(),
            rounds: row.sittings.0,
            shared_passions: shared(me, other, me.locale),
            connection: connections.iter().find(|one| one.other_id == other.person_id).map(|one| one.state),
        })
    };
    Ok(listing.answer(page, |row| row.id, shown).flatten())
}

/// Only of what both show.
pub fn shared(me: &registration::Model, other: &registration::Model, locale: Locale) -> Vec<SharedPassion> {
    let both_show = [me, other].iter().all(|one| one.profile.visibility.shows_tablemates(Field::Passions));
    if !both_show {
        return Vec::new();
    }
    let theirs: BTreeSet<&str> = other.profile.passions.iter().map(|passion| passion.code.as_str()).collect();
    let both = me.profile.passions.iter().filter(|passion| theirs.contains(passion.code.as_str()));
    both.map(|passion| SharedPassion { code: passion.code.as_str().to_owned(), label: passion.label(locale) }).collect()
}
