//! The ninety days step by step, and what comes after them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::support::*;

const F2: &str = "2030-05-17T08:00:00Z";
const F3: &str = "2030-05-27T08:00:00Z";
/// Day 30 is a Saturday.
const F4: &str = "2030-06-10T07:00:00Z";
const F5: &str = "2030-07-08T08:00:00Z";
const F6: &str = "2030-08-07T08:00:00Z";

/// Works through the days until then, as a server would that looks once an hour by day.
async fn days_until(app: &TestApp, end: &str) {
    let mut at = app.now().await;
    while at < when(end) {
        at = (at + TimeDelta::hours(12)).min(when(end));
        app.live_until(&at.to_rfc3339()).await;
    }
}

/// The steps somebody was mailed, each with its day.
fn steps(app: &TestApp, guest: &Guest) -> Vec<String> {
    let follow_up = |mail: &Mail| mail.kind.starts_with('F') || mail.kind == "C" || mail.kind == "stop";
    let mails = app.mails().to(&guest.email).only_those(follow_up);
    mails.0.iter().map(|mail| mail.kind.clone()).collect()
}

/// Ada keeps the two first of whom she met, and writes about the first.
async fn keeps_two(me: &Caller) -> Vec<Value> {
    let prompt = prompt_of(me, "F1").await;
    let met = prompt["recall"]["people"].as_array().unwrap().clone();
    let codes: Vec<&str> = met.iter().take(2).map(|one| one["code"].as_str().unwrap()).collect();
    act(me, &prompt, json!({"choice": "done", "keep": codes, "notes": {codes[0]: "She builds canoes."}})).await.ok(200);
    met
}

/// The day after an evening of four; the first of them keeps two.
struct DayAfter {
    event: Event,
    guests: Vec<Guest>,
    me: Caller,
    met: Vec<Value>,
}

impl DayAfter {
    async fn of(app: &TestApp) -> DayAfter {
        let (event, guests, _) = app.held_evening("may", 4).await;
        app.live_until(FIRST_WORKING_DAY).await;
        let me = app.signed_in(&event, &guests[0]).await;
        let met = keeps_two(&me).await;
        DayAfter { event, guests, me, met }
    }
}

#[rstest]
#[tokio::test]
async fn sr_30_sr_48_ninety_days_and_a_slow_cadence(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 6).await;
    let (ada, silent) = (&guests[0], &guests[1]);
    let calendar =
        |answers: bool, guest: &Guest| app.post(&event.at("/follow_up/simulate"), json!({"code": guest.code, "answers": answers}));
    let foreseen = calendar(true, ada).await.ok(200);
    let expected: Vec<(&str, DateTime<Utc>)> = foreseen["calendar"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["step"].as_str().unwrap(), when(one["at"].as_str().unwrap())))
        .collect();

    let mut happened: Vec<(String, DateTime<Utc>)> = Vec::new();
    for (step, at) in &expected {
        app.live_until(&(*at - TimeDelta::minutes(1)).to_rfc3339()).await;
        assert!(app.mails().to(&ada.email).kind(step).is_empty(), "{step} is too early");
        app.live_until(&at.to_rfc3339()).await;
        let mail = app.mails().to(&ada.email).kind(step).only().clone();
        happened.push((mail.kind.clone(), app.now().await));
        let me = app.signed_in(&event, ada).await;
        match *step {
            "F1" => {
                keeps_two(&me).await;
            }
            "F6" => {
                let prompt = prompt_of(&me, "F6").await;
                let kept = &prompt["recall"]["people"][0]["code"];
                let other = &prompt["recall"]["people"][1]["code"];
                let cadence = json!({kept.as_str().unwrap(): 1, other.as_str().unwrap(): null});
                act(&me, &prompt, json!({"choice": "done", "cadence": cadence, "feedback": {"continued": "yes"}})).await.ok(200);
            }
            _ => {
                act(&me, &prompt_of(&me, step).await, json!({"choice": "done"})).await.ok(200);
            }
        }
    }
    assert_eq!(happened.iter().map(|(step, _)| step.as_str()).collect::<Vec<_>>(), ["F1", "F2", "F3", "F4", "F5", "F6"]);
    assert_eq!(expected.iter().map(|(_, at)| *at).collect::<Vec<_>>(), [FIRST_WORKING_DAY, F2, F3, F4, F5, F6].map(when));

    // Each mail names somebody the reader really met.
    let met = tablemates(&plan, ada, &guests);
    for mail in app.mails().to(&ada.email).only_those(|mail| mail.kind.starts_with('F')).0 {
        assert!(met.iter().any(|mate| mail.mentions(&mate.name)), "{}: {}", mail.kind, mail.text);
    }

    // Who never answered was asked twice whom they keep, and then left alone, as the calendar said.
    assert_eq!(steps(&app, silent), ["F1", "F2", "stop"]);
    let foreseen = calendar(false, silent).await.ok(200);
    let silence: Vec<&str> = foreseen["calendar"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["reason"].is_null())
        .map(|one| one["step"].as_str().unwrap())
        .collect();
    assert_eq!(silence, ["F1", "F2", "stop"]);

    // A month after they were last in touch, and a week after F6: one person, who was kept.
    let me = app.signed_in(&event, ada).await;
    let kept = me.all("/connections").await;
    assert_eq!((kept.len(), &kept[0]["every_months"]), (1, &json!(1)), "{kept:?}");
    days_until(&app, "2030-08-13T20:00:00Z").await;
    assert!(app.mails().to(&ada.email).kind("C").is_empty());
    days_until(&app, "2030-08-14T08:00:00Z").await;
    let mail = app.mails().to(&ada.email).kind("C").only().clone();
    assert!(mail.mentions(kept[0]["name"].as_str().unwrap()), "{}", mail.text);

    // Logging contact sets the clock back: the next comes a month later.
    let path = format!("/connections/{}/log", kept[0]["id"].as_str().unwrap());
    days_until(&app, "2030-09-05T08:00:00Z").await;
    me.post(&path, json!({"kind": "interaction", "what": "coffee"})).await.ok(201);
    days_until(&app, "2030-10-04T20:00:00Z").await;
    assert_eq!(app.mails().to(&ada.email).kind("C").len(), 1, "in touch on 5 September");
    days_until(&app, "2030-10-08T08:00:00Z").await;
    assert_eq!(app.mails().to(&ada.email).kind("C").len(), 2, "{:?}", app.mails().to(&ada.email).outline());
}

