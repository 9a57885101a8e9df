//! Somebody one keeps.

use convivio_domain::words::{ConnectionState, LogKind};
use convivio_followup::asks::Gate;
use convivio_followup::garden::{Stage, Temperature};

use super::world::World;
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { event, hiking, bread, ada, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let texts = |all: &[(&str, &str)]| world.texts(all);
    let met = |round, table, theme: Option<&String>| world.met(round, table, theme);
    let met_through = |name: Option<&str>| world.met_through(name);
    let choosable = |word: &'static str, en: &str, it: &str| Choosable { word, label: pick(en, it) };
    let entry = |days: i64, kind, what: Option<String>, text: Option<String>, check| Entry {
        kind,
        what,
        text,
        check,
        shared: false,
        at: event.when.ends_at + chrono::TimeDelta::days(days),
    };
    let thank_you = pick("A thank-you", "Un grazie sincero");
    let person = PersonPage {
        ways: ways("t0ken", "person"),
        done: None,
        back: "/in/t0ken/people".into(),
        name: Some("Ada Bianchi".into()),
        met: met(1, 3, Some(&hiking)),
        state: ConnectionState::Connected,
        stage: Stage::Exchanging,
        temperature: Temperature::Warm,
        in_touch_at: event.when.ends_at + chrono::TimeDelta::days(9),
        context: Some(pick("I would love to see that bakery.", "Mi piacerebbe vedere quel forno.")),
        email: Some("ada@example.org".into()),
        thanks: texts(&[("For the hour about my shop.", "Per quell’ora sulla mia bottega.")]),
        shared: vec![hiking.clone(), bread.clone()],
        working_on: ada.working_on.clone(),
        offers: ada.offers.clone(),
        needs: texts(&[("somebody to walk with on Sundays", "qualcuno con cui camminare la domenica")]),
        ideas: texts(&[
            ("Send Ada one thing that could help.", "Manda ad Ada una cosa che possa servire."),
            ("Offer Ada twenty minutes.", "Offri ad Ada venti minuti."),
        ]),
        gives: vec![
            choosable("resource", "A useful resource", "Una risorsa utile"),
            choosable("thanks", "A thank-you", "Un grazie sincero"),
        ],
        contacts: vec![choosable("coffee", "A coffee together", "Un caffè insieme")],
        asks: vec![choosable("advice", "A piece of advice", "Un consiglio")],
        gate: Gate::Open,
        trends: [("trust", &[2, 3, 4][..]), ("goals", &[3][..])].into_iter().filter_map(|(name, all)| Trend::of(name, all)).collect(),
        cadences: [1, 3, 6],
        every_months: Some(3),
        entries: vec![
            entry(30, LogKind::Check, None, None, vec![Checked { name: "trust", value: 4 }, Checked { name: "goals", value: 3 }]),
            Entry { shared: true, ..entry(20, LogKind::Give, Some(thank_you), Some(pick("For the map.", "Per la mappa.")), Vec::new()) },
            entry(9, LogKind::Give, Some(pick("A useful resource", "Una risorsa utile")), None, Vec::new()),
            entry(1, LogKind::Note, None, Some(world.walked()), Vec::new()),
        ],
        form: PersonForm::default(),
        errors: Vec::new(),
    };
    let alone = PersonPage {
        name: None,
        state: ConnectionState::Suggested,
        stage: Stage::Met,
        context: None,
        email: None,
        thanks: Vec::new(),
        shared: Vec::new(),
        working_on: None,
        offers: Vec::new(),
        needs: Vec::new(),
        ideas: Vec::new(),
        gate: Gate::GiveFirst,
        trends: Vec::new(),
        every_months: None,
        entries: Vec::new(),
        form: PersonForm { choice: "ask_them".into(), text: pick("Hello", "Ciao"), exchange: true, ..PersonForm::default() },
        errors: vec![FieldError::new("context", "required")],
        ..person.clone()
    };

    vec![
        (
            "person_introduced",
            Page::Person(Box::new(PersonPage {
                name: Some("Yusuf Demir".into()),
                met: met_through(Some("Ada Bianchi")),
                ..person.clone()
            })),
        ),
        ("person", Page::Person(Box::new(person.clone()))),
        (
            "person_rests",
            Page::Person(Box::new(PersonPage {
                done: Some("give"),
                state: ConnectionState::Requested,
                temperature: Temperature::Cold,
                thanks: Vec::new(),
                gate: Gate::AskedLately,
                ..person
            })),
        ),
        ("person_alone", Page::Person(Box::new(alone))),
    ]
}
