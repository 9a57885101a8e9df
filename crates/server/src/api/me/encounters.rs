//! Whom one met, and what one shares with them.

use std::collections::{BTreeSet, HashMap};

use actix_web::web;
use convivio_db::{Scoped, block, connection, encounter, event, registration};
use convivio_domain::prompt::Sitting;
use convivio_domain::words::ConnectionState;
use convivio_domain::{Field, Locale, PersonId, PersonName, RegistrationCode, RegistrationId, Slug};
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
    let mut view = View::of(&read, &mine, &page.rows).await?;
    view.connections = connection::between(&read, who.person.id, view.others.values().map(|other| other.person_id)).await?;
    view.blocked = block::around(&read, who.person.id).await?;
    Ok(listing.answer(page, |row| row.id, |row| view.shown(row)).flatten())
}

/// Everybody met with one of these registrations, without what one has to do with them since.
pub(super) async fn all(scope: &impl Scoped, mine: &[registration::Model]) -> Result<Vec<Encounter>> {
    let ids: Vec<RegistrationId> = mine.iter().map(|row| row.id).collect();
    let rows = encounter::of_registrations(scope, &ids).await?;
    let view = View::of(scope, mine, &rows).await?;
    Ok(rows.into_iter().filter_map(|row| view.shown(row)).collect())
}

/// What is needed to show some encounters.
struct View<'a> {
    mine: &'a [registration::Model],
    others: HashMap<RegistrationId, registration::Model>,
    events: Vec<event::Model>,
    connections: Vec<connection::Model>,
    /// Who is left out.
    blocked: BTreeSet<PersonId>,
}

impl<'a> View<'a> {
    async fn of(scope: &impl Scoped, mine: &'a [registration::Model], rows: &[encounter::Model]) -> Result<Self> {
        let events = event::by_ids(scope, rows.iter().map(|row| row.event_id)).await?;
        let others = registration::by_ids(scope, rows.iter().filter_map(|row| Some(row.with(me_in(mine, row)?.id)))).await?;
        Ok(Self { mine, others, events, connections: Vec::new(), blocked: BTreeSet::new() })
    }

    fn shown(&self, row: encounter::Model) -> Option<Encounter> {
        let me = me_in(self.mine, &row)?;
        let other = self.others.get(&row.with(me.id)).filter(|other| !self.blocked.contains(&other.person_id))?;
        let event = self.events.iter().find(|event| event.id == row.event_id)?;
        Some(Encounter {
            code: other.code.clone(),
            name: other.profile.visibility.shows_tablemates(Field::Name).then(|| other.name.clone()),
            event: event.slug.clone(),
            rounds: row.sittings.0,
            shared_passions: shared(me, other, me.locale),
            connection: self.connections.iter().find(|one| one.other_id == other.person_id).map(|one| one.state),
        })
    }
}

fn me_in<'a>(mine: &'a [registration::Model], row: &encounter::Model) -> Option<&'a registration::Model> {
    mine.iter().find(|registration| registration.id == row.one_id || registration.id == row.other_id)
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
