//! Mails in an organizer's own words.

use crate::support::*;

const KINDS: [&str; 19] = [
    "confirm",
    "confirmed",
    "waitlisted",
    "offered",
    "rejected",
    "cancelled",
    "login",
    "A0",
    "A1",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "C",
    "N1",
    "stop",
    "introduction",
];

fn soup() -> Value {
    json!({
        "subject": "La zuppa è pronta: {{ event.title }}",
        "text": "Ciao {{ reader | first_name }},\n\nla zuppa ti aspetta.\n\n[La tua pagina]({{ in_link }})\n---\nScrive {{ event.organizer }}.",
    })
}

fn codes(warnings: &Value) -> Vec<&str> {
    each(warnings, "code")
}

#[rstest]
#[tokio::test]
async fn sr_35_an_organizer_says_a_mail_in_their_own_words(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let viewer = app.as_role("viewer").await;
    let shipped = viewer.get("/templates/confirmed/it").await.ok(200);
    assert_eq!((&shipped["own"], &shipped["revision"], &shipped["warnings"]), (&json!(false), &json!(0), &json!([])));
    for name in ["reader", "in_link"] {
        assert!(each(&shipped["variables"], "name").contains(&name), "{shipped}");
    }
    viewer.put("/templates/confirmed/it", soup()).await.fails(403, "forbidden");
    let saved = app.put("/templates/confirmed/it", soup()).await.ok(200);
    assert_eq!((&saved["subject"], &saved["text"]), (&soup()["subject"], &soup()["text"]));
    assert_eq!((&saved["own"], &saved["revision"]), (&json!(true), &json!(1)));
    assert_eq!(codes(&saved["warnings"]), ["missing_locale"]);
    assert_eq!(viewer.get("/templates/confirmed/it").await.ok(200), saved);
    assert_eq!(app.other_organizer().get("/templates/confirmed/it").await.ok(200), shipped);
    let list = viewer.get("/templates").await.ok(200);
    let list = list["results"].as_array().unwrap();
    let own: Vec<&Value> = list.iter().filter(|one| one["own"] == true).collect();
    assert_eq!((list.len(), own.len()), (38, 1), "{list:?}");
    assert_eq!((&own[0]["kind"], &own[0]["locale"]), (&json!("confirmed"), &json!("it")));

    let event = app.event("may").await;
    app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    let mail = app.mail_about(&event, "ada.arena@example.org", "confirmed").await;
    assert_eq!(mail.subject, "La zuppa è pronta: Tavoli piccoli a maggio");
    assert!(mail.says("Ciao Ada,") && mail.says("la zuppa ti aspetta."), "{}", mail.text);
    assert!(mail.html.contains("lang=\"it\"") && mail.find_link("in").is_some() && mail.calendar.is_some(), "its look stays");
    app.register_confirmed(&event, &person("Bo Berg")).await;
    assert!(app.mail_about(&event, "bo.berg@example.org", "confirmed").await.subject.starts_with("You have a seat"));

    app.delete("/templates/confirmed/it").await.ok(204);
    let back = app.get("/templates/confirmed/it").await.ok(200);
    assert_eq!((&back["text"], &back["own"], &back["revision"]), (&shipped["text"], &json!(false), &json!(2)));
    app.register_confirmed(&event, &filled(person("Cy Conti"), json!({"locale": "it"}))).await;
    assert!(!app.mail_about(&event, "cy.conti@example.org", "confirmed").await.mentions("zuppa"));
}

#[rstest]
#[tokio::test]
async fn sr_35_shipped_words_can_be_put_back_as_they_are(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for kind in KINDS {
        for locale in ["en", "it"] {
            let path = format!("/templates/{kind}/{locale}");
            let shipped = app.get(&path).await.ok(200);
            let saved = app.put(&path, json!({"subject": shipped["subject"], "text": shipped["text"]})).await.ok(200);
            assert_eq!((&saved["subject"], &saved["text"], &saved["own"]), (&shipped["subject"], &shipped["text"], &json!(true)));
        }
    }
    for nothing in ["/templates/never/en", "/templates/confirmed/fr"] {
        app.get(nothing).await.fails(404, "not_found");
        app.put(nothing, soup()).await.fails(404, "not_found");
    }
}

