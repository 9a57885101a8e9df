//! `Idempotency-Key` on every POST of the API: a request that is sent again is answered again, and done once.
//!
//! The key is taken before the handler runs and holds its answer afterwards. Between the handler's commit and the keeping of the answer lies a
//! moment in which the process may die; the key comes back with its lease then, and the request is tried anew, by the handler's own rules. See
//! `docs/architecture.md`.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpResponse, ResponseError as _, web};
use chrono::TimeDelta;
use convivio_db::idempotency::{self, Answer, Claim, Found, Sender};
use futures_util::FutureExt as _;
use serde_json::Value;

use super::auth::{Attendee, SignedIn};
use super::problem::ApiError;
use super::{receiving, request_id};
use crate::app::App;

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// Fields of an answer that hold a secret, which is told once.
const SECRETS: [&str; 3] = ["token", "secret", "feed_url"];

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Lies inside the authentication of each surface, around every operation with a POST.
pub async fn middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().expect("the application is given to every server").clone();
    if request.method() != Method::POST || !request.headers().contains_key(KEY) || app.fault("idempotency_off") {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let found = match take(&app, &mut request).await {
        Ok(found) => found,
        Err(err) => return Ok(request.into_response(err.error_response()).map_into_right_body()),
    };
    let claim = match found {
        Found::Free(claim) => claim,
        Found::Answered(answer) => return Ok(request.into_response(again(answer)).map_into_right_body()),
        Found::Another => return Ok(request.into_response(ApiError::IdempotencyMismatch.error_response()).map_into_right_body()),
        Found::InProgress => return Ok(request.into_response(ApiError::IdempotencyInProgress.error_response()).map_into_right_body()),
    };
    // A task of its own: the client may go away, as those do who send a request again, and what has begun is finished and kept all the same.
    let work = request_id::within(request_id::current(), answer_and_keep(app, claim, request, next));
    match actix_web::rt::spawn(work).await {
        Ok(response) => Ok(response?.map_into_right_body()),
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(ApiError::Unavailable.into()),
        },
    }
}

/// Reads the request and takes its key. The request is left as it was.
async fn take(app: &App, request: &mut ServiceRequest) -> Result<Found, ApiError> {
    let key = key_of(request.headers())?;
    let sizes = app.config.receiving;
    let limit = if request.path().ends_with("/import") { sizes.largest_import() } else { sizes.largest_body() };
    let mut payload = request.take_payload();
    let body = receiving::read(request.request(), &mut payload, limit).await?;
    request.set_payload(Payload::from(body.clone()));
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let method = request.method().as_str();
    let hash = app.keys.digest("idempotent request", &[method.as_bytes(), address.as_bytes(), &body]);
    let id = app.keys.digest("idempotency key", &[principal(app, request).as_str(), &key]);
    let now = app.clock.now();
    Ok(idempotency::take(&app.db.central(), &id, sender(request), &hash, now, now - KEPT, lease(app)).await?)
}

fn key_of(headers: &HeaderMap) -> Result<String, ApiError> {
    let wrong = || ApiError::Malformed("Idempotency-Key must be 1 to 255 visible ASCII characters".to_owned());
    let mut given = headers.get_all(KEY);
    let (Some(key), None) = (given.next(), given.next()) else { return Err(wrong()) };
    let is_plain = (1..=255).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    if is_plain { key.to_str().map(str::to_owned).map_err(|_| wrong()) } else { Err(wrong()) }
}

/// Whose key it is: the token's, or where there is none, that of the organizer and the address.
fn principal(app: &App, request: &ServiceRequest) -> String {
    if let Some(member) = request.extensions().get::<SignedIn>() {
        return format!("token {}", member.token.id);
    }
    if let Some(attendee) = request.extensions().get::<Attendee>() {
        return format!("attendee {}", attendee.registration.id);
    }
    let organizer = request.match_info().get("organizer").unwrap_or_default();
    format!("anybody {organizer} {}", app.limits.address_of(request.request()))
}

