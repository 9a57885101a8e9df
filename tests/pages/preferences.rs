//! `/in/{token}/preferences`: how one would be written to, and who sees what.

use crate::support::*;

async fn page_of(app: &TestApp, event: &Event, guest: &Guest) -> String {
    format!("/in/{}/preferences", app.mail_about(event, &guest.email, "confirmed").await.token("in"))
}

/// The form as it is posted when nothing was touched.
const UNTOUCHED: [(&str, &str); 7] =
    [("follow_up", "on"), ("consent", "on"), ("every_days", "7"), ("per_event", "6"), ("from", "9"), ("to", "18"), ("pause", "")];

/// The same with one field as somebody filled it in.
fn with<'a>(field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    UNTOUCHED.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect()
}

#[rstest]
#[tokio::test]
async fn sr_34_the_page_takes_what_the_api_takes_and_refuses_what_it_refuses(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (page, me) = (page_of(&app, &event, &guests[0]).await, app.signed_in(&event, &guests[0]).await);
    let usual = me.get("/preferences").await.ok(200);
    for _ in 0..20 {
        let shown = app.visitor().get(&page).await.ok_page();
        assert!(shown.contains("name=\"every_days\"") && shown.contains("name=\"show_name\""), "{shown}");
    }
    for (field, value) in [
        ("every_days", "6"),
        ("every_days", "many"),
        ("per_event", "7"),
        ("from", "8"),
        ("to", "9"),
        ("pause", "2030-05-01"),
        ("pause", "soon"),
    ] {
        let refused = app.visitor().submit(&page, &with(field, value)).await;
        assert_eq!(refused.status, 422, "{field}={value}: {}", refused.text());
        let named = format!("#{}", if field == "to" { "from" } else { field });
        assert!(links_of(&refused.text()).contains(&named), "{field}={value}: {}", refused.text());
    }
    assert_eq!(app.visitor().submit(&page, &with("show_name", "everybody")).await.status, 422);
    assert_eq!(me.get("/preferences").await.ok(200), usual, "nothing of it was kept");

    let untouched = app.visitor().submit(&page, &UNTOUCHED).await;
    assert_eq!(untouched.status, 303, "{}", untouched.text());
    assert_eq!(me.get("/preferences").await.ok(200), usual);

    let wanted = [("consent", "on"), ("chat_delivery", "on"), ("every_days", "14"), ("per_event", "2"), ("from", "14"), ("to", "16")];
    let wanted = [&wanted[..], &[("pause", "2030-05-20"), ("show_offers", "event")]].concat();
    let saved = app.visitor().submit(&page, &wanted).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert!(app.visitor().get(&saved.location()).await.ok_page().contains("value=\"14\""));
    let now = me.get("/preferences").await.ok(200);
    assert_eq!(now["streams"]["follow_up"], false);
    assert_eq!(now["consents"], json!({"follow_up": true, "chat_delivery": true}));
    assert_eq!(now["cap"], json!({"every_days": 14, "per_event": 2}));
    assert_eq!((&now["window"], &now["pause"]), (&json!({"from": 14, "to": 16}), &json!("2030-05-20")));
    assert_eq!(now["visibility"]["offers"], "event");
}

