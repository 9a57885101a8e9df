//! What an organizer asks of everybody who registers.

use crate::support::*;

fn diet() -> Value {
    json!({
        "code": "diet", "label": {"en": "What do you eat?", "it": "Cosa mangi?"}, "kind": "choice", "required": true,
        "options": [{"code": "vegan", "label": {"en": "Vegan", "it": "Vegano"}}, {"code": "fish", "label": {"en": "Fish"}}],
    })
}

async fn ask(app: &TestApp, event: &Event, question: Value) -> Value {
    app.post(&event.at("/questions"), question).await.ok(201)
}

fn at(event: &Event, question: &Value) -> String {
    event.at(&format!("/questions/{}", question["id"].as_str().unwrap()))
}

#[rstest]
#[tokio::test]
async fn questions_stand_in_an_order_that_can_be_changed(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let club = ask(&app, &event, json!({"label": {"en": "Your club"}, "kind": "text"})).await;
    assert_eq!((&club["code"], &club["position"], &club["asked_of"]), (&json!("your_club"), &json!(1), &json!("public")));
    let again = ask(&app, &event, json!({"label": {"en": "Your club"}, "kind": "text"})).await;
    assert_eq!(again["code"], "your_club_2");
    let first = ask(&app, &event, json!({"code": "first", "label": {"it": "Prima"}, "kind": "yes_no", "position": 1})).await;
    let order =
        async || each(&json!(app.all(&event.at("/questions")).await), "code").iter().map(|&code| code.to_owned()).collect::<Vec<_>>();
    assert_eq!(order().await, ["first", "your_club", "your_club_2"]);

    let moved = app.patch(&at(&event, &first), json!({"position": 3, "label": {"en": "First"}, "required": true})).await.ok(200);
    assert_eq!(moved["label"], json!({"en": "First", "it": "Prima"}));
    assert_eq!((&moved["position"], &moved["required"]), (&json!(3), &json!(true)));
    assert_eq!(order().await, ["your_club", "your_club_2", "first"]);
    app.delete(&at(&event, &club)).await.ok(204);
    assert_eq!(order().await, ["your_club_2", "first"]);
    let page = app.get(&event.at("/questions?limit=1")).await.ok(200);
    assert_eq!((&page["results"][0]["position"], page["next"].is_string()), (&json!(1), true));
    app.delete(&at(&event, &club)).await.fails(404, "not_found");
    let viewer = app.as_role("viewer").await;
    viewer.get(&event.at("/questions")).await.ok(200);
    viewer.post(&event.at("/questions"), diet()).await.fails(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let question = ask(&app, &event, diet()).await;
    let wrong = json!({
        "code": "diet", "label": {}, "kind": "multiple", "position": 0,
        "options": [{"code": "a", "label": {}}, {"code": "a", "label": {"en": "A"}}],
    });
    let refused = app.post(&event.at("/questions"), wrong).await.fails(422, "validation_failed");
    assert_eq!(refused.pointers(), ["/code", "/label", "/options/0/label", "/options/1/code", "/position"]);
    let without = json!({"label": {"en": "X"}, "kind": "choice"});
    app.post(&event.at("/questions"), without).await.fails(422, "validation_failed").error_at("/options");
    let with = json!({"label": {"en": "X"}, "kind": "text", "options": diet()["options"]});
    app.post(&event.at("/questions"), with).await.fails(422, "validation_failed").error_at("/options");
    let changed = app.patch(&at(&event, &question), json!({"code": "food", "kind": "multiple"})).await;
    assert_eq!(changed.fails(422, "validation_failed").pointers(), ["/code", "/kind"]);
    for n in 1..20 {
        ask(&app, &event, json!({"label": {"en": format!("Question {n}")}, "kind": "text"})).await;
    }
    app.post(&event.at("/questions"), json!({"label": {"en": "One more"}, "kind": "text"}))
        .await
        .fails(422, "validation_failed")
        .error_at("");
}

#[rstest]
#[tokio::test]
async fn answers_are_checked_against_the_questions(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    ask(&app, &event, diet()).await;
    let help = ask(&app, &event, json!({"code": "help", "label": {"en": "Help"}, "kind": "multiple", "options": diet()["options"]})).await;
    ask(&app, &event, json!({"code": "first", "label": {"en": "First time?"}, "kind": "yes_no"})).await;
    ask(&app, &event, json!({"code": "internal", "label": {"en": "Guest of"}, "kind": "text", "asked_of": "staff"})).await;

    let shown = app.public().get("/events/tavola/may").await.ok(200);
    assert_eq!(each(&shown["questions"], "code"), ["diet", "help", "first"], "what only staff are asked is not the public's");

    let answered = |answers: Value| filled(person("Ada Arena"), json!({"answers": answers}));
    let wrong = answered(json!({"help": ["meat"], "first": "yes", "a/b": 1, "internal": "x"}));
    let refused = app.register(&event, &wrong).await.fails(422, "validation_failed");
    assert_eq!(refused.pointers(), ["/answers/a~1b", "/answers/diet", "/answers/first", "/answers/help", "/answers/internal"]);
    let by_staff = filled(wrong, json!({"email_confirmed": true}));
    let refused = app.post(&event.at("/registrations"), by_staff).await.fails(422, "validation_failed");
    assert_eq!(refused.pointers(), ["/answers/a~1b", "/answers/diet", "/answers/first", "/answers/help"]);

    // By code or by id; what says nothing is no answer.
    let by_id = json!({"diet": "fish", help["id"].as_str().unwrap(): ["fish", "vegan"], "first": null});
    let ada = app.register_confirmed(&event, &answered(by_id)).await;
    let registration = app.registration(&event, &ada.code).await;
    assert_eq!(registration["answers"], json!({"diet": "fish", "help": ["vegan", "fish"]}));
}

#[rstest]
#[tokio::test]
async fn what_was_answered_outlives_its_question(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let question = ask(&app, &event, diet()).await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"answers": {"diet": "fish"}}))).await;
    app.delete(&at(&event, &question)).await.ok(204);
    assert_eq!(app.registration(&event, &ada.code).await["answers"], json!({"diet": "fish"}));
    assert!(app.all(&event.at("/questions")).await.is_empty());
    app.post(&event.at("/questions"), diet()).await.fails(422, "validation_failed").error_at("/code");
    let export = app.get(&event.at("/registrations/export?format=csv")).await.ok_page();
    assert!(export.contains("answers.diet") && export.contains(",fish,"), "{export}");

    // Nobody answered this one, so its code is free again.
    let other = ask(&app, &event, json!({"code": "shoes", "label": {"en": "Shoes"}, "kind": "text"})).await;
    app.delete(&at(&event, &other)).await.ok(204);
    ask(&app, &event, json!({"code": "shoes", "label": {"en": "Shoes"}, "kind": "yes_no"})).await;
}

