//! `/prompts/{token}`: the form behind the first prompt.

use crate::support::*;

/// The reader of an evening at one table of five, the others there, and the page of the reader's first prompt.
async fn a_prompt(app: &TestApp) -> (Event, Guest, Vec<Guest>, String) {
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let mates = app.add_many(&event, 4).await;
    app.hold(&event, &[mates.as_slice(), std::slice::from_ref(&ada)].concat()).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let link = app.mails().to(&ada.email).kind("F1").only().link("prompts");
    (event, ada, mates, link)
}

#[rstest]
#[tokio::test]
async fn looking_answers_nothing_and_the_form_keeps_a_note_and_a_person(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, mates, link) = a_prompt(&app).await;
    let mate = &mates[0];
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

    // Who would say something else finds the form, and in it what they said.
    let answered = app.visitor().get(&link).await.ok_page();
    assert!(answered.contains("again=true") && !answered.contains("bees on the roof"), "{answered}");
    let again = format!("{link}?again=true");
    assert!(app.visitor().get(&again).await.ok_page().contains("bees on the roof"));
    app.visitor().submit(&again, &[(note.as_str(), "bees in the garden"), ("choice", "done")]).await.ok_page();
    let page = app.visitor().get(&again).await.ok_page();
    assert!(page.contains("bees in the garden") && !page.contains("bees on the roof"), "{page}");
}

#[rstest]
#[tokio::test]
async fn sr_45_four_are_too_many_to_keep_and_what_was_written_stays(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, ada, mates, link) = a_prompt(&app).await;
    let keep: Vec<_> = mates.iter().map(|mate| format!("keep_{}", mate.code)).collect();
    let note = format!("note_{}", mates[0].code);
    let mut answer: Vec<_> = keep.iter().map(|field| (field.as_str(), "on")).collect();
    answer.extend([(note.as_str(), "bees on the roof"), ("choice", "done")]);
    let page = app.visitor().submit(&link, &answer).await;
    assert_eq!(page.status, 422, "{}", page.text());
    assert!(links_of(&page.text()).contains(&"#keep".to_owned()), "what is wrong is not named: {}", page.text());
    assert!(page.text().contains("bees on the roof"), "the note is gone: {}", page.text());
    let me = app.signed_in(&event, &ada).await;
    assert_eq!(prompt_of(&me, "F1").await["state"], "sent");

    answer.remove(0);
    app.visitor().submit(&link, &answer).await.ok_page();
    assert_eq!(prompt_of(&me, "F1").await["state"], "acted");
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
