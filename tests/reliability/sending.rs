//! Nobody is missed; a second copy only when the acknowledgement was lost or the process died in
//! between, and then it is the same mail.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::support::mailbox::Mails;
use crate::support::server::PATIENCE;
use crate::support::*;

/// How many mails one process has in flight.
pub(super) const IN_FLIGHT: usize = 8;

pub(super) fn setup(relay: &Sink) -> Setup {
    Setup::default().relay(relay).env("CONVIVIO_LEASE_SECONDS", "3")
}

/// An evening that took place, with the mails of the time before already out.
async fn held_evening(relay: &Sink, database: Database, many: usize) -> (TestApp, Vec<Guest>) {
    held_evening_with(setup(relay), database, many).await
}

async fn held_evening_with(setup: Setup, database: Database, many: usize) -> (TestApp, Vec<Guest>) {
    let app = TestApp::with(setup, database).await;
    let (_, guests, _) = app.held_evening("may", many).await;
    app.clock_to(FIRST_WORKING_DAY).await;
    (app, guests)
}

/// Works all that is due, in the background, until it is done or the process ends.
pub(super) fn run_due_meanwhile(app: &TestApp) -> tokio::task::JoinHandle<()> {
    let run = app.post("/api/v1/sandbox/run_due", json!({})).attempt();
    tokio::spawn(async move { drop(run.await) })
}

async fn run_until_everybody_has_f1(app: &TestApp, relay: &Sink, guests: &[Guest]) {
    app.run_due_until_none(async || missing_f1(relay, guests)).await;
}

fn missing_f1(relay: &Sink, guests: &[Guest]) -> Vec<String> {
    let sent = relay.mails().kind("F1");
    guests.iter().filter(|guest| sent.to(&guest.email).is_empty()).map(|guest| guest.email.clone()).collect()
}

/// The number of second copies; each must be the same mail as the first.
fn second_copies(relay: &Sink) -> usize {
    second_copies_among(&relay.mails())
}

