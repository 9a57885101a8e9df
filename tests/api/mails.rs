//! Mails as their readers get them: headers, parts, language, leaving with one click.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn every_mail_says_what_it_is(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
    app.mail_about(&event, "ada.arena@example.org", "confirmed").await;
    for mail in app.mails().to("ada.arena@example.org").0 {
        assert_eq!(mail.event.as_deref(), Some("may"));
        assert!(mail.message_id.contains('@'), "{:?}", mail.message_id);
        assert!(mail.header("Auto-Submitted").is_some(), "{} lacks Auto-Submitted", mail.kind);
        assert!(!mail.text.trim().is_empty() && mail.html.contains("lang=\"en\""), "{}", mail.html);
        assert!(!mail.subject.trim().is_empty());
        assert!(!mail.html.contains("<img"), "a picture could be a pixel");
    }
}

#[rstest]
#[tokio::test]
async fn the_reader_chooses_the_language(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    let mail = app.mail_about(&event, "ada.arena@example.org", "confirmed").await;
    assert!(mail.html.contains("lang=\"it\""), "{}", mail.html);
    assert!(mail.mentions("Tavoli piccoli a maggio"));
    assert!(!mail.mentions("Small tables in May"));
}

#[rstest]
#[tokio::test]
async fn sr_01_the_confirmation_puts_the_passion_before_the_title(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"headline": "Chief Accountant"}))).await;
    let mail = app.mail_about(&event, "ada.arena@example.org", "confirmed").await;
    for body in [&mail.text, &mail.html] {
        if let Some(title) = body.find("Chief Accountant") {
            let passion = body.find("Climbing").expect("the passion stands beside the title");
            assert!(passion < title, "the title comes first:\n{body}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn the_confirmation_brings_a_calendar_entry(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
    let calendar = app.mail_about(&event, "ada.arena@example.org", "confirmed").await.calendar;
    let calendar = calendar.expect("the mail has a calendar part");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n"), "{calendar}");
    assert!(calendar.trim_end().ends_with("END:VCALENDAR"));
    for line in calendar.split("\r\n") {
        assert!(line.len() <= 75, "a line of {} octets: {line}", line.len());
        assert!(!line.contains('\n'), "a bare line feed: {line}");
    }
    for part in ["VERSION:2.0", "PRODID:", "BEGIN:VEVENT", "UID:", "DTSTAMP:", "SUMMARY:", "END:VEVENT"] {
        assert!(calendar.contains(&format!("\r\n{part}")), "no {part} in {calendar}");
    }
    assert!(calendar.contains("DTSTART:20300509T160000Z"), "{calendar}");
    assert!(calendar.contains("DTEND:20300509T190000Z"), "{calendar}");
}

#[rstest]
#[tokio::test]
async fn sr_05_the_day_before_everybody_is_told_how_it_goes(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 5).await;
    app.let_expire(&event, &person("Zoe Gone")).await;

    app.live_until("2030-05-08T07:59:00Z").await;
    assert!(app.mails().kind("A1").is_empty());
    app.live_until(DAY_BEFORE).await;
    let told = app.mails().kind("A1");
    assert_eq!(told.len(), guests.len());
    for guest in &guests {
        let mail = told.to(&guest.email);
        assert!(mail.only().says("We start from a passion and speak in turn."));
        assert!(mail.only().find_link("in").is_some());
    }
    app.run_due().await;
    assert_eq!(app.mails().kind("A1").len(), guests.len(), "once is enough");
}

#[rstest]
#[tokio::test]
async fn sr_05_how_we_meet_is_told_wherever_there_is_something_to_tell(
    #[values("workshop", "coffee")] kind: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let said = app.bare_event("said", json!({"kind": kind})).await;
    let unsaid = app.bare_event("unsaid", json!({"kind": kind, "method": {}})).await;
    for event in [&said, &unsaid] {
        app.post(&event.at("/publish"), json!({})).await.done();
        app.add_many(event, 2).await;
    }
    app.live_until(DAY_BEFORE).await;
    let told = app.mails().kind("A1");
    assert_eq!((told.len(), told.about("said").len()), (2, 2), "{:?}", told.outline());
    for mail in &told.0 {
        assert!(mail.says("We start from a passion and speak in turn.") && mail.subject.starts_with("Tomorrow: "), "{}", mail.subject);
        assert!(!mail.mentions("small tables:") && !mail.mentions("of a round") && !mail.mentions("Your table"), "{}", mail.text);
    }
    // The words may come late, and still come before the evening.
    app.patch(&unsaid.at(""), json!({"method": {"en": "In pairs, on foot."}})).await.done();
    app.run_due().await;
    assert_eq!(app.mails().kind("A1").about("unsaid").len(), 2);
}

#[rstest]
#[tokio::test]
async fn sr_05_ten_in_the_morning_is_meant_where_the_event_is(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"timezone": "America/New_York"})).await;
    app.add_many(&event, 3).await;
    app.live_until("2030-05-08T13:59:00Z").await;
    assert!(app.mails().kind("A1").is_empty());
    app.live_until("2030-05-08T14:00:00Z").await;
    assert_eq!(app.mails().kind("A1").len(), 3);
}

