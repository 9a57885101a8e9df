//! Passions that an organizer adds to the catalogue.

use std::collections::BTreeSet;

use crate::support::*;

fn lighthouses() -> Value {
    json!({
        "code": "lighthouses", "labels": {"en": "Lighthouses", "it": "Fari"}, "synonyms": {"it": ["Storia dei fari"]}, "family": "travel",
    })
}

fn loves(name: &str, passions: Value) -> Value {
    filled(person(name), json!({"passions": passions}))
}

async fn passions_of(app: &TestApp, event: &Event, guest: &Guest) -> Value {
    app.registration(event, &guest.code).await["passions"].clone()
}

#[rstest]
#[tokio::test]
async fn the_catalogue_and_one_s_own_are_one_list(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let made = app.post("/passions", lighthouses()).await;
    assert_eq!(made.ok(201)["own"], true);
    assert!(made.location().ends_with("/passions/lighthouses"));
    let unnamed = app.post("/passions", json!({"labels": {"it": "Gnomonica è bello"}})).await.ok(201);
    assert_eq!((&unnamed["code"], &unnamed["family"]), (&json!("gnomonica-e-bello"), &json!("other")));
    let all = app.all("/passions?limit=100").await;
    assert!(all.len() > 250 && all.iter().any(|one| one["code"] == "climbing" && one["own"] == false));
    assert_eq!(each(&json!(app.all("/passions?own=true&limit=1").await), "code"), ["gnomonica-e-bello", "lighthouses"]);

    let taken = json!({"code": "climbing", "labels": {"en": "Bouldering"}, "synonyms": {"en": ["storia dei FARI", "fine"]}});
    let refused = app.post("/passions", taken).await.fails(422, "validation_failed");
    assert_eq!(refused.pointers(), ["/code", "/labels/en", "/synonyms/en/0"]);
    app.post("/passions", json!({"code": "x-mine", "labels": {"en": "Mine"}})).await.fails(422, "validation_failed").error_at("/code");
    app.patch("/passions/climbing", json!({"labels": {"en": "Mine"}})).await.fails(403, "forbidden");
    app.delete("/passions/climbing").await.fails(403, "forbidden");
    app.delete("/passions/nothing").await.fails(404, "not_found");
    app.as_role("viewer").await.post("/passions", lighthouses()).await.fails(403, "forbidden");

    let found = app.public().get("/passions?q=fari&locale=it&o=tavola").await.ok(200);
    assert_eq!(found["results"][0]["code"], "lighthouses");
    let found = app.public().get("/passions?q=fari&locale=it").await.ok(200);
    assert!(!each(&found["results"], "code").contains(&"lighthouses"), "it is the organizer's alone");
    app.event("may").await;
    let page = app.visitor().get("/e/tavola/may?lang=it").await.ok_page();
    assert!(page.contains("value=\"Fari\""), "the form does not offer it");
}

#[rstest]
#[tokio::test]
async fn free_words_find_the_organizer_s_own_passion(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    // Before it is a passion, the words are the person's own.
    let early = app.add(&event, &loves("Early Bird", json!([{"text": "storia dei fari", "level": 1}]))).await;
    assert_eq!(passions_of(&app, &event, &early).await[0]["passion"], "x-storia-dei-fari");
    let unknown = loves("Bo Bassi", json!([{"passion": "climbing"}, {"passion": "lighthouses"}]));
    let refused = app.register(&event, &unknown).await.fails(422, "validation_failed");
    assert_eq!(refused.pointers(), ["/passions/1"]);

    app.post("/passions", lighthouses()).await.ok(201);
    let own = json!([{"passion": "lighthouses", "labels": {"en": "Lighthouses", "it": "Fari"}, "level": 1}]);
    assert_eq!(passions_of(&app, &event, &early).await, own, "who said it before has it too");
    let words = app.add(&event, &loves("Ada Arena", json!([{"text": "STORIA dei fari!", "level": 3}]))).await;
    let by_code = app.register_confirmed(&event, &loves("Bo Bassi", json!([{"passion": "lighthouses"}]))).await;
    for guest in [&words, &by_code] {
        assert_eq!(passions_of(&app, &event, guest).await[0]["passion"], "lighthouses");
    }
    let twice = loves("Cleo Conti", json!([{"text": "Fari"}, {"passion": "lighthouses"}]));
    app.register(&event, &twice).await.fails(422, "validation_failed").error_at("/passions/1");

    // A profile is read, changed and written as a whole.
    let me = app.signed_in(&event, &by_code).await;
    me.patch("/profile", json!({"headline": "keeper"})).await.ok(200);
    let forged = json!({"passions": [{"passion": "lighthouses", "labels": {"en": "Nonsense"}, "level": 3}]});
    let profile = me.patch("/profile", forged).await.ok(200);
    assert_eq!(profile["passions"][0]["labels"]["en"], "Lighthouses", "its name is the organizer's");
    me.patch("/profile", json!({"passions": [{"passion": "nobodys"}]})).await.fails(422, "validation_failed").error_at("/passions/0");

    let renamed = app.patch("/passions/lighthouses", json!({"labels": {"en": "Old lighthouses"}, "synonyms": null})).await.ok(200);
    assert_eq!((&renamed["labels"]["it"], &renamed["synonyms"]), (&json!("Fari"), &json!({})));
    assert_eq!(passions_of(&app, &event, &words).await[0]["labels"]["en"], "Old lighthouses");
    assert_eq!(me.get("/profile").await.ok(200)["passions"][0]["labels"]["en"], "Old lighthouses");
}