pub(super) fn second_copies_among(mails: &Mails) -> usize {
    let mut copies: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
    for mail in mails.kind("F1").0 {
        copies.entry(mail.to.clone()).or_default().push(mail);
    }
    for (reader, mails) in &copies {
        for mail in &mails[1..] {
            assert_eq!(mail.message_id, mails[0].message_id, "a second copy to {reader} is another mail");
            assert_eq!(mail.body_hash(), mails[0].body_hash(), "a second copy to {reader} says something else");
        }
    }
    copies.values().map(|mails| mails.len() - 1).sum()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r7_everybody_gets_the_mail_once(
    #[values(false, true)] one_command_at_a_time: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let relay = Sink::start().await;
    if one_command_at_a_time {
        relay.take_one_command_at_a_time();
    }
    let (app, guests) = held_evening(&relay, database, 60).await;
    let done = app.run_due().await;
    assert_eq!(missing_f1(&relay, &guests), Vec::<String>::new());
    assert_eq!(second_copies(&relay), 0);
    assert_eq!(done["failed"], 0, "{done}");
    for mail in relay.mails().kind("F1").0 {
        assert_eq!(mail.event.as_deref(), Some("may"));
        assert!(mail.header("List-Unsubscribe").is_some());
        assert_eq!(mail.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r8_a_process_killed_in_mid_run_misses_nobody(
    #[values(10, 50, 90)] killed_after: usize,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let relay = Sink::start().await;
    let (mut app, guests) = held_evening(&relay, database, 112).await;
    relay.answer_after(Duration::from_millis(200));
    let before = relay.count();
    let run = tokio::spawn(app.post("/api/v1/sandbox/run_due", json!({})).attempt());
    eventually("mails on their way", || (relay.count() >= before + killed_after).then_some(())).await;
    app.kill();
    run.await.unwrap();
    assert!(!missing_f1(&relay, &guests).is_empty(), "it was over before the process died");

    app.start_again().await;
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    let copies = second_copies(&relay);
    assert!(copies <= IN_FLIGHT, "{copies} second copies after one death");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r11_a_relay_that_was_away_is_waited_for(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 30).await;
    relay.go_down();
    app.run_due().await;
    assert_eq!(relay.mails().kind("F1").len(), 0);
    // The rest of the world goes on.
    app.get("/events").await.ok(200);

    relay.come_back();
    let came_back = Instant::now();
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    assert_eq!(second_copies(&relay), 0);
    let first = relay.received().into_iter().map(|mail| mail.at).find(|at| *at > came_back);
    assert!(first.is_some_and(|first| first - came_back < Duration::from_secs(60)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r12_a_lost_acknowledgement_costs_a_second_copy_of_the_same_mail(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 20).await;
    relay.lose_acknowledgements(3);
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    wait_until_nothing_is_open(&app).await;
    let copies = second_copies(&relay);
    assert!((1..=3).contains(&copies), "{copies} second copies for 3 lost acknowledgements");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r13_a_mail_put_off_comes_later_and_is_the_same(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 8).await;
    relay.put_off(2);
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    assert_eq!(second_copies(&relay), 0);
    let put_off = relay.mails_put_off();
    assert_eq!(put_off.len(), 2);
    for first_try in &put_off.0 {
        let mails = relay.mails().kind("F1").to(&first_try.to);
        assert_eq!(mails.only().message_id, first_try.message_id);
        assert_eq!(mails.only().body_hash(), first_try.body_hash());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r13_words_that_change_in_between_do_not_change_a_mail_put_off(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 8).await;
    let shipped = app.get("/templates/F1/en").await.ok(200);
    let say = |greeting: &str| {
        let text = shipped["text"].as_str().unwrap().replacen("Hello", greeting, 1);
        json!({"subject": shipped["subject"], "text": text})
    };
    app.put("/templates/F1/en", say("Good morning")).await.ok(200);
    relay.put_off(2);
    app.run_due().await;
    app.put("/templates/F1/en", say("Good evening")).await.ok(200);
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    let put_off = relay.mails_put_off();
    assert_eq!(put_off.len(), 2);
    for first_try in &put_off.0 {
        let mails = relay.mails().kind("F1").to(&first_try.to);
        assert!(mails.only().mentions("Good morning") && !mails.only().mentions("Good evening"), "{}", mails.only().text);
        assert_eq!(mails.only().body_hash(), first_try.body_hash());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r13_a_new_language_does_not_change_a_mail_put_off(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 4).await;
    relay.put_off(2);
    app.run_due().await;
    let put_off = relay.mails_put_off();
    assert_eq!(put_off.len(), 2);
    for first_try in &put_off.0 {
        let me = app.me(&relay.mails().to(&first_try.to).kind("confirmed").only().token("in"));
        me.patch("/profile", json!({"locale": "it"})).await.ok(200);
    }
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    for first_try in &put_off.0 {
        let mails = relay.mails().kind("F1").to(&first_try.to);
        assert_eq!((mails.only().subject.as_str(), mails.only().body_hash()), (first_try.subject.as_str(), first_try.body_hash()));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r13_greylisting_delays_and_a_refusal_is_final(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 8).await;
    let [grey, refused] = [guests[0].email.clone(), guests[1].email.clone()];
    let before = relay.tries(&refused).len();
    let (is_grey, is_refused) = (grey.clone(), refused.clone());
    let known = relay.tries(&grey).len();
    relay.judge(move |recipient, tries| match recipient {
        recipient if recipient == is_refused => Reply::Never,
        recipient if recipient == is_grey && tries <= known + 1 => Reply::Later,
        _ => Reply::Accept,
    });
    let others: Vec<_> = guests.iter().filter(|guest| guest.email != refused).cloned().collect();
    run_until_everybody_has_f1(&app, &relay, &others).await;
    wait_until_nothing_is_open(&app).await;

    assert_eq!(relay.tries(&refused).len(), before + 1, "a final refusal is not tried again");
    let grey_tries = relay.tries(&grey);
    let pause = grey_tries[known + 1] - grey_tries[known];
    assert!(pause >= Duration::from_secs(4), "tried again after {pause:?}");
    let messages = app.all("/events/may/messages").await;
    let dead: Vec<_> = messages.iter().filter(|message| message["state"] == "dead").collect();
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!(dead[0]["registration"], guests[1].code.as_str());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r14_a_relay_with_a_limit_for_each_connection_gets_more_connections(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 30).await;
    relay.limit_mails_a_connection(2);
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    assert_eq!(second_copies(&relay), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r15_a_mail_without_an_answer_holds_up_nobody_else(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 60).await;
    relay.hang(2);
    let run = tokio::spawn(app.post("/api/v1/sandbox/run_due", json!({})).attempt());
    let start = Instant::now();
    loop {
        let missing = missing_f1(&relay, &guests);
        if missing.len() == 2 {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{} of {} wait behind two: {missing:?}", missing.len(), guests.len());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    run.abort();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r19_no_mail_leaves_for_somebody_who_left(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests) = held_evening(&relay, database, 8).await;
    app.run_due().await;
    let leaver = guests[0].email.clone();
    let way_out = relay.mails().to(&leaver).kind("F1").only().one_click_path();

    // Three weeks later the next mail is on its way, but the leaver's relay is slow, and then comes the click.
    app.held_next_evening("june", 8).await;
    let before = relay.tries(&leaver).len();
    let is_leaver = leaver.clone();
    relay.judge(move |recipient, _| if recipient == is_leaver { Reply::Later } else { Reply::Accept });
    app.live_until(NEXT_FIRST_WORKING_DAY).await;
    assert_eq!(relay.mails().kind("F1").about("june").len(), 7);
    assert!(relay.tries(&leaver).len() > before, "the mail was not on its way");
    assert_eq!(app.visitor().submit(&way_out, &[("List-Unsubscribe", "One-Click")]).await.status, 200);

    relay.judge(|_, _| Reply::Accept);
    // The second try would come after five seconds, more or less.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        app.run_due().await;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(relay.mails().to(&leaver).kind("F1").about("june").outline(), Vec::<String>::new());
    let messages = app.all("/events/june/messages?limit=100").await;
    let open = messages.iter().find(|one| one["kind"] == "F1" && one["state"] != "sent").expect("it is accounted for");
    assert_eq!(open["reason"], "unsubscribed", "{open}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r8_a_prompt_and_its_mail_are_marked_together(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (mut app, guests) = held_evening(&relay, database, 8).await;
    // Between the mark of the mail and that of the prompt.
    app.start_again_with(setup(&relay).env("CONVIVIO_FAULT", "die_in_mark")).await;
    let run = run_due_meanwhile(&app);
    assert!(!app.ended().await.success());
    run.await.unwrap();

    app.start_again_with(setup(&relay)).await;
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    wait_until_nothing_is_open(&app).await;
    assert!(second_copies(&relay) <= IN_FLIGHT);
    let mut prompts = app.all("/events/may/prompts").await;
    prompts.retain(|prompt| prompt["step"] == "F1");
    assert_eq!(prompts.len(), guests.len());
    for prompt in prompts {
        assert!(prompt["state"] == "sent" && prompt["sent_at"].is_string(), "its mail was sent: {prompt}");
    }
}

/// A database that is away for a moment, just when a mail has been sent.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r8_a_mark_that_fails_is_tried_again(#[values(false, true)] while_stopping: bool, #[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (mut app, guests) = held_evening(&relay, database, 8).await;
    app.start_again_with(setup(&relay).env("CONVIVIO_FAULT", "first_marks_fail")).await;
    relay.answer_after(Duration::from_millis(500));
    let before = relay.tries(&guests[0].email).len();
    let run = run_due_meanwhile(&app);
    if while_stopping {
        eventually("a mail in flight", || (relay.tries(&guests[0].email).len() > before).then_some(())).await;
        assert_eq!(app.terminate().await.code(), Some(0), "{}", app.log());
        app.start_again_with(setup(&relay)).await;
    }
    run.await.unwrap();
    run_until_everybody_has_f1(&app, &relay, &guests).await;
    // What was not marked would come again with its lease, and this waits for that.
    wait_until_nothing_is_open(&app).await;
    assert!(app.log().contains("could not be marked yet"), "nothing failed, so this shows nothing");
    assert_eq!(second_copies(&relay), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn o8_a_sign_in_overtakes_a_run(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, _) = held_evening_with(setup(&relay).env("CONVIVIO_MAIL_CONCURRENCY", "2"), database, 60).await;
    // The run has been due for an hour when the sign-in comes.
    app.clock_advance(3600).await;
    relay.answer_after(Duration::from_millis(250));
    let run = run_due_meanwhile(&app);
    eventually("a first mail", || (!relay.mails().kind("F1").is_empty()).then_some(())).await;
    let asked = Instant::now();
    app.public().post("/login", json!({"email": "owner@tavola.example"})).await.ok(202);
    eventually("the link", || (!relay.mails().kind("login").is_empty()).then_some(())).await;
    assert!(asked.elapsed() < Duration::from_secs(2), "the link took {:?}", asked.elapsed());
    assert!(relay.mails().kind("F1").len() < 40, "the run was over before");
    run.abort();
}

/// A run in the middle of which ten people leave with one click: when each of them left, and the mails of the run.
async fn leaving_in_mid_run(relay: &Sink, change: impl Fn(Setup) -> Setup, database: Database) -> Vec<(Guest, Instant)> {
    let (app, guests) = held_evening_with(change(setup(relay)).env("CONVIVIO_MAIL_CONCURRENCY", "2"), database, 40).await;
    app.run_due().await;
    let ways_out: BTreeMap<_, _> =
        guests.iter().map(|guest| (guest.email.clone(), relay.mails().to(&guest.email).kind("F1").only().one_click_path())).collect();
    app.held_next_evening("june", 40).await;
    app.clock_to(NEXT_FIRST_WORKING_DAY).await;
    relay.answer_after(Duration::from_millis(200));
    let june = || relay.mails().kind("F1").about("june");
    let run = run_due_meanwhile(&app);
    eventually("mails on their way", || (june().len() >= 4).then_some(())).await;

    // Scanners follow every link there is, and nobody has left by that.
    let visitor = app.visitor();
    a_few_at_a_time(ways_out.values().take(20).map(|way_out| async { visitor.get(way_out).await.ok_page() })).await;
    let sent = june();
    let waiting: Vec<_> = guests.iter().filter(|guest| sent.to(&guest.email).is_empty()).rev().take(10).cloned().collect();
    let mut left = Vec::new();
    for guest in waiting {
        for _ in 0..2 {
            let done = visitor.submit(&ways_out[&guest.email], &[("List-Unsubscribe", "One-Click")]).await;
            assert_eq!(done.status, 200);
            assert!(done.header("set-cookie").is_none() && done.header("location").is_none());
        }
        left.push((guest, Instant::now()));
    }
    assert_eq!(left.len(), 10, "the run was over before they left");
    run.await.unwrap();
    let stayed = guests.iter().filter(|guest| left.iter().all(|(one, _)| one.email != guest.email));
    for guest in stayed {
        june().to(&guest.email).only();
    }
    left
}

/// Who was still named to the relay after they had left, and how long after. A mail that the relay had in hand by then does not count: it had left.
fn reached(relay: &Sink, left: &[(Guest, Instant)]) -> Vec<Duration> {
    let named_after = |(guest, left_at): &(Guest, Instant)| relay.tries(&guest.email).into_iter().max()?.checked_duration_since(*left_at);
    left.iter().filter_map(named_after).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r19_who_leaves_in_mid_run_gets_nothing_more(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let left = leaving_in_mid_run(&relay, |setup| setup, database).await;
    let reached = reached(&relay, &left);
    assert!(reached.len() <= 2, "only what was in flight may arrive: {reached:?}");
    assert!(reached.iter().all(|after| *after < Duration::from_secs(5)), "{reached:?}");
}

/// The control of the test above: when leaving calls nothing off and nobody asks at the moment of sending, the mail goes out.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r19_control_without_the_guard_those_who_left_are_written_to(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let left = leaving_in_mid_run(&relay, |setup| setup.env("CONVIVIO_FAULT", "leaving_guard_off"), database).await;
    assert!(reached(&relay, &left).len() > 2, "the run was over before they left");
}

/// A mail whose acknowledgement was lost is still open after its reader has it.
async fn wait_until_nothing_is_open(app: &TestApp) {
    let open = |message: &Value| {
        let state = message["state"].as_str().unwrap_or_default();
        message["kind"] == "F1" && ["pending", "claimed", "retry"].contains(&state)
    };
    app.run_due_until_none(async || app.all("/events/may/messages?limit=100").await.into_iter().filter(open).collect()).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r16_a_mail_that_cannot_be_made_stops_no_other(
    #[values("poisoned_letters", "unbuildable_letters")] fault: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let relay = Sink::start().await;
    let app = TestApp::with(setup(&relay).env("CONVIVIO_FAULT", fault), database).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    let poisoned = app.add(&event, &person("Vera Veleno")).await;
    app.add_many(&event, 40).await;
    app.clock_to(DAY_BEFORE).await;
    app.run_due().await;
    eventually("everybody else's mail", || (relay.mails().kind("A1").len() == 40).then_some(())).await;
    app.run_due().await;
    assert!(relay.mails().to(&poisoned.email).is_empty());

    let messages = app.all(&event.at("/messages")).await;
    let dead: Vec<&Value> = messages.iter().filter(|message| message["state"] == "dead").collect();
    assert!(!dead.is_empty() && dead.iter().all(|message| message["registration"] == json!(poisoned.code)), "{dead:?}");
    for message in dead {
        assert_eq!((&message["reason"], &message["tries"]), (&json!("could_not_build"), &json!(3)), "{message}");
    }
    // The worker lives: what is asked for next goes out.
    app.add(&event, &person("Dora Dopo")).await;
    eventually("the next mail", || (!relay.mails().to("dora.dopo@example.org").is_empty()).then_some(())).await;
}