#[rstest]
#[tokio::test]
async fn follow_up_can_be_left_with_one_click(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let leaver = &guests[0].email;
    let mail = app.mails().to(leaver).kind("F1").only().clone();
    assert_eq!(mail.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    assert_eq!(mail.one_click_path(), mail.link("unsubscribe"));

    // Scanners follow links; that must not act.
    for _ in 0..20 {
        app.visitor().get(&mail.one_click_path()).await.ok_page();
    }
    let click = || app.visitor().submit(&mail.one_click_path(), &[("List-Unsubscribe", "One-Click")]);
    for _ in 0..2 {
        let answer = click().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("set-cookie").is_none());
    }

    let (june, ..) = app.held_next_evening("june", 4).await;
    app.live_until(NEXT_FIRST_WORKING_DAY).await;
    assert_eq!(app.mails().to(leaver).only_those(is_follow_up).outline(), [format!("F1 to {leaver}")], "nothing after leaving");
    for other in &guests[1..] {
        app.mails().to(&other.email).kind("F1").about("june").only();
    }
    let prompts = app.all(&june.at("/prompts")).await;
    let silenced: Vec<_> = prompts.iter().filter(|prompt| prompt["state"] == "suppressed").collect();
    assert_eq!(silenced.len(), 1, "{prompts:?}");
    assert_eq!(silenced[0]["reason"], "unsubscribed");
}

#[rstest]
#[tokio::test]
async fn looking_at_the_way_out_is_not_leaving(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let mail = app.mails().to(&guests[0].email).kind("F1").only().clone();
    for _ in 0..20 {
        app.visitor().get(&mail.one_click_path()).await.ok_page();
    }
    app.held_next_evening("june", 4).await;
    app.live_until(NEXT_FIRST_WORKING_DAY).await;
    app.mails().to(&guests[0].email).kind("F1").about("june").only();
}

#[rstest]
#[tokio::test]
async fn follow_up_is_readable_in_both_forms(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ..) = app.held_evening("may", 5).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let mails = app.mails().kind("F1");
    assert_eq!(mails.len(), 5);
    for mail in mails.0 {
        assert_eq!(mail.event.as_deref(), Some(event.slug.as_str()));
        assert!(mail.html.contains("lang=\"en\""));
        assert!(!mail.subject.starts_with("Re:") && !mail.html.contains("<img"));
        let links = mail.text.lines().filter(|line| line.trim().starts_with("http")).count();
        let words = mail.text.split_whitespace().count() - links;
        assert!(words <= 200, "{words} words are no short mail");
        assert!(mail.find_link("in").is_some() && mail.find_link("prompts").is_some());
    }
}

/// Whatever may come after an event.
fn is_follow_up(mail: &Mail) -> bool {
    !["confirm", "confirmed", "A1"].contains(&mail.kind.as_str())
}
