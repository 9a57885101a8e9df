//! Keeping in touch: whom one chooses, asks, says yes or no to, and lets go of; over the API, in the answer to a prompt, or on one's own pages.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, Tx, block, connection, encounter, registration};
use convivio_domain::words::{ConnectionState, RegistrationState};
use convivio_domain::{EventId, FreeText, PersonId, RegistrationCode, RegistrationId};
use convivio_followup::garden::Cadence;

use crate::api::id_of;
use crate::gardening;
use crate::http::{ApiError, Attendee, FieldError, Result, none_wrong};

/// More than three people cannot be kept in touch with by heart.
pub const MOST_KEPT: usize = 3;

/// What is wrong with choosing so many of one event.
pub fn too_many(chosen: usize) -> Option<FieldError> {
    (chosen > MOST_KEPT).then(|| FieldError::new("/keep", "too_many", format!("must name at most {MOST_KEPT} people")))
}

/// These, and nobody else, are those whom `owner` thinks of keeping of an event.
pub async fn choose(tx: &Tx, owner: PersonId, event: EventId, kept: &[PersonId], now: DateTime<Utc>) -> Result<()> {
    connection::withdraw_others(tx, owner, event, kept).await?;
    for other in kept {
        connection::suggest(tx, owner, *other, event, now).await?;
    }
    Ok(())
}

/// Fewer words are no context.
const FEWEST_WORDS: usize = 3;

/// Whether the other is told why one writes.
pub fn says_why(context: Option<&FreeText>) -> Result<()> {
    let words = context.map_or(0, |text| text.as_str().split_whitespace().count());
    let too_short = (words < FEWEST_WORDS)
        .then(|| FieldError::new("/context", "required", "must say in a sentence how you know them, or why you write"));
    none_wrong(too_short.into_iter().collect())
}

/// Asks somebody one met to keep in touch. Who has asked oneself is said yes to.
pub async fn ask(
    tx: &Tx,
    who: &Attendee,
    code: &RegistrationCode,
    context: Option<&FreeText>,
    exchange: bool,
    now: DateTime<Utc>,
) -> Result<connection::Model> {
    let met = met_by_code(tx, who, code).await?.ok_or(ApiError::Forbidden)?;
    let me = who.person.id;
    let theirs = connection::of_pair(tx, met.person_id, me).await?;
    let both = theirs.is_some_and(|row| matches!(row.state, ConnectionState::Requested | ConnectionState::Connected));
    let state = if both { ConnectionState::Connected } else { ConnectionState::Requested };
    let said = |owner, other, state| connection::Said { owner, other, event: met.event_id, state, context: None, exchange: None };
    let asked = connection::Said { context, exchange: Some(exchange), ..said(me, met.person_id, state) };
    connection::put(tx, asked, now).await?;
    if both {
        connection::put(tx, said(met.person_id, me, ConnectionState::Connected), now).await?;
    }
    gardening::heard_from(tx, me, now).await?;
    connection::of_pair(tx, me, met.person_id).await?.ok_or(ApiError::NotFound)
}

/// Says yes to somebody who asked; answers with one's own side of it.
pub async fn accept(tx: &Tx, who: &Attendee, id: &str, exchange: bool, now: DateTime<Utc>) -> Result<connection::Model> {
    let asked = incoming(tx, who, id).await?;
    if !connection::agree(tx, asked.owner_id, asked.other_id).await? {
        return Err(ApiError::NotFound);
    }
    connection::put(tx, answer(&asked, ConnectionState::Connected, exchange), now).await?;
    gardening::heard_from(tx, who.person.id, now).await?;
    connection::of_pair(tx, asked.other_id, asked.owner_id).await?.ok_or(ApiError::NotFound)
}

/// Says no. Whoever asked sees what they saw before.
pub async fn decline(tx: &Tx, who: &Attendee, id: &str, now: DateTime<Utc>) -> Result<()> {
    let asked = incoming(tx, who, id).await?;
    Ok(connection::put(tx, answer(&asked, ConnectionState::Declined, false), now).await?)
}

fn answer(asked: &connection::Model, state: ConnectionState, exchange: bool) -> connection::Said<'static> {
    connection::Said { owner: asked.other_id, other: asked.owner_id, event: asked.event_id, state, context: None, exchange: Some(exchange) }
}

/// Lets go of somebody; they hear nothing of it.
pub async fn end(tx: &Tx, who: &Attendee, id: &str, now: DateTime<Utc>) -> Result<()> {
    let row = mine(tx, who, id).await?;
    connection::end(tx, row.owner_id, row.other_id).await?;
    Ok(gardening::plan_next(tx, who.person.id, now).await?)
}

