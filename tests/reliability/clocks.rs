//! R17: zones and times that change after something was planned by them, and a relay that is away for days. What is still to come follows, nothing comes twice,
//! and nothing at night.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use crate::support::*;

/// A week later, at the same hours.
const A_WEEK_LATER: [&str; 2] = ["2030-05-16T16:00:00Z", "2030-05-16T19:00:00Z"];

fn sent_at(mail: &Mail) -> DateTime<Utc> {
    DateTime::parse_from_rfc2822(mail.header("Date").expect("a mail has its date")).expect("a date").to_utc()
}

fn due_at(prompt: &Value) -> DateTime<Utc> {
    when(prompt["due_at"].as_str().expect("a prompt is due some time"))
}

/// The follow-up somebody has had, in the order in which it left.
fn follow_up(app: &TestApp, guest: &Guest) -> Vec<Mail> {
    let mut mails = app.mails().to(&guest.email).only_those(|mail| mail.header("List-Unsubscribe").is_some()).0;
    mails.sort_by_key(sent_at);
    mails
}

/// Says "not now" to whatever waits for an answer.
async fn put_off_what_came(me: &Caller) {
    for prompt in me.all("/prompts").await {
        let waits = prompt["state"] == "sent" && prompt["choices"].as_array().is_some_and(|choices| !choices.is_empty());
        if waits {
            act(me, &prompt, json!({"choice": "not_now"})).await.ok(200);
        }
    }
}

#[rstest]
#[case::west_by_their_own_word("America/New_York", true, "2030-05-17T14:00:00Z", "2030-05-27T14:00:00Z")]
#[case::east_by_the_word_of_staff("Asia/Tokyo", false, "2030-05-17T01:00:00Z", "2030-05-27T01:00:00Z")]
#[tokio::test]
async fn r17_who_moves_is_written_to_at_ten_by_their_new_clock(
    #[case] zone: &str,
    #[case] by_themselves: bool,
    #[case] f2: &str,
    #[case] f3: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let (reader, stays) = (&guests[0], &guests[1]);
    let [me, other] = [app.signed_in(&event, reader).await, app.signed_in(&event, stays).await];
    for one in [&me, &other] {
        act(one, &prompt_of(one, "F1").await, json!({"choice": "done", "keep": [guests[2].code]})).await.ok(200);
    }
    app.live_until("2030-05-13T10:00:00Z").await;
    let says = json!({"timezone": zone});
    if by_themselves {
        me.patch("/profile", says).await.ok(200);
    } else {
        app.patch(&event.at(&format!("/registrations/{}", reader.code)), says).await.ok(200);
    }
    assert_eq!(app.registration(&event, &reader.code).await["timezone"], zone);

    for (step, due) in [("F2", f2), ("F3", f3)] {
        assert_eq!(due_at(&prompt_of(&me, step).await), when(due), "{step}");
    }
    assert_eq!(due_at(&prompt_of(&other, "F2").await), when("2030-05-17T08:00:00Z"), "who stays is written to as before");
    app.live_until(&(when(f2) - TimeDelta::minutes(1)).to_rfc3339()).await;
    assert!(app.mails().to(&reader.email).kind("F2").is_empty(), "it is too early");
    app.live_until(f2).await;
    app.mails().to(&reader.email).kind("F2").only();
    put_off_what_came(&me).await;

    // Nights and weekends too: that is when nothing must come.
    let mut at = when(f2);
    while at < when("2030-06-20T08:00:00Z") {
        at += TimeDelta::hours(4);
        app.live_until(&at.to_rfc3339()).await;
        put_off_what_came(&me).await;
    }
    let mails = follow_up(&app, reader);
    assert_eq!(mails.iter().map(|mail| mail.kind.as_str()).collect::<Vec<_>>(), ["F1", "F2", "F3", "F4"]);
    let there: Tz = zone.parse().unwrap();
    let found: Vec<DateTime<Tz>> = mails.iter().map(|mail| sent_at(mail).with_timezone(&there)).collect();
    assert!(found[1..].iter().all(|at| (9..18).contains(&at.hour())), "{found:?}");
    assert!(found.windows(2).all(|pair| (pair[1].date_naive() - pair[0].date_naive()).num_days() >= 7), "{found:?}");
}

