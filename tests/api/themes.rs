//! Themes of tables given by hand.

use super::seats::{change, etag, path, planned};
use crate::support::*;

fn table(plan: &Value, round: usize, number: usize) -> &Value {
    &plan["rounds"][round - 1]["tables"][number - 1]
}

fn theme(round: usize, table: usize, passion: Value) -> Value {
    json!({"op": "theme", "round": round, "table": table, "passion": passion})
}

#[rstest]
#[tokio::test]
async fn sr_04_a_theme_given_by_hand_is_told_wherever_themes_are(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = planned(&app).await;
    assert!(table(&plan, 1, 1).get("theme_by_hand").is_none(), "{plan}");
    let now = change(&app, &event, &plan, json!([theme(1, 1, json!("hiking"))])).await.ok(200);
    assert_eq!(now, app.get(&path(&event, &plan)).await.ok(200));
    let hiking = json!({"code": "hiking", "labels": {"en": "Hiking", "it": "Escursionismo"}});
    assert_eq!((&table(&now, 1, 1)["theme"], &table(&now, 1, 1)["theme_by_hand"]), (&hiking, &json!(true)));
    assert_eq!((table(&now, 1, 2), &now["rounds"][1]), (table(&plan, 1, 2), &plan["rounds"][1]), "no other table is touched");
    assert_eq!((&now["warnings"], &now["score"], seats(&now)), (&plan["warnings"], &plan["score"], seats(&plan)), "nobody has moved");
    assert_eq!(app.get(&format!("{}/diff/{}", path(&event, &plan), plan["id"].as_str().unwrap())).await.ok(200), json!([]));

    let code = seats(&plan)[0][0][0].clone();
    let guest = guests.iter().find(|guest| guest.code == code).unwrap();
    app.publish_plan(&event, &plan).await.done();
    let rosters = app.get(&format!("{}/rosters", path(&event, &plan))).await.ok(200);
    assert_eq!(table(&rosters, 1, 1)["theme"], hiking);
    assert_eq!(app.registration(&event, &code).await["tables"][0]["theme"], hiking);
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests).await;
    let me = app.signed_in(&event, guest).await;
    assert_eq!(me.get(&format!("/registrations/{code}/table")).await.ok(200)["tables"][0]["theme"], hiking);
    assert_eq!(me.get(&format!("/registrations/{code}/guide")).await.ok(200)["title"], "Hiking", "what they talk about follows");

    app.clock_to(ENDS).await;
    app.run_due().await;
    app.post(&event.at("/complete"), json!({})).await.done();
    app.live_until(FIRST_WORKING_DAY).await;
    let prompt = prompt_of(&me, "F1").await;
    let people = prompt["recall"]["people"].as_array().expect("a prompt recalls whom one met");
    let sat: Vec<&Value> = people.iter().flat_map(|person| person["sittings"].as_array().unwrap()).filter(|at| at["round"] == 1).collect();
    assert!(!sat.is_empty() && sat.iter().all(|at| at["theme"] == hiking), "{prompt}");
}

#[rstest]
#[tokio::test]
async fn sr_04_who_is_checked_in_is_told_the_theme_given_by_hand(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    app.post("/passions", json!({"code": "tides", "labels": {"en": "The tides", "it": "Le maree"}})).await.ok(201);
    let given = json!([theme(1, 1, json!("hiking")), theme(1, 1, json!("tides")), theme(2, 1, json!("mixed"))]);
    app.publish_plan(&event, &plan).await.done();
    let now = change(&app, &event, &plan, given).await.ok(200);
    let tides = json!({"code": "tides", "labels": {"en": "The tides", "it": "Le maree"}});
    assert_eq!((&table(&now, 1, 1)["theme"], &table(&now, 2, 1)["theme"]), (&tides, &json!("mixed")), "the last word counts");
    app.clock_to(STARTS).await;
    let first = seats(&plan)[0][0][0].clone();
    assert_eq!(app.check_in(&event, &first).await.ok(201)["tables"][0]["theme"], tides);
    let second = seats(&plan)[1][0][0].clone();
    let told = if second == first { app.registration(&event, &second).await } else { app.check_in(&event, &second).await.ok(201) };
    assert_eq!(told["tables"][1]["theme"], "mixed");
}

