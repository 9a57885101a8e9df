//! The reader lives by another clock from now on.

use convivio_db::{Tx, enrollment, prompt};
use convivio_domain::{RegistrationId, Timezone};
use convivio_followup::due;

/// What is still to come about a registration keeps its hour, by the new clock. Whoever calls holds the person: a prompt of theirs that is being
/// made this moment is through, or is found here. What has left stays as it was; what is on its way asks the new clock before it leaves.
pub async fn keep_hours(tx: &Tx, registration: RegistrationId, from: Timezone, to: Timezone) -> convivio_db::Result<()> {
    if from == to {
        return Ok(());
    }
    let paused_until = enrollment::of_registration(tx, registration).await?.and_then(|one| one.paused_until);
    if let Some(until) = paused_until {
        enrollment::pause(tx, registration, due::by_another_clock(until, from, to)).await?;
    }
    for row in prompt::of_registration(tx, registration).await? {
        if prompt::WAITING.contains(&row.state) {
            // From the hour it was planned for: whatever delayed it is looked at again then.
            prompt::reschedule(tx, row.id, due::by_another_clock(row.first_due_at, from, to)).await?;
        }
    }
    Ok(())
}
