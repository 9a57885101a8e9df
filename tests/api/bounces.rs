//! Mails that come back, complaints, and who may tell of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::support::http::Request;
use crate::support::*;

const SECRET: &str = "a secret that the relay knows as well";
const MAIL: &str = "message/rfc822";

async fn start(database: Database) -> TestApp {
    TestApp::with(Setup::default().env("CONVIVIO_BOUNCE_SECRET", SECRET), database).await
}

fn signature(secret: &str, id: &str, time: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn unsigned(app: &TestApp, provider: &str, content_type: &str, body: &str) -> Request {
    let path = format!("/api/v1/bounces/{provider}");
    app.anonymous().request("POST".parse().unwrap(), &path).body(content_type, body.to_owned())
}

fn signed(app: &TestApp, provider: &str, content_type: &str, body: &str) -> Request {
    let (id, time) = ("msg_2Lv8", real_time().timestamp().to_string());
    let request = unsigned(app, provider, content_type, body).header("webhook-id", id).header("webhook-timestamp", &time);
    request.header("webhook-signature", &signature(SECRET, id, &time, body))
}

fn told(app: &TestApp, notice: Value) -> Request {
    signed(app, "generic", "application/json", &notice.to_string())
}

/// As Postfix sends a mail back.
fn postfix(message_id: &str, recipient: &str, action: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@relay.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         To: events@convivio.localhost\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"9A1.177/relay.example\"\r\n\r\n\
         This is a MIME-encapsulated message.\r\n\r\n--9A1.177/relay.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         This is the mail system at host relay.example.\r\n\r\n--9A1.177/relay.example\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; relay.example\r\nX-Postfix-Sender: rfc822; events@convivio.localhost\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {status} <{recipient}>: Recipient address\r\n    rejected\r\n\r\n\
         --9A1.177/relay.example\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <events@convivio.localhost>\r\n\
         To: {recipient}\r\nMessage-ID: <{message_id}>\r\nSubject: Hello\r\n\r\nHello\r\n\r\n--9A1.177/relay.example--\r\n"
    )
}

/// As Exchange does: words in two forms, and the head of the mail alone.
fn exchange(message_id: &str, recipient: &str) -> String {
    format!(
        "From: <postmaster@contoso.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=\"delivery-status\";\n\tboundary=\"_000_ab\"\n\
         Content-Language: en-GB\nSubject: Undeliverable: Hello\n\n--_000_ab\nContent-Type: multipart/alternative; differences=Content-Type;\n\
         \tboundary=\"_001_ab\"\n\n--_001_ab\nContent-Type: text/plain; charset=\"us-ascii\"\n\nYour message couldn't be delivered.\n\n\
         --_001_ab\nContent-Type: text/html; charset=\"us-ascii\"\n\n<p>Your message couldn't be delivered.</p>\n\n--_001_ab--\n\n\
         --_000_ab\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;contoso.example\nReceived-From-MTA: dns;relay.example\n\n\
         Final-Recipient: rfc822;{recipient}\nAction: failed\nStatus: 5.1.10\n\
         Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n\n\
         --_000_ab\nContent-Type: text/rfc822-headers\n\nFrom: <events@convivio.localhost>\nMessage-ID:\n <{message_id}>\nSubject: Hello\n\n--_000_ab--\n"
    )
}

/// As mail providers pass a complaint on, with the reader's address blotted out.
fn complaint(message_id: &str) -> String {
    format!(
        "From: <staff@provider.example>\nSubject: FW: Hello\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report;\n\
         \tboundary=\"part_1\"\n\n--part_1\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n--part_1\n\
         Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n\
         Original-Rcpt-To: <redacted@provider.example>\n\n--part_1\nContent-Type: message/rfc822\n\n\
         To: redacted@provider.example\nMessage-ID: <{message_id}>\n\nHello\n\n--part_1--\n"
    )
}

/// An evening whose first prompts have arrived, and the mail that brought the first guest's.
async fn followed_up(app: &TestApp) -> (Event, Vec<Guest>, Mail) {
    let (event, guests, _) = app.held_evening("may", 6).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let mail = app.mail_about(&event, &guests[0].email, "F1").await;
    (event, guests, mail)
}

async fn suppressed(app: &Caller) -> Vec<(String, String)> {
    let rows = app.all("/suppressions").await;
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "email"), text(row, "reason"))).collect()
}

