//! Plans: who sits where, why, and when that is impossible.

use std::collections::BTreeSet;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_03_everybody_sits_once_in_every_round(#[values(6, 13, 31)] many: usize, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, many).await;
    let everybody: BTreeSet<_> = guests.iter().map(|guest| guest.code.clone()).collect();

    let plan = app.plan(&event).await;
    let rounds = seats(&plan);
    assert_eq!(rounds.len(), 2);
    for tables in &rounds {
        let seated: Vec<_> = tables.concat();
        assert_eq!(seated.len(), many, "somebody sits twice or not at all");
        assert_eq!(seated.into_iter().collect::<BTreeSet<_>>(), everybody);
        for table in tables {
            assert!((3..=5).contains(&table.len()), "a table of {}", table.len());
        }
    }
}

#[rstest]
#[tokio::test]
async fn sr_21_tables_of_four_and_five_are_kept(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 4, "max": 5})).await.done();
    app.add_many(&event, 22).await;
    for table in seats(&app.plan(&event).await).concat() {
        assert!((4..=5).contains(&table.len()), "a table of {}", table.len());
    }
}

#[rstest]
#[tokio::test]
async fn a_plan_says_how_good_it_is_and_why_each_sits_there(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 12).await;
    let plan = app.plan(&event).await;
    assert_eq!(plan["state"], "draft");
    assert_eq!(plan["seed"], 7);
    assert!(plan["input_hash"].is_string());
    let score = &plan["score"];
    for part in ["total", "bound", "random"] {
        assert!(score[part].is_number(), "no {part} in {score}");
    }
    for table in plan["rounds"][0]["tables"].as_array().unwrap() {
        assert!(table["table"].is_u64());
        for member in table["members"].as_array().unwrap() {
            assert!(member["name"].is_string() && member["why"].is_object(), "{member}");
            assert_eq!(member["locked"], false);
        }
    }
}

#[rstest]
#[tokio::test]
async fn sr_02_shared_passions_beat_chance(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 30).await;
    let score = app.plan(&event).await["score"].clone();
    let number = |part: &str| score[part].as_f64().unwrap();
    assert!(number("total") > number("random"), "{score}");
    assert!(number("total") <= number("bound"), "{score}");
}

#[rstest]
#[tokio::test]
async fn sr_04_a_theme_is_what_members_share(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut passions_of = std::collections::BTreeMap::new();
    for (n, guest) in app.add_many(&event, 18).await.into_iter().enumerate() {
        let passions = each(&nth_person(n)["passions"], "passion").join(" ");
        passions_of.insert(guest.code, passions);
    }
    let plan = app.plan(&event).await;
    for table in plan["rounds"].as_array().unwrap().iter().flat_map(|round| round["tables"].as_array().unwrap()) {
        let theme = &table["theme"];
        if theme == "mixed" {
            continue;
        }
        let code = theme["code"].as_str().expect("a theme is a passion or \"mixed\"");
        assert!(theme["labels"]["en"].is_string(), "{theme}");
        let members = each(&table["members"], "code");
        let holders = members.iter().filter(|member| passions_of[**member].contains(code)).count();
        assert!(holders >= 2, "{code} is shared by {holders} of {}", members.len());
    }
}

#[rstest]
#[tokio::test]
async fn the_same_seed_seats_the_same(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 24).await;
    let first = app.plan_with(&event, json!({"seed": 42, "time_limit_ms": 5000})).await;
    let second = app.plan_with(&event, json!({"seed": 42, "time_limit_ms": 20000})).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(first["input_hash"], second["input_hash"]);
    assert_eq!(seats(&first), seats(&second));
}

#[rstest]
#[tokio::test]
async fn rules_are_kept(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 15).await;
    let pair = |a: usize, b: usize| json!([guests[a].code, guests[b].code]);
    app.post(&event.at("/rules"), json!({"kind": "together", "hard": true, "members": pair(0, 1)})).await.ok(201);
    app.post(&event.at("/rules"), json!({"kind": "apart", "hard": true, "members": pair(2, 3)})).await.ok(201);

    for table in seats(&app.plan(&event).await).concat() {
        let here = |n: usize| table.contains(&guests[n].code);
        assert_eq!(here(0), here(1), "the first two sit together");
        assert!(!(here(2) && here(3)), "the next two never do");
    }
}

