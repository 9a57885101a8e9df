//! A profile that is asked about before each event, and follows its owner to the tables.

use crate::support::*;

/// Two months after `MONDAY`, a Thursday.
const LATER: &str = "2030-07-11T16:00:00Z";
const LATER_ENDS: &str = "2030-07-11T19:00:00Z";
/// A week before, at 10:00 in Rome.
const WEEK_BEFORE: &str = "2030-07-04T08:00:00Z";

async fn event_in_july(app: &TestApp, slug: &str) -> Event {
    app.event_with(slug, json!({"starts_at": LATER, "ends_at": LATER_ENDS})).await
}

fn ada() -> Value {
    filled(
        person("Ada Arena"),
        json!({"needs": [{"text": "a printer of books"}], "intention": "one good conversation", "offers": ["paper"]}),
    )
}

#[rstest]
#[tokio::test]
async fn sr_09_an_old_profile_is_asked_about_once_before_an_event(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = event_in_july(&app, "july").await;
    let ada = app.register_confirmed(&event, &ada()).await;
    // A day before, nothing; and whoever is new by then is asked nothing.
    app.live_until("2030-07-03T08:00:00Z").await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    assert_eq!(app.mails().kind("A0").len(), 0);
    app.live_until(WEEK_BEFORE).await;
    app.live_until("2030-07-06T08:00:00Z").await;

    let mail = app.mails().kind("A0").only().clone();
    assert!(!app.mails().to(&ada.email).kind("A0").is_empty());
    assert!(app.mails().to(&bruno.email).kind("A0").0.is_empty());
    for said in ["Is this still you?", "Climbing", "a printer of books", "one good conversation"] {
        assert!(mail.text.to_lowercase().contains(&said.to_lowercase()) || mail.subject.contains(said), "no {said}: {}", mail.text);
    }
    let me = app.me(&mail.token("in"));
    let before = me.get("/profile").await.ok(200);
    // Looking changes nothing; the button does.
    let page = mail.link("profile");
    assert!(app.visitor().get(&page).await.ok_page().contains("a printer of books"));
    assert_eq!(me.get("/profile").await.ok(200), before);
    assert!(app.visitor().submit(&page, &[("choice", "current")]).await.ok_page().contains("Thank you"));
    let after = me.get("/profile").await.ok(200);
    assert_eq!(when(after["updated_at"].as_str().unwrap()), app.now().await);
    assert_eq!(filled(after.clone(), json!({"updated_at": null})), filled(before, json!({"updated_at": null})));
}

