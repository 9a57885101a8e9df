//! Writing many registrations in one transaction. People who are new to the event go in by the thousand, because one by one ten thousand of them
//! would keep everybody else from writing much longer; who had a registration that ended goes the way of a single one.

use std::collections::{HashMap, HashSet};

use convivio_db::{Stored, Tx, event, person, registration};
use convivio_domain::words::{MailKind, RegistrationState};
use convivio_domain::{ConsentWay, PersonId, RegistrationCode, RegistrationId};

use super::Row;
use crate::app::App;
use crate::consenting;
use crate::http::{ApiError, Result};
use crate::outbox::promise;
use crate::registering::{self, PENDING};

/// What came of the rows.
#[derive(Default)]
pub struct Written {
    pub confirmed: usize,
    pub waitlisted: usize,
    pub pending: usize,
    /// Rows of people who are registered already, with their codes.
    pub skipped: Vec<(u32, RegistrationCode)>,
}

impl Written {
    fn count(&mut self, state: RegistrationState) {
        match state {
            RegistrationState::Confirmed => self.confirmed += 1,
            RegistrationState::Waitlisted => self.waitlisted += 1,
            _ => self.pending += 1,
        }
    }
}

/// Registers everybody who is not yet, in an event that is held.
pub async fn write(app: &App, tx: &Tx, event: &event::Model, mut rows: Vec<Row>) -> Result<Written> {
    let mut written = Written::default();
    // In one order, whatever the file's: two imports at once wait for each other and not both for ever.
    let mut addresses: Vec<String> = rows.iter().map(|row| row.new.email.normal()).collect();
    addresses.sort();
    let people = person::by_addresses(tx, &addresses).await?;
    let registered = registration::of_people(tx, event.id, people.values().map(|person| person.id)).await?;
    let registered: HashMap<PersonId, registration::Model> = registered.into_iter().map(|row| (row.person_id, row)).collect();
    let (mut again, mut new) = (Vec::new(), Vec::new());
    rows.sort_by_key(|row| row.number);
    for row in rows {
        match people.get(&row.new.email.normal()).and_then(|person| registered.get(&person.id)) {
            Some(registration) if registration.state.can_be_revived() => again.push(row),
            Some(registration) => written.skipped.push((row.number, registration.code.clone())),
            None => new.push(row),
        }
    }
    for state in insert(app, tx, event, &new, addresses).await? {
        written.count(state);
    }
    for row in again {
        written.count(registering::register_by_staff(app, tx, event, &row.new, ConsentWay::Import).await?.state);
    }
    Ok(written)
}

/// People who have no registration for the event get theirs, in the order of the rows; gives their states.
async fn insert(app: &App, tx: &Tx, event: &event::Model, new: &[Row], addresses: Vec<String>) -> Result<Vec<RegistrationState>> {
    let now = app.clock.now();
    let people = people(app, tx, event, new, addresses).await?;
    let confirmed = new.iter().filter(|row| row.new.email_confirmed).count();
    let free = match event.capacity {
        _ if event.waitlisted > 0 => 0,
        None => confirmed,
        Some(capacity) => usize::try_from(capacity.get() - event.taken).unwrap_or(0),
    };
    let seats = confirmed.min(free);
    let count = |n: usize| i32::try_from(n).map_err(anyhow::Error::from);
    if !event::take_many(tx, event.id, count(seats)?, count(confirmed - seats)?).await? {
        return Err(ApiError::EventNotOpen);
    }
    let mut codes = codes(app, new.len()).await?.into_iter();
    let (mut made, mut seated, mut position) = (Vec::with_capacity(new.len()), 0, event.waitlisted);
    for row in new {
        let person = person_of(&people, row)?;
        let state = match row.new.email_confirmed {
            true if seated < seats => RegistrationState::Confirmed,
            true => RegistrationState::Waitlisted,
            false => RegistrationState::PendingEmail,
        };
        seated += usize::from(state == RegistrationState::Confirmed);
        position += i32::from(state == RegistrationState::Waitlisted);
        made.push(registration::Model {
            id: RegistrationId::new(),
            organizer_id: event.organizer_id,
            event_id: event.id,
            person_id: person.id,
            code: codes.next().ok_or_else(|| anyhow::anyhow!("as many codes as rows were drawn"))?,
            state,
            name: row.new.name.clone(),
            profile: Stored(row.new.profile()),
            intention: row.new.intention.clone(),
            wishes: Stored(row.new.wishes.clone()),
            accessibility: row.new.accessibility.clone(),
            answers: Stored(row.new.answers.clone()),
            locale: row.new.locale.unwrap_or(event.locale),
            timezone: row.new.timezone,
            follow_up: row.new.consents.follow_up,
            position: (state == RegistrationState::Waitlisted).then_some(position),
            pending_until: (state == RegistrationState::PendingEmail).then_some(now + PENDING),
            confirmed_at: (state == RegistrationState::Confirmed).then_some(now),
            checked_in_at: None,
            method_ack_at: None,
            mailed_at: (state != RegistrationState::PendingEmail).then_some(now),
            resent_at: None,
            link_generation: 0,
            version: 0,
            created_at: now,
        });
    }
    registration::insert_all(tx, made.clone()).await?;
    consenting::at_importing(tx, &made, now).await?;
    promise_mails(app, tx, event, new, &made, &people).await?;
    Ok(made.into_iter().map(|row| row.state).collect())
}