#[rstest]
#[tokio::test]
async fn sr_35_broken_words_are_refused_with_the_line(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let path = "/templates/confirmed/it";
    let text = soup()["text"].as_str().unwrap().to_owned();
    for (wrong, pointer, code, detail) in [
        (json!({"text": format!("{text}\n\n{{% if passions %}}")}), "/text", "broken_template", "line"),
        (json!({"text": text.replace("la zuppa", "{{ zuppa }}")}), "/text", "unknown_variable", "line 3: "),
        (json!({"text": text.replace("la zuppa", "{% include \"event/it.txt\" %}")}), "/text", "broken_template", "line 3: "),
        (json!({"text": text.replace("{{ in_link }}", "https://example.org")}), "/text", "missing_variable", "in_link"),
        (json!({"text": text.replace("la zuppa", "[zuppa](qui)\n")}), "/text", "broken_template", "line 3: "),
        (json!({"text": text.replace("({{ in_link", "(https://evil.example/?t={{ in_link")}), "/text", "misplaced_link", "line 5: in_link"),
        (json!({"subject": "{{ event.titolo }}"}), "/subject", "unknown_variable", "event.titolo"),
        (json!({"subject": "due\nrighe"}), "/subject", "control_character", ""),
        (json!({"subject": "x".repeat(201)}), "/subject", "too_long", "200"),
        (json!({"text": "x".repeat(10_001)}), "/text", "too_long", ""),
    ] {
        let body = filled(soup(), wrong);
        let problem = app.put(path, body.clone()).await.fails(422, "validation_failed");
        let error = &problem.error_at(pointer).0["errors"][0];
        assert_eq!(error["code"], code, "{problem:?}");
        assert!(error["detail"].as_str().unwrap().contains(detail), "{problem:?}");
        app.post(&format!("{path}/preview"), body).await.fails(422, "validation_failed").error_at(pointer);
    }
    assert_eq!(app.get(path).await.ok(200)["own"], false, "nothing was saved");
}

#[rstest]
#[tokio::test]
async fn sr_35_two_who_write_at_once_notice_each_other(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let path = "/templates/confirmed/it";
    let seen = app.get(path).await.header("etag").unwrap().to_owned();
    let saved = app.put(path, soup()).header("If-Match", &seen).await;
    saved.ok(200);
    app.put(path, soup()).header("If-Match", &seen).await.fails(412, "precondition_failed");
    app.delete(path).header("If-Match", &seen).await.fails(412, "precondition_failed");
    let soup_of = |day: usize| filled(soup(), json!({"subject": format!("La zuppa del giorno {day}")}));
    app.put(path, soup_of(0)).header("If-Match", saved.header("etag").unwrap()).await.ok(200);
    let several = a_few_at_a_time((1..7).map(|day| {
        let put = app.put(path, soup_of(day));
        async move { put.await.ok(200)["revision"].as_i64().unwrap() }
    }));
    let several = several.await;
    let mut revisions = several.clone();
    revisions.sort_unstable();
    assert_eq!(revisions, [3, 4, 5, 6, 7, 8], "{several:?}");
}

#[rstest]
#[tokio::test]
async fn sr_35_the_same_words_make_no_revision(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let path = "/templates/confirmed/it";
    let saved = app.put(path, soup()).await.ok(200);
    assert_eq!(app.put(path, soup()).await.ok(200), saved);
    let other = filled(soup(), json!({"subject": "La minestra è pronta: {{ event.title }}"}));
    assert_eq!(app.put(path, other.clone()).await.ok(200)["revision"], 2);
    assert_eq!(app.put(path, other).await.ok(200)["revision"], 2);
    let f1 = app.get("/templates/F1/en").await.ok(200);
    app.put("/templates/F1/en", json!({"subject": f1["subject"], "text": f1["text"]})).await.ok(200);
    let event = app.event("may").await;
    app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    let mail = app.mail_about(&event, "ada.arena@example.org", "confirmed").await;
    assert!(mail.subject.starts_with("La minestra è pronta"), "the last words are read: {}", mail.subject);
    for _ in 0..2 {
        app.delete(path).await.ok(204);
        assert_eq!(app.get(path).await.ok(200)["revision"], 3);
    }
    let list = app.get("/templates").await.ok(200);
    let changed = list["results"].as_array().unwrap().iter().filter(|one| one["revision"] != 0);
    let changed: Vec<(&Value, &Value, &Value)> = changed.map(|one| (&one["kind"], &one["own"], &one["revision"])).collect();
    assert_eq!(changed, [(&json!("confirmed"), &json!(false), &json!(3)), (&json!("F1"), &json!(true), &json!(1))]);
}

