//! Answers at the same moment: to one prompt, and to one introduction; and looks at what was said, while it is said.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, join_all};

use crate::support::*;

/// How often two answers have to meet before one may say that they did.
const MEETINGS: usize = 25;

/// The most that were kept at once while pairs of answers, each with three others, arrived together.
async fn most_kept(app: &TestApp) -> usize {
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 7, "max": 7})).await.done();
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 6).await;
    let codes: Vec<String> = guests.iter().map(|guest| guest.code.clone()).collect();
    guests.push(ada.clone());
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &ada).await;
    let prompt = prompt_of(&me, "F1").await;
    let mut most = 0;
    for _ in 0..MEETINGS {
        act(&me, &prompt, json!({"choice": "done", "keep": []})).await.done();
        let answer = |keep: &[String]| patiently_acted(&me, &prompt, keep.to_vec());
        join(answer(&codes[..3]), answer(&codes[3..])).await;
        let kept = me.all("/encounters").await.iter().filter(|one| one["connection"] == "suggested").count();
        most = most.max(kept);
    }
    most
}

async fn patiently_acted(me: &Caller, prompt: &Value, keep: Vec<String>) {
    patiently(|| act(me, prompt, json!({"choice": "done", "keep": keep.clone()}))).await.done();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_45_two_answers_at_once_keep_three(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    assert_eq!(most_kept(&app).await, 3);
}

/// The control of the test above: without the guard both answers are added up. SQLite has one writer, so there is no control there.
#[tokio::test(flavor = "multi_thread")]
async fn sr_45_control_without_the_guard_more_than_three_are_kept() {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "answer_guard_off"), Postgres).await;
    let most = most_kept(&app).await;
    assert!(most > 3, "the answers never met: {most}");
}

/// What is counted of answers without a name, when each of this many people sends theirs twice at the same moment.
async fn counted(app: &TestApp, people: usize) -> i64 {
    let (event, guests, _) = app.held_evening("may", people).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for guest in &guests {
        let me = app.signed_in(&event, guest).await;
        let prompt = prompt_of(&me, "F1").await;
        let answer = || async {
            let said = json!({"choice": "done", "feedback": {"heard": "yes"}, "anonymous": true});
            patiently(|| act(&me, &prompt, said.clone())).await.done();
        };
        join(answer(), answer()).await;
    }
    let told = app.get(&event.at("/feedback")).await.ok(200);
    told["heard"]["yes"].as_i64().expect("more than five have answered")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_49_an_answer_sent_twice_at_once_counts_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    assert_eq!(counted(&app, MEETINGS).await, 25);
}

/// The control of the test above: without the guard neither answer knows of the other, and what has no name cannot be found again.
#[tokio::test(flavor = "multi_thread")]
async fn sr_49_control_without_the_guard_an_answer_counts_twice() {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "answer_guard_off"), Postgres).await;
    let told = counted(&app, MEETINGS).await;
    assert!(told > 25, "the answers never met: {told}");
}

/// So many answer while others look: there are ten steps to be told in.
const ANSWERING: usize = 50;

/// What staff were told of two questions while people answered them and eight looked again and again: each sum once, the smallest first, with how
/// many answers it is of. Of the second question every other person says nothing.
async fn told_while_answers_come(app: &TestApp) -> [BTreeSet<(u64, String)>; 2] {
    let (event, guests, _) = app.held_evening("may", ANSWERING).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let mut asked = Vec::new();
    for guest in &guests {
        let me = app.signed_in(&event, guest).await;
        let prompt = prompt_of(&me, "F1").await;
        asked.push((me, prompt));
    }
    let (path, answered) = (event.at("/feedback"), AtomicBool::new(false));
    let answering = async {
        a_few_at_a_time(asked.iter().enumerate().map(|(n, (me, prompt))| async move {
            let listened = (n % 2 == 0).then_some("partly");
            let said = json!({"choice": "done", "feedback": {"heard": "yes", "listened": listened}, "anonymous": n % 3 == 0});
            patiently(|| act(me, prompt, said.clone())).await.done();
        }))
        .await;
        answered.store(true, Ordering::Relaxed);
    };
    let look = || async {
        let mut told = Vec::new();
        loop {
            let is_last = answered.load(Ordering::Relaxed);
            told.push(app.get(&path).await.ok(200));
            if is_last {
                return told;
            }
        }
    };
    let ((), looks) = join(answering, join_all((0..8).map(|_| look()))).await;
    let looks: Vec<Value> = looks.into_iter().flatten().collect();
    let answers = |sum: &Value| ["yes", "partly", "no"].iter().filter_map(|said| sum[*said].as_u64()).sum::<u64>();
    ["heard", "listened"].map(|question| looks.iter().map(|told| (answers(&told[question]), told[question].to_string())).collect())
}

