//! What holds for every operation: problems, lists, times, roles, organizers.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_body_that_is_no_json_is_malformed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let post = || app.request("POST".parse().unwrap(), "/events");
    post().body("application/json", "{\"slug\": ").await.fails(400, "malformed_request");
    post().body("text/plain", "slug: may").await.fails(415, "unsupported_media_type");
}

#[rstest]
#[tokio::test]
async fn who_asks_is_looked_at_before_what_is_said(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let wrong = json!({"slug": "No Slug"});
    app.post("/events", wrong.clone()).await.fails(422, "validation_failed");
    app.anonymous().post("/events", wrong.clone()).await.fails(401, "unauthenticated");
    app.with_token("cvv_made_up").post("/events", wrong.clone()).await.fails(401, "unauthenticated");
    app.as_role("viewer").await.post("/events", wrong.clone()).await.fails(403, "forbidden");
    app.me("cva_made_up").request("PATCH".parse().unwrap(), "/profile").body("text/plain", "x").await.fails(401, "unauthenticated");
}

#[tokio::test]
async fn the_document_is_served_and_can_be_read() {
    let app = TestApp::start(Sqlite).await;
    let served = app.visitor().get("/openapi.json").await.ok(200);
    assert_eq!(served, serde_json::from_str::<Value>(include_str!("../../docs/openapi.json")).unwrap());
    let page = app.visitor().get("/docs/").await;
    assert!(page.ok_page().contains("swagger-ui"), "{}", page.text());
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'self'")));
    for script in ["swagger-ui-bundle.js", "swagger-initializer.js"] {
        app.visitor().get(&format!("/docs/{script}")).await.ok_page();
    }
}

#[rstest]
#[tokio::test]
async fn head_is_get_without_the_body(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for path in ["/healthz", "/readyz", "/"] {
        let answer = app.visitor().request("HEAD".parse().unwrap(), path).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_a_problem_with_a_request_id() {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "whoami_panics"), Sqlite).await;
    // By hand: a failure of ours is not in the document, and so no request of the suite may meet one.
    let token = app.post("/tokens", json!({"role": "viewer"})).await.ok(201)["token"].as_str().unwrap().to_owned();
    let request =
        format!("GET /api/v1/whoami HTTP/1.1\r\nHost: convivio.test\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    let mut connection = TcpStream::connect(app.address()).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 500"), "{answer}");
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["code"], "internal");
    assert!(head.contains(&format!("x-request-id: {}", problem["instance"].as_str().unwrap())), "{answer}");
    app.get("/events").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn an_unknown_address_and_a_wrong_method_are_problems_too(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.get("/api/v1/nothing_here").await.fails(404, "not_found");
    app.get("/events/never_planned").await.fails(404, "not_found");
    app.delete("/events").await.fails(405, "method_not_allowed");
}

#[rstest]
#[tokio::test]
async fn a_body_of_ten_megabytes_is_too_large(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let body = json!({"slug": "x".repeat(10 * 1024 * 1024)});
    app.post("/events", body).await.fails(413, "body_too_large");
    app.get("/events").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn every_wrong_field_is_named_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let form = json!({"email": "nobody", "name": "", "passions": []});
    app.register(&event, &form).await.fails(422, "validation_failed").error_at("/email").error_at("/name").error_at("/passions");

    let wrong = json!({
        "slug": "Not A Slug", "title": {"en": "May"}, "timezone": "Mars/Olympus",
        "starts_at": "tomorrow", "ends_at": ENDS, "locale": "en",
    });
    let problem = app.post("/events", wrong).await.fails(422, "validation_failed");
    problem.error_at("/slug").error_at("/timezone").error_at("/starts_at");
}

