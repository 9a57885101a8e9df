//! Clients that are slow, broken or hostile.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

/// Sends `start`, then a byte a second, until the server has had enough: its answer, and when.
async fn dribble(address: &str, start: &str) -> (String, Duration) {
    let begun = Instant::now();
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    writer.write_all(start.as_bytes()).await.unwrap();
    let dribbling = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut answer = Vec::new();
    let reading = reader.read_to_end(&mut answer);
    // A reset after the answer is as good an end as any.
    tokio::time::timeout(Duration::from_secs(30), reading).await.expect("the server ends it").ok();
    dribbling.abort();
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn s6_a_dribbling_client_is_shown_out_and_others_are_served(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let address = app.address();
    let head = "GET /healthz HTTP/1.1\r\nHost: convivio.test\r\nX-Slow: ";
    let body = "POST /api/v1/public/login HTTP/1.1\r\nHost: convivio.test\r\n\
                Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    let probing = async {
        for _ in 0..20 {
            let asked = Instant::now();
            app.get("/events").await.ok(200);
            assert!(asked.elapsed() < Duration::from_secs(2), "others wait for the slow ones");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let slow_heads = join_all((0..100).map(|_| dribble(&address, head)));
    let slow_bodies = join_all((0..100).map(|_| dribble(&address, body)));
    let (heads, bodies, ()) = futures_util::join!(slow_heads, slow_bodies, probing);
    let late = heads.iter().chain(&bodies).filter(|(_, took)| *took > Duration::from_secs(15)).count();
    assert!(late <= 2, "{late} of 200 were still there after 15 seconds");
    for (_, took) in heads {
        assert!(took < Duration::from_secs(17), "a slow head took {took:?}");
    }
    for (answer, took) in bodies {
        assert!(took < Duration::from_secs(17), "a slow body took {took:?}");
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer:?}");
        assert!(answer.contains("request_timeout"), "{answer:?}");
    }
}

/// Sends a form piece by piece, a second after each: the answer.
async fn over_a_slow_line(address: &str, pieces: usize) -> String {
    let body = format!("{{\"email\": \"nobody@example.org\"{}}}", " ".repeat(pieces));
    let head = format!(
        "POST /api/v1/public/login HTTP/1.1\r\nHost: convivio.test\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let (rest, end) = body.split_at(body.len() - pieces);
    connection.write_all(rest.as_bytes()).await.unwrap();
    for byte in end.bytes() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if connection.write_all(&[byte]).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[rstest]
#[tokio::test]
async fn s6_a_request_has_fifteen_seconds_or_what_the_settings_say(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let answer = over_a_slow_line(&app.address(), 12).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer:?}");

    let hasty = Setup::default().env("CONVIVIO_RECEIVE_SECONDS", "3").env("CONVIVIO_LARGEST_BODY_KIB", "1");
    let app = TestApp::with(hasty.env("CONVIVIO_LARGEST_IMPORT_KIB", "2"), database).await;
    let begun = Instant::now();
    let answer = over_a_slow_line(&app.address(), 4).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(6));
    let event = app.event("may").await;
    let table = |bytes| format!("email;name;passions\n{}", "x".repeat(bytes));
    app.post("/events", json!({"slug": "x".repeat(1024)})).await.fails(413, "body_too_large");
    let import = |bytes| app.request("POST".parse().unwrap(), &event.at("/registrations/import")).body("text/csv", table(bytes));
    import(1500).await.fails(422, "validation_failed");
    import(2048).await.fails(413, "body_too_large");
}

#[rstest]
#[tokio::test]
async fn s4_broken_bodies_are_refused_and_the_server_lives(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let keys: Vec<_> = (0..20_000).map(|n| format!("\"k{n}\":1")).collect();
    let bodies: Vec<Vec<u8>> = vec![
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(30_000).into_bytes(),
        b"{\"name\": \"\xff\xfe\"}".to_vec(),
        br#"{"name": "\ud800"}"#.to_vec(),
        b"{\"capacity\": NaN}".to_vec(),
        b"{\"capacity\": 1e999999}".to_vec(),
        format!("{{{}}}", keys.join(",")).into_bytes(),
        b"{\"a\": 1".repeat(30_000),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"".to_vec(),
    ];
    let before = app.resident_kib();
    for path in ["/events".to_owned(), event.at("/registrations")] {
        for body in &bodies {
            let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let answer = app.request("POST".parse().unwrap(), &path).body("application/json", body.clone()).await;
            assert!([400, 413, 415, 422].contains(&answer.status), "{start} to {path} gave {}", answer.status);
            let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            answer.fails(answer.status, &code);
        }
        app.post(&path, json!({"name": "x".repeat(10 * 1024 * 1024)})).await.fails(413, "body_too_large");
    }
    let grown = app.resident_kib().saturating_sub(before);
    assert!(grown <= 32 * 1024, "the server grew by {grown} KiB");
    app.get("/events").await.ok(200);
}

#[rstest]
#[tokio::test]
async fn s3_a_hundred_kilobytes_are_too_long_for_any_field(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let long = "x".repeat(100_000);
    for field in ["name", "headline", "unit", "working_on", "intention", "accessibility"] {
        let asked = Instant::now();
        let form = filled(person("Ada Arena"), json!({field: long}));
        app.register(&event, &form).await.fails(422, "validation_failed").error_at(&format!("/{field}"));
        assert!(asked.elapsed() < Duration::from_secs(2), "{field} took {:?}", asked.elapsed());
    }
    for field in ["purpose", "place", "slug"] {
        let form = filled(least_event("june"), json!({field: long}));
        app.post("/events", form).await.fails(422, "validation_failed").error_at(&format!("/{field}"));
    }
    for (list, pointer) in [("offers", "/offers/0"), ("needs", "/needs/0/text"), ("passions", "/passions/0/text")] {
        let entry = if list == "offers" { json!(long) } else { json!({"text": long}) };
        let form = filled(person("Ada Arena"), json!({list: [entry]}));
        app.register(&event, &form).await.fails(422, "validation_failed").error_at(pointer);
    }
}

#[rstest]
#[tokio::test]
async fn r18_a_name_with_a_line_break_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let refused = [
        "Ada\r\nBcc: all@example.org",
        "Ada\nArena",
        "Ada\rArena",
        "Ada\u{0}Arena",
        "Ada\u{2028}Arena",
        "Ada\u{202e}anerA",
        "=?utf-8?q?Ada=0D=0ABcc:x?=",
    ];
    for name in refused {
        let form = filled(person("Ada Arena"), json!({"name": name}));
        app.register(&event, &form).await.fails(422, "validation_failed").error_at("/name");
    }
    assert!(app.mails().is_empty());
}

