//! The application's clock: real time, or in sandbox mode one that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use convivio_db::{Central, setting};
use convivio_domain::micros;

const KEPT: &str = "sandbox_clock";

#[derive(Clone)]
pub struct Clock {
    /// Microseconds since 1970, in sandbox mode.
    still: Option<Arc<AtomicI64>>,
}

impl Clock {
    pub fn real() -> Self {
        Self { still: None }
    }

    /// The sandbox's clock, as it was left; the first time, it shows the present.
    pub async fn sandbox(central: &Central) -> anyhow::Result<Self> {
        let now = match setting::get::<DateTime<Utc>>(central, KEPT).await? {
            Some(kept) => kept,
            None => {
                let now = real_now();
                setting::set(central, KEPT, now).await?;
                now
            }
        };
        Ok(Self { still: Some(Arc::new(AtomicI64::new(now.timestamp_micros()))) })
    }

    /// To the microsecond, which is what both databases keep.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.still {
            Some(still) => DateTime::from_timestamp_micros(still.load(Ordering::SeqCst)).expect("it was set from an instant"),
            None => real_now(),
        }
    }

    pub fn is_sandbox(&self) -> bool {
        self.still.is_some()
    }

    /// Moves the sandbox's clock; `false` when that would be backwards.
    pub async fn set(&self, central: &Central, to: DateTime<Utc>) -> anyhow::Result<bool> {
        let Some(still) = &self.still else { anyhow::bail!("real time cannot be moved") };
        let to = micros(to);
        if to.timestamp_micros() < still.load(Ordering::SeqCst) {
            return Ok(false);
        }
        setting::set(central, KEPT, to).await?;
        still.store(to.timestamp_micros(), Ordering::SeqCst);
        Ok(true)
    }

    /// Reads the kept time again: another instance on the same database may have moved it.
    pub async fn refresh(&self, central: &Central) -> anyhow::Result<()> {
        if let (Some(still), Some(kept)) = (&self.still, setting::get::<DateTime<Utc>>(central, KEPT).await?) {
            still.fetch_max(kept.timestamp_micros(), Ordering::SeqCst);
        }
        Ok(())
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the clock")]
fn real_now() -> DateTime<Utc> {
    micros(Utc::now())
}
