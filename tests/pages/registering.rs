//! `/e/{organizer}/{event}`: the event and its form.

use crate::support::*;

/// The page of the event `may`.
const PAGE: &str = "/e/tavola/may";

/// What a person types, with the boxes for being seen at the table ticked.
const TYPED: [(&str, &str); 9] = [
    ("locale", "en"),
    ("name", "Ada Arena"),
    ("email", "ada.arena@example.org"),
    ("passion_1", "Climbing"),
    ("level_1", "3"),
    ("passion_2", "restoring old radios"),
    ("show_name", "on"),
    ("show_passions", "on"),
    ("follow_up", "on"),
];

/// The same with one field typed otherwise.
fn typed_with(field: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    TYPED.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect()
}

#[rstest]
#[tokio::test]
async fn the_page_tells_about_the_event_and_asks_for_a_passion_first(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.event("may").await;
    let page = app.visitor().get(PAGE).await.ok_page();
    for words in ["Small tables in May", "We start from a passion and speak in turn.", "to meet three people"] {
        assert!(page.contains(words), "no {words:?} in {page}");
    }
    let field = |name: &str| page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in {page}"));
    assert!(field("passion_1") < field("name"), "the name is asked for first");
    assert!(field("name") < field("headline"), "the title is asked for first");
    field("email");
}

#[rstest]
#[tokio::test]
async fn a_filled_form_is_a_registration(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let page = app.visitor().submit(PAGE, &TYPED).await.ok_page();
    assert!(page.contains("ada.arena@example.org"), "where to look is not said: {page}");

    let token = app.mail_about(&event, "ada.arena@example.org", "confirm").await.token("confirm");
    let code = app.confirm(&token).await.ok(200)["code"].as_str().unwrap().to_owned();
    let registration = app.registration(&event, &code).await;
    assert_eq!(registration["name"], "Ada Arena");
    assert_eq!(registration["locale"], "en");
    assert_eq!(registration["consents"]["follow_up"], true);
    let passions = registration["passions"].as_array().unwrap();
    assert_eq!(passions.len(), 2);
    assert_eq!((&passions[0]["passion"], &passions[0]["level"]), (&json!("climbing"), &json!(3)), "typed words find the catalogue");
    assert_eq!(passions[1]["level"], 2);
    assert_eq!(registration["visibility"]["name"], "tablemates");
    assert_eq!(registration["visibility"]["needs"], "none", "what was not ticked is not shown");
}

#[rstest]
#[case::no_passion("passion_1", "")]
#[case::no_name("name", "")]
#[case::no_address("email", "ada.arena")]
#[tokio::test]
async fn a_wrong_field_is_named_and_the_rest_is_kept(
    #[case] field: &'static str,
    #[case] value: &'static str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut form = typed_with(field, value);
    if field == "passion_1" {
        form.retain(|(name, _)| *name != "passion_2");
    }
    let answer = app.visitor().submit(PAGE, &form).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains(&format!("href=\"#{field}\"")), "{field} is not named: {page}");
    let invalid: Vec<_> = page.split('<').filter(|tag| tag.contains("aria-invalid=\"true\"")).collect();
    assert!(invalid.iter().any(|tag| tag.contains(&format!("name=\"{field}\""))), "{field} is not marked, only {invalid:?}");
    for (name, kept) in form.iter().filter(|(name, _)| ["name", "email", "passion_2"].contains(name)) {
        assert!(page.contains(&format!("value=\"{kept}\"")), "what was typed into {name} is gone: {page}");
    }
    assert!(app.all(&event.at("/registrations")).await.is_empty());
    assert!(app.mails().is_empty());
}

#[rstest]
#[tokio::test]
async fn what_was_typed_stays_text(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.event("may").await;
    let mut form = typed_with("email", "nobody");
    form.push(("headline", "\"><script>alert(1)</script>"));
    let answer = app.visitor().submit(PAGE, &form).await;
    assert_eq!(answer.status, 422);
    assert!(!answer.text().contains("<script>alert"), "{}", answer.text());
}

#[rstest]
#[tokio::test]
async fn a_draft_has_no_page_and_a_past_event_no_form(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.draft_with("may", json!({})).await;
    let draft = app.visitor().get(PAGE).await;
    assert_eq!(draft.status, 404, "{}", draft.text());
    app.post(&event.at("/publish"), json!({})).await.done();
    assert!(app.visitor().get(PAGE).await.ok_page().contains("name=\"email\""));

    app.clock_to(ENDS).await;
    let page = app.visitor().get(PAGE).await.ok_page();
    assert!(!page.contains("name=\"email\""), "there is still a form: {page}");
    assert_eq!(app.visitor().submit(PAGE, &TYPED).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn the_form_asks_what_the_organizer_asks(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let options = json!([{"code": "vegan", "label": {"en": "Vegan", "it": "Vegano"}}, {"code": "fish", "label": {"en": "Fish"}}]);
    for question in [
        json!({"code": "diet", "label": {"en": "What do you eat?", "it": "Cosa mangi?"}, "kind": "choice", "required": true, "options": options}),
        json!({"code": "help", "label": {"en": "What can you bring?"}, "kind": "multiple", "options": options}),
        json!({"code": "first", "label": {"en": "First time?"}, "kind": "yes_no"}),
        json!({"code": "club", "label": {"en": "Your club"}, "kind": "text"}),
        json!({"code": "hidden", "label": {"en": "Guest of"}, "kind": "text", "asked_of": "staff"}),
    ] {
        app.post(&event.at("/questions"), question).await.ok(201);
    }
    let page = app.visitor().get(&format!("{PAGE}?lang=it")).await.ok_page();
    assert!(page.contains("Cosa mangi?") && page.contains("Vegano") && page.contains("What can you bring?"), "{page}");
    assert!(!page.contains("Guest of"), "{page}");

    let answers = [("answer.help.fish", "on"), ("answer.first", "no"), ("answer.club", "<b>Portico</b>")];
    let typed: Vec<_> = TYPED.into_iter().chain(answers).collect();
    let answer = app.visitor().submit(PAGE, &typed).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains("href=\"#answer.diet\"") && page.contains("id=\"answer.diet-error\""), "{page}");
    assert!(page.contains("name=\"answer.help.fish\" value=\"on\" checked") && !page.contains("<b>Portico"), "{page}");
    let filled: Vec<_> = typed.into_iter().chain([("answer.diet", "vegan")]).collect();
    app.visitor().submit(PAGE, &filled).await.ok_page();
    let pending = app.all(&event.at("/registrations?state=pending_email")).await;
    assert_eq!(pending[0]["answers"], json!({"diet": "vegan", "help": ["fish"], "first": false, "club": "<b>Portico</b>"}));
}