#[rstest]
#[tokio::test]
async fn sr_09_an_event_that_is_published_late_asks_at_once_or_not_at_all(
    #[values(("2030-07-07T12:00:00Z", 1), ("2030-07-10T08:00:00Z", 0))] published: (&str, usize),
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("july", json!({"starts_at": LATER, "ends_at": LATER_ENDS})).await;
    let ada = app.add(&event, &ada()).await;
    let (at, asked) = published;
    // What the registration itself sends is not what waits here.
    app.run_due().await;
    app.live_until(at).await;
    app.post(&event.at("/publish"), json!({})).await.done();
    // By ten the day before, how we meet is what is told.
    for _ in 0..2 {
        app.run_due().await;
        assert_eq!(app.mails().to(&ada.email).kind("A0").len(), asked);
        assert_eq!(app.mails().to(&ada.email).kind("A1").len(), 1 - asked);
    }
    assert!(app.all(&event.at("/messages?state=held")).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn sr_09_confirming_resets_the_clock(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = event_in_july(&app, "july").await;
    let guest = app.register_confirmed(&event, &ada()).await;
    let me = app.signed_in(&event, &guest).await;
    app.live_until("2030-06-10T08:00:00Z").await;
    let said = me.post("/profile/confirm_current", json!({})).await.ok(200);
    assert_eq!(when(said["updated_at"].as_str().unwrap()), app.now().await);
    app.live_until("2030-07-08T08:00:00Z").await;
    assert_eq!(app.mails().kind("A0").len(), 0, "24 days are not long ago");
}

#[rstest]
#[tokio::test]
async fn sr_09_what_has_changed_is_what_the_tables_are_made_from(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (past, event) = (app.event("may").await, event_in_july(&app, "july").await);
    let old = app.register_confirmed(&past, &ada()).await;
    let guest = app.register_confirmed(&event, &filled(ada(), json!({"locale": "it"}))).await;
    app.live_until(WEEK_BEFORE).await;
    let mail = app.mails().to(&guest.email).kind("A0").about("july").only().clone();
    assert!(mail.subject.contains("Ti rispecchia ancora?"), "{}", mail.subject);
    let page = mail.link("profile");
    let drawn = app.visitor().get(&page).await.ok_page();
    assert!(drawn.contains("<html lang=\"it\"") && drawn.contains("paper"), "{drawn}");

    let wrong = app.visitor().submit(&page, &[("choice", "save"), ("passion_1", ""), ("needs", "kept as typed")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("kept as typed"));
    let filled_in = [
        ("choice", "save"),
        ("passion_1", "Jazz"),
        ("level_1", "3"),
        ("offers", "a cellar\nwine"),
        ("needs", "a double bass"),
        ("intention", "to hear somebody play"),
        ("working_on", "a record"),
        ("show_name", "on"),
        ("show_needs", "on"),
    ];
    assert!(app.visitor().submit(&page, &filled_in).await.ok_page().contains("Grazie"));
    let now = app.registration(&event, &guest.code).await;
    assert_eq!(now["passions"][0]["level"], 3);
    assert!(now["passions"].to_string().contains("jazz") && !now["passions"].to_string().contains("climbing"), "{now}");
    assert_eq!((&now["offers"], &now["needs"][0]["text"]), (&json!(["a cellar", "wine"]), &json!("a double bass")));
    assert_eq!((&now["intention"], &now["working_on"]), (&json!("to hear somebody play"), &json!("a record")));
    assert_eq!((&now["visibility"]["passions"], &now["visibility"]["needs"]), (&json!("none"), &json!("tablemates")));
    // What was said at an event that is over stays as it was; what may be seen of it follows.
    let then = app.registration(&past, &old.code).await;
    assert!(then["passions"].to_string().contains("climbing"), "{then}");
    assert_eq!(then["visibility"]["passions"], "none");
}

#[rstest]
#[tokio::test]
async fn a_new_language_holds_for_every_mail_still_to_be_written(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    // What waits has no words yet.
    let (today, tomorrow, guests) = app.seated_while_tomorrow_writes().await;
    let [ada, bruno] = [&guests[0], &guests[1]];
    app.live_until("2030-05-09T08:05:00Z").await;
    let about_tomorrow = |guest: &Guest| app.mails().to(&guest.email).kind("A1").about("tomorrow");
    assert!(about_tomorrow(ada).is_empty());

    let me = app.signed_in(&today, ada).await;
    // A form that waits to be confirmed is what its mail shows, and stays so.
    let later = app.event_with("later", json!({"starts_at": LATER, "ends_at": LATER_ENDS})).await;
    app.register(&later, &nth_person(0)).await.ok(202);
    assert_eq!(me.patch("/profile", json!({"locale": "it"})).await.ok(200)["locale"], "it");
    for event in [&today, &tomorrow] {
        let found = app.all(&event.at("/registrations")).await.into_iter().find(|row| row["name"] == ada.name.as_str()).unwrap();
        assert_eq!(found["locale"], "it", "{}", event.slug);
    }
    let waits = app.all(&later.at("/registrations")).await;
    assert_eq!((waits.len(), &waits[0]["locale"]), (1, &json!("en")));

    app.post(&today.at("/rounds/1/finish"), json!({})).await.done();
    app.run_due().await;
    assert!(about_tomorrow(ada).only().subject.starts_with("Domani"), "{}", about_tomorrow(ada).only().subject);
    assert!(about_tomorrow(bruno).only().subject.starts_with("Tomorrow"), "{}", about_tomorrow(bruno).only().subject);
}

#[rstest]
#[tokio::test]
async fn a_new_language_holds_for_a_prompt_that_waits_to_be_written(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.signed_in(&event, &guests[0]).await;
    // As after a restore: prompts are made, and no mail is written before somebody has looked.
    app.change_database("INSERT INTO settings (key, value) VALUES ('sending_held', '\"2030-05-10T07:00:00Z\"')").await;
    app.live_until(FIRST_WORKING_DAY).await;
    let prompt = prompt_of(&me, "F1").await;
    assert_eq!((&prompt["state"], &prompt["subject"]), (&json!("queued"), &json!("Who stayed in your mind?")));

    me.patch("/profile", json!({"locale": "it"})).await.ok(200);
    assert_eq!(prompt_of(&me, "F1").await["subject"], "Chi ti torna in mente?");
    assert!(app.run(&["resume-sending"]).await.succeeded);
    app.run_due().await;
    let first = |guest: &Guest| app.mails().to(&guest.email).kind("F1");
    let mails = first(&guests[0]);
    assert_eq!((mails.only().subject.as_str(), mails.only().text.contains("Ciao")), ("Chi ti torna in mente?", true));
    assert_eq!(first(&guests[1]).only().subject, "Who stayed in your mind?");
}

#[rstest]
#[tokio::test]
async fn a_new_language_holds_for_the_follow_up_of_an_evening_that_is_over(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.signed_in(&event, &guests[0]).await;
    me.patch("/profile", json!({"locale": "it"})).await.ok(200);
    app.live_until(FIRST_WORKING_DAY).await;
    let first = |guest: &Guest| app.mails().to(&guest.email).kind("F1").only().subject.clone();
    assert_eq!(first(&guests[0]), "Chi ti torna in mente?");
    assert_eq!(first(&guests[1]), "Who stayed in your mind?");
    let prompt = prompt_of(&me, "F1").await;
    assert_eq!((&prompt["locale"], &prompt["subject"]), (&json!("it"), &json!("Chi ti torna in mente?")));
}
