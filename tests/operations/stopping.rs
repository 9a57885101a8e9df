//! The end of the process, when it is asked for.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::support::*;

/// What one of many clients saw until it was told to go elsewhere.
#[derive(Default)]
struct Seen {
    accepted: Vec<String>,
    unanswered: usize,
}

/// Registers people, one after the other, until an answer says that this server is leaving.
async fn registers_until_told_to_leave(owner: Caller, path: String, client: usize) -> Seen {
    let mut seen = Seen::default();
    for n in 0.. {
        let email = format!("client{client}.number{n}@example.org");
        let form = filled(person("Ada Arena"), json!({"email": email, "email_confirmed": true}));
        match owner.post(&path, form).attempt().await {
            None => seen.unanswered += 1,
            Some(answer) => {
                answer.ok(201);
                seen.accepted.push(email);
                if answer.header("connection") != Some("close") {
                    continue;
                }
            }
        }
        break;
    }
    seen
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn o1_under_load_every_request_is_answered_and_every_mail_leaves_once(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let mut app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    let path = event.at("/registrations");
    let clients: Vec<_> = (0..8).map(|client| tokio::spawn(registers_until_told_to_leave((*app).clone(), path.clone(), client))).collect();
    eventually("the load", || (relay.mails().kind("confirmed").len() >= 20).then_some(())).await;
    let visitor = app.visitor();
    let watching = tokio::spawn(async move {
        loop {
            match visitor.get("/readyz").attempt().await {
                Some(answer) if answer.status == 200 => tokio::time::sleep(Duration::from_millis(20)).await,
                last => return last.map(|answer| answer.status),
            }
        }
    });
    let asked = Instant::now();
    assert_eq!(app.terminate().await.code(), Some(0), "{}", app.log());
    assert!(asked.elapsed() < Duration::from_secs(30), "it took {:?}", asked.elapsed());
    assert_eq!(watching.await.unwrap(), Some(503), "readiness goes before the connections do");
    let mut accepted = BTreeSet::new();
    for client in clients {
        let seen = client.await.unwrap();
        assert_eq!(seen.unanswered, 0, "{}", app.log());
        accepted.extend(seen.accepted);
    }
    app.start_again().await;
    app.run_due().await;
    let kept = app.all(&event.at("/registrations?limit=100")).await;
    let kept: BTreeSet<_> = kept.iter().filter_map(|one| one["email"].as_str().map(str::to_owned)).collect();
    assert_eq!(kept, accepted);
    let mailed: Vec<_> = relay.received().into_iter().map(|mail| mail.recipient).collect();
    assert_eq!(mailed.len(), accepted.len(), "everybody once");
    assert_eq!(mailed.into_iter().collect::<BTreeSet<_>>(), accepted);
}

#[rstest]
#[tokio::test]
async fn o1_a_process_that_is_stopped_as_it_starts_ends_in_order(#[values(Sqlite, Postgres)] database: Database) {
    let mut app = TestApp::start(database).await;
    for _ in 0..3 {
        assert_eq!(app.terminate().await.code(), Some(0), "{}", app.log());
        app.start_again().await;
    }
}