#[rstest]
#[tokio::test]
async fn sr_50_the_page_shows_what_is_agreed_to_in_its_words_and_since_when(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let (page, me) = (page_of(&app, &event, &ada).await, app.signed_in(&event, &ada).await);
    let ticked = |html: &str, field: &str| {
        let tag = html.split("<input").find(|tag| tag.contains(&format!("name=\"{field}\""))).expect("the box is there");
        tag.split('>').next().is_some_and(|tag| tag.contains(" checked"))
    };
    let shown = app.visitor().get(&page).await.ok_page();
    for words in [
        "Write to me about the people I met",
        "After each event at most six short mails",
        "The organizer’s chat tool may deliver my prompts",
    ] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    assert!(ticked(&shown, "consent") && !ticked(&shown, "chat_delivery"));
    assert_eq!(shown.matches("You agreed on ").count(), 1, "{shown}");

    let wanted = [&UNTOUCHED[..], &[("chat_delivery", "on")]].concat();
    assert_eq!(app.visitor().submit(&format!("{page}?lang=it"), &wanted).await.status, 303);
    let shown = app.visitor().get(&format!("{page}?lang=it")).await.ok_page();
    assert!(ticked(&shown, "chat_delivery") && shown.matches("Hai detto di sì ").count() == 2, "{shown}");
    let export = me.get("/export").await.ok(200);
    let last = &export["consents"][1];
    assert_eq!((&last["purpose"], &last["granted"], &last["how"]), (&json!("chat_delivery"), &json!(true), &json!("page")));
    assert_eq!((&last["locale"], last["text_version"].is_string()), (&json!("it"), true), "in the language of the page");
    assert_eq!(export["consents"].as_array().unwrap().len(), 2);

    // Whom staff put on the list has agreed to words that are not known here.
    let bo = app.add(&event, &person("Bo Bassi")).await;
    let shown = app.visitor().get(&page_of(&app, &event, &bo).await).await.ok_page();
    assert!(shown.contains("The organizer wrote down on ") && !shown.contains("You agreed on "), "{shown}");
}

#[rstest]
#[tokio::test]
async fn sr_50_a_name_that_is_kept_is_gone_from_the_others_pages(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let theirs = page_of(&app, &event, &guests[1]).await.replace("/preferences", "/people");
    assert!(app.visitor().get(&theirs).await.ok_page().contains(&guests[0].name));
    let page = page_of(&app, &event, &guests[0]).await;
    assert_eq!(app.visitor().submit(&page, &with("show_name", "none")).await.status, 303);
    assert!(!app.visitor().get(&theirs).await.ok_page().contains(&guests[0].name));
}

#[rstest]
#[tokio::test]
async fn a_made_up_link_has_no_preferences(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for path in ["/in/made-up/preferences", "/in/made-up/prompts"] {
        assert_eq!(app.visitor().get(path).await.status, 404);
    }
    assert_eq!(app.visitor().submit("/in/made-up/preferences", &UNTOUCHED).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn sr_10_a_block_is_taken_back_on_the_page(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (page, me) = (page_of(&app, &event, &guests[0]).await, app.signed_in(&event, &guests[0]).await);
    let take_back = |guest: &Guest| format!("name=\"unblock\" value=\"{}\"", guest.code);
    assert!(!app.visitor().get(&page).await.ok_page().contains("name=\"unblock\""), "nobody is blocked");
    for guest in [&guests[1], &guests[2]] {
        me.post("/blocks", json!({"code": guest.code})).await.ok(201);
    }
    // One of the two keeps their name.
    let theirs = page_of(&app, &event, &guests[2]).await;
    assert_eq!(app.visitor().submit(&theirs, &with("show_name", "none")).await.status, 303);
    for _ in 0..20 {
        let shown = app.visitor().get(&page).await.ok_page();
        assert!(shown.contains(&take_back(&guests[1])) && shown.contains(&take_back(&guests[2])), "{shown}");
        assert!(shown.contains(&guests[1].name) && !shown.contains(&guests[2].name), "{shown}");
    }
    assert_eq!(me.all("/blocks").await.len(), 2, "looking changes nothing");

    // Pressed twice, it is taken back once.
    for _ in 0..2 {
        let done = app.visitor().submit(&page, &[("unblock", guests[1].code.as_str())]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let shown = app.visitor().get(&done.location()).await.ok_page();
        assert!(shown.contains("they are no longer blocked") && !shown.contains(&take_back(&guests[1])), "{shown}");
    }
    let left = me.all("/blocks").await;
    assert_eq!(each(&json!(left), "code"), [guests[2].code.as_str()]);
    assert_eq!(app.visitor().submit(&page, &[("unblock", "no code")]).await.status, 404);
    assert_eq!(app.visitor().submit(&page, &[("unblock", "ZZZZZZZZ")]).await.status, 422);
    assert_eq!(me.all("/blocks").await.len(), 1);
}