/// Of whom the answer is kept: who is erased leaves none.
fn sender(request: &ServiceRequest) -> Sender {
    let extensions = request.extensions();
    if let Some(member) = extensions.get::<SignedIn>() {
        return Sender { organizer: Some(member.organizer.id), person: None };
    }
    let of = |attendee: &Attendee| Sender { organizer: Some(attendee.person.organizer_id), person: Some(attendee.person.id) };
    extensions.get::<Attendee>().map(of).unwrap_or_default()
}

/// The handler's answer, kept under the key before it leaves; or the key given back.
async fn answer_and_keep(
    app: web::Data<App>,
    claim: Claim,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answering = AssertUnwindSafe(next.call(request)).catch_unwind();
    let answered = tokio::select! {
        answered = answering => answered,
        never = hold(&app, &claim) => match never {},
    };
    let response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(err)) => {
            give_back(&app, &claim).await;
            return Err(err);
        }
        Err(panic) => {
            give_back(&app, &claim).await;
            resume_unwind(panic);
        }
    };
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body).await else {
        give_back(&app, &claim).await;
        return Err(ApiError::Internal(anyhow::anyhow!("an answer broke off")).into());
    };
    if app.fault("die_before_keeping") {
        std::process::abort();
    }
    if is_kept(head.status()) {
        keep(&app, &claim, &head, &body).await;
    } else {
        give_back(&app, &claim).await;
    }
    Ok(ServiceResponse::new(request, head.set_body(body).map_into_boxed_body()))
}

/// What may be different the next time is not kept. Neither is what `If-Match` was refused for: the header is no part of what makes a request the same.
fn is_kept(status: StatusCode) -> bool {
    use StatusCode as S;
    !status.is_server_error() && ![S::CONFLICT, S::PRECONDITION_FAILED, S::PRECONDITION_REQUIRED, S::TOO_MANY_REQUESTS].contains(&status)
}

async fn keep(app: &App, claim: &Claim, head: &HttpResponse<()>, body: &[u8]) {
    let text = |name: HeaderName| head.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let answer = Answer {
        status: head.status().as_u16().into(),
        content_type: text(header::CONTENT_TYPE),
        location: text(header::LOCATION),
        etag: text(header::ETAG),
        body: without_secrets(body),
    };
    if let Err(err) = idempotency::answer(&app.db.central(), claim, answer).await {
        // It was done, and the client is told. Should it ask again, the handler's own rules have the word.
        tracing::error!("an answer could not be kept under its key: {err}");
    }
}

fn without_secrets(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).into_owned();
    let Ok(Value::Object(mut object)) = serde_json::from_str(&text) else { return text };
    let mut told = false;
    for field in SECRETS {
        if let Some(secret) = object.get_mut(field) {
            *secret = Value::Null;
            told = true;
        }
    }
    // Byte for byte the same, where nothing had to be taken out.
    if told { Value::Object(object).to_string() } else { text }
}

async fn give_back(app: &App, claim: &Claim) {
    if let Err(err) = idempotency::give_back(&app.db.central(), claim).await {
        tracing::warn!("a key could not be given back, and is free when its lease ends: {err}");
    }
}

async fn hold(app: &App, claim: &Claim) -> std::convert::Infallible {
    let beat = lease(app).to_std().unwrap_or(Duration::from_secs(60)) / 3;
    loop {
        tokio::time::sleep(beat).await;
        if let Err(err) = idempotency::extend_lease(&app.db.central(), claim, lease(app)).await {
            tracing::warn!("a key could not be held on to: {err}");
        }
    }
}

/// How long a key is held without a sign of life; a request that takes longer says so three times in this time.
fn lease(app: &App) -> TimeDelta {
    TimeDelta::seconds(app.config.lease_seconds.into())
}

/// What was answered the first time.
fn again(answer: Answer) -> HttpResponse {
    let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = HttpResponse::build(status.unwrap_or(StatusCode::OK));
    response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    let headers = [(header::CONTENT_TYPE, answer.content_type), (header::LOCATION, answer.location), (header::ETAG, answer.etag)];
    for (name, value) in headers {
        if let Some(value) = value {
            response.insert_header((name, value));
        }
    }
    response.body(answer.body)
}
