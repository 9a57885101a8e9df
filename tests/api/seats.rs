//! Seats changed by hand.

use crate::support::http::Answer;
use crate::support::*;

/// An event of twelve people at tables of three to five, and a plan for it.
pub(super) async fn planned(app: &TestApp) -> (Event, Vec<Guest>, Value) {
    let event = app.event("may").await;
    let guests = app.add_many(&event, 12).await;
    let plan = app.plan(&event).await;
    (event, guests, plan)
}

pub(super) fn path(event: &Event, plan: &Value) -> String {
    event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()))
}

pub(super) async fn etag(app: &TestApp, event: &Event, plan: &Value) -> String {
    app.get(&path(event, plan)).await.header("etag").expect("a plan has an ETag").to_owned()
}

/// Sends the operations against the plan as it stands.
pub(super) async fn change(app: &TestApp, event: &Event, plan: &Value, operations: Value) -> Answer {
    let tag = etag(app, event, plan).await;
    app.patch(&format!("{}/seats", path(event, plan)), json!({"operations": operations})).header("If-Match", &tag).await
}

/// The table where this person sits in a round, both counted from 1.
fn table_of(plan: &Value, round: usize, code: &str) -> usize {
    let tables = plan["rounds"][round - 1]["tables"].as_array().unwrap();
    let found = tables.iter().find(|table| each(&table["members"], "code").contains(&code));
    usize::try_from(found.expect("everybody sits")["table"].as_u64().unwrap()).unwrap()
}

fn locked(plan: &Value) -> Vec<(u64, u64, String)> {
    let mut locked = Vec::new();
    for round in plan["rounds"].as_array().unwrap() {
        for table in round["tables"].as_array().unwrap() {
            for member in table["members"].as_array().unwrap().iter().filter(|member| member["locked"] == true) {
                let code = member["code"].as_str().unwrap().to_owned();
                locked.push((round["round"].as_u64().unwrap(), table["table"].as_u64().unwrap(), code));
            }
        }
    }
    locked
}

#[rstest]
#[tokio::test]
async fn two_people_change_places_and_the_reasons_follow(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    let first = seats(&plan)[0].clone();
    let (one, other) = (&first[0][0], &first[1][0]);
    let swapped = change(&app, &event, &plan, json!([{"op": "swap", "round": 1, "codes": [one, other]}])).await;
    let now = swapped.ok(200);
    assert_eq!(now, app.get(&path(&event, &plan)).await.ok(200));
    assert_eq!(swapped.header("etag"), Some(etag(&app, &event, &plan).await.as_str()));
    assert_eq!((table_of(&now, 1, one), table_of(&now, 1, other)), (table_of(&plan, 1, other), table_of(&plan, 1, one)));
    assert_eq!(now["rounds"][1], plan["rounds"][1], "the other round stays");
    assert!(now["warnings"].to_string().contains("edited"), "{}", now["warnings"]);
    assert_ne!(now["score"]["total"], plan["score"]["total"]);
    assert_eq!(now["score"]["random"], plan["score"]["random"]);
    // Whoever is named in a reason sits at that table.
    for table in now["rounds"][0]["tables"].as_array().unwrap() {
        let here = each(&table["members"], "code");
        for shared in table["members"].as_array().unwrap().iter().flat_map(|member| member["why"]["shared"].as_array().unwrap()) {
            for mate in shared["with"].as_array().unwrap() {
                assert!(here.contains(&mate.as_str().unwrap()), "{mate} does not sit at {table}");
            }
        }
    }
    // And back again: the plan is what it was.
    let back = change(&app, &event, &plan, json!([{"op": "swap", "round": 1, "codes": [one, other]}])).await.ok(200);
    assert_eq!((&back["rounds"], &back["score"]), (&plan["rounds"], &plan["score"]));
}

#[rstest]
#[tokio::test]
async fn a_plan_changed_by_hand_is_the_one_that_counts(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    let first = seats(&plan)[0].clone();
    let (one, other) = (&first[0][0], &first[1][0]);
    app.publish_plan(&event, &plan).await.done();
    let now = change(&app, &event, &plan, json!([{"op": "swap", "round": 1, "codes": [one, other]}])).await.ok(200);
    app.clock_to(STARTS).await;
    let checked_in = app.check_in(&event, one).await.ok(201);
    assert_eq!(checked_in["tables"][0]["table"], json!(table_of(&now, 1, one)));
}