#[rstest]
#[tokio::test]
async fn sr_34_three_without_an_answer_end_the_mails(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { event, guests, .. } = DayAfter::of(&app).await;
    days_until(&app, "2030-06-19T22:00:00Z").await;
    // F2 and F3 had no answer: the twelve days to F4 are twenty-four.
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2", "F3"]);
    days_until(&app, "2030-06-20T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2", "F3", "F4"]);
    // Three without an answer: thirty days are sixty, and instead of F5 comes a last word.
    days_until(&app, "2030-08-18T22:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2", "F3", "F4"]);
    days_until(&app, "2030-10-01T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2", "F3", "F4", "stop"]);
    let prompts = app.all(&event.at("/prompts?limit=100")).await;
    let theirs = |step: &str| prompts.iter().find(|one| one["registration"] == guests[0].code.as_str() && one["step"] == step).unwrap();
    assert_eq!((&theirs("F5")["state"], &theirs("F5")["reason"]), (&json!("cancelled"), &json!("unanswered")));
    assert_eq!(theirs("stop")["state"], "sent");
}

#[rstest]
#[tokio::test]
async fn sr_32_an_ask_opens_with_a_give(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { event, guests, me, .. } = DayAfter::of(&app).await;
    let kept = me.all("/connections").await;
    let log = |one: &Value| format!("/connections/{}/log", one["id"].as_str().unwrap());
    assert_eq!(kept[0]["asks"], "give_first");
    me.post(&log(&kept[0]), json!({"kind": "ask", "what": "advice"})).await.fails(409, "give_first");
    for step in [F2, F3] {
        days_until(&app, step).await;
    }
    let f2 = prompt_of(&me, "F2").await;
    assert!(f2["action"]["type"].as_str().unwrap().starts_with("give_"), "{f2}");
    let given = f2["action"]["about"][0].as_str().unwrap();
    act(&me, &f2, json!({"choice": "done"})).await.ok(200);
    act(&me, &prompt_of(&me, "F3").await, json!({"choice": "not_now"})).await.ok(200);
    for prompt in [&f2, &prompt_of(&me, "F3").await] {
        let all = prompt["alternatives"].as_array().unwrap().iter().chain([&prompt["action"]]);
        assert!(all.chain(prompt["locked_asks"].as_array().unwrap()).all(|action| !action["type"].as_str().unwrap().starts_with("ask_")));
    }
    days_until(&app, F4).await;
    let f4 = prompt_of(&me, "F4").await;
    let about =
        |list: &str| f4[list].as_array().unwrap().iter().map(|ask| ask["about"][0].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(about("alternatives"), [given], "{f4}");
    assert_eq!(about("locked_asks").len(), 1);
    let kept = me.all("/connections").await;
    let of = |code: &str| kept.iter().find(|one| one["code"] == code).unwrap();
    assert_eq!((&of(given)["asks"], &of(given)["stage"], &of(given)["mirror"]["gives"]), (&json!("open"), &json!("exchanging"), &json!(1)));
    me.post(&log(of(given)), json!({"kind": "ask", "what": "advice"})).await.ok(201);

    // How it is going stays with its owner, and its history, too.
    let check = json!({given: {"trust": 3, "solutions": 2}});
    act(&me, &f4, json!({"choice": "done", "checks": check})).await.ok(200);
    me.post(&log(of(given)), json!({"kind": "check", "trust": 5})).await.ok(201);
    let shown = me.get(&format!("/connections/{}", of(given)["id"].as_str().unwrap())).await.ok(200);
    let trust: Vec<&Value> = shown["checks"].as_array().unwrap().iter().map(|check| &check["trust"]).collect();
    assert_eq!(trust, [&json!(3), &json!(5)]);
    let other = app.signed_in(&event, guests.iter().find(|guest| guest.code == given).unwrap()).await;
    let theirs = other.all("/connections").await;
    assert!(theirs.is_empty(), "{theirs:?}");
    other.get(&log(of(given))).await.fails(404, "not_found");
    for path in ["/prompts", "/messages", "/registrations", "/stats", ""] {
        let answer = app.get(&event.at(path)).await.text();
        assert!(!answer.contains("canoes") && !answer.contains("trust"), "{path}");
    }
}

#[rstest]
#[tokio::test]
async fn sr_34_a_pause_ends_by_itself(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { guests, me, .. } = DayAfter::of(&app).await;
    let prompt = prompt_of(&me, "F1").await;
    for day in ["2030-05-10", "2031-06-01"] {
        act(&me, &prompt, json!({"choice": "pause", "until": day})).await.fails(422, "validation_failed").error_at("/until");
    }
    act(&me, &prompt, json!({"choice": "pause", "until": "2030-06-12"})).await.ok(200);
    days_until(&app, "2030-06-12T07:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1"]);
    // Three fell into the pause; one comes after it.
    days_until(&app, "2030-06-20T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F4"]);
    let prompts = me.all("/prompts").await;
    let reasons: Vec<&Value> = ["F2", "F3"].map(|step| &prompts.iter().find(|one| one["step"] == step).unwrap()["reason"]).into();
    assert_eq!(reasons, ["merged", "merged"]);
    // Who comes back earlier goes on earlier.
    act(&me, &prompt_of(&me, "F4").await, json!({"choice": "pause"})).await.ok(200);
    act(&me, &prompt_of(&me, "F4").await, json!({"choice": "done"})).await.ok(200);
    days_until(&app, F5).await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F4", "F5"]);
}