/// Who moves back finds everything as it was.
#[rstest]
#[tokio::test]
async fn r17_moving_there_and_back_changes_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let answer = json!({"choice": "pause", "until": "2030-06-12", "keep": [guests[1].code]});
    act(&me, &prompt_of(&me, "F1").await, answer).await.ok(200);
    app.live_until("2030-05-28T08:00:00Z").await;
    let steps = ["F2", "F3", "F4", "F5", "F6"];
    let mut before = Vec::new();
    for step in steps {
        before.push(due_at(&prompt_of(&me, step).await));
    }
    assert_eq!(before[0], when("2030-06-12T08:00:00Z"), "it waits for the end of the pause");
    me.patch("/profile", json!({"timezone": "Asia/Tokyo"})).await.ok(200);
    assert_eq!(due_at(&prompt_of(&me, "F2").await), when("2030-06-12T01:00:00Z"), "and so it does by another clock");
    me.patch("/profile", json!({"timezone": null})).await.ok(200);
    let mut after = Vec::new();
    for step in steps {
        after.push(due_at(&prompt_of(&me, step).await));
    }
    assert_eq!(before, after);
    // What fell into the pause is still known to have done so: who comes back earlier goes on at once.
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "not_now"})).await.ok(200);
    assert_eq!(due_at(&prompt_of(&me, "F2").await), app.now().await);
}

/// Its first try was at ten in Rome. By the time of the second its reader lives where it is four in the morning.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r17_a_mail_on_its_way_to_who_moves_does_not_come_at_night(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay).env("CONVIVIO_LEASE_SECONDS", "3"), database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (reader, is_reader) = (&guests[0], guests[0].email.clone());
    let before = relay.tries(&reader.email).len();
    relay.judge(move |recipient, _| if recipient == is_reader { Reply::Later } else { Reply::Accept });
    app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(relay.mails().kind("F1").len(), 3);
    assert!(relay.tries(&reader.email).len() > before, "the mail was not on its way");
    app.patch(&event.at(&format!("/registrations/{}", reader.code)), json!({"timezone": "America/New_York"})).await.ok(200);
    relay.judge(|_, _| Reply::Accept);
    // The second try would come after five seconds, more or less.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        app.run_due().await;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert!(relay.mails().to(&reader.email).kind("F1").is_empty(), "it is four in the morning there");
    app.live_until("2030-05-10T12:59:00Z").await;
    assert!(relay.mails().to(&reader.email).kind("F1").is_empty());
    app.live_until("2030-05-10T13:00:00Z").await;
    app.live_until("2030-05-10T18:00:00Z").await;
    relay.mails().to(&reader.email).kind("F1").only();
}

#[rstest]
#[tokio::test]
async fn r17_an_event_that_is_put_off_takes_its_mails_along(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 4).await;
    let [starts_at, ends_at] = A_WEEK_LATER;
    app.patch(&event.at(""), json!({"starts_at": starts_at, "ends_at": ends_at})).await.ok(200);
    app.live_until(DAY_BEFORE).await;
    app.live_until("2030-05-14T20:00:00Z").await;
    assert!(app.mails().kind("A1").is_empty(), "the eve is another day now");
    // It would have completed by itself, and nobody would have been there.
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "published");

    app.hold(&event, &guests).await;
    let told = app.mails().kind("A1");
    assert_eq!(told.len(), 4, "{:?}", told.outline());
    assert!(told.0.iter().all(|mail| sent_at(mail) == when("2030-05-15T08:00:00Z")));
    app.live_until("2030-05-17T07:59:00Z").await;
    assert!(app.mails().kind("F1").is_empty(), "it is too early");
    app.live_until("2030-05-17T08:00:00Z").await;
    assert_eq!(app.mails().kind("F1").len(), 4);
    let me = app.signed_in(&event, &guests[0]).await;
    let due: Vec<DateTime<Utc>> = [due_at(&prompt_of(&me, "F2").await), due_at(&prompt_of(&me, "F6").await)].into();
    assert_eq!(due, ["2030-05-24T08:00:00Z", "2030-08-14T08:00:00Z"].map(when));
}

/// Noon in New York is six in the evening in Rome, so its hours stay what they are; ten in the morning does not.
#[rstest]
#[tokio::test]
async fn r17_an_event_s_new_zone_is_the_one_its_mails_go_by(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 3).await;
    guests.push(app.add(&event, &filled(person("Zoe Faraway"), json!({"timezone": "Europe/Rome"}))).await);
    app.planned(&event).await;
    app.patch(&event.at(""), json!({"timezone": "America/New_York"})).await.ok(200);
    app.live_until("2030-05-08T13:59:00Z").await;
    assert!(app.mails().kind("A1").is_empty(), "it is not ten yet where the event is");
    app.live_until("2030-05-08T14:00:00Z").await;
    assert_eq!(app.mails().kind("A1").len(), 4);
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests).await;
    app.clock_to(ENDS).await;
    app.post(&event.at("/complete"), json!({})).await.done();

    app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(app.mails().kind("F1").only().to, guests[3].email, "who said where they live is written to by their own clock");
    app.live_until("2030-05-10T13:59:00Z").await;
    assert_eq!(app.mails().kind("F1").len(), 1);
    app.live_until("2030-05-10T14:00:00Z").await;
    assert_eq!(app.mails().kind("F1").len(), 4);
    assert_eq!(app.mails().kind("A1").len(), 4, "how we meet is told once");
}

