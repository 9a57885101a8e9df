//! Every address the server answers, by surface.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::web::{Data, PathConfig, ServiceConfig, delete, get, post, put, resource, scope};
use actix_web::{App as Actix, HttpRequest, HttpResponse, HttpServer, ResponseError, web};
use serde_json::json;

use crate::api::*;
use crate::app::App;
use crate::http::{ApiError, Result, auth, request_id};
use crate::pages;

/// The contract: `/api/v1`.
fn api(api: &mut ServiceConfig) {
    api.service(at("/public/login").route(post().to(session::request)))
        .service(at("/public/login/{token}").route(post().to(session::exchange)))
        .service(at("/whoami").route(get().to(session::whoami)))
        .service(at("/session").route(delete().to(session::end)))
        .service(at("/organizers").route(get().to(organizers::list)))
        .service(scope("/organizers/{organizer}").wrap(from_fn(auth::staff_only)).configure(staff))
        .service(scope("/public").configure(public))
        .service(scope("/me").wrap(from_fn(auth::attendees_only)).configure(attendee))
        .service(scope("/sandbox").wrap(from_fn(auth::staff_only)).configure(sandbox));
}

/// `/api/v1/organizers/{organizer}`: for members and programs of that organizer.
fn staff(staff: &mut ServiceConfig) {
    staff
        .service(at("").route(get().to(organizers::show)))
        .service(at("/tokens").route(get().to(tokens::list)).route(post().to(tokens::create)))
        .service(at("/tokens/{id}").route(delete().to(tokens::remove)))
        .service(at("/jobs/{id}").route(get().to(jobs::show)).route(delete().to(jobs::cancel)))
        .service(at("/events").route(get().to(events::list)).route(post().to(events::create)))
        .service(scope("/events/{event}").configure(event));
}

/// `/api/v1/organizers/{organizer}/events/{event}`
fn event(event: &mut ServiceConfig) {
    event
        .service(at("").route(get().to(events::show)).route(web::patch().to(events::update)))
        .service(at("/readiness").route(get().to(events::show_readiness)))
        .service(at("/publish").route(post().to(events::publish)))
        .service(at("/complete").route(post().to(events::complete)))
        .service(at("/registrations").route(get().to(registrations::list)).route(post().to(registrations::create)))
        .service(at("/registrations/{id}").route(get().to(registrations::show)))
        .service(at("/registrations/{id}/approve").route(post().to(registrations::approve)))
        .service(at("/rounds").route(get().to(rounds::show)).route(put().to(rounds::replace)))
        .service(at("/rounds/{id}/start").route(post().to(rounds::start)))
        .service(at("/rounds/{id}/finish").route(post().to(rounds::finish)))
        .service(at("/tables").route(get().to(tables::show)).route(put().to(tables::replace)))
        .service(at("/rules").route(get().to(rules::list)).route(post().to(rules::create)))
        .service(at("/rules/{id}").route(delete().to(rules::remove)))
        .service(at("/plans").route(get().to(plans::list)).route(post().to(plans::create)))
        .service(at("/plans/{id}").route(get().to(plans::show)))
        .service(at("/plans/{id}/publish").route(post().to(plans::publish)))
        .service(at("/plans/{id}/rosters").route(get().to(plans::rosters)))
        .service(at("/checkins").route(get().to(checkins::list)).route(post().to(checkins::create)))
        .service(at("/checkins/{id}/undo").route(post().to(checkins::undo)))
        .service(at("/messages").route(get().to(messages::list)))
        .service(at("/prompts").route(get().to(prompts::list)));
}

/// `/api/v1/public`: for anybody.
fn public(public: &mut ServiceConfig) {
    public
        .service(at("/passions").route(get().to(passions::suggest)))
        .service(at("/events/{organizer}/{event}").route(get().to(public::show)))
        .service(at("/events/{organizer}/{event}/registrations").route(post().to(public::register)))
        .service(at("/registrations/{token}/confirm").route(post().to(public::confirm)))
        .service(at("/unsubscribe/{token}").route(get().to(public::show_unsubscribe)).route(post().to(public::unsubscribe)));
}

/// `/api/v1/me`: for an attendee, by the link of a registration.
fn attendee(attendee: &mut ServiceConfig) {
    attendee
        .service(at("/profile").route(get().to(me::profile::show)).route(web::patch().to(me::profile::update)))
        .service(at("/registrations").route(get().to(me::registrations::list)))
        .service(at("/registrations/{code}/table").route(get().to(me::registrations::table)))
        .service(at("/registrations/{code}/guide").route(get().to(me::registrations::guide)))
        .service(at("/registrations/{code}/method_ack").route(post().to(me::registrations::acknowledge_method)))
        .service(at("/encounters").route(get().to(me::encounters::list)))
        .service(at("/prompts").route(get().to(me::prompts::list)))
        .service(at("/prompts/{id}/act").route(post().to(me::prompts::act)))
        .service(at("/prompts/{id}/skip").route(post().to(me::prompts::skip)));
}

