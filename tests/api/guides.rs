//! Guides by phase.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_13_every_phase_has_a_guide_in_each_language(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let viewer = app.as_role("viewer").await;
    let mut titles = std::collections::BTreeSet::new();
    for phase in ["before", "during", "after"] {
        for locale in ["en", "it"] {
            let guide = viewer.get(&format!("/guides/{phase}/{locale}")).await.ok(200);
            assert_eq!((&guide["phase"], &guide["locale"], &guide["fallback"]), (&json!(phase), &json!(locale), &json!(false)));
            assert!(guide["text"].as_str().unwrap().len() > 200);
            assert!(titles.insert(guide["title"].as_str().unwrap().to_owned()), "{guide} is there twice");
        }
    }
    let french = viewer.get("/guides/before/fr").await.ok(200);
    assert_eq!((&french["locale"], &french["fallback"]), (&json!("en"), &json!(true)));
    for nothing in ["/guides/never/en", "/guides/before/francese"] {
        viewer.get(nothing).await.fails(404, "not_found");
    }
}

#[rstest]
#[tokio::test]
async fn sr_13_an_organizer_says_it_in_their_own_words(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let shipped = app.get("/guides/during/it").await.ok(200);
    let own = json!({"title": "Al tavolo del circolo", "text": "Si ascolta.\n\nPoi si parla."});
    app.as_role("viewer").await.put("/guides/during/it", own.clone()).await.fails(403, "forbidden");
    let saved = app.put("/guides/during/it", own.clone()).await.ok(200);
    assert_eq!((&saved["title"], &saved["text"], &saved["own"]), (&own["title"], &own["text"], &json!(true)));
    assert_eq!(app.get("/guides/during/it").await.ok(200), saved);
    let page = app.visitor().get("/guides/tavola/during?lang=it").await.ok_page();
    assert!(page.contains("Al tavolo del circolo") && page.contains("Poi si parla."), "{page}");
    assert!(!app.visitor().get("/guides/tavola/during?lang=en").await.ok_page().contains("Al tavolo del circolo"));
    assert_eq!(app.other_organizer().get("/guides/during/it").await.ok(200), shipped);

    let wrong = json!({"title": "", "text": "x".repeat(4001), "colour": "red"});
    let wrong = app.put("/guides/during/it", wrong).await.fails(422, "validation_failed");
    assert_eq!(wrong.pointers(), ["/colour", "/text", "/title"]);
    app.put("/guides/during/fr", own).await.fails(404, "not_found");
    app.delete("/guides/during/it").await.ok(204);
    assert_eq!(app.get("/guides/during/it").await.ok(200), shipped);
}

#[rstest]
#[tokio::test]
async fn sr_13_an_event_chooses_whose_guides_it_gives(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let own = json!({"title": "Before our supper", "text": "Bring bread."});
    app.put("/guides/before/en", own).await.ok(200);
    let (event, other) = (app.event("may").await, app.event("june").await);
    assert_eq!(app.get(&event.at("")).await.ok(200)["guides"], json!({"before": "own", "during": "own", "after": "own"}));
    let wrong = app.patch(&event.at(""), json!({"guides": {"before": "theirs", "never": "own"}})).await.fails(422, "validation_failed");
    assert!(wrong.pointers().iter().all(|pointer| pointer.starts_with("/guides")), "{:?}", wrong.pointers());
    let chosen = app.patch(&event.at(""), json!({"guides": {"before": "shipped", "after": "none"}})).await.ok(200);
    assert_eq!(chosen["guides"], json!({"before": "shipped", "during": "own", "after": "none"}));

    let titles = async |event: &Event| {
        let ada = app.register_confirmed(event, &person("Ada Arena")).await;
        let path = format!("/registrations/{}/guides", ada.code);
        let mine = app.signed_in(event, &ada).await.get(&path).await.ok(200);
        let phases: Vec<String> = each(&mine["guides"], "phase").into_iter().map(str::to_owned).collect();
        (phases, each(&mine["guides"], "title")[0].to_owned(), ada)
    };
    let (phases, first, ada) = titles(&event).await;
    assert_eq!((phases, first.as_str()), (vec!["before".to_owned(), "during".to_owned()], "Before you come"));
    let (phases, first, _) = titles(&other).await;
    assert_eq!((phases.len(), first.as_str()), (3, "Before our supper"));

    // What is not given is not there to be read, nor to be acknowledged, and no mail leads to it.
    let me = app.signed_in(&event, &ada).await;
    me.post(&format!("/registrations/{}/guides/after/ack", ada.code), json!({})).await.fails(404, "not_found");
    me.post(&format!("/registrations/{}/guides/never/ack", ada.code), json!({})).await.fails(404, "not_found");
    app.patch(&event.at(""), json!({"guides": {"before": "none"}})).await.ok(200);
    app.live_until(DAY_BEFORE).await;
    let mail = |event: &Event| app.mails().to(&ada.email).kind("A1").about(&event.slug).only().clone();
    assert_eq!(mail(&event).find_link("guides"), None, "{}", mail(&event).text);
    let link = mail(&other).link("guides");
    assert!(app.visitor().get(&link).await.ok_page().contains("Bring bread."), "{link}");
    assert_eq!(app.visitor().get(&link.replace("/before/", "/never/")).await.status, 404);
    // The organizer's guide is there for anybody all the same.
    assert!(app.visitor().get("/guides/tavola/before?lang=en").await.ok_page().contains("Bring bread."));
}