#[rstest]
#[tokio::test]
async fn who_is_blocked_or_in_touch_is_suggested_no_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { event, guests, me, met } = DayAfter::of(&app).await;
    let (blocked, friend) = (met[0]["name"].as_str().unwrap(), met[1]["name"].as_str().unwrap());
    let of = |name: &str| guests.iter().find(|guest| guest.name == name).unwrap();
    // The other blocks, and nobody is told.
    app.signed_in(&event, of(blocked)).await.post("/blocks", json!({"code": guests[0].code})).await.ok(201);
    days_until(&app, F2).await;
    let mail = app.mails().to(&guests[0].email).kind("F2").only().clone();
    assert!(mail.mentions(friend) && !mail.mentions(blocked), "{}", mail.text);
    assert_eq!(me.all("/connections").await.len(), 1);

    let connection = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
    me.post(&format!("/connections/{connection}/log"), json!({"kind": "interaction", "text": "We had a long walk."})).await.ok(201);
    act(&me, &prompt_of(&me, "F2").await, json!({"choice": "not_now"})).await.ok(200);
    days_until(&app, F3).await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2"]);
    assert_eq!(prompt_of(&me, "F3").await["reason"], "in_touch");
    // What follows from what they wrote is told to nobody else.
    let staff = app.all(&event.at("/prompts?limit=100")).await;
    let theirs = staff.iter().find(|one| one["registration"] == guests[0].code.as_str() && one["step"] == "F3").unwrap();
    assert_eq!((&theirs["state"], theirs.get("reason")), (&json!("suppressed"), None));
    days_until(&app, F4).await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2", "F4"], "the next step is another matter");
}

