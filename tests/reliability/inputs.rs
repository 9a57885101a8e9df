//! Inputs nobody would think of, invented from the API's document by schemathesis.

use std::process::{Command, Output};

use crate::support::*;

const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance";

/// Invents inputs for these operations, with this header if there is one. The event `may` is there with all that belongs to one.
fn invent(app: &TestApp, header: Option<&str>, operations: &[&str]) -> Output {
    let tool = std::env::var("CONVIVIO_SCHEMATHESIS").expect("this test needs schemathesis: run it through tests/run, which installs it");
    let examples = std::env::var("CONVIVIO_FUZZ_EXAMPLES").unwrap_or_else(|_| "3".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("[parameters]\norganizer = \"{}\"\nevent = \"may\"\nphase = \"before\"\nlocale = \"en\"\n", app.organizer());
    std::fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
    let mut command = Command::new(tool);
    command.current_dir(folder.path()).args(["run", &format!("http://{}/openapi.json", app.address())]);
    command.args(["--url", &format!("http://{}", app.address()), "-n", &examples, "--seed", "1", "--continue-on-failure"]);
    command.args(["--checks", CHECKS, "--no-color"]).args(operations);
    if let Some(header) = header {
        command.args(["-H", header]);
    }
    command.output().expect("schemathesis starts")
}

/// What may end the run's own token, by its name in the document: tried last, on its own.
const LAST: [&str; 2] = ["session_end", "tokens_remove"];

/// Who asks: the handlers behind are the same on both databases, so each kind of caller is tried where their statements matter most.
#[derive(Clone, Copy, Debug)]
enum Who {
    Owner,
    Attendee,
    Nobody,
}

#[rstest]
#[case::owner(Who::Owner, Sqlite)]
#[case::owner(Who::Owner, Postgres)]
#[case::attendee(Who::Attendee, Postgres)]
#[case::nobody(Who::Nobody, Sqlite)]
#[tokio::test(flavor = "multi_thread")]
async fn s2_no_input_makes_the_api_fail_or_say_what_its_document_does_not(#[case] who: Who, #[case] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 5).await;
    let token = match who {
        Who::Owner => Some(app.post("/tokens", json!({"role": "owner"})).await.ok(201)["token"].as_str().unwrap().to_owned()),
        Who::Attendee => Some(app.mail_about(&event, &guests[0].email, "confirmed").await.token("in")),
        Who::Nobody => None,
    };
    let header = token.map(|token| format!("Authorization: Bearer {token}"));
    for how in ["--exclude-operation-id", "--include-operation-id"] {
        let ran = invent(&app, header.as_deref(), &LAST.map(|operation| [how, operation]).concat());
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
        assert!(said.contains("generated"), "nothing was tried: {said}");
    }
    // Whatever became of the tokens there were, a new one opens the door.
    let created = app.run(&["token", "create", "--organizer", app.organizer(), "--role", "owner"]).await;
    let created: Value = serde_json::from_str(&created.stdout).unwrap_or_else(|_| panic!("{}", created.stderr));
    app.with_token(created["token"].as_str().unwrap()).get("/events").await.ok(200);
}
