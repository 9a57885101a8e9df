//! The facts a prompt is made of, and who of those it rests on may be told of.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::Sitting;
use convivio_domain::{
    ContactId, DeclaredPassion, Field, FreeText, Line, Locale, Need, PersonName, Phrase, RegistrationCode, Timezone, Visibility,
};

use crate::garden::{Cadence, Temperature, temperature};

/// The person a prompt is written to.
#[derive(Clone, Debug)]
pub struct Reader {
    pub profile: ProfileView,
    pub locale: Locale,
    /// What would make it worthwhile, in the reader's own words. Shown to nobody else.
    pub intention: Option<FreeText>,
}

/// Someone the reader sat with.
#[derive(Clone, Debug)]
pub struct Tablemate {
    pub code: RegistrationCode,
    pub profile: ProfileView,
    /// Whether both were checked in before a round they share ended, and are still among those who came: who was erased is not. A prompt names nobody
    /// else.
    pub both_present: bool,
    /// One of the two blocked the other: neither reads of the other any more.
    pub is_blocked: bool,
    /// The rounds they shared.
    pub sittings: Vec<Sitting>,
}

/// Someone the reader chose to keep, with what the reader has said of the two of them. Only its owner reads it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub mate: Tablemate,
    /// Where they met.
    pub event: EventFacts,
    /// Who brought the two together, where they did not meet at a table.
    pub introduced_by: Option<PersonName>,
    /// What the reader wrote about them last.
    pub note: Option<FreeText>,
    pub gave_at: Option<DateTime<Utc>>,
    pub asked_at: Option<DateTime<Utc>>,
    /// When they were last in touch, as the reader says; else when they met.
    pub in_touch_at: DateTime<Utc>,
    /// The reader got in touch by themselves since the last prompt: no need to suggest it.
    pub needs_no_nudge: bool,
    /// How often the reader would like to be in touch; `None` until they say.
    pub every: Option<Cadence>,
}

/// Somebody the reader knows from elsewhere, by what the reader wrote down.
#[derive(Clone, Debug)]
pub struct Contact {
    pub id: ContactId,
    pub name: PersonName,
    pub note: Option<FreeText>,
    /// When they were last in touch, as the reader says.
    pub in_touch_at: DateTime<Utc>,
    /// How often the reader would like to be in touch; `None` until they say.
    pub every: Option<Cadence>,
}

impl Contact {
    pub(crate) fn is_cooling(&self, now: DateTime<Utc>) -> bool {
        self.every.is_some_and(|every| temperature(now, self.in_touch_at, every) != Temperature::Warm)
    }
}

/// A person's profile, with what they show of it.
#[derive(Clone, Debug)]
pub struct ProfileView {
    pub name: PersonName,
    pub passions: Vec<DeclaredPassion>,
    pub working_on: Option<Line>,
    pub offers: Vec<Phrase>,
    pub needs: Vec<Need>,
    pub visibility: Visibility,
}

/// What a prompt says of the event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFacts {
    /// In the reader's language.
    pub title: String,
    pub starts_at: DateTime<Utc>,
    pub zone: Timezone,
}

/// Everything a prompt may speak of.
#[derive(Clone, Debug)]
pub struct Story {
    pub reader: Reader,
    pub event: EventFacts,
    /// Everyone the reader sat with.
    pub met: Vec<Tablemate>,
    /// Those of them whom the reader keeps, in the order of choosing.
    pub kept: Vec<Kept>,
    /// Those the reader knows from elsewhere.
    pub contacts: Vec<Contact>,
    /// Those of them whom the reader should not bring together, because they know each other or would rather not.
    pub apart: Vec<(RegistrationCode, RegistrationCode)>,
    /// Whom the prompts before this one were about.
    pub spoken_of: Vec<RegistrationCode>,
    /// How many prompts of this step there were before: what recurs says something else each time.
    pub before: usize,
    /// An event the reader could come to.
    pub next: Option<Next>,
}

/// An event the reader could come to.
#[derive(Clone, Debug)]
pub struct Next {
    /// In the reader's language.
    pub title: String,
    pub starts_at: DateTime<Utc>,
    pub zone: Timezone,
    /// Its public page.
    pub link: String,
}

impl Kept {
    pub(crate) fn name(&self) -> &PersonName {
        &self.mate.profile.name
    }
}

impl Tablemate {
    pub(crate) fn may_be_named(&self) -> bool {
        self.both_present && !self.is_blocked && self.profile.shows(Field::Name)
    }
}

impl ProfileView {
    pub(crate) fn shows(&self, field: Field) -> bool {
        self.visibility.shows_tablemates(field)
    }
}
