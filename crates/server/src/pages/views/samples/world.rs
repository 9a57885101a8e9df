//! What several pages show: an evening, what people love, and who sits there.

use chrono::{DateTime, Utc};
use convivio_domain::words::EventMode;
use convivio_domain::{Locale, RegistrationCode};

use crate::pages::views::{EventHead, Gives, MetAt, Sat, Seat, SharedWith, ShownPassion, When, Why};

#[derive(Clone)]
pub(super) struct World {
    pub locale: Locale,
    pub event: EventHead,
    pub online: EventHead,
    pub hiking: String,
    pub cooking: String,
    pub jazz: String,
    pub bread: String,
    pub theatre: String,
    pub ada: Seat,
    pub luca: Seat,
    pub zoe: Seat,
    /// Who keeps their name.
    pub unnamed: Seat,
    pub mei: Seat,
    pub omar: Seat,
}

impl World {
    pub(super) fn of(locale: Locale) -> Self {
        let pick = |en: &str, it: &str| in_language(locale, en, it);
        let texts = |all: &[(&str, &str)]| -> Vec<String> { all.iter().map(|(en, it)| pick(en, it)).collect() };
        let event = EventHead {
            title: pick("A winter table", "Una tavola d’inverno"),
            organizer: "Portico Aperto".into(),
            path: "/e/portico/winter-table".into(),
            when: When {
                starts_at: at("2026-03-12T18:00:00Z"),
                ends_at: at("2026-03-12T21:00:00Z"),
                timezone: "Europe/Rome".parse().expect("a zone"),
            },
            place: Some("Sala Borsa, Piazza del Nettuno 3, Bologna".into()),
            mode: EventMode::InPerson,
        };
        let online =
            EventHead { mode: EventMode::Online, place: None, title: pick("Coffee at a distance", "Caffè a distanza"), ..event.clone() };
        let hiking = pick("Hiking", "Escursionismo");
        let cooking = pick("Cooking", "Cucina");
        let jazz = "Jazz".to_owned();
        let bread = pick("Sourdough", "Pane fatto in casa");
        let theatre = pick("Theatre", "Teatro");
        let ada = Seat {
            name: Some("Ada Bianchi".into()),
            passions: shown(&[(&hiking, true), (&bread, false)]),
            headline: Some(pick("runs a small bookshop", "ha una piccola libreria")),
            offers: texts(&[("bookkeeping for small shops", "contabilità per piccoli negozi")]),
            working_on: Some(pick("a reading group for night owls", "un gruppo di lettura per chi fa tardi")),
            intention: Some(pick("one idea I can use on Monday", "un’idea da usare lunedì")),
            languages: vec!["English".into(), "Italiano".into()],
            unit: Some(pick("the shop on the square", "la bottega in piazza")),
            why: Why {
                gives: vec![Gives {
                    offer: pick("bookkeeping for small shops", "contabilità per piccoli negozi"),
                    to: "Luca Ferri".into(),
                }],
                ..why(&hiking, &["Luca Ferri", "Zoë D’Amico"], 1)
            },
            ..Seat::default()
        };
        let luca = Seat {
            name: Some("Luca Ferri".into()),
            passions: shown(&[(&hiking, true), (&jazz, false), (&cooking, false)]),
            headline: Some(pick("physiotherapist", "fisioterapista")),
            needs: texts(&[("someone to read my balance sheet", "qualcuno che legga il mio bilancio")]),
            why: why(&hiking, &["Ada Bianchi", "Zoë D’Amico"], 1),
            ..Seat::default()
        };
        let zoe = Seat {
            name: Some("Zoë D’Amico".into()),
            passions: shown(&[(&hiking, true), (&theatre, false)]),
            why: why(&hiking, &["Ada Bianchi", "Luca Ferri"], 1),
            ..Seat::default()
        };
        let unnamed = Seat {
            passions: shown(&[(&hiking, true)]),
            headline: Some(pick("between two jobs", "fra un lavoro e l’altro")),
            why: why(&hiking, &["Ada Bianchi", "Luca Ferri", "Zoë D’Amico"], 0),
            ..Seat::default()
        };
        let mei = Seat {
            name: Some("Mei 李".into()),
            passions: shown(&[(&jazz, true), (&bread, false)]),
            headline: Some(pick("engineer", "si occupa di ponti")),
            why: why(&jazz, &["Luca Ferri"], 0),
            ..Seat::default()
        };
        let omar = Seat { name: Some("عمر".into()), passions: shown(&[(&theatre, false)]), ..Seat::default() };
        Self { locale, event, online, hiking, cooking, jazz, bread, theatre, ada, luca, zoe, unnamed, mei, omar }
    }

    /// In the reader's language.
    pub(super) fn pick(&self, en: &str, it: &str) -> String {
        in_language(self.locale, en, it)
    }

    pub(super) fn texts(&self, texts: &[(&str, &str)]) -> Vec<String> {
        texts.iter().map(|(en, it)| self.pick(en, it)).collect()
    }

    pub(super) fn how_we_meet(&self) -> String {
        self.pick(
            "We start from a passion; work comes later.\nEveryone answers in turn. Phones stay in the bag for 35 minutes.",
            "Si parte da una passione; il lavoro viene dopo.\nSi risponde a turno. I telefoni restano in borsa per 35 minuti.",
        )
    }

    /// What the reader wrote down about somebody.
    pub(super) fn walked(&self) -> String {
        self.pick("She walked the Via degli Dei with her father.", "Ha fatto la Via degli Dei con suo padre.")
    }

    /// At a table of the event.
    pub(super) fn met(&self, round: u16, table: u16, theme: Option<&String>) -> MetAt {
        MetAt {
            event: self.event.title.clone(),
            starts_at: self.event.when.starts_at,
            timezone: self.event.when.timezone,
            sittings: vec![Sat { round, table, theme: theme.cloned() }],
            introduced: false,
            through: None,
        }
    }

    /// Through somebody.
    pub(super) fn met_through(&self, name: Option<&str>) -> MetAt {
        MetAt { sittings: Vec::new(), introduced: true, through: name.map(str::to_owned), ..self.met(1, 1, None) }
    }
}

fn in_language(locale: Locale, en: &str, it: &str) -> String {
    if locale == Locale::It { it.to_owned() } else { en.to_owned() }
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(super) fn code(text: &str) -> RegistrationCode {
    RegistrationCode::parse(text).expect("a code")
}

fn shown(labels: &[(&String, bool)]) -> Vec<ShownPassion> {
    labels.iter().map(|(label, shared)| ShownPassion { label: (*label).clone(), shared: *shared }).collect()
}

fn why(passion: &str, with: &[&str], unnamed: u32) -> Why {
    Why {
        shared: vec![SharedWith { passion: passion.to_owned(), with: with.iter().map(|name| (*name).to_owned()).collect(), unnamed }],
        gives: Vec::new(),
    }
}

/// The same person at another table: what is shared there, and with whom.
pub(super) fn at_table(seat: &Seat, passion: &str, with: &[&str]) -> Seat {
    Seat {
        passions: seat.passions.iter().map(|one| ShownPassion { label: one.label.clone(), shared: one.label == passion }).collect(),
        why: if with.is_empty() { Why::default() } else { why(passion, with, 0) },
        ..seat.clone()
    }
}
