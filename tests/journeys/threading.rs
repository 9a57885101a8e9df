//! The follow-up of one event is one conversation in its reader's mail program.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::support::mailbox::Mails;
use crate::support::server::PATIENCE;
use crate::support::*;

use super::acceptance::live_through;

const F2: &str = "2030-05-17T08:00:00Z";
const F3: &str = "2030-05-27T08:00:00Z";

/// The ids in a header, without their brackets.
fn ids(mail: &Mail, header: &str) -> Vec<String> {
    let ids = mail.header(header).unwrap_or_default().split_whitespace();
    ids.map(|id| id.trim_matches(['<', '>']).to_owned()).collect()
}

/// Whether these are, in their order, the first mail of a conversation and the answers to it.
#[track_caller]
fn assert_a_conversation(mails: &[Mail]) {
    for (n, mail) in mails.iter().enumerate() {
        let before: Vec<String> = mails[..n].iter().map(|mail| mail.message_id.clone()).collect();
        assert_eq!(ids(mail, "References"), before, "{} names those before it", mail.kind);
        assert_eq!(ids(mail, "In-Reply-To"), before.last().cloned().into_iter().collect::<Vec<_>>(), "{} answers the last", mail.kind);
        assert_eq!((mail.header("References").is_some(), mail.header("In-Reply-To").is_some()), (n > 0, n > 0));
        assert!(!mail.subject.starts_with("Re:"), "nobody has answered anything: {}", mail.subject);
    }
}

/// The follow-up somebody had of that event, in its order: one step after the other.
fn follow_up(mails: &Mails, guest: &Guest, event: &Event) -> Vec<Mail> {
    let steps = ["F1", "F2", "F3"].map(|step| mails.to(&guest.email).about(&event.slug).kind(step).0);
    steps.concat()
}

async fn keeps_two(me: &Caller) {
    let prompt = prompt_of(me, "F1").await;
    let codes: Vec<&str> = each(&prompt["recall"]["people"], "code").into_iter().take(2).collect();
    act(me, &prompt, json!({"choice": "done", "keep": codes})).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn each_follow_up_answers_the_one_before(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for guest in &guests {
        keeps_two(&app.signed_in(&event, guest).await).await;
    }
    live_through(&app, 12, F2).await;
    for guest in &guests {
        let me = app.signed_in(&event, guest).await;
        act(&me, &prompt_of(&me, "F2").await, json!({"choice": "not_now"})).await.ok(200);
    }
    live_through(&app, 12, F3).await;

    let mut seen = BTreeSet::new();
    for guest in &guests {
        let mails = follow_up(&app.mails(), guest, &event);
        assert_eq!(mails.iter().map(|mail| mail.kind.as_str()).collect::<Vec<_>>(), ["F1", "F2", "F3"], "{}", guest.name);
        assert_a_conversation(&mails);
        // Nobody is in anybody else's.
        assert!(mails.iter().all(|mail| seen.insert(mail.message_id.clone())));
    }
    // What is told about the evening itself answers nothing.
    let others = app.mails().only_those(|mail| !mail.kind.starts_with('F'));
    assert!(others.0.iter().all(|mail| mail.header("References").is_none() && mail.header("In-Reply-To").is_none()));
}

#[rstest]
#[tokio::test]
async fn another_evening_is_another_conversation(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (may, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let (june, _, _) = app.held_next_evening("june", 4).await;
    live_through(&app, 12, "2030-06-20T08:00:00Z").await;
    for guest in &guests {
        let mails = follow_up(&app.mails(), guest, &june);
        assert!(!mails.is_empty(), "{}", guest.name);
        assert_a_conversation(&mails);
        assert_a_conversation(&follow_up(&app.mails(), guest, &may));
    }
}

#[rstest]
#[tokio::test]
async fn a_prompt_that_comes_again_answers_itself(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let id = prompt_of(&me, "F1").await["id"].as_str().unwrap().to_owned();
    me.post(&format!("/prompts/{id}/snooze"), json!({"weeks": 1})).await.ok(200);
    app.live_until(F2).await;
    let mails = app.mails().to(&guests[0].email).kind("F1").0;
    assert_eq!(mails.len(), 2);
    assert_ne!(mails[0].message_id, mails[1].message_id);
    let [first, again] = if mails[0].header("References").is_none() { [0, 1] } else { [1, 0] };
    assert_a_conversation(&[mails[first].clone(), mails[again].clone()]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r13_a_second_try_stands_at_the_same_place_of_the_conversation(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay).env("CONVIVIO_LEASE_SECONDS", "3"), database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for guest in &guests {
        keeps_two(&app.me(&relay.mails().to(&guest.email).kind("F1").only().token("in"))).await;
    }
    live_through(&app, 12, "2030-05-17T07:59:00Z").await;
    relay.put_off(2);
    app.clock_to(F2).await;
    let start = Instant::now();
    while relay.mails().kind("F2").len() < guests.len() {
        app.run_due().await;
        assert!(start.elapsed() < 4 * PATIENCE, "{:?}", relay.mails().kind("F2").outline());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    for guest in &guests {
        assert_a_conversation(&follow_up(&relay.mails(), guest, &event));
    }
    let put_off = relay.mails_put_off();
    assert_eq!(put_off.len(), 2);
    for first_try in &put_off.0 {
        let second_try = relay.mails().kind("F2").to(&first_try.to).only().clone();
        assert_eq!(second_try.message_id, first_try.message_id);
        for header in ["References", "In-Reply-To", "Date"] {
            assert_eq!(second_try.header(header), first_try.header(header), "{header}");
        }
        assert_eq!(second_try.body_hash(), first_try.body_hash());
    }
}
