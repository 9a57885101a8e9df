//! What an attendee does with the link of a mail: profile, table, people met, prompts.

use super::seats::change;
use crate::support::*;

#[rstest]
#[tokio::test]
async fn the_link_of_the_mail_is_a_token(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    assert_eq!(me.get("/profile").await.ok(200)["name"], "Ada Arena");
    let mine = me.all("/registrations").await;
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["code"], ada.code.as_str());
    // It opens nothing of the organizer's.
    let refused = me.get("/api/v1/organizers/tavola/events").await;
    assert!([401, 403, 404].contains(&refused.status), "{}", refused.text());
}

#[rstest]
#[tokio::test]
async fn sr_08_a_profile_lives(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let before = me.get("/profile").await.ok(200);

    app.clock_advance(3600).await;
    let changes = json!({
        "headline": "Bookbinder",
        "passions": [{"passion": "paper-craft", "level": 3}, {"passion": "swing-dance"}, {"text": "restoring old radios"}],
        "offers": ["a tour of my workshop"],
        "needs": [{"text": "a quiet room to write", "expires_at": "2030-07-01T00:00:00Z"}],
    });
    me.patch("/profile", changes).await.ok(200);
    let profile = me.get("/profile").await.ok(200);
    assert_eq!(profile["headline"], "Bookbinder");
    assert_eq!(profile["passions"].as_array().unwrap().len(), 3);
    assert!(profile["offers"].to_string().contains("a tour of my workshop"));
    assert_eq!(profile["needs"][0]["text"], "a quiet room to write");
    assert_eq!(when(profile["needs"][0]["expires_at"].as_str().unwrap()), when("2030-07-01T00:00:00Z"));
    let updated = |profile: &Value| when(profile["updated_at"].as_str().expect("a profile says how old it is"));
    assert!(updated(&profile) > updated(&before));

    me.patch("/profile", json!({"passions": []})).await.fails(422, "validation_failed").error_at("/passions");
}

#[rstest]
#[tokio::test]
async fn sr_23_the_table_shows_people_but_no_addresses(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 4).await;
    guests.push(ada.clone());
    let plan = app.planned(&event).await;
    app.clock_to(STARTS).await;
    app.check_in_all(&event, &guests).await;
    app.post(&event.at("/rounds/1/start"), json!({})).await.done();

    let table = app.signed_in(&event, &ada).await.get(&format!("/registrations/{}/table", ada.code)).await;
    table.ok(200);
    for mate in tablemates(&plan, &ada, &guests) {
        assert!(table.text().contains(&mate.name), "{} is not shown: {}", mate.name, table.text());
    }
    assert!(!table.text().contains('@'), "an address is shown: {}", table.text());
}

#[rstest]
#[tokio::test]
async fn sr_36_what_is_hidden_stays_hidden_at_the_table(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let hiding = json!({
        "headline": "Chief Accountant", "working_on": "a treaty", "offers": ["lessons in calculus"], "needs": [{"text": "a piano"}],
        "visibility": {"name": "none", "passions": "none"},
    });
    let hidden = app.add(&event, &filled(person("Xenia Hidden"), hiding)).await;
    app.add_many(&event, 2).await;
    app.planned(&event).await;

    let link = app.mail_about(&event, &ada.email, "confirmed").await.link("in");
    let table = app.signed_in(&event, &ada).await.get(&format!("/registrations/{}/table", ada.code)).await;
    let tables = table.ok(200);
    let page = app.visitor().get(&link).await.ok_page();
    for words in ["Xenia", "Chief Accountant", "a treaty", "lessons in calculus", "a piano"] {
        assert!(!table.text().contains(words) && !page.contains(words), "{words} is shown: {}", table.text());
    }
    for member in tables["tables"].as_array().unwrap().iter().flat_map(|table| table["members"].as_array().unwrap()) {
        if member["code"] == hidden.code.as_str() {
            assert_eq!(member["passions"], json!([]));
        }
        // Both climb, and one of them does not say so.
        let told = member["why"].to_string();
        assert!(!told.contains(&hidden.code), "why one sits here tells what the other hides: {told}");
    }
}

