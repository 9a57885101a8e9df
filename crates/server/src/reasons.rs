//! Why somebody sits where they sit, told without what people keep for themselves.
//!
//! The engine looks at whole profiles; whoever reads a reason reads only what a tablemate may see, and no need that has ended.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_db::{registration, seat};
use convivio_domain::{Field, RegistrationCode, RegistrationId};

/// The people reasons are about, by code.
pub struct Reasons<'a> {
    people: HashMap<&'a RegistrationCode, &'a registration::Model>,
    now: DateTime<Utc>,
}

impl<'a> Reasons<'a> {
    pub fn new(people: &'a HashMap<RegistrationId, registration::Model>, now: DateTime<Utc>) -> Self {
        Self { people: people.values().map(|one| (&one.code, one)).collect(), now }
    }

    /// For anybody else: staff, a roster, a card.
    pub fn told(&self, of: &RegistrationCode, why: seat::Why) -> seat::Why {
        let why = self.told_to_oneself(why);
        seat::Why {
            shared: if self.shows(of, Field::Passions) { why.shared } else { Vec::new() },
            gives: if self.shows(of, Field::Offers) { why.gives } else { Vec::new() },
            gets: why.gets.into_iter().filter(|given| self.shows_need(of, &given.need)).collect(),
        }
    }

    /// For the person themselves, who knows what they keep.
    pub fn told_to_oneself(&self, why: seat::Why) -> seat::Why {
        let shared = why.shared.into_iter().map(|shared| seat::Shared {
            with: shared.with.into_iter().filter(|code| self.shows(code, Field::Passions)).collect(),
            passion: shared.passion,
        });
        seat::Why {
            shared: shared.filter(|shared| !shared.with.is_empty()).collect(),
            gives: why.gives.into_iter().filter(|given| self.shows_need(&given.with, &given.need)).collect(),
            gets: why.gets.into_iter().filter(|given| self.shows(&given.with, Field::Offers)).collect(),
        }
    }

    fn shows(&self, code: &RegistrationCode, field: Field) -> bool {
        self.people.get(code).is_some_and(|one| one.profile.visibility.shows_tablemates(field))
    }

    fn shows_need(&self, code: &RegistrationCode, need: &str) -> bool {
        let holds = |one: &&registration::Model| one.profile.needs_at(self.now).any(|known| known.text.as_str() == need);
        self.shows(code, Field::Needs) && self.people.get(code).is_some_and(holds)
    }
}
