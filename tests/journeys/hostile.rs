//! What people write may be long, or meant to act. It is refused by the name of its field, or it arrives as the words it is; and an address
//! that takes no mail is nobody else's trouble.

use crate::support::*;

const F2: &str = "2030-05-17T08:00:00Z";

/// The answer is a refusal that names each of these fields.
#[track_caller]
fn assert_refused(answer: &Answer, pointers: &[&str]) {
    let problem = answer.fails(422, "validation_failed");
    for pointer in pointers {
        problem.error_at(pointer);
    }
}

/// Everywhere where somebody writes: the form, the profile, a sentence to somebody met, the private log, the answer to a prompt, a report.
#[rstest]
#[case::ten_kilobytes("of rivers and looms ".repeat(512))]
#[case::nul("of rivers\u{0} and looms".to_owned())]
#[case::backspace("of rivers\u{8} and looms".to_owned())]
#[case::escape("of rivers \u{1b}[31mand looms".to_owned())]
#[case::next_line("of rivers\u{85} and looms".to_owned())]
#[case::line_separator("of rivers\u{2028} and looms".to_owned())]
#[case::direction("of rivers \u{202e}and looms".to_owned())]
#[tokio::test]
async fn s3_what_could_act_is_refused_by_the_name_of_its_field(#[case] text: String, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let june = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    let (prompt, other) = (prompt_of(&me, "F1").await, guests[1].code.as_str());
    act(&me, &prompt, json!({"choice": "done", "keep": [other]})).await.ok(200);
    let log = format!("/connections/{}/log", me.all("/connections").await[0]["id"].as_str().unwrap());
    let before = json!([me.get("/profile").await.ok(200), me.all("/connections").await, me.all(&log).await]);

    let profile = json!({"offers": ["a bench", text], "needs": [{"text": text}], "working_on": text, "headline": text, "unit": text});
    let in_profile = ["/offers/1", "/needs/0/text", "/working_on", "/headline", "/unit"];
    assert_refused(&me.patch("/profile", profile.clone()).await, &in_profile);
    let form = filled(filled(person("Zoe Writer"), profile), json!({"intention": text}));
    let in_form = [in_profile.as_slice(), ["/intention"].as_slice()].concat();
    assert_refused(&app.register(&june, &form).await, &in_form);
    let by_staff = filled(form, json!({"email_confirmed": true}));
    assert_refused(&app.post(&june.at("/registrations"), by_staff).await, &in_form);

    let asked = json!({"code": other, "context": format!("We spoke {text}")});
    assert_refused(&me.post("/connections", asked).await, &["/context"]);
    for kind in [json!({"kind": "note"}), json!({"kind": "give", "what": "time"}), json!({"kind": "interaction", "what": "walk"})] {
        assert_refused(&me.post(&log, filled(kind, json!({"text": text}))).await, &["/text"]);
    }
    assert_refused(&me.post("/reports", json!({"code": other, "reason": "other", "text": text})).await, &["/text"]);
    let noted = act(&me, &prompt, json!({"choice": "done", "keep": [other], "notes": {other: text}})).await;
    let pointers = noted.fails(422, "validation_failed").pointers();
    assert!(pointers.iter().all(|pointer| pointer.starts_with("/notes")) && !pointers.is_empty(), "{pointers:?}");
    let page = app.mails().to(&guests[0].email).kind("F1").only().link("prompts");
    let form = app.visitor().submit(&page, &[(&format!("note_{other}"), &text), ("choice", "done")]).await;
    assert_eq!(form.status, 422, "{}", form.text());

    let after = json!([me.get("/profile").await.ok(200), me.all("/connections").await, me.all(&log).await]);
    assert_eq!(after, before, "nothing of it was kept");
    assert!(app.all(&june.at("/registrations")).await.is_empty());
}

/// One line, short enough for a need.
const MARKUP: &str = "<script>alert(\"x\")</script> & <b onclick='y'>bold</b> {{ 7*7 }} {name} {% raw %}";

/// How often the words are found, whole, in an answer.
fn found(answer: &Value) -> usize {
    match answer {
        Value::String(text) => usize::from(text == MARKUP),
        Value::Array(list) => list.iter().map(found).sum(),
        Value::Object(fields) => fields.values().map(found).sum(),
        _ => 0,
    }
}

#[track_caller]
fn assert_only_words(html: &str) {
    for raw in ["<script>alert", "<b onclick", "onclick='y'", "alert(\"x\")"] {
        assert!(!html.contains(raw), "{raw}: {html}");
    }
}

