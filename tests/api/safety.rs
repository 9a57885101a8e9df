//! Reports and blocks.

use crate::support::*;

/// Whether these two share a table in any round.
fn share_a_table(plan: &Value, one: &Guest, other: &Guest) -> bool {
    seats(plan).concat().iter().any(|table| table.contains(&one.code) && table.contains(&other.code))
}

fn sits(plan: &Value, guest: &Guest) -> bool {
    seats(plan).concat().iter().any(|table| table.contains(&guest.code))
}

#[rstest]
#[tokio::test]
async fn sr_10_a_reported_profile_waits_outside_until_staff_have_looked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 13).await;
    let (ada, fake) = (&guests[0], &guests[1]);
    let me = app.signed_in(&event, ada).await;
    let before = app.plan(&event).await;

    let said = me.post("/reports", json!({"code": fake.code, "reason": "fake_profile", "text": "I know the real one."})).await;
    let report = said.ok(201);
    assert_eq!(report["state"], "open");
    assert_eq!(me.get(&said.location()).await.ok(200), report);
    app.signed_in(&event, fake).await.get(&said.location()).await.fails(404, "not_found");

    // The plan made before no longer fits, and a new one leaves them out.
    let refused = app.publish_plan(&event, &before).await.fails(409, "plan_infeasible");
    assert!(refused.0["conflicts"].to_string().contains(&fake.code), "{}", refused.0);
    let without = app.plan(&event).await;
    assert!(!sits(&without, fake) && sits(&without, ada));

    let items = app.all("/reports?state=open").await;
    assert_eq!(items.len(), 1);
    assert_eq!((&items[0]["about"]["code"], &items[0]["reporter"]["code"]), (&json!(fake.code), &json!(ada.code)));
    assert_eq!((&items[0]["reason"], &items[0]["event"]), (&json!("fake_profile"), &json!("may")));
    let resolve = format!("/reports/{}/resolve", items[0]["id"].as_str().unwrap());
    app.as_role("checkin").await.get("/reports").await.fails(403, "forbidden");
    app.other_organizer().post(&resolve, json!({"outcome": "dismissed"})).await.fails(404, "not_found");
    app.post(&resolve, json!({"outcome": "hanged"})).await.fails(422, "validation_failed").error_at("/outcome");

    let upheld = app.post(&resolve, json!({"outcome": "upheld"})).await.ok(200);
    assert_eq!((&upheld["state"], &upheld["outcome"]), (&json!("resolved"), &json!("upheld")));
    assert!(!sits(&app.plan(&event).await, fake), "what was found true goes on to count");
    app.post(&resolve, json!({"outcome": "dismissed"})).await.ok(200);
    assert!(sits(&app.plan(&event).await, fake));
    assert!(app.all("/reports?state=open").await.is_empty());
    // The one who reported learns that somebody looked, and no more.
    let mine = me.get(&said.location()).await.ok(200);
    assert_eq!(mine["state"], "resolved");
    assert!(mine.get("outcome").is_none());
}

#[rstest]
#[tokio::test]
async fn sr_10_only_people_of_ones_own_events_are_reported_or_blocked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, elsewhere) = (app.event("may").await, app.event("june").await);
    let ada = app.add(&event, &person("Ada Arena")).await;
    let stranger = app.add(&elsewhere, &person("Bruno Bassi")).await;
    let me = app.signed_in(&event, &ada).await;
    for code in [stranger.code.as_str(), "ZZZZZZZZ", ada.code.as_str()] {
        let answers = [
            me.post("/reports", json!({"code": code, "reason": "other"})).await.fails(422, "validation_failed"),
            me.post("/blocks", json!({"code": code})).await.fails(422, "validation_failed"),
            me.delete("/blocks").json(&json!({"code": code})).await.fails(422, "validation_failed"),
        ];
        for answer in answers {
            assert_eq!(answer.0["errors"][0]["detail"], "is nobody else at your events");
            assert_eq!(answer.pointers(), ["/code"]);
        }
    }
    me.post("/reports", json!({"code": "?", "reason": "dull"})).await.fails(422, "validation_failed").error_at("/reason").error_at("/code");
}

