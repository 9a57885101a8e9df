//! A plan in an organizer's hands: changed, locked, made again, put in force, and mended when people stay away.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::http::Answer;
use crate::support::*;

const TABLE: std::ops::RangeInclusive<usize> = 3..=5;

fn path(event: &Event, plan: &Value) -> String {
    event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()))
}

async fn change(app: &TestApp, event: &Event, plan: &Value, operations: Value) -> Answer {
    let tag = app.get(&path(event, plan)).await.header("etag").expect("a plan has an ETag").to_owned();
    app.patch(&format!("{}/seats", path(event, plan)), json!({"operations": operations})).header("If-Match", &tag).await
}

/// The table of each person in one round, both counted from 1.
fn places(plan: &Value, round: usize) -> BTreeMap<String, u64> {
    let tables = plan["rounds"][round - 1]["tables"].as_array().unwrap();
    let members = |table: &Value| {
        let number = table["table"].as_u64().unwrap();
        each(&table["members"], "code").into_iter().map(|code| (code.to_owned(), number)).collect::<Vec<_>>()
    };
    tables.iter().flat_map(members).collect()
}

/// All ways to seat these people in a round, each as the set of those who sit elsewhere than before: one bit a person.
fn ways(here: &[String], before: &BTreeMap<String, u64>, locked: &BTreeSet<String>, tables: u64) -> BTreeSet<u32> {
    let mut ways = BTreeSet::new();
    for mut way in 0..tables.pow(u32::try_from(here.len()).unwrap()) {
        let (mut taken, mut moved, mut allowed) = (BTreeMap::<u64, usize>::new(), 0, true);
        for (person, code) in here.iter().enumerate() {
            let table = way % tables + 1;
            way /= tables;
            *taken.entry(table).or_default() += 1;
            if before.get(code).is_some_and(|before| *before != table) {
                moved |= 1 << person;
                allowed &= !locked.contains(code);
            }
        }
        if allowed && taken.values().all(|many| TABLE.contains(many)) {
            ways.insert(moved);
        }
    }
    ways
}

