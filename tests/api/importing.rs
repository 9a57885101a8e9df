//! Registrations from a table, and back into one.

use std::io::Cursor;

use calamine::{Reader, Xlsx};

use crate::support::http::Request;
use crate::support::*;

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn import(app: &TestApp, event: &Event, query: &str, body: impl Into<Vec<u8>>) -> Request {
    let path = event.at(&format!("/registrations/import{query}"));
    app.request(reqwest::Method::POST, &path).body(CSV, body.into())
}

/// An Excel file with these rows.
fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*row) {
            sheet.write(at, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

const ITALIAN: &str = "\u{feff}Nome;Cognome;E-mail;Passioni;Offre;Lingue;Follow-up;Scarpe\r\n\
    Ada;Arena;ada@example.org;Arrampicata (3)|radio d’epoca;\"contabilità|una; due\";Italiano, en;sì;37\r\n\
    \r\n\
    Bruno;Bassi;bruno@example.org;climbing; ; ;no;42\r\n";

#[rstest]
#[tokio::test]
async fn a_table_is_tried_and_then_registered(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 1})).await;
    let tried = import(&app, &event, "?dry_run=true", ITALIAN).await.ok(200);
    assert_eq!((&tried["rows"], &tried["registered"], &tried["errors"]), (&json!(2), &json!(2), &json!([])));
    assert_eq!(tried["ignored_columns"], json!(["Scarpe"]));
    assert!(app.all(&event.at("/registrations")).await.is_empty(), "trying writes nothing");

    let done = import(&app, &event, "?email_confirmed=true", ITALIAN).await.ok(200);
    assert_eq!((&done["confirmed"], &done["waitlisted"], &done["pending"]), (&json!(1), &json!(1), &json!(0)));
    let all = app.all(&event.at("/registrations")).await;
    let ada = all.iter().find(|one| one["email"] == "ada@example.org").unwrap();
    assert_eq!((&ada["name"], &ada["state"], &ada["languages"]), (&json!("Ada Arena"), &json!("confirmed"), &json!(["it", "en"])));
    assert_eq!(ada["passions"][0], json!({"passion": "climbing", "level": 3}));
    assert_eq!((&ada["offers"], &ada["consents"]["follow_up"]), (&json!(["contabilità", "una", "due"]), &json!(true)));
    let bruno = all.iter().find(|one| one["email"] == "bruno@example.org").unwrap();
    assert_eq!((&bruno["state"], &bruno["position"]), (&json!("waitlisted"), &json!(1)));
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"], json!({"taken": 1, "left": 0, "waitlisted": 1}));
    app.mail_about(&event, "ada@example.org", "confirmed").await;
    app.mail_about(&event, "bruno@example.org", "waitlisted").await;
    let me = app.me(&app.mail_about(&event, "ada@example.org", "confirmed").await.token("in"));
    assert_eq!(me.get("/profile").await.ok(200)["passions"][0]["passion"], "climbing");

    // Again: everybody is there, and left as they are.
    let again = import(&app, &event, "?email_confirmed=true", ITALIAN).await.ok(200);
    assert_eq!(again["registered"], 0);
    assert_eq!(again["already_registered"], json!([{"row": 2, "code": ada["code"]}, {"row": 4, "code": bruno["code"]}]));
}

#[rstest]
#[tokio::test]
async fn imported_people_confirm_their_address_unless_it_is_known(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let gone = app.let_expire(&event, &person("Gone Galli")).await;
    let rows: &[&[&str]] = &[
        &["E-mail", "Name", "Passions", "Confirmed"],
        &["ada@example.org", "Ada Arena", "climbing", ""],
        &["bo@example.org", "Bo Bassi", "climbing", "yes"],
        &["gone.galli@example.org", "Gone Galli", "climbing", "x"],
    ];
    let done = app.request(reqwest::Method::POST, &event.at("/registrations/import")).body(XLSX, book(rows)).await.ok(200);
    assert_eq!((&done["confirmed"], &done["pending"]), (&json!(2), &json!(1)));
    assert_eq!(app.state_of(&event, &gone.code).await, "confirmed", "who was gone is back under the same code");
    let token = app.mail_about(&event, "ada@example.org", "confirm").await.token("confirm");
    assert_eq!(app.confirm(&token).await.ok(200)["state"], "confirmed");
    app.mail_about(&event, "bo@example.org", "confirmed").await;
}

