//! An event that is called off.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn an_event_that_is_called_off_tells_everybody_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 2})).await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let chiara = app.add(&event, &person("Chiara Conti")).await;
    let dario = app.add(&event, &person("Dario Donati")).await;
    app.register(&event, &person("Pia Pending")).await.ok(202);
    let link = app.mail_about(&event, "pia.pending@example.org", "confirm").await.token("confirm");
    app.post(&event.at(&format!("/registrations/{}/cancel", bruno.code)), json!({})).await.ok(200);
    let offer = app.mail_about(&event, &chiara.email, "offered").await.token("confirm");
    app.run_due().await;
    let me = app.signed_in(&event, &ada).await;

    app.as_role("checkin").await.post(&event.at("/cancel"), json!({})).await.fails(403, "forbidden");
    let cancelled = app.post(&event.at("/cancel"), json!({})).await;
    assert!(cancelled.header("etag").is_some());
    let cancelled = cancelled.ok(200);
    assert_eq!((&cancelled["state"], &cancelled["phase"]), (&json!("cancelled"), &json!("closed")));
    assert_eq!(cancelled["seats"], json!({"taken": 0, "left": 2, "waitlisted": 0}));
    for verb in ["cancel", "publish", "complete"] {
        app.post(&event.at(&format!("/{verb}")), json!({})).await.fails(409, "wrong_state");
    }
    app.patch(&event.at(""), json!({"capacity": 5})).await.fails(409, "wrong_state");
    let states: Vec<_> = app.all(&event.at("/registrations")).await.iter().map(|one| one["state"].clone()).collect();
    assert!(states.iter().all(|state| state == "cancelled"), "{states:?}");

    app.run_due().await;
    let told = app.mails().kind("cancelled").only_those(|mail| {
        mail.subject.contains("called off") || mail.subject.contains("Called off") || mail.subject.contains("Annullato")
    });
    let mut readers: Vec<_> = told.0.iter().map(|mail| mail.to.clone()).collect();
    readers.sort();
    assert_eq!(readers, [&ada.email, &chiara.email, &dario.email].map(String::clone), "{:?}", app.mails().outline());
    let calendar = told.to(&ada.email).only().calendar.clone().expect("it leaves the calendar");
    assert!(calendar.contains("METHOD:CANCEL") && calendar.contains("STATUS:CANCELLED"));
    assert!(told.to(&ada.email).only().find_link("e").is_none(), "there is nothing to register for");
    assert_eq!(told.to(&dario.email).only().calendar, None);

    // Nothing is left to answer, and nothing follows.
    app.confirm(&link).await.fails(409, "event_not_open");
    app.confirm(&offer).await.fails(409, "event_not_open");
    app.register(&event, &person("Elena Esposito")).await.fails(409, "event_not_open");
    me.post(&format!("/registrations/{}/cancel", ada.code), json!({})).await.fails(409, "wrong_state");
    let before = app.mails().len();
    app.live_until("2030-06-20T12:00:00Z").await;
    assert_eq!(app.mails().len(), before, "{:?}", app.mails().outline());
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "cancelled");
}

#[rstest]
#[tokio::test]
async fn a_draft_that_is_called_off_was_never_known(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let draft = app.draft_with("may", json!({})).await;
    let public = async |slug: &str| app.public().get(&format!("/events/tavola/{slug}")).await;
    assert_eq!(app.post(&draft.at("/cancel"), json!({})).await.ok(200)["state"], "cancelled");
    public("may").await.fails(404, "not_found");
    assert_eq!(app.visitor().get("/e/tavola/may").await.status, 404);
    let known = app.event("june").await;
    app.post(&known.at("/cancel"), json!({})).await.ok(200);
    assert_eq!(public("june").await.ok(200)["state"], "cancelled");
}

#[rstest]
#[tokio::test]
async fn mail_on_its_way_is_called_off_with_the_event(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add(&event, &person("Ada Arena")).await;
    app.run_due().await;
    // Due the day before, and the event is called off before anybody works what is due.
    app.clock_to(DAY_BEFORE).await;
    app.post(&event.at("/cancel"), json!({})).await.ok(200);
    app.run_due().await;
    assert!(app.mails().kind("A1").is_empty());
    assert_eq!(app.mails().kind("cancelled").len(), 1);
}
