//! The application's clock: real time, or in sandbox mode one that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::bail;
use chrono::{DateTime, SecondsFormat, Utc};
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
        if let Some(kept) = Self::kept(central).await? {
            return Ok(kept);
        }
        let now = real_now();
        setting::set(central, KEPT, now).await?;
        Ok(Self::still_at(now))
    }

    /// The clock of a database that is a sandbox; `None` for any other.
    pub async fn kept(central: &Central) -> anyhow::Result<Option<Self>> {
        Ok(setting::get::<DateTime<Utc>>(central, KEPT).await?.map(Self::still_at))
    }

    /// Real time for a database that may have been a sandbox. What was written ahead of real time cannot be undone, so a sandbox whose clock was
    /// moved there stays one; any other is none from now on.
    pub async fn out_of_sandbox(central: &Central) -> anyhow::Result<Self> {
        if let Some(kept) = setting::get::<DateTime<Utc>>(central, KEPT).await? {
            if kept > real_now() {
                let kept = kept.to_rfc3339_opts(SecondsFormat::Secs, true);
                bail!(
                    "this database is a sandbox and its clock stands at {kept}, ahead of real time: serve it with --sandbox, or name another --data or --database-url"
                );
            }
            setting::forget(central, KEPT).await?;
            tracing::warn!(
                "this database was a sandbox, and runs in real time from now on: what is due is done, and mail leaves by itself"
            );
        }
        Ok(Self::real())
    }

    fn still_at(instant: DateTime<Utc>) -> Self {
        Self { still: Some(Arc::new(AtomicI64::new(instant.timestamp_micros()))) }
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
        let Some(still) = &self.still else { bail!("real time cannot be moved") };
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

/// What others go by who are not in the sandbox, such as those who sign what they send.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn real_now() -> DateTime<Utc> {
    micros(Utc::now())
}
