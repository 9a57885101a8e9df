//! A seat that is offered, and one that is given up: behind the links of the mails.

use crate::support::*;

async fn offered(app: &TestApp, locale: &str) -> (Event, Guest, String) {
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.add(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &filled(person("Bruno Bassi"), json!({"locale": locale}))).await;
    app.post(&event.at(&format!("/registrations/{}/cancel", ada.code)), json!({})).await.ok(200);
    let link = app.mail_about(&event, &bruno.email, "offered").await.link("confirm");
    (event, bruno, link)
}

#[rstest]
#[tokio::test]
async fn looking_at_an_offer_takes_nothing_and_a_button_does(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, bruno, link) = offered(&app, "it").await;
    for _ in 0..20 {
        let page = app.visitor().get(&link).await.ok_page();
        assert!(page.contains("martedì 7 maggio 2030, ore 09:00"), "until when: {page}");
        assert!(page.contains("value=\"confirm\"") && page.contains("value=\"decline\""), "{page}");
        assert!(app.visitor().get(&format!("{link}?lang=en")).await.ok_page().contains("Tuesday 7 May 2030, 09:00"));
    }
    assert_eq!(app.state_of(&event, &bruno.code).await, "offered");
    // One's own page leads there.
    let own = app.mail_about(&event, &bruno.email, "offered").await.link("in");
    assert!(links_of(&app.visitor().get(&own).await.ok_page()).iter().any(|one| one.starts_with(&link)));

    let page = app.visitor().submit(&link, &[("choice", "confirm")]).await.ok_page();
    assert!(page.contains("Il tuo posto ti aspetta"), "{page}");
    assert_eq!(app.state_of(&event, &bruno.code).await, "confirmed");
    let late = app.visitor().submit(&link, &[("choice", "decline")]).await.ok_page();
    assert!(late.contains("È già tutto a posto"), "{late}");
    assert_eq!(app.state_of(&event, &bruno.code).await, "confirmed");
}

#[rstest]
#[tokio::test]
async fn an_offer_is_left_with_one_button(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, bruno, link) = offered(&app, "en").await;
    let page = app.visitor().submit(&link, &[("choice", "decline")]).await.ok_page();
    assert!(page.contains("Thank you for telling us"), "{page}");
    assert_eq!(app.state_of(&event, &bruno.code).await, "cancelled");
    let again = app.visitor().submit(&link, &[("choice", "confirm")]).await.ok_page();
    assert!(again.contains("This link has grown old"), "{again}");
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"]["taken"], 0);
}

#[rstest]
#[tokio::test]
async fn an_offer_that_lapsed_says_so(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, bruno, link) = offered(&app, "en").await;
    app.clock_advance(24 * 3600).await;
    for worked in [false, true] {
        if worked {
            app.run_due().await;
        }
        let pages = [app.visitor().get(&link).await, app.visitor().submit(&link, &[("choice", "confirm")]).await];
        for page in pages {
            assert!(page.ok_page().contains("This link has grown old"), "{}", page.text());
        }
    }
    assert_eq!(app.state_of(&event, &bruno.code).await, "offer_expired");
    let own = app.mail_about(&event, &bruno.email, "offered").await.link("in");
    assert!(app.visitor().get(&own).await.ok_page().contains("has gone to the next person in line"));
}

#[rstest]
#[tokio::test]
async fn a_seat_is_given_up_in_two_steps(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let link = app.mail_about(&event, &ada.email, "confirmed").await.link("in");
    assert!(app.visitor().get(&link).await.ok_page().contains("value=\"give_up\""));
    let asked = app.visitor().submit(&link, &[("choice", "give_up")]).await.ok_page();
    assert!(asked.contains("value=\"give_up_surely\"") && asked.contains("goes to the next person"), "{asked}");
    assert_eq!(app.state_of(&event, &ada.code).await, "confirmed", "asking is not doing");

    for _ in 0..2 {
        let gone = app.visitor().submit(&link, &[("choice", "give_up_surely")]).await.ok_page();
        assert!(gone.contains("Your registration is cancelled") && !gone.contains("value=\"give_up"), "{gone}");
    }
    assert_eq!(app.state_of(&event, &ada.code).await, "cancelled");
    assert_eq!(app.state_of(&event, &bruno.code).await, "offered");
    app.post(&event.at("/cancel"), json!({})).await.ok(200);
    assert!(app.visitor().get(&link).await.ok_page().contains("This event is cancelled"));
}
