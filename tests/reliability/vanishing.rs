//! Somebody is erased, or blocked, while a mail to them or about them is on its way.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::support::server::PATIENCE;
use crate::support::*;

/// An evening of four at one table, with the mails of the time before out, and those of the day after to come.
async fn evening(relay: &Sink, change: impl Fn(Setup) -> Setup, database: Database) -> (TestApp, Event, Vec<Guest>) {
    let setup = Setup::default().relay(relay).env("CONVIVIO_LEASE_SECONDS", "3");
    let app = TestApp::with(change(setup), database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 3).await;
    guests.push(app.add(&event, &person("Zenobia Quarzetti")).await);
    app.hold(&event, &guests).await;
    app.clock_to(FIRST_WORKING_DAY).await;
    (app, event, guests)
}

fn signed_in(app: &TestApp, relay: &Sink, guest: &Guest) -> Caller {
    app.me(&relay.mails().to(&guest.email).kind("confirmed").only().token("in"))
}

/// The relay asks everybody of these to come back later, and takes the mails of all others.
fn put_off(relay: &Sink, readers: &[&Guest]) {
    let readers: Vec<String> = readers.iter().map(|guest| guest.email.clone()).collect();
    relay.judge(move |recipient, _| if readers.iter().any(|reader| reader == recipient) { Reply::Later } else { Reply::Accept });
}

/// Works what is due until the second try, which comes after five seconds, more or less, and the end of every lease are behind us.
async fn let_second_tries_pass(app: &TestApp) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        app.run_due().await;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// The lines of the database in which somebody could still be found.
async fn left_of(app: &TestApp, guest: &Guest) -> Vec<String> {
    let words = [guest.name.as_str(), guest.email.as_str()];
    let dump = app.dump().await;
    dump.lines().filter(|line| words.iter().any(|word| line.contains(word))).map(str::to_owned).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r20_a_mail_put_off_never_comes_to_who_is_erased(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, event, guests) = evening(&relay, |setup| setup, database).await;
    let gone = &guests[3];
    let before = relay.tries(&gone.email).len();
    put_off(&relay, &[gone]);
    app.run_due().await;
    assert_eq!(relay.mails().kind("F1").len(), 3);
    assert!(relay.tries(&gone.email).len() > before, "the mail was not on its way");
    assert!(!left_of(&app, gone).await.is_empty(), "nothing was ever written down, so this shows nothing");
    let erased = signed_in(&app, &relay, gone).post("/erase", json!({"confirm": gone.email})).await.ok(200);
    assert_eq!(erased["messages_called_off"], 1, "{erased}");
    let tries = relay.tries(&gone.email).len();

    relay.judge(|_, _| Reply::Accept);
    let_second_tries_pass(&app).await;
    assert_eq!(relay.tries(&gone.email).len(), tries, "somebody who is gone was named to the relay");
    assert_eq!(relay.mails().to(&gone.email).kind("F1").len(), 0);
    assert_eq!(left_of(&app, gone).await, Vec::<String>::new());
    let messages = app.all(&event.at("/messages?limit=100")).await;
    let theirs = messages.iter().find(|one| one["kind"] == "F1" && one["registration"] == gone.code.as_str()).expect("it is accounted for");
    assert_eq!((&theirs["state"], &theirs["reason"]), (&json!("suppressed"), &json!("erased")));
}

/// What the relay has in its hands at that moment cannot be taken back; it leaves nothing behind, and nothing comes after it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r20_who_is_erased_as_their_mail_leaves_is_in_no_table(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, _, guests) = evening(&relay, |setup| setup, database).await;
    let gone = &guests[3];
    let me = signed_in(&app, &relay, gone);
    let before = relay.tries(&gone.email).len();
    relay.answer_after(Duration::from_secs(4));
    let run = tokio::spawn(app.post("/api/v1/sandbox/run_due", json!({})).attempt());
    eventually("a mail in the relay's hands", || (relay.tries(&gone.email).len() > before).then_some(())).await;
    me.post("/erase", json!({"confirm": gone.email})).await.ok(200);
    assert!(relay.mails().to(&gone.email).kind("F1").is_empty(), "it had been answered before");
    run.await.unwrap();

    relay.answer_after(Duration::ZERO);
    let_second_tries_pass(&app).await;
    assert!(relay.mails().to(&gone.email).kind("F1").len() <= 1, "{:?}", relay.mails().outline());
    assert_eq!(left_of(&app, gone).await, Vec::<String>::new());
    for guest in &guests[..3] {
        // Whoever's mail was made before may have read of them; no other mail comes.
        relay.mails().to(&guest.email).kind("F1").only();
    }
}