/// Twelve people at three tables of four.
async fn at_fours(app: &TestApp) -> (Event, Vec<Guest>, Value) {
    let event = app.event("may").await;
    let four = json!({"min": 4, "max": 4});
    app.put(&event.at("/tables"), json!({"tables": [four, four, four]})).await.done();
    let guests = app.add_many(&event, 12).await;
    let plan = app.plan(&event).await;
    (event, guests, plan)
}

#[rstest]
#[tokio::test]
async fn sr_04_a_theme_given_by_hand_lasts_as_long_as_its_people(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = at_fours(&app).await;
    let by_hand = |plan: &Value, number: usize| table(plan, 1, number)["theme_by_hand"] == true;
    let both = json!([theme(1, 1, json!("hiking")), theme(1, 2, json!("mixed"))]);
    let now = change(&app, &event, &plan, both).await.ok(200);
    assert!(by_hand(&now, 1) && by_hand(&now, 2) && !by_hand(&now, 3), "{now}");

    // Two change places: the table they come to is about what its people share; the other stays as it was given.
    let first = seats(&plan)[0].clone();
    let swap = json!([{"op": "swap", "round": 1, "codes": [first[0][0], first[2][0]]}]);
    let now = change(&app, &event, &plan, swap.clone()).await.ok(200);
    assert!(!by_hand(&now, 1) && by_hand(&now, 2) && table(&now, 1, 2)["theme"] == "mixed", "{now}");
    let back = change(&app, &event, &plan, swap).await.ok(200);
    assert_eq!(table(&back, 1, 1), table(&plan, 1, 1), "what was taken back does not come again");

    // A lock moves nobody, and what is locked keeps its theme when the rest is seated again.
    let now = change(&app, &event, &plan, json!([{"op": "lock", "round": 1, "table": 2}])).await.ok(200);
    assert!(by_hand(&now, 2));
    let again = app.plan_with(&event, json!({"seed": 2, "keep_locks_of": plan["id"]})).await;
    assert_eq!(seats(&again)[0][1], first[1]);
    assert!(by_hand(&again, 2) && table(&again, 1, 2)["theme"] == "mixed", "{again}");
    assert!(!by_hand(&app.plan_with(&event, json!({"seed": 7})).await, 2), "a new plan knows nothing of it");

    // Repaired for the same people, it is the same.
    app.publish_plan(&event, &plan).await.done();
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests).await;
    let repaired = app.post(&format!("{}/repair", path(&event, &plan)), json!({})).await.ok(201);
    assert_eq!(seats(&repaired)[0][1], first[1]);
    assert!(by_hand(&repaired, 2), "{repaired}");

    // With nothing in its place, what they share is back.
    let now = change(&app, &event, &plan, json!([theme(1, 2, Value::Null)])).await.ok(200);
    assert!(!by_hand(&now, 2) && table(&now, 1, 2)["theme"] == table(&plan, 1, 2)["theme"], "{now}");
}