#[rstest]
#[tokio::test]
async fn what_was_answered_is_taken_back_by_answering_again(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { me, met, .. } = DayAfter::of(&app).await;
    let code = met[0]["code"].as_str().unwrap();
    days_until(&app, F2).await;
    let f2 = prompt_of(&me, "F2").await;
    let about = f2["action"]["about"][0].as_str().unwrap();
    let gives = || async {
        let kept = me.all("/connections").await;
        kept.iter().find(|one| one["code"] == about).unwrap()["mirror"]["gives"].clone()
    };
    act(&me, &f2, json!({"choice": "done"})).await.ok(200);
    assert_eq!(gives().await, 1);
    let other = f2["alternatives"][0]["type"].as_str().unwrap();
    act(&me, &f2, json!({"choice": "done", "did": {about: other}})).await.ok(200);
    assert_eq!(gives().await, 1, "the same prompt, another gift");
    act(&me, &f2, json!({"choice": "not_now"})).await.ok(200);
    assert_eq!(gives().await, 0);
    act(&me, &f2, json!({"choice": "done", "did": {about: "ask_advice"}}))
        .await
        .fails(422, "validation_failed")
        .error_at(&format!("/did/{about}"));
    act(&me, &f2, json!({"choice": "done", "checks": {about: {"trust": 6}}}))
        .await
        .fails(422, "validation_failed")
        .error_at(&format!("/checks/{about}/trust"));
    act(&me, &f2, json!({"choice": "done", "cadence": {about: 2}}))
        .await
        .fails(422, "validation_failed")
        .error_at(&format!("/cadence/{about}"));

    let f1 = prompt_of(&me, "F1").await;
    act(&me, &f1, json!({"choice": "done", "notes": {code: null}})).await.ok(200);
    let connection = me.all("/connections").await.iter().find(|one| one["code"] == code).unwrap()["id"].as_str().unwrap().to_owned();
    let entries = me.all(&format!("/connections/{connection}/log")).await;
    assert!(entries.iter().all(|entry| entry["kind"] != "note"), "{entries:?}");
}

#[rstest]
#[tokio::test]
async fn who_comes_back_before_the_pause_ends_misses_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { guests, me, .. } = DayAfter::of(&app).await;
    let prompt = prompt_of(&me, "F1").await;
    act(&me, &prompt, json!({"choice": "pause", "until": "2030-09-02"})).await.ok(200);
    days_until(&app, "2030-05-20T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1"]);
    act(&me, &prompt, json!({"choice": "done"})).await.ok(200);
    days_until(&app, "2030-05-21T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0]), ["F1", "F2"], "what fell into the pause comes now");
}

#[rstest]
#[tokio::test]
async fn a_digest_that_is_put_off_comes_once_and_stops_with_a_word(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { event, guests, me, .. } = DayAfter::of(&app).await;
    let connection = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
    me.put(&format!("/connections/{connection}/cadence"), json!({"months": 1})).await.ok(200);
    let digests = || app.mails().to(&guests[0].email).kind("C").len();
    days_until(&app, "2030-06-18T08:00:00Z").await;
    assert_eq!(digests(), 1, "{:?}", steps(&app, &guests[0]));
    // When somebody is tended, and that nobody answers, is no news for staff.
    let staff = app.all(&event.at("/prompts?limit=100")).await;
    assert!(staff.iter().all(|one| one["step"] != "C" || one["state"] == "sent"), "{staff:?}");
    let id = prompt_of(&me, "C").await["id"].as_str().unwrap().to_owned();
    me.post(&format!("/prompts/{id}/snooze"), json!({"weeks": 1})).await.ok(200);
    days_until(&app, "2030-07-12T08:00:00Z").await;
    assert_eq!(digests(), 2, "the same again, and no other beside it");
    act(&me, &json!({"id": id}), json!({"choice": "stop"})).await.ok(200);
    days_until(&app, "2030-10-12T08:00:00Z").await;
    assert_eq!(digests(), 2);
}

/// After one's own "stop" nothing comes by itself; but whoever then says how often is reminded.
#[rstest]
#[tokio::test]
async fn sr_34_who_stopped_and_sets_a_cadence_is_reminded(
    #[values(true, false)] asks: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let DayAfter { guests, me, .. } = DayAfter::of(&app).await;
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "stop"})).await.ok(200);
    if asks {
        let connection = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
        me.put(&format!("/connections/{connection}/cadence"), json!({"months": 1})).await.ok(200);
    } else {
        me.post("/contacts", json!({"name": "Pina Sala"})).await.ok(201);
    }
    days_until(&app, "2030-06-20T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0])[1..], if asks { vec!["C"] } else { vec![] });
}