#[rstest]
#[tokio::test]
async fn what_is_wrong_together_is_named_with_what_is_wrong_in_itself(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let wrong =
        json!({"slug": "Not A Slug", "ends_at": "2030-05-09T15:00:00Z", "offer_hours": 0, "weights": {"passion": 101}, "colour": "red"});
    let problem = app.post("/events", filled(least_event("may"), wrong)).await.fails(422, "validation_failed");
    assert_eq!(problem.pointers(), ["/colour", "/ends_at", "/offer_hours", "/slug", "/weights/passion"]);
    // What is wrong in itself breaks no rule about others.
    let wrong = json!({"starts_at": "soon", "ends_at": "2000-01-01T00:00:00Z", "title": {}});
    let problem = app.post("/events", filled(least_event("may"), wrong)).await.fails(422, "validation_failed");
    assert_eq!(problem.pointers(), ["/starts_at", "/title"]);

    let event = app.event("may").await;
    let problem = app.patch(&event.at(""), json!({"capacity": "many", "ends_at": STARTS})).await.fails(422, "validation_failed");
    assert_eq!(problem.pointers(), ["/capacity", "/ends_at"]);

    let form = json!({
        "passions": [{"passion": "no-such-thing"}, {"passion": "climbing"}, {"passion": "climbing"}],
        "offers": vec!["a walk"; 21],
    });
    let question = json!({"label": {"en": "What do you eat?"}, "kind": "text", "code": "food", "required": true});
    app.post(&event.at("/questions"), question).await.ok(201);
    let by_form = app.register(&event, &filled(person("Ada Arena"), form.clone())).await;
    let by_staff = app.post(&event.at("/registrations"), filled(person("Ada Arena"), form)).await;
    assert_eq!(by_form.fails(422, "validation_failed").pointers(), ["/answers/food", "/offers", "/passions/0", "/passions/2"]);
    by_staff.fails(422, "validation_failed").error_at("/offers").error_at("/passions/0").error_at("/passions/2");
}

#[rstest]
#[tokio::test]
async fn a_wrong_value_inside_a_list_is_pointed_at(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let passions = json!([{"passion": "climbing"}, {"passion": "paper-craft", "level": 9}]);
    let form = filled(person("Ada Arena"), json!({"passions": passions}));
    app.register(&event, &form).await.fails(422, "validation_failed").error_at("/passions/1/level");
}

#[rstest]
#[tokio::test]
async fn what_nobody_asked_for_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let form = filled(person("Ada Arena"), json!({"surprise": true}));
    app.register(&event, &form).await.fails(422, "validation_failed");
    app.get("/events?surprise=1").await.fails(400, "malformed_request");
    for limit in ["0", "101", "-1", "many"] {
        app.get(&format!("/events?limit={limit}")).await.fails(400, "malformed_request");
    }
    app.get("/events?limit=100").await.ok(200);
    app.get("/events?cursor=made-up").await.fails(400, "malformed_request");
}

#[rstest]
#[tokio::test]
async fn every_problem_has_a_request_id_of_its_own(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let first = app.get("/events/none").await.fails(404, "not_found");
    let second = app.get("/events/none").await.fails(404, "not_found");
    assert_ne!(first.0["instance"], second.0["instance"]);
}

#[rstest]
#[tokio::test]
async fn a_list_gives_everything_once_page_by_page(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 23).await;
    let expected: BTreeSet<_> = guests.iter().map(|guest| guest.code.clone()).collect();

    let mut pages = Vec::new();
    let mut next = Some(event.at("/registrations?limit=5"));
    while let Some(path) = next {
        let page = app.get(&path).await.ok(200);
        next = page["next"].as_str().map(str::to_owned);
        pages.push(page["results"].as_array().unwrap().clone());
        assert!(pages.len() < 10, "the list does not end");
    }
    let sizes: Vec<_> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [5, 5, 5, 5, 3]);
    let seen: Vec<_> = pages.concat().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen.len(), expected.len(), "somebody came twice");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[rstest]
#[tokio::test]
async fn times_come_in_with_any_offset_and_go_out_in_utc(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let changes = json!({"starts_at": "2030-05-09T18:00:00+02:00", "ends_at": "2030-05-09T21:00:00+02:00"});
    let event = app.bare_event("may", changes).await;
    let shown = app.get(&event.at("")).await.ok(200);
    let starts_at = shown["starts_at"].as_str().unwrap();
    assert!(starts_at.ends_with('Z'), "{starts_at} is not in UTC");
    assert_eq!(when(starts_at), when(STARTS));
}

#[rstest]
#[tokio::test]
async fn what_was_created_is_found_where_the_answer_says(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let created = app.post("/events", least_event("june")).await;
    created.ok(201);
    assert_eq!(app.get(&created.location()).await.ok(200)["slug"], "june");
}

