//! What `/metrics` tells, in the text format of Prometheus. Requests are told apart by the pattern of their path, never by the path: paths hold
//! tokens and names.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use convivio_db::message::Outcome;
use convivio_db::{job, message, sending};
use convivio_domain::words::{JobKind, JobState, MailKind, MessageState};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::http::{ApiError, Result, auth};

const DURATION: &str = "convivio_http_request_duration_seconds";
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// How often what was measured since is put into the buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// What is counted before the first look at this counts for nothing.
static RECORDED: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS);
    let handle = builder.expect("there are buckets").install_recorder().expect("nobody else counts in this process");
    describe();
    handle
});

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("convivio_http_requests_total", "Requests by method, route and status");
    describe_histogram!(DURATION, "How long answers took, by method and route");
    describe_gauge!("convivio_database_up", "1 when the database answered this look");
    describe_gauge!("convivio_database_connections", "Connections to the database, in use or idle");
    describe_gauge!("convivio_outbox_mails", "Mails that are open, dead or held, by state");
    describe_gauge!("convivio_outbox_oldest_due_seconds", "For how long the first open mail has been due");
    describe_gauge!("convivio_outbox_leases", "Mails in the hands of any worker");
    describe_gauge!("convivio_sending_held", "1 while a restored backup sends nothing");
    describe_counter!("convivio_mail_tries_total", "Mails given to the relay, by kind, whatever it said");
    describe_counter!("convivio_mails_total", "What became of tries in this process, by kind and outcome");
    describe_gauge!("convivio_jobs", "Jobs that are waiting or worked on, by state");
    describe_gauge!("convivio_jobs_oldest_seconds", "For how long the first open job has been there");
    describe_counter!("convivio_jobs_total", "Jobs that this process worked on, by kind and outcome");
    describe_gauge!("process_resident_memory_bytes", "Memory of this process");
    describe_gauge!("process_open_fds", "Open files and connections of this process");
}

/// Counts from here on, and keeps what was counted in order until the application stops.
pub async fn record(app: App) {
    loop {
        RECORDED.run_upkeep();
        tokio::select! {
            () = app.stopping.cancelled() => break,
            () = tokio::time::sleep(UPKEEP) => {}
        }
    }
}

/// One request was answered.
pub fn request(method: &Method, pattern: Option<&str>, status: StatusCode, took: Duration) {
    const KNOWN: [Method; 7] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    // Anybody may make methods up.
    let method = KNOWN.iter().find(|known| *known == method).map_or("other", Method::as_str).to_owned();
    let route = pattern.unwrap_or("none").to_owned();
    counter!("convivio_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
    histogram!(DURATION, "method" => method, "route" => route).record(took);
}

/// A mail goes to the relay.
pub fn mail_try(kind: MailKind) {
    counter!("convivio_mail_tries_total", "kind" => kind.to_string()).increment(1);
}

/// The relay has it, and that is written down.
pub fn mail_sent(kind: MailKind) {
    mail_ended(kind, MessageState::Sent.to_string());
}

/// What else became of it was written down.
pub fn mail(kind: MailKind, outcome: &Outcome) {
    mail_ended(
        kind,
        match outcome {
            Outcome::Retry { .. } => MessageState::Retry.to_string(),
            Outcome::Later { .. } => "later".to_owned(),
            Outcome::Ended { state, .. } => state.to_string(),
            Outcome::AddressRefused { .. } => MessageState::Dead.to_string(),
        },
    );
}

fn mail_ended(kind: MailKind, outcome: String) {
    counter!("convivio_mails_total", "kind" => kind.to_string(), "outcome" => outcome).increment(1);
}

pub fn job(kind: JobKind, outcome: &'static str) {
    counter!("convivio_jobs_total", "kind" => kind.to_string(), "outcome" => outcome).increment(1);
}

/// `GET /metrics`.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    if let Some(wanted) = &app.config.metrics_token {
        let shown = auth::token_of(&request).unwrap_or_default();
        if !bool::from(shown.as_bytes().ct_eq(wanted.expose_secret().as_bytes())) {
            return Err(ApiError::Unauthenticated);
        }
    }
    let up = look(&app).await.inspect_err(|err| tracing::warn!("the metrics lack what the database knows: {err}")).is_ok();
    gauge!("convivio_database_up").set(f64::from(u8::from(up)));
    let (open, idle) = app.db.connections();
    gauge!("convivio_database_connections", "state" => "in_use").set(float(open.saturating_sub(idle)));
    gauge!("convivio_database_connections", "state" => "idle").set(float(idle));
    look_at_process();
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(RECORDED.render()))
}

/// What stands in the database, of all instances.
async fn look(app: &App) -> convivio_db::Result<()> {
    let (central, now) = (app.db.central(), app.clock.now());
    let mails = message::unsent_by_state(&central).await?;
    for state in [MessageState::Pending, MessageState::Retry, MessageState::Claimed, MessageState::Dead, MessageState::Held] {
        let count = mails.iter().find(|(found, ..)| *found == state).map_or(0, |(_, count, _)| *count);
        gauge!("convivio_outbox_mails", "state" => state.to_string()).set(float(count));
        if state == MessageState::Claimed {
            gauge!("convivio_outbox_leases").set(float(count));
        }
    }
    let open = mails.iter().filter(|(state, ..)| !matches!(state, MessageState::Dead | MessageState::Held));
    gauge!("convivio_outbox_oldest_due_seconds").set(age(open.filter_map(|(.., due)| *due).min(), now));
    let jobs = job::open_by_state(&central).await?;
    for state in [JobState::Queued, JobState::Running] {
        let count = jobs.iter().find(|(found, ..)| *found == state).map_or(0, |(_, count, _)| *count);
        gauge!("convivio_jobs", "state" => state.to_string()).set(float(count));
    }
    gauge!("convivio_jobs_oldest_seconds").set(age(jobs.iter().filter_map(|(.., since)| *since).min(), now));
    gauge!("convivio_sending_held").set(f64::from(u8::from(sending::held_since(&central).await?.is_some())));
    Ok(())
}

/// How long ago; what is due later is not late.
fn age(first: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    first.and_then(|first| (now - first).to_std().ok()).unwrap_or_default().as_secs_f64()
}

/// Where Linux tells; elsewhere these are not there.
fn look_at_process() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u32>().ok());
    if let Some(kilobytes) = resident {
        gauge!("process_resident_memory_bytes").set(f64::from(kilobytes) * 1024.0);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(float(open.count()));
    }
}

fn float(count: impl TryInto<u32>) -> f64 {
    f64::from(count.try_into().unwrap_or(u32::MAX))
}
