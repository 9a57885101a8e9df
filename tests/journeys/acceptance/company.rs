//! Who was there: two, three strangers, somebody who stayed away, somebody who is gone.

use super::*;

#[rstest]
#[tokio::test]
async fn case_two_people_with_one_shared_passion(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 2, "max": 5})).await.done();
    let people = [who_loves("Ada Arena", &["climbing", "beekeeping"]), who_loves("Bruno Bassi", &["climbing", "swing-dance"])];
    let guests = add_all(&app, &event, &people).await;
    let plan = app.hold(&event, &guests).await;
    assert_eq!(plan["rounds"][0]["tables"][0]["theme"]["code"], "climbing");

    app.live_until(FIRST_WORKING_DAY).await;
    for (reader, other) in [(0, 1), (1, 0)].map(|(reader, other)| (&guests[reader], &guests[other])) {
        let mail = app.mails().to(&reader.email).kind("F1").only().clone();
        assert!(mail.says(&other.name) && mail.text.to_lowercase().contains("climbing"), "{}", mail.text);
        let me = app.signed_in(&event, reader).await;
        let prompt = prompt_of(&me, "F1").await;
        assert_eq!(each(&prompt["common_ground"]["passions"], "code"), ["climbing"], "the one they share, and no other");
        assert_eq!(each(&prompt["recall"]["people"], "code"), [other.code.as_str()]);
        keep(&me, &[&other.code]).await;
    }
    for (step, day) in [("F2", F2), ("F3", F3)] {
        live_through(&app, 12, day).await;
        for (reader, other) in [(0, 1), (1, 0)].map(|(reader, other)| (&guests[reader], &guests[other])) {
            let mail = app.mails().to(&reader.email).kind(step).only().clone();
            assert!(mail.mentions(&other.name), "{step}: {}", mail.text);
            put_off_what_came(&app.signed_in(&event, reader).await).await;
        }
    }
}

fn three_strangers() -> [Value; 3] {
    [("Ada Arena", "climbing"), ("Bruno Bassi", "beekeeping"), ("Chiara Conti", "swing-dance")]
        .map(|(name, passion)| who_loves(name, &[passion]))
}

/// A name, and where and when they met: that is personal enough, and what they do not share is not made up.
#[rstest]
#[tokio::test]
async fn case_three_people_with_no_shared_passion(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests) = evening_of(&app, &three_strangers()).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for reader in &guests {
        let mail = app.mails().to(&reader.email).kind("F1").only().clone();
        let prompt = prompt_of(&app.signed_in(&event, reader).await, "F1").await;
        assert_eq!(prompt["state"], "sent");
        assert_eq!(prompt["common_ground"]["passions"], json!([]), "{prompt}");
        assert!(!prompt["inputs"].to_string().contains("shared_passion"), "{prompt}");
        let page = app.visitor().get(&mail.link("prompts")).await.ok_page();
        for other in guests.iter().filter(|other| other.code != reader.code) {
            assert!(mail.says(&other.name), "{}", mail.text);
            assert!(page.contains(&format!("name=\"note_{}\"", other.code)), "a note is what it invites to: {page}");
        }
    }
}

/// Without a name either there is nothing personal to say, and no mail.
#[rstest]
#[tokio::test]
async fn case_three_people_with_no_shared_passion_and_no_names(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let nameless = three_strangers().map(|person| filled(person, json!({"visibility": {"name": "none"}})));
    let (event, guests) = evening_of(&app, &nameless).await;
    app.live_until(FIRST_WORKING_DAY).await;
    for reader in &guests {
        let prompt = prompt_of(&app.signed_in(&event, reader).await, "F1").await;
        let mails = app.mails().to(&reader.email).kind("F1");
        assert_eq!((&prompt["state"], &prompt["reason"]), (&json!("suppressed"), &json!("insufficient_context")), "{prompt}");
        assert!(mails.is_empty(), "{:?}", mails.outline());
    }
}

