//! Whom one met and keeps, and contacts of one's own.

use convivio_domain::words::ConnectionState;
use convivio_followup::garden::{Stage, Temperature};

use super::world::{World, code};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { locale, event, hiking, jazz, bread, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let met = |round, table, theme: Option<&String>| world.met(round, table, theme);
    let met_through = |name: Option<&str>| world.met_through(name);
    let companion = |name: Option<&str>, state, stage, temperature, shared: &[&String]| KeptPerson {
        path: "/in/t0ken/people/0197a1c2-7f00-7000-8000-00000000abcd".into(),
        name: name.map(str::to_owned),
        met: met(1, 3, Some(&hiking)),
        shared: shared.iter().map(|label| (*label).clone()).collect(),
        state,
        stage,
        temperature,
    };
    let may_be_chosen = |name: &str, code_of: &str, ticked| MetPerson {
        code: code(code_of),
        name: name.to_owned(),
        sittings: met(2, 1, None).sittings,
        shared: vec![jazz.clone()],
        ticked,
    };
    let evening = Evening {
        slug: "winter-table".into(),
        title: event.title.clone(),
        starts_at: event.when.starts_at,
        timezone: event.when.timezone,
        people: vec![may_be_chosen("Mei 李", "7K3M9Q2A", true), may_be_chosen("عمر", "7K3M9Q2B", false)],
        open: true,
    };
    let people = PeoplePage {
        ways: ways("t0ken", "people"),
        done: None,
        asked: vec![WhoAsked {
            id: "0197a1c2-7f00-7000-8000-00000000abcd".into(),
            name: Some("Zoë D’Amico".into()),
            met: met(1, 3, Some(&hiking)),
            shared: vec![hiking.clone()],
            context: Some(pick("We spoke about the path along the river.", "Abbiamo parlato del sentiero lungo il fiume.")),
        }],
        kept: vec![
            companion(Some("Ada Bianchi"), ConnectionState::Connected, Stage::Exchanging, Temperature::Warm, &[&hiking, &bread]),
            companion(Some("Elena Neri"), ConnectionState::Requested, Stage::Met, Temperature::Cooling, &[&jazz]),
            companion(None, ConnectionState::Suggested, Stage::Outcome, Temperature::Cold, &[]),
            KeptPerson {
                met: met_through(Some("Ada Bianchi")),
                ..companion(Some("Yusuf Demir"), ConnectionState::Connected, Stage::Connected, Temperature::Warm, &[&hiking])
            },
        ],
        evenings: vec![evening.clone()],
        contacts: Contacts {
            all: vec![
                KnownPerson {
                    id: "0197a1c2-7f00-7000-8000-00000000abce".into(),
                    name: "Pina Sala".into(),
                    note: Some(pick("She keeps goats.", "Alleva capre.")),
                    every_months: Some(3),
                    in_touch_at: event.when.ends_at,
                    temperature: Temperature::Cooling,
                },
                KnownPerson {
                    id: "0197a1c2-7f00-7000-8000-00000000abcf".into(),
                    name: "Zeno Riva".into(),
                    note: None,
                    every_months: None,
                    in_touch_at: event.when.ends_at,
                    temperature: Temperature::Warm,
                },
            ],
            cadences: [1, 3, 6],
            timezone: event.when.timezone,
            form: ContactForm::default(),
        },
        balance: Balance { gives: 2, asks: 1, notice: None },
        errors: Vec::new(),
    };
    let no_contacts = Contacts { all: Vec::new(), ..people.contacts.clone() };
    let contact_wrong = PeoplePage {
        contacts: Contacts {
            form: ContactForm { name: String::new(), note: pick("She keeps goats.", "Alleva capre."), months: "3".into() },
            ..no_contacts.clone()
        },
        balance: Balance { gives: 1, asks: 2, notice: convivio_followup::mirror::notice(1, 2, locale) },
        asked: Vec::new(),
        evenings: Vec::new(),
        errors: vec![FieldError::new("contact_name", "too_short")],
        ..people.clone()
    };

    vec![
        ("people", Page::People(Box::new(people.clone()))),
        ("people_done", Page::People(Box::new(PeoplePage { done: Some("chosen"), asked: Vec::new(), ..people.clone() }))),
        (
            "people_wrong",
            Page::People(Box::new(PeoplePage { errors: vec![FieldError::new("keep", "too_many")], asked: Vec::new(), ..people.clone() })),
        ),
        (
            "people_enough",
            Page::People(Box::new(PeoplePage {
                kept: Vec::new(),
                evenings: vec![Evening { open: false, ..evening }],
                contacts: no_contacts,
                balance: Balance { gives: 0, asks: 0, notice: None },
                ..people
            })),
        ),
        ("people_contact_wrong", Page::People(Box::new(contact_wrong))),
    ]
}
