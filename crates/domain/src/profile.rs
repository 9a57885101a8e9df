//! The parts of a living profile.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{DeclaredPassion, Invalid, Line, PassionCode, Phrase, RegistrationCode};

/// Something a person is looking for, for as long as it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Need {
    pub text: Phrase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[eserde(compat)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl Need {
    pub fn holds_at(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// A language someone speaks: a code of ISO 639-1, such as `it`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Language(String);

eserde::impl_edeserialize_compat!(Language);

impl Language {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Language {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_lowercase()) {
            Ok(Self(text))
        } else {
            Err(Invalid::new("language_invalid", "must be a language's two lower-case letters, such as it"))
        }
    }
}

words! {
    /// Who may see a field.
    pub enum VisibleTo {
        None => "none",
        Tablemates => "tablemates",
        Event => "event",
    }
}

words! {
    /// A field of the profile that a person may show or keep.
    pub enum Field {
        Name => "name",
        Passions => "passions",
        Headline => "headline",
        Unit => "unit",
        WorkingOn => "working_on",
        Offers => "offers",
        Needs => "needs",
        Languages => "languages",
        Intention => "intention",
    }
}

/// What others may see. Name and passions are shown to tablemates unless switched off; everything else is kept unless switched on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Visibility(BTreeMap<Field, VisibleTo>);

crate::invalid::collect_errors_of_whole!(Visibility);

impl Visibility {
    pub fn of(&self, field: Field) -> VisibleTo {
        self.0.get(&field).copied().unwrap_or(usual(field))
    }

    pub fn shows_tablemates(&self, field: Field) -> bool {
        self.of(field) != VisibleTo::None
    }

    pub fn set(&mut self, field: Field, to: VisibleTo) {
        self.0.insert(field, to);
    }

    /// Nothing, to nobody.
    pub fn nothing() -> Self {
        Self(Field::ALL.iter().map(|&field| (field, VisibleTo::None)).collect())
    }

    /// Every field with who may see it, defaults included.
    pub fn complete(&self) -> BTreeMap<Field, VisibleTo> {
        Field::ALL.iter().map(|&field| (field, self.of(field))).collect()
    }

    /// The same, for what is read back as it is.
    pub fn spelt_out(&self) -> Self {
        Self(self.complete())
    }

    /// What somebody says who reads every field and changes some: what is other than usual, or was said before. What they merely left as it usually is
    /// they said nothing of.
    pub fn said_after(&self, before: &Self) -> Self {
        let is_said = |field: Field, to: VisibleTo| to != usual(field) || before.0.contains_key(&field);
        Self(self.complete().into_iter().filter(|&(field, to)| is_said(field, to)).collect())
    }
}

/// Who sees a field of which nobody said anything.
fn usual(field: Field) -> VisibleTo {
    match field {
        Field::Name | Field::Passions => VisibleTo::Tablemates,
        _ => VisibleTo::None,
    }
}

/// What a person tells about themselves. The registration keeps a copy of it, as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub passions: Vec<DeclaredPassion>,
    pub headline: Option<Line>,
    pub unit: Option<Line>,
    pub working_on: Option<Line>,
    pub offers: Vec<Phrase>,
    pub needs: Vec<Need>,
    pub languages: Vec<Language>,
    pub visibility: Visibility,
}

impl Profile {
    /// Whether there is something they offer for others to see.
    pub fn openly_offers(&self) -> bool {
        self.visibility.shows_tablemates(Field::Offers) && !self.offers.is_empty()
    }

    /// What the person is looking for at this moment.
    pub fn needs_at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Need> {
        self.needs.iter().filter(move |need| need.holds_at(now))
    }

    /// Declares `to` in place of every passion with one of these codes, once, at the highest level that was declared. `false` when there is
    /// nothing to do.
    pub fn redeclare(&mut self, codes: &[PassionCode], to: &DeclaredPassion) -> bool {
        let same = |passion: &DeclaredPassion| passion.code == to.code || codes.contains(&passion.code);
        if !self.passions.iter().any(|passion| codes.contains(&passion.code)) {
            return false;
        }
        let before = self.passions.clone();
        let level = self.passions.iter().filter(|passion| same(passion)).map(|passion| passion.level).max().unwrap_or(to.level);
        let first = self.passions.iter().position(same).unwrap_or(0);
        self.passions[first] = DeclaredPassion { level, ..to.clone() };
        let mut place = 0..;
        self.passions.retain(|passion| place.next() == Some(first) || !same(passion));
        self.passions != before
    }
}

/// With whom someone would like to sit, or not. Wishes weigh; they do not bind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Wishes {
    #[serde(default)]
    pub with: Vec<RegistrationCode>,
    #[serde(default)]
    pub apart: Vec<RegistrationCode>,
}

/// What someone agreed to. Nothing is agreed to by silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Consents {
    /// Personal prompts after the event, about the people met.
    #[serde(default)]
    pub follow_up: bool,
}

words! {
    /// How far someone would say so.
    pub enum Agreement {
        Yes => "yes",
        Partly => "partly",
        No => "no",
    }
}

/// What someone says of the conversations they had. Each question may stay unanswered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, eserde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    #[serde(default)]
    pub listened: Option<Agreement>,
    #[serde(default)]
    pub heard: Option<Agreement>,
    #[serde(default)]
    pub continued: Option<Agreement>,
    /// Whether they found something they needed, through somebody they met.
    #[serde(default)]
    pub need_met: Option<Agreement>,
}

impl Feedback {
    /// Whether no question was answered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_50_everything_but_name_and_passions_is_kept_by_default() {
        for (field, to) in Visibility::default().complete() {
            let shown = matches!(field, Field::Name | Field::Passions);
            assert_eq!(to, if shown { VisibleTo::Tablemates } else { VisibleTo::None }, "{field}");
        }
    }

    #[test]
    fn sr_50_who_changes_one_field_has_said_nothing_of_the_others() {
        let mut said = Visibility::default().spelt_out();
        said.set(Field::Offers, VisibleTo::Event);
        let kept = said.said_after(&Visibility::default());
        assert_eq!(kept, Visibility([(Field::Offers, VisibleTo::Event)].into()));
        assert_eq!(kept.complete(), said.complete());
        // Set back to what is usual, it stays said.
        let mut back = kept.spelt_out();
        back.set(Field::Offers, VisibleTo::None);
        assert_eq!(back.said_after(&kept), Visibility([(Field::Offers, VisibleTo::None)].into()));
    }

    #[test]
    fn sr_08_a_need_ends_when_it_says() {
        let at = |text: &str| text.parse().expect("an instant");
        let need = Need { text: Phrase::parse("a bookkeeper").expect("a phrase"), expires_at: Some(at("2026-06-01T00:00:00Z")) };
        assert!(need.holds_at(at("2026-05-31T23:59:59Z")));
        assert!(!need.holds_at(at("2026-06-01T00:00:00Z")));
    }
}
