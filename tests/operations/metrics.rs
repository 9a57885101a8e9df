//! What `/metrics` tells whoever watches the server.

use crate::support::*;

/// The value of the line that begins so.
#[track_caller]
fn value(metrics: &str, line: &str) -> f64 {
    let found = metrics.lines().find_map(|one| one.strip_prefix(line)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("no {line} in\n{metrics}"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_of_requests_mails_and_the_process(#[values(Sqlite, Postgres)] database: Database) {
    let relay = Sink::start().await;
    let app = TestApp::with(Setup::default().relay(&relay), database).await;
    let event = app.event("may").await;
    app.register(&event, &person("Nora Neri")).await.ok(202);
    app.add_many(&event, 3).await;
    app.run_due().await;
    app.get("/events/never_planned").await.fails(404, "not_found");
    app.visitor().get("/in/a-secret-token").await;
    relay.judge(|_, _| Reply::Later);
    app.add(&event, &person("Zoe Reader")).await;
    let mut metrics = shown(&app).await;
    while !metrics.contains("convivio_outbox_mails{state=\"retry\"} 1") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        metrics = shown(&app).await;
    }
    let requests = "convivio_http_requests_total{method=\"GET\",route=\"/api/v1/organizers/{organizer}/events/{event}\",status=\"404\"}";
    assert!(value(&metrics, requests) >= 1.0);
    let duration = "convivio_http_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/organizers/{organizer}/events\"}";
    assert!(value(&metrics, duration) >= 1.0);
    assert!(!metrics.contains("never_planned") && !metrics.contains("a-secret-token"), "{metrics}");
    assert_eq!(value(&metrics, "convivio_mails_total{kind=\"confirmed\",outcome=\"sent\"}"), 3.0);
    assert_eq!(value(&metrics, "convivio_mails_total{kind=\"confirm\",outcome=\"sent\"}"), 1.0);
    assert_eq!(value(&metrics, "convivio_mail_tries_total{kind=\"confirmed\"}"), 4.0);
    assert_eq!(value(&metrics, "convivio_outbox_mails{state=\"retry\"}"), 1.0);
    assert_eq!(value(&metrics, "convivio_outbox_leases"), 0.0);
    assert!(value(&metrics, "convivio_outbox_oldest_due_seconds") >= 0.0);
    assert_eq!(value(&metrics, "convivio_jobs{state=\"queued\"}"), 0.0);
    assert_eq!(value(&metrics, "convivio_database_up"), 1.0);
    assert_eq!(value(&metrics, "convivio_sending_held"), 0.0);
    assert!(value(&metrics, "process_resident_memory_bytes") > 1e6);
    let connections = ["in_use", "idle"].map(|state| value(&metrics, &format!("convivio_database_connections{{state=\"{state}\"}}")));
    assert!(connections[0] + connections[1] >= 2.0);

    // An hour later by the application's clock the same mail is an hour late.
    app.clock_advance(3600).await;
    assert!(value(&shown(&app).await, "convivio_outbox_oldest_due_seconds") >= 3600.0);
}

async fn shown(app: &TestApp) -> String {
    app.visitor().get("/metrics").await.ok_page()
}

#[tokio::test]
async fn metrics_can_be_kept_for_those_with_a_token() {
    let app = TestApp::with(Setup::default().env("CONVIVIO_METRICS_TOKEN", "a token for the scraper"), Sqlite).await;
    app.visitor().get("/metrics").await.fails(401, "unauthenticated");
    app.visitor().with_token("another token").get("/metrics").await.fails(401, "unauthenticated");
    app.visitor().with_token("a token for the scraper").get("/metrics").await.ok_page();
}
