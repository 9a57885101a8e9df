//! The page of a registration, and giving it up.

use convivio_domain::words::RoundState;

use super::world::{World, at, at_table, code};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { event, hiking, cooking, jazz, ada, luca, zoe, unnamed, mei, omar, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let texts = |all: &[(&str, &str)]| world.texts(all);
    let table_guide = TableGuide {
        round: 1,
        in_groups: None,
        questions: [
            (("Which walk do you remember, and who was with you?", "Quale camminata ricordi, e con chi?"), 120),
            (("What does walking give you that nothing else does?", "Che cosa ti dà camminare, che altro non ti dà?"), 150),
            (("What would you dare if somebody came along?", "Che cosa oseresti, se qualcuno venisse con te?"), 180),
        ]
        .map(|((en, it), seconds_each)| GuideQuestion { text: pick(en, it), seconds_each })
        .into(),
        cue: pick("Before you speak of yourself, ask the other person one thing more.", "Prima di parlare di te, chiedi ancora una cosa."),
        task: Some(pick(
            "Agree on one walk an hour from here, and write it on the card.",
            "Scegliete insieme una camminata a un’ora da qui e scrivetela sul cartoncino.",
        )),
    };
    let you = |seat: &Seat| Seat { you: true, ..seat.clone() };
    let my_table = MyTable {
        ways: ways("t0ken", "table"),
        event: event.clone(),
        name: "Luca".into(),
        code: code("7K01109Z"),
        place: MyPlace::Confirmed,
        may_leave: true,
        rounds: vec![
            MyRound {
                number: 1,
                state: RoundState::Live,
                starts_at: Some(at("2026-03-12T18:30:00Z")),
                minutes: 35,
                table: 3,
                label: Some(pick("by the window", "vicino alla finestra")),
                theme: Some(hiking.clone()),
                link: None,
                seats: vec![you(&luca), ada.clone(), zoe.clone(), unnamed.clone()],
            },
            MyRound {
                number: 2,
                state: RoundState::Planned,
                starts_at: None,
                minutes: 35,
                table: 1,
                label: None,
                theme: None,
                link: Some("https://meet.example.org/table-1".into()),
                seats: vec![you(&at_table(&luca, &jazz, &["Mei 李"])), mei.clone(), omar.clone()],
            },
        ],
        guide: Some(table_guide),
        reading: [("before", ("Before you come", "Prima di venire"), true), ("during", ("At the table", "Al tavolo"), false)]
            .map(|(phase, (en, it), acknowledged)| ToRead {
                title: pick(en, it),
                path: format!("/guides/portico/{phase}/t0ken"),
                acknowledged,
            })
            .into(),
        method: Some(Method { text: world.how_we_meet(), acknowledged: false }),
        prompts: vec![OpenPrompt { subject: pick("Who stayed in your mind?", "Chi ti torna in mente?"), path: "/prompts/t0ken".into() }],
        intention: Some(pick("One conversation I still think about in May.", "Una conversazione a cui penserò ancora a maggio.")),
        profile: MyProfile {
            passions: vec![hiking.clone(), jazz.clone(), cooking.clone()],
            headline: Some(pick("physiotherapist", "fisioterapista")),
            working_on: Some(pick("a walking group for people with bad knees", "un gruppo di cammino per chi ha male alle ginocchia")),
            offers: texts(&[("exercises for the back", "esercizi per la schiena")]),
            needs: texts(&[("someone to read my balance sheet", "qualcuno che legga il mio bilancio")]),
        },
    };
    let bare = my_table.clone();
    let without_tables = |place, may_leave| {
        let nothing = MyTable {
            rounds: Vec::new(),
            guide: None,
            reading: Vec::new(),
            method: None,
            prompts: Vec::new(),
            intention: None,
            ..bare.clone()
        };
        Page::MyTable(Box::new(MyTable { place, may_leave, ..nothing }))
    };

    vec![
        ("giving_up", Page::GivingUp(GivingUp { event: event.clone(), has_seat: true })),
        ("giving_up_line", Page::GivingUp(GivingUp { event: event.clone(), has_seat: false })),
        ("my_table", Page::MyTable(Box::new(my_table.clone()))),
        (
            "my_table_in_groups",
            Page::MyTable(Box::new(MyTable {
                guide: my_table.guide.clone().map(|guide| TableGuide {
                    in_groups: Some(pick(
                        "There are 22 of you: answer each question with the people next to you, in groups of 4 and 3.",
                        "Siete in 22: rispondi a ogni domanda con chi ti siede accanto, in gruppi di 4 e 3.",
                    )),
                    ..guide
                }),
                ..my_table.clone()
            })),
        ),
        (
            "my_table_later",
            Page::MyTable(Box::new(MyTable {
                place: MyPlace::Waitlisted { position: 2 },
                rounds: Vec::new(),
                guide: None,
                method: None,
                prompts: Vec::new(),
                intention: None,
                ..my_table.clone()
            })),
        ),
        ("my_table_offered", without_tables(MyPlace::Offered { until: at("2026-03-08T09:00:00Z"), path: "/confirm/t0ken".into() }, true)),
        ("my_table_rejected", without_tables(MyPlace::Rejected, false)),
        ("my_table_offer_expired", without_tables(MyPlace::OfferExpired, false)),
        ("my_table_event_off", without_tables(MyPlace::EventOff, false)),
        (
            "my_table_cancelled",
            Page::MyTable(Box::new(MyTable {
                place: MyPlace::Cancelled,
                may_leave: false,
                rounds: Vec::new(),
                guide: None,
                method: my_table.method.clone().map(|method| Method { acknowledged: true, ..method }),
                prompts: Vec::new(),
                ..my_table
            })),
        ),
    ]
}
