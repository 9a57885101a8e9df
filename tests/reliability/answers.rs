//! Answers to one prompt at the same moment.

use futures_util::future::join;

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