#[rstest]
#[tokio::test]
async fn sr_26_a_tables_link_is_for_those_who_sit_there(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"mode": "online"})).await;
    let table = |n: usize| json!({"label": format!("Room {n}"), "min": 3, "max": 3, "link": format!("https://meet.example.org/room-{n}")});
    app.put(&event.at("/tables"), json!({"tables": [table(1), table(2)]})).await.done();
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    app.add_many(&event, 5).await;
    app.planned(&event).await;

    let table = app.signed_in(&event, &ada).await.get(&format!("/registrations/{}/table", ada.code)).await;
    let link = app.mail_about(&event, &ada.email, "confirmed").await.link("in");
    let page = app.visitor().get(&link).await.ok_page();
    let mut mine: Vec<_> = table.ok(200)["tables"].as_array().unwrap().iter().map(|one| one["table"].as_u64().unwrap()).collect();
    mine.dedup();
    for n in 1..=2 {
        let room = format!("https://meet.example.org/room-{n}");
        assert_eq!(table.text().contains(&room), mine.contains(&n), "room {n} of {mine:?}: {}", table.text());
        assert_eq!(links_of(&page).contains(&room), mine.contains(&n), "room {n} of {mine:?}: {page}");
    }
    let public = app.public().get("/events/tavola/may").await;
    assert!(!public.text().contains("meet.example.org"), "{}", public.text());
    assert!(!app.visitor().get("/e/tavola/may").await.ok_page().contains("meet.example.org"));
}

#[rstest]
#[tokio::test]
async fn sr_26_a_link_goes_with_the_seat_and_stands_nowhere_else(#[values(Sqlite, Postgres)] database: Database) {
    const ROOMS: &str = "meet.example.org";
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"mode": "online"})).await;
    let table = |n: usize| json!({"min": 3, "max": 3, "link": format!("https://{ROOMS}/room-{n}")});
    app.put(&event.at("/tables"), json!({"tables": [table(1), table(2)]})).await.done();
    let guests = app.add_many(&event, 6).await;
    let plan = app.planned(&event).await;
    let first = seats(&plan)[0].clone();
    let link_of = async |code: &str| {
        let guest = guests.iter().find(|guest| guest.code == code).unwrap();
        let mine = app.signed_in(&event, guest).await.get(&format!("/registrations/{code}/table")).await.ok(200);
        let rounds = mine["tables"].as_array().unwrap();
        rounds.iter().find(|one| one["round"] == 1).map(|one| one["link"].as_str().unwrap_or_default().to_owned())
    };
    let room = |n: usize| Some(format!("https://{ROOMS}/room-{n}"));
    let (one, other) = (first[0][0].as_str(), first[1][0].as_str());
    assert_eq!((link_of(one).await, link_of(other).await), (room(1), room(2)));
    let swap = json!([{"op": "swap", "round": 1, "codes": [one, other]}]);
    change(&app, &event, &plan, swap).await.ok(200);
    assert_eq!((link_of(one).await, link_of(other).await), (room(2), room(1)), "it is that of the table where one sits now");

    // What hangs at the door, is asked there or is mailed does not hold it, whoever asks.
    let roster = event.at(&format!("/plans/{}/rosters", plan["id"].as_str().unwrap()));
    for role in ["viewer", "checkin", "manager"] {
        let staff = app.as_role(role).await;
        for format in ["json", "csv", "html", "svg"] {
            let answer = staff.get(&format!("{roster}?format={format}")).await;
            assert!(answer.status == 200 && !answer.text().contains(ROOMS), "{role} reads it in {format}");
        }
        let registration = staff.get(&event.at(&format!("/registrations/{one}"))).await;
        assert!(registration.status == 200 && !registration.text().contains(ROOMS), "{role}: {}", registration.text());
    }
    app.live_until(DAY_BEFORE).await;
    let mails = app.mails();
    assert!(!mails.kind("A1").is_empty());
    assert!(mails.0.iter().all(|mail| !mail.text.contains(ROOMS) && !mail.html.contains(ROOMS)));
    app.clock_to(STARTS).await;
    let checked_in = app.check_in(&event, other).await;
    assert!(checked_in.status == 201 && !checked_in.text().contains(ROOMS), "{}", checked_in.text());

    // Who has left sits nowhere.
    app.post(&event.at(&format!("/registrations/{one}/cancel")), json!({})).await.ok(200);
    assert_eq!(link_of(one).await, None);
}

