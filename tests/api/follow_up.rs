//! The plan of an event's follow-up.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_48_staff_drop_and_move_steps(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let path = event.at("/follow_up");
    let usual = app.get(&path).await.ok(200);
    assert_eq!(each(&usual["steps"], "step"), ["F1", "N1", "F2", "F3", "F4", "F5", "F6"]);
    assert_eq!((&usual["every_days"], &usual["per_event"], &usual["own"]), (&json!(7), &json!(6), &json!(false)));

    let steps = json!([{"step": "F1", "days": 1}, {"step": "F4", "days": 21}]);
    let own = app.put(&path, json!({"steps": steps, "per_event": 2})).await.ok(200);
    assert_eq!((&own["steps"], &own["per_event"], &own["own"]), (&steps, &json!(2), &json!(true)));
    assert_eq!(app.get(&path).await.ok(200), own);

    let guests = app.add_many(&event, 4).await;
    app.hold(&event, &guests[..3]).await;
    let prompts = app.all(&event.at("/prompts?limit=100")).await;
    let mut scheduled: Vec<(&str, &str)> =
        prompts.iter().map(|one| (one["step"].as_str().unwrap(), one["due_at"].as_str().unwrap())).collect();
    scheduled.sort_unstable();
    scheduled.dedup();
    // Who did not come hears nothing: N1 was dropped.
    assert_eq!(prompts.len(), 6);
    assert_eq!(
        scheduled.iter().map(|(step, at)| (*step, when(at))).collect::<Vec<_>>(),
        [("F1", when(FIRST_WORKING_DAY)), ("F4", when("2030-05-30T08:00:00Z"))]
    );
    app.put(&path, json!({"steps": []})).await.fails(409, "wrong_state");
}

#[rstest]
#[tokio::test]
async fn sr_34_no_plan_breaks_the_rules(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let path = event.at("/follow_up");
    let step = |step: &str, days: u16| json!({"step": step, "days": days});
    for (steps, code) in [
        (json!([step("F2", 8)]), "f1_missing"),
        (json!([step("F1", 2)]), "f1_moved"),
        (json!([step("F1", 1), step("F2", 7)]), "too_close"),
        (json!([step("F1", 1), step("F1", 1)]), "twice"),
        (json!([step("F1", 1), step("F6", 101)]), "out_of_range"),
        (json!([step("F1", 1), step("C", 30)]), "not_planned"),
    ] {
        let problem = app.put(&path, json!({"steps": steps})).await.fails(422, "validation_failed");
        let error = problem.error_at("/steps");
        assert!(format!("{:?}", error.0).contains(code), "{code}");
    }
    for (field, value) in [("every_days", 6), ("per_event", 7)] {
        app.put(&path, json!({"steps": [step("F1", 1)], field: value}))
            .await
            .fails(422, "validation_failed")
            .error_at(&format!("/{field}"));
    }
    assert_eq!(app.get(&path).await.ok(200)["own"], false, "nothing of it was kept");
    app.post(&event.at("/follow_up/simulate"), json!({"code": "ZZZZZZZZ"})).await.fails(422, "validation_failed").error_at("/code");
}