#[rstest]
#[tokio::test]
async fn a_rule_is_changed_in_place(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 12).await;
    let pair = json!([guests[0].code, guests[1].code]);
    let rule = app.post(&event.at("/rules"), json!({"kind": "together", "members": pair})).await.ok(201);
    let path = event.at(&format!("/rules/{}", rule["id"].as_str().unwrap()));
    let changed = app.patch(&path, json!({"kind": "apart"})).await.ok(200);
    assert_eq!((&changed["kind"], &changed["members"], &changed["id"]), (&json!("apart"), &pair, &rule["id"]));
    for table in seats(&app.plan(&event).await).concat() {
        assert!(!(table.contains(&guests[0].code) && table.contains(&guests[1].code)), "they are to be kept apart");
    }
    let softer = app.patch(&path, json!({"hard": false, "weight": 3.0})).await.ok(200);
    assert_eq!((&softer["hard"], &softer["weight"]), (&json!(false), &json!(3.0)));

    let wrong = json!({"kind": "fixed", "weight": -1, "hard": false});
    let wrong = app.patch(&path, wrong).await.fails(422, "validation_failed");
    assert_eq!(wrong.pointers(), ["/hard", "/table", "/weight"]);
    app.patch(&path, json!({"members": [guests[0].code, "ZZZZZZZZ"]})).await.fails(422, "validation_failed").error_at("/members/1");
    assert_eq!(app.all(&event.at("/rules")).await, [softer]);
    app.as_role("checkin").await.patch(&path, json!({})).await.fails(403, "forbidden");
    app.patch(&event.at("/rules/nothing"), json!({})).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn who_is_fixed_at_a_table_sits_there_in_every_round(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 12).await;
    let rule = json!({"kind": "fixed", "hard": true, "members": [guests[0].code], "table": 2});
    app.post(&event.at("/rules"), rule).await.ok(201);
    let table_of = |plan: &Value| -> Vec<usize> {
        let at = |tables: &Vec<Vec<String>>| tables.iter().position(|table| table.contains(&guests[0].code)).unwrap() + 1;
        seats(plan).iter().map(at).collect()
    };
    assert_eq!(table_of(&app.plan(&event).await), [2, 2]);

    let wrong = json!({"kind": "fixed", "members": [guests[0].code]});
    app.post(&event.at("/rules"), wrong).await.fails(422, "validation_failed").error_at("/table");
    let stranger = json!({"kind": "together", "members": [guests[0].code, "00000000"]});
    app.post(&event.at("/rules"), stranger).await.fails(422, "validation_failed").error_at("/members/1");
}