#[rstest]
#[tokio::test]
async fn all_operations_are_done_or_none(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    let before = app.get(&path(&event, &plan)).await.ok(200);
    let first = seats(&plan)[0].clone();
    let operations = json!([
        {"op": "swap", "round": 1, "codes": [first[0][0], first[1][0]]},
        {"op": "move", "code": "ZZZZZZZZ", "round": 9, "table": 99},
        {"op": "move", "code": first[0][0]},
        {"op": "swap", "round": 1, "codes": [first[0][0], first[0][0]]},
        {"op": "swap", "round": 1, "codes": [first[0][0]]},
        {"op": "lock"},
        {"op": "unlock", "codes": [first[0][0]], "round": 1},
    ]);
    let wrong = change(&app, &event, &plan, operations).await.fails(422, "validation_failed");
    assert_eq!(
        wrong.pointers(),
        [
            "/operations/2/round",
            "/operations/2/table",
            "/operations/3/codes/1",
            "/operations/4/codes",
            "/operations/5",
            "/operations/6/codes"
        ]
    );
    let operations = json!([
        {"op": "swap", "round": 1, "codes": [first[0][0], first[1][0]]},
        {"op": "move", "code": "ZZZZZZZZ", "round": 1, "table": 1},
        {"op": "move", "code": first[0][0], "round": 3, "table": 99},
        {"op": "lock", "code": first[0][0], "table": 99},
    ]);
    let wrong = change(&app, &event, &plan, operations).await.fails(422, "validation_failed");
    assert_eq!(wrong.pointers(), ["/operations/1/code", "/operations/2/round", "/operations/2/table", "/operations/3/table"]);
    assert_eq!(app.get(&path(&event, &plan)).await.ok(200), before);
}

#[rstest]
#[tokio::test]
async fn a_hard_rule_stays_hard(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let tables = json!({"tables": [{"min": 3, "max": 4}, {"min": 3, "max": 4}, {"min": 3, "max": 4}]});
    app.put(&event.at("/tables"), tables).await.done();
    app.add_many(&event, 11).await;
    let plan = app.plan(&event).await;
    let first = seats(&plan)[0].clone();
    let full: Vec<usize> = (0..3).filter(|table| first[*table].len() == 4).collect();
    let small = (0..3).find(|table| first[*table].len() == 3).unwrap();

    // A fifth at a table of four.
    let fifth = json!([{"op": "move", "code": first[full[0]][0], "round": 1, "table": full[1] + 1}]);
    let refused = change(&app, &event, &plan, fifth).await.fails(422, "validation_failed");
    assert_eq!(refused.0["errors"][0]["code"], "table_full");
    refused.error_at("/operations/0/table");
    // Two left at a table for three.
    let left = json!([{"op": "move", "code": first[small][0], "round": 1, "table": full[0] + 1}]);
    let refused = change(&app, &event, &plan, left).await.fails(422, "validation_failed");
    assert!(each(&refused.0["errors"], "code").contains(&"table_too_small"), "{}", refused.0);
    // What comes out of all together counts: by two moves they change places.
    let both = json!([
        {"op": "move", "code": first[full[0]][0], "round": 1, "table": full[1] + 1},
        {"op": "move", "code": first[full[1]][0], "round": 1, "table": full[0] + 1},
    ]);
    change(&app, &event, &plan, both).await.ok(200);

    let pair = json!([first[small][0], first[small][1]]);
    app.post(&event.at("/rules"), json!({"kind": "together", "members": pair})).await.ok(201);
    let apart = json!([first[small][0], first[full[1]][1]]);
    app.post(&event.at("/rules"), json!({"kind": "apart", "members": apart})).await.ok(201);
    let swap = |a: &String, b: &String| json!([{"op": "swap", "round": 1, "codes": [a, b]}]);
    let torn = change(&app, &event, &plan, swap(&first[small][0], &first[full[1]][2])).await.fails(422, "validation_failed");
    torn.error_at("/operations/0/codes");
    let mut codes = each(&torn.0["errors"], "code");
    codes.dedup();
    assert!(codes.contains(&"together") && codes.contains(&"apart"), "{}", torn.0);
}

