//! What was acknowledged is kept, whatever happens to the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;

use crate::support::*;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn o5_what_was_acknowledged_is_there_after_a_kill(#[values(Sqlite, Postgres)] database: Database) {
    // As it comes, where other tests do without waiting for the disk.
    let mut app = TestApp::with(Setup::default().env("CONVIVIO_SQLITE_SYNCHRONOUS", "full"), database).await;
    let event = app.event_with("may", json!({"capacity": null})).await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let answered = Arc::new(AtomicUsize::new(0));
        let crowd = (0..8).map(|lane| {
            let (caller, path, answered) = (Caller::clone(&app), event.at("/registrations"), answered.clone());
            async move {
                let mut codes = Vec::new();
                // Until the process is gone.
                for n in 0.. {
                    let unique = json!({"email": format!("p{round}.{lane}.{n}@example.org"), "email_confirmed": true});
                    let Some(answer) = caller.post(&path, filled(nth_person(n), unique)).attempt().await else { break };
                    codes.push(answer.ok(201)["code"].as_str().unwrap().to_owned());
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                codes
            }
        });
        let crowd = tokio::spawn(join_all(crowd.collect::<Vec<_>>()));
        eventually("a crowd in full swing", || (answered.load(Ordering::Relaxed) >= 40).then_some(())).await;
        app.kill();
        acknowledged.extend(crowd.await.unwrap().into_iter().flatten());
        app.start_again().await;
    }
    assert!(acknowledged.len() >= 120, "only {} were acknowledged", acknowledged.len());
    let kept = app.all(&event.at("/registrations")).await;
    let codes: Vec<&str> = kept.iter().map(|row| row["code"].as_str().unwrap()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|code| !codes.contains(&code.as_str())).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let taken = app.get(&event.at("")).await.ok(200)["seats"]["taken"].as_u64().unwrap();
    assert_eq!(taken, kept.len() as u64, "the counter and the rows are written together");
}