/// Each says what they have read, again and again, and is forgotten at that moment: whatever comes first, nothing of it is left.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r20_what_somebody_has_read_is_not_kept_as_they_are_erased(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 12).await;
    let (mut sent, mut erased) = (Vec::new(), 0);
    for guest in &guests {
        let me = app.signed_in(&event, guest).await;
        let at = |rest: &str| format!("/registrations/{}/{rest}", guest.code);
        sent.push(me.post(&at("guides/before/ack"), json!({})).attempt());
        sent.push(me.post("/erase", json!({"confirm": guest.email})).attempt());
        sent.push(me.post(&at("guides/during/ack"), json!({})).attempt());
        sent.push(me.post(&at("method_ack"), json!({})).attempt());
        sent.push(me.post(&at("guides/after/ack"), json!({})).attempt());
    }
    for answer in join_all(sent).await {
        let answer = answer.expect("the server answers");
        assert!(matches!(answer.status, 200 | 204 | 401 | 404), "{}: {}", answer.status, answer.text());
        erased += usize::from(answer.status == 200);
    }
    assert_eq!(erased, guests.len());
    let left: Vec<String> = app.dump().await.lines().filter(|line| line.starts_with("guide_acks")).map(str::to_owned).collect();
    assert_eq!(left, Vec::<String>::new());
    for guest in &guests {
        let row = app.registration(&event, &guest.code).await;
        assert_eq!((&row["state"], &row["method_ack_at"]), (&json!("anonymised"), &Value::Null));
    }
}

/// Two at one table, whose mails are put off. Then one blocks the other. What each of the two got in the end.
async fn mails_to_two_who_part(relay: &Sink, change: impl Fn(Setup) -> Setup, database: Database) -> (TestApp, Vec<Guest>, [Mail; 2]) {
    let (app, _, guests) = evening(relay, change, database).await;
    let [one, other] = [&guests[0], &guests[3]];
    put_off(relay, &[one, other]);
    app.run_due().await;
    assert_eq!(relay.mails().kind("F1").len(), 2, "the other two have theirs");
    signed_in(&app, relay, one).post("/blocks", json!({"code": other.code})).await.ok(201);
    relay.judge(|_, _| Reply::Accept);
    let start = Instant::now();
    while relay.mails().kind("F1").len() < 4 {
        assert!(start.elapsed() < 2 * PATIENCE, "{:?}", relay.mails().outline());
        app.run_due().await;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let mails = [one, other].map(|guest| relay.mails().to(&guest.email).kind("F1").only().clone());
    (app, guests, mails)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_10_a_mail_on_its_way_does_not_tell_of_who_was_blocked_meanwhile(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, guests, mails) = mails_to_two_who_part(&relay, |setup| setup, database).await;
    for (mail, (reader, other)) in mails.iter().zip([(&guests[0], &guests[3]), (&guests[3], &guests[0])]) {
        assert!(!mail.mentions(&other.name), "{}", mail.text);
        assert!(mail.mentions(&guests[1].name) && mail.mentions(&guests[2].name), "the others are who they were: {}", mail.text);
        let prompt = prompt_of(&signed_in(&app, &relay, reader), "F1").await;
        assert!(!prompt.to_string().contains(&other.name) && !prompt.to_string().contains(&other.code), "{prompt}");
    }
    // Whose mail had left reads of both, and hears of nothing.
    for reader in &guests[1..3] {
        let mail = relay.mails().to(&reader.email).kind("F1").only().clone();
        assert!(mail.mentions(&guests[0].name) && mail.mentions(&guests[3].name), "{}", mail.text);
    }
}

/// Who answers on their page may have the mail still to come.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_10_nor_does_one_whose_prompt_was_answered_before(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, _, guests) = evening(&relay, |setup| setup, database).await;
    let [one, other] = [&guests[0], &guests[3]];
    put_off(&relay, &[one]);
    app.run_due().await;
    let me = signed_in(&app, &relay, one);
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done"})).await.ok(200);
    assert_eq!(prompt_of(&me, "F1").await["state"], "acted");
    me.post("/blocks", json!({"code": other.code})).await.ok(201);
    relay.judge(|_, _| Reply::Accept);
    let_second_tries_pass(&app).await;
    let mail = relay.mails().to(&one.email).kind("F1").only().clone();
    assert!(mail.mentions(&guests[1].name) && !mail.mentions(&other.name), "{}", mail.text);
}

/// With nobody left to tell of there is no mail, and nothing for staff to look into.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_10_nor_does_anything_leave_that_has_nobody_left_to_tell_of(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (app, event, guests) = evening(&relay, |setup| setup, database).await;
    let [reader, others @ ..] = guests.as_slice() else { panic!("four people") };
    put_off(&relay, &[reader]);
    app.run_due().await;
    let me = signed_in(&app, &relay, reader);
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done"})).await.ok(200);
    for other in others {
        me.post("/blocks", json!({"code": other.code})).await.ok(201);
    }
    relay.judge(|_, _| Reply::Accept);
    let_second_tries_pass(&app).await;
    let mails = app.all(&event.at("/messages")).await;
    let mail = mails.iter().find(|mail| mail["kind"] == "F1" && mail["registration"] == json!(reader.code)).unwrap();
    assert_eq!((&mail["state"], &mail["reason"]), (&json!("suppressed"), &json!("insufficient_context")), "{mail}");
    assert!(relay.mails().to(&reader.email).kind("F1").is_empty());
}

