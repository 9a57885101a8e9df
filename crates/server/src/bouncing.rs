//! What follows when a mail comes back or its reader complains, whoever tells of it.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Tx, bounce, message, person, suppression};
use convivio_domain::words::{BounceKind, Reason};
use convivio_domain::{EmailAddress, micros};
use convivio_mail::Notice;

use crate::app::App;
use crate::gardening;

/// So many mails that could not be delivered for the moment make an address one to leave alone for as long.
const TIMES: u64 = 3;
const WITHIN: TimeDelta = TimeDelta::days(30);

/// What is told of a mail, as of `at`. Of one that nobody here sent, or that went to somebody else, nothing follows; what was told before is not
/// told again.
pub async fn take(app: &App, notice: &Notice, at: Option<DateTime<Utc>>) -> convivio_db::Result<()> {
    let Some(mail) = message::by_message_id(&app.db.central(), &notice.message_id).await? else { return Ok(()) };
    let was_to = |one: &EmailAddress| one.normal() == mail.to_email_normal;
    if !notice.recipients.is_empty() && !notice.recipients.iter().any(was_to) {
        return Ok(());
    }
    let now = app.clock.now();
    let at = at.map_or(now, micros).min(now);
    let said = notice.detail.as_deref();
    let tx = app.db.write(&mail.organizer_id).await?;
    hold(&tx, &mail.to_email).await?;
    // Whoever was erased since is not written down again.
    if !message::went_to(&tx, mail.id, &mail.to_email_normal).await? {
        return Ok(());
    }
    if !bounce::insert(&tx, mail.id, notice.kind, at).await? {
        return Ok(());
    }
    match notice.kind {
        BounceKind::Permanent => {
            stop(&tx, &mail.to_email, Reason::Bounced, now).await?;
            message::bounced(&tx, mail.id, said).await?;
        }
        BounceKind::Complaint => stop(&tx, &mail.to_email, Reason::Complaint, now).await?,
        BounceKind::Temporary => {
            message::note(&tx, mail.id, said).await?;
            if bounce::count(&tx, &mail.to_email_normal, notice.kind, now - WITHIN).await? >= TIMES {
                suppression::add(&tx, &mail.to_email_normal, Reason::Bounced, Some(now + WITHIN), now).await?;
            }
        }
    }
    tx.commit().await?;
    tracing::info!(message = %mail.id, "a mail came back: {}", notice.kind);
    Ok(())
}

/// What is told of an address and of no mail: it holds for every organizer who knows somebody by it.
pub async fn take_address(app: &App, email: &EmailAddress, kind: BounceKind) -> convivio_db::Result<()> {
    let reason = match kind {
        BounceKind::Permanent => Reason::Bounced,
        BounceKind::Complaint => Reason::Complaint,
        // It is counted by mails, and no mail is named.
        BounceKind::Temporary => return Ok(()),
    };
    for person in person::of_any_organizer(&app.db.central(), email).await? {
        let tx = app.db.write(&person.organizer_id).await?;
        if hold(&tx, email).await?.is_none() {
            continue;
        }
        stop(&tx, email, reason, app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Whose address it is, held, so that they are not erased meanwhile. The address of a member may be nobody's.
async fn hold(tx: &Tx, email: &EmailAddress) -> convivio_db::Result<Option<person::Model>> {
    let Some(person) = person::by_email(tx, email).await? else { return Ok(None) };
    person::lock(tx, person.id).await
}

/// Ends what would still be sent to the address, at once and for good. Who complained has said as much as who presses "stop".
async fn stop(tx: &Tx, email: &EmailAddress, reason: Reason, now: DateTime<Utc>) -> convivio_db::Result<()> {
    // The address of a member may be nobody's who is followed up.
    if let Some(person) = person::by_email(tx, email).await? {
        if reason == Reason::Complaint {
            person::stop_follow_up(tx, person.id, now).await?;
        }
        gardening::call_off(tx, person.id, reason).await?;
    }
    // The address last, as the outbox does when the relay refuses it: in the other order the two could lock each other out.
    suppression::add(tx, &email.normal(), reason, None, now).await
}
