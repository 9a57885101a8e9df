//! What belongs to oneself, on the pages: a calendar, all that is kept, and being forgotten.

use crate::support::*;

async fn own(app: &TestApp, event: &Event, guest: &Guest, place: &str) -> String {
    format!("/in/{}/{place}", app.mail_about(event, &guest.email, "confirmed").await.token("in"))
}

async fn look(app: &TestApp, path: &str) -> String {
    app.visitor().get(path).await.ok_page()
}

/// The calendar's address, where the page tells it.
fn address_on(page: &str) -> Option<String> {
    let field = page.split("id=\"feed_address\"").nth(1)?;
    let value = field.split("value=\"").nth(1)?.split('"').next()?;
    Some(value.replace("&#x2f;", "/"))
}

#[rstest]
#[tokio::test]
async fn sr_50_a_calendar_s_address_is_told_once_and_taken_back_on_the_page(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let (page, me) = (own(&app, &event, &ada, "preferences").await, app.signed_in(&event, &ada).await);
    let preferences = me.get("/preferences").await.ok(200);
    let before = look(&app, &page).await;
    assert!(address_on(&before).is_none() && !before.contains("value=\"take_back\""), "{before}");
    let make = async || {
        let made = app.visitor().submit(&page, &[("feed", "make")]).await;
        assert_eq!(made.header("cache-control"), Some("no-store"));
        address_on(&made.ok_page()).unwrap_or_else(|| panic!("no address: {}", made.text()))
    };

    let first = make().await;
    assert!(look(&app, &first).await.starts_with("BEGIN:VCALENDAR"));
    let after = look(&app, &page).await;
    assert!(address_on(&after).is_none() && !after.contains("feeds"), "a secret is told once: {after}");
    assert!(after.contains("value=\"take_back\""), "{after}");

    let second = make().await;
    assert_ne!(second, first);
    assert_eq!(app.visitor().get(&first).await.status, 404);
    assert!(look(&app, &second).await.contains("BEGIN:VEVENT"), "the evening stands in it");

    let gone = app.visitor().submit(&page, &[("feed", "take_back")]).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    assert!(!gone.location().contains("feeds"), "{}", gone.location());
    let after = look(&app, &gone.location()).await;
    assert!(after.contains("the address opens nothing any more") && !after.contains("value=\"take_back\""), "{after}");
    assert_eq!(app.visitor().get(&second).await.status, 404);
    assert_eq!(me.get("/calendar_feed").await.ok(200), json!({"since": null}));
    assert_eq!(me.get("/preferences").await.ok(200), preferences, "these buttons change nothing else");
}

#[rstest]
#[tokio::test]
async fn sr_50_the_page_gives_what_the_api_gives_to_take_along(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let me = app.signed_in(&event, &guests[0]).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let answer = json!({"choice": "done", "keep": [guests[1].code], "notes": {(guests[1].code.as_str()): "builds canoes"}});
    act(&me, &prompt_of(&me, "F1").await, answer).await.ok(200);
    let file = app.visitor().get(&own(&app, &event, &guests[0], "export").await).await;
    let (taken, told) = (file.ok(200), me.get("/export").await.ok(200));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"convivio.json\""));
    assert!(file.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
    assert_eq!((file.header("cache-control"), file.header("referrer-policy")), (Some("no-store"), Some("no-referrer")));
    assert_eq!(taken["profile"]["email"], guests[0].email.as_str());
    assert!(taken.to_string().contains("canoes"), "{taken:#}");
    for part in ["profile", "preferences", "registrations", "checkins", "encounters", "connections", "log", "blocks"] {
        assert_eq!(taken[part], told[part], "{part}");
    }
    let parts = |export: &Value| export.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(parts(&taken), parts(&told));
    let linked = links_of(&look(&app, &own(&app, &event, &guests[0], "preferences").await).await);
    assert!(linked.contains(&own(&app, &event, &guests[0], "export").await), "{linked:?}");
}