#[rstest]
#[tokio::test]
async fn sr_13_who_has_read_a_guide_says_so_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.register_confirmed(&event, &person("Bruno Bassi")).await;
    let (me, them) = (app.signed_in(&event, &ada).await, app.signed_in(&event, &bruno).await);
    let guides = format!("/registrations/{}/guides", ada.code);
    let read_at = async || {
        let mine = me.get(&guides).await.ok(200);
        let at = |guide: &Value| (guide["phase"].as_str().unwrap().to_owned(), guide["acknowledged_at"].clone());
        mine["guides"].as_array().unwrap().iter().map(at).collect::<Vec<_>>()
    };
    assert!(read_at().await.iter().all(|(_, at)| at.is_null()));
    let ack = format!("{guides}/before/ack");
    them.post(&ack, json!({})).await.fails(404, "not_found");
    me.post(&ack, json!({})).await.ok(204);
    let first = read_at().await;
    assert!(first[0].0 == "before" && first[0].1.is_string() && first[1].1.is_null(), "{first:?}");
    app.clock_advance(60).await;
    me.post(&ack, json!({})).await.ok(204);
    assert_eq!(read_at().await, first, "the first time counts");

    // On its page: looking says nothing, the button does.
    app.live_until(DAY_BEFORE).await;
    let link = app.mails().to(&bruno.email).kind("A1").only().link("guides");
    for _ in 0..3 {
        let page = app.visitor().get(&link).await.ok_page();
        assert!(page.contains("value=\"guide_ack\"") && page.contains("noindex"), "{page}");
    }
    let theirs = async || them.get(&format!("/registrations/{}/guides", bruno.code)).await.ok(200)["guides"][0]["acknowledged_at"].clone();
    assert_eq!(theirs().await, Value::Null);
    let page = app.visitor().submit(&link, &[("choice", "guide_ack")]).await.ok_page();
    assert!(!page.contains("value=\"guide_ack\""), "it is asked again: {page}");
    assert!(theirs().await.is_string());
    // What is good to read is passed on: its link opens nothing else, and nothing else opens it.
    let (token, key) = (link.rsplit('/').next().unwrap(), app.mail_about(&event, &bruno.email, "confirmed").await.token("in"));
    for place in ["in", "profile", "introductions", "confirm", "prompts", "unsubscribe"] {
        assert_eq!(app.visitor().get(&format!("/{place}/{token}")).await.status, 404, "{place}");
    }
    for token in [token.to_owned(), format!("cva_{token}")] {
        app.me(&token).get("/profile").await.fails(401, "unauthenticated");
    }
    assert_eq!(app.visitor().get(&format!("/guides/tavola/before/{key}")).await.status, 404);
    let home = app.mail_about(&event, &bruno.email, "confirmed").await.link("in");
    let home = app.visitor().get(&home).await.ok_page();
    assert!(links_of(&home).iter().any(|address| address.starts_with(&link)), "one's own page leads there: {home}");
    assert_eq!(app.visitor().get(&link.replace("/tavola/", "/nobody/")).await.status, 404);

    // It is taken along, and forgotten with the person.
    let export = them.get("/export").await.ok(200);
    assert_eq!(each(&export["registrations"][0]["guides_read"], "phase"), ["before"]);
    let kept = async || app.dump().await.lines().filter(|line| line.starts_with("guide_acks")).count();
    assert_eq!(kept().await, 2);
    them.post("/erase", json!({"confirm": bruno.email})).await.ok(200);
    assert_eq!(kept().await, 1);
}

