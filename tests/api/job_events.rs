//! Jobs as server-sent events.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

/// The jobs that the stream told of.
fn told(stream: &str) -> Vec<Value> {
    stream.lines().filter_map(|line| line.strip_prefix("data: ")).map(|data| serde_json::from_str(data).expect("a job")).collect()
}

#[rstest]
#[tokio::test]
async fn a_job_tells_how_far_it_is_and_how_it_ended(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 24).await;
    let job = app.post(&event.at("/plans"), json!({"seed": 7})).await;
    let path = format!("{}/events", job.location());
    let answer = app.get(&path).header("Accept-Encoding", "gzip").await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let told = told(&answer.ok_page());
    let last = told.last().expect("at least its end");
    assert_eq!(*last, app.get(&job.location()).await.ok(200));
    assert_eq!(last["state"], "succeeded");
    assert!(told[..told.len() - 1].iter().all(|job| job["state"] == "queued" || job["state"] == "running"), "{told:?}");

    // Over already, it says so at once. Of others' jobs nobody hears.
    assert_eq!(self::told(&app.get(&path).await.ok_page()), std::slice::from_ref(last));
    let unknown = format!("/jobs/{}/events", uuid::Uuid::now_v7());
    app.get(&unknown).await.fails(404, "not_found");
    app.other_organizer().get(&format!("/jobs/{}/events", last["id"].as_str().unwrap())).await.fails(404, "not_found");
}

/// Behind the compression of answers, and while the job goes on.
#[tokio::test]
async fn events_come_as_they_happen() {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "slow_gathering"), Sqlite).await;
    let event = app.event("may").await;
    app.add_many(&event, 8).await;
    let job = app.post(&event.at("/plans"), json!({"seed": 7})).await;
    let token = app.post("/tokens", json!({"role": "viewer"})).await.ok(201)["token"].as_str().unwrap().to_owned();
    let mut connection = TcpStream::connect(app.address()).await.unwrap();
    let head = format!(
        "GET {}/events HTTP/1.1\r\nHost: convivio.test\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: gzip, br\r\n\r\n",
        job.location()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut seen = String::new();
    while !seen.contains("data: {") {
        let mut some = [0; 4096];
        let read = tokio::time::timeout(std::time::Duration::from_secs(10), connection.read(&mut some)).await;
        let length = read.expect("events come at once").unwrap();
        assert!(length > 0, "it ended: {seen}");
        seen.push_str(&String::from_utf8_lossy(&some[..length]));
    }
    // Nothing has ended, and the first event is here.
    let state = app.get(&job.location()).await.ok(200)["state"].clone();
    assert!(state == "queued" || state == "running", "{state}");
}