/// Whether each sum is of five answers more than the one before, or of more than that.
fn in_steps_of_five(told: &BTreeSet<(u64, String)>) -> bool {
    let counts: Vec<u64> = told.iter().map(|(answers, _)| *answers).collect();
    counts.windows(2).all(|two| two[1] - two[0] >= 5)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_49_many_looks_at_once_tell_in_steps_of_five(#[values(Sqlite, Postgres)] database: Database) {
    // Who looks is told to slow down long before fifty have answered.
    let app = TestApp::with(Setup::default().env("CONVIVIO_LIMITS", "off"), database).await;
    let [heard, listened] = told_while_answers_come(&app).await;
    for (told, people) in [(heard, 50_u64), (listened, 25)] {
        assert!(in_steps_of_five(&told), "{told:?}");
        assert!(told.last().is_some_and(|(answers, _)| (people - 4..=people).contains(answers)), "{told:?}");
    }
}

/// The control of the test above: where nobody waits for who looks at the same moment, two of them are told sums that differ by fewer than five.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_49_control_without_the_guard_many_looks_tell_less_than_a_step(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_LIMITS", "off").env("CONVIVIO_FAULT", "told_guard_off"), database).await;
    let told = told_while_answers_come(&app).await;
    assert!(!told.iter().all(in_steps_of_five), "the looks never met: {told:?}");
}

/// There is no control: a gift of one prompt to one person has one row, whoever writes it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_32_a_gift_told_ten_times_at_once_is_one(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done", "keep": [guests[1].code]})).await.ok(200);
    app.live_until("2030-05-17T08:00:00Z").await;
    let prompt = prompt_of(&me, "F2").await;
    assert!(prompt["action"]["type"].as_str().unwrap().starts_with("give_"), "{prompt}");
    join_all((0..10).map(|_| async {
        patiently(|| act(&me, &prompt, json!({"choice": "done"}))).await.ok(200);
    }))
    .await;
    let mirror = me.get("/mirror").await.ok(200);
    assert_eq!((&mirror["gives"], &mirror["asks"]), (&json!(1), &json!(0)), "{mirror}");
}

/// There is no control: what is mailed to whom about one introduction has one row, whoever promises it. All at one table know each other, which
/// keeps nobody from introducing them.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_42_two_who_say_yes_at_once_are_each_mailed_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 6, "max": 6})).await.done();
    let guests = app.add_many(&event, 6).await;
    app.hold(&event, &guests).await;
    let mut callers = Vec::new();
    for guest in &guests {
        callers.push(app.signed_in(&event, guest).await);
    }
    for n in 1..6 {
        let ask = |code: &str| json!({"code": code, "context": "We spoke about canoes."});
        callers[0].post("/connections", ask(&guests[n].code)).await.ok(201);
        assert_eq!(callers[n].post("/connections", ask(&guests[0].code)).await.ok(201)["state"], "connected");
    }
    let pairs: Vec<(usize, usize)> = (1..6).flat_map(|one| (one + 1..6).map(move |other| (one, other))).collect();
    for (one, other) in &pairs {
        let why = json!({"codes": [guests[*one].code, guests[*other].code], "why": "You both talk of bees."});
        let proposed = callers[0].post("/introductions", why).await.ok(201);
        let path = format!("/introductions/{}/accept", proposed["id"].as_str().unwrap());
        // Each of them presses twice.
        let accepting = [*one, *other, *one, *other].map(|n| {
            let (caller, path) = (&callers[n], &path);
            async move { patiently(|| caller.post(path, json!({}))).await.status }
        });
        let statuses = join_all(accepting).await;
        assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
        let shown = callers[0].get(&format!("/introductions/{}", proposed["id"].as_str().unwrap())).await.ok(200);
        assert_eq!(shown["state"], "sent", "{shown}");
    }
    app.run_due().await;
    app.run_due().await;
    assert_eq!(app.mails().kind("introduction").len(), 2 * pairs.len());
    for (one, other) in pairs {
        for (reader, met) in [(&guests[one], &guests[other]), (&guests[other], &guests[one])] {
            app.mails().to(&reader.email).kind("introduction").only_those(|mail| mail.mentions(&met.email)).only();
        }
    }
}
