//! What the mail of an introduction rests on, as it is at the moment of sending.

use convivio_db::{Scoped, introduction, message, person};
use convivio_domain::{PersonName, Sentence};

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
