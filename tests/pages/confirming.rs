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
