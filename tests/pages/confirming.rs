//! `/confirm/{token}`: the button that turns a form into a registration.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn looking_twenty_times_confirms_nothing_and_the_button_does(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register(&event, &person("Ada Arena")).await.ok(202);
    let link = app.mail_about(&event, "ada.arena@example.org", "confirm").await.link("confirm");
    for _ in 0..20 {
        assert!(app.visitor().get(&link).await.ok_page().contains("<button"));
    }
    assert_eq!(app.all(&event.at("/registrations?state=pending_email")).await.len(), 1);

    let page = app.visitor().submit(&link, &[("choice", "confirm")]).await.ok_page();
    assert!(page.contains("Small tables in May"));
    assert_eq!(app.all(&event.at("/registrations?state=confirmed")).await.len(), 1);
    // From here they find their own page.
    let token = app.mail_about(&event, "ada.arena@example.org", "confirmed").await.token("in");
    assert!(links_of(&page).iter().any(|link| link.starts_with(&format!("/in/{token}"))), "{page}");

    // Again is fine, and changes nothing.
    app.visitor().submit(&link, &[("choice", "confirm")]).await.ok_page();
    app.visitor().get(&link).await.ok_page();
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 1);
}

#[rstest]
#[tokio::test]
async fn a_full_event_says_so_before_and_after(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    app.add(&event, &person("Ada Arena")).await;
    app.register(&event, &person("Bruno Bassi")).await.ok(202);
    let link = app.mail_about(&event, "bruno.bassi@example.org", "confirm").await.link("confirm");
    let before = app.visitor().get(&link).await.ok_page();
    assert!(before.to_lowercase().contains("waiting list"), "{before}");
    let after = app.visitor().submit(&link, &[("choice", "confirm")]).await.ok_page();
    assert!(after.to_lowercase().contains("waiting list"), "{after}");
    assert_eq!(app.all(&event.at("/registrations?state=waitlisted")).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn an_expired_link_leads_back_to_the_form(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.register(&event, &person("Ada Arena")).await.ok(202);
    let link = app.mail_about(&event, "ada.arena@example.org", "confirm").await.link("confirm");
    app.clock_advance(48 * 3600).await;
    for worked in [false, true] {
        if worked {
            app.run_due().await;
        }
        let page = app.visitor().submit(&link, &[("choice", "confirm")]).await;
        assert!([200, 410].contains(&page.status), "{}", page.text());
        let back = links_of(&page.text()).iter().any(|link| link.starts_with("/e/tavola/may"));
        assert!(back, "{}", page.text());
    }
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 0);
}

/// Anybody may type anybody's address. What its owner confirms is what they have seen.
#[rstest]
#[tokio::test]
async fn a_form_that_came_after_the_page_is_shown_before_it_is_confirmed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let own = filled(person("Ada Arena"), json!({"consents": {"follow_up": false}}));
    app.register(&event, &own).await.ok(202);
    let link = app.mail_about(&event, "ada.arena@example.org", "confirm").await.link("confirm");
    let page = app.visitor().get(&link).await.ok_page();
    assert!(page.contains("Ada Arena") && page.contains("limbing") && !page.contains("about the people I met"), "{page}");

    let foreign = filled(person("Not Ada"), json!({"email": "ada.arena@example.org", "passions": [{"passion": "beekeeping"}]}));
    app.register(&event, &foreign).await.ok(202);
    let again = app.visitor().submit(&link, &[("choice", "confirm"), ("shown", &shown_on(&page))]).await.ok_page();
    assert_eq!(app.all(&event.at("/registrations?state=pending_email")).await.len(), 1, "confirmed unseen");
    assert!(again.contains("Not Ada") && again.contains("eekeeping") && again.contains("about the people I met"), "{again}");

    // Their own form once more, and what is confirmed is what they said.
    app.register(&event, &own).await.ok(202);
    let page = app.visitor().get(&link).await.ok_page();
    app.visitor().submit(&link, &[("choice", "confirm"), ("shown", &shown_on(&page))]).await.ok_page();
    let confirmed = app.all(&event.at("/registrations?state=confirmed")).await;
    assert_eq!((&confirmed[0]["name"], &confirmed[0]["consents"]["follow_up"]), (&json!("Ada Arena"), &json!(false)));
    assert_eq!(app.mails().to("ada.arena@example.org").kind("confirm").len(), 1);
}

/// The version that the page's form sends along.
fn shown_on(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"shown\" value=\"").expect("the form says what was shown");
    rest.split('"').next().unwrap_or_default().to_owned()
}