#[rstest]
#[tokio::test]
async fn sr_04_a_wrong_theme_is_refused_in_the_order_of_refusals(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, _, plan) = planned(&app).await;
    let to = format!("{}/seats", path(&event, &plan));
    let good = json!({"operations": [theme(1, 1, json!("hiking"))]});
    app.patch(&to, good.clone()).await.fails(428, "precondition_required");
    app.patch(&to, good.clone()).header("If-Match", "\"99\"").await.fails(412, "precondition_failed");
    let shapes = json!([
        {"op": "theme", "round": 1, "table": 1},
        {"op": "theme", "round": 1, "table": 1, "passion": "hiking", "code": seats(&plan)[0][0][0]},
        {"op": "lock", "round": 1, "passion": "hiking"},
        {"op": "theme", "passion": null},
    ]);
    let wrong = change(&app, &event, &plan, shapes).await.fails(422, "validation_failed");
    let at = ["/operations/0/passion", "/operations/1/code", "/operations/2/passion", "/operations/3/round", "/operations/3/table"];
    assert_eq!(wrong.pointers(), at);
    let unknown = json!([theme(1, 1, json!("lighthouse-lamps")), theme(3, 1, json!("mixed")), theme(1, 99, json!("hiking"))]);
    let wrong = change(&app, &event, &plan, unknown).await.fails(422, "validation_failed");
    assert_eq!(wrong.pointers(), ["/operations/0/passion", "/operations/1/round", "/operations/2/table"]);
    change(&app, &event, &plan, json!([theme(1, 1, json!(5))])).await.fails(422, "validation_failed").error_at("/operations/0/passion");
    assert_eq!(app.get(&path(&event, &plan)).await.ok(200), plan, "nothing of it was done");

    app.publish_plan(&event, &plan).await.done();
    app.clock_to(STARTS).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();
    let tag = etag(&app, &event, &plan).await;
    app.patch(&to, good.clone()).header("If-Match", &tag).await.fails(409, "round_live");
    app.post(&event.at("/rounds/1/finish"), json!({})).await.done();
    let over = app.patch(&to, good).header("If-Match", &tag).await.fails(409, "wrong_state");
    assert_eq!(over.0["state"], "done");
    change(&app, &event, &plan, json!([theme(2, 1, json!("hiking"))])).await.ok(200);
}

/// The table where somebody sits in the first round, of two.
fn table_of(plan: &Value, code: &str) -> usize {
    seats(plan)[0].iter().position(|table| table.iter().any(|one| one == code)).expect("everybody sits") + 1
}

/// What makes two sit together in the first round, or apart; nothing, where they do.
fn seated(plan: &Value, one: &str, other: &str, together: bool) -> Vec<Value> {
    let (here, there) = (table_of(plan, one), table_of(plan, other));
    if (here == there) == together {
        return Vec::new();
    }
    let wanted = if together { here } else { 3 - here };
    let instead = seats(plan)[0][wanted - 1].iter().find(|code| *code != one).expect("there are four").clone();
    vec![json!({"op": "swap", "round": 1, "codes": [other, instead]})]
}

async fn sit(app: &TestApp, event: &Event, plan: &Value, one: &str, other: &str, together: bool) -> Value {
    let swaps = seated(plan, one, other, together);
    if swaps.is_empty() { plan.clone() } else { change(app, event, plan, json!(swaps)).await.ok(200) }
}

/// Eight people at two tables. What the first five say stands in no catalogue, and one of them keeps it from the table.
async fn in_own_words(app: &TestApp) -> (Event, Vec<Guest>, Value) {
    let event = app.event("may").await;
    let mut guests = Vec::new();
    let said =
        [("Lighthouse lamps", true), ("Lighthouse lamps", true), ("Zither strings", true), ("Quiet knots", false), ("Quiet knots", true)];
    for (n, (words, shown)) in said.into_iter().enumerate() {
        let passions = json!([{"text": words, "level": 3}, {"passion": "climbing", "level": 2}]);
        let visibility = json!({"passions": if shown { "tablemates" } else { "none" }});
        let form = filled(nth_person(n), json!({"passions": passions, "visibility": visibility}));
        guests.push(app.register_confirmed(&event, &form).await);
    }
    for n in 5..8 {
        guests.push(app.add(&event, &nth_person(n)).await);
    }
    let plan = app.plan(&event).await;
    (event, guests, plan)
}

const LAMPS: &str = "x-lighthouse-lamps";