#[rstest]
#[tokio::test]
async fn locks_are_kept_and_hold(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = planned(&app).await;
    let first = seats(&plan)[0].clone();
    let (one, other) = (&first[0][0], &first[1][0]);
    let table = u64::try_from(table_of(&plan, 1, one)).unwrap();

    let now = change(&app, &event, &plan, json!([{"op": "lock", "code": one, "round": 1}])).await.ok(200);
    assert_eq!(locked(&now), [(1, table, one.clone())]);
    assert_eq!(now["warnings"], plan["warnings"], "nobody has moved");
    let refused = change(&app, &event, &plan, json!([{"op": "swap", "round": 1, "codes": [one, other]}])).await;
    assert_eq!(refused.fails(422, "validation_failed").0["errors"][0]["code"], "locked");
    let moved = json!([
        {"op": "unlock", "code": one},
        {"op": "swap", "round": 1, "codes": [one, other]},
        {"op": "lock", "code": one, "round": 1},
    ]);
    let now = change(&app, &event, &plan, moved).await.ok(200);
    assert_eq!(locked(&now), [(1, u64::try_from(table_of(&plan, 1, other)).unwrap(), one.clone())]);

    let whole_round = change(&app, &event, &plan, json!([{"op": "lock", "round": 2}])).await.ok(200);
    assert_eq!(locked(&whole_round).len(), guests.len() + 1);
    let freed = change(&app, &event, &plan, json!([{"op": "unlock", "round": 1}, {"op": "unlock", "table": 1}])).await.ok(200);
    let rest = locked(&freed);
    assert!(rest.iter().all(|(round, table, _)| *round == 2 && *table != 1) && !rest.is_empty(), "{rest:?}");
}

#[rstest]
#[tokio::test]
async fn sr_20_a_move_while_a_round_is_live_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    let (first, second) = (seats(&plan)[0].clone(), seats(&plan)[1].clone());
    let swap = |round: usize, tables: &[Vec<String>]| json!([{"op": "swap", "round": round, "codes": [tables[0][0], tables[1][0]]}]);
    app.publish_plan(&event, &plan).await.done();
    app.clock_to(STARTS).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();
    change(&app, &event, &plan, swap(2, &second)).await.fails(409, "round_live");
    app.post(&event.at("/rounds/1/finish"), json!({})).await.done();
    // What was is not rewritten; what is to come may change.
    let over = change(&app, &event, &plan, swap(1, &first)).await.fails(409, "wrong_state");
    assert_eq!(over.0["state"], "done");
    change(&app, &event, &plan, swap(2, &second)).await.ok(200);

    let newer = app.plan(&event).await;
    app.publish_plan(&event, &newer).await.done();
    let superseded = change(&app, &event, &plan, swap(2, &seats(&plan)[1])).await;
    assert_eq!(superseded.fails(409, "wrong_state").0["state"], "superseded");
}