/// "Come back when you like", says the last word; and it holds for the next silence as well.
#[rstest]
#[tokio::test]
async fn sr_34_who_comes_back_after_the_last_word_is_reminded_again(
    #[values("an answer", "a contact of one's own")] by: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let DayAfter { guests, me, .. } = DayAfter::of(&app).await;
    days_until(&app, "2030-10-01T08:00:00Z").await;
    let before = ["F1", "F2", "F3", "F4", "stop"];
    assert_eq!(steps(&app, &guests[0]), before);
    let cadences = async || {
        let all = [me.all("/connections").await, me.all("/contacts").await].concat();
        all.iter().filter(|one| !one["every_months"].is_null()).count()
    };
    if by == "an answer" {
        let f4 = prompt_of(&me, "F4").await;
        act(&me, &f4, json!({"choice": "done"})).await.ok(200);
        let id = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
        me.put(&format!("/connections/{id}/cadence"), json!({"months": 1})).await.ok(200);
    } else {
        let pina = json!({"name": "Pina Sala", "every_months": 1, "in_touch_at": "2030-09-01T08:00:00Z"});
        me.post("/contacts", pina).await.ok(201);
    }
    days_until(&app, "2030-10-12T08:00:00Z").await;
    assert_eq!(steps(&app, &guests[0])[before.len()..], ["C"]);
    assert_eq!(cadences().await, 1);
    // Three of them without an answer, each later than the last, and then a last word again: nobody is tended any more until they say so.
    let mut months = (11..=12).map(|month| (2030, month)).chain((1..=12).map(|month| (2031, month)));
    while steps(&app, &guests[0]).last().is_some_and(|last| last == "C") {
        let (year, month) = months.next().expect("it comes to an end");
        days_until(&app, &format!("{year}-{month:02}-01T08:00:00Z")).await;
    }
    assert_eq!(steps(&app, &guests[0])[before.len()..], ["C", "C", "C", "stop"]);
    assert_eq!(cadences().await, 0);
    // Who did not come back was left alone.
    assert_eq!(steps(&app, &guests[1]), ["F1", "F2", "stop"]);
    // And who comes back once more is reminded once more: what had no answer before counts no longer.
    let id = me.all("/connections").await[0]["id"].as_str().unwrap().to_owned();
    me.put(&format!("/connections/{id}/cadence"), json!({"months": 1})).await.ok(200);
    let since = app.now().await + TimeDelta::days(21);
    days_until(&app, &since.to_rfc3339()).await;
    assert_eq!(steps(&app, &guests[0])[before.len()..], ["C", "C", "C", "stop", "C"]);
    assert_eq!(cadences().await, 1);
}

/// Who was met at two events has a code at each. The form goes on from what was said under the prompt's own.
#[rstest]
#[tokio::test]
async fn the_form_of_a_digest_knows_who_was_met_twice(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let DayAfter { guests, me, .. } = DayAfter::of(&app).await;
    app.held_next_evening("june", 4).await;
    for connection in me.all("/connections").await {
        me.put(&format!("/connections/{}/cadence", connection["id"].as_str().unwrap()), json!({"months": 1})).await.ok(200);
    }
    days_until(&app, "2030-08-01T08:00:00Z").await;
    let mails = app.mails().to(&guests[0].email).kind("C");
    let link = mails.0.first().unwrap_or_else(|| panic!("{:?}", steps(&app, &guests[0]))).link("prompts");
    let prompts = me.all("/prompts").await;
    let c = prompts.iter().find(|one| one["step"] == "C" && one["sent_at"].is_string()).expect("the prompt of that mail");
    let people = each(&c["recall"]["people"], "code");
    assert_eq!(people.len(), 2, "{c}");
    let notes: Vec<(String, String)> =
        people.iter().enumerate().map(|(n, code)| (format!("note_{code}"), format!("bees, hive {n}"))).collect();
    let mut form: Vec<(&str, &str)> = notes.iter().map(|(field, note)| (field.as_str(), note.as_str())).collect();
    form.push(("choice", "done"));
    app.visitor().submit(&link, &form).await.ok_page();
    let page = app.visitor().get(&format!("{link}?again=true")).await.ok_page();
    assert!(notes.iter().all(|(_, note)| page.contains(note.as_str())), "{page}");
}
