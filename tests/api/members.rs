//! The people who work for an organizer: who they are, what they may do, and how they leave.

use crate::support::*;

/// The owner of every organizer of these tests.
const OWNER: &str = "owner@tavola.example";

async fn add(app: &Caller, email: &str, role: &str) -> String {
    let answer = app.post("/members", json!({"email": email, "role": role})).await;
    let member = answer.ok(201);
    assert_eq!(app.get(&answer.location()).await.ok(200), member);
    member["id"].as_str().unwrap().to_owned()
}

/// Asks for links and gives the tokens of the mails that came, once there are so many.
async fn mailed_links(app: &TestApp, email: &str, many: usize) -> Vec<String> {
    let before = app.mails().to(email).kind("login").len();
    app.public().post("/login", json!({"email": email})).await.ok(202);
    let come = || Some(app.mails().to(email).kind("login").0.split_off(before)).filter(|mails| mails.len() == many);
    eventually("the links to sign in", come).await.iter().map(|mail| mail.token("login")).collect()
}

async fn sign_in(app: &TestApp, link: &str) -> Caller {
    let session = app.public().post(&format!("/login/{link}"), json!({})).await.ok(200);
    app.with_token(session["token"].as_str().unwrap())
}

async fn signed_in(app: &TestApp, email: &str) -> Caller {
    let links = mailed_links(app, email, 1).await;
    sign_in(app, &links[0]).await
}

async fn id_of_owner(app: &TestApp) -> String {
    let members = app.all("/members").await;
    members.iter().find(|member| member["email"] == OWNER).expect("there is an owner")["id"].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn a_manager_renames_the_organizer(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let renamed = app.as_role("manager").await.patch("", json!({"name": "Tavola lunga"})).await.ok(200);
    assert_eq!((&renamed["name"], &renamed["slug"]), (&json!("Tavola lunga"), &json!("tavola")));
    assert_eq!(app.get("").await.ok(200)["name"], renamed["name"]);
    app.as_role("viewer").await.patch("", json!({"name": "x"})).await.fails(403, "forbidden");
    app.patch("", json!({"name": null})).await.fails(422, "validation_failed").error_at("/name");
    app.patch("", json!({"slug": "other"})).await.fails(422, "validation_failed").error_at("/slug");
    assert_eq!(app.other_organizer().get("").await.ok(200)["name"], "Tavola", "nobody else is renamed");
}

#[rstest]
#[tokio::test]
async fn an_address_is_a_member_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    add(&app, "ada@example.org", "manager").await;
    app.post("/members", json!({"email": "Ada@Example.org", "role": "viewer"})).await.fails(409, "already_member");
    app.post("/members", json!({"email": "ada", "role": "king"}))
        .await
        .fails(422, "validation_failed")
        .error_at("/email")
        .error_at("/role");
    let addresses: Vec<_> = app.all("/members?limit=1").await.iter().map(|member| member["email"].clone()).collect();
    assert_eq!(addresses, [json!(OWNER), json!("ada@example.org")]);
    app.as_role("manager").await.get("/members").await.fails(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn another_role_holds_at_once_for_who_is_signed_in(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let id = add(&app, "ada@example.org", "viewer").await;
    let ada = signed_in(&app, "ada@example.org").await;
    ada.post("/events", least_event("may")).await.fails(403, "forbidden");
    let changed = app.patch(&format!("/members/{id}"), json!({"role": "manager"})).await.ok(200);
    assert_eq!(changed["role"], "manager");
    ada.post("/events", least_event("may")).await.ok(201);
    assert_eq!(ada.get("/api/v1/whoami").await.ok(200)["role"], "manager");
    app.patch(&format!("/members/{id}"), json!({"role": "viewer"})).await.ok(200);
    ada.post("/events", least_event("june")).await.fails(403, "forbidden");
    app.patch(&format!("/members/{id}"), json!({"role": null})).await.fails(422, "validation_failed").error_at("/role");
}

#[rstest]
#[tokio::test]
async fn who_is_taken_away_is_out_with_every_token_and_link(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let id = add(&app, "ada@example.org", "owner").await;
    let ada = signed_in(&app, "ada@example.org").await;
    let unused = mailed_links(&app, "ada@example.org", 1).await.remove(0);
    let program = app.as_role("viewer").await;
    app.delete(&format!("/members/{id}")).await.done();

    ada.get("/events").await.fails(401, "unauthenticated");
    app.public().post(&format!("/login/{unused}"), json!({})).await.fails(404, "not_found");
    app.public().post("/login", json!({"email": "ada@example.org"})).await.ok(202);
    app.run_due().await;
    assert_eq!(app.mails().to("ada@example.org").len(), 2, "no link leaves any more");
    program.get("/events").await.ok(200);
    app.get(&format!("/members/{id}")).await.fails(404, "not_found");
    app.delete(&format!("/members/{id}")).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn the_last_owner_stays(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let owner = format!("/members/{}", id_of_owner(&app).await);
    add(&app, "manager@example.org", "manager").await;
    app.patch(&owner, json!({"role": "manager"})).await.fails(409, "last_owner");
    app.delete(&owner).await.fails(409, "last_owner");
    app.patch(&owner, json!({"role": "owner"})).await.ok(200);

    add(&app, "second@example.org", "owner").await;
    app.patch(&owner, json!({"role": "viewer"})).await.ok(200);
    app.delete(&owner).await.done();
    assert_eq!(app.all("/members").await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_member_of_two_organizers_gets_a_link_for_each(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let other = app.other_organizer();
    add(&app, "ada@example.org", "viewer").await;
    let there = add(&other, "ada@example.org", "manager").await;
    let mut homes = Vec::new();
    for link in mailed_links(&app, "ada@example.org", 2).await {
        let whoami = sign_in(&app, &link).await.get("/api/v1/whoami").await.ok(200);
        homes.push(format!("{} {}", whoami["organizer"].as_str().unwrap(), whoami["role"].as_str().unwrap()));
    }
    homes.sort();
    assert_eq!(homes, ["altrove manager", "tavola viewer"]);
    app.get(&format!("/members/{there}")).await.fails(404, "not_found");
    app.delete(&format!("/members/{there}")).await.fails(404, "not_found");
    // Who leaves one stays with the other.
    other.delete(&format!("/members/{there}")).await.done();
    assert_eq!(mailed_links(&app, "ada@example.org", 1).await.len(), 1);
}
