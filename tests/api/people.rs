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
#[case("owner", true, true)]
#[case("manager", true, true)]
#[case("checkin", false, false)]
#[case("viewer", false, true)]
#[tokio::test]
async fn addresses_are_for_managers_and_owners(
    #[case] role: &str,
    #[case] reads_addresses: bool,
    #[case] reads_profiles: bool,
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
        assert_eq!(answer.text().contains("Gardener"), reads_profiles, "{}", answer.text());
    }
    // Whoever may not read addresses may not try them out.
    let tried = caller.get(&format!("/people?email={}", ada.email)).await;
    if reads_addresses {
        tried.ok(200)
    } else {
        tried.fails(403, "forbidden").0
    };
}