#[rstest]
#[tokio::test]
async fn sr_10_one_person_cannot_empty_the_room(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 8).await;
    let me = app.signed_in(&event, &guests[0]).await;
    for guest in &guests[1..6] {
        me.post("/reports", json!({"code": guest.code, "reason": "selling"})).await.ok(201);
    }
    // Said again, it is the same report.
    me.post("/reports", json!({"code": guests[1].code, "reason": "harassment"})).await.ok(201);
    me.post("/reports", json!({"code": guests[6].code, "reason": "selling"})).await.fails(422, "validation_failed").error_at("/code");
    let items = app.all("/reports").await;
    assert_eq!(items.len(), 5);
    assert_eq!(items[0]["reason"], "harassment");
}

#[rstest]
#[tokio::test]
async fn sr_10_a_block_keeps_two_people_apart_and_nobody_is_told(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 12).await;
    let plan = app.plan(&event).await;
    let ada = &guests[0];
    let bruno = tablemates(&plan, ada, &guests)[0];
    assert!(share_a_table(&plan, ada, bruno));
    let (me, them) = (app.signed_in(&event, ada).await, app.signed_in(&event, bruno).await);

    me.post("/blocks", json!({"code": bruno.code})).await.ok(201);
    let again = me.post("/blocks", json!({"code": bruno.code})).await.ok(201);
    assert_eq!((&again["code"], &again["name"]), (&json!(bruno.code), &json!(bruno.name)));
    assert_eq!(me.all("/blocks").await.len(), 1);
    assert!(them.all("/blocks").await.is_empty(), "nobody learns who blocked them");
    let apart = app.plan(&event).await;
    assert!(!share_a_table(&apart, ada, bruno));
    assert_ne!(apart["input_hash"], plan["input_hash"]);
    // Nor can they be put together by hand.
    let round = &seats(&apart)[0];
    let table = round.iter().position(|table| table.contains(&bruno.code)).unwrap();
    let mate = round[table].iter().find(|code| **code != bruno.code).unwrap();
    let path = event.at(&format!("/plans/{}", apart["id"].as_str().unwrap()));
    let tag = app.get(&path).await.header("etag").unwrap().to_owned();
    let swap = json!({"operations": [{"op": "swap", "round": 1, "codes": [ada.code, mate]}]});
    let refused = app.patch(&format!("{path}/seats"), swap).header("If-Match", &tag).await.fails(422, "validation_failed");
    assert_eq!(refused.0["errors"][0]["code"], "apart");

    me.delete("/blocks").json(&json!({"code": bruno.code})).await.ok(204);
    assert!(me.all("/blocks").await.is_empty());
    assert_eq!(app.plan(&event).await["input_hash"], plan["input_hash"]);
}

#[rstest]
#[tokio::test]
async fn sr_10_who_is_blocked_is_in_nobodys_prompt(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, plan) = app.held_evening("may", 12).await;
    let ada = &guests[0];
    let bruno = tablemates(&plan, ada, &guests)[0];
    let (me, them) = (app.signed_in(&event, ada).await, app.signed_in(&event, bruno).await);
    me.post("/blocks", json!({"code": bruno.code})).await.ok(201);
    app.live_until(FIRST_WORKING_DAY).await;
    for (reader, other) in [(&me, bruno), (&them, ada)] {
        let prompt = prompt_of(reader, "F1").await;
        assert!(!prompt.to_string().contains(&other.code) && !prompt.to_string().contains(&other.name), "{prompt}");
        assert!(!prompt["recall"]["people"].as_array().unwrap().is_empty());
        let met = json!(reader.all("/encounters").await);
        assert!(!each(&met, "code").is_empty() && !each(&met, "code").contains(&other.code.as_str()), "{met}");
    }
}
