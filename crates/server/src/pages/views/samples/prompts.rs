//! Prompts, their answers, and the ninety days of somebody.

use std::collections::HashMap;

use convivio_domain::words::{Choice, Step};
use convivio_followup::example;

use super::world::{World, at};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { locale, event, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let prompted = |step: Step, said: &[(&str, &str)]| {
        let said: HashMap<String, String> = said.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PromptPage::of(&example::prompt(step, locale), event.clone(), |field| said.get(field).cloned().unwrap_or_default())
    };
    let walked = world.walked();
    let prompt = prompted(Step::F1, &[("note_7K3M9Q2A", &walked), ("keep_7K3M9Q2A", "on"), ("heard", "yes")]);
    let prompts = PromptsPage {
        ways: ways("t0ken", "prompts"),
        coming: Step::SEQUENCE
            .iter()
            .chain(&[Step::C, Step::N1, Step::Stop])
            .map(|step| Coming {
                event: event.title.clone(),
                due_at: event.when.ends_at,
                timezone: event.when.timezone,
                about: step.as_str(),
            })
            .collect(),
        past: ["none", "done", "not_now", "pause", "stop"]
            .map(|answer| Past {
                event: event.title.clone(),
                subject: pick("Who stayed in your mind?", "Chi ti torna in mente?"),
                path: "/prompts/t0ken".into(),
                at: event.when.ends_at,
                timezone: event.when.timezone,
                answer,
            })
            .into(),
    };
    let letter = |days: i64, kind: &str, subject: String, answer: Option<&str>| Letter {
        at: at("2026-03-12T09:00:00Z") + chrono::TimeDelta::days(days),
        days,
        kind: kind.to_owned(),
        subject,
        text: pick("Hello Ada,\n\nA letter.", "Ciao Ada!\n\nUna lettera."),
        small_print: pick("You get this because …", "Ricevi questa mail perché …"),
        answer: answer.map(str::to_owned),
    };
    let timeline = Timeline {
        reader: "Ada Rossi".into(),
        event: event.title.clone(),
        timezone: event.when.timezone,
        letters: vec![
            letter(-1, "A1", pick("Tomorrow, small tables", "Domani, tavoli piccoli"), None),
            letter(1, "F1", example::prompt(Step::F1, locale).subject, Some("acted")),
            letter(8, "F2", example::prompt(Step::F2, locale).subject, Some("sent")),
        ],
    };
    let answered = |choice: Choice, kept: &[&str]| {
        let kept = kept.iter().map(|name| (*name).to_owned()).collect();
        Page::Answered(Answered { event: event.clone(), said: choice.as_str(), due_at: None, kept })
    };
    let due_at = Some(event.when.starts_at + chrono::TimeDelta::days(15));
    let put_off = Page::Answered(Answered { event: event.clone(), said: "snoozed", due_at, kept: vec!["Ada Bianchi".to_owned()] });

    vec![
        ("prompts", Page::Prompts(prompts)),
        ("prompts_none", Page::Prompts(PromptsPage { ways: ways("t0ken", "prompts"), coming: Vec::new(), past: Vec::new() })),
        (
            "prompt_wrong",
            Page::Prompt(Box::new(PromptPage { errors: vec![FieldError::new("keep", "too_many")], reflection: None, ..prompt.clone() })),
        ),
        ("prompt", Page::Prompt(Box::new(prompt))),
        ("prompt_f2", Page::Prompt(Box::new(prompted(Step::F2, &[("did_7K3M9Q2A", "give_resource")])))),
        ("prompt_f3", Page::Prompt(Box::new(prompted(Step::F3, &[])))),
        ("prompt_f4", Page::Prompt(Box::new(prompted(Step::F4, &[("trust_7K3M9Q2A", "4")])))),
        ("prompt_f5", Page::Prompt(Box::new(prompted(Step::F5, &[])))),
        ("prompt_f6", Page::Prompt(Box::new(prompted(Step::F6, &[("cadence_7K3M9Q2A", "3")])))),
        ("prompt_c", Page::Prompt(Box::new(prompted(Step::C, &[])))),
        ("answered_done", answered(Choice::Done, &["Ada Bianchi", "Elena Neri"])),
        ("answered_not_now", answered(Choice::NotNow, &[])),
        ("answered_pause", answered(Choice::Pause, &[])),
        ("answered_stop", answered(Choice::Stop, &[])),
        ("answered_later", put_off),
        ("timeline", Page::Timeline(Box::new(timeline))),
    ]
}
