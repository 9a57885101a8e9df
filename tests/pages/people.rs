//! `/in/{token}/people`: whom one keeps, and each of them.

use crate::support::*;

const CONTEXT: &str = "We spoke about canoes at table two.";

/// The page about a guest's people.
async fn people_of(app: &TestApp, event: &Event, guest: &Guest) -> String {
    format!("/in/{}/people", app.mail_about(event, &guest.email, "confirmed").await.token("in"))
}

/// Presses a button and follows where it leads.
async fn press(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = app.visitor().submit(path, fields).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text());
    app.visitor().get(&answer.location()).await.ok_page()
}

async fn look(app: &TestApp, path: &str) -> String {
    app.visitor().get(path).await.ok_page()
}

/// The connections of somebody, as the API tells them.
async fn connections_of(app: &TestApp, event: &Event, guest: &Guest) -> Vec<Value> {
    app.signed_in(event, guest).await.all("/connections").await
}

/// Chooses somebody on the page, and answers with the page about them.
async fn choose(app: &TestApp, event: &Event, chooser: &Guest, chosen: &Guest) -> String {
    let people = people_of(app, event, chooser).await;
    let keep = format!("keep_{}", chosen.code);
    press(app, &people, &[("choose", event.slug.as_str()), (keep.as_str(), "on")]).await;
    let all = connections_of(app, event, chooser).await;
    let one = all.iter().find(|one| one["code"] == chosen.code.as_str()).expect("they are kept");
    format!("{people}/{}", one["id"].as_str().unwrap())
}

#[rstest]
#[tokio::test]
async fn sr_46_sr_32_from_a_choice_to_letting_go_without_the_api(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let [ada, luca] = [&guests[0], &guests[1]];
    let (mine, theirs) = (people_of(&app, &event, ada).await, people_of(&app, &event, luca).await);

    // Choosing is one's own.
    let keep = format!("keep_{}", luca.code);
    assert!(look(&app, &mine).await.contains(&format!("name=\"{keep}\"")));
    let one = choose(&app, &event, ada, luca).await;
    let page = look(&app, &mine).await;
    assert!(links_of(&page).iter().any(|link| link.starts_with(&one)) && !page.contains(&keep), "{page}");
    assert!(!look(&app, &theirs).await.contains("name=\"accept\""), "nobody is told");

    // Asking takes a sentence, and they answer.
    let hurried = app.visitor().submit(&one, &[("choice", "ask_them"), ("context", "hi there")]).await;
    assert_eq!(hurried.status, 422, "{}", hurried.text());
    assert!(links_of(&hurried.text()).contains(&"#context".to_owned()) && hurried.text().contains("hi there"), "{}", hurried.text());
    press(&app, &one, &[("choice", "ask_them"), ("context", CONTEXT), ("exchange", "on")]).await;
    let page = look(&app, &theirs).await;
    assert!(page.contains(CONTEXT) && page.contains(&ada.name) && !page.contains(&ada.email), "{page}");
    let asked = connections_of(&app, &event, luca).await[0]["id"].as_str().unwrap().to_owned();
    let exchange = format!("exchange_{asked}");
    press(&app, &theirs, &[("accept", asked.as_str()), (exchange.as_str(), "on")]).await;
    assert!(look(&app, &one).await.contains(&luca.email), "both said that they may have it");

    // What is written is read by nobody else.
    let page = press(&app, &one, &[("choice", "note"), ("note_text", "bees on the roof")]).await;
    assert!(page.contains("bees on the roof"), "{page}");
    let own_view = format!("{theirs}/{}", connections_of(&app, &event, luca).await[0]["id"].as_str().unwrap());
    assert!(!look(&app, &own_view).await.contains("bees on the roof"));

    // Something given comes before something asked.
    assert!(!page.contains("name=\"ask_what\""), "asks wait: {page}");
    let ask = [("choice", "ask"), ("ask_what", "advice")];
    assert_eq!(app.visitor().submit(&one, &ask).await.status, 422);
    let page = press(&app, &one, &[("choice", "give"), ("give_what", "thanks"), ("give_text", "for the map")]).await;
    assert!(page.contains("name=\"ask_what\"") && page.contains("for the map"), "{page}");
    press(&app, &one, &ask).await;
    press(&app, &one, &[("choice", "interaction"), ("interaction_what", "coffee"), ("interaction_text", "")]).await;
    let page = press(&app, &one, &[("choice", "check"), ("trust", "4"), ("goals", "2"), ("solutions", "")]).await;
    assert!(page.contains("<polyline"), "no trend: {page}");
    let me = app.signed_in(&event, ada).await;
    let id = one.rsplit('/').next().unwrap();
    let entries = json!(me.all(&format!("/connections/{id}/log")).await);
    assert_eq!(each(&entries, "kind"), ["note", "give", "ask", "interaction", "check"]);

    press(&app, &one, &[("choice", "cadence"), ("months", "1")]).await;
    assert_eq!(me.get(&format!("/connections/{id}")).await.ok(200)["every_months"], 1);
    assert_eq!(app.visitor().submit(&one, &[("choice", "cadence"), ("months", "2")]).await.status, 422);

    let page = press(&app, &one, &[("choice", "end")]).await;
    assert!(!links_of(&page).iter().any(|link| link.starts_with(&one)), "{page}");
    assert!(connections_of(&app, &event, ada).await.is_empty());
    assert_eq!(connections_of(&app, &event, luca).await[0]["state"], "connected", "the other hears nothing");
}

