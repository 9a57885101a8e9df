//! Many people at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::support::*;

/// 200 people who registered and hold the link of their mail.
pub async fn two_hundred_links(app: &TestApp, event: &Event) -> Vec<String> {
    let people: Vec<_> = (0..200).map(nth_person).collect();
    a_few_at_a_time(people.iter().map(|person| async {
        patiently(|| app.register(event, person)).await.ok(202);
    }))
    .await;
    let links = || {
        let mails = app.mails().kind("confirm");
        (mails.len() >= 200).then(|| mails.0.iter().map(|mail| mail.token("confirm")).collect())
    };
    eventually("two hundred mails with a link", links).await
}

/// Every link is followed at the same moment, by turns at each of these instances; counts the answers by state.
async fn confirm_all_at_once(apps: &[&TestApp], links: &[String]) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for answer in join_all(links.iter().zip(apps.iter().cycle()).map(|(link, app)| app.confirm(link).attempt())).await {
        let answer = answer.expect("everybody gets an answer");
        let state = answer.ok(200)["state"].as_str().unwrap_or_default().to_owned();
        *states.entry(state).or_default() += 1;
    }
    states
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r1_two_hundred_confirm_at_once_for_fifty_seats(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let links = two_hundred_links(&app, &event).await;
    let states = confirm_all_at_once(&[&app], &links).await;
    fifty_sit_and_the_rest_wait(&app, &event, states).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_two_processes_give_the_seats_of_one_event() {
    let app = TestApp::start(Postgres).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let links = two_hundred_links(&app, &event).await;
    let other = app.another_instance(Setup::default()).await;
    let states = confirm_all_at_once(&[&app, &other], &links).await;
    fifty_sit_and_the_rest_wait(&app, &event, states).await;
}

async fn fifty_sit_and_the_rest_wait(app: &TestApp, event: &Event, states: BTreeMap<String, usize>) {
    assert_eq!(states, BTreeMap::from([("confirmed".to_owned(), 50), ("waitlisted".to_owned(), 150)]));
    let waiting = app.all(&event.at("/registrations?state=waitlisted&limit=100")).await;
    let mut positions: Vec<_> = waiting.iter().map(|one| one["position"].as_u64().unwrap()).collect();
    positions.sort();
    assert_eq!(positions, (1..=150).collect::<Vec<_>>());
    let seats = &app.get(&event.at("")).await.ok(200)["seats"];
    assert_eq!((&seats["taken"], &seats["left"]), (&json!(50), &json!(0)));
}

/// The control of the test above: without the guard the same crowd takes too many seats.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r1_control_without_the_guard_the_event_is_oversold(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "seat_guard_off"), database).await;
    let event = app.event_with("may", json!({"capacity": 50})).await;
    let links = two_hundred_links(&app, &event).await;
    let states = confirm_all_at_once(&[&app], &links).await;
    assert!(states["confirmed"] > 50, "the crowd was no crowd: {states:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r2_the_same_address_fifty_times_at_once_is_one_person(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    assert_eq!(fifty_forms_of_one_address(&app, &event).await, 1);

    let first = app.mail(SPELLINGS[0], "confirm").await;
    app.confirm(&first.token("confirm")).await.ok(200);
    app.mail(SPELLINGS[0], "confirmed").await;
    // What was written after the first mail would be here by now.
    assert_eq!(app.mails().to(SPELLINGS[0]).kind("confirm").len(), 1);
}

/// The control of the test above: where the database keeps neither addresses nor registrations apart, the same forms are many people.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r2_control_without_the_unique_keys_one_address_is_many_people(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.change_database("DROP INDEX people_organizer_id_email_normal; DROP INDEX registrations_event_id_person_id").await;
    assert!(fifty_forms_of_one_address(&app, &event).await > 1, "something else keeps them apart");
}

const SPELLINGS: [&str; 4] = ["ada.arena@example.org", "Ada.Arena@Example.org", "  ada.arena@EXAMPLE.ORG ", "ADA.ARENA@example.org"];

/// How many registrations came of them.
async fn fifty_forms_of_one_address(app: &TestApp, event: &Event) -> usize {
    let forms: Vec<_> = (0..50).map(|n| filled(person("Ada Arena"), json!({"email": SPELLINGS[n % SPELLINGS.len()]}))).collect();
    for answer in join_all(forms.iter().map(|form| app.register(event, form).attempt())).await {
        assert_eq!(answer.expect("everybody gets an answer").ok(202), json!({"state": "pending_email"}));
    }
    app.all(&event.at("/registrations")).await.len()
}

