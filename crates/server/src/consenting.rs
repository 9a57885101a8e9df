//! Consents by purpose: each yes and each taking back is kept with the words it was said to.
//!
//! The rules go by what stands beside that, a registration's `follow_up` and the `chat_delivery` of the preferences. Whoever writes one of the two calls
//! this in the same transaction, so that what counts is always the newest word. What stands in a form is a word of theirs only once the address is
//! confirmed: until then anybody may have typed it.

use chrono::{DateTime, Utc};
use convivio_db::{Tx, consent, person, registration};
use convivio_domain::{ConsentId, ConsentPurpose, ConsentWay, Locale};

use crate::http::Result;

/// How somebody says what they agree to, and in which language they read it.
#[derive(Clone, Copy)]
pub struct Saying {
    pub how: ConsentWay,
    pub locale: Locale,
}

/// Whether they agree to be written to after the event of this registration. A form that nobody confirmed changes nothing of what was said before it.
pub fn agrees(row: &registration::Model, history: &[consent::Model]) -> bool {
    if row.is_surely_theirs() {
        return row.follow_up;
    }
    consent::last_on_follow_up(history, row).is_some_and(|word| word.granted)
}

/// With a registration that was not there before. Silence agrees to nothing.
pub async fn at_registering(tx: &Tx, row: &registration::Model, how: ConsentWay, now: DateTime<Utc>) -> Result<()> {
    if row.follow_up {
        consent::insert(tx, with_registration(row, how, now)).await?;
    }
    Ok(())
}

/// With a registration that was there, as it was and as it has just been written. A yes is kept each time it is said, a no only where there was a yes:
/// silence takes nothing back. What waited to be confirmed is replaced.
pub async fn at_registering_again(
    tx: &Tx,
    old: &registration::Model,
    row: &registration::Model,
    how: ConsentWay,
    now: DateTime<Utc>,
) -> Result<()> {
    consent::forget_unconfirmed(tx, row).await?;
    if row.follow_up || agrees(old, &consent::of_person(tx, row.person_id).await?) {
        consent::insert(tx, with_registration(row, how, now)).await?;
    }
    Ok(())
}

/// With many registrations that were not there before, from a table.
pub async fn at_importing(tx: &Tx, rows: &[registration::Model], now: DateTime<Utc>) -> Result<()> {
    let agreed = rows.iter().filter(|row| row.follow_up);
    let word = |row: &registration::Model| consent::Model {
        confirmed_at: row.is_surely_theirs().then_some(now),
        ..with_registration(row, ConsentWay::Import, now)
    };
    Ok(consent::insert_all(tx, agreed.map(word).collect()).await?)
}

/// Of all the registrations one has, as the preferences say it.
pub async fn at_preferring(
    tx: &Tx,
    person: &person::Model,
    purpose: ConsentPurpose,
    granted: bool,
    saying: Saying,
    now: DateTime<Utc>,
) -> Result<()> {
    let word = consent::Model {
        id: ConsentId::new(),
        organizer_id: person.organizer_id,
        person_id: person.id,
        registration_id: None,
        purpose,
        granted,
        text_version: saying.how.has_read().then(|| purpose.text_version().to_owned()),
        locale: saying.how.has_read().then_some(saying.locale),
        how: saying.how,
        created_at: now,
        confirmed_at: Some(now),
    };
    Ok(consent::insert(tx, word).await?)
}

/// It waits until the address is known to be theirs.
fn with_registration(row: &registration::Model, how: ConsentWay, now: DateTime<Utc>) -> consent::Model {
    let purpose = ConsentPurpose::FollowUp;
    consent::Model {
        id: ConsentId::new(),
        organizer_id: row.organizer_id,
        person_id: row.person_id,
        registration_id: Some(row.id),
        purpose,
        granted: row.follow_up,
        text_version: how.has_read().then(|| purpose.text_version().to_owned()),
        locale: how.has_read().then_some(row.locale),
        how,
        created_at: now,
        confirmed_at: None,
    }
}