/// Names of people as they are, and what others have put in their place.
const ODD: [&str; 12] = [
    "Ada O'Brien",
    "Zoë Ångström-Nuñez",
    "مريم الفارسي",
    "王小明",
    "🦊 Fox",
    "Robert'); DROP TABLE event;--",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "=HYPERLINK(\"http://x\")",
    "../../etc/passwd",
    "a%00b",
    "BEGIN:VCALENDAR",
];

#[rstest]
#[tokio::test]
async fn s3_odd_strings_come_back_as_they_were(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    for (n, name) in ODD.into_iter().enumerate() {
        let form = filled(nth_person(n), json!({"name": name, "working_on": name, "offers": [name]}));
        let body = filled(form.clone(), json!({"email_confirmed": true}));
        let asked = Instant::now();
        let answer = app.post(&event.at("/registrations"), body).await;
        assert!(asked.elapsed() < Duration::from_secs(2), "{name:?} took {:?}", asked.elapsed());
        if answer.status == 422 {
            answer.fails(422, "validation_failed").error_at("/name");
            continue;
        }
        let created = answer.ok(201);
        assert_eq!(created["name"], name);
        let shown = app.registration(&event, created["code"].as_str().unwrap()).await;
        assert_eq!(shown["name"], name);
        assert_eq!(shown["working_on"], name);

        let mail = app.mail_about(&event, email_of(&form), "confirmed").await;
        assert!(!mail.html.contains("<script"), "raw markup in a mail");
    }
    let accepted = app.all(&event.at("/registrations")).await;
    let plain = accepted.iter().filter(|one| ODD[..4].contains(&one["name"].as_str().unwrap())).count();
    assert_eq!(plain, 4, "real names are not refused");
}

#[rstest]
#[tokio::test]
async fn s3_odd_strings_in_an_event_and_its_form_come_back_as_they_were(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    let question = json!({"code": "dish", "label": {"en": "What do you bring?"}, "kind": "text"});
    app.post(&event.at("/questions"), question).await.ok(201);
    for (n, odd) in ODD.into_iter().enumerate() {
        let words = json!({"en": odd});
        let said = json!({"title": words, "summary": words, "method": words, "purpose": odd, "place": odd});
        comes_back(&app.patch(&event.at(""), said.clone()).await, &said);
        let page = app.visitor().get(&format!("/e/{}/{}", app.organizer(), event.slug)).await;
        assert!(!page.text().contains("<script>alert"), "raw markup on a page");

        let said = json!({
            "headline": odd, "unit": odd, "working_on": odd, "offers": [odd], "needs": [{"text": odd}], "intention": odd, "accessibility": odd,
            "answers": {"dish": odd},
        });
        let form = filled(filled(nth_person(n), said.clone()), json!({"email_confirmed": true}));
        comes_back(&app.post(&event.at("/registrations"), form).await, &said);
    }
}

