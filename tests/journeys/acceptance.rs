//! The cases the follow-up was thought out from, each as one test: who was there, what their clock says, what they gave, what they are called.

mod calendar;
mod company;
mod giving;
mod names;

use chrono::{DateTime, TimeDelta, Utc};

use crate::support::*;

/// Eight and eighteen days after the evening, and the first working day after thirty, by the clock of Rome.
const F2: &str = "2030-05-17T08:00:00Z";
const F3: &str = "2030-05-27T08:00:00Z";
const F4: &str = "2030-06-10T07:00:00Z";

/// Works through the time until then, as a server would that looks once in so many hours.
pub(super) async fn live_through(app: &TestApp, every_hours: i64, end: &str) {
    let mut at = app.now().await;
    while at < when(end) {
        at = (at + TimeDelta::hours(every_hours)).min(when(end));
        app.live_until(&at.to_rfc3339()).await;
    }
}

/// An evening of these people, who all came.
async fn evening_of(app: &TestApp, people: &[Value]) -> (Event, Vec<Guest>) {
    let event = app.event("may").await;
    let guests = add_all(app, &event, people).await;
    app.hold(&event, &guests).await;
    (event, guests)
}

async fn add_all(app: &TestApp, event: &Event, people: &[Value]) -> Vec<Guest> {
    let mut guests = Vec::new();
    for person in people {
        guests.push(app.add(event, person).await);
    }
    guests
}

/// Somebody with these passions.
fn who_loves(name: &str, passions: &[&str]) -> Value {
    let passions: Vec<Value> = passions.iter().map(|code| json!({"passion": code, "level": 3})).collect();
    filled(person(name), json!({"passions": passions}))
}

/// The follow-up somebody has had, in the order in which it left.
fn follow_up(app: &TestApp, guest: &Guest) -> Vec<Mail> {
    let mut mails = app.mails().to(&guest.email).only_those(|mail| mail.header("List-Unsubscribe").is_some()).0;
    mails.sort_by_key(sent_at);
    mails
}

fn kinds(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.kind.as_str()).collect()
}

fn sent_at(mail: &Mail) -> DateTime<Utc> {
    DateTime::parse_from_rfc2822(mail.header("Date").expect("a mail has its date")).expect("a date").to_utc()
}

/// Keeps these people, in answer to the first prompt.
async fn keep(me: &Caller, codes: &[&str]) {
    act(me, &prompt_of(me, "F1").await, json!({"choice": "done", "keep": codes})).await.ok(200);
}

/// The prompts that were sent and can be answered.
async fn unanswered(me: &Caller) -> Vec<Value> {
    let mut prompts = me.all("/prompts").await;
    prompts.retain(|prompt| prompt["state"] == "sent" && prompt["choices"].as_array().is_some_and(|choices| !choices.is_empty()));
    prompts
}

/// Says "not now" to whatever waits for an answer.
async fn put_off_what_came(me: &Caller) {
    for prompt in unanswered(me).await {
        act(me, &prompt, json!({"choice": "not_now"})).await.ok(200);
    }
}

/// Whether it has left, or says why it does not, or is still to come.
fn is_accounted_for(prompt: &Value, now: DateTime<Utc>) -> bool {
    prompt["sent_at"].is_string() || prompt["reason"].is_string() || when(prompt["due_at"].as_str().unwrap()) > now
}
