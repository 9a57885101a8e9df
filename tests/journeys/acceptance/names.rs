//! What people are called, in what language, and what a name must not do.

use std::collections::BTreeSet;

use mail_parser::MessageParser;

use super::*;
use crate::support::smtp::Received;

/// Somebody of this name whose address says nothing of it.
fn called(name: &str, local_part: &str) -> Value {
    filled(person("Somebody"), json!({"name": name, "email": format!("{local_part}@example.org")}))
}

/// The layout breaks lines where it likes.
fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[rstest]
#[tokio::test]
async fn case_an_italian_reader_with_an_english_tablemate(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let italian = filled(called("Niccolò D'Alò", "niccolo"), json!({"locale": "it"}));
    let english = filled(called("Siobhán O'Brien", "siobhan"), json!({"locale": "en"}));
    let (event, guests) = evening_of(&app, &[italian, english, person("Ada Arena")]).await;
    let (italian, english) = (&guests[0], &guests[1]);
    app.live_until(FIRST_WORKING_DAY).await;

    let mail = app.mails().to(&italian.email).kind("F1").only().clone();
    assert_eq!(mail.header("Content-Language"), Some("it"));
    assert!(mail.html.contains("lang=\"it\"") && mail.text.contains("Ciao "), "{}", mail.text);
    assert!(mail.mentions("Siobhán O'Brien") && one_space(&unescaped(&mail.html)).contains("Siobhán O'Brien"), "{}", mail.text);
    assert!(mail.mentions("Tavoli piccoli a maggio") && !mail.mentions("Small tables in May"), "{}", mail.text);
    assert!(mail.text.to_lowercase().contains("arrampicata"), "what they share, in the reader's words: {}", mail.text);
    let prompt = prompt_of(&app.signed_in(&event, italian).await, "F1").await;
    assert_eq!((&prompt["locale"], &prompt["subject"]), (&json!("it"), &json!(mail.subject)));
    assert!(app.visitor().get(&mail.link("prompts")).await.ok_page().contains("<html lang=\"it\""));

    let theirs = app.mails().to(&english.email).kind("F1").only().clone();
    assert_eq!(theirs.header("Content-Language"), Some("en"));
    assert!(theirs.html.contains("lang=\"en\"") && theirs.subject != mail.subject, "{}", theirs.subject);
    assert!(theirs.mentions("Niccolò D'Alò") && theirs.mentions("Small tables in May"), "{}", theirs.text);
}

/// Everything before the empty line.
fn head_of(mail: &Received) -> String {
    let end = mail.data.windows(4).position(|four| four == b"\r\n\r\n").expect("a head ends");
    String::from_utf8(mail.data[..end].to_vec()).expect("a head is ASCII")
}

/// Lines of ASCII, each a header or the rest of one, and encoded words as RFC 2047 has them.
fn assert_well_formed(mail: &Received) {
    let head = head_of(mail);
    assert!(head.is_ascii(), "{head}");
    for line in head.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{line:?}");
        let named = line.split_once(':').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(named || line.starts_with([' ', '\t']), "{line:?} is no header");
    }
    for word in head.split_whitespace().filter(|word| word.starts_with("=?")) {
        assert!(word.len() <= 75 && word.ends_with("?=") && word.matches('?').count() == 4, "{word:?} is no encoded word");
    }
}

/// The one reader the head names: name and address.
fn reader_of(mail: &Received) -> (String, String) {
    let message = MessageParser::default().parse(&mail.data).expect("a mail");
    let to = message.to().expect("it has a reader");
    assert_eq!(to.iter().count(), 1, "{to:?}");
    let reader = to.first().expect("there is one");
    (one_space(reader.name().unwrap_or_default()), reader.address().unwrap_or_default().to_owned())
}