/// What was said is there byte for byte, or is refused at a field that was said.
#[track_caller]
fn comes_back(answer: &Answer, said: &Value) {
    let answered = answer.json();
    if answer.status == 422 {
        let first = |pointer: &str| pointer.split('/').nth(1).unwrap_or_default().to_owned();
        let pointers = answered["errors"].as_array().unwrap().iter().map(|error| first(error["pointer"].as_str().unwrap()));
        pointers.for_each(|field| assert!(said.get(&field).is_some(), "{field}: {answered}"));
        return;
    }
    assert!(matches!(answer.status, 200 | 201), "{answered}");
    for (field, value) in said.as_object().unwrap() {
        let back = match field.as_str() {
            "needs" => json!([{"text": answered["needs"][0]["text"]}]),
            "title" | "summary" | "method" => json!({"en": answered[field]["en"]}),
            _ => answered[field].clone(),
        };
        assert_eq!(back, *value, "{field}");
    }
}

#[rstest]
#[tokio::test]
async fn s3_an_exported_cell_is_no_formula(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let cells = ["=1+1", "+39 06 555", "-2+3", "@SUM(A1)"];
    for (n, cell) in cells.into_iter().enumerate() {
        let odd = json!({"headline": cell, "passions": [{"text": cell}], "visibility": {"headline": "tablemates"}});
        app.add(&event, &filled(nth_person(n), odd)).await;
    }
    let plan = app.planned(&event).await;
    let rosters = event.at(&format!("/plans/{}/rosters?format=csv", plan["id"].as_str().unwrap()));
    let csv = app.get(&rosters).await.ok_page();
    for cell in cells {
        assert!(csv.contains(cell), "{cell} is not there, so this shows nothing:\n{csv}");
        for before in [",", ",\"", "\n"] {
            assert!(!csv.contains(&format!("{before}{cell}")), "{cell} would be run:\n{csv}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn s5_addresses_that_are_none_are_refused(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let long = format!("{}@example.org", "a".repeat(250));
    let refused = [
        "ada",
        "ada@@example.org",
        "ada@example.org, bruno@example.org",
        "ada@example.org\r\nBcc: x@example.org",
        "\"ada arena\"@example.org",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "ada@ex\u{0430}mple.org",
        &long,
    ];
    for email in refused {
        let form = filled(person("Ada Arena"), json!({"email": email}));
        app.register(&event, &form).await.fails(422, "validation_failed").error_at("/email");
    }
    assert!(app.mails().is_empty());
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 0);
}

#[rstest]
#[tokio::test]
async fn s5_a_domain_becomes_plain_and_may_be_of_any_one_alphabet(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    for (typed, kept) in [
        (" Ada@EXAMPLE.org ", "Ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BU\u{308}CHER.example", "ada@xn--bcher-kva.example"),
        ("bruno@пример.example", "bruno@xn--e1afmkfd.example"),
        ("chiara@xn--e1afmkfd.example", "chiara@xn--e1afmkfd.example"),
    ] {
        let form = filled(person("Ada Arena"), json!({"email": typed}));
        app.register(&event, &form).await.ok(202);
        let kept_addresses = app.all(&event.at("/registrations")).await;
        assert!(each(&json!(kept_addresses), "email").contains(&kept), "{typed}: {kept_addresses:?}");
    }
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 4, "two spellings are one person");
    for mixed in ["ada@pαris.example", "ada@한かな.example", "ada@xn--exmple-4nf.org"] {
        let form = filled(person("Ada Arena"), json!({"email": mixed}));
        app.register(&event, &form).await.fails(422, "validation_failed").error_at("/email");
    }
}

#[rstest]
#[tokio::test]
async fn s9_the_log_holds_no_tokens_and_no_addresses(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let mail = app.mail_about(&event, &ada.email, "confirmed").await;
    app.me(&mail.token("in")).get("/profile").await.ok(200);
    app.with_token("cvv_wrong-but-still-secret").get("/events").await.fails(401, "unauthenticated");
    let confirm = app.mails().kind("confirm").only().token("confirm");
    let log = app.log();
    for secret in [ada.email.as_str(), &mail.token("in"), &confirm, "cvv_wrong-but-still-secret"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
