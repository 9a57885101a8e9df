//! Series: events that go on from each other, and remember who met.

use crate::support::*;

/// A year and a half after `STARTS`; the others follow in the winter.
const AUTUMN: [&str; 2] = ["2031-11-13T17:00:00Z", "2031-11-13T20:00:00Z"];
const JANUARY: &str = "2032-01-15T09:00:00Z";
const FEBRUARY: [&str; 2] = ["2032-02-12T17:00:00Z", "2032-02-12T20:00:00Z"];
const MARCH: [&str; 2] = ["2032-03-11T17:00:00Z", "2032-03-11T20:00:00Z"];

fn between([starts_at, ends_at]: [&str; 2]) -> Value {
    json!({"starts_at": starts_at, "ends_at": ends_at})
}

async fn thursdays(app: &TestApp) -> Value {
    app.post("/series", json!({"slug": "thursdays", "title": {"en": "Thursdays", "it": "I giovedì"}})).await.ok(201)
}

/// Four people who share what they love, and one round at tables of two: there are three ways to seat them.
async fn evening_of_four(app: &TestApp, slug: &str, changes: Value) -> (Event, Vec<Guest>) {
    let event = app.event_with(slug, changes).await;
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": 60}]})).await.done();
    app.put(&event.at("/tables"), json!({"min": 2, "max": 2})).await.done();
    let mut guests = Vec::new();
    for name in ["Ada Arena", "Bo Berg", "Cy Conti", "Dee Dahl"] {
        guests.push(app.add(&event, &person(name)).await);
    }
    (event, guests)
}

async fn rule(app: &TestApp, event: &Event, kind: &str, members: [&Guest; 2]) {
    let members = members.map(|guest| guest.code.clone());
    app.post(&event.at("/rules"), json!({"kind": kind, "hard": true, "members": members})).await.ok(201);
}

/// An evening that took place, on which the first of the four sat with the one of this place, and the other two with each other.
async fn held_with(app: &TestApp, slug: &str, changes: Value, beside: usize) {
    let (event, guests) = evening_of_four(app, slug, changes).await;
    rule(app, &event, "together", [&guests[0], &guests[beside]]).await;
    app.hold(&event, &guests).await;
}

/// With whom the first of the four sits, where new faces come first.
async fn beside_ada(app: &TestApp, event: &Event, guests: &[Guest]) -> String {
    let plan = app.plan_with(event, json!({"seed": 7, "weights": {"novelty": 50}})).await;
    tablemates(&plan, &guests[0], guests)[0].name.clone()
}

#[rstest]
#[tokio::test]
async fn sr_17_the_next_evening_of_a_series_remembers_those_before(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    thursdays(&app).await;
    // Ada sat with Bo on the first evening of the series, and long after that with Cy on one that is of no series.
    held_with(&app, "may", json!({"series": "thursdays"}), 1).await;
    held_with(&app, "autumn", between(AUTUMN), 2).await;
    app.live_until(JANUARY).await;
    let (march, guests) = evening_of_four(&app, "march", between(MARCH)).await;
    rule(&app, &march, "apart", [&guests[0], &guests[3]]).await;
    assert_eq!(beside_ada(&app, &march, &guests).await, "Bo Berg", "by the calendar, those two have nearly forgotten each other");

    let changed = app.patch(&march.at(""), json!({"series": "thursdays"})).await.ok(200);
    assert_eq!(changed["series"], "thursdays");
    assert_eq!(beside_ada(&app, &march, &guests).await, "Cy Conti", "the last evening of the series is as if it were yesterday");

    // One more evening of the series, with Dee. The first one is the last but one now, and counts half.
    held_with(&app, "february", filled(between(FEBRUARY), json!({"series": "thursdays"})), 3).await;
    assert_eq!(beside_ada(&app, &march, &guests).await, "Bo Berg");
}

#[rstest]
#[tokio::test]
async fn sr_17_evenings_that_did_not_take_place_are_not_counted(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    thursdays(&app).await;
    held_with(&app, "may", json!({"series": "thursdays"}), 1).await;
    held_with(&app, "autumn", between(AUTUMN), 2).await;
    app.live_until(JANUARY).await;
    let february = app.event_with("february", filled(between(FEBRUARY), json!({"series": "thursdays"}))).await;
    app.post(&february.at("/cancel"), json!({})).await.ok(200);
    app.event_with("planned", filled(between(FEBRUARY), json!({"series": "thursdays"}))).await;
    let (march, guests) = evening_of_four(&app, "march", filled(between(MARCH), json!({"series": "thursdays"}))).await;
    rule(&app, &march, "apart", [&guests[0], &guests[3]]).await;
    assert_eq!(beside_ada(&app, &march, &guests).await, "Cy Conti", "the evening in May is still the last one");
}