#[rstest]
#[tokio::test]
async fn a_wrong_row_is_named_and_then_nobody_is_registered(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let options = json!([{"code": "vegan", "label": {"en": "Vegan", "it": "Vegano"}}]);
    let diet = json!({"code": "diet", "label": {"it": "Cosa mangi?"}, "kind": "choice", "required": true, "options": options});
    app.post(&event.at("/questions"), diet).await.ok(201);
    let table = "email,name,passions,Cosa mangi?\n\
        ada@example.org,Ada Arena,climbing,Vegano\n\
        nobody,,x (7),meat\n\
        ADA@example.org,Ada Again,climbing,vegan\n\
        bo@example.org,Bo Bassi,climbing,\n";
    let tried = import(&app, &event, "?dry_run=true", table).await.ok(200);
    let mut wrong: Vec<String> = tried["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["row"], one["field"], one["code"]).replace('"', ""))
        .collect();
    wrong.sort();
    assert_eq!(
        wrong,
        ["3 email email_invalid", "3 name required", "3 passions/0/level out_of_range", "4 email repeated", "5 answers/diet required"]
    );
    assert_eq!((&tried["rows"], &tried["registered"]), (&json!(4), &json!(1)));
    let refused = import(&app, &event, "", table).await.fails(422, "validation_failed");
    refused.error_at("/rows/3/email").error_at("/rows/5/answers/diet");
    assert!(app.all(&event.at("/registrations")).await.is_empty());
    assert!(app.mails().is_empty());

    let headless = import(&app, &event, "?dry_run=true", "who,what\na,b\n").await.ok(200);
    assert_eq!(each(&headless["errors"], "field"), ["email", "name", "passions"]);
    import(&app, &event, "", vec![0xff, 0xfe, 0x00]).await.fails(400, "malformed_request");
    import(&app, &event, "", "PK\u{3}\u{4} nothing").await.fails(400, "malformed_request");
    app.post(&event.at("/registrations/import"), json!({})).await.fails(415, "unsupported_media_type");
    import(&app, &event, "?colour=red", table).await.fails(400, "malformed_request");
    let viewer = app.as_role("viewer").await;
    viewer.request(reqwest::Method::POST, &event.at("/registrations/import")).body(CSV, table).await.fails(403, "forbidden");
    let many = format!("email,name,passions\n{}", "a@example.org,A,jazz\n".repeat(10_001));
    import(&app, &event, "", many).await.fails(422, "validation_failed").error_at("/rows");
    import(&app, &event, "", "x".repeat(5 * 1024 * 1024 + 1)).await.fails(413, "body_too_large");
}

/// Cells that a spreadsheet would run.
const HOSTILE: [&str; 5] = ["=1+1", "+39 06 555", "-2", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")"];

#[rstest]
#[tokio::test]
async fn s3_an_exported_cell_is_no_formula_and_comes_back_as_it_was(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    for (n, cell) in HOSTILE.into_iter().enumerate() {
        let passions = json!([{"text": "radio d’epoca", "level": 1}, {"passion": "climbing", "level": 3}]);
        let said = json!({"working_on": cell, "headline": cell, "intention": format!("{cell}\n\"two\""), "passions": passions, "answers": {cell: cell}});
        app.register_confirmed(&event, &filled(nth_person(n), said)).await;
    }
    let export = async |format: &str| app.get(&event.at(&format!("/registrations/export?format={format}"))).await;
    let csv = export("csv").await.ok_page();
    let table = export("xlsx").await;
    assert_eq!((table.status, table.header("content-type")), (200, Some(XLSX)));
    let mut book = Xlsx::new(Cursor::new(table.bytes().to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cells: Vec<String> = sheet.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    for cell in HOSTILE {
        for before in [",", ",\"", "\n", "\n\""] {
            assert!(!csv.contains(&format!("{before}{}", cell.replace('"', "\"\""))), "{cell} would be run:\n{csv}");
        }
        assert!(cells.contains(&format!("'{cell}")) && !cells.iter().any(|one| one == cell), "{cells:?}");
    }

    let everybody = app.all(&event.at("/registrations")).await;
    let json = export("json").await.ok(200);
    assert_eq!(json, json!(everybody), "all of it, as the list has it");
    for (slug, body) in [("june", csv.into_bytes()), ("july", table.bytes().to_vec())] {
        let other = app.event(slug).await;
        import(&app, &other, "?email_confirmed=true", body).await.ok(200);
        let back = app.all(&other.at("/registrations")).await;
        assert_eq!(back.len(), HOSTILE.len());
        for one in &everybody {
            let same = back.iter().find(|other| other["email"] == one["email"]).unwrap();
            for field in ["name", "passions", "working_on", "headline", "intention", "answers", "consents", "locale"] {
                assert_eq!(same[field], one[field], "{field} of {slug}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn sr_47_an_address_leaves_only_with_its_owner_s_consent(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let agreed = app.register_confirmed(&event, &person("Ada Arena")).await;
    app.register_confirmed(&event, &filled(person("Bo Bassi"), json!({"consents": {"follow_up": false}}))).await;
    app.register(&event, &person("Cleo Pending")).await.ok(202);
    for format in ["csv", "json"] {
        let export = app.get(&event.at(&format!("/registrations/export?format={format}"))).await.ok_page();
        assert!(export.contains("Bo Bassi") && export.contains("Cleo Pending"), "everybody is there: {export}");
        assert!(export.contains(&agreed.email), "{export}");
        assert!(!export.contains("bo.bassi@") && !export.contains("cleo.pending@"), "{export}");
    }
    let waiting = app.get(&event.at("/registrations/export?format=json&state=pending_email")).await.ok(200);
    assert_eq!(each(&waiting, "name"), ["Cleo Pending"]);
    for format in ["csv", "json"] {
        let path = event.at(&format!("/registrations/export?format={format}"));
        app.as_role("checkin").await.get(&path).await.fails(403, "forbidden");
        let viewed = app.as_role("viewer").await.get(&path).await.ok_page();
        assert!(viewed.contains("Bo Bassi") && !viewed.contains('@'), "a viewer reads no address: {viewed}");
    }
    app.get(&event.at("/registrations/export?format=pdf")).await.fails(400, "malformed_request");
}

#[rstest]
#[tokio::test]
async fn a_thousand_rows_at_once_leave_the_others_time_to_write(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"capacity": 900})).await;
    let other = app.event("june").await;
    let rows: String = (0..1200).map(|n| format!("p{n}@example.org,Person {n},climbing;Passion {},yes\n", n % 7)).collect();
    let table = format!("email,name,passions,confirmed\n{rows}");
    let importing = import(&app, &event, "", table);
    let writing = async { app.add(&other, &person("Ada Arena")).await };
    let (done, _) = tokio::join!(async { importing.await.ok(200) }, writing);
    assert_eq!((&done["confirmed"], &done["waitlisted"]), (&json!(900), &json!(300)));
    let last = app.all(&event.at("/registrations?state=waitlisted")).await;
    let positions: Vec<_> = last.iter().map(|one| one["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=300).collect::<Vec<_>>());
    assert_eq!(app.get(&event.at("")).await.ok(200)["seats"], json!({"taken": 900, "left": 0, "waitlisted": 300}));
    let export = app.get(&event.at("/registrations/export?format=json")).await.ok(200);
    assert_eq!(export.as_array().unwrap().len(), 1200, "page by page, everybody");
}