#[rstest]
#[tokio::test]
async fn refusals_come_in_their_order(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    let (to, tag) = (format!("{}/seats", path(&event, &plan)), etag(&app, &event, &plan).await);
    app.publish_plan(&event, &plan).await.done();
    let wrong = json!({"operations": [{"op": "dance"}]});
    app.patch(&to, wrong.clone()).await.fails(428, "precondition_required");
    app.patch(&to, wrong.clone()).header("If-Match", &tag).await.fails(412, "precondition_failed");
    app.clock_to(STARTS).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();
    let tag = etag(&app, &event, &plan).await;
    app.patch(&to, wrong).header("If-Match", &tag).await.fails(422, "validation_failed").error_at("/operations/0/op");
    let viewer = app.as_role("checkin").await;
    viewer.patch(&to, json!({"operations": []})).header("If-Match", &tag).await.fails(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn what_is_locked_stays_when_the_rest_is_seated_again(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 20).await;
    let first = app.plan_with(&event, json!({"seed": 1})).await;
    let before = seats(&first);
    let (table, person) = (before[0][1].clone(), before[1][0][0].clone());
    let locks = json!([{"op": "lock", "round": 1, "table": 2}, {"op": "lock", "round": 2, "code": person}]);
    change(&app, &event, &first, locks).await.ok(200);

    // Two who sat together may do so no more: whatever the seed, somebody has to sit elsewhere.
    let together = before[1][1..].iter().map(|seated| &seated[..2]).find(|pair| !pair.iter().all(|code| table.contains(code)));
    let rule = json!({"kind": "apart", "hard": true, "members": together.expect("the rounds are not the same")});
    app.post(&event.at("/rules"), rule).await.ok(201);

    let again = json!({"seed": 2, "keep_locks_of": first["id"]});
    let second = app.plan_with(&event, again.clone()).await;
    let after = seats(&second);
    assert!(table.iter().all(|code| after[0][1].contains(code)), "{table:?} {:?}", after[0]);
    assert!(after[1][0].contains(&person));
    let member = |plan: &Value, round: usize, code: &str| {
        let tables = plan["rounds"][round]["tables"].as_array().unwrap().clone();
        let members: Vec<Value> = tables.iter().flat_map(|table| table["members"].as_array().unwrap().clone()).collect();
        members.into_iter().find(|member| member["code"] == code).unwrap()
    };
    assert_eq!(member(&second, 0, &table[0])["locked"], true);
    assert_eq!(member(&second, 1, &person)["locked"], true);
    assert_eq!(member(&second, 1, &before[1][1][0])["locked"], false);
    assert_eq!(second["warnings"], json!([]));
    // The same again is the same; without the locks it is another problem.
    assert_eq!(app.plan_with(&event, again).await["input_hash"], second["input_hash"]);
    assert_ne!(app.plan_with(&event, json!({"seed": 2})).await["input_hash"], second["input_hash"]);

    // What changed is everybody who sits elsewhere, and nobody who was locked.
    let diff = |one: &Value, other: &str| event.at(&format!("/plans/{}/diff/{other}", one["id"].as_str().unwrap()));
    let moved = app.get(&diff(&first, second["id"].as_str().unwrap())).await.ok(200);
    let moved = moved.as_array().unwrap();
    let mut expected = 0;
    for round in [1, 2] {
        for code in before[round - 1].concat() {
            let (from, to) = (table_of(&first, round, &code), table_of(&second, round, &code));
            let told = moved.iter().find(|one| one["round"] == round && one["code"] == code.as_str());
            assert_eq!(told.map(|one| (one["from"].clone(), one["to"].clone())), (from != to).then(|| (json!(from), json!(to))));
            expected += usize::from(from != to);
        }
    }
    assert_eq!(moved.len(), expected);
    assert!(expected > 0, "two had to be parted");
    assert!(!moved.iter().any(|one| one["round"] == 1 && table.iter().any(|code| one["code"] == code.as_str())));
    assert_eq!(app.get(&diff(&first, first["id"].as_str().unwrap())).await.ok(200), json!([]));
    app.get(&diff(&first, "0190a5d5-5d5c-7000-8000-000000000000")).await.fails(404, "not_found");
    app.as_role("checkin").await.get(&diff(&first, second["id"].as_str().unwrap())).await.fails(403, "forbidden");
    let stranger = json!({"keep_locks_of": "0190a5d5-5d5c-7000-8000-000000000000"});
    app.post(&event.at("/plans"), stranger).await.fails(422, "validation_failed").error_at("/keep_locks_of");

    // Who is gone holds no seat, and the plan says so; in the list of changes they have a place on one side only.
    app.post(&event.at(&format!("/registrations/{person}/cancel")), json!({})).await.ok(200);
    let third = app.plan_with(&event, json!({"seed": 2, "keep_locks_of": second["id"]})).await;
    assert_eq!(third["warnings"], json!(["locks_lost"]));
    let left = app.get(&diff(&second, third["id"].as_str().unwrap())).await.ok(200);
    let gone: Vec<&Value> = left.as_array().unwrap().iter().filter(|one| one["code"] == person.as_str()).collect();
    assert!(gone.len() == 2 && gone.iter().all(|one| one["to"].is_null() && one["from"].is_number()), "{left}");
}
