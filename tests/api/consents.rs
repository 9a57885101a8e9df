//! What people agree to: by purpose, with the words they read, and never by silence.

use std::time::{Duration, Instant};

use crate::support::server::PATIENCE;
use crate::support::*;

/// Somebody whose place is confirmed, by the link of the mail that says so.
async fn signed_in(app: &TestApp, event: &Event, address: &str) -> Caller {
    app.me(&app.mail_about(event, address, "confirmed").await.token("in"))
}

/// What they send who do not tick the box.
fn silent(name: &str) -> Value {
    filled(person(name), json!({"consents": {"follow_up": false}}))
}

/// Everything they ever said, as they take it along.
async fn history(me: &Caller) -> Vec<Value> {
    let export = me.get("/export").await.ok(200);
    export["consents"].as_array().expect("an export has what was agreed to").clone()
}

/// Of each word the purpose, what was said, and how.
fn outline(history: &[Value]) -> Vec<String> {
    let said = |one: &Value| if one["granted"] == true { "yes" } else { "no" };
    let word = |name: &Value| name.as_str().unwrap_or_default().to_owned();
    history.iter().map(|one| format!("{} {} {}", word(&one["purpose"]), said(one), word(&one["how"]))).collect()
}

#[rstest]
#[tokio::test]
async fn sr_50_each_yes_and_each_no_is_kept_with_the_words_that_were_read(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let registered_at = app.now().await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    let me = app.signed_in(&event, &ada).await;

    let offered = app.public().get(&format!("/events/{}/may", app.organizer())).await.ok(200)["consent_texts"]["follow_up"].clone();
    let version = &offered["text_version"];
    let before = me.get("/preferences").await.ok(200);
    let (follow_up, chat) = (&before["consent_texts"]["follow_up"], &before["consent_texts"]["chat_delivery"]);
    assert_eq!(before["consents"], json!({"follow_up": true, "chat_delivery": false}));
    assert_eq!((&follow_up["granted"], &follow_up["text"]), (&json!(true), &offered["text"]["it"]));
    assert_eq!((&follow_up["text_version"], &follow_up["current_text_version"]), (version, version));
    assert_eq!(when(follow_up["at"].as_str().unwrap()), registered_at);
    assert_ne!(offered["text"]["it"], offered["text"]["en"]);
    assert_eq!((&chat["granted"], &chat["at"], &chat["text_version"]), (&json!(false), &json!(null), &json!(null)));
    assert!(chat["text"].as_str().unwrap().contains("chat di chi organizza") && chat["current_text_version"].is_string(), "{chat}");

    app.clock_advance(3600).await;
    let otherwise = json!({"consents": {"follow_up": false, "chat_delivery": true}});
    let after = me.patch("/preferences", otherwise.clone()).await.ok(200);
    assert_eq!(after["consents"], otherwise["consents"]);
    for (purpose, granted) in [("follow_up", false), ("chat_delivery", true)] {
        let said = &after["consent_texts"][purpose];
        assert_eq!((&said["granted"], when(said["at"].as_str().unwrap())), (&json!(granted), app.now().await), "{purpose}");
    }
    // Said again it is nothing new, and neither is anything else that changes.
    app.clock_advance(3600).await;
    me.patch("/preferences", filled(otherwise, json!({"cap": {"per_event": 2}}))).await.ok(200);
    me.patch("/preferences", json!({"consents": {"chat_delivery": false}})).await.ok(200);

    let all = history(&me).await;
    assert_eq!(outline(&all), ["follow_up yes api", "follow_up no api", "chat_delivery yes api", "chat_delivery no api"]);
    for one in &all {
        assert_eq!((&one["text_version"], &one["locale"]), (version, &json!("it")), "{one}");
    }
    let registrations: Vec<&Value> = all.iter().map(|one| &one["registration"]).collect();
    assert_eq!(registrations, [&json!(ada.code), &json!(null), &json!(null), &json!(null)]);
    assert_eq!(when(all[0]["at"].as_str().unwrap()), registered_at, "the first word is as it was");
    assert_eq!(app.registration(&event, &ada.code).await["consents"], json!({"follow_up": false}));
}

