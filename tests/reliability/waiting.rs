//! Many people at once around a full event.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};

use super::crowds::two_hundred_links;
use crate::support::*;

/// Fifty with a seat, and a hundred and fifty in line in the order of their places.
async fn crowded_event(app: &TestApp) -> (Event, Vec<String>, Vec<Value>) {
    let event = app.event_with("may", json!({"capacity": 50})).await;
    app.add_many(&event, 200).await;
    let seated = app.all(&event.at("/registrations?state=confirmed&limit=100")).await;
    let seated: Vec<_> = seated.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    let line = app.all(&event.at("/registrations?state=waitlisted&limit=100")).await;
    assert_eq!((seated.len(), line.len()), (50, 150));
    (event, seated, line)
}

/// All these are cancelled at the same moment; the most seats that were ever seen taken.
async fn cancel_all_at_once(app: &TestApp, event: &Event, codes: &[String]) -> u64 {
    let cancelling = join_all(codes.iter().map(|code| app.post(&event.at(&format!("/registrations/{code}/cancel")), json!({})).attempt()));
    let looking = join_all((0..30).map(|_| async { app.get(&event.at("")).await.ok(200)["seats"]["taken"].as_u64().unwrap() }));
    let (answers, seen) = join(cancelling, looking).await;
    for answer in answers {
        assert_eq!(answer.expect("everybody gets an answer").ok(200)["state"], "cancelled");
    }
    app.run_due().await;
    seen.into_iter().max().unwrap_or(0)
}

async fn codes_in(app: &TestApp, event: &Event, state: &str) -> BTreeSet<String> {
    let all = app.all(&event.at(&format!("/registrations?state={state}&limit=100"))).await;
    all.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

fn first_of(line: &[Value], many: usize) -> BTreeSet<String> {
    line[..many].iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r3_thirty_freed_seats_go_to_the_first_thirty_in_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, seated, line) = crowded_event(&app).await;
    let most = cancel_all_at_once(&app, &event, &seated[..30]).await;
    assert!(most <= 50, "{most} seats were taken");
    assert_eq!(codes_in(&app, &event, "offered").await, first_of(&line, 30));
    for one in &line[..30] {
        assert_eq!(app.mails().to(one["email"].as_str().unwrap()).kind("offered").len(), 1);
    }
    assert_eq!(app.mails().kind("offered").len(), 30);
    let seats = app.get(&event.at("")).await.ok(200)["seats"].clone();
    assert_eq!(seats, json!({"taken": 50, "left": 0, "waitlisted": 120}));
    let waiting = app.all(&event.at("/registrations?state=waitlisted&limit=100")).await;
    let places: Vec<_> = waiting.iter().map(|one| (one["code"].clone(), one["position"].as_u64().unwrap())).collect();
    let expected: Vec<_> = line[30..].iter().map(|one| one["code"].clone()).zip(1..).collect();
    assert_eq!(places, expected, "the others move up, in their order");
}

/// The control of the test above: with the offer in a transaction of its own, some seats go to nobody, or one person gets several.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r3_control_offers_made_apart_go_astray(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "offers_apart"), database).await;
    let (event, seated, line) = crowded_event(&app).await;
    cancel_all_at_once(&app, &event, &seated[..30]).await;
    assert_ne!(codes_in(&app, &event, "offered").await, first_of(&line, 30), "the crowd was no crowd");
}

/// Two hundred confirm for fifty seats while those become forty and then sixty: the codes by the state that was answered.
async fn confirm_while_seats_change(app: &TestApp, event: &Event) -> BTreeMap<String, BTreeSet<String>> {
    let links = two_hundred_links(app, event).await;
    let confirming = join_all(links.iter().map(|link| app.confirm(link).attempt()));
    let changing = async {
        for capacity in [40, 60] {
            app.patch(&event.at(""), json!({"capacity": capacity})).await.ok(200);
        }
    };
    let (answers, ()) = join(confirming, changing).await;
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for answer in answers {
        let answer = answer.expect("everybody gets an answer").ok(200);
        let [state, code] = ["state", "code"].map(|field| answer[field].as_str().unwrap().to_owned());
        told.entry(state).or_default().insert(code);
    }
    told
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r4_seats_may_change_while_people_confirm(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let told = confirm_while_seats_change(&app, &event).await;
    let confirmed = codes_in(&app, &event, "confirmed").await;
    assert_eq!(told["confirmed"], confirmed, "who was told of a seat has it");
    let offered = codes_in(&app, &event, "offered").await;
    assert_eq!(confirmed.len() + offered.len(), 60, "never over the larger figure, and none is left over");
    let seats = app.get(&event.at("")).await.ok(200)["seats"].clone();
    assert_eq!(seats, json!({"taken": 60, "left": 0, "waitlisted": 140}));
    let waiting = app.all(&event.at("/registrations?state=waitlisted&limit=100")).await;
    let places: Vec<_> = waiting.iter().map(|one| one["position"].as_u64().unwrap()).collect();
    assert_eq!(places, (1..=140).collect::<Vec<_>>());
}

/// The control of the test above: decided by what was read before, seats are given that are not there.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r4_control_without_the_guard_more_come_than_the_larger_figure(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "seat_guard_off"), database).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let told = confirm_while_seats_change(&app, &event).await;
    assert!(told["confirmed"].len() > 60, "the crowd was no crowd: {}", told["confirmed"].len());
}