/// `/api/v1/sandbox`: 404 outside of sandbox mode.
fn sandbox(routes: &mut ServiceConfig) {
    routes
        .service(at("/clock").route(get().to(sandbox::show_clock)).route(post().to(sandbox::move_clock)))
        .service(at("/run_due").route(post().to(sandbox::run_due)));
}

/// The pages behind the mails' links.
fn people(people: &mut ServiceConfig) {
    people
        .service(resource("/").route(get().to(pages::home)))
        .service(resource("/assets/{path:.*}").route(get().to(pages::asset)))
        .service(resource("/e/{organizer}/{event}").route(get().to(pages::register::show)).route(post().to(pages::register::submit)))
        .service(resource("/confirm/{token}").route(get().to(pages::confirm::show)).route(post().to(pages::confirm::submit)))
        .service(resource("/in/{token}").route(get().to(pages::my_table::show)).route(post().to(pages::my_table::submit)))
        .service(resource("/prompts/{token}").route(get().to(pages::prompt::show)).route(post().to(pages::prompt::submit)))
        .service(resource("/unsubscribe/{token}").route(get().to(pages::unsubscribe::show)).route(post().to(pages::unsubscribe::submit)))
        .service(resource("/login/{token}").route(get().to(pages::login::show)).route(post().to(pages::login::submit)));
}

/// For whoever operates the server.
fn operations(operations: &mut ServiceConfig) {
    operations.service(at("/healthz").route(get().to(alive))).service(at("/readyz").route(get().to(ready)));
}

/// The paths that take query parameters; anywhere else one is a mistake worth telling.
const WITH_QUERY: &[&str] = &[
    "/api/v1/organizers/{organizer}/tokens",
    "/api/v1/organizers/{organizer}/events",
    "/api/v1/organizers/{organizer}/events/{event}/registrations",
    "/api/v1/organizers/{organizer}/events/{event}/rules",
    "/api/v1/organizers/{organizer}/events/{event}/plans",
    "/api/v1/organizers/{organizer}/events/{event}/plans/{id}/rosters",
    "/api/v1/organizers/{organizer}/events/{event}/checkins",
    "/api/v1/organizers/{organizer}/events/{event}/messages",
    "/api/v1/organizers/{organizer}/events/{event}/prompts",
    "/api/v1/public/passions",
    "/api/v1/me/prompts",
];

/// The HTTP server on this listener.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let data = Data::new(app);
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .app_data(PathConfig::default().error_handler(|_, _| ApiError::NotFound.into()))
            .wrap(Compress::default())
            .wrap(from_fn(request_id::middleware))
            .wrap(from_fn(log))
            .service(scope("/api/v1").wrap(from_fn(known_query)).configure(api))
            .configure(operations)
            .configure(people)
            .default_service(web::to(nothing_here))
    })
    .listen(listener)?;
    Ok(server
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(20)
        .workers(std::thread::available_parallelism().map_or(2, usize::from))
        .disable_signals()
        .run())
}

/// A resource of the API: what is not listed for it is 405.
fn at(path: &str) -> actix_web::Resource {
    resource(path).default_service(web::to(async || Err::<HttpResponse, _>(ApiError::MethodNotAllowed)))
}

async fn nothing_here(request: HttpRequest) -> Result<HttpResponse> {
    if request.path().starts_with("/api/") { Err(ApiError::NotFound) } else { Ok(pages::problem(&request, &ApiError::NotFound)) }
}

/// Touches nothing: the process answers.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// A worker that has not looked for work for this long is stuck; one that has much to do looks in between.
const WORKER_STUCK: Duration = Duration::from_secs(120);

/// Whether requests can be served now, and what they promise is kept.
async fn ready(app: Data<App>) -> Result<HttpResponse> {
    if app.stopping.is_cancelled() {
        return Err(ApiError::Unavailable);
    }
    if app.worker_silent_for() > WORKER_STUCK {
        tracing::error!("the worker has not been seen for {WORKER_STUCK:?}");
        return Err(ApiError::Unavailable);
    }
    app.db.ping().await?;
    Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
}

async fn known_query(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let stray =
        !request.query_string().is_empty() && request.match_pattern().is_some_and(|pattern| !WITH_QUERY.contains(&pattern.as_str()));
    if stray {
        // Answered here: an error that leaves the middleware is turned into a response where the request's name is forgotten.
        let problem = ApiError::Malformed("query: this takes no parameters".to_owned()).error_response();
        return Ok(request.into_response(problem).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// One line a request: pattern and not path, because paths hold tokens. `HEAD` is `GET` whose body stays here (RFC 9110, 9.3.2).
async fn log(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (method, pattern) = (request.method().clone(), request.match_pattern());
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let started = std::time::Instant::now();
    let response = next.call(request).await?;
    let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info!(
        request_id = id,
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "{method} {}",
        pattern.as_deref().unwrap_or("-")
    );
    Ok(response)
}