#[rstest]
#[tokio::test]
async fn a_patch_lays_its_fields_over_and_null_takes_them_away(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let before = app.get(&event.at("")).await;
    let etag = before.header("etag").expect("an event has an ETag").to_owned();

    let patched = app.patch(&event.at(""), json!({"capacity": null})).header("If-Match", &etag).await.ok(200);
    assert_eq!(patched["capacity"], Value::Null);
    assert_eq!(patched["title"], before.json()["title"]);

    let late = app.patch(&event.at(""), json!({"capacity": 12})).header("If-Match", &etag).await;
    late.fails(412, "precondition_failed");
}

#[rstest]
#[tokio::test]
async fn what_has_a_version_moves_on_only_from_the_one_that_was_seen(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"approval": true, "capacity": 2})).await;
    let (one, body) = (event.at(""), json!({}));
    let stale = |path: String| app.post(&path, json!({})).header("If-Match", "\"77\"");

    // Who makes something may change it without reading it first.
    let created = app.post("/events", least_event("june")).await;
    let copied = app.post(&event.at("/copy"), json!({"slug": "july", "starts_at": NEXT_STARTS})).await;
    let added = app.post(&event.at("/registrations"), filled(person("Ada Arena"), json!({"email_confirmed": true}))).await;
    for made in [&created, &copied, &added] {
        made.ok(201);
        let tag = made.header("etag").expect("what is made has a version");
        assert_eq!(app.get(&made.location()).await.header("etag"), Some(tag));
    }
    let patched = app.patch("/events/june", json!({"place": "Here"})).header("If-Match", created.header("etag").unwrap()).await;
    patched.ok(200);
    app.patch("/events/july", json!({"place": "Here"})).header("If-Match", copied.header("etag").unwrap()).await.ok(200);

    // A registration, by everything that staff decide about it: refused by another version, done by its own.
    let asked = app.register_and_confirm(&event, &person("Bruno Bassi")).await["code"].as_str().unwrap().to_owned();
    let rejected = app.register_and_confirm(&event, &person("Chiara Conti")).await["code"].as_str().unwrap().to_owned();
    let full = app.add(&event, &person("Dario Donati")).await;
    let waiting = app.add(&event, &person("Elena Esposito")).await;
    for (code, verb) in [(&rejected, "reject"), (&waiting.code, "resend"), (&full.code, "cancel"), (&asked, "approve"), (&asked, "cancel")]
    {
        let path = event.at(&format!("/registrations/{code}"));
        let tag = app.get(&path).await.header("etag").unwrap().to_owned();
        stale(format!("{path}/{verb}")).await.fails(412, "precondition_failed");
        app.post(&format!("{path}/{verb}"), body.clone()).header("If-Match", &tag).await.done();
    }
    app.patch(&one, json!({"capacity": 1})).await.ok(200);
    app.put(&event.at("/tables"), json!({"min": 1, "max": 5})).await.done();
    let last = app.add(&event, &person("Fabio Ferri")).await;
    let path = event.at(&format!("/registrations/{}", last.code));
    stale(format!("{path}/offer")).await.fails(412, "precondition_failed");
    // The precondition comes before what the event would say.
    app.post(&format!("{path}/offer"), body.clone()).header("If-Match", "*").await.fails(409, "event_full");

    let plan = app.plan(&event).await;
    let path = event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()));
    let tag = app.get(&path).await.header("etag").unwrap().to_owned();
    stale(format!("{path}/publish")).await.fails(412, "precondition_failed");
    let published = app.post(&format!("{path}/publish"), body.clone()).header("If-Match", &tag).await;
    published.ok(200);
    assert_ne!(published.header("etag"), Some(tag.as_str()));

    let tag = app.get(&one).await.header("etag").unwrap().to_owned();
    stale(event.at("/cancel")).await.fails(412, "precondition_failed");
    // A tag is sent as it was got: these are others.
    for other in [tag.trim_matches('"').to_owned(), format!("W/{tag}")] {
        app.post(&event.at("/cancel"), body.clone()).header("If-Match", &other).await.fails(412, "precondition_failed");
    }
    app.post(&event.at("/cancel"), body).header("If-Match", &tag).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_verb_whose_address_says_all_takes_no_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    let publish = |caller: &Caller| caller.request("POST".parse().unwrap(), &event.at("/publish"));
    app.post(&event.at("/publish"), json!({"at": STARTS, "quietly": true}))
        .await
        .fails(422, "validation_failed")
        .error_at("/at")
        .error_at("/quietly");
    publish(&app).body("application/json", "{\"at\": ").await.fails(400, "malformed_request");
    publish(&app).body("application/json", "[]").await.fails(422, "validation_failed").error_at("");
    publish(&app).body("application/json", "null").await.fails(422, "validation_failed").error_at("");
    publish(&app).body("text/plain", "now").await.fails(415, "unsupported_media_type");
    publish(&app).body("application/json", "x".repeat(300 * 1024)).await.fails(413, "body_too_large");
    publish(&app.as_role("viewer").await).body("application/json", "[").await.fails(403, "forbidden");
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "draft");

    publish(&app).await.done();
    // Who is used to sending something may send nothing in any way.
    publish(&app).body("application/x-www-form-urlencoded", "{}").await.fails(409, "wrong_state");
    publish(&app).body("application/json", " { } ").await.fails(409, "wrong_state");
}

