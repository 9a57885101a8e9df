//! A calendar of one's own, for the program one reads calendars with.

use crate::support::*;

/// The values of a property, unfolded.
fn values(file: &str, property: &str) -> Vec<String> {
    let unfolded = file.replace("\r\n ", "");
    let start = format!("{property}:");
    unfolded.split("\r\n").filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
}

async fn new_address(me: &Caller) -> String {
    me.post("/calendar_feed", json!({})).await.ok(201)["feed_url"].as_str().expect("the address is told once").to_owned()
}

#[rstest]
#[tokio::test]
async fn r18_a_calendar_of_ones_own_is_well_formed_whatever_an_event_is_called(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let hostile = "Pane, vino; e \\ à 🌻🌻🌻 <b> BEGIN:VALARM \"x\" =, una sera lunga lunga lunga lunga lunga";
    let event = app.event_with("may", json!({"title": {"en": hostile, "it": "Tavoli"}, "place": "Via del Pratello, 53"})).await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let address = new_address(&me).await;
    let answer = app.visitor().get(&address).await;
    let calendar = answer.ok_page();
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.header("x-robots-tag"), Some("noindex, nofollow"));
    assert_eq!(answer.header("set-cookie"), None);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"), "{calendar}");
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "folded:\n{calendar}");
    let escaped = hostile.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
    assert_eq!(values(&calendar, "SUMMARY"), [escaped]);
    assert_eq!(values(&calendar, "LOCATION"), ["Via del Pratello\\, 53"]);
    assert_eq!(
        (values(&calendar, "DTSTART"), values(&calendar, "DTEND")),
        (vec!["20300509T160000Z".to_owned()], vec!["20300509T190000Z".to_owned()])
    );
    let public = app.public().get("/events/tavola/may/event.ics").await.ok_page();
    assert_eq!(values(&calendar, "UID"), values(&public, "UID"), "the same appointment as in the mails");

    // What is known already is not sent again.
    let tag = answer.header("etag").expect("a version").to_owned();
    let again = app.visitor().get(&address).header("If-None-Match", &tag).await;
    assert_eq!((again.status, again.text().as_str()), (304, ""));
    app.patch(&event.at(""), json!({"place": "Via Mascarella 1"})).await.ok(200);
    let changed = app.visitor().get(&address).header("If-None-Match", &tag).await.ok_page();
    assert_eq!((values(&changed, "LOCATION"), values(&changed, "SEQUENCE")), (vec!["Via Mascarella 1".to_owned()], vec!["1".to_owned()]));
    me.post(&format!("/registrations/{}/cancel", ada.code), json!({})).await.ok(200);
    assert!(values(&app.visitor().get(&address).await.ok_page(), "UID").is_empty());
}

#[rstest]
#[tokio::test]
async fn an_address_is_made_anew_and_taken_back(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    assert_eq!(me.get("/calendar_feed").await.ok(200), json!({"since": null}));
    let first = new_address(&me).await;
    assert!(me.get("/calendar_feed").await.ok(200)["since"].is_string());
    app.visitor().get(&first).await.ok_page();

    let asked = async || me.post("/calendar_feed", json!({})).header("Idempotency-Key", "anew").await.ok(201);
    let second = asked().await["feed_url"].as_str().unwrap().to_owned();
    assert_eq!(asked().await["feed_url"], Value::Null, "a secret is told once");
    assert_eq!(app.visitor().get(&first).await.status, 404);
    app.visitor().get(&second).await.ok_page();
    // What opens the calendar opens nothing else, and the other way round.
    let token = second.split('/').rev().nth(1).unwrap();
    app.me(token).get("/profile").await.fails(401, "unauthenticated");
    let mail = app.mail_about(&event, &ada.email, "confirmed").await;
    assert_eq!(app.visitor().get(&format!("/feeds/{}/prompts.ics", mail.token("in"))).await.status, 404);
    assert_eq!(app.visitor().get("/feeds/made-up/prompts.ics").await.status, 404);

    me.delete("/calendar_feed").await.ok(204);
    me.delete("/calendar_feed").await.ok(204);
    assert_eq!(app.visitor().get(&second).await.status, 404);
    assert_eq!(me.get("/calendar_feed").await.ok(200), json!({"since": null}));
    let third = new_address(&me).await;
    me.post("/erase", json!({"confirm": ada.email})).await.ok(200);
    assert_eq!(app.visitor().get(&third).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn a_calendar_tells_when_prompts_come_and_names_nobody(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let address = new_address(&me).await;
    let read = async || app.visitor().get(&address).await.ok_page();
    let prompts = |calendar: &str| values(calendar, "UID").into_iter().filter(|uid| uid.ends_with("-prompt")).collect::<Vec<_>>();
    let before = read().await;
    assert_eq!(prompts(&before).len(), 6, "{before}");
    assert!(values(&before, "DTSTART").contains(&"20300510T080000Z".to_owned()), "{before}");
    assert_eq!(values(&before, "TRANSP").iter().filter(|one| *one == "TRANSPARENT").count(), 6);
    assert!(!before.contains("/in/") && !before.contains("/prompts/"), "no link: {before}");

    app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!(prompts(&read().await), prompts(&before), "one that waits for an answer is the same entry");
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done", "keep": [guests[1].code]})).await.ok(200);
    let after = read().await;
    assert_eq!(prompts(&after).len(), 5, "{after}");
    for guest in &guests[1..] {
        assert!(!after.contains(&guest.name), "{after}");
    }
    me.patch("/preferences", json!({"streams": {"follow_up": false}})).await.ok(200);
    assert!(prompts(&read().await).is_empty());
}
