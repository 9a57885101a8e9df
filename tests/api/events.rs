//! Events: what must be said before one is published, and who sees it.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_06_an_incomplete_event_is_not_published_and_the_gaps_are_listed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("may", json!({"method": {}, "purpose": null})).await;
    let problem = app.post(&event.at("/publish"), json!({})).await.fails(409, "not_ready");
    let gaps = each(&problem.0["gaps"], "code");
    for gap in ["no_rounds", "no_tables", "no_method", "no_purpose"] {
        assert!(gaps.contains(&gap), "{gap} is not among {gaps:?}");
    }
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    assert_eq!(readiness["ready"], false);
    assert_eq!(each(&readiness["gaps"], "code"), gaps);
}

#[rstest]
#[tokio::test]
async fn a_complete_event_is_ready_and_publishing_makes_it_public(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    assert_eq!(readiness["ready"], true, "{readiness}");
    assert_eq!(readiness["gaps"], json!([]));

    app.public().get("/events/tavola/may").await.fails(404, "not_found");
    app.post(&event.at("/publish"), json!({})).await.done();
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "published");
    let page = app.public().get("/events/tavola/may").await.ok(200);
    assert_eq!(page["title"]["it"], "Tavoli piccoli a maggio");
}

#[rstest]
#[tokio::test]
async fn sr_03_a_large_event_without_tables_is_warned_about(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.bare_event("may", json!({"capacity": 500})).await;
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    let warnings = each(&readiness["warnings"], "code");
    assert!(warnings.contains(&"large_without_tables"), "{readiness}");
}

#[rstest]
#[case::five_is_fine(5, false)]
#[case::eight_is_too_many_for_one_conversation(8, true)]
#[tokio::test]
async fn sr_21_a_table_above_six_is_warned_about(
    #[case] seats: usize,
    #[case] warned: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    app.put(&event.at("/tables"), json!({"min": 4, "max": seats})).await.done();
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    let warnings = each(&readiness["warnings"], "code");
    assert_eq!(warnings.contains(&"table_above_six"), warned, "{readiness}");
    assert_eq!(readiness["ready"], true, "a warning does not stop anybody");
}

#[rstest]
#[tokio::test]
async fn too_few_seats_are_a_gap(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({"capacity": 40})).await;
    app.put(&event.at("/tables"), json!({"min": 3, "max": 5, "count": 2})).await.done();
    let problem = app.post(&event.at("/publish"), json!({})).await.fails(409, "not_ready");
    assert_eq!(each(&problem.0["gaps"], "code"), ["too_few_seats"]);
}

#[rstest]
#[case::three_long_rounds(&[30, 30, 30], false)]
#[case::three_short_rounds(&[10, 10, 10], false)]
#[case::four_rounds_of_twenty(&[20, 20, 20, 20], false)]
#[case::speed_dating(&[10, 10, 10, 10, 10, 10], true)]
#[case::speed_dating_and_a_long_one(&[10, 10, 10, 10, 45], true)]
#[tokio::test]
async fn sr_24_many_short_rounds_are_warned_about(
    #[case] minutes: &[u16],
    #[case] warned: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    let rounds: Vec<Value> = minutes.iter().map(|minutes| json!({"minutes": minutes})).collect();
    app.put(&event.at("/rounds"), json!({"rounds": rounds})).await.done();
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    assert_eq!(readiness["warnings"], if warned { json!([readiness["warnings"][0]]) } else { json!([]) });
    assert_eq!(each(&readiness["warnings"], "code").contains(&"many_short_rounds"), warned, "{readiness}");
    // A warning is no gap.
    app.post(&event.at("/publish"), json!({})).await.done();
}

#[rstest]
#[tokio::test]
async fn sr_03_a_large_event_without_a_split_is_warned_about_whatever_its_kind(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let warnings = async |slug: &str, kind: &str, capacity: u32| {
        let event = app.bare_event(slug, json!({"kind": kind, "capacity": capacity})).await;
        let readiness = app.get(&event.at("/readiness")).await.ok(200);
        assert_eq!(readiness["ready"], kind != "tables", "rounds and tables are for tables only: {readiness}");
        each(&readiness["warnings"], "code").contains(&"large_without_tables")
    };
    assert!(!warnings("small", "workshop", 30).await);
    assert!(warnings("large", "workshop", 31).await);
    assert!(warnings("tables", "tables", 500).await);
    let split = app.draft_with("split", json!({"capacity": 500})).await;
    let readiness = app.get(&split.at("/readiness")).await.ok(200);
    assert_eq!(readiness["warnings"], json!([]), "{readiness}");
}