#[rstest]
#[tokio::test]
async fn two_passions_become_one_wherever_they_were_declared(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.post("/passions", lighthouses()).await.ok(201);
    let both = json!([{"text": "vie ferrate", "level": 3}, {"passion": "paper-craft"}, {"passion": "climbing", "level": 1}]);
    let ada = app.register_confirmed(&event, &loves("Ada Arena", both)).await;
    let merged = app.post("/passions/merge", json!({"from": "x-vie-ferrate", "into": "climbing"})).await.ok(200);
    assert_eq!((&merged["registrations"], &merged["people"], &merged["into"]["code"]), (&json!(1), &json!(1), &json!("climbing")));
    let expected = json!([{"passion": "climbing", "level": 3}, {"passion": "paper-craft", "level": 2}]);
    assert_eq!(passions_of(&app, &event, &ada).await, expected, "once, at the higher level");
    let me = app.signed_in(&event, &ada).await;
    assert_eq!(me.get("/profile").await.ok(200)["passions"], expected);
    let later = app.add(&event, &loves("Bo Bassi", json!([{"text": "Vie ferrate"}]))).await;
    assert_eq!(passions_of(&app, &event, &later).await[0]["passion"], "climbing", "the words lead there from now on");

    // An own passion merges away with everything that led to it.
    let cleo = app.add(&event, &loves("Cleo Conti", json!([{"passion": "lighthouses", "level": 3}]))).await;
    app.post("/passions", json!({"code": "tides", "labels": {"en": "The tides"}})).await.ok(201);
    app.post("/passions/merge", json!({"from": "lighthouses", "into": "tides"})).await.ok(200);
    let tides = json!([{"passion": "tides", "labels": {"en": "The tides"}, "level": 3}]);
    assert_eq!(passions_of(&app, &event, &cleo).await, tides);
    assert_eq!(each(&json!(app.all("/passions?own=true").await), "code"), ["tides"]);
    for said in [json!({"passion": "lighthouses"}), json!({"text": "storia dei fari"})] {
        let name = format!("Dario {}", if said["text"].is_null() { "Code" } else { "Words" });
        let dario = app.add(&event, &loves(&name, json!([said]))).await;
        assert_eq!(passions_of(&app, &event, &dario).await[0]["passion"], "tides");
    }

    for (from, into, pointers) in
        [("climbing", "tides", vec!["/from"]), ("nobodys", "x-nobodys", vec!["/from", "/into"]), ("tides", "tides", vec!["/into"])]
    {
        let refused = app.post("/passions/merge", json!({"from": from, "into": into})).await.fails(422, "validation_failed");
        assert_eq!(refused.pointers(), pointers, "{from} into {into}");
    }

    // Taken away, it stays with those who declared it, in words.
    app.delete("/passions/tides").await.ok(204);
    let words = json!([{"passion": "x-the-tides", "text": "The tides", "level": 3}]);
    assert_eq!(passions_of(&app, &event, &cleo).await, words);
}

#[rstest]
#[tokio::test]
async fn people_are_seated_by_an_organizer_s_own_passion(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.post("/passions", lighthouses()).await.ok(201);
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": 30}]})).await.ok(200);
    for n in 0..8 {
        let passion = if n % 2 == 0 { json!({"text": "Fari", "level": 3}) } else { json!({"passion": "climbing", "level": 3}) };
        app.add(&event, &filled(nth_person(n), json!({"passions": [passion]}))).await;
    }
    let plan = app.plan(&event).await;
    let themes: Vec<_> = plan["rounds"][0]["tables"].as_array().unwrap().iter().map(|table| table["theme"].clone()).collect();
    let fari = json!({"code": "lighthouses", "labels": {"en": "Lighthouses", "it": "Fari"}});
    assert!(themes.contains(&fari), "{themes:?}");
    let organizer = app.other_organizer();
    assert!(organizer.all("/passions?own=true").await.is_empty(), "another organizer's are not theirs");
}