/// What has taken place took place then and there: nothing that was planned after it moves.
#[rstest]
#[tokio::test]
async fn r17_an_event_that_is_over_keeps_its_time_and_zone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let [starts_at, ends_at] = A_WEEK_LATER;
    for change in [json!({"starts_at": starts_at, "ends_at": ends_at}), json!({"timezone": "America/New_York"})] {
        app.patch(&event.at(""), change).await.fails(409, "wrong_state");
    }
    app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(app.mails().kind("F1").len(), 4);
    let me = app.signed_in(&event, &guests[0]).await;
    assert_eq!(due_at(&prompt_of(&me, "F2").await), when("2030-05-17T08:00:00Z"));
}

/// The mails of this kind, as staff see them.
async fn mailed(app: &TestApp, event: &Event, kind: &str) -> Vec<Value> {
    let messages = app.all(&event.at("/messages?limit=100")).await;
    messages.into_iter().filter(|one| one["kind"] == kind).collect()
}

/// Those of them that have not come to their end.
async fn open(app: &TestApp, event: &Event, kind: &str) -> Vec<Value> {
    let ended = |one: &Value| ["sent", "held", "suppressed"].iter().any(|state| one["state"] == *state);
    mailed(app, event, kind).await.into_iter().filter(|one| !ended(one)).collect()
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
    app.run_due_until_none(async || open(&app, &event, "A1").await).await;
    let told = mailed(&app, &event, "A1").await;
    assert_eq!(told.len(), 6);
    if hours_away > 48 {
        assert!(told.iter().all(|one| one["state"] == "held" && one["reason"] == "too_late"), "{told:?}");
        assert!(relay.mails().kind("A1").is_empty());
    } else {
        assert!(told.iter().all(|one| one["state"] == "sent"), "{told:?}");
        assert_eq!(relay.mails().kind("A1").len(), 6);
    }
}

/// F1 waited for the relay until the day of F2. The week between two mails begins when the first has left, and not when it was due.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_34_what_waited_for_the_relay_makes_the_next_wait(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay).env("CONVIVIO_LEASE_SECONDS", "3"), database).await;
    let (event, _, _) = app.held_evening("may", 4).await;
    relay.go_down();
    app.live_until(FIRST_WORKING_DAY).await;
    app.live_until("2030-05-17T08:00:00Z").await;
    assert!(relay.mails().kind("F1").is_empty());
    relay.come_back();
    app.run_due_until_none(async || open(&app, &event, "F1").await).await;
    assert_eq!(relay.mails().kind("F1").len(), 4);
    // Until the last moment of the week.
    for now in ["2030-05-17T15:00:00Z", "2030-05-23T15:59:00Z"] {
        app.live_until(now).await;
        assert!(relay.mails().kind("F2").is_empty(), "two mails in a week, at {now}");
    }
    app.live_until("2030-05-24T08:00:00Z").await;
    assert_eq!(relay.mails().kind("F2").len(), 4);
}

/// The last word is on its way while the relay is away. Who comes back meanwhile does not get it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_34_no_last_word_reaches_who_has_come_back(
    #[values(true, false)] comes_back: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay).env("CONVIVIO_LEASE_SECONDS", "3"), database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    // Nobody is kept, and so F2 asks once more and the next is the last word.
    for now in [FIRST_WORKING_DAY, "2030-05-17T08:00:00Z"] {
        app.live_until(now).await;
    }
    let token = relay.mails().to(&guests[0].email).kind("F2").only().token("in");
    relay.go_down();
    // Ten days are twenty, after two without an answer.
    for now in ["2030-05-27T08:00:00Z", "2030-06-06T08:00:00Z", "2030-06-07T08:00:00Z"] {
        app.live_until(now).await;
    }
    assert_eq!(mailed(&app, &event, "stop").await.len(), 4, "the last words are on their way");
    if comes_back {
        app.me(&token).post("/contacts", json!({"name": "Pina Sala"})).await.ok(201);
    }
    relay.come_back();
    app.run_due_until_none(async || open(&app, &event, "stop").await).await;
    assert_eq!(relay.mails().to(&guests[0].email).kind("stop").is_empty(), comes_back);
    assert_eq!(relay.mails().kind("stop").len(), if comes_back { 3 } else { 4 });
    // That they came back is theirs.
    let told = app.all(&event.at("/prompts?limit=100")).await;
    let told: Vec<&Value> = told.iter().filter(|one| one["step"] == "stop").collect();
    assert!(told.iter().all(|one| one["state"] == "sent") && told.len() == if comes_back { 3 } else { 4 }, "{told:?}");
}