#[rstest]
#[tokio::test]
async fn sr_45_a_fourth_of_one_evening_is_too_many_on_the_page_as_well(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 5).await;
    let mine = people_of(&app, &event, &guests[0]).await;
    let boxes: Vec<String> = guests[1..].iter().map(|guest| format!("keep_{}", guest.code)).collect();
    let mut ticked: Vec<(&str, &str)> = boxes.iter().map(|field| (field.as_str(), "on")).collect();
    ticked.push(("choose", "may"));
    let refused = app.visitor().submit(&mine, &ticked).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(links_of(&refused.text()).contains(&"#keep".to_owned()), "{}", refused.text());
    assert!(connections_of(&app, &event, &guests[0]).await.is_empty());

    // One and then two are three, and then it is enough.
    choose(&app, &event, &guests[0], &guests[1]).await;
    ticked.remove(0);
    ticked.remove(0);
    let page = press(&app, &mine, &ticked).await;
    assert_eq!(connections_of(&app, &event, &guests[0]).await.len(), 3);
    assert!(page.contains(&guests[2].name) || page.contains(&guests[1].name));
    assert!(!page.contains("name=\"keep_"), "a fourth is offered: {page}");
    // Who was not met is nobody's to choose.
    assert_eq!(app.visitor().submit(&mine, &[("choose", "may"), ("keep_ZZZZZZZZ", "on")]).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn sr_46_a_no_on_the_page_is_silent(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let one = choose(&app, &event, &guests[0], &guests[1]).await;
    press(&app, &one, &[("choice", "ask_them"), ("context", CONTEXT)]).await;
    let before = look(&app, &one).await;
    let theirs = people_of(&app, &event, &guests[1]).await;
    let asked = connections_of(&app, &event, &guests[1]).await[0]["id"].as_str().unwrap().to_owned();
    let page = press(&app, &theirs, &[("decline", asked.as_str())]).await;
    assert!(!page.contains("name=\"accept\"") && !page.contains(CONTEXT), "{page}");
    assert_eq!(look(&app, &one).await, before, "who asked sees what they saw before");
}

#[rstest]
#[tokio::test]
async fn sr_10_who_is_blocked_on_the_page_is_gone_from_it(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let one = choose(&app, &event, &guests[0], &guests[1]).await;
    let page = press(&app, &one, &[("choice", "block")]).await;
    assert!(!page.contains(&guests[1].name), "{page}");
    let blocks = app.signed_in(&event, &guests[0]).await.all("/blocks").await;
    assert_eq!(each(&json!(blocks), "code"), [guests[1].code.as_str()]);
    assert_eq!(app.visitor().get(&one).await.status, 404);
    let theirs = people_of(&app, &event, &guests[1]).await;
    assert!(!look(&app, &theirs).await.contains(&guests[0].name));
}

#[rstest]
#[tokio::test]
async fn sr_39_somebody_else_s_page_is_not_there_and_looking_changes_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let one = choose(&app, &event, &guests[0], &guests[1]).await;
    let id = one.rsplit('/').next().unwrap();
    for other in &guests[1..3] {
        let foreign = format!("{}/{id}", people_of(&app, &event, other).await);
        assert_eq!(app.visitor().get(&foreign).await.status, 404);
        for choice in ["note", "end", "block", "cadence", "check"] {
            let fields = [("choice", choice), ("note_text", "mine now"), ("trust", "1")];
            assert_eq!(app.visitor().submit(&foreign, &fields).await.status, 404, "{choice}");
        }
    }
    let mine = people_of(&app, &event, &guests[0]).await;
    for nobody in ["0197a1c2-7f00-7000-8000-00000000abcd", "made-up"] {
        assert_eq!(app.visitor().get(&format!("{mine}/{nobody}")).await.status, 404);
    }
    assert_eq!(app.visitor().get("/in/made-up/people").await.status, 404);

    let me = app.signed_in(&event, &guests[0]).await;
    let stands = async || (connections_of(&app, &event, &guests[0]).await, me.all(&format!("/connections/{id}/log")).await);
    let before = stands().await;
    for path in [&mine, &one] {
        for query in ["", "?lang=it", "?done=ended", "?choice=end&choose=may"] {
            look(&app, &format!("{path}{query}")).await;
        }
    }
    assert_eq!(stands().await, before);
}

#[rstest]
#[tokio::test]
async fn hostile_names_and_notes_are_only_read(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 3).await;
    let hostile = filled(person("Zoe Markup"), json!({"name": "<b onclick=x>Zoe عمر"}));
    guests.push(app.add(&event, &hostile).await);
    app.hold(&event, &guests).await;
    let one = choose(&app, &event, &guests[0], &guests[3]).await;
    let mine = people_of(&app, &event, &guests[0]).await;
    press(&app, &one, &[("choice", "note"), ("note_text", "</textarea><script>alert(1)</script>")]).await;
    for page in [look(&app, &mine).await, look(&app, &one).await] {
        assert!(page.contains("&lt;b onclick=x&gt;Zoe عمر") && !page.contains("<b onclick") && !page.contains("<script"), "{page}");
    }
}

#[rstest]
#[tokio::test]
async fn what_was_asked_of_one_and_what_is_to_come_is_listed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let prompts = people_of(&app, &event, &guests[0]).await.replace("/people", "/prompts");
    let page = look(&app, &prompts).await;
    let form = app.mails().to(&guests[0].email).kind("F1").only().token("prompts");
    assert!(links_of(&page).iter().any(|link| link.starts_with(&format!("/prompts/{form}"))), "{page}");
    assert!(page.contains("Not answered") && page.contains("Something small for somebody"), "{page}");
    app.visitor().submit(&format!("/prompts/{form}"), &[("choice", "not_now")]).await.ok_page();
    assert!(look(&app, &prompts).await.contains("“Not now”"));
}