#[rstest]
#[tokio::test]
async fn sr_04_a_theme_by_hand_says_nobody_s_words_but_those_two_show_there(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = in_own_words(&app).await;
    let [ada, bruno, chiara, dario, elena] = [0, 1, 2, 3, 4].map(|n| guests[n].code.as_str());
    let refused = async |plan: &Value, table: usize, code: &str| {
        let wrong = change(&app, &event, plan, json!([theme(1, table, json!(code))])).await.fails(422, "validation_failed");
        assert_eq!(wrong.pointers(), ["/operations/0/passion"], "{code}");
    };
    // What one says alone, and what one of two keeps.
    refused(&plan, table_of(&plan, chiara), "x-zither-strings").await;
    let plan = sit(&app, &event, &plan, dario, elena, true).await;
    refused(&plan, table_of(&plan, dario), "x-quiet-knots").await;

    // What two say who sit together is their table's, and no other's.
    let plan = sit(&app, &event, &plan, ada, bruno, true).await;
    let here = table_of(&plan, ada);
    refused(&plan, 3 - here, LAMPS).await;
    let now = change(&app, &event, &plan, json!([theme(1, here, json!(LAMPS))])).await.ok(200);
    let lamps = json!({"code": LAMPS, "labels": {"en": "Lighthouse lamps", "it": "Lighthouse lamps"}});
    assert_eq!((&table(&now, 1, here)["theme"], &table(&now, 1, here)["theme_by_hand"]), (&lamps, &json!(true)));

    // Who sits there once everybody has moved counts.
    let plan = sit(&app, &event, &now, ada, bruno, false).await;
    for table in [1, 2] {
        refused(&plan, table, LAMPS).await;
    }
    let mut operations = seated(&plan, ada, bruno, true);
    operations.insert(0, theme(1, table_of(&plan, ada), json!(LAMPS)));
    let now = change(&app, &event, &plan, json!(operations)).await.ok(200);
    assert_eq!(table(&now, 1, table_of(&now, ada))["theme"], lamps);
}

#[rstest]
#[tokio::test]
async fn r20_a_theme_in_the_words_of_who_is_gone_is_told_no_more(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = in_own_words(&app).await;
    let (ada, bruno) = (&guests[0], &guests[1]);
    let plan = sit(&app, &event, &plan, &ada.code, &bruno.code, true).await;
    let here = table_of(&plan, &ada.code);
    let plan = change(&app, &event, &plan, json!([theme(1, here, json!(LAMPS))])).await.ok(200);
    app.publish_plan(&event, &plan).await.done();
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests).await;
    app.clock_to(ENDS).await;
    app.run_due().await;
    app.post(&event.at("/complete"), json!({})).await.done();
    app.live_until(FIRST_WORKING_DAY).await;
    let third = seats(&plan)[0][here - 1].iter().find(|code| **code != ada.code && **code != bruno.code).expect("there are four").clone();
    let third = app.signed_in(&event, guests.iter().find(|guest| guest.code == third).unwrap()).await;
    assert!(prompt_of(&third, "F1").await["recall"].to_string().contains(LAMPS));

    let erase = async |guest: &Guest| {
        app.signed_in(&event, guest).await.post("/erase", json!({"confirm": guest.email})).await.ok(200);
        table(&app.get(&path(&event, &plan)).await.ok(200), 1, here)["theme"].clone()
    };
    assert_eq!(erase(ada).await["code"], LAMPS, "somebody says it still");
    assert_eq!(erase(bruno).await, "mixed");
    assert!(!prompt_of(&third, "F1").await.to_string().contains(LAMPS));
    assert!(!json!(third.all("/encounters").await).to_string().contains(LAMPS));
    let after = app.dump().await;
    let left: Vec<&str> = after.lines().filter(|line| line.to_lowercase().contains("lighthouse")).collect();
    assert!(left.is_empty(), "{left:#?}");
}
