//! The parts of an event that have rules of their own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::words::{GuideChoice, GuidePhase};
use crate::{Invalid, Language, Line};

/// How many people fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[serde(try_from = "i64", into = "i32")]
pub struct Capacity(i32);

eserde::impl_edeserialize_compat!(Capacity);

impl Capacity {
    pub fn get(self) -> i32 {
        self.0
    }
}

impl TryFrom<i64> for Capacity {
    type Error = Invalid;
    fn try_from(seats: i64) -> Result<Self, Invalid> {
        match i32::try_from(seats) {
            Ok(seats @ 1..=100_000) => Ok(Self(seats)),
            _ => Err(Invalid::new("out_of_range", "must be 1 to 100000")),
        }
    }
}

impl From<Capacity> for i32 {
    fn from(capacity: Capacity) -> i32 {
        capacity.0
    }
}

/// How much each wish counts when people are seated; 0 leaves it out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    pub passion: f64,
    pub offer_need: f64,
    pub novelty: f64,
    pub same_unit: f64,
    pub wishes: f64,
}

crate::invalid::collect_errors_of_whole!(Weights);

impl Default for Weights {
    fn default() -> Self {
        Self { passion: 1.0, offer_need: 0.5, novelty: 0.2, same_unit: 0.05, wishes: 0.5 }
    }
}

impl Weights {
    /// The fields that are not numbers from 0 to 100.
    pub fn wrong(&self) -> impl Iterator<Item = &'static str> {
        let named = [
            ("passion", self.passion),
            ("offer_need", self.offer_need),
            ("novelty", self.novelty),
            ("same_unit", self.same_unit),
            ("wishes", self.wishes),
        ];
        named.into_iter().filter(|(_, weight)| !(0.0..=100.0).contains(weight)).map(|(name, _)| name)
    }
}

/// Whose guides an event gives its guests to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Guides {
    #[serde(default)]
    pub before: GuideChoice,
    #[serde(default)]
    pub during: GuideChoice,
    #[serde(default)]
    pub after: GuideChoice,
}

impl Guides {
    pub fn of(&self, phase: GuidePhase) -> GuideChoice {
        match phase {
            GuidePhase::Before => self.before,
            GuidePhase::During => self.during,
            GuidePhase::After => self.after,
        }
    }
}

/// A round as an organizer plans it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoundPlan {
    pub minutes: u16,
    #[serde(default)]
    pub break_minutes: u16,
    #[serde(default)]
    #[eserde(compat)]
    pub starts_at: Option<DateTime<Utc>>,
}

/// The tables of an event: listed one by one, or by their size, as many as the people need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum TableLayout {
    Listed { tables: Vec<TableSpec> },
    BySize(SizeRule),
}

/// One table, in the order of its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    #[serde(default)]
    pub label: Option<Line>,
    pub min: u16,
    pub max: u16,
    #[serde(default)]
    pub accessible: bool,
    #[serde(default)]
    pub language: Option<Language>,
    /// Where an online table meets; shown to its members alone.
    #[serde(default)]
    pub link: Option<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SizeRule {
    pub min: u16,
    pub max: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u16>,
}

impl TableLayout {
    /// How many people fit at most; `None` where tables are added as needed.
    pub fn seats(&self) -> Option<u32> {
        match self {
            Self::Listed { tables } => Some(tables.iter().map(|table| u32::from(table.max)).sum()),
            Self::BySize(rule) => rule.count.map(|count| u32::from(count) * u32::from(rule.max)),
        }
    }

    pub fn largest(&self) -> u16 {
        match self {
            Self::Listed { tables } => tables.iter().map(|table| table.max).max().unwrap_or(0),
            Self::BySize(rule) => rule.max,
        }
    }
}
