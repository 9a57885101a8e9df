//! People and instants for the tests.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::Sitting;
use convivio_domain::{
    DeclaredPassion, Field, FreeText, Level, Locale, Need, PersonName, Phrase, RegistrationCode, Theme, Timezone, Visibility, VisibleTo,
};

use crate::{EventFacts, Kept, ProfileView, Reader, Story, Tablemate};

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(crate) fn zone(name: &str) -> Timezone {
    name.parse().expect("a zone")
}

/// Thursday evening in Bologna.
pub(crate) fn supper() -> EventFacts {
    EventFacts { title: "Supper of passions".to_owned(), starts_at: at("2026-03-12T18:00:00Z"), zone: zone("Europe/Rome") }
}

pub(crate) fn person(name: &str) -> ProfileView {
    let name = PersonName::parse(name).expect("a name");
    ProfileView { name, passions: Vec::new(), working_on: None, offers: Vec::new(), needs: Vec::new(), visibility: Visibility::default() }
}

impl ProfileView {
    pub(crate) fn loves(mut self, passions: &[&str]) -> Self {
        let declared =
            |words: &&str| DeclaredPassion::from_words(Phrase::parse(words).expect("a passion"), Level::default()).expect("words");
        self.passions = passions.iter().map(declared).collect();
        self
    }

    pub(crate) fn offers(mut self, text: &str) -> Self {
        self.offers.push(Phrase::parse(text).expect("an offer"));
        self
    }

    pub(crate) fn needs(mut self, text: &str, expires_at: Option<DateTime<Utc>>) -> Self {
        self.needs.push(Need { text: Phrase::parse(text).expect("a need"), expires_at });
        self
    }

    pub(crate) fn showing(mut self, field: Field) -> Self {
        self.visibility.set(field, VisibleTo::Tablemates);
        self
    }

    pub(crate) fn hiding(mut self, field: Field) -> Self {
        self.visibility.set(field, VisibleTo::None);
        self
    }

    /// As someone who reads a prompt.
    pub(crate) fn reads(self, locale: Locale) -> Reader {
        Reader { profile: self, locale, intention: None }
    }

    /// As someone the reader sat with in this round, at table 3.
    pub(crate) fn met_in(self, round: u16) -> Tablemate {
        let letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".as_bytes();
        let code: String =
            (0..8).map(|i| letters[(self.name.as_str().bytes().map(usize::from).sum::<usize>() + i * 7) % 32] as char).collect();
        Tablemate {
            code: RegistrationCode::parse(&code).expect("a code"),
            profile: self,
            both_present: true,
            is_blocked: false,
            sittings: vec![Sitting { round, table: 3, theme: Theme::Mixed }],
        }
    }
}

impl Tablemate {
    /// As someone the reader keeps, of whom nothing was said yet.
    pub(crate) fn kept(self) -> Kept {
        let in_touch_at = at("2026-03-12T21:00:00Z");
        Kept {
            mate: self,
            event: supper(),
            introduced_by: None,
            note: None,
            gave_at: None,
            asked_at: None,
            in_touch_at,
            needs_no_nudge: false,
            every: None,
        }
    }
}

impl Kept {
    pub(crate) fn noted(mut self, note: &str) -> Self {
        self.note = Some(FreeText::parse(note).expect("a note"));
        self
    }
}

/// What the reader lived that evening.
pub(crate) fn story(reader: Reader, kept: Vec<Kept>) -> Story {
    let met = kept.iter().map(|one| one.mate.clone()).collect();
    Story { reader, event: supper(), met, kept, contacts: Vec::new(), apart: Vec::new(), spoken_of: Vec::new(), before: 0, next: None }
}

impl Reader {
    pub(crate) fn hoping_for(mut self, intention: &str) -> Self {
        self.intention = Some(FreeText::parse(intention).expect("an intention"));
        self
    }
}