#[rstest]
#[tokio::test]
async fn sr_15_no_table_is_filled_by_one_unit(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"tables": [{"min": 4, "max": 4}, {"min": 4, "max": 4}, {"min": 4, "max": 4}]})).await.done();
    let guests = app.add_many(&event, 12).await;
    for (turn, guest) in guests.iter().enumerate() {
        let unit = if turn < 6 { "Sales" } else { "Labs" };
        app.patch(&event.at(&format!("/registrations/{}", guest.code)), json!({"unit": unit})).await.ok(200);
    }
    let rule = app.post(&event.at("/rules"), json!({"kind": "at_most", "attribute": "unit", "k": 2})).await.ok(201);
    assert_eq!([&rule["attribute"], &rule["k"], &rule["members"]], [&json!("unit"), &json!(2), &json!([])]);
    let plan = app.plan(&event).await;
    let of_sales = |table: &Vec<String>| guests[..6].iter().filter(|guest| table.contains(&guest.code)).count();
    for table in seats(&plan).concat() {
        assert_eq!(of_sales(&table), 2, "two of each: {table:?}");
    }
    // By hand, too, unless it is asked for.
    let first = seats(&plan)[0].clone();
    let from_sales = |table: &Vec<String>| guests[..6].iter().find(|guest| table.contains(&guest.code)).unwrap().code.clone();
    let from_labs = |table: &Vec<String>| guests[6..].iter().find(|guest| table.contains(&guest.code)).unwrap().code.clone();
    let swap = json!({"operations": [{"op": "swap", "round": 1, "codes": [from_sales(&first[0]), from_labs(&first[1])]}]});
    let path = event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()));
    let tag = app.get(&path).await.header("etag").expect("a plan has an ETag").to_owned();
    let refused = app.patch(&format!("{path}/seats"), swap).header("If-Match", &tag).await.fails(422, "validation_failed");
    assert!(each(&refused.0["errors"], "code").contains(&"too_many_alike"), "{}", refused.0);

    // Twelve of two units, at most one of each at three tables: six find no place.
    app.patch(&event.at(&format!("/rules/{}", rule["id"].as_str().unwrap())), json!({"k": 1})).await.ok(200);
    let job = app.plan_job(&event, json!({"seed": 1})).await;
    assert_eq!(job["problem"]["code"], "plan_infeasible", "{job}");
}

#[rstest]
#[tokio::test]
async fn a_rule_about_an_attribute_says_what_it_needs(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 12).await;
    for (wrong, pointers) in [
        (json!({"kind": "at_most"}), vec!["/attribute", "/k"]),
        (json!({"kind": "same", "attribute": "shoe size", "k": 2}), vec!["/attribute", "/k"]),
        (json!({"kind": "same", "attribute": "language"}), vec!["/attribute"]),
        (json!({"kind": "different", "attribute": "unit=", "table": 1}), vec!["/attribute", "/table"]),
        (json!({"kind": "at_least", "attribute": "unit", "k": 0, "hard": false}), vec!["/hard", "/k"]),
        (json!({"kind": "apart", "members": [guests[0].code, guests[1].code], "attribute": "unit", "k": 1}), vec!["/attribute", "/k"]),
        (json!({"kind": "together"}), vec!["/members"]),
    ] {
        let refused = app.post(&event.at("/rules"), wrong.clone()).await.fails(422, "validation_failed");
        assert_eq!(refused.pointers(), pointers, "{wrong}");
    }
    // About people who all cancelled it binds nobody, and about an attribute that nobody has.
    app.post(&event.at("/rules"), json!({"kind": "different", "attribute": "unit", "members": [guests[0].code]})).await.ok(201);
    app.post(&event.at("/rules"), json!({"kind": "same", "attribute": "unit"})).await.ok(201);
    app.plan(&event).await;
}

#[rstest]
#[tokio::test]
async fn a_rule_taken_away_binds_nobody(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 8).await;
    let members = json!([guests[0].code, guests[1].code]);
    for kind in ["together", "apart"] {
        app.post(&event.at("/rules"), json!({"kind": kind, "hard": true, "members": members})).await.ok(201);
    }
    assert_eq!(app.plan_job(&event, json!({"seed": 1})).await["state"], "failed");
    let apart = app.all(&event.at("/rules")).await.into_iter().find(|rule| rule["kind"] == "apart").unwrap();
    app.delete(&event.at(&format!("/rules/{}", apart["id"].as_str().unwrap()))).await.done();
    assert_eq!(app.all(&event.at("/rules")).await.len(), 1);
    for table in seats(&app.plan(&event).await).concat() {
        assert_eq!(table.contains(&guests[0].code), table.contains(&guests[1].code), "the first two sit together");
    }
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_seated_is_said_with_its_conflicts(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 8).await;
    let members = json!([guests[0].code, guests[1].code]);
    for kind in ["together", "apart"] {
        app.post(&event.at("/rules"), json!({"kind": kind, "hard": true, "members": members})).await.ok(201);
    }
    let job = app.plan_job(&event, json!({"seed": 1})).await;
    assert_eq!(job["state"], "failed");
    assert_eq!(job["problem"]["code"], "plan_infeasible", "{job}");
    assert_eq!(job["problem"]["instance"], job["id"], "{job}");
    let conflicts = job["problem"]["conflicts"].as_array().expect("the conflicts are named");
    assert!(!conflicts.is_empty());
}