#[rstest]
#[tokio::test]
async fn case_one_no_show(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    // Everybody at one table, so that nobody's company stays away.
    app.put(&event.at("/tables"), json!({"tables": [{"min": 3, "max": 6}]})).await.done();
    let present = app.add_many(&event, 4).await;
    let absent = app.add(&event, &person("Zoe Lontano")).await;
    let silent = filled(person("Yves Altrove"), json!({"consents": {"follow_up": false}}));
    let silent = app.add(&event, &silent).await;
    app.hold(&event, &present).await;
    assert_eq!(app.state_of(&event, &absent.code).await, "no_show");
    live_through(&app, 12, "2030-05-20T08:00:00Z").await;

    // One word to who agreed to it, about nobody they could have met.
    let mails = follow_up(&app, &absent);
    assert_eq!(kinds(&mails), ["N1"]);
    assert!(present.iter().all(|guest| !mails[0].mentions(&guest.name)), "{}", mails[0].text);
    assert!(kinds(&follow_up(&app, &silent)).is_empty(), "without consent there is silence");
    let them = app.signed_in(&event, &absent).await;
    assert_eq!(them.all("/encounters").await, Vec::<Value>::new());
    let prompts = them.all("/prompts").await;
    assert_eq!(each(&json!(prompts), "step"), ["N1"]);
    assert!(present.iter().all(|guest| !json!(prompts).to_string().contains(&guest.name)), "{prompts:?}");

    // And nobody who came hears of them.
    for guest in &present {
        let mails = follow_up(&app, guest);
        assert_eq!(kinds(&mails)[0], "F1");
        let me = app.signed_in(&event, guest).await;
        let told = json!([me.all("/prompts").await, me.all("/encounters").await]).to_string();
        for missing in [&absent, &silent] {
            assert!(mails.iter().all(|mail| !mail.mentions(&missing.name)), "{} reads about {}", guest.name, missing.name);
            assert!(!told.contains(&missing.name) && !told.contains(&missing.code), "{told}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn case_one_erased_after_f1(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let (gone, staying) = (&guests[0], &guests[1..]);
    let them = app.signed_in(&event, gone).await;
    keep(&them, &[&staying[0].code, &staying[1].code]).await;
    for (n, guest) in staying.iter().enumerate() {
        keep(&app.signed_in(&event, guest).await, &[&gone.code, &staying[(n + 1) % 3].code]).await;
    }

    let another = json!({"confirm": staying[0].email});
    them.post("/erase", another).await.fails(422, "validation_failed").error_at("/confirm");
    them.post("/erase", json!({"confirm": gone.email})).await.done();
    them.get("/profile").await.fails(401, "unauthenticated");
    assert_eq!(app.state_of(&event, &gone.code).await, "anonymised");
    live_through(&app, 12, F3).await;

    assert_eq!(kinds(&follow_up(&app, gone)), ["F1"], "what left before, and nothing after");
    for (n, guest) in staying.iter().enumerate() {
        let mails = follow_up(&app, guest);
        assert!(mails.len() > 1, "the others go on: {:?}", kinds(&mails));
        assert!(mails[1].mentions(&staying[(n + 1) % 3].name), "{}", mails[1].text);
        assert!(mails[1..].iter().all(|mail| !mail.mentions(&gone.name)), "{} reads about who is gone", guest.name);
        let me = app.signed_in(&event, guest).await;
        for path in ["/prompts", "/encounters", "/connections"] {
            let told = json!(me.all(path).await).to_string();
            assert!(!told.contains(&gone.name) && !told.contains(&gone.email), "{path}: {told}");
        }
    }
    for path in ["/registrations", "/prompts", "/messages", "/checkins", ""] {
        let told = app.get(&event.at(path)).await.text();
        assert!(!told.contains(&gone.name) && !told.contains(&gone.email), "{path}: {told}");
    }
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 4, "somebody was there, whoever it was");
}
