//! Inputs nobody would think of, invented from the API's document by schemathesis.

use std::process::{Command, Output};

use crate::support::*;

const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance";

/// Tries every operation, with this header if there is one. `event` is one whose fields and rows are there.
fn try_everything(app: &TestApp, header: Option<String>) -> Output {
    let tool = std::env::var("CONVIVIO_SCHEMATHESIS").expect("this test needs schemathesis: run it through tests/run, which installs it");
    let examples = std::env::var("CONVIVIO_FUZZ_EXAMPLES").unwrap_or_else(|_| "5".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("[parameters]\norganizer = \"{}\"\nevent = \"may\"\nphase = \"before\"\nlocale = \"en\"\n", app.organizer());
    std::fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
    let mut command = Command::new(tool);
    command.current_dir(folder.path()).args(["run", &format!("http://{}/openapi.json", app.address())]);
    command.args(["--url", &format!("http://{}", app.address()), "-n", &examples, "--seed", "1", "--continue-on-failure"]);
    command.args(["--checks", CHECKS, "--no-color"]);
    if let Some(header) = header {
        // What would end the run's own token is tried without one.
        for path in ["/session", "/organizers/{organizer}/tokens/{id}", "/organizers/{organizer}/members/{id}"] {
            command.args(["--exclude-path", &format!("/api/v1{path}")]);
        }
        command.args(["-H", &header]);
    }
    command.output().expect("schemathesis starts")
}

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
    let ran = try_everything(&app, token.map(|token| format!("Authorization: Bearer {token}")));
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("generated"), "nothing was tried: {said}");
    app.visitor().get("/readyz").await.ok(200);
}