#[rstest]
#[tokio::test]
async fn sr_13_a_guide_s_link_leads_to_something_to_read_for_ever(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, off) = (app.event("may").await, app.event("june").await);
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let bruno = app.register_confirmed(&off, &person("Bruno Bassi")).await;
    let chiara = app.register_confirmed(&off, &person("Chiara Conti")).await;
    // Each has the mail that lets them in before days go by.
    let theirs = [(&bruno, app.signed_in(&off, &bruno).await), (&chiara, app.signed_in(&off, &chiara).await)];
    app.live_until(DAY_BEFORE).await;
    let link = |guest: &Guest| app.mails().to(&guest.email).kind("A1").only().link("guides");
    let links = [&ada, &bruno, &chiara].map(link);
    for link in &links {
        assert!(app.visitor().get(link).await.ok_page().contains("value=\"guide_ack\""), "{link}");
    }
    let is_public = async |link: &str| {
        let (looked, pressed) = (app.visitor().get(link).await, app.visitor().submit(link, &[("choice", "guide_ack")]).await);
        for answer in [looked, pressed] {
            let page = answer.ok_page();
            assert!(page.contains("Before you come") && !page.contains("value=\"guide_ack\""), "{page}");
            assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        }
        assert!(!app.dump().await.lines().any(|line| line.starts_with("guide_acks")), "nobody has said anything");
    };
    // The event gives none any more; its reader has left; it is called off.
    app.patch(&event.at(""), json!({"guides": {"before": "none"}})).await.ok(200);
    is_public(&links[0]).await;
    let guides = |guest: &Guest| format!("/registrations/{}/guides", guest.code);
    assert_eq!(each(&theirs[0].1.get(&guides(&bruno)).await.ok(200)["guides"], "phase").len(), 3);
    app.post(&off.at(&format!("/registrations/{}/cancel", bruno.code)), json!({})).await.done();
    is_public(&links[1]).await;
    app.post(&off.at("/cancel"), json!({})).await.done();
    is_public(&links[2]).await;
    for (guest, me) in &theirs {
        assert_eq!(me.get(&guides(guest)).await.ok(200)["guides"], json!([]));
        me.post(&format!("{}/before/ack", guides(guest)), json!({})).await.fails(404, "not_found");
    }
    // And the link is older than links live.
    app.patch(&event.at(""), json!({"guides": {"before": "own"}})).await.ok(200);
    assert!(app.visitor().get(&links[0]).await.ok_page().contains("value=\"guide_ack\""));
    app.clock_advance(200 * 86_400).await;
    is_public(&links[0]).await;
}

/// The prompt as data says where to read the guide, as its mail does.
#[rstest]
#[tokio::test]
async fn sr_13_a_prompt_says_where_its_guide_is_read(#[values(true, false)] gives: bool, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let after = if gives { "own" } else { "none" };
    let (event, guests, _) = app.held_evening_with("may", 4, json!({"guides": {"after": after}})).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let prompt = prompt_of(&me, "F1").await;
    assert_eq!(app.mails().to(&guests[0].email).kind("F1").only().find_link("guides").is_some(), gives);
    let exported = me.get("/export").await.ok(200)["prompts"].as_array().unwrap().iter().find(|one| one["step"] == "F1").unwrap().clone();
    assert_eq!(exported, prompt);
    match prompt["guide"].as_str() {
        Some(guide) if gives => {
            let (_, path) = guide.split_once("convivio.test").expect("a whole address");
            assert_eq!(path, "/guides/tavola/after");
            app.visitor().get(path).await.ok_page();
        }
        guide => assert!(guide.is_none() && !gives, "{prompt}"),
    }
}
