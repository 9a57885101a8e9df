//! The facts a prompt is made of. Whoever calls has already left out people who cancelled, were erased, or are blocked by either side.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::Sitting;
use convivio_domain::{DeclaredPassion, Field, FreeText, Locale, Need, PersonName, Phrase, RegistrationCode, Timezone, Visibility};

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
    /// Whether both were checked in before a round they share ended. A prompt names nobody else.
    pub both_present: bool,
    /// The rounds they shared.
    pub sittings: Vec<Sitting>,
}

/// A person's profile, with what they show of it.
#[derive(Clone, Debug)]
pub struct ProfileView {
    pub name: PersonName,
    pub passions: Vec<DeclaredPassion>,
    pub offers: Vec<Phrase>,
    pub needs: Vec<Need>,
    pub visibility: Visibility,
}

/// What a prompt says of the event.
#[derive(Clone, Debug)]
pub struct EventFacts {
    /// In the reader's language.
    pub title: String,
    pub starts_at: DateTime<Utc>,
    pub zone: Timezone,
}

impl Tablemate {
    pub(crate) fn may_be_named(&self) -> bool {
        self.both_present && self.profile.shows(Field::Name)
    }
}

impl ProfileView {
    pub(crate) fn shows(&self, field: Field) -> bool {
        self.visibility.shows_tablemates(field)
    }
}