#[rstest]
#[tokio::test]
async fn nobody_sees_another_organizers_things(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guest = app.add(&event, &person("Ada Arena")).await;
    let stranger = app.other_organizer();

    let ours = "/api/v1/organizers/tavola";
    for path in ["", "/events", "/tokens", "/events/may"] {
        app.get(&format!("{ours}{path}")).await.ok(200);
        stranger.get(&format!("{ours}{path}")).await.fails(404, "not_found");
    }
    for part in ["readiness", "registrations", "rounds", "tables", "rules", "plans", "checkins", "messages", "prompts"] {
        app.get(&event.at(&format!("/{part}"))).await.ok(200);
        stranger.get(&format!("{ours}/events/may/{part}")).await.fails(404, "not_found");
        stranger.get(&format!("/events/may/{part}")).await.fails(404, "not_found");
    }
    stranger.get(&format!("{ours}/events/may/registrations/{}", guest.code)).await.fails(404, "not_found");
    // Nor under the stranger's own roof.
    stranger.get("/events/may").await.fails(404, "not_found");
    stranger.get(&format!("/events/may/registrations/{}", guest.code)).await.fails(404, "not_found");
    stranger.patch("/events/may", json!({"capacity": 1})).await.fails(404, "not_found");
    assert_eq!(stranger.all("/events").await, Vec::<Value>::new());
}

#[rstest]
#[tokio::test]
async fn without_a_token_or_with_a_wrong_one_nothing_is_shown(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.event("may").await;
    app.anonymous().get("/events").await.fails(401, "unauthenticated");
    app.anonymous().get("/events/may").await.fails(401, "unauthenticated");
    app.with_token("cvv_made-up").get("/events").await.fails(401, "unauthenticated");
    app.me("cva_made-up").get("/profile").await.fails(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_role_does_what_it_is_for_and_no_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add(&event, &person("Ada Arena")).await;

    let viewer = app.as_role("viewer").await;
    let seen = viewer.get(&event.at("/registrations")).await;
    seen.ok(200);
    assert!(!seen.text().contains("ada.arena@example.org"), "a viewer reads an address: {}", seen.text());
    viewer.patch(&event.at(""), json!({"capacity": 1})).await.fails(403, "forbidden");
    viewer.get(&event.at("/checkins")).await.ok(200);

    let door = app.as_role("checkin").await;
    door.get(&event.at("/checkins")).await.ok(200);
    door.post(&event.at("/complete"), json!({})).await.fails(403, "forbidden");
    door.post(&event.at("/rounds/1/start"), json!({})).await.fails(403, "forbidden");
    for kept in ["/messages", "/prompts", "/rules", "/questions", "/stats"] {
        door.get(&event.at(kept)).await.fails(403, "forbidden");
    }
    door.get("/people").await.fails(403, "forbidden");

    let manager = app.as_role("manager").await;
    manager.patch(&event.at(""), json!({"capacity": 30})).await.ok(200);
    manager.post("/tokens", json!({"role": "owner"})).await.fails(403, "forbidden");
    assert_eq!(manager.patch("", json!({"name": "La tavola nuova"})).await.ok(200)["name"], "La tavola nuova");
    for (query, many) in [("", 1), ("?limit=1", 1)] {
        let mine = manager.get(&format!("/api/v1/organizers{query}")).await.ok(200);
        assert_eq!((mine["results"].as_array().unwrap().len(), &mine["next"]), (many, &Value::Null), "{mine}");
    }
    manager.get("/api/v1/organizers?limit=0").await.fails(400, "malformed_request");
}