/// The control of the first test: without the guard the words of the first try are kept, and with them the name.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_10_control_without_the_guard_a_mail_on_its_way_tells_of_them(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let careless = |setup: Setup| setup.env("CONVIVIO_FAULT", "block_guard_off");
    let (_, guests, mails) = mails_to_two_who_part(&relay, careless, database).await;
    assert!(mails[0].mentions(&guests[3].name) && mails[1].mentions(&guests[0].name), "the mails were not on their way");
}

/// Ada brings Bruno and Hugo together, whom she met on two evenings. Bruno's mail about Hugo is put off; then he blocks her. What he got at last.
async fn a_mail_to_who_parted_from_who_introduced(
    relay: &Sink,
    change: impl Fn(Setup) -> Setup,
    database: Database,
) -> (Mail, Value, Guest) {
    let setup = Setup::default().relay(relay).env("CONVIVIO_LEASE_SECONDS", "3");
    let app = TestApp::with(change(setup), database).await;
    let may = app.event_with("may", json!({"capacity": null})).await;
    let there = app.add_many(&may, 4).await;
    app.hold(&may, &there).await;
    let june = app.event_with("june", json!({"capacity": null, "starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    let mut later = Vec::new();
    for n in [0, 7, 8, 9] {
        later.push(app.add(&june, &nth_person(n)).await);
    }
    app.hold(&june, &later).await;
    let signed_in = |event: &Event, guest: &Guest| {
        let mails = relay.mails().to(&guest.email).kind("confirmed").about(&event.slug);
        app.me(&mails.only().token("in"))
    };
    let (as_ada, as_bruno, as_hugo) = (signed_in(&may, &there[0]), signed_in(&may, &there[1]), signed_in(&june, &later[1]));
    let said = |code: &str| json!({"code": code, "context": "We spoke about canoes."});
    for (them, guest, ada) in [(&as_bruno, &there[1], &there[0]), (&as_hugo, &later[1], &later[0])] {
        as_ada.post("/connections", said(&guest.code)).await.ok(201);
        them.post("/connections", said(&ada.code)).await.ok(201);
    }
    let pair = json!({"codes": [there[1].code, later[1].code], "why": "You both bake."});
    let proposed = as_ada.post("/introductions", pair).await.ok(201);
    let accept = format!("/introductions/{}/accept", proposed["id"].as_str().unwrap());
    as_bruno.post(&accept, json!({})).await.ok(200);
    as_hugo.post(&accept, json!({})).await.ok(200);
    let kept = as_bruno.all("/connections").await;
    let hugo = kept.iter().find(|one| one["code"] == later[1].code.as_str()).expect("they were brought together");
    as_bruno.put(&format!("/connections/{}/cadence", hugo["id"].as_str().unwrap()), json!({"months": 1})).await.ok(200);

    // Its day may move while other mails come before it.
    let mut looked = 0;
    loop {
        let due = when(prompt_of(&as_bruno, "C").await["due_at"].as_str().unwrap());
        app.live_until(&(due - chrono::TimeDelta::minutes(1)).to_rfc3339()).await;
        put_off(relay, &[&there[1]]);
        app.live_until(&due.to_rfc3339()).await;
        if prompt_of(&as_bruno, "C").await["state"] == "queued" {
            break;
        }
        relay.judge(|_, _| Reply::Accept);
        looked += 1;
        assert!(looked < 10, "{:?}", prompt_of(&as_bruno, "C").await);
    }
    assert!(relay.mails().to(&there[1].email).kind("C").is_empty(), "it was not on its way");
    as_bruno.post("/blocks", json!({"code": there[0].code})).await.ok(201);
    relay.judge(|_, _| Reply::Accept);
    let start = Instant::now();
    while relay.mails().to(&there[1].email).kind("C").is_empty() {
        assert!(start.elapsed() < 2 * PATIENCE, "{:?}", relay.mails().to(&there[1].email).outline());
        app.run_due().await;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let mail = relay.mails().to(&there[1].email).kind("C").only().clone();
    (mail, prompt_of(&as_bruno, "C").await, there[0].clone())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_10_a_mail_on_its_way_does_not_say_who_introduced_once_they_are_blocked(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let (mail, prompt, ada) = a_mail_to_who_parted_from_who_introduced(&relay, |setup| setup, database).await;
    assert!(mail.mentions("Somebody brought you and") && !mail.mentions(&ada.name), "{}", mail.text);
    assert!(!prompt.to_string().contains(&ada.name), "{prompt}");
}

/// The control of the test above.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_10_control_without_the_guard_a_mail_on_its_way_says_who_introduced(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let careless = |setup: Setup| setup.env("CONVIVIO_FAULT", "block_guard_off");
    let (mail, _, ada) = a_mail_to_who_parted_from_who_introduced(&relay, careless, database).await;
    assert!(mail.mentions(&format!("{} brought you and", ada.name)), "the mail was not on its way: {}", mail.text);
}