/// How often two people sit at one table who did so on an earlier evening.
fn met_again(earlier: &Value, plan: &Value, same: &[(Guest, Guest)]) -> usize {
    let shares =
        |table: &Vec<String>, one: &str, other: &str| table.iter().any(|code| code == one) && table.iter().any(|code| code == other);
    let together = |plan: &Value, one: &str, other: &str| seats(plan).concat().iter().filter(|table| shares(table, one, other)).count();
    let pairs = same.iter().enumerate().flat_map(|(i, one)| same[i + 1..].iter().map(move |other| (one, other)));
    let met = pairs.filter(|(one, other)| together(earlier, &one.0.code, &other.0.code) > 0);
    met.map(|(one, other)| together(plan, &one.1.code, &other.1.code)).sum()
}

/// The weight is the mix of familiar and new: at 0 nobody minds meeting again, and the higher, the fewer do.
#[rstest]
#[tokio::test]
async fn sr_11_sr_12_who_met_before_meets_others_as_the_weight_rises(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (_, guests, earlier) = app.held_evening("may", 16).await;
    let next = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS, "capacity": null})).await;
    let same: Vec<(Guest, Guest)> = guests.into_iter().zip(app.add_many(&next, 16).await).collect();
    assert!(same.iter().all(|(then, now)| then.name == now.name && then.code != now.code));
    let mut again = Vec::new();
    for novelty in [0, 1, 50] {
        let plan = app.plan_with(&next, json!({"seed": 7, "weights": {"novelty": novelty}})).await;
        again.push(met_again(&earlier, &plan, &same));
    }
    assert!(again[0] > again[2] && again[0] >= again[1] && again[1] >= again[2], "met again: {again:?}");
}

#[rstest]
#[tokio::test]
async fn the_plan_in_force_gives_way_to_the_next(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 9).await;
    let first = app.planned(&event).await;
    let second = app.plan_with(&event, json!({"seed": 9})).await;
    app.publish_plan(&event, &second).await.done();
    let state = async |plan: &Value| {
        let path = event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()));
        app.get(&path).await.ok(200)["state"].clone()
    };
    assert_eq!(state(&first).await, "superseded");
    assert_eq!(state(&second).await, "published");
}

#[rstest]
#[tokio::test]
async fn sr_01_rosters_put_the_passion_before_the_title(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 5).await;
    let accountant = filled(
        person("Zoe Ledger"),
        json!({
            "headline": "Chief Accountant", "visibility": {"headline": "event"},
            "passions": [{"passion": "swing-dance", "level": 3}],
        }),
    );
    app.add(&event, &accountant).await;
    let plan = app.planned(&event).await;
    let rosters = event.at(&format!("/plans/{}/rosters", plan["id"].as_str().unwrap()));
    app.get(&rosters).await.ok(200);

    let page = app.get(&format!("{rosters}?format=html")).await;
    page.ok_page();
    let page = page.text();
    let after_name = page.split("Zoe Ledger").nth(1).expect("she is on the roster");
    let passion = after_name.find("Swing dancing").expect("her passion is on the roster");
    if let Some(title) = after_name.find("Chief Accountant") {
        assert!(passion < title, "the title comes first");
    }
}