/// What is wrong with being in touch every so many months.
pub fn unknown_length(months: Option<u8>) -> Result<()> {
    let unknown = months.is_some_and(|months| Cadence::of_months(months).is_none());
    none_wrong(unknown.then(|| FieldError::new("/months", "unknown_length", "must be 1, 3 or 6, or null")).into_iter().collect())
}

/// How often one would like to be in touch; `None` leaves it open.
pub async fn set_cadence(tx: &Tx, who: &Attendee, id: &str, months: Option<u8>, now: DateTime<Utc>) -> Result<connection::Model> {
    let row = mine(tx, who, id).await?;
    connection::set_cadence(tx, row.owner_id, row.other_id, months.map(i32::from)).await?;
    match months {
        Some(_) => gardening::asked_by(tx, who.person.id, now).await?,
        None => gardening::plan_next(tx, who.person.id, now).await?,
    }
    connection::find_by_id(tx, row.id).await?.ok_or(ApiError::NotFound)
}

/// A connection of one's own, to somebody one keeps.
pub async fn mine(scope: &impl Scoped, who: &Attendee, id: &str) -> Result<connection::Model> {
    let row = connection::find_by_id(scope, id_of(id)?).await?.ok_or(ApiError::NotFound)?;
    let is_kept = row.owner_id == who.person.id && connection::KEPT.contains(&row.state);
    if is_kept { Ok(row) } else { Err(ApiError::NotFound) }
}

/// Of somebody who asked, and was not answered.
async fn incoming(scope: &impl Scoped, who: &Attendee, id: &str) -> Result<connection::Model> {
    let row = connection::find_by_id(scope, id_of(id)?).await?.ok_or(ApiError::NotFound)?;
    if row.other_id != who.person.id || block::around(scope, who.person.id).await?.contains(&row.owner_id) {
        return Err(ApiError::NotFound);
    }
    match row.state {
        ConnectionState::Requested => Ok(row),
        ConnectionState::Connected => Err(ApiError::WrongState(row.state.to_string())),
        // What they thought better of is theirs to know.
        _ => Err(ApiError::NotFound),
    }
}

/// Somebody one sat with, both present, at the event of this code, or was introduced to by it, and neither blocked the other.
pub async fn met_by_code(scope: &impl Scoped, who: &Attendee, code: &RegistrationCode) -> Result<Option<registration::Model>> {
    let attended = |row: &registration::Model| row.state == RegistrationState::Attended;
    let Some(other) = registration::by_code_anywhere(scope, code).await?.filter(attended) else { return Ok(None) };
    let has_met = match registration::of_person(scope, other.event_id, who.person.id).await?.filter(attended) {
        Some(mine) => encounter::of_registrations(scope, &[mine.id]).await?.iter().any(|one| one.with(mine.id) == other.id),
        None => false,
    };
    let known = connection::of_pair(scope, who.person.id, other.person_id).await?;
    // Only the code that the connection shows: another of theirs would tell who they are elsewhere.
    let knows = has_met || known.is_some_and(|row| row.introduced_by.is_some() && row.event_id == other.event_id);
    let knows = knows && !block::around(scope, who.person.id).await?.contains(&other.person_id);
    Ok(knows.then_some(other))
}

/// Whether the address is known to be theirs, and they were let in: nobody else is anybody to the others.
pub fn is_there(state: RegistrationState) -> bool {
    !matches!(state, RegistrationState::PendingEmail | RegistrationState::Rejected | RegistrationState::Anonymised)
}

/// The registration by which `me` knows each of these people: where they met or were brought together, as their connection says; else where they sat
/// together last; else of the last event that both are on the list of. Another of theirs would tell where else they go.
pub async fn as_known(
    scope: &impl Scoped,
    me: PersonId,
    others: impl IntoIterator<Item = PersonId>,
) -> convivio_db::Result<HashMap<PersonId, registration::Model>> {
    let others: BTreeSet<PersonId> = others.into_iter().collect();
    let mine = registration::all_of_person(scope, me).await?;
    let ids: Vec<RegistrationId> = mine.iter().map(|row| row.id).collect();
    let met: BTreeSet<RegistrationId> = encounter::of_registrations(scope, &ids).await?.iter().map(|one| one.with_any(&ids)).collect();
    let connections = connection::between(scope, me, others.iter().copied()).await?;
    let mut known = HashMap::new();
    for other in others {
        let theirs = registration::all_of_person(scope, other).await?;
        let connected = connections.iter().find(|one| one.other_id == other);
        let kept = connected.and_then(|one| theirs.iter().find(|row| row.event_id == one.event_id));
        let sat_with = || theirs.iter().find(|row| met.contains(&row.id));
        let both_listed = |row: &&registration::Model| is_there(row.state) && mine.iter().any(|my| my.event_id == row.event_id);
        if let Some(row) = kept.or_else(sat_with).or_else(|| theirs.iter().find(both_listed)) {
            known.insert(other, row.clone());
        }
    }
    Ok(known)
}
