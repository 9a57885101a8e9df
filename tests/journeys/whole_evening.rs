//! One evening from the form to the first mail after it, told once in full.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn from_the_form_to_a_person_to_keep(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 8})).await;

    // Eight people write themselves in and confirm; the ninth waits.
    let mut guests = Vec::new();
    for n in 0..8 {
        guests.push(app.register_confirmed(&event, &nth_person(n)).await);
    }
    assert_eq!(app.register_and_confirm(&event, &nth_person(8)).await["state"], "waitlisted");

    // The organizer has them seated and publishes the plan; the day before, all are told how it goes.
    let plan = app.planned(&event).await;
    app.live_until(DAY_BEFORE).await;
    assert_eq!(app.mails().kind("A1").len(), 8);

    // The evening: all come but the last, two rounds are played.
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests[..7]).await;
    for round in ["1", "2"] {
        app.post(&event.at(&format!("/rounds/{round}/start")), json!({})).await.done();
        app.clock_advance(30 * 60).await;
        app.post(&event.at(&format!("/rounds/{round}/finish")), json!({})).await.done();
        app.clock_advance(10 * 60).await;
    }
    app.clock_to(ENDS).await;
    app.post(&event.at("/complete"), json!({})).await.done();

    // The next morning each of the seven reads about the people of their tables.
    app.live_until(FIRST_WORKING_DAY).await;
    let present = &guests[..7];
    for guest in present {
        let mails = app.mails().to(&guest.email).kind("F1");
        assert!(tablemates(&plan, guest, present).iter().any(|mate| mails.only().mentions(&mate.name)));
    }
    assert!(app.mails().to(&guests[7].email).kind("F1").is_empty());

    // One of them keeps somebody, from the link in the mail.
    let reader = &guests[0];
    let me = app.me(&app.mails().to(&reader.email).kind("F1").only().token("in"));
    let prompt = prompt_of(&me, "F1").await;
    let mate = &tablemates(&plan, reader, present)[0].code;
    act(&me, &prompt, json!({"choice": "done", "keep": [mate]})).await.done();
    let kept: Vec<_> = me.all("/encounters").await.into_iter().filter(|one| one["connection"] == "suggested").collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["code"], mate.as_str());
}