#[rstest]
#[tokio::test]
async fn a_plan_is_worked_with_until_the_last_round(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": 25}, {"minutes": 25}, {"minutes": 25}]})).await.done();
    let guests = app.add_many(&event, 14).await;
    let first = app.plan(&event).await;

    // Two change places, and one of them stays there whatever else is seated anew.
    let opening = seats(&first)[0].clone();
    let (one, other) = (opening[0][0].clone(), opening[1][0].clone());
    let swap = json!([{"op": "swap", "round": 1, "codes": [one, other]}, {"op": "lock", "code": one, "round": 1}]);
    change(&app, &event, &first, swap).await.ok(200);
    let host = seats(&first)[2][1][0].clone();
    let changed = change(&app, &event, &first, json!([{"op": "lock", "code": host, "round": 3}])).await.ok(200);
    let plan = app.plan_with(&event, json!({"seed": 8, "keep_locks_of": first["id"]})).await;
    assert_eq!((places(&plan, 1)[&one], places(&plan, 3)[&host]), (places(&changed, 1)[&one], places(&changed, 3)[&host]));
    let diff = |from: &Value, to: &Value| format!("{}/diff/{}", path(&event, from), to["id"].as_str().unwrap());
    let elsewhere = app.get(&diff(&first, &plan)).await.ok(200);
    let told: BTreeSet<(u64, &str)> =
        elsewhere.as_array().unwrap().iter().map(|one| (one["round"].as_u64().unwrap(), one["code"].as_str().unwrap())).collect();
    let (before, after) = ([1, 2, 3].map(|round| places(&changed, round)), [1, 2, 3].map(|round| places(&plan, round)));
    let expected = (1..).zip(before.iter().zip(&after)).flat_map(|(round, (before, after))| {
        before.iter().filter(|(code, table)| after[*code] != **table).map(move |(code, _)| (round, code.as_str()))
    });
    assert_eq!(told, expected.collect());
    app.publish_plan(&event, &plan).await.done();

    // Three of the first table of round 2 and three of the last stay away; somebody nobody knew of comes.
    app.clock_to(STARTS).await;
    let second = seats(&plan)[1].clone();
    let can_miss = |table: &Vec<String>| table.iter().filter(|code| **code != host).take(3).cloned().collect::<Vec<_>>();
    let missing: BTreeSet<String> = can_miss(&second[0]).into_iter().chain(can_miss(&second[2])).collect();
    assert_eq!(missing.len(), 6);
    let present: Vec<Guest> = guests.into_iter().filter(|guest| !missing.contains(&guest.code)).collect();
    app.check_in_all(&event, &present).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();
    let late = app.add(&event, &person("Zelda Late")).await;
    assert_eq!(app.check_in(&event, &late.code).await.ok(201)["tables"], json!([]));
    let moves = json!([{"op": "swap", "round": 2, "codes": [second[0][0], second[1][0]]}]);
    change(&app, &event, &plan, moves).await.fails(409, "round_live");
    app.post(&format!("{}/repair", path(&event, &plan)), json!({})).await.fails(409, "round_live");
    app.post(&event.at("/rounds/1/finish"), json!({})).await.done();

    let answer = app.post(&format!("{}/repair", path(&event, &plan)), json!({})).await;
    let repaired = answer.ok(201);
    assert_eq!((&repaired["state"], &repaired["warnings"]), (&json!("draft"), &json!([])));
    let stored = app.get(&path(&event, &repaired)).await;
    assert!(answer.location().ends_with(repaired["id"].as_str().unwrap()));
    assert_eq!(stored.ok(200)["rounds"], repaired["rounds"]);
    assert_eq!(answer.header("etag"), stored.header("etag"));

    // Round 1 stands; in the others everybody who is there sits, at tables as they are to be.
    assert_eq!(places(&repaired, 1), places(&plan, 1));
    let here: Vec<String> = present.iter().chain([&late]).map(|guest| guest.code.clone()).collect();
    let everybody: BTreeSet<&String> = here.iter().collect();
    for round in [2, 3] {
        assert_eq!(places(&repaired, round).keys().collect::<BTreeSet<_>>(), everybody);
        assert!(seats(&repaired)[round - 1].iter().all(|table| TABLE.contains(&table.len())));
    }
    assert_eq!(places(&repaired, 3)[&host], places(&plan, 3)[&host], "who is locked stays");

    // No fewer could have moved, of all the ways to seat them.
    let codes =
        |list: &str| -> BTreeSet<String> { repaired[list].as_array().unwrap().iter().map(|code| code.as_str().unwrap().into()).collect() };
    assert_eq!(codes("released"), missing);
    assert_eq!(codes("seated"), BTreeSet::from([late.code.clone()]));
    let tables = u64::try_from(second.len()).unwrap();
    let way =
        |round: usize, locked: &[&String]| ways(&here, &places(&plan, round), &locked.iter().map(|code| (*code).clone()).collect(), tables);
    let (in_second, in_third) = (way(2, &[]), way(3, &[&host]));
    let fewest = in_second.iter().flat_map(|one| in_third.iter().map(move |other| (one | other).count_ones())).min().unwrap();
    assert!(fewest > 0, "somebody has to move, or this shows nothing");
    assert_eq!(codes("moved").len(), usize::try_from(fewest).unwrap());
    // And the list of changes says the same.
    let changes = app.get(&diff(&plan, &repaired)).await.ok(200);
    let changes = changes.as_array().unwrap();
    assert!(changes.iter().all(|change| change["round"] != 1), "{changes:?}");
    let moved = changes.iter().filter(|change| !change["from"].is_null() && !change["to"].is_null());
    assert_eq!(moved.map(|change| change["code"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), codes("moved"));

    // Put in force, the rest of the evening follows it, and it may still be changed by hand.
    app.publish_plan(&event, &repaired).await.done();
    let (a, b) = (seats(&repaired)[2][0][0].clone(), seats(&repaired)[2][1][0].clone());
    if ![&a, &b].contains(&&host) {
        change(&app, &event, &repaired, json!([{"op": "swap", "round": 3, "codes": [a, b]}])).await.ok(200);
    }
    let over = places(&plan, 1);
    // Somebody who is locked is refused for that.
    let mut free = over.keys().filter(|code| everybody.contains(code) && ![&one, &host].contains(code));
    let one = free.next().unwrap();
    let other = free.find(|other| over[*other] != over[one]).unwrap();
    let swap = json!([{"op": "swap", "round": 1, "codes": [one, other]}]);
    change(&app, &event, &repaired, swap).await.fails(409, "wrong_state");
    for round in [2, 3] {
        app.post(&event.at(&format!("/rounds/{round}/start")), json!({})).await.done();
        app.post(&event.at(&format!("/rounds/{round}/finish")), json!({})).await.done();
    }
    app.post(&format!("{}/repair", path(&event, &repaired)), json!({})).await.fails(409, "wrong_state");
    app.clock_to(ENDS).await;
    app.run_due().await;
    app.post(&event.at("/complete"), json!({})).await.done();
    // Who came late met those of rounds 2 and 3; who was there all the time met those of round 1, too.
    let met = async |guest: &Guest| {
        let me = app.signed_in(&event, guest).await;
        me.all("/encounters")
            .await
            .iter()
            .map(|met| met["rounds"].as_array().unwrap().iter().map(|seat| seat["round"].as_u64().unwrap()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert!(met(&late).await.iter().flatten().all(|round| *round > 1));
    let regular = present.iter().find(|guest| {
        places(&plan, 1)
            .iter()
            .any(|(code, table)| *code != guest.code && *table == places(&plan, 1)[&guest.code] && everybody.contains(code))
    });
    assert!(met(regular.expect("somebody had company in round 1")).await.iter().flatten().any(|round| *round == 1));
}

/// Whoever is there counts, not who said they would come; and a repair is for those who are there when it is put in force.
#[rstest]
#[tokio::test]
async fn a_repair_is_refused_and_grows_old(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 9).await;
    let plan = app.planned(&event).await;
    let repair = format!("{}/repair", path(&event, &plan));
    app.clock_to(STARTS).await;
    let nobody = app.post(&repair, json!({})).await.fails(409, "plan_infeasible");
    assert!(nobody.0["conflicts"][0]["relax"].is_string(), "{}", nobody.0);
    app.check_in(&event, &guests[0].code).await.ok(201);
    let alone = app.post(&repair, json!({})).await.fails(409, "plan_infeasible");
    assert!(alone.0["detail"].as_str().unwrap().contains('3'), "a table is for three at least: {}", alone.0);

    app.check_in_all(&event, &guests[1..7]).await;
    app.as_role("checkin").await.post(&repair, json!({})).await.fails(403, "forbidden");
    app.post(&event.at("/plans/0190a5d5-5d5c-7000-8000-000000000000/repair"), json!({})).await.fails(404, "not_found");
    app.post(&repair, json!({})).header("If-Match", "\"99\"").await.fails(412, "precondition_failed");
    let repaired = app.post(&repair, json!({})).await.ok(201);
    assert_eq!(repaired["released"].as_array().unwrap().len(), 2);
    // One more arrives before it is in force.
    app.check_in(&event, &guests[7].code).await.ok(201);
    let stale = app.publish_plan(&event, &repaired).await.fails(409, "plan_infeasible");
    assert!(stale.0["conflicts"].to_string().contains(&guests[7].code), "{}", stale.0);
    let again = app.post(&format!("{}/repair", path(&event, &repaired)), json!({})).await.ok(201);
    assert_eq!(again["seated"], json!([guests[7].code]));
    app.publish_plan(&event, &again).await.done();
}