const TITLE: &str = "Café “Été” · מסיבה 🎉";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn case_names_with_accents_apostrophes_emoji_and_from_right_to_left(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let names = [("zoe", "Zoë D'Amico-Núñez"), ("mohammed", "محمد بن عبد الله"), ("ann", "Ann 🌻 O’Neil"), ("li", "李小龍")];
    let event = app.event_with("may", json!({"title": {"en": TITLE, "it": TITLE}})).await;
    let people: Vec<Value> = names.iter().map(|(local_part, name)| called(name, local_part)).collect();
    let guests = add_all(&app, &event, &people).await;
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;

    for guest in &guests {
        let to_them = relay.mails().to(&guest.email);
        let subject = one_space(&to_them.kind("confirmed").only().subject);
        assert!(subject.contains(TITLE), "{subject}");
        let mail = to_them.kind("F1").only().clone();
        let me = app.me(&mail.token("in"));
        assert_eq!(app.registration(&event, &guest.code).await["name"], guest.name.as_str());
        assert_eq!(me.get("/profile").await.ok(200)["name"], guest.name.as_str());
        let others: BTreeSet<&str> = guests.iter().filter(|other| other.code != guest.code).map(|other| other.name.as_str()).collect();
        let met = json!(me.all("/encounters").await);
        assert_eq!(each(&met, "name").into_iter().collect::<BTreeSet<_>>(), others);
        let prompt = prompt_of(&me, "F1").await;
        assert_eq!(each(&prompt["recall"]["people"], "name").into_iter().collect::<BTreeSet<_>>(), others);
        let (text, html) = (one_space(&mail.text), one_space(&unescaped(&mail.html)));
        for name in others {
            assert!(text.contains(name) && html.contains(name), "no {name} in {text}");
        }
        assert!(text.contains(TITLE) && html.contains(TITLE), "{text}");
    }

    // The name of the one who was chosen goes into a subject.
    let me = app.me(&relay.mails().to(&guests[0].email).kind("F1").only().token("in"));
    keep(&me, &[&guests[1].code]).await;
    live_through(&app, 12, F2).await;
    let mail = relay.mails().to(&guests[0].email).kind("F2").only().clone();
    assert!(mail.subject.contains("محمد"), "{}", mail.subject);
    let prompt = prompt_of(&me, "F2").await;
    assert_eq!(one_space(&mail.subject), one_space(prompt["subject"].as_str().unwrap()));

    for mail in relay.received().iter().filter(|mail| mail.recipient.ends_with("@example.org")) {
        assert_well_formed(mail);
        let guest = guests.iter().find(|guest| guest.email == mail.recipient).expect("one of the guests");
        assert_eq!(reader_of(mail), (guest.name.clone(), guest.email.clone()));
    }
}

const VICTIM: &str = "victim@example.net";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn case_a_header_injection_in_a_name(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event("may").await;
    let guests = {
        // What looks like a header or an address and is on one line is a name like any other.
        let names = [format!("Bcc: {VICTIM}"), format!("Ann\", <{VICTIM}>, \""), format!("Ann <{VICTIM}>")];
        let people: Vec<Value> = names.iter().zip(["one", "two", "three"]).map(|(name, local_part)| called(name, local_part)).collect();
        add_all(&app, &event, &people).await
    };
    app.run_due().await;
    let me = app.me(&relay.mails().to(&guests[0].email).kind("confirmed").only().token("in"));
    for name in [
        format!("Ann\r\nBcc: {VICTIM}"),
        format!("Ann\nBcc: {VICTIM}"),
        format!("Ann\rBcc: {VICTIM}"),
        format!("Ann\r\n\r\n<script>alert(1)</script> {VICTIM}"),
        format!("Ann\u{2028}Bcc: {VICTIM}"),
        format!("Ann\u{85}Bcc: {VICTIM}"),
        "Ann\u{0}".to_owned(),
        format!("=?utf-8?q?Ann=0D=0ABcc:_{VICTIM}?="),
    ] {
        let attacker = called(&name, "attacker");
        app.register(&event, &attacker).await.fails(422, "validation_failed").error_at("/name");
        let by_staff = filled(attacker, json!({"email_confirmed": true}));
        app.post(&event.at("/registrations"), by_staff).await.fails(422, "validation_failed").error_at("/name");
        me.patch("/profile", json!({"name": name})).await.fails(422, "validation_failed").error_at("/name");
    }
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;

    assert_eq!(relay.mails().kind("F1").len(), 3);
    assert!(relay.tries(VICTIM).is_empty() && relay.tries("attacker@example.org").is_empty());
    for mail in relay.received() {
        assert_well_formed(&mail);
        let head = head_of(&mail).to_lowercase();
        for header in ["bcc", "cc"] {
            assert!(!head.starts_with(&format!("{header}:")) && !head.contains(&format!("\r\n{header}:")), "{head}");
        }
        assert_eq!(head.matches("\r\nto:").count() + usize::from(head.starts_with("to:")), 1, "{head}");
        if let Some(guest) = guests.iter().find(|guest| guest.email == mail.recipient) {
            assert_eq!(reader_of(&mail), (guest.name.clone(), guest.email.clone()));
        }
    }
}
