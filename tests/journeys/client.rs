//! The client in Python, which knows the API from its pages alone.

use std::process::Command;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_client_in_another_language_plays_a_whole_evening(#[values(Sqlite, Postgres)] database: Database) {
    const EVENING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/client/evening.py");
    let app = TestApp::start(database).await;
    let (url, token) = app.address_and_token();
    let mut evening = Command::new("python3");
    evening.args(["-B", EVENING, "--url", &url, "--organizer", app.organizer(), "--token", &token, "--mail"]).arg(app.mail_folder());
    let played = evening.output().expect("python3 is installed");
    let (said, complaint) = (String::from_utf8_lossy(&played.stdout), String::from_utf8_lossy(&played.stderr));
    assert!(played.status.success(), "{said}{complaint}");
}