/// States and reasons of the guest's prompts that have not left.
async fn waiting(app: &TestApp, event: &Event, guest: &Guest) -> Vec<Value> {
    let prompts = app.all(&event.at("/prompts?limit=100")).await;
    prompts.into_iter().filter(|one| one["registration"] == guest.code.as_str() && one["state"] != "sent").collect()
}

#[rstest]
#[tokio::test]
async fn r20_a_mail_that_came_back_ends_what_would_still_be_sent_to_its_reader_alone(
    #[values(Sqlite, Postgres)] database: Database,
    #[values(true, false)] by_postfix: bool,
) {
    let app = start(database).await;
    let (event, guests, mail) = followed_up(&app).await;
    let [ada, bruno] = [&guests[0], &guests[1]];
    let report = if by_postfix { postfix(&mail.message_id, &ada.email, "failed", "5.1.1") } else { exchange(&mail.message_id, &ada.email) };
    // Told again, nothing more follows.
    for content_type in [MAIL, "application/octet-stream", "text/plain"] {
        assert_eq!(signed(&app, "dsn", content_type, &report).await.ok(202), json!({}));
    }
    assert_eq!(suppressed(&app).await, [(ada.email.clone(), "bounced".to_owned())]);
    assert!(app.all("/suppressions").await[0]["expires_at"].is_null());
    let bounced = app.all(&event.at("/messages?state=bounced")).await;
    assert_eq!((bounced.len(), &bounced[0]["kind"], &bounced[0]["registration"]), (1, &json!("F1"), &json!(ada.code)));
    assert_eq!(
        (&bounced[0]["reason"], bounced[0]["message_id"].as_str().unwrap()),
        (&json!("bounced"), format!("<{}>", mail.message_id).as_str())
    );
    let left = waiting(&app, &event, ada).await;
    assert!(!left.is_empty() && left.iter().all(|one| one["state"] == "suppressed" && one["reason"] == "bounced"), "{left:?}");
    assert!(waiting(&app, &event, bruno).await.iter().all(|one| one["state"] == "scheduled"));

    let next = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    app.add_many(&next, 6).await;
    app.run_due().await;
    let told = app.mails().kind("confirmed").about("june");
    assert_eq!((told.len(), told.to(&ada.email).len()), (5, 0), "{:?}", told.outline());

    // Taken back by staff, an old report does not bring it about again.
    app.delete("/suppressions").json(&json!({"email": ada.email})).await.ok(204);
    signed(&app, "dsn", MAIL, &report).await.ok(202);
    assert!(suppressed(&app).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_delivered_for_the_moment_counts_the_third_time(#[values(Sqlite, Postgres)] database: Database) {
    let app = start(database).await;
    let mut mails = Vec::new();
    for slug in ["may", "may-two", "may-three"] {
        let event = app.event(slug).await;
        let ada = app.add(&event, &person("Ada Rossi")).await;
        mails.push(app.mail_about(&event, &ada.email, "confirmed").await.message_id);
    }
    let full = |id: &str| postfix(id, "ada.rossi@example.org", "failed", "4.2.2");
    for id in [&mails[0], &mails[0], &mails[1]] {
        signed(&app, "dsn", MAIL, &full(id)).await.ok(202);
    }
    // One that is still being tried is not back.
    signed(&app, "dsn", MAIL, &postfix(&mails[2], "ada.rossi@example.org", "delayed", "4.4.1")).await.ok(202);
    assert!(suppressed(&app).await.is_empty());

    let third = json!({"type": "bounce", "message_id": mails[2], "email": "Ada.Rossi@example.org", "detail": "mailbox full"});
    told(&app, third).await.ok(202);
    let row = app.all("/suppressions").await.remove(0);
    assert_eq!((&row["email"], &row["reason"]), (&json!("ada.rossi@example.org"), &json!("bounced")));
    let ends = when(row["expires_at"].as_str().expect("it ends"));
    assert_eq!((ends - app.now().await).num_days(), 30);
    assert_eq!(app.all("/events/may/messages?state=sent").await.len(), 1, "it is the mailbox, and not the mail");
    app.clock_advance(30 * 24 * 3600).await;
    assert!(suppressed(&app).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn r20_who_complains_is_left_alone_and_may_still_sign_in(#[values(Sqlite, Postgres)] database: Database) {
    let app = start(database).await;
    let (event, guests, mail) = followed_up(&app).await;
    let ada = &guests[0];
    signed(&app, "dsn", MAIL, &complaint(&mail.message_id)).await.ok(202);
    assert_eq!(suppressed(&app).await, [(ada.email.clone(), "complaint".to_owned())]);
    let left = waiting(&app, &event, ada).await;
    assert!(!left.is_empty() && left.iter().all(|one| one["state"] == "suppressed" && one["reason"] == "complaint"), "{left:?}");
    let known = app.all(&format!("/people?email={}", ada.email)).await;
    assert!(known[0]["follow_up_stopped_at"].is_string(), "{known:?}");
    // It did arrive.
    assert!(app.all(&event.at("/messages?state=bounced")).await.is_empty());

    app.public().post("/login", json!({"email": ada.email})).await.ok(202);
    app.mail(&ada.email, "login").await;
    let next = app.event_with("june", json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
    app.add_many(&next, 1).await;
    app.run_due().await;
    let kept = app.all(&next.at("/messages")).await;
    assert_eq!((&kept[0]["state"], &kept[0]["reason"]), (&json!("suppressed"), &json!("complaint")));

    // What is for good is not made shorter or weaker by what comes later.
    told(&app, json!({"type": "bounce", "message_id": mail.message_id, "email": ada.email, "permanent": true})).await.ok(202);
    assert_eq!(suppressed(&app).await, [(ada.email.clone(), "complaint".to_owned())]);
}

#[rstest]
#[tokio::test]
async fn s7_only_who_knows_the_secret_is_believed(#[values(Sqlite, Postgres)] database: Database) {
    let app = start(database).await;
    let event = app.event("may").await;
    app.add(&event, &person("Ada Rossi")).await;
    let mail = app.mail_about(&event, "ada.rossi@example.org", "confirmed").await;
    let report = postfix(&mail.message_id, "ada.rossi@example.org", "failed", "5.1.1");
    let now = real_time().timestamp();
    let request = |id: &str, time: &str, signature: &str| {
        let request = unsigned(&app, "dsn", MAIL, &report);
        request.header("webhook-id", id).header("webhook-timestamp", time).header("webhook-signature", signature)
    };
    unsigned(&app, "dsn", MAIL, &report).await.fails(401, "unauthenticated");
    let mut answers = Vec::new();
    for (off, secret) in [(0, "another secret of the same length, so"), (-400, SECRET), (400, SECRET)] {
        let time = (now + off).to_string();
        answers.push(request("id", &time, &signature(secret, "id", &time, &report)).await.fails(401, "unauthenticated").0);
    }
    let time = now.to_string();
    let right = signature(SECRET, "id", &time, &report);
    for wrong in ["", "v1,", "v1,AAAA", &right[3..], &right.replace("v1,", "v2,")] {
        answers.push(request("id", &time, wrong).await.fails(401, "unauthenticated").0);
    }
    answers.push(request("id", "soon", &right).await.fails(401, "unauthenticated").0);
    answers.push(request("another", &time, &right).await.fails(401, "unauthenticated").0);
    assert!(answers.iter().all(|one| one["detail"] == answers[0]["detail"]), "nobody is told which part was wrong: {answers:?}");
    assert!(suppressed(&app).await.is_empty());

    request("id", &time, &format!("v1,AAAA {right}")).await.ok(202);
    assert_eq!(suppressed(&app).await.len(), 1);
    signed(&app, "pigeon", MAIL, &report).await.fails(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn without_a_secret_nothing_is_taken(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for provider in ["dsn", "generic"] {
        signed(&app, provider, MAIL, "Hello").await.fails(404, "not_found");
    }
}

#[rstest]
#[tokio::test]
async fn s1_a_bounce_is_of_the_organizer_whose_mail_it_was(#[values(Sqlite, Postgres)] database: Database) {
    let app = start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Rossi")).await;
    let other = app.other_organizer();
    let workshop = filled(least_event("may"), json!({"kind": "workshop", "purpose": "to learn how bread is made"}));
    other.post("/events", workshop).await.ok(201);
    other.post("/events/may/publish", json!({})).await.done();
    other.post("/events/may/registrations", filled(person("Ada Rossi"), json!({"email_confirmed": true}))).await.ok(201);
    app.run_due().await;
    let sent = app.all(&event.at("/messages?state=sent")).await;
    let id = sent[0]["message_id"].as_str().unwrap();

    // A mail nobody sent, or one that went to somebody else.
    for (id, email) in [("<made-up@convivio.localhost>", ada.email.as_str()), (id, "bo.bassi@example.org")] {
        told(&app, json!({"type": "bounce", "message_id": id, "email": email, "permanent": true})).await.ok(202);
        signed(&app, "dsn", MAIL, &postfix(id.trim_matches(['<', '>']), email, "failed", "5.1.1")).await.ok(202);
    }
    told(&app, json!({"type": "delivered", "message_id": id, "email": ada.email})).await.ok(202);
    told(&app, json!({"type": "bounce", "email": ada.email})).await.ok(202);
    assert!(suppressed(&app).await.is_empty());

    told(&app, json!({"type": "complaint", "message_id": id, "email": ada.email, "at": "2030-05-06T06:00:00Z"})).await.ok(202);
    assert_eq!((suppressed(&app).await.len(), suppressed(&other).await.len()), (1, 0));
    // Of the address alone, it is told to everybody who has it.
    told(&app, json!({"type": "bounce", "email": ada.email, "permanent": true})).await.ok(202);
    assert_eq!(suppressed(&other).await, [(ada.email.clone(), "bounced".to_owned())]);
}

#[rstest]
#[tokio::test]
async fn s4_what_is_no_report_is_refused_and_the_server_lives(#[values(Sqlite, Postgres)] database: Database) {
    let app = start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Rossi")).await;
    let id = app.mail_about(&event, &ada.email, "confirmed").await.message_id;
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(8000);
    let boundaries = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(4000);
    for body in ["", "Hello", "Subject: away\r\n\r\nBack on Monday", "\u{0}\u{1}", &nested, &boundaries] {
        signed(&app, "dsn", MAIL, body).await.fails(400, "malformed_request");
    }
    signed(&app, "dsn", MAIL, &"x".repeat(300 * 1024)).await.fails(413, "body_too_large");
    signed(&app, "dsn", "application/json", "{}").await.fails(415, "unsupported_media_type");
    signed(&app, "generic", MAIL, "{}").await.fails(415, "unsupported_media_type");
    signed(&app, "generic", "application/json", "no JSON").await.fails(400, "malformed_request");
    told(&app, json!({"email": ada.email})).await.fails(422, "validation_failed").error_at("/type");
    let wrong = json!({"type": "lost", "email": "ada.rossi@example.org\r\nBcc: eve@example.org", "colour": "red"});
    assert_eq!(told(&app, wrong).await.fails(422, "validation_failed").pointers(), ["/colour", "/email", "/type"]);
    let no_id = json!({"type": "complaint", "message_id": " ", "email": ada.email});
    told(&app, no_id).await.fails(422, "validation_failed").error_at("/message_id");

    // What the mail returns may be as deep as it likes, and an address that is none is nobody's.
    let deep = postfix(&id, "ada.rossi@example.org, eve@example.org", "failed", "5.1.1")
        .replace("\r\n\r\nHello\r\n", &format!("\r\n\r\n{nested}"));
    signed(&app, "dsn", MAIL, &deep).await.ok(202);
    assert!(suppressed(&app).await.is_empty());
    // One recipient who is none keeps nobody from the others.
    let first = "Final-Recipient: rfc822; \u{fffd}@@\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n";
    let two = postfix(&id, &ada.email, "failed", "5.1.1").replace("Final-Recipient", &format!("{first}Final-Recipient"));
    signed(&app, "dsn", MAIL, &two).await.ok(202);
    assert_eq!(suppressed(&app).await, [(ada.email.clone(), "bounced".to_owned())]);
}

#[rstest]
#[tokio::test]
async fn a_mail_server_on_the_same_machine_hands_bounces_to_a_command(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.add(&event, &person("Ada Rossi")).await;
    let id = app.mail_about(&event, &ada.email, "confirmed").await.message_id;
    for (input, code) in
        [("Hello".to_owned(), 65), (String::new(), 65), (postfix(&id, &ada.email, "failed", "5.1.1") + &"x".repeat(300 * 1024), 65)]
    {
        let ran = app.run_fed(&["bounce"], input.as_bytes()).await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{}", ran.stderr);
    }
    // An alias gets the mail with a line of the mail server's before it.
    let report = format!("From MAILER-DAEMON  Mon May  6 07:00:00 2030\n{}", postfix(&id, &ada.email, "failed", "5.1.1"));
    let ran = app.run_fed(&["bounce"], report.as_bytes()).await;
    assert_eq!((ran.code, ran.stdout.trim()), (Some(0), r#"{"notices":1}"#), "{}", ran.stderr);
    assert_eq!(suppressed(&app).await, [(ada.email.clone(), "bounced".to_owned())]);
    let unknown = app.run_fed(&["bounce"], postfix("nobody@sent.example", &ada.email, "failed", "5.1.1").as_bytes()).await;
    assert_eq!(unknown.code, Some(0), "{}", unknown.stderr);
}
