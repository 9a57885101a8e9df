//! What whoever hosts a table is told.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_22_a_host_is_told_every_moment_and_how_to_part_a_large_table(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 6, "max": 8})).await.done();
    let door = app.as_role("checkin").await;
    let brief = door.get(&event.at("/host_brief")).await.ok(200);
    assert_eq!((&brief["people"], &brief["minutes"]), (&json!(8), &json!(30)), "the largest table, for the first round");
    assert_eq!(each(&brief["moments"], "part"), ["opening", "question", "question", "task", "closing"]);
    let mut from = 0;
    for moment in brief["moments"].as_array().unwrap() {
        assert_eq!(moment["from"], from, "{moment}");
        from += moment["seconds"].as_u64().unwrap();
    }
    assert_eq!(from, 1800, "the moments are the round");
    assert_eq!(each(&brief["moments"], "depth"), ["light", "middle"]);
    assert_eq!(brief["split"]["groups"], json!([4, 4]));
    for part in ["prepare", "start", "keep", "cues"] {
        assert!(!brief[part].as_array().expect("a list of sentences").is_empty(), "nothing is said in {part}");
    }
    let small = door.get(&event.at("/host_brief?people=5&minutes=40")).await.ok(200);
    assert_eq!((small.get("split"), &small["minutes"]), (None, &json!(40)));
    let italian = door.get(&event.at("/host_brief?locale=it")).await.ok(200);
    assert!(italian["split"]["say"][0].as_str().unwrap().contains("4 e 4"), "{italian}");
    assert!(each(&italian["moments"], "part") == each(&brief["moments"], "part") && italian["start"] != brief["start"]);

    for (language, title) in [("en", "For whoever hosts a table"), ("it", "Per chi conduce un tavolo")] {
        let page = door.get(&event.at(&format!("/host_brief?format=html&locale={language}"))).await.ok_page();
        assert!(page.contains(title) && page.contains(&format!("<html lang=\"{language}\"")) && page.contains("1:30–13:30"), "{page}");
    }
    for wrong in ["people=1", "people=101", "minutes=4", "minutes=481", "people=many", "locale=fr", "colour=red"] {
        door.get(&event.at(&format!("/host_brief?{wrong}"))).await.fails(400, "malformed_request");
    }
    app.other_organizer().get(&event.at("/host_brief")).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn sr_22_of_more_than_twenty_a_host_asks_groups(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let door = app.as_role("checkin").await;
    let words = [
        ("en", 40, 1, "there is time for one question: let neighbours answer it in groups of 4 and 3."),
        ("en", 120, 3, "34 people do not hold one conversation: let neighbours answer every question in groups of 4 and 3."),
        ("it", 40, 1, "c’è tempo per una sola domanda: si risponde con chi siede accanto, in gruppi di 4 e 3."),
        ("it", 120, 3, "In 34, una sola conversazione non regge: a ogni domanda si risponde con chi siede accanto, in gruppi di 4 e 3."),
    ];
    for (language, minutes, questions, says) in words {
        let path = event.at(&format!("/host_brief?people=34&minutes={minutes}&locale={language}"));
        let brief = door.get(&path).await.ok(200);
        let moments = brief["moments"].as_array().unwrap();
        let asked: Vec<&Value> = moments.iter().filter(|moment| moment["part"] == "question").collect();
        assert_eq!(asked.len(), questions, "{brief}");
        // Half an hour for a question: four of a group have seven and a half minutes each, as thirty-four could not.
        assert!(asked.iter().all(|moment| moment["seconds"] == 1800 && moment["seconds_each"] == 450), "{brief}");
        assert_eq!(brief["split"]["seconds_each"], 450);
        let page = door.get(&format!("{path}&format=html")).await.ok_page();
        assert!(page.contains(says), "{page}");
        assert_eq!(page.matches("7½ min").count(), questions + 1, "at each question, and in the words for groups: {page}");
    }
}

#[rstest]
#[tokio::test]
async fn sr_22_the_rosters_have_a_brief_for_each_large_table(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 6, "max": 8})).await.done();
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    app.add_many(&event, 6).await;
    let plan = app.planned(&event).await;
    let rosters = async |plan: &Value| {
        let id = plan["id"].as_str().unwrap();
        app.get(&event.at(&format!("/plans/{id}/rosters?format=html&locale=en"))).await.ok_page()
    };
    let page = rosters(&plan).await;
    assert_eq!(page.matches("<article class=\"host-brief\">").count(), 2, "one a round: {page}");
    // Its host asks what the guide of those who sit there asks.
    let guide = app.signed_in(&event, &ada).await.get(&format!("/registrations/{}/guide", ada.code)).await.ok(200);
    let read = unescaped(&page);
    for question in each(&guide["turns"], "question") {
        assert!(read.contains(question), "{question} is not asked: {read}");
    }

    app.put(&event.at("/tables"), json!({"min": 3, "max": 4})).await.done();
    let small = app.plan(&event).await;
    assert!(!rosters(&small).await.contains("host-briefs"), "a table of four leads itself");
}

#[rstest]
#[tokio::test]
async fn sr_22_who_sits_with_more_than_twenty_reads_what_their_host_says(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/tables"), json!({"min": 20, "max": 24})).await.done();
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let zoe = app.register_confirmed(&event, &filled(person("Zoe Lettrice"), json!({"locale": "it"}))).await;
    app.add_many(&event, 20).await;
    app.planned(&event).await;
    let brief = app.get(&event.at("/host_brief?people=22&minutes=30")).await.ok(200);
    let asked: Vec<&Value> = brief["moments"].as_array().unwrap().iter().filter(|moment| moment["part"] == "question").collect();
    for (guest, says) in [
        (
            &ada,
            "There are 22 of you, more than one conversation holds: answer each question with the people next to you, in groups of 4 and 3.",
        ),
        (&zoe, "Siete in 22, e una sola conversazione non regge: rispondi a ogni domanda con chi ti siede accanto, in gruppi di 4 e 3."),
    ] {
        let guide = app.signed_in(&event, guest).await.get(&format!("/registrations/{}/guide", guest.code)).await.ok(200);
        assert_eq!((&guide["members"], &guide["in_groups"]), (&json!(22), &json!(says)));
        let turns = guide["turns"].as_array().unwrap();
        assert_eq!(turns.len(), asked.len());
        assert!(turns.iter().zip(&asked).all(|(turn, asked)| turn["seconds_each"] == asked["seconds_each"]), "{guide}");
        let page = format!("/in/{}", app.mail_about(&event, &guest.email, "confirmed").await.token("in"));
        let page = app.visitor().get(&page).await.ok_page();
        assert!(page.contains(says), "{page}");
    }
}