#[rstest]
#[tokio::test]
async fn the_method_is_read_once(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let read_at = async || app.registration(&event, &ada.code).await["method_ack_at"].clone();
    assert_eq!(read_at().await, Value::Null);
    let read = format!("/registrations/{}/method_ack", ada.code);
    me.post(&read, json!({})).await.done();
    let first = read_at().await;
    assert!(first.is_string());
    app.clock_advance(60).await;
    me.post(&read, json!({})).await.done();
    assert_eq!(read_at().await, first);
}

#[rstest]
#[tokio::test]
async fn sr_22_the_guide_gives_everybody_the_same_time(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    app.add_many(&event, 3).await;
    app.planned(&event).await;
    app.clock_to(STARTS).await;

    let me = app.signed_in(&event, &ada).await;
    let guide = me.get(&format!("/registrations/{}/guide", ada.code)).await.ok(200);
    assert_eq!(guide["round"], 1);
    assert_eq!(guide["members"], 4);
    let turns = guide["turns"].as_array().expect("a guide has turns");
    assert_eq!(each(&guide["turns"], "depth"), ["light", "middle", "deep"], "a question for each depth, deeper and deeper");
    let seconds_each: u64 = turns.iter().map(|turn| turn["seconds_each"].as_u64().expect("a turn lasts as long for everybody")).sum();
    let task = guide["task"]["seconds"].as_u64().expect("a task takes its time");
    assert_eq!(guide["members"].as_u64().unwrap() * seconds_each + task, guide["minutes"].as_u64().unwrap() * 60, "{guide}");
    assert_eq!(guide["minutes"], 30);
    for turn in turns {
        assert!(!turn["question"].as_str().unwrap_or_default().is_empty(), "{turn}");
    }
    for part in ["opening", "cues", "closing"] {
        assert!(!guide[part].as_array().expect("a list of sentences").is_empty(), "nothing is said in {part}");
    }
}

#[rstest]
#[tokio::test]
async fn people_met_are_those_who_sat_there(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 7).await;
    guests.push(ada.clone());
    // One has a seat and does not come.
    let absent = guests.remove(0);
    let plan = app.hold(&event, &guests).await;

    let me = app.signed_in(&event, &ada).await;
    let met = me.all("/encounters").await;
    let mut codes: Vec<_> = met.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    let mut expected: Vec<_> = tablemates(&plan, &ada, &guests).iter().map(|mate| mate.code.clone()).collect();
    codes.sort();
    expected.sort();
    assert_eq!(codes, expected);
    assert!(!codes.contains(&absent.code));
    for one in &met {
        assert_eq!(one["event"], "may");
        for sat in one["rounds"].as_array().unwrap() {
            assert!(sat["round"].is_u64() && sat["table"].is_u64(), "{sat}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_prompt_is_answered_with_notes_and_people_to_keep(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 5).await;
    guests.push(ada.clone());
    let plan = app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;

    let me = app.signed_in(&event, &ada).await;
    let prompt = prompt_of(&me, "F1").await;
    let mates = tablemates(&plan, &ada, &guests);
    let codes: Vec<_> = guests.iter().map(|guest| guest.code.as_str()).collect();
    act(&me, &prompt, json!({"choice": "done", "keep": codes[..4]})).await.fails(422, "validation_failed").error_at("/keep");

    let answer = |listened: &str| {
        json!({
            "choice": "done",
            "keep": [mates[0].code],
            "notes": {mates[0].code.as_str(): "told me about her grandfather's bees"},
            "feedback": {"listened": listened, "heard": "partly", "continued": "no"},
        })
    };
    act(&me, &prompt, answer("4")).await.fails(422, "validation_failed").error_at("/feedback/listened");
    act(&me, &prompt, answer("yes")).await.done();
    assert_eq!(prompt_of(&me, "F1").await["state"], "acted");

    // A wish to keep somebody is private, and seen by who has it alone.
    let connection = |met: &[Value], code: &str| met.iter().find(|one| one["code"] == code).map(|one| one["connection"].clone());
    assert_eq!(connection(&me.all("/encounters").await, &mates[0].code), Some(json!("suggested")));
    let kept = app.signed_in(&event, mates[0]).await;
    assert_eq!(connection(&kept.all("/encounters").await, &ada.code), Some(Value::Null));
    for path in ["/prompts", "/messages", "/registrations", ""] {
        let seen = app.get(&event.at(path)).await.text();
        assert!(!seen.contains("grandfather"), "the organizer reads a private note at {path}");
    }
}

/// The reader of an evening at two tables, the codes of those met, and the reader's first prompt.
async fn a_reader(app: &TestApp) -> (Caller, Vec<String>, Value) {
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 5, "max": 5})).await.done();
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 9).await;
    guests.push(ada.clone());
    let plan = app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &ada).await;
    let prompt = prompt_of(&me, "F1").await;
    let met = tablemates(&plan, &ada, &guests).into_iter().map(|mate| mate.code.clone()).collect();
    (me, met, prompt)
}

