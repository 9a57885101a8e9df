//! The event in people's calendars.

use crate::support::*;

async fn file(app: &TestApp) -> String {
    app.public().get("/events/tavola/may/event.ics").await.ok_page()
}

/// The value of a property, unfolded.
fn value(file: &str, property: &str) -> String {
    let unfolded = file.replace("\r\n ", "");
    let line = unfolded.split("\r\n").find(|line| line.starts_with(&format!("{property}:")));
    line.unwrap_or_else(|| panic!("no {property} in\n{file}"))[property.len() + 1..].to_owned()
}

#[rstest]
#[tokio::test]
async fn r18_anybody_may_have_the_calendar_file(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let hostile = "Pane, vino; e \\ à 🌻🌻🌻 <b> BEGIN:VALARM \"x\" =, una sera lunga lunga lunga lunga lunga";
    let event = app.draft_with("may", json!({"title": {"en": hostile, "it": "Tavoli"}, "place": "Via del Pratello, 53"})).await;
    app.public().get("/events/tavola/may/event.ics").await.fails(404, "not_found");
    app.post(&event.at("/publish"), json!({})).await.done();

    let answer = app.public().get("/events/tavola/may/event.ics").await;
    let calendar = answer.ok_page();
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8; method=PUBLISH"));
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"), "{calendar}");
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "folded:\n{calendar}");
    let expected = [
        ("METHOD", "PUBLISH"),
        ("STATUS", "CONFIRMED"),
        ("SEQUENCE", "0"),
        ("DTSTART", "20300509T160000Z"),
        ("DTEND", "20300509T190000Z"),
        ("LOCATION", "Via del Pratello\\, 53"),
    ];
    for (property, wanted) in expected {
        assert_eq!(value(&calendar, property), wanted);
    }
    let escaped = hostile.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
    assert_eq!(value(&calendar, "SUMMARY"), escaped);
    assert_eq!(calendar.matches("BEGIN:").count(), 3, "a calendar and an event, and the words of the title: {calendar}");
    let italian = app.public().get("/events/tavola/may/event.ics?locale=it").await.ok_page();
    assert_eq!(value(&italian, "SUMMARY"), "Tavoli");
    app.public().get("/events/tavola/may/event.ics?locale=xx").await.fails(400, "malformed_request");
    app.public().get("/events/altrove/may/event.ics").await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn r18_a_change_of_time_place_or_title_is_a_newer_version_of_the_same_entry(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let mailed = app.mail_about(&event, &ada.email, "confirmed").await.calendar.expect("a calendar part");
    let first = file(&app).await;
    for property in ["UID", "SEQUENCE", "DTSTART", "SUMMARY"] {
        assert_eq!(value(&mailed, property), value(&first, property), "the mail and the address tell of one appointment");
    }
    let sequence = async |change: Value| {
        app.patch(&event.at(""), change).await.ok(200);
        let now = file(&app).await;
        assert_eq!(value(&now, "UID"), value(&first, "UID"));
        value(&now, "SEQUENCE")
    };
    assert_eq!(sequence(json!({"summary": {"en": "Other words."}, "capacity": 50})).await, "0");
    assert_eq!(sequence(json!({"starts_at": "2030-05-09T16:30:00Z"})).await, "1");
    assert_eq!(sequence(json!({"place": "Via Mascarella 1"})).await, "2");
    assert_eq!(sequence(json!({"title": {"it": "Altri tavoli"}})).await, "3");
    assert_eq!(sequence(json!({"place": "Via Mascarella 1", "title": {"it": "Altri tavoli"}})).await, "3");

    let bruno = app.register_confirmed(&event, &person("Bruno Bassi")).await;
    let mailed = app.mail_about(&event, &bruno.email, "confirmed").await.calendar.expect("a calendar part");
    assert_eq!((value(&mailed, "UID"), value(&mailed, "SEQUENCE")), (value(&first, "UID"), "3".to_owned()));
    app.live_until(DAY_BEFORE).await;
    let told = app.mails().to(&ada.email).kind("A1").only().calendar.clone().expect("a calendar part");
    assert_eq!((value(&told, "UID"), value(&told, "SEQUENCE")), (value(&first, "UID"), "3".to_owned()));
}
