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