/// Staff who correct an answer are told what the form would tell. What nobody touches stays, though it be asked no more, or not be answered.
#[rstest]
#[tokio::test]
async fn a_corrected_answer_is_checked_like_one_that_comes_in(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let gone = ask(&app, &event, json!({"code": "gone", "label": {"en": "Your club"}, "kind": "text"})).await;
    let early = app.add(&event, &filled(person("Early Bird"), json!({"answers": {"gone": "Chess"}}))).await;
    let diet = ask(&app, &event, diet()).await;
    ask(&app, &event, json!({"code": "talks", "label": {"en": "Will you give a talk?"}, "kind": "yes_no", "asked_of": "staff"})).await;
    let ada = app.add(&event, &filled(person("Ada Arena"), json!({"answers": {"diet": "fish"}}))).await;
    app.delete(&at(&event, &gone)).await.ok(204);
    let one = |guest: &Guest| event.at(&format!("/registrations/{}", guest.code));
    let correct = |guest: &Guest, answers: Value| app.patch(&one(guest), json!({"answers": answers}));

    for (wrong, pointer, code) in [
        (json!({"shoe": 42}), "/answers/shoe", "unknown_question"),
        (json!({"gone": "Go"}), "/answers/gone", "unknown_question"),
        (json!({"diet": "meat"}), "/answers/diet", "unknown_option"),
        (json!({"talks": "no"}), "/answers/talks", "wrong_type"),
        (json!({"diet": null}), "/answers/diet", "required"),
    ] {
        let refused = correct(&ada, wrong.clone()).await.fails(422, "validation_failed");
        assert_eq!(refused.error_at(pointer).0["errors"][0]["code"], code, "{wrong}");
    }
    assert_eq!(app.registration(&event, &ada.code).await["answers"], json!({"diet": "fish"}));
    let by_id = correct(&ada, json!({diet["id"].as_str().unwrap(): " vegan ", "talks": true})).await.ok(200);
    assert_eq!(by_id["answers"], json!({"diet": "vegan", "talks": true}));
    assert_eq!(correct(&ada, json!({"talks": null})).await.ok(200)["answers"], json!({"diet": "vegan"}));

    // Nobody asked them what they eat when they registered.
    app.patch(&one(&early), json!({"unit": "Sales"})).await.ok(200);
    assert_eq!(correct(&early, json!({"talks": false})).await.ok(200)["answers"], json!({"gone": "Chess", "talks": false}));
    assert_eq!(correct(&early, json!({"gone": null})).await.ok(200)["answers"], json!({"talks": false}));
}
