//! `/prompts/{token}`: the form behind the first prompt.

use crate::support::*;

/// The reader of an evening of four, a tablemate, and the page of the reader's first prompt.
async fn a_prompt(app: &TestApp) -> (Event, Guest, Guest, String) {
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mut guests = app.add_many(&event, 3).await;
    guests.push(ada.clone());
    let plan = app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let link = app.mails().to(&ada.email).kind("F1").only().link("prompts");
    let mate = tablemates(&plan, &ada, &guests)[0].clone();
    (event, ada, mate, link)
}

#[rstest]
#[tokio::test]
async fn looking_answers_nothing_and_the_form_keeps_a_note_and_a_person(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, mate, link) = a_prompt(&app).await;
    let me = app.signed_in(&event, &ada).await;
    let [note, keep] = ["note", "keep"].map(|what| format!("{what}_{}", mate.code));
    for _ in 0..20 {
        let page = app.visitor().get(&link).await.ok_page();
        assert!(page.contains(&mate.name) && page.contains(&format!("name=\"{note}\"")), "{page}");
        assert!(page.contains(&format!("name=\"{keep}\"")), "{page}");
    }
    assert_eq!(prompt_of(&me, "F1").await["state"], "sent");

    let answer = [(note.as_str(), "bees on the roof"), (&keep, "on"), ("heard", "yes"), ("listened", "partly"), ("choice", "done")];
    let page = app.visitor().submit(&link, &answer).await.ok_page();
    assert!(page.contains(&mate.name), "who is kept is not said: {page}");
    assert_eq!(prompt_of(&me, "F1").await["state"], "acted");
    let met = me.all("/encounters").await;
    let kept: Vec<_> = met.iter().filter(|one| one["connection"] == "suggested").map(|one| &one["code"]).collect();
    assert_eq!(kept, [mate.code.as_str()]);
    for place in ["/prompts", "/messages", "/registrations"] {
        assert!(!app.get(&event.at(place)).await.text().contains("bees on the roof"), "the organizer reads it at {place}");
    }
}

#[rstest]
#[tokio::test]
async fn a_wrong_answer_is_shown_and_what_was_written_is_kept(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, mate, link) = a_prompt(&app).await;
    let note = format!("note_{}", mate.code);
    let answer = [(note.as_str(), "bees on the roof"), ("heard", "very much"), ("choice", "done")];
    let page = app.visitor().submit(&link, &answer).await;
    assert_eq!(page.status, 422, "{}", page.text());
    assert!(page.text().contains("bees on the roof"), "the note is gone: {}", page.text());
    assert_eq!(prompt_of(&app.signed_in(&event, &ada).await, "F1").await["state"], "sent");
}

#[rstest]
#[tokio::test]
async fn not_now_is_an_answer_too(#[values("not_now", "pause", "stop")] choice: &str, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, _, link) = a_prompt(&app).await;
    app.visitor().submit(&link, &[("choice", choice)]).await.ok_page();
    assert_eq!(prompt_of(&app.signed_in(&event, &ada).await, "F1").await["state"], "skipped");
    app.visitor().get(&link).await.ok_page();
}
