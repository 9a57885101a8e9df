//! The cases the follow-up was thought out from, each as one test: who was there, what their clock says, what they gave, what they are called.
//!
//! | case | test |
//! | --- | --- |
//! | two people with one shared passion | `case_two_people_with_one_shared_passion` |
//! | three with none | `case_three_people_with_no_shared_passion`, `case_three_people_with_no_shared_passion_and_no_names` |
//! | one no-show | `case_one_no_show` |
//! | one erased after F1 | `case_one_erased_after_f1`; while their mail is on its way, `r20_a_mail_put_off_never_comes_to_who_is_erased` |
//! | a reader in another zone over a change of the clock | `case_a_reader_in_another_zone_whose_clock_is` |
//! | one snoozed | `case_one_snoozed_comes_back_by_itself_and_nothing_is_stacked` |
//! | two overlapping events | `case_two_overlapping_events_make_one_mail_a_week` |
//! | an Italian reader with an English tablemate | `case_an_italian_reader_with_an_english_tablemate` |
//! | a block after F1 | `case_a_block_after_f1`; while a mail is on its way, `sr_10_a_mail_on_its_way_does_not_tell_of_who_was_blocked_meanwhile` |
//! | a give recorded before F4 | `case_a_give_recorded_before_f4_unlocks_the_ask` |
//! | accents, apostrophes, text from right to left | `case_names_with_accents_apostrophes_emoji_and_from_right_to_left` |
//! | a header injection in a name | `case_a_header_injection_in_a_name` |

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