#[rstest]
#[tokio::test]
async fn sr_47_sales_language_and_generic_phrases_are_pointed_out(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let text = soup()["text"].as_str().unwrap().replace("la zuppa ti aspetta.", "spero che tu stia bene. C’è uno sconto per te.");
    let told = app.put("/templates/confirmed/it", filled(soup(), json!({"text": text}))).await.ok(200);
    assert_eq!(codes(&told["warnings"]), ["generic_phrase", "sales_language", "missing_locale"]);
    assert_eq!((&told["warnings"][0]["line"], &told["warnings"][1]["line"]), (&json!(3), &json!(3)));
    let english = app.get("/templates/confirmed/en").await.ok(200);
    app.put("/templates/confirmed/en", json!({"subject": english["subject"], "text": english["text"]})).await.ok(200);
    let told = app.get("/templates/confirmed/it").await.ok(200);
    assert_eq!(codes(&told["warnings"]), ["generic_phrase", "sales_language"]);
    let f1 = app.get("/templates/F1/it").await.ok(200);
    let text = f1["text"].as_str().unwrap().replace("{{ reader | first_name }}", "a te");
    let told = app.post("/templates/F1/it/preview", json!({"subject": f1["subject"], "text": text})).await.ok(200);
    assert_eq!(codes(&told["warnings"]), ["no_name", "missing_locale"]);
}

#[rstest]
#[tokio::test]
async fn sr_35_a_preview_for_somebody_real_holds_no_working_link(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guest = app.register_confirmed(&event, &filled(person("Bruna Arena"), json!({"locale": "it"}))).await;
    let token = app.mail_about(&event, &guest.email, "confirmed").await.token("in");
    let sent = app.mails().len();
    for kind in KINDS {
        let path = format!("/templates/{kind}/it");
        let words = app.get(&path).await.ok(200);
        let form = json!({"subject": words["subject"], "text": words["text"]});
        let sample = app.post(&format!("{path}/preview"), form.clone()).await.ok(200);
        assert!(!sample["text"].as_str().unwrap().contains("Bruna"));
        let real = filled(form, json!({"event": "may", "code": guest.code}));
        let shown = app.post(&format!("{path}/preview"), real).await.ok(200);
        let text = shown["text"].as_str().unwrap();
        if kind != "login" {
            assert!(text.contains("Ciao Bruna"), "{kind}: {text}");
        }
        for part in ["subject", "text", "html"] {
            let part = shown[part].as_str().unwrap();
            assert!(!part.is_empty() && !part.contains(&token), "{kind}: {part}");
        }
        for link in text.lines().filter(|line| line.starts_with("http")) {
            assert!(link.ends_with("/preview"), "{kind} leads somewhere: {link}");
        }
    }
    assert_eq!(app.mails().len(), sent, "a preview sends nothing");

    let path = "/templates/confirmed/it/preview";
    app.as_role("viewer").await.post(path, soup()).await.fails(403, "forbidden");
    let about = |who: Value| filled(soup(), who);
    app.post(path, about(json!({"code": guest.code}))).await.fails(422, "validation_failed").error_at("/event");
    app.post(path, about(json!({"event": "may"}))).await.fails(422, "validation_failed").error_at("/code");
    app.post(path, about(json!({"event": "june", "code": guest.code}))).await.fails(422, "validation_failed").error_at("/event");
    let theirs = about(json!({"event": "may", "code": guest.code}));
    app.other_organizer().post(path, theirs).await.fails(422, "validation_failed").error_at("/event");
    assert_eq!(app.get("/templates/confirmed/it").await.ok(200)["own"], false, "a preview saves nothing");
}
