//! Nobody is missed; a second copy only when the acknowledgement was lost or the process died in
//! between, and then it is the same mail.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::support::mailbox::Mails;
use crate::support::server::PATIENCE;
use crate::support::*;

/// How many mails one process has in flight.
const IN_FLIGHT: usize = 8;

/// An evening that took place, with the mails of the time before already out.
async fn held_evening(relay: &Sink, database: Database, many: usize) -> (TestApp, Vec<Guest>) {
    let setup = Setup::default().relay(relay).env("CONVIVIO_LEASE_SECONDS", "3");
    let app = TestApp::with(setup, database).await;
    let (_, guests, _) = app.held_evening("may", many).await;
    app.clock_to(FIRST_WORKING_DAY).await;
    (app, guests)
}

/// Works what is due, again and again, until everybody has the mail: retries and leases take real time.
async fn run_until_everybody_has_f1(app: &TestApp, relay: &Sink, guests: &[Guest]) {
    let start = Instant::now();
    loop {
        app.run_due().await;
        let missing = missing_f1(relay, guests);
        if missing.is_empty() {
            return;
        }
        assert!(start.elapsed() < 4 * PATIENCE, "still without their mail: {missing:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn missing_f1(relay: &Sink, guests: &[Guest]) -> Vec<String> {
    let sent = relay.mails().kind("F1");
    guests.iter().filter(|guest| sent.to(&guest.email).is_empty()).map(|guest| guest.email.clone()).collect()
}

/// The number of second copies; each must be the same mail as the first.
fn second_copies(relay: &Sink) -> usize {
    let mut copies: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
    for mail in relay.mails().kind("F1").0 {
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
async fn r7_everybody_gets_the_mail_once(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
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
    relay.answer_after(Duration::from_millis(80));
    let run = tokio::spawn(app.post("/api/v1/sandbox/run_due", json!({})).attempt());
    eventually("mails on their way", || (relay.mails().kind("F1").len() >= killed_after).then_some(())).await;
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
async fn r9_two_processes_on_one_postgres_share_the_work() {
    const PEOPLE: usize = 500;
    let relays = [Sink::start().await, Sink::start().await];
    // Long enough that neither can do it all before the other looks.
    for relay in &relays {
        relay.answer_after(Duration::from_millis(20));
    }
    let first = TestApp::with(Setup::default().relay(&relays[0]), Postgres).await;
    let second = first.another_instance(Setup::default().relay(&relays[1])).await;
    let event = first.event_with("may", json!({"capacity": null})).await;
    first.add_many(&event, PEOPLE).await;
    let sent = |kind: &str| relays.each_ref().map(|relay| relay.mails().kind(kind));
    let everybody_has = |kind: &str| (sent(kind).iter().map(Mails::len).sum::<usize>() >= PEOPLE).then_some(());
    eventually("the confirmations", || everybody_has("confirmed")).await;
    first.clock_to(DAY_BEFORE).await;
    futures_util::future::join(first.run_due(), second.run_due()).await;

    for kind in ["confirmed", "A1"] {
        let sent = sent(kind);
        let shares = sent.each_ref().map(Mails::len);
        assert!(shares.iter().all(|share| *share > 0), "{kind}: one of them did nothing: {shares:?}");
        assert_eq!(shares.iter().sum::<usize>(), PEOPLE, "{kind}: {shares:?}");
        let readers: BTreeSet<_> = sent.iter().flat_map(|mails| &mails.0).map(|mail| mail.to.clone()).collect();
        assert_eq!(readers.len(), PEOPLE, "{kind}: somebody got two and somebody none");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r17_a_mail_two_days_late_waits_for_somebody_to_look(
    #[values(47, 49)] hours_away: i64,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay).env("CONVIVIO_LEASE_SECONDS", "3"), database).await;
    // Four days long, so that it is still on when the relay comes back.
    let event = app.event_with("may", json!({"ends_at": "2030-05-13T16:00:00Z"})).await;
    app.add_many(&event, 6).await;
    app.run_due().await;
    relay.go_down();
    app.live_until(DAY_BEFORE).await;
    assert!(relay.mails().kind("A1").is_empty());

    app.clock_advance(hours_away * 3600).await;
    relay.come_back();
    let start = Instant::now();
    let told = loop {
        app.run_due().await;
        let messages = app.all(&event.at("/messages?limit=100")).await;
        let told: Vec<_> = messages.into_iter().filter(|one| one["kind"] == "A1").collect();
        assert_eq!(told.len(), 6);
        if told.iter().all(|one| one["state"] == "sent" || one["state"] == "held") {
            break told;
        }
        assert!(start.elapsed() < 4 * PATIENCE, "still open: {told:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    if hours_away > 48 {
        assert!(told.iter().all(|one| one["state"] == "held" && one["reason"] == "too_late"), "{told:?}");
        assert!(relay.mails().kind("A1").is_empty());
    } else {
        assert!(told.iter().all(|one| one["state"] == "sent"), "{told:?}");
        assert_eq!(relay.mails().kind("A1").len(), 6);
    }
}

/// A mail whose acknowledgement was lost is still open after its reader has it.
async fn wait_until_nothing_is_open(app: &TestApp) {
    let start = Instant::now();
    loop {
        app.run_due().await;
        let messages = app.all("/events/may/messages?limit=100").await;
        let open = |message: &&Value| {
            let state = message["state"].as_str().unwrap_or_default();
            message["kind"] == "F1" && ["pending", "claimed", "retry"].contains(&state)
        };
        if messages.iter().filter(open).count() == 0 {
            return;
        }
        assert!(start.elapsed() < 4 * PATIENCE, "still open: {:?}", messages.iter().find(open));
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}
