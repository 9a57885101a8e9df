//! People over all the events of an organizer, and who may read their addresses.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn people_are_found_by_their_address(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 5).await;
    let everyone = app.all("/people?limit=2").await;
    assert_eq!(everyone.len(), 5);

    let found = app.all(&format!("/people?email={}", guests[2].email.to_uppercase())).await;
    assert_eq!(each(&json!(found), "name"), [guests[2].name.as_str()]);
    assert!(app.all("/people?email=nobody@example.org").await.is_empty());
    assert!(app.other_organizer().all(&format!("/people?email={}", guests[2].email)).await.is_empty());
    app.get("/people?email=nobody").await.fails(400, "malformed_request");
    app.get("/people?name=Ada").await.fails(400, "malformed_request");
}

#[rstest]
#[tokio::test]
async fn a_person_is_shown_with_what_they_registered_for(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (may, june) = (app.event("may").await, app.event("june").await);
    let ada = filled(person("Ada Arena"), json!({"headline": "Gardener"}));
    let first = app.add(&may, &ada).await;
    let second = app.add(&june, &ada).await;
    let listed = app.all("/people").await;
    assert_eq!(listed.len(), 1, "one person, two registrations");
    let path = format!("/people/{}", listed[0]["id"].as_str().unwrap());
    let shown = app.get(&path).await.ok(200);
    assert_eq!((&shown["email"], &shown["headline"]), (&json!(ada["email"]), &json!("Gardener")));
    assert_eq!(each(&shown["registrations"], "code"), [second.code.as_str(), first.code.as_str()]);
    assert_eq!(shown["registrations"][1]["event"]["slug"], "may");
    assert_eq!(shown["registrations"][1]["state"], "confirmed");

    app.other_organizer().get(&path).await.fails(404, "not_found");
    app.get("/people/nobody").await.fails(404, "not_found");
}

#[rstest]
#[case("owner", true)]
#[case("manager", true)]
#[case("viewer", false)]
#[tokio::test]
async fn addresses_are_for_managers_and_owners(
    #[case] role: &str,
    #[case] reads_addresses: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &filled(person("Ada Arena"), json!({"headline": "Gardener"}))).await;
    let caller = app.as_role(role).await;
    let listed = caller.get("/people").await;
    let id = listed.ok(200)["results"][0]["id"].as_str().unwrap().to_owned();
    let shown = caller.get(&format!("/people/{id}")).await;
    shown.ok(200);
    for answer in [listed, shown] {
        assert_eq!(answer.text().contains(&ada.email), reads_addresses, "{}", answer.text());
        assert!(answer.text().contains("Gardener"), "{}", answer.text());
    }
    // Whoever may not read addresses may not try them out.
    let tried = caller.get(&format!("/people?email={}", ada.email)).await;
    if reads_addresses {
        tried.ok(200)
    } else {
        tried.fails(403, "forbidden").0
    };
}

#[rstest]
#[tokio::test]
async fn an_address_is_confirmed_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let person_of = async || app.get("/people").await.ok(200)["results"][0].clone();
    let before = person_of().await;
    assert!(before["confirmed_at"].is_string(), "{before}");

    app.clock_advance(3600).await;
    let me = app.signed_in(&event, &ada).await;
    me.patch("/profile", json!({"headline": "Gardener"})).await.ok(200);
    let changed = person_of().await;
    assert_eq!(changed["headline"], "Gardener");
    assert_eq!(changed["confirmed_at"], before["confirmed_at"]);
    assert_ne!(changed["updated_at"], before["updated_at"]);
    app.add(&app.event("june").await, &person("Ada Arena")).await;
    assert_eq!(person_of().await["confirmed_at"], before["confirmed_at"]);
}