#[rstest]
#[tokio::test]
async fn s3_markup_arrives_as_the_words_it_is(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let open = json!({
        "offers": [MARKUP], "needs": [{"text": MARKUP}], "working_on": MARKUP, "intention": MARKUP,
        "visibility": {"offers": "tablemates", "needs": "tablemates", "working_on": "tablemates", "intention": "tablemates"},
    });
    let mut guests = Vec::new();
    for name in ["Ada Arena", "Bruno Bassi", "Chiara Conti"] {
        guests.push(app.add(&event, &filled(person(name), open.clone())).await);
    }
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let [me, bruno] = [app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await];
    let code = guests[1].code.as_str();

    // Over the API nothing is lost and nothing is added.
    assert_eq!(found(&app.registration(&event, &guests[0].code).await), 4);
    assert_eq!(found(&me.get("/profile").await.ok(200)), 3);
    let table = me.get(&format!("/registrations/{}/table", guests[0].code)).await.ok(200);
    assert!(found(&table) >= 8, "what each of the others shows, at the least: {table}");
    let answer = json!({"choice": "done", "keep": [code, guests[2].code], "notes": {code: MARKUP}});
    act(&me, &prompt_of(&me, "F1").await, answer).await.ok(200);
    let kept = me.all("/connections").await;
    let kept = kept.iter().find(|one| one["code"] == code).expect("she is kept");
    let log = me.all(&format!("/connections/{}/log", kept["id"].as_str().unwrap())).await;
    assert!(log.iter().any(|entry| entry["kind"] == "note" && entry["text"] == MARKUP), "{log:?}");
    me.post("/connections", json!({"code": code, "context": MARKUP})).await.ok(201);
    assert_eq!(bruno.all("/connections").await[0]["context"], MARKUP);

    // On pages and in mails it is words.
    let mail = app.mails().to(&guests[0].email).kind("F1").only().clone();
    let own_page = mail.link("in");
    for page in [own_page.replace("/in/", "/profile/"), mail.link("prompts"), own_page, mail.link("unsubscribe")] {
        let drawn = app.visitor().get(&page).await.ok_page();
        assert_only_words(&drawn);
        assert!(!page.starts_with("/profile/") || drawn.contains("&lt;script&gt;alert("), "{page}: {drawn}");
    }
    app.live_until(F2).await;
    let gift = app.mails().to(&guests[0].email).kind("F2").only().clone();
    let text = gift.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(MARKUP), "what somebody needs, or the note about them: {text}");
    assert!(gift.html.contains("&lt;script&gt;alert("), "{}", gift.html);
    for mail in app.mails().0 {
        assert_only_words(&mail.html);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r16_one_poisonous_recipient_stops_nobody_else(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let (event, guests, _) = app.held_evening("may", 12).await;
    let (poisoned, others) = guests.split_first().expect("there are twelve");
    let before = relay.tries(&poisoned.email).len();
    let is_poisoned = poisoned.email.clone();
    relay.judge(move |recipient, _| if recipient == is_poisoned { Reply::Never } else { Reply::Accept });

    let done = app.live_until(FIRST_WORKING_DAY).await;
    assert_eq!((&done["sent"], &done["failed"]), (&json!(11), &json!(1)), "{done}");
    for guest in others {
        relay.mails().to(&guest.email).kind("F1").only();
    }
    let messages = app.all(&event.at("/messages?state=dead")).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!((&messages[0]["registration"], &messages[0]["reason"]), (&json!(poisoned.code), &json!("relay_refused")));

    // The next step finds everybody else again, and does not try the address once more.
    app.live_until(F2).await;
    for guest in others {
        relay.mails().to(&guest.email).kind("F2").only();
    }
    assert_eq!(relay.tries(&poisoned.email).len(), before + 1);
    let prompts = app.all(&event.at("/prompts?limit=100")).await;
    let theirs = prompts.iter().find(|one| one["registration"] == poisoned.code.as_str() && one["step"] == "F2").unwrap();
    assert!(theirs["state"] != "sent" && theirs["reason"].is_string(), "{theirs}");
}

/// The file for the calendar that comes with F3 is named after what the mail is about and with whom, whatever they are called.
#[rstest]
#[case::hostile("Pane, vino; e \\ à 🌻 <b> BEGIN:VALARM \"x\" =", "Hiking")]
#[case::too_long_for_a_title(&"Wolfeschlegelsteinhausen ".repeat(8)[..120], "Walking on very old roads without a map")]
#[tokio::test]
async fn r18_the_calendar_file_of_a_follow_up_holds_any_name(
    #[case] name: &str,
    #[case] passion: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.put(&event.at("/follow_up"), json!({"steps": [{"step": "F1", "days": 1}, {"step": "F3", "days": 8}]})).await.ok(200);
    let alike = json!({"passions": [{"text": passion}]});
    let mut guests = Vec::new();
    for name in ["Ada Arena", name.trim(), "Bo Bassi"] {
        let somebody =
            filled(person("Ada Arena"), filled(alike.clone(), json!({"name": name, "email": format!("p{}@example.org", guests.len())})));
        guests.push(app.add(&event, &somebody).await);
    }
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let me = app.signed_in(&event, &guests[0]).await;
    act(&me, &prompt_of(&me, "F1").await, json!({"choice": "done", "keep": [guests[1].code]})).await.ok(200);
    app.live_until("2030-05-17T08:00:00Z").await;
    let mail = app.mails().to(&guests[0].email).kind("F3").only().clone();
    let file = mail.calendar.clone().unwrap_or_else(|| panic!("no calendar with {:?}", mail.subject));
    assert!(file.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "folded:\n{file}");
    let unfolded = file.replace("\r\n ", "");
    let summary = unfolded.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).expect("a summary");
    let escaped = |text: &str| text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
    let what = escaped(mail.subject.trim_end_matches('?'));
    let with_name = format!("{what} · {}", escaped(name.trim()));
    assert_eq!(summary, if name.len() < 100 { &with_name } else { &what });
    assert_eq!(unfolded.split("\r\n").filter(|line| line.starts_with("BEGIN:")).count(), 2, "a calendar and an appointment: {file}");
}