async fn kept(me: &Caller) -> Vec<String> {
    let met = me.all("/encounters").await;
    let kept = met.iter().filter(|one| one["connection"] == "suggested");
    kept.map(|one| one["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn an_answer_may_say_whether_one_would_exchange_addresses(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (me, met, prompt) = a_reader(&app).await;
    let answer = |exchange: Value| json!({"choice": "done", "keep": [met[0]], "exchange": exchange});
    act(&me, &prompt, answer(json!("perhaps"))).await.fails(422, "validation_failed").error_at("/exchange");
    for exchange in [json!(true), json!(false), Value::Null] {
        act(&me, &prompt, answer(exchange)).await.done();
    }
    act(&me, &prompt, json!({"choice": "done", "exchanges": true})).await.fails(422, "validation_failed").error_at("/exchanges");
}

#[rstest]
#[tokio::test]
async fn sr_45_answering_again_never_keeps_more_than_three(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (me, met, prompt) = a_reader(&app).await;
    act(&me, &prompt, json!({"choice": "done", "keep": met[..3]})).await.done();
    assert_eq!(kept(&me).await.len(), 3);
    act(&me, &prompt, json!({"choice": "done", "keep": [met[3]]})).await.done();
    assert_eq!(kept(&me).await, [met[3].as_str()], "another choice takes the place of the one before");
    act(&me, &prompt, json!({"choice": "not_now"})).await.done();
    assert_eq!(kept(&me).await, [met[3].as_str()], "nothing was said of them");
    act(&me, &prompt, json!({"choice": "done", "keep": []})).await.done();
    assert!(kept(&me).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_prompt_may_be_skipped_by_its_reader_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let bruno = app.register_confirmed(&event, &person("Bruno Reader")).await;
    let mut guests = app.add_many(&event, 3).await;
    guests.extend([ada.clone(), bruno.clone()]);
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;

    let me = app.signed_in(&event, &ada).await;
    let skip = format!("/prompts/{}/skip", prompt_of(&me, "F1").await["id"].as_str().unwrap());
    app.signed_in(&event, &bruno).await.post(&skip, json!({})).await.fails(404, "not_found");
    me.post(&skip, json!({})).await.done();
    assert_eq!(prompt_of(&me, "F1").await["state"], "skipped");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn patches_of_a_profile_at_once_are_all_kept(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    for turn in 0..5 {
        let patches = [
            json!({"headline": format!("headline {turn}")}),
            json!({"unit": format!("unit {turn}")}),
            json!({"working_on": format!("work {turn}")}),
            json!({"offers": [format!("offer {turn}")]}),
            json!({"needs": [{"text": format!("need {turn}")}]}),
        ];
        let sent = patches.iter().map(|patch| me.patch("/profile", patch.clone()).attempt());
        for answer in futures_util::future::join_all(sent).await {
            answer.expect("an answer").ok(200);
        }
        let profile = me.get("/profile").await.ok(200);
        for patch in patches {
            for (field, value) in patch.as_object().unwrap() {
                assert_eq!(profile[field], *value, "{field} was lost");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_profile_holds_no_more_than_the_form_lets_in(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let me = app.signed_in(&event, &ada).await;
    let passions: Vec<_> = (0..21).map(|n| json!({"text": format!("collecting stamps of {n} countries")})).collect();
    let words: Vec<_> = (0..21).map(|n| format!("thing {n}")).collect();
    let needs: Vec<_> = words.iter().map(|text| json!({"text": text})).collect();
    let languages: Vec<_> = ('a'..='u').map(|letter| format!("{letter}{letter}")).collect();
    let too_much = json!({"passions": passions, "offers": words, "needs": needs, "languages": languages});
    let twice = json!({"passions": [{"passion": "climbing"}, {"passion": "beekeeping"}, {"passion": "climbing"}]});
    for (change, expected) in [(too_much, vec!["/languages", "/needs", "/offers", "/passions"]), (twice, vec!["/passions/2"])] {
        let patched = me.patch("/profile", change.clone()).await.fails(422, "validation_failed").pointers();
        let formed = app.register(&event, &filled(person("Bruno Bassi"), change)).await.fails(422, "validation_failed").pointers();
        assert_eq!((&patched, &formed), (&expected.iter().map(ToString::to_string).collect(), &patched));
    }
}

/// Staff and the person alike read in a registration where they sit, once a plan is published.
#[rstest]
#[tokio::test]
async fn a_registration_tells_where_one_sits(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let zoe = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 7).await;
    guests.push(zoe.clone());
    let me = app.signed_in(&event, &zoe).await;
    let listed = async |of: &str| {
        let all = app.all(&event.at("/registrations")).await;
        all.into_iter().find(|one| one["code"] == of).expect("everybody is on the list")
    };
    app.plan(&event).await;
    let [mine, staffs] = [me.all("/registrations").await.remove(0), listed(&zoe.code).await];
    assert!(mine.get("tables").is_none() && staffs.get("tables").is_none(), "a draft seats nobody: {mine} {staffs}");

    let plan = app.planned(&event).await;
    let tables_of = |code: &str| -> Value {
        let rounds = plan["rounds"].as_array().unwrap().iter();
        let seat = |round: &Value| {
            let table = round["tables"].as_array().unwrap().iter().find(|table| each(&table["members"], "code").contains(&code)).unwrap();
            json!({"round": round["round"], "table": table["table"], "theme": table["theme"]})
        };
        rounds.map(seat).collect()
    };
    for guest in &guests {
        assert_eq!(listed(&guest.code).await["tables"], tables_of(&guest.code), "{}", guest.name);
    }
    let one = format!("/registrations/{}", zoe.code);
    let door = app.as_role("checkin").await.get(&event.at(&one)).await.ok(200);
    let export = app.get(&event.at("/registrations/export?format=json")).await.ok(200);
    let exported = export.as_array().unwrap().iter().find(|row| row["code"] == zoe.code.as_str()).unwrap().clone();
    for told in
        [app.registration(&event, &zoe.code).await, door, exported, me.get(&one).await.ok(200), me.all("/registrations").await.remove(0)]
    {
        assert_eq!(told["tables"], tables_of(&zoe.code), "{told}");
    }
    app.clock_to(STARTS).await;
    assert_eq!(app.check_in(&event, &guests[0].code).await.ok(201)["tables"], tables_of(&guests[0].code));
    me.post(&format!("{one}/cancel"), json!({})).await.ok(200);
    assert!(me.get(&one).await.ok(200).get("tables").is_none(), "who left sits nowhere");
    assert!(listed(&zoe.code).await.get("tables").is_none(), "who left sits nowhere");
}

#[rstest]
#[tokio::test]
async fn one_s_own_registration_is_read_with_its_version(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"visibility": {"offers": "event"}}))).await;
    let bruno = app.add(&event, &person("Bruno Bassi")).await;
    let me = app.signed_in(&event, &ada).await;
    let one = format!("/registrations/{}", ada.code);
    let shown = me.get(&one).await;
    let etag = shown.header("etag").expect("a version").to_owned();
    assert_eq!(shown.ok(200), me.all("/registrations").await[0]);
    let visibility = shown.json()["visibility"].clone();
    assert_eq!(visibility.as_object().unwrap().len(), 9, "every field is there: {visibility}");
    assert_eq!([&visibility["offers"], &visibility["name"], &visibility["unit"]], ["event", "tablemates", "none"]);
    assert_eq!(app.registration(&event, &ada.code).await["visibility"], visibility);

    let changed = me.patch(&one, json!({"intention": "one idea"})).header("If-Match", &etag).await;
    changed.ok(200);
    me.patch(&one, json!({"intention": "another"})).header("If-Match", &etag).await.fails(412, "precondition_failed");
    assert_eq!(me.get(&one).await.header("etag"), changed.header("etag"));
    me.get(&format!("/registrations/{}", bruno.code)).await.fails(404, "not_found");
    me.get("/registrations/nothing").await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn lists_of_one_s_own_have_pages(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, 6).await;
    let mut codes = vec![guests[0].code.clone()];
    for slug in ["june", "july"] {
        codes.insert(0, app.add(&app.event(slug).await, &nth_person(0)).await.code);
    }
    app.hold(&event, &guests).await;
    let me = app.signed_in(&event, &guests[0]).await;
    for list in ["/registrations", "/encounters"] {
        let whole = me.get(list).await.ok(200);
        assert_eq!(whole["next"], Value::Null);
        let by_one = me.all(&format!("{list}?limit=1")).await;
        assert_eq!(json!(by_one), whole["results"], "{list}");
        assert!(by_one.len() > 1, "{list}");
        let first = me.get(&format!("{list}?limit=1")).await.ok(200);
        assert_eq!((first["results"].as_array().unwrap().len(), first["next"].is_string()), (1, true), "{list}");
        assert_eq!(first["results"][0], whole["results"][0]);
        for wrong in ["limit=0", "limit=101", "cursor=made-up", "colour=red"] {
            me.get(&format!("{list}?{wrong}")).await.fails(400, "malformed_request");
        }
    }
    assert_eq!(each(&json!(me.all("/registrations?limit=2").await), "code"), codes, "the newest first");
}

/// What each opened, and nothing else: the passions first, the title after all the rest.
#[rstest]
#[tokio::test]
async fn sr_25_the_table_shows_what_each_opened(#[values("tablemates", "event")] to: &str, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let zoe = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let says = json!({
        "headline": "Chief Accountant", "working_on": "a treaty", "unit": "Ledgers", "languages": ["it", "nl"],
        "intention": "a second opinion", "offers": ["calculus"], "needs": [{"text": "a piano"}],
    });
    let opened = ["headline", "working_on", "unit", "languages", "intention", "offers", "needs"];
    let visibility: serde_json::Map<_, _> = opened.iter().map(|field| ((*field).to_owned(), json!(to))).collect();
    let open = app.add(&event, &filled(filled(person("Olga Open"), says.clone()), json!({"visibility": visibility}))).await;
    let shut = app.add(&event, &filled(person("Sal Shut"), says.clone())).await;
    app.planned(&event).await;
    let me = app.signed_in(&event, &zoe).await;
    let answer = me.get(&format!("/registrations/{}/table", zoe.code)).await;
    let members = answer.ok(200)["tables"][0]["members"].clone();
    let card = |code: &str| members.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
    for field in opened {
        assert_eq!(card(&open.code)[field], says[field], "{field}");
        assert!([Value::Null, json!([])].contains(&card(&shut.code)[field]), "{field} was not opened");
    }
    let text = answer.text();
    let olga = text.find("Olga Open").expect("she is there");
    assert!(text[..olga].rfind("climbing").is_some() && text[olga..].find("a treaty") < text[olga..].find("Chief Accountant"), "{text}");
    let page = app.visitor().get(&app.mail_about(&event, &zoe.email, "confirmed").await.link("in")).await.ok_page();
    for words in ["Chief Accountant", "a treaty", "Ledgers", "Italiano, nl", "a second opinion", "calculus", "a piano"] {
        assert!(page.contains(words), "{words} is not on the page: {page}");
    }
    // Nobody but those at the table, and the organizer.
    let public = app.public().get("/events/tavola/may").await;
    assert!(!public.text().contains("a treaty") && !app.visitor().get("/e/tavola/may").await.text().contains("a treaty"));
}