/// The people of these rows, by the normal form of their addresses. Whose address is known to be theirs says what the row says.
async fn people(app: &App, tx: &Tx, event: &event::Model, new: &[Row], addresses: Vec<String>) -> Result<HashMap<String, person::Model>> {
    let now = app.clock.now();
    let known = person::by_addresses(tx, &addresses).await?;
    let mut missing: Vec<person::Model> = new
        .iter()
        .filter(|row| !known.contains_key(&row.new.email.normal()))
        .map(|row| person::unconfirmed(tx, &row.new.email, &row.new.name, row.new.locale.unwrap_or(event.locale), now))
        .collect();
    missing.sort_by(|one, other| one.email_normal.cmp(&other.email_normal));
    let fresh: HashSet<PersonId> = missing.iter().map(|person| person.id).collect();
    // Whoever is new and known to be themselves goes in with what they say.
    let by_address: HashMap<String, &Row> = new.iter().map(|row| (row.new.email.normal(), row)).collect();
    for person in &mut missing {
        let said = &by_address[&person.email_normal].new;
        if said.email_confirmed {
            person.profile = Stored(said.profile());
            person.timezone = said.timezone;
            person.confirmed_at = Some(now);
        }
    }
    person::insert_all(tx, missing).await?;
    let people = person::by_addresses(tx, &addresses).await?;
    let mut others: Vec<&Row> = new.iter().filter(|row| row.new.email_confirmed).collect();
    others.sort_by_key(|row| row.new.email.normal());
    for row in others {
        let person = person_of(&people, row)?;
        if !fresh.contains(&person.id) {
            let (profile, locale) = (row.new.profile(), row.new.locale.unwrap_or(event.locale));
            let said = person::Said { name: &row.new.name, locale, timezone: row.new.timezone, profile: &profile };
            person::confirm_profile(tx, person.id, said, now).await?;
        }
    }
    Ok(people)
}

fn person_of<'a>(people: &'a HashMap<String, person::Model>, row: &Row) -> Result<&'a person::Model> {
    Ok(people.get(&row.new.email.normal()).ok_or_else(|| anyhow::anyhow!("everybody of the rows was just brought in"))?)
}

/// As many codes as are wanted, none of them taken.
async fn codes(app: &App, wanted: usize) -> Result<Vec<RegistrationCode>> {
    let mut codes: Vec<RegistrationCode> = Vec::with_capacity(wanted);
    let mut drawn = HashSet::new();
    while codes.len() < wanted {
        let more = std::iter::repeat_with(|| RegistrationCode::random(&mut rand::rng())).filter(|code| drawn.insert(code.clone()));
        let more: Vec<RegistrationCode> = more.take(wanted - codes.len()).collect();
        let taken: HashSet<_> = registration::taken_codes(&app.db.central(), &more).await?.into_iter().collect();
        codes.extend(more.into_iter().filter(|code| !taken.contains(code)));
    }
    Ok(codes)
}

/// Everybody is told what became of them, and those with a seat how we meet, if the others were told before.
async fn promise_mails(
    app: &App,
    tx: &Tx,
    event: &event::Model,
    new: &[Row],
    made: &[registration::Model],
    people: &HashMap<String, person::Model>,
) -> Result<()> {
    let now = app.clock.now();
    let mut mails: HashMap<MailKind, Vec<(&registration::Model, &person::Model)>> = HashMap::new();
    for (row, registration) in new.iter().zip(made) {
        let kind = match registration.state {
            RegistrationState::Confirmed => MailKind::Confirmed,
            RegistrationState::Waitlisted => MailKind::Waitlisted,
            _ => MailKind::Confirm,
        };
        mails.entry(kind).or_default().push((registration, person_of(people, row)?));
    }
    for (kind, people) in &mails {
        promise::to_many(app, tx, *kind, people).await?;
    }
    if promise::method_is_out(event, now) {
        promise::before_event(app, tx, MailKind::A1, mails.get(&MailKind::Confirmed).map_or(&[], Vec::as_slice), now).await?;
    }
    Ok(())
}