#[rstest]
#[tokio::test]
async fn sr_17_a_series_has_a_name_of_its_own_and_counts_its_events(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let series = thursdays(&app).await;
    assert_eq!((&series["slug"], &series["events"]), (&json!("thursdays"), &json!(0)));
    assert_eq!(series["title"], json!({"en": "Thursdays", "it": "I giovedì"}));
    let create = |body: Value| app.post("/series", body);
    create(json!({"slug": "thursdays", "title": {"en": "Again"}})).await.fails(422, "validation_failed").error_at("/slug");
    create(json!({"slug": "mondays", "title": {}})).await.fails(422, "validation_failed").error_at("/title");
    create(json!({"slug": "No Slug"})).await.fails(422, "validation_failed").error_at("/slug").error_at("/title");
    let mondays = json!({"slug": "mondays", "title": {"en": "Mondays"}});
    create(filled(mondays.clone(), json!({"colour": "red"}))).await.fails(422, "validation_failed").error_at("/colour");
    create(mondays).await.ok(201);

    app.bare_event("may", json!({"series": "thursdays"})).await;
    app.bare_event("june", json!({"series": "thursdays"})).await;
    app.bare_event("july", json!({})).await;
    let viewer = app.as_role("viewer").await;
    let all = viewer.all("/series").await;
    let told: Vec<(&str, i64)> = all.iter().map(|one| (one["slug"].as_str().unwrap(), one["events"].as_i64().unwrap())).collect();
    assert_eq!(told, [("thursdays", 2), ("mondays", 0)]);
    viewer.post("/series", json!({"slug": "fridays", "title": {"en": "Fridays"}})).await.fails(403, "forbidden");

    // Another organizer has series of their own, of the same name or not.
    let other = app.other_organizer();
    assert!(other.all("/series").await.is_empty());
    other.post("/series", json!({"slug": "thursdays", "title": {"en": "Theirs"}})).await.ok(201);
    assert_eq!(other.all("/series").await[0]["events"], 0);
}

#[rstest]
#[tokio::test]
async fn sr_17_an_event_is_of_a_series_of_its_organizer_or_of_none(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    thursdays(&app).await;
    let other = app.other_organizer();
    other.post("/series", json!({"slug": "theirs", "title": {"en": "Theirs"}})).await.ok(201);
    for series in ["nothing", "theirs", "No Slug"] {
        let refused = app.post("/events", filled(least_event("may"), json!({"series": series}))).await;
        refused.fails(422, "validation_failed").error_at("/series");
    }
    assert!(app.all("/events").await.is_empty());
    let ours = filled(least_event("may"), json!({"series": "thursdays"}));
    other.post("/events", ours).await.fails(422, "validation_failed").error_at("/series");

    let may = app.draft_with("may", json!({"series": "thursdays"})).await;
    let none = app.bare_event("none", json!({})).await;
    assert_eq!(app.get(&none.at("")).await.ok(200)["series"], Value::Null);
    app.post(&may.at("/publish"), json!({})).await.done();
    let wrong = json!({"series": "nothing", "slug": "june"});
    app.patch(&may.at(""), wrong).await.fails(422, "validation_failed").error_at("/series").error_at("/slug");
    assert_eq!(app.get(&may.at("")).await.ok(200)["series"], "thursdays");

    let copy = app.post(&may.at("/copy"), json!({"slug": "june", "starts_at": NEXT_STARTS})).await.ok(201);
    assert_eq!(copy["series"], "thursdays");
    let slugs = async |filter: &str| {
        let events = app.all(&format!("/events{filter}")).await;
        events.iter().map(|event| event["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(slugs("?series=thursdays").await, ["may", "june"]);
    assert_eq!(slugs("?series=thursdays&state=draft").await, ["june"]);
    assert!(slugs("?series=nothing").await.is_empty());
    assert_eq!(slugs("").await, ["may", "none", "june"]);
    app.get("/events?series=No%20Slug").await.fails(400, "malformed_request");

    let left = app.patch(&may.at(""), json!({"series": null})).await.ok(200);
    assert_eq!(left["series"], Value::Null);
    assert_eq!(slugs("?series=thursdays").await, ["june"]);
}