/// What staff correct goes the way of the form: the names of a passion are the organizer's, and so is what was merged into what.
#[rstest]
#[tokio::test]
async fn a_correction_names_passions_as_the_organizer_does(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.post("/passions", lighthouses()).await.ok(201);
    app.post("/passions", json!({"code": "tides", "labels": {"en": "The tides"}})).await.ok(201);
    let ada = app.add(&event, &loves("Ada Arena", json!([{"passion": "climbing"}]))).await;
    let one = event.at(&format!("/registrations/{}", ada.code));

    let forged = json!({"passions": [{"passion": "lighthouses", "labels": {"en": "Nonsense"}, "level": 3}, {"text": "the tides"}]});
    let corrected = app.patch(&one, forged).await.ok(200)["passions"].clone();
    let own = json!({"passion": "lighthouses", "labels": {"en": "Lighthouses", "it": "Fari"}, "level": 3});
    assert_eq!(corrected, json!([own, {"passion": "tides", "labels": {"en": "The tides"}, "level": 2}]));
    app.patch(&one, json!({"unit": "Sales"})).await.ok(200);
    assert_eq!(passions_of(&app, &event, &ada).await, corrected, "what is not corrected stays");

    app.post("/passions/merge", json!({"from": "tides", "into": "lighthouses"})).await.ok(200);
    let merged = app.patch(&one, json!({"passions": [{"passion": "tides", "level": 3}]})).await.ok(200);
    assert_eq!(merged["passions"], json!([own]));
    for (wrong, code) in [
        (json!([{"passion": "climbing"}, {"passion": "nobodys"}]), "passion_unknown"),
        (json!([{"passion": "lighthouses"}, {"text": "the tides"}]), "repeated"),
    ] {
        let refused = app.patch(&one, json!({"passions": wrong})).await.fails(422, "validation_failed");
        assert_eq!(refused.error_at("/passions/1").0["errors"][0]["code"], code);
    }
    assert_eq!(passions_of(&app, &event, &ada).await, json!([own]));
}

/// The theme of a table is told alike wherever it is told: in the plan, to those who met there, and in what they are written about it.
#[rstest]
#[tokio::test]
async fn who_met_at_a_table_is_told_its_theme(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.post("/passions", lighthouses()).await.ok(201);
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": 30}]})).await.ok(200);
    let fari = json!([{"text": "Fari", "level": 3}]);
    let reader = filled(loves("Zoe Reader", fari.clone()), json!({"locale": "it"}));
    let zoe = app.register_confirmed(&event, &reader).await;
    let mut guests = vec![zoe.clone()];
    for n in 0..7 {
        let passions = if n % 2 == 0 { fari.clone() } else { json!([{"passion": "climbing", "level": 3}]) };
        guests.push(app.add(&event, &filled(nth_person(n), json!({"passions": passions}))).await);
    }
    let plan = app.hold(&event, &guests).await;
    let tables = plan["rounds"][0]["tables"].as_array().unwrap();
    let mine = tables.iter().find(|table| each(&table["members"], "code").contains(&zoe.code.as_str())).unwrap();
    assert_eq!(mine["theme"], json!({"code": "lighthouses", "labels": {"en": "Lighthouses", "it": "Fari"}}));

    let me = app.signed_in(&event, &zoe).await;
    let sat = json!([{"round": 1, "table": mine["table"], "theme": mine["theme"]}]);
    let met = me.all("/encounters").await;
    assert_eq!(met.len(), mine["members"].as_array().unwrap().len() - 1);
    assert!(met.iter().all(|one| one["rounds"] == sat), "{met:?}");
    app.live_until(FIRST_WORKING_DAY).await;
    let recalled = prompt_of(&me, "F1").await["recall"]["people"].clone();
    assert!(!recalled.as_array().unwrap().is_empty());
    assert!(recalled.as_array().unwrap().iter().all(|one| one["sittings"] == sat), "{recalled}");
    let page = app.visitor().get(&app.mail_about(&event, &zoe.email, "F1").await.link("prompts")).await.ok_page();
    assert!(page.contains("Fari") && !page.contains("Lighthouses"), "the reader reads Italian: {page}");
}

/// Of eight people nobody shares a passion; four love things of one family, four of another.
#[rstest]
#[tokio::test]
async fn passions_of_one_family_come_together_at_a_table(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 4, "max": 4})).await.done();
    app.put(&event.at("/rounds"), json!({"rounds": [{"minutes": 30, "break_minutes": 0}]})).await.done();
    let mut at_sea = BTreeSet::new();
    for (number, letter) in ('A'..='H').enumerate() {
        let (code, family) = (format!("craft-{number}"), ["sea", "clay"][number % 2]);
        app.post("/passions", json!({"code": code, "labels": {"en": format!("Craft {number}")}, "family": family})).await.ok(201);
        let guest = app.add(&event, &loves(&format!("Guest {letter}"), json!([{"passion": code}]))).await;
        if family == "sea" {
            at_sea.insert(guest.code);
        }
    }
    let plan = app.plan(&event).await;
    for table in seats(&plan).concat() {
        let sailors = table.iter().filter(|code| at_sea.contains(*code)).count();
        assert!(sailors == 0 || sailors == 4, "{sailors} of one family at a table of four");
    }

    // Whoever changes a family changes what the plan is made from.
    app.patch("/passions/craft-0", json!({"family": "clay"})).await.ok(200);
    assert_ne!(app.plan(&event).await["input_hash"], plan["input_hash"]);
}
