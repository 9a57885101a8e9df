//! The ninety days after the evening: a clock that moves, and people who answer in their own way.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Context;
use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use convivio_domain::Locale;
use serde_json::{Value, json};

use super::super::client::Client;
use super::super::print;
use super::{Evening, Mail, Stage, ZONE, at, bar, text};
use crate::pages::{Letter, Timeline, timeline};

/// A little longer than the last step: the first months of the slow cadence begin.
const DAYS: u64 = 112;

/// How somebody deals with prompts. Most people mean to; some are busy, some change their mind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    Answers,
    Busy,
    Silent,
}

impl Habit {
    /// Out of ten people seven answer, one puts every second prompt aside, and two never answer.
    fn of(nth: usize) -> Self {
        match nth % 10 {
            0..=6 => Self::Answers,
            7 => Self::Busy,
            _ => Self::Silent,
        }
    }
}

/// Everyone who came, with the token of their own page.
struct Guests {
    clients: Vec<(String, Habit, Client)>,
}

/// Plays the days one by one, late enough in each for readers across the ocean to have had their ten o'clock, and draws what one of them read.
pub(super) async fn follow_up(stage: &Stage, evening: &Evening, out: &Path) -> anyhow::Result<()> {
    let days = bar("ninety days", usize::try_from(DAYS)?);
    let mut guests: Option<Guests> = None;
    for day in 1..=DAYS {
        let at = evening.days_after(day, 17);
        days.inc(1);
        if matches!(at.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        stage.client.clock_to(at).await?;
        let ran = stage.client.run_due().await?;
        if ran["sent"] == 0 {
            continue;
        }
        if guests.is_none() {
            guests = Some(Guests::of(stage, &Mail::all(&stage.mail, "F1")?));
        }
        if let Some(guests) = &guests {
            guests.answer().await?;
        }
    }
    days.finish_and_clear();
    let guests = guests.context("somebody got a prompt")?;
    tell(stage)?;
    draw(stage, evening, &guests, out).await
}

impl Guests {
    fn of(stage: &Stage, first: &[Mail]) -> Self {
        let mut clients = Vec::new();
        for (nth, mail) in first.iter().enumerate() {
            let Ok(token) = mail.token("/in/") else { continue };
            let client = Client { http: stage.client.http.clone(), base: stage.client.base.clone(), token: token.to_owned() };
            clients.push((mail.to.clone(), Habit::of(nth), client));
        }
        Self { clients }
    }

    /// Whoever answers deals with what has come.
    async fn answer(&self) -> anyhow::Result<()> {
        for (nth, (_, habit, client)) in self.clients.iter().enumerate().filter(|(_, (_, habit, _))| *habit != Habit::Silent) {
            let prompts = client.get("/me/prompts?limit=100").await?;
            let open = prompts["results"].as_array().into_iter().flatten().filter(|prompt| prompt["state"] == "sent");
            for (i, prompt) in open.enumerate() {
                let is_busy = *habit == Habit::Busy && (nth + i) % 2 == 1;
                let answer = if is_busy { json!({"choice": "not_now"}) } else { answer_to(prompt, nth) };
                client.post(&format!("/me/prompts/{}/act", text(&prompt["id"])), &answer).await?;
            }
        }
        Ok(())
    }
}

/// What a person with a little time answers.
fn answer_to(prompt: &Value, nth: usize) -> Value {
    let people: Vec<&Value> = prompt["recall"]["people"].as_array().into_iter().flatten().collect();
    let codes: Vec<&str> = people.iter().map(|person| text(&person["code"])).collect();
    let mut answer = json!({"choice": "done"});
    if text(&prompt["action"]["type"]) == "touch_note" {
        let keep: Vec<&str> = codes.iter().copied().skip(nth % 2).take(1 + nth % 3).collect();
        let (english, italian) = NOTES[nth % NOTES.len()];
        let note = if text(&prompt["locale"]) == "it" { italian } else { english };
        let notes: BTreeMap<&str, &str> = keep.iter().take(1).map(|code| (*code, note)).collect();
        answer["keep"] = json!(keep);
        answer["notes"] = json!(notes);
        answer["feedback"] = json!({"heard": "yes", "listened": if nth.is_multiple_of(4) { "partly" } else { "yes" }});
    }
    match text(&prompt["step"]) {
        "F4" => {
            let check = json!({"trust": 3 + nth % 3, "goals": 2 + nth % 3, "solutions": 1 + nth % 4});
            answer["checks"] = json!(codes.iter().map(|code| (*code, &check)).collect::<HashMap<_, _>>());
            answer["feedback"] = json!({"continued": if nth.is_multiple_of(3) { "partly" } else { "yes" }});
        }
        "F6" => {
            let often = [Some(1), Some(3), None];
            let cadence = codes.iter().enumerate().map(|(i, code)| (*code, often[i % often.len()]));
            answer["cadence"] = json!(cadence.collect::<HashMap<_, _>>());
            answer["feedback"] = json!({"continued": "yes", "need_met": if nth.is_multiple_of(3) { "no" } else { "yes" }});
        }
        _ => {}
    }
    answer
}

/// What people write down after an evening, in English and in Italian.
const NOTES: [(&str, &str); 4] = [
    ("Lost a whole winter to one recipe, and laughed about it.", "Un inverno intero dietro a una sola ricetta, e ci ride su."),
    ("Learned it from a grandfather, and would like to teach somebody.", "Ha imparato da suo nonno, e vorrebbe insegnarlo a qualcuno."),
    ("Listens before answering. We should walk along the river.", "Ascolta prima di rispondere. Rivedersi per due passi lungo il fiume."),
    ("Is looking for a quiet place to rehearse on Thursdays.", "Cerca un posto tranquillo dove provare il giovedì."),
];

/// How many of each mail went out.
fn tell(stage: &Stage) -> anyhow::Result<()> {
    let mails = Mail::every(&stage.mail)?;
    let count = |kind: &str| mails.iter().filter(|mail| mail.kind == kind).count();
    print(format_args!("The next day {} of them get a personal mail about the people they sat with.", count("F1")))?;
    print(format_args!(
        "Over ninety days: {} small gifts (F2), {} things to do together (F3), {} looks at how it goes (F4), {} bridges (F5), {} gardens (F6).",
        count("F2"),
        count("F3"),
        count("F4"),
        count("F5"),
        count("F6")
    ))?;
    print(format_args!(
        "Then {} mails about people growing distant (C); {} who did not answer were left alone with a last word.",
        count("C"),
        count("stop")
    ))?;
    Ok(())
}

/// Everything one attendee read, on a page that needs nothing beside itself: somebody who answers, and has read most.
async fn draw(stage: &Stage, evening: &Evening, guests: &Guests, out: &Path) -> anyhow::Result<()> {
    let mails = Mail::every(&stage.mail)?;
    let read = |address: &str| mails.iter().filter(|mail| mail.to == address).count();
    let answering = guests.clients.iter().filter(|(_, habit, _)| *habit == Habit::Answers);
    // The first of those who read most.
    let (address, _, client) = answering.rev().max_by_key(|(address, ..)| read(address)).context("somebody answered")?;
    let prompts = client.get("/me/prompts?limit=100").await?;
    let registration = client.get("/me/registrations").await?;
    let answered = |kind: &str| {
        let prompt = prompts["results"].as_array().into_iter().flatten().find(|prompt| prompt["step"] == kind)?;
        Some(text(&prompt["state"]).to_owned())
    };
    let mut letters: Vec<Letter> = Vec::new();
    for mail in mails.iter().filter(|mail| mail.to == *address) {
        let (letter, small_print) = mail.text.split_once("\n* * *\n").unwrap_or((&mail.text, ""));
        letters.push(Letter {
            at: mail.at,
            days: days_between(evening.ends_at, mail.at),
            kind: mail.kind.clone(),
            subject: mail.subject.clone(),
            text: letter.trim().to_owned(),
            small_print: small_print.trim().to_owned(),
            answer: answered(&mail.kind),
        });
    }
    letters.sort_by_key(|letter| letter.at);
    let profile = client.get("/me/profile").await?;
    let locale: Locale = text(&profile["locale"]).parse().unwrap_or_default();
    let view = Timeline {
        reader: text(&profile["name"]).to_owned(),
        event: text(&registration["results"][0]["event"]["title"]).to_owned(),
        timezone: ZONE.parse()?,
        letters,
    };
    std::fs::write(out.join("timeline.html"), timeline(view, locale)?)?;
    let report = stage.client.get(&at("/report?format=html")).await?;
    Ok(std::fs::write(out.join("report.html"), text(&report))?)
}

/// Whole days of the calendar, before the event less than nothing.
fn days_between(event: DateTime<Utc>, mail: DateTime<Utc>) -> i64 {
    let zone: convivio_domain::Timezone = ZONE.parse().expect("the demo's own zone");
    let date = |at: DateTime<Utc>| at.with_timezone(&zone.0).date_naive();
    let between: TimeDelta = date(mail) - date(event);
    between.num_days()
}
