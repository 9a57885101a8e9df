//! Bringing two people together.

use convivio_domain::words::IntroductionState;

use super::world::{World, code};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { event, hiking, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let met = |round, table, theme: Option<&String>| world.met(round, table, theme);
    let met_through = |name: Option<&str>| world.met_through(name);
    let proposal = |introducer: Option<&str>, with: &[Option<&str>], state| Proposal {
        id: "0197a1c2-7f00-7000-8000-00000000abd0".into(),
        introducer: introducer.map(str::to_owned),
        people: with.iter().map(|name| name.map(str::to_owned)).collect(),
        shared: if introducer.is_some() { vec![hiking.clone()] } else { Vec::new() },
        why: pick("You both talk of bees as if they were family.", "Parlate delle api, in due, come di famiglia."),
        state,
        closes_at: event.when.ends_at + chrono::TimeDelta::days(60),
    };
    let may_meet =
        |name: Option<&str>, code_of: &str, met, ticked| MayMeet { code: code(code_of), name: name.map(str::to_owned), met, ticked };
    let introductions = IntroductionsPage {
        ways: ways("t0ken", "introductions"),
        done: None,
        waiting: vec![
            proposal(Some("Ada Bianchi"), &[Some("Yusuf Demir")], IntroductionState::AwaitingBoth),
            proposal(Some("Elena Neri"), &[None], IntroductionState::AwaitingBoth),
        ],
        answered: vec![
            proposal(Some("Ada Bianchi"), &[Some("Mei 李")], IntroductionState::AwaitingBoth),
            proposal(Some("Ada Bianchi"), &[Some("عمر")], IntroductionState::Sent),
        ],
        proposed: vec![
            proposal(None, &[Some("Ada Bianchi"), None], IntroductionState::AwaitingBoth),
            proposal(None, &[Some("Ada Bianchi"), Some("Elena Neri")], IntroductionState::Sent),
            proposal(None, &[Some("Elena Neri"), Some("Zoë D’Amico")], IntroductionState::Closed),
        ],
        may_meet: vec![
            may_meet(Some("Ada Bianchi"), "7K3M9Q2A", met(1, 3, Some(&hiking)), true),
            may_meet(Some("Yusuf Demir"), "7K3M9Q2B", met_through(None), false),
            may_meet(None, "7K3M9Q2C", met(2, 1, None), false),
        ],
        why: String::new(),
        timezone: event.when.timezone,
        errors: Vec::new(),
    };
    let introductions_wrong = IntroductionsPage {
        waiting: Vec::new(),
        answered: Vec::new(),
        proposed: Vec::new(),
        why: pick("Bees", "Api"),
        errors: vec![FieldError::new("two", "out_of_range"), FieldError::new("why", "too_short")],
        ..introductions.clone()
    };
    let introductions_none =
        IntroductionsPage { may_meet: Vec::new(), why: String::new(), errors: Vec::new(), ..introductions_wrong.clone() };

    vec![
        ("introductions", Page::Introductions(Box::new(introductions.clone()))),
        (
            "introductions_done",
            Page::Introductions(Box::new(IntroductionsPage { done: Some("introduced"), may_meet: Vec::new(), ..introductions })),
        ),
        ("introductions_wrong", Page::Introductions(Box::new(introductions_wrong))),
        ("introductions_none", Page::Introductions(Box::new(introductions_none))),
    ]
}
