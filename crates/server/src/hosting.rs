//! What is said at a table: its guide, for those who sit there, and its brief, for whoever hosts it.

use convivio_db::plan::Theme;
use convivio_domain::{Locale, catalogue};
use convivio_followup::guide::{self, TableGuide};
use convivio_followup::host::{self, HostBrief};

use crate::http::{ApiError, Result};

/// A table in one round.
pub struct Sitting<'a> {
    pub theme: &'a Theme,
    pub people: usize,
    pub minutes: i16,
    pub round: i16,
    pub table: i16,
}

impl Sitting<'_> {
    pub fn guide(&self, locale: Locale) -> Result<TableGuide> {
        guide::of(&self.asked(locale)).map_err(|err| ApiError::Internal(anyhow::Error::new(err)))
    }

    /// With the questions of its guide.
    pub fn brief(&self, locale: Locale) -> Result<HostBrief> {
        host::brief(&self.asked(locale)).map_err(|err| ApiError::Internal(anyhow::Error::new(err)))
    }

    fn asked(&self, locale: Locale) -> guide::Table<'_> {
        let theme = match self.theme {
            Theme::Mixed => None,
            Theme::Shared { code, labels } => Some(guide::Theme {
                family: catalogue().get(code).map(|passion| passion.family.as_str()),
                label: labels.read(locale, Locale::En).unwrap_or(code),
            }),
        };
        guide::Table {
            theme,
            // Who sits alone waits for somebody.
            members: self.people.max(*guide::MEMBERS.start()),
            minutes: u16::try_from(self.minutes).unwrap_or(guide::FEWEST_MINUTES).max(guide::FEWEST_MINUTES),
            locale,
            seed: u64::try_from(i32::from(self.round) * 10_000 + i32::from(self.table)).unwrap_or(0),
        }
    }
}