#[rstest]
#[tokio::test]
async fn a_roster_carries_no_addresses(
    #[values("", "?format=html", "?format=csv", "?format=svg")] format: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 6).await;
    let plan = app.planned(&event).await;
    for role in ["checkin", "viewer"] {
        let reader = app.as_role(role).await;
        let rosters = reader.get(&event.at(&format!("/plans/{}/rosters{format}", plan["id"].as_str().unwrap()))).await;
        rosters.ok_page();
        for guest in &guests {
            assert!(rosters.text().contains(&guest.name), "{} is missing", guest.name);
            assert!(!rosters.text().contains(&guest.email), "{} is shown", guest.email);
        }
        let reasons = rosters.text().contains("class=\"why\"");
        assert_eq!(reasons, format == "?format=html" && role == "viewer", "why they sit there is not for the {role}");
    }
}

#[rstest]
#[tokio::test]
async fn a_roster_in_an_unknown_format_is_told_the_known_ones(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 4).await;
    let plan = app.planned(&event).await;
    let rosters = event.at(&format!("/plans/{}/rosters", plan["id"].as_str().unwrap()));
    for format in ["png", "pdf", ""] {
        let refused = app.get(&format!("{rosters}?format={format}")).await;
        refused.fails(400, "malformed_request");
        assert!(["json", "html", "csv", "svg"].iter().all(|known| refused.text().contains(known)), "{}", refused.text());
    }
    app.get(&format!("{rosters}?format=json")).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_roster_to_print_has_the_headers_of_every_page(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 4).await;
    let plan = app.planned(&event).await;
    let roster = app.get(&event.at(&format!("/plans/{}/rosters?format=html", plan["id"].as_str().unwrap()))).await;
    roster.ok_page();
    let page = app.visitor().get("/").await;
    page.ok_page();
    for header in ["cache-control", "referrer-policy", "x-content-type-options"] {
        assert!(page.header(header).is_some(), "no {header}");
        assert_eq!(roster.header(header), page.header(header), "{header}");
    }
    let policy = roster.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("'sha256-"), "its style is inside it: {policy}");
}

#[rstest]
#[tokio::test]
async fn sr_25_a_reason_tells_only_what_people_show(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let open = json!({
        "offers": ["piano lessons"], "needs": [{"text": "repairing bicycles"}], "visibility": {"offers": "tablemates", "needs": "tablemates"},
    });
    let open = app.add(&event, &filled(person("Zoe Open"), open)).await;
    // The one keeps everything; what the other offers and needs meets what is kept.
    let keeping = json!({
        "offers": ["repairing bicycles"], "needs": [{"text": "piano lessons"}], "visibility": {"name": "none", "passions": "none"},
    });
    let keeping = app.add(&event, &filled(person("Xenia Keeping"), keeping)).await;
    let like = json!({"offers": ["repairing bicycles"], "visibility": {"offers": "tablemates"}});
    let like = app.add(&event, &filled(person("Bruno Like"), like)).await;

    let plan = app.planned(&event).await;
    let mut told = 0;
    for member in plan["rounds"].as_array().unwrap().iter().flat_map(|round| round["tables"][0]["members"].as_array().unwrap()) {
        let why = &member["why"];
        if member["code"] == keeping.code.as_str() {
            assert_eq!(*why, json!({"shared": [], "gives": [], "gets": []}));
            continue;
        }
        assert!(!why.to_string().contains(&keeping.code), "{why}");
        let shared = &why["shared"][0];
        let other = if member["code"] == open.code.as_str() { &like } else { &open };
        assert_eq!((&shared["passion"], &shared["with"]), (&json!("climbing"), &json!([other.code])));
        let meets = if member["code"] == open.code.as_str() { &why["gets"] } else { &why["gives"] };
        assert_eq!((&meets[0]["offer"], &meets[0]["with"]), (&json!("repairing bicycles"), &json!(other.code)));
        told += 1;
    }
    assert_eq!(told, 4, "two people in two rounds");
    let roster = app.get(&event.at(&format!("/plans/{}/rosters?format=html", plan["id"].as_str().unwrap()))).await;
    let page = roster.ok_page();
    assert!(page.contains("repairing bicycles") && !page.contains("piano lessons"), "{page}");
    assert_eq!(page.matches("Xenia Keeping").count(), 2, "named at her seats on the roster, and nowhere else: {page}");
}