#[rstest]
#[tokio::test]
async fn sr_50_who_says_nothing_has_agreed_to_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut silent = person("Bo Bassi");
    silent.as_object_mut().unwrap().remove("consents");
    let bo = app.register_confirmed(&event, &silent).await;
    let ada = app.add(&event, &filled(silent, json!({"name": "Ada Arena", "email": "ada.arena@example.org"}))).await;
    for guest in [&bo, &ada] {
        let me = app.signed_in(&event, guest).await;
        let shown = me.get("/preferences").await.ok(200);
        assert_eq!(shown["consents"], json!({"follow_up": false, "chat_delivery": false}));
        for purpose in ["follow_up", "chat_delivery"] {
            let said = &shown["consent_texts"][purpose];
            assert_eq!((&said["granted"], &said["at"], &said["text_version"]), (&json!(false), &json!(null), &json!(null)), "{purpose}");
        }
        assert!(history(&me).await.is_empty());
    }
}

#[rstest]
#[tokio::test]
async fn sr_50_how_it_was_said_is_told_and_what_others_say_was_read_nowhere_here(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let typed = [
        ("locale", "it"),
        ("name", "Ada Arena"),
        ("email", "ada.arena@example.org"),
        ("passion_1", "Arrampicata"),
        ("level_1", "3"),
        ("show_name", "on"),
        ("follow_up", "on"),
    ];
    app.visitor().submit("/e/tavola/may", &typed).await.ok_page();
    let token = app.mail_about(&event, "ada.arena@example.org", "confirm").await.token("confirm");
    app.confirm(&token).await.ok(200);
    app.add(&event, &person("Bo Bassi")).await;
    let table = "email,name,passions,Follow-up\ncleo@example.org,Cleo Conti,climbing,yes\ndina@example.org,Dina Donati,climbing,no\n";
    let import = event.at("/registrations/import?email_confirmed=true");
    app.request(reqwest::Method::POST, &import).body("text/csv", table.as_bytes().to_vec()).await.ok(200);

    let ada = history(&signed_in(&app, &event, "ada.arena@example.org").await).await;
    assert_eq!(outline(&ada), ["follow_up yes form"]);
    assert_eq!((&ada[0]["locale"], ada[0]["text_version"].is_string()), (&json!("it"), true));
    for (address, how) in [("bo.bassi@example.org", "staff"), ("cleo@example.org", "import")] {
        let me = signed_in(&app, &event, address).await;
        let all = history(&me).await;
        assert_eq!(outline(&all), [format!("follow_up yes {how}")]);
        assert_eq!((&all[0]["locale"], &all[0]["text_version"]), (&json!(null), &json!(null)), "{how}");
        let shown = me.get("/preferences").await.ok(200)["consent_texts"]["follow_up"].clone();
        assert_eq!((&shown["granted"], shown["at"].is_string(), &shown["text_version"]), (&json!(true), true, &json!(null)), "{how}");
    }
    assert!(history(&signed_in(&app, &event, "dina@example.org").await).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn sr_50_of_two_forms_the_later_is_what_was_said(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    // What was confirmed is the later one. Of the earlier nobody knows whose word it was.
    app.register(&event, &person("Ada Arena")).await.ok(202);
    app.clock_advance(60).await;
    let ada = app.register_confirmed(&event, &silent("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    assert!(history(&me).await.is_empty());
    assert_eq!(me.get("/preferences").await.ok(200)["consents"]["follow_up"], false);

    // A yes of another evening stands, whatever is said of this one.
    let june = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    app.clock_advance(60).await;
    let agreed_at = app.now().await;
    let ada_in_june = app.register_confirmed(&june, &person("Ada Arena")).await;
    app.clock_advance(60).await;
    let shown = me.get("/preferences").await.ok(200);
    let said = &shown["consent_texts"]["follow_up"];
    assert_eq!((&said["granted"], when(said["at"].as_str().unwrap())), (&json!(true), agreed_at));
    assert_eq!(app.registration(&event, &ada.code).await["consents"]["follow_up"], false);
    assert_eq!(app.registration(&june, &ada_in_june.code).await["consents"]["follow_up"], true);
}

#[rstest]
#[tokio::test]
async fn sr_50_a_form_that_nobody_confirmed_is_nobodys_word(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let may = app.event("may").await;
    let june = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    let ada = app.register_confirmed(&may, &silent("Ada Arena")).await;
    let me = app.signed_in(&may, &ada).await;
    let usual = me.get("/preferences").await.ok(200);
    assert_eq!(usual["consents"]["follow_up"], false);
    let is_as_usual = async || {
        assert_eq!(me.get("/preferences").await.ok(200), usual);
        let export = me.get("/export").await.ok(200);
        assert_eq!((&export["consents"], &export["preferences"]), (&json!([]), &usual));
        for registration in export["registrations"].as_array().unwrap() {
            assert_eq!(registration["consents"]["follow_up"], false, "{registration}");
        }
    };

    // Somebody types her address, and ticks the box.
    app.register(&june, &person("Ada Arena")).await.ok(202);
    is_as_usual().await;
    app.clock_advance(48 * 3600 + 60).await;
    app.run_due().await;
    is_as_usual().await;
    assert!(!app.dump().await.lines().any(|line| line.starts_with("consents: ")), "it is kept, though nobody can confirm it any more");

    let said_at = app.now().await;
    app.register_confirmed(&june, &person("Ada Arena")).await;
    assert_eq!(outline(&history(&me).await), ["follow_up yes api"]);
    let said = me.get("/preferences").await.ok(200)["consent_texts"]["follow_up"].clone();
    assert_eq!((&said["granted"], when(said["at"].as_str().unwrap())), (&json!(true), said_at));
}

#[rstest]
#[tokio::test]
async fn sr_50_nobody_takes_back_what_somebody_else_agreed_to(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let may = app.event("may").await;
    let june = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    let ada = app.register_confirmed(&may, &person("Ada Arena")).await;
    let in_june = app.register_confirmed(&june, &silent("Ada Arena")).await;
    let me = app.signed_in(&june, &in_june).await;
    me.post(&format!("/registrations/{}/cancel", ada.code), json!({})).await.ok(200);
    let (usual, said) = (me.get("/preferences").await.ok(200), history(&me).await);
    assert_eq!((&usual["consents"]["follow_up"], outline(&said)), (&json!(true), vec!["follow_up yes api".to_owned()]));

    // Somebody registers her anew where she had cancelled, without the box and then with it.
    for form in [silent("Ada Arena"), person("Ada Arena")] {
        app.clock_advance(3600).await;
        app.register(&may, &form).await.ok(202);
        assert_eq!(app.state_of(&may, &ada.code).await, "pending_email");
        assert_eq!(me.get("/preferences").await.ok(200), usual);
        assert_eq!(history(&me).await, said);
    }

    // She does so herself, and confirms it.
    app.clock_advance(3600).await;
    let said_at = app.now().await;
    app.register_confirmed(&may, &silent("Ada Arena")).await;
    assert_eq!(outline(&history(&me).await), ["follow_up yes api", "follow_up no api"]);
    let said = me.get("/preferences").await.ok(200)["consent_texts"]["follow_up"].clone();
    assert_eq!((&said["granted"], when(said["at"].as_str().unwrap())), (&json!(false), said_at));
}

#[rstest]
#[tokio::test]
async fn sr_50_a_no_at_a_form_is_told_with_its_day_after_a_yes_to_all(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &silent("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    app.clock_advance(3600).await;
    me.patch("/preferences", json!({"consents": {"follow_up": true}})).await.ok(200);
    me.post(&format!("/registrations/{}/cancel", ada.code), json!({})).await.ok(200);
    app.clock_advance(3600).await;
    let said_at = app.now().await;
    app.register_confirmed(&event, &silent("Ada Arena")).await;
    let said = me.get("/preferences").await.ok(200)["consent_texts"]["follow_up"].clone();
    assert_eq!(said["granted"], false);
    assert_eq!(said["at"].as_str().map(when), Some(said_at), "the no has a day: {said}");
    assert_eq!(said["text_version"], said["current_text_version"]);
    assert_eq!(outline(&history(&me).await), ["follow_up yes api", "follow_up no api"]);
}

#[rstest]
#[tokio::test]
async fn sr_50_who_waits_for_a_seat_has_agreed_too(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    app.add(&event, &person("Bo Bassi")).await;
    let waiting = app.register_and_confirm(&event, &person("Ada Arena")).await;
    assert_eq!(waiting["state"], "waitlisted");
    let me = app.me(&app.mail_about(&event, "ada.arena@example.org", "waitlisted").await.token("in"));
    assert_eq!(me.get("/preferences").await.ok(200)["consents"]["follow_up"], true);
    assert_eq!(outline(&history(&me).await), ["follow_up yes api"]);
    // Leaving the line takes nothing back.
    me.post(&format!("/registrations/{}/cancel", waiting["code"].as_str().unwrap()), json!({})).await.ok(200);
    let shown = me.get("/preferences").await.ok(200);
    let said = &shown["consent_texts"]["follow_up"];
    assert_eq!((&shown["consents"]["follow_up"], &said["granted"], said["at"].is_string()), (&json!(true), &json!(true), true));
}

#[rstest]
#[tokio::test]
async fn sr_47_staff_see_whether_somebody_agreed_and_neither_when_nor_to_which_words(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    assert_eq!(app.registration(&event, &ada.code).await["consents"], json!({"follow_up": true}));
    let found = app.all(&format!("/people?email={}", ada.email)).await;
    let export = app.get(&format!("/people/{}/export", found[0]["id"].as_str().unwrap())).await.ok(200);
    assert_eq!(export["registrations"][0]["consents"]["follow_up"], true);
    assert_eq!(export["preferences"]["consents"]["follow_up"], true);
    assert!(export.get("consents").is_none() && export["preferences"].get("consent_texts").is_none(), "{export:#}");
    let own = app.signed_in(&event, &ada).await.get("/export").await.ok(200);
    assert!(own.get("consents").is_some() && own["preferences"].get("consent_texts").is_some(), "{own:#}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sr_50_what_is_taken_back_stops_even_the_mail_that_waits_to_leave(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.me(&relay.mails().to(&guests[0].email).kind("confirmed").only().token("in"));
    relay.go_down();
    app.live_until(FIRST_WORKING_DAY).await;
    me.patch("/preferences", json!({"consents": {"follow_up": false}})).await.ok(200);
    relay.come_back();
    let start = Instant::now();
    let told = loop {
        app.run_due().await;
        let mut told = app.all(&event.at("/messages?limit=100")).await;
        told.retain(|one| one["kind"] == "F1");
        assert_eq!(told.len(), guests.len());
        if told.iter().all(|one| one["state"] == "sent" || one["state"] == "suppressed") {
            break told;
        }
        assert!(start.elapsed() < 4 * PATIENCE, "some still wait: {told:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    for one in &told {
        let state = if one["registration"] == guests[0].code.as_str() { "suppressed" } else { "sent" };
        assert_eq!(one["state"], state, "{one}");
    }
    assert!(told.iter().any(|one| one["reason"] == "no_consent"), "{told:?}");
    assert!(relay.mails().to(&guests[0].email).kind("F1").is_empty());
    assert_eq!(relay.mails().kind("F1").len(), 3);
    assert_eq!(outline(&history(&me).await), ["follow_up yes staff", "follow_up no api"]);
}

#[rstest]
#[tokio::test]
async fn r20_what_was_agreed_to_is_forgotten_with_whoever_agreed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    app.add(&event, &person("Bo Bassi")).await;
    let me = app.signed_in(&event, &ada).await;
    me.patch("/preferences", json!({"consents": {"chat_delivery": true}})).await.ok(200);
    let kept = async || app.dump().await.lines().filter(|line| line.starts_with("consents: ")).count();
    assert_eq!(kept().await, 3);
    me.post("/erase", json!({"confirm": ada.email})).await.ok(200);
    assert_eq!(kept().await, 1, "what somebody else agreed to stays");
}

#[rstest]
#[tokio::test]
async fn sr_50_each_field_is_shown_to_nobody_to_the_table_or_to_everybody(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let usual = me.get("/preferences").await.ok(200)["visibility"].clone();
    assert_eq!(usual, me.get("/profile").await.ok(200)["visibility"], "every field is named, also those nobody spoke of");
    let fields = ["name", "passions", "headline", "unit", "working_on", "offers", "needs", "languages", "intention"];
    assert_eq!(usual.as_object().unwrap().len(), fields.len());
    for to in ["tablemates", "event", "none"] {
        let all = Value::Object(fields.iter().map(|field| ((*field).to_owned(), json!(to))).collect());
        let changed = me.patch("/preferences", json!({"visibility": all})).await.ok(200);
        assert_eq!(changed["visibility"], all);
        assert_eq!(app.registration(&event, &ada.code).await["visibility"], all);
    }
    let bo = app.register_confirmed(&event, &person("Bo Bassi")).await;
    let bo = app.signed_in(&event, &bo).await;
    let shown = bo.patch("/preferences", json!({"visibility": {"offers": "event"}})).await.ok(200)["visibility"].clone();
    assert_eq!((&shown["offers"], &shown["passions"]), (&json!("event"), &json!("tablemates")));
    bo.patch("/profile", json!({"visibility": {"headline": "event"}})).await.ok(200);
    let dump = app.dump().await;
    let kept: Vec<&str> = dump.lines().filter(|line| line.starts_with("people: ") || line.starts_with("registrations: ")).collect();
    assert!(kept.iter().any(|line| line.contains("Bo Bassi")));
    assert!(!kept.iter().any(|line| line.contains("tablemates")), "what is usual is kept as if somebody had said it: {kept:?}");
    for wrong in [json!({"name": "everybody"}), json!({"shoes": "none"})] {
        me.patch("/preferences", json!({"visibility": wrong})).await.fails(422, "validation_failed");
    }
}