#[rstest]
#[tokio::test]
async fn r20_who_presses_the_button_with_their_address_is_forgotten(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let [ada, luca] = [&guests[0], &guests[1]];
    let (page, theirs) = (own(&app, &event, ada, "erase").await, own(&app, &event, luca, "people").await);
    let mine = page.trim_end_matches("/erase").to_owned();
    let linked = links_of(&look(&app, &format!("{mine}/preferences")).await);
    assert!(linked.iter().any(|link| link.starts_with(&page)), "{linked:?}");

    for wrong in ["", "nobody", luca.email.as_str()] {
        let refused = app.visitor().submit(&page, &[("confirm", wrong)]).await;
        assert_eq!(refused.status, 422, "{wrong}: {}", refused.text());
        assert!(links_of(&refused.text()).contains(&"#confirm".to_owned()), "{wrong}: {}", refused.text());
        assert!(refused.text().contains(&format!("value=\"{wrong}\"")), "{wrong}: {}", refused.text());
    }
    assert_eq!(app.visitor().submit(&page, &[]).await.status, 422);
    assert_eq!(app.state_of(&event, &ada.code).await, "attended");
    assert!(look(&app, &theirs).await.contains(&ada.name), "nothing was erased");

    let typed = format!(" {} ", ada.email.to_uppercase());
    let farewell = app.visitor().submit(&page, &[("confirm", typed.as_str())]).await.ok_page();
    assert!(farewell.contains("You are forgotten here"), "{farewell}");
    assert!(!farewell.contains(mine.trim_start_matches("/in/")), "the link is dead: {farewell}");
    assert!(links_of(&farewell).iter().all(|link| !link.starts_with('?')), "{farewell}");
    for place in ["", "/people", "/prompts", "/preferences", "/export", "/erase"] {
        assert_eq!(app.visitor().get(&format!("{mine}{place}")).await.status, 404, "{place}");
    }
    assert_eq!(app.visitor().submit(&page, &[("confirm", ada.email.as_str())]).await.status, 404);
    assert_eq!(app.state_of(&event, &ada.code).await, "anonymised");
    assert!(!look(&app, &theirs).await.contains(&ada.name));
}

#[rstest]
#[tokio::test]
async fn r20_a_seat_erased_on_the_page_goes_to_the_first_in_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let page = own(&app, &event, &ada, "erase").await;
    let farewell = app.visitor().submit(&format!("{page}?lang=it"), &[("confirm", ada.email.as_str())]).await.ok_page();
    assert!(farewell.contains("<html lang=\"it\"") && farewell.contains("Qui ti abbiamo dimenticato"), "{farewell}");
    assert_eq!(app.state_of(&event, &bruno.code).await, "offered");
}

#[rstest]
#[tokio::test]
async fn r19_looking_at_what_belongs_to_one_changes_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let stands = async || {
        let (feed, preferences) = (me.get("/calendar_feed").await.ok(200), me.get("/preferences").await.ok(200));
        (feed, preferences, me.get("/profile").await.ok(200), app.state_of(&event, &ada.code).await)
    };
    let before = stands().await;
    for place in ["preferences", "export", "erase"] {
        let page = own(&app, &event, &ada, place).await;
        for query in ["", "?lang=it", "?feed=make", "?feed=take_back&done=feed_gone", &format!("?confirm={}", ada.email)] {
            look(&app, &format!("{page}{query}")).await;
        }
    }
    assert_eq!(stands().await, before);
    let address = app.visitor().submit(&own(&app, &event, &ada, "preferences").await, &[("feed", "make")]).await.ok_page();
    let address = address_on(&address).expect("the address is told once");
    look(&app, &own(&app, &event, &ada, "preferences?feed=take_back").await).await;
    look(&app, &address).await;

    for place in ["export", "erase"] {
        assert_eq!(app.visitor().get(&format!("/in/made-up/{place}")).await.status, 404);
    }
    for (place, field) in [("preferences", ("feed", "make")), ("erase", ("confirm", ada.email.as_str()))] {
        assert_eq!(app.visitor().submit(&format!("/in/made-up/{place}"), &[field]).await.status, 404);
    }
}

#[rstest]
#[tokio::test]
async fn what_belongs_to_one_is_told_in_italian(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    let (preferences, erase) = (own(&app, &event, &ada, "preferences").await, own(&app, &event, &ada, "erase").await);
    let page = look(&app, &preferences).await;
    assert!(page.contains("Quello che ti appartiene") && page.contains("Crea un indirizzo"), "{page}");
    let made = app.visitor().submit(&preferences, &[("feed", "make")]).await.ok_page();
    assert!(made.contains("Lo mostriamo solo adesso") && made.contains("Crea un indirizzo nuovo"), "{made}");
    let page = look(&app, &erase).await;
    assert!(page.contains("Vuoi che ti dimentichiamo?") && page.contains("Che cosa resta, senza nome"), "{page}");
    let refused = app.visitor().submit(&erase, &[("confirm", "bruno.bassi@example.org")]).await;
    assert!(refused.status == 422 && refused.text().contains("Non è l’indirizzo a cui ti scriviamo"), "{}", refused.text());
}
