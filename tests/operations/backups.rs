//! Backups: made while the server works, put back, and quiet until somebody says so.

use crate::support::*;

/// A folder for backups, and a file in it that is not there yet.
fn a_file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup").display().to_string();
    (folder, file)
}

/// Twenty people who are told the day before how they will meet: a backup from before, and the database put back to it afterwards.
async fn told_and_put_back(setup: Setup, database: Database, relay: &Sink) -> TestApp {
    let (_folder, file) = a_file();
    let mut app = TestApp::with(setup.relay(relay), database).await;
    let event = app.event("may").await;
    app.add_many(&event, 20).await;
    eventually("the confirmations", || (relay.mails().kind("confirmed").len() == 20).then_some(())).await;
    app.clock_to(DAY_BEFORE).await;
    let made = app.run(&["backup", &file]).await;
    assert!(made.succeeded, "{}", made.stderr);
    let made: Value = serde_json::from_str(&made.stdout).expect("only JSON is on stdout");
    assert_eq!(made["file"], json!(file));

    app.add(&event, &person("Zoe Reader")).await;
    app.run_due().await;
    assert_eq!(relay.mails().kind("A1").len(), 21);
    app.kill();
    let refused = app.run(&["restore", &file]).await;
    assert!(!refused.succeeded && refused.stderr.contains("not empty"), "{}", refused.stderr);
    let restored = app.run(&["restore", &file, "--force"]).await;
    assert!(restored.succeeded, "{}", restored.stderr);
    assert!(restored.stderr.contains("resume-sending"), "{}", restored.stderr);
    app.start_again().await;
    assert_eq!(app.all(&event.at("/registrations")).await.len(), 20, "as it was when the backup was made");
    app
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r21_a_restored_backup_sends_nothing_until_it_is_told_to(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let mut app = told_and_put_back(Setup::default(), database, &relay).await;
    let before = relay.mails().len();
    assert_eq!(app.run_due().await["sent"], 0);
    app.public().post("/login", json!({"email": "owner@tavola.example"})).await.ok(202);
    app.kill();
    app.start_again().await;
    app.run_due().await;
    assert_eq!(relay.mails().len(), before, "not even what somebody asks for");
    assert!(app.log().contains("NO MAIL IS SENT"), "{}", app.log());
    app.visitor().get("/readyz").await.ok(200);
    assert!(app.visitor().get("/metrics").await.text().contains("convivio_sending_held 1"));

    let resumed = app.run(&["resume-sending"]).await;
    assert!(resumed.succeeded, "{}", resumed.stderr);
    app.run_due().await;
    assert_eq!(relay.mails().len(), before + 21, "nothing is lost: twenty of the day before, and the sign-in");
    assert_eq!(relay.mails().kind("A1").len(), 41);
}

/// The control of the test above.
#[tokio::test(flavor = "multi_thread")]
async fn r21_control_without_the_mark_everything_is_sent_again() {
    let relay = Sink::start().await;
    let app = told_and_put_back(Setup::default().env("CONVIVIO_FAULT", "restore_mark_off"), Sqlite, &relay).await;
    app.run_due().await;
    assert_eq!(relay.mails().kind("A1").len(), 41);
}

#[tokio::test(flavor = "multi_thread")]
async fn o7_a_backup_under_load_is_whole_and_goes_into_an_empty_folder() {
    let (folder, file) = a_file();
    let app = TestApp::start(Sqlite).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    let backup = ["backup", file.as_str()];
    let (guests, made) = futures_util::join!(app.add_many(&event, 60), app.run(&backup));
    assert!(made.succeeded, "{}", made.stderr);
    assert_eq!(guests.len(), 60);
    let again = app.run(&backup).await;
    assert!(!again.succeeded && again.stderr.contains("exists already"), "{}", again.stderr);
    let serving = app.run(&["restore", &file, "--force"]).await;
    assert!(!serving.succeeded && serving.stderr.contains("another convivio"), "{}", serving.stderr);

    let elsewhere = folder.path().join("elsewhere").display().to_string();
    let settings = [("CONVIVIO_DATA", elsewhere.as_str())];
    let restored = run_with(&settings, &["restore", &file]).await;
    assert!(restored.succeeded, "{}", restored.stderr);
    let refused = run_with(&settings, &["restore", &file]).await;
    assert!(!refused.succeeded && refused.stderr.contains("not empty"), "{}", refused.stderr);
    let token = run_with(&settings, &["token", "create", "--organizer", "tavola", "--role", "owner"]).await;
    assert!(token.succeeded, "{}", token.stderr);
}

#[tokio::test]
async fn what_is_no_backup_is_not_put_in_place() {
    let (folder, file) = a_file();
    let app = TestApp::start(Sqlite).await;
    std::fs::write(&file, "half a file").unwrap();
    let elsewhere = folder.path().join("elsewhere").display().to_string();
    for wrong in [file.as_str(), "nowhere"] {
        let refused = run_with(&[("CONVIVIO_DATA", &elsewhere)], &["restore", wrong]).await;
        assert!(!refused.succeeded && refused.stderr.contains(wrong), "{}", refused.stderr);
    }
    let left: Vec<_> = std::fs::read_dir(&elsewhere).unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    assert!(left.iter().all(|name| name.ends_with("lock")), "{left:?}");
    let nothing = run_with(&[("CONVIVIO_DATA", &elsewhere)], &["backup", "new"]).await;
    assert!(!nothing.succeeded && nothing.stderr.contains("there is no database"), "{}", nothing.stderr);
    app.get("/events").await.ok(200);
}