#[rstest]
#[tokio::test]
async fn sr_14_a_workshop_above_twenty_without_tables_is_warned_about(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let warned = async |event: &Event| {
        let readiness = app.get(&event.at("/readiness")).await.ok(200);
        each(&readiness["warnings"], "code").contains(&"workshop_above_twenty")
    };
    for (slug, kind, capacity, expected) in
        [("small", "workshop", 20, false), ("large", "workshop", 21, true), ("tables", "tables", 21, false)]
    {
        let event = app.bare_event(slug, json!({"kind": kind, "capacity": capacity})).await;
        assert_eq!(warned(&event).await, expected, "{slug}");
        app.put(&event.at("/tables"), json!({"min": 3, "max": 5})).await.done();
        assert!(!warned(&event).await, "{slug} with tables");
    }
}

#[rstest]
#[tokio::test]
async fn sr_27_what_becomes_coffee_begins_with_a_round_for_two(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let rounds = async |event: &Event| app.get(&event.at("/rounds")).await.ok(200)["rounds"].as_array().unwrap().len();
    let event = app.bare_event("may", json!({})).await;
    app.patch(&event.at(""), json!({"kind": "coffee"})).await.ok(200);
    assert_eq!(app.get(&event.at("/tables")).await.ok(200), json!({"min": 2, "max": 3}));
    assert_eq!(rounds(&event).await, 1);
    // What was said before stays.
    let event = app.draft_with("june", json!({})).await;
    app.patch(&event.at(""), json!({"kind": "coffee"})).await.ok(200);
    assert_eq!(app.get(&event.at("/tables")).await.ok(200), json!({"min": 3, "max": 5}));
    assert_eq!(rounds(&event).await, 2);
}

#[rstest]
#[tokio::test]
async fn a_language_without_a_text_is_warned_about(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({"title": {"en": "Tables"}, "method": {"it": "Si parla a turno."}})).await;
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    assert_eq!(each(&readiness["warnings"], "code"), ["locale_missing", "locale_missing"]);
    assert_eq!(each(&readiness["warnings"], "pointer"), ["/title", "/method"]);
    // What is not said at all is not missing in a language.
    let event = app.bare_event("workshop", json!({"kind": "workshop", "method": {}, "summary": {}, "capacity": 20})).await;
    let readiness = app.get(&event.at("/readiness")).await.ok(200);
    assert_eq!(readiness["warnings"], json!([]), "{readiness}");
}

#[rstest]
#[tokio::test]
async fn a_slug_is_taken_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.bare_event("may", json!({})).await;
    let refused = app.post("/events", least_event("may")).await;
    assert!([409, 422].contains(&refused.status), "{}", refused.text());
    assert_eq!(app.all("/events").await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn nobody_registers_for_a_draft_or_an_event_that_is_over(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let draft = app.draft_with("draft", json!({})).await;
    app.register(&draft, &person("Ada Arena")).await.fails(404, "not_found");

    let event = app.event("may").await;
    app.clock_to(ENDS).await;
    app.post(&event.at("/complete"), json!({})).await.done();
    app.register(&event, &person("Ada Arena")).await.fails(409, "event_not_open");
    assert!(app.mails().is_empty());
}

#[rstest]
#[tokio::test]
async fn registrations_are_taken_between_their_hours(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let hours = json!({"registration_opens_at": "2030-05-07T08:00:00Z", "registration_closes_at": "2030-05-08T08:00:00Z"});
    let event = app.event_with("may", hours).await;
    app.register(&event, &person("Ada Arena")).await.fails(409, "event_not_open");
    app.clock_to("2030-05-07T08:00:00Z").await;
    app.register_confirmed(&event, &person("Ada Arena")).await;
    app.clock_to("2030-05-08T08:00:00Z").await;
    app.register(&event, &person("Bruno Bassi")).await.fails(409, "event_not_open");
}

#[rstest]
#[tokio::test]
async fn an_event_moves_through_its_states_in_order(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    let refused = app.post(&event.at("/complete"), json!({})).await.fails(409, "wrong_state");
    assert_eq!(refused.0["state"], "draft");
    app.post(&event.at("/publish"), json!({})).await.done();
    // It has not begun.
    app.post(&event.at("/complete"), json!({})).await.fails(409, "wrong_state");
    app.clock_to(STARTS).await;
    app.post(&event.at("/complete"), json!({})).await.done();
    for again in ["/publish", "/complete"] {
        let refused = app.post(&event.at(again), json!({})).await.fails(409, "wrong_state");
        assert_eq!(refused.0["state"], "completed");
    }
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "completed");
}

#[rstest]
#[tokio::test]
async fn an_event_completes_by_itself_twelve_hours_after_its_end(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let present = app.add(&event, &person("Ada Arena")).await;
    let absent = app.add(&event, &person("Bruno Bassi")).await;
    app.clock_to(STARTS).await;
    app.check_in(&event, &present.code).await.ok(201);

    app.live_until("2030-05-10T06:59:00Z").await;
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "published");
    app.live_until("2030-05-10T07:00:00Z").await;
    assert_eq!(app.get(&event.at("")).await.ok(200)["state"], "completed");
    assert_eq!(app.state_of(&event, &present.code).await, "attended");
    assert_eq!(app.state_of(&event, &absent.code).await, "no_show");
}
