//! Consents by purpose: each yes and each taking back is kept with the words it was said to.
//!
//! The rules go by what stands beside that, a registration's `follow_up` and the `chat_delivery` of the preferences. Whoever writes one of the two calls
//! this in the same transaction, so that what counts is always the newest word.

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

/// With a registration as it has just been written. A yes is kept each time it is said, a no only where there was a yes: silence agrees to nothing, and
/// takes nothing back.
pub async fn at_registering(tx: &Tx, row: &registration::Model, agreed_before: bool, how: ConsentWay, now: DateTime<Utc>) -> Result<()> {
    if row.follow_up || agreed_before {
        consent::insert(tx, with_registration(row, how, now)).await?;
    }
    Ok(())
}

/// With many registrations that were not there before, from a table.
pub async fn at_importing(tx: &Tx, rows: &[registration::Model], now: DateTime<Utc>) -> Result<()> {
    let agreed = rows.iter().filter(|row| row.follow_up);
    Ok(consent::insert_all(tx, agreed.map(|row| with_registration(row, ConsentWay::Import, now)).collect()).await?)
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
    };
    Ok(consent::insert(tx, word).await?)
}

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
    }
}
