//! Events that are no evening at tables: a workshop in one room, and coffee for two.

use crate::support::*;

/// Everybody comes, and the event ends.
async fn hold(app: &TestApp, event: &Event, guests: &[Guest]) {
    // What was promised leaves before its time is over.
    app.run_due().await;
    app.clock_to(STARTS).await;
    app.check_in_all(event, guests).await;
    app.clock_to(ENDS).await;
    app.run_due().await;
    app.post(&event.at("/complete"), json!({})).await.done();
    app.live_until(FIRST_WORKING_DAY).await;
}

#[rstest]
#[tokio::test]
async fn sr_14_a_workshop_has_no_tables_and_the_same_follow_up(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("course", json!({"kind": "workshop"})).await;
    app.post(&event.at("/publish"), json!({})).await.done();
    let guests = app.add_many(&event, 5).await;
    hold(&app, &event, &guests[..4]).await;
    for guest in &guests[..4] {
        let mail = app.mail_about(&event, &guest.email, "F1").await;
        let others = guests[..4].iter().filter(|other| other.code != guest.code);
        assert!(others.clone().count() == 3 && others.clone().any(|other| mail.text.contains(first_name(&other.name))), "{}", mail.text);
        assert!(mail.mentions(", you were at “") && !mail.mentions("shared a table"), "nobody sat at one: {}", mail.text);
        let me = app.signed_in(&event, guest).await;
        let met = me.all("/encounters").await;
        assert_eq!(met.len(), 3, "everybody who was there, and nobody else: {met:?}");
        assert!(met.iter().all(|one| one["rounds"] == json!([])), "at no table: {met:?}");
    }
}

#[rstest]
#[tokio::test]
async fn sr_10_who_blocked_each_other_have_not_met_in_one_room(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("course", json!({"kind": "workshop"})).await;
    app.post(&event.at("/publish"), json!({})).await.done();
    let guests = app.add_many(&event, 4).await;
    let (ada, bruno) = (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await);
    ada.post("/blocks", json!({"code": guests[1].code})).await.ok(201);
    hold(&app, &event, &guests).await;
    // It is not that they are only left out: no plan would have seated them together either.
    ada.delete("/blocks").json(&json!({"code": guests[1].code})).await.ok(204);
    for (one, other) in [(&ada, &guests[1]), (&bruno, &guests[0])] {
        let met = json!(one.all("/encounters").await);
        let codes = each(&met, "code");
        assert!(codes.len() == 2 && !codes.contains(&other.code.as_str()), "{met}");
    }
}

#[rstest]
#[tokio::test]
async fn sr_27_coffee_is_for_two_and_an_odd_number_makes_a_trio(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("coffee", json!({"kind": "coffee"})).await;
    assert_eq!(app.get(&event.at("/tables")).await.ok(200), json!({"min": 2, "max": 3}));
    app.post(&event.at("/publish"), json!({})).await.done();
    let guests = app.add_many(&event, 7).await;
    let plan = app.planned(&event).await;
    let mut sizes: Vec<usize> = seats(&plan)[0].iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!((seats(&plan).len(), sizes), (1, vec![2, 2, 3]));
    hold(&app, &event, &guests).await;
    for guest in &guests {
        let mail = app.mail_about(&event, &guest.email, "F1").await;
        let mate = tablemates(&plan, guest, &guests)[0];
        assert!(mail.text.contains(first_name(&mate.name)), "{}", mail.text);
    }
}

fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}