/// Time passes while the forms come in, so that mails of different moments would be different mails.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_address_twenty_times_at_once_gets_one_mail(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let people: Vec<_> = (0..8).map(nth_person).collect();
    for form in &people {
        app.register(&event, form).await.ok(202);
        app.mail(email_of(form), "confirm").await;
    }
    app.clock_advance(48 * 3600 + 60).await;
    app.run_due().await;
    assert_eq!(app.all(&event.at("/registrations?state=cancelled")).await.len(), people.len());
    for form in &people {
        let crowd = join_all((0..20).map(|_| async {
            let (answer, ()) = futures_util::future::join(app.register(&event, form).attempt(), app.clock_advance(1)).await;
            answer.expect("everybody gets an answer").ok(202);
        }));
        crowd.await;
        app.run_due().await;
        assert_eq!(app.mails().to(email_of(form)).kind("confirm").len(), 2, "one of before, one of now");
    }
}

/// Everybody of the event by the state they ended in.
async fn by_state(app: &TestApp, event: &Event) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for one in app.all(&event.at("/registrations?limit=100")).await {
        *states.entry(one["state"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    states
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_confirms_while_the_event_is_completed_is_seated_before_or_not_at_all(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.clock_to(STARTS).await;
    for slug in ["one", "two", "three"] {
        let event = app.event(slug).await;
        let people: Vec<_> = (0..30).map(nth_person).collect();
        a_few_at_a_time(people.iter().map(|person| async { app.register(&event, person).await.ok(202) })).await;
        let links = || {
            let mails = app.mails().kind("confirm").about(slug);
            (mails.len() >= 30).then(|| mails.0.iter().map(|mail| mail.token("confirm")).collect::<Vec<_>>())
        };
        let links = eventually("thirty mails with a link", links).await;
        let late: Vec<_> = (30..40).map(nth_person).collect();
        let mut requests: Vec<_> = links.iter().map(|link| app.confirm(link)).collect();
        requests.extend(late.iter().map(|person| app.register(&event, person)));
        requests.insert(10, app.post(&event.at("/complete"), json!({})));
        let answers = join_all(requests.into_iter().map(|request| request.attempt())).await;
        let mut seated = 0;
        for (i, answer) in answers.into_iter().enumerate() {
            let answer = answer.expect("everybody gets an answer");
            match answer.status {
                409 => drop(answer.fails(409, "event_not_open")),
                _ => seated += usize::from(answer.done()["state"] == "confirmed" && i != 10),
            }
        }
        let states = by_state(&app, &event).await;
        assert_eq!(states.get("no_show").copied().unwrap_or(0), seated, "{states:?}");
        let ended = ["no_show", "cancelled"];
        assert!(states.keys().all(|state| ended.contains(&state.as_str())), "somebody is left behind: {states:?}");
        assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], seated);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_checks_in_while_the_event_is_completed_is_followed_up_or_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.clock_to(STARTS).await;
    for slug in ["one", "two", "three"] {
        let event = app.event(slug).await;
        let guests = app.add_many(&event, 30).await;
        let mut requests: Vec<_> = guests.iter().map(|guest| app.check_in(&event, &guest.code)).collect();
        requests.insert(10, app.post(&event.at("/complete"), json!({})));
        let answers = join_all(requests.into_iter().map(|request| request.attempt())).await;
        let mut present = 0;
        for answer in answers {
            let answer = answer.expect("everybody gets an answer");
            match answer.status {
                201 => present += 1,
                409 => drop(answer.fails(409, "checkin_closed")),
                _ => drop(answer.ok(200)),
            }
        }
        let states = by_state(&app, &event).await;
        assert_eq!(states.get("attended").copied().unwrap_or(0), present, "{states:?}");
        assert_eq!(states.get("no_show").copied().unwrap_or(0), 30 - present, "{states:?}");
        // Who did not come has a word of their own.
        let prompts = app.all(&event.at("/prompts?limit=100")).await;
        let about_the_evening = prompts.iter().filter(|prompt| prompt["step"] == "F1").count();
        assert_eq!(about_the_evening, present, "everybody who was there is followed up");
    }
}
