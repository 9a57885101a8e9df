//! Rounds and tables, and the quiet while a round is live.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn rounds_and_tables_are_read_back_as_they_were_put(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("may", json!({})).await;
    let rounds = json!({"rounds": [{"minutes": 30, "break_minutes": 10}, {"minutes": 25, "break_minutes": 0}]});
    app.put(&event.at("/rounds"), rounds).await.done();
    let shown = app.get(&event.at("/rounds")).await.ok(200);
    let minutes: Vec<_> = shown["rounds"].as_array().unwrap().iter().map(|one| one["minutes"].as_i64()).collect();
    assert_eq!(minutes, [Some(30), Some(25)]);

    let tables = json!({"tables": [
        {"label": "Window", "min": 3, "max": 5, "accessible": true},
        {"label": "Hearth", "min": 3, "max": 4, "language": "it"},
    ]});
    app.put(&event.at("/tables"), tables).await.done();
    let shown = app.get(&event.at("/tables")).await.ok(200);
    assert_eq!(each(&shown["tables"], "label"), ["Window", "Hearth"]);
    assert_eq!(shown["tables"][1]["max"], 4);
}

#[rstest]
#[tokio::test]
async fn a_table_whose_minimum_exceeds_its_maximum_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("may", json!({})).await;
    app.put(&event.at("/tables"), json!({"min": 6, "max": 4})).await.fails(422, "validation_failed");
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": -5, "break_minutes": 0}]}))
        .await
        .fails(422, "validation_failed")
        .error_at("/rounds/0/minutes");
}

#[rstest]
#[tokio::test]
async fn a_round_needs_a_published_plan_and_is_live_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 6).await;
    app.clock_to(STARTS).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.fails(409, "no_published_plan");

    app.planned(&event).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();
    app.post(&event.at("/rounds/2/start"), json!({})).await.fails(409, "round_live");
    app.post(&event.at("/rounds/1/finish"), json!({})).await.done();
    app.post(&event.at("/rounds/2/start"), json!({})).await.done();
    app.post(&event.at("/rounds/3/start"), json!({})).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn sr_20_while_a_round_is_live_nobody_is_moved(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 7).await;
    app.planned(&event).await;
    let another = app.plan_with(&event, json!({"seed": 8})).await;
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests[..6]).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();

    app.publish_plan(&event, &another).await.fails(409, "round_live");
    // Late is no problem: the seat waits until the next round.
    app.check_in(&event, &guests[6].code).await.ok(201);

    app.post(&event.at("/rounds/1/finish"), json!({})).await.done();
    app.publish_plan(&event, &another).await.done();
}

#[rstest]
#[tokio::test]
async fn sr_20_no_mail_reaches_the_seated_during_a_round(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (today, tomorrow, _) = app.seated_while_tomorrow_writes().await;
    let elsewhere = app.add(&tomorrow, &person("Zoe Elsewhere")).await;

    app.live_until("2030-05-09T08:05:00Z").await;
    let told = || app.mails().kind("A1").about("tomorrow");
    assert_eq!(told().outline(), [format!("A1 to {}", elsewhere.email)]);

    app.post(&today.at("/rounds/1/finish"), json!({})).await.done();
    app.run_due().await;
    assert_eq!(told().len(), 5);
}

/// Another event has something to say to those who sit: an offer, a place in line that staff gave. What they ask for themselves comes at once.
#[rstest]
#[tokio::test]
async fn sr_20_an_offer_waits_for_the_end_of_the_round_and_what_was_asked_for_does_not(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let tonight = app.event("may").await;
    let later = json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS, "capacity": 1});
    let (full, open) =
        (app.event_with("june", later.clone()).await, app.event_with("open", filled(later, json!({"capacity": null}))).await);
    let guests = app.add_many(&tonight, 4).await;
    app.planned(&tonight).await;
    let holder = app.add(&full, &person("Zoe Elsewhere")).await;
    app.add(&full, &nth_person(0)).await;
    app.run_due().await;
    app.live_until(STARTS).await;
    app.check_in_all(&tonight, &guests).await;
    app.post(&tonight.at("/rounds/1/start"), json!({})).await.done();

    let seated = &guests[0];
    app.post(&full.at(&format!("/registrations/{}/cancel", holder.code)), json!({})).await.done();
    app.add(&full, &nth_person(1)).await;
    app.add(&open, &nth_person(2)).await;
    app.run_due().await;
    let from_elsewhere = || app.mails().only_those(|mail| mail.event.as_deref() != Some("may") && mail.to != holder.email);
    assert_eq!(from_elsewhere().outline(), [format!("waitlisted to {}", seated.email)], "and that was before the round");
    app.mails().to(&holder.email).kind("cancelled").only();

    app.register_and_confirm(&open, &nth_person(0)).await;
    app.mail_about(&open, &seated.email, "confirmed").await;
    app.public().post("/login", json!({"email": seated.email})).await.ok(202);
    app.mail(&seated.email, "login").await;

    app.post(&tonight.at("/rounds/1/finish"), json!({})).await.done();
    app.run_due().await;
    app.mails().to(&seated.email).kind("offered").about("june").only();
    app.mails().to(&guests[1].email).kind("waitlisted").about("june").only();
    app.mails().to(&guests[2].email).kind("confirmed").about("open").only();
}

#[rstest]
#[tokio::test]
async fn a_forgotten_round_ends_by_itself(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 6).await;
    app.planned(&event).await;
    app.clock_to(STARTS).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();
    // Thirty minutes, and a quarter of an hour of grace.
    app.clock_advance(44 * 60).await;
    app.run_due().await;
    app.post(&event.at("/rounds/2/start"), json!({})).await.fails(409, "round_live");
    app.clock_advance(2 * 60).await;
    app.run_due().await;
    app.post(&event.at("/rounds/2/start"), json!({})).await.done();
}
