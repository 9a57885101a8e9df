//! The mark of a restored backup. A backup does not know what was sent after it was made, so as long as the mark stands no mail leaves.

use chrono::{DateTime, Utc};

use crate::{Central, Result, setting};

/// The setting's key.
pub const HELD: &str = "sending_held";

/// Since when mail is held back; `None` where it is not.
pub async fn held_since(central: &Central) -> Result<Option<DateTime<Utc>>> {
    setting::get(central, HELD).await
}

pub async fn hold(central: &Central, now: DateTime<Utc>) -> Result<()> {
    setting::set(central, HELD, now).await
}

pub async fn resume(central: &Central) -> Result<()> {
    setting::forget(central, HELD).await
}
