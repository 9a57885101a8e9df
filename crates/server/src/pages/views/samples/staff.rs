//! What staff see, and whoever comes to no page of their own.

use convivio_followup::{guide, host};

use super::world::{World, at, at_table};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { locale, event, hiking, jazz, bread, theatre, ada, luca, zoe, unnamed, mei, omar, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let reached = |what, people| Reached::new(what, people, Some(112));
    let report = Report {
        title: event.title.clone(),
        organizer: event.organizer.clone(),
        when: event.when,
        people: vec![reached("followed_up", Some(112)), reached("keeping", Some(64)), reached("introducing", None)],
        continued: vec![SaidOn::new("first", Some([31, 12, 7])), SaidOn::new("day_30", Some([0, 4, 1])), SaidOn::new("day_90", None)],
        needs_met: vec![SaidOn::new("day_90", Some([9, 5, 6]))],
    };
    // Staff read everybody's name; this one is on no card.
    let kept = Seat { name: Some("Nora Kept".into()), ..unnamed.clone() };
    let seat = |seat: &&Seat| SeatingSeat {
        shown: seat.name.clone().filter(|name| name != "Nora Kept"),
        code: format!("{:08}", seat.name.as_ref().map_or(0, String::len)),
        seat: (*seat).clone(),
    };
    let table = |number, theme: Option<&String>, seats: &[&Seat]| SeatingTable {
        number,
        label: (number == 2).then(|| pick("By the window", "Alla finestra")),
        theme: theme.cloned(),
        family: theme.filter(|theme| **theme != bread).map(|theme| match theme.as_str() {
            "Jazz" => ThemeFamily { code: "music".into(), label: pick("Music", "Musica") },
            "Theatre" | "Teatro" => ThemeFamily { code: "stage".into(), label: pick("Theatre and performance", "Teatro e spettacolo") },
            _ => ThemeFamily { code: "nature".into(), label: pick("Nature and outdoors", "Natura e aria aperta") },
        }),
        seats: seats.iter().map(seat).collect(),
    };
    let rounds = vec![
        SeatingRound {
            number: 1,
            starts_at: Some(at("2026-03-12T18:30:00Z")),
            minutes: 35,
            tables: vec![
                table(1, Some(&hiking), &[&ada, &luca, &zoe, &kept]),
                table(2, Some(&jazz), &[&mei, &at_table(&luca, &jazz, &["Mei 李"])]),
                table(3, Some(&theatre), &[&omar, &at_table(&zoe, &theatre, &["عمر"]), &at_table(&ada, &theatre, &[])]),
                table(4, None, &[&omar, &at_table(&ada, &jazz, &[]), &at_table(&mei, &theatre, &[])]),
            ],
        },
        SeatingRound {
            number: 2,
            starts_at: None,
            minutes: 35,
            tables: vec![
                table(1, Some(&bread), &[&at_table(&mei, &bread, &["Ada Bianchi"]), &at_table(&ada, &bread, &["Mei 李"])]),
                table(2, Some(&hiking), &[&zoe, &kept, &luca]),
                table(3, Some(&theatre), &[&at_table(&zoe, &theatre, &["عمر"]), &omar]),
            ],
        },
    ];
    let seating = Seating {
        title: event.title.clone(),
        organizer: event.organizer.clone(),
        when: Some(event.when),
        place: event.place.clone(),
        cards: Seating::cards_of(&rounds),
        rounds,
        briefs: Vec::new(),
        people: 6,
        repeats: 1,
        seed: Some(42),
    };
    let table_for = |members| guide::Table { theme: None, members, minutes: 30, locale, seed: 3 };
    let brief = |members| host::brief(&table_for(members)).expect("a brief");
    let large = TableBrief { round: 1, number: 3, label: Some(pick("By the window", "Alla finestra")), brief: brief(8) };
    let hosted = Seating { rounds: Vec::new(), cards: Vec::new(), briefs: vec![large], ..seating.clone() };
    let host_page = HostPage { event: event.title.clone(), organizer: event.organizer.clone(), brief: brief(5) };
    let problem = |kind, status| Page::Problem(Problem { kind, status, request_id: Some("0197a1c2-7f00-7000-8000-00000000abcd".into()) });

    vec![
        ("login", Page::Login(Login { email: Some("ada@example.org".into()) })),
        ("logged_in", Page::LoggedIn(LoggedIn { organizers: vec!["Portico Aperto".into(), "Rete Lavoro".into()] })),
        ("problem_not_found", problem(ProblemKind::NotFound, 404)),
        ("problem_expired", problem(ProblemKind::Expired, 410)),
        ("problem_used", problem(ProblemKind::Used, 410)),
        ("problem_too_many", problem(ProblemKind::TooMany, 429)),
        ("problem_request", problem(ProblemKind::Request, 400)),
        ("problem_server", problem(ProblemKind::Server, 500)),
        ("seating", Page::Seating(Box::new(seating.clone()))),
        ("seating_hosted", Page::Seating(Box::new(hosted))),
        ("host_brief", Page::HostBrief(Box::new(host_page))),
        ("picture", Page::Picture(Box::new(seating))),
        ("report", Page::Report(Box::new(report))),
    ]
}
