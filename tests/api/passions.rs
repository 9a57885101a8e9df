//! Passions to choose from while typing.

use crate::support::*;

async fn suggested(app: &TestApp, query: &str) -> Vec<String> {
    let found = app.public().get(&format!("/passions?{query}")).await.ok(200);
    each(&found["results"], "code").into_iter().map(str::to_owned).collect()
}

#[rstest]
#[case::the_beginning_of_a_name("q=climb")]
#[case::a_name_in_italian("q=arramp&locale=it")]
#[case::a_name_in_the_other_language("q=arrampicata&locale=en")]
#[case::another_word_for_it("q=bouldering")]
#[case::capitals("q=CLIMBING")]
#[case::a_slip("q=climbng")]
#[case::for_an_organizer("q=climbing&o=tavola")]
#[tokio::test]
async fn what_was_typed_finds_the_passion(#[case] query: &str, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let found = suggested(&app, query).await;
    assert!(found.contains(&"climbing".to_owned()), "{query}: {found:?}");
}

#[rstest]
#[tokio::test]
async fn a_suggestion_has_its_names_and_there_are_not_too_many(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let found = app.public().get("/passions?q=climbing").await.ok(200);
    let first = &found["results"][0];
    assert_eq!(first["code"], "climbing");
    assert_eq!(first["labels"], json!({"en": "Climbing", "it": "Arrampicata"}));
    assert!(first["synonyms"].is_object() && first["family"].is_string(), "{first}");
    let many = suggested(&app, "q=a").await;
    assert!(!many.is_empty() && many.len() <= 50, "{} suggestions are no help", many.len());
    assert_eq!(suggested(&app, "q=xqzxqzxqz").await, Vec::<String>::new());
    app.public().get("/passions?q=climbing&colour=red").await.fails(400, "malformed_request");
    for (asked, many) in [("", 20), ("&limit=1", 1), ("&limit=60", 60)] {
        let found = app.public().get(&format!("/passions?q=a{asked}")).await.ok(200);
        assert_eq!((found["results"].as_array().unwrap().len(), &found["next"]), (many, &Value::Null), "{asked}");
    }
    for limit in ["0", "101", "many"] {
        app.public().get(&format!("/passions?q=a&limit={limit}")).await.fails(400, "malformed_request");
    }
    app.public().get("/passions?q=climbing&o=nobody").await.fails(404, "not_found");
}
