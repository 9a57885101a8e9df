//! Every address the server answers, by surface.

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::LazyLock;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, Method, header};
use actix_web::middleware::{Compress, DefaultHeaders, Next, from_fn};
use actix_web::web::{Data, PathConfig, ServiceConfig, resource, scope};
use actix_web::{App as Actix, HttpRequest, HttpResponse, HttpServer, ResponseError, web};
use serde_json::json;
use utoipa_swagger_ui::{Config as SwaggerConfig, SwaggerUi};

use crate::api::*;
use crate::app::App;
use crate::http::endpoint::{self, Surface, delete, get, patch, post, put};
use crate::http::{ApiError, Result, auth, limits, receiving, request_id};
use crate::{metrics, pages};

/// The contract, surface by surface; the document in `docs/openapi.json` is made of these lines.
pub fn surfaces() -> Vec<Surface> {
    vec![session(), relays(), staff(), public(), attendee(), sandbox()]
}

/// Signing in, and whose token it is.
fn session() -> Surface {
    Surface {
        prefix: "/api/v1",
        endpoints: vec![
            post("/public/login", "Mails a sign-in link to whoever has the address", session::request),
            post("/public/login/{token}", "Turns a mailed link into a token", session::exchange).or(&[410]),
            get("/whoami", "Whose token this is", session::whoami),
            delete("/session", "Signs out: the token works no more", session::end),
            get("/organizers", "The organizers of this token", organizers::list),
        ],
    }
}

/// For relays and mail providers, by their signature; 404 without a secret to check it with.
fn relays() -> Surface {
    Surface {
        prefix: "/api/v1",
        endpoints: vec![post("/bounces/{provider}", "Tells of a mail that came back, or that its reader complained of", bounces::take)],
    }
}

/// For members and programs of the organizer in the path.
fn staff() -> Surface {
    Surface {
        prefix: "/api/v1/organizers/{organizer}",
        endpoints: vec![
            get("", "The organizer", organizers::show),
            patch("", "Changes the organizer", organizers::update),
            get("/members", "The people who work for the organizer", members::list),
            post("/members", "Adds somebody who works for the organizer", members::create),
            get("/members/{id}", "Somebody who works for the organizer", members::show),
            patch("/members/{id}", "Gives somebody another role, on every token they signed in for", members::update).or(&[409]),
            delete("/members/{id}", "Takes somebody away, with their tokens and sessions", members::remove).or(&[409]),
            get("/people", "People, over all events; `?email=` finds whose address it is", people::list),
            get("/people/{id}", "A person, and what they registered for", people::show),
            get("/people/{id}/export", "What Convivio holds of a person, but for what only they read", people::export),
            post("/people/{id}/erase", "Forgets everything about a person, for good", people::erase),
            get("/tokens", "Tokens, without their secrets", tokens::list),
            post("/tokens", "Makes a token; its secret is shown this once", tokens::create),
            delete("/tokens/{id}", "Takes a token back", tokens::remove),
            get("/jobs/{id}", "How far a job is, and what came of it", jobs::show),
            get("/jobs/{id}/events", "The same as server-sent events, until the job has ended", jobs::events),
            delete("/jobs/{id}", "Asks a job to stop; what it has by then is kept if it is complete", jobs::cancel).or(&[409]),
            get("/passions", "The catalogue of passions and the organizer's own", passions::list),
            post("/passions", "Adds a passion to the catalogue, for this organizer", passions::create),
            post("/passions/merge", "Makes one passion of two, wherever they were declared", passions::merge),
            patch("/passions/{code}", "Changes what a passion of the organizer's own is called", passions::update),
            delete(
                "/passions/{code}",
                "Takes a passion of the organizer's own away; who declared it keeps it in free words",
                passions::remove,
            ),
            get("/series", "Series of events, with how many events each has", series::list),
            post("/series", "Begins a series: events that name it remember who met on its evenings", series::create),
            get("/events", "Events", events::list),
            post("/events", "Plans an event", events::create),
            get("/events/{event}", "An event", events::show),
            patch("/events/{event}", "Changes an event", events::update).or(&[409]),
            get("/events/{event}/readiness", "What is missing before the event can be published", events::show_readiness),
            post("/events/{event}/publish", "Opens the event to the public", events::publish),
            post("/events/{event}/cancel", "Calls the event off and tells everybody", events::cancel),
            post("/events/{event}/complete", "Ends the event: who was there is followed up from here on", events::complete),
            post("/events/{event}/archive", "Puts a completed event away", events::archive),
            post("/events/{event}/copy", "Makes a draft that says the same, at another time", copying::copy),
            get("/events/{event}/stats", "The event in numbers", stats::show),
            get("/events/{event}/questions", "What is asked of everybody who registers, in its order", questions::list),
            post("/events/{event}/questions", "Adds a question to the form", questions::create),
            patch("/events/{event}/questions/{id}", "Changes a question, or its place", questions::update),
            delete("/events/{event}/questions/{id}", "Asks a question no more; what was answered stays", questions::remove),
            get(
                "/events/{event}/registrations",
                "Registrations; `?state=waitlisted` is the waiting list in its order",
                registrations::list,
            ),
            post("/events/{event}/registrations", "Registers someone", registrations::create),
            post("/events/{event}/registrations/import", "Registers everybody in a table, or nobody where a row is wrong", import::import),
            get("/events/{event}/registrations/export", "Everybody as a table or as JSON", export::export),
            get("/events/{event}/registrations/{id}", "A registration by its code", registrations::show),
            post("/events/{event}/registrations/{id}/approve", "Gives a seat, or the last place in line", registrations::approve),
            patch("/events/{event}/registrations/{id}", "Corrects a registration", corrections::update).or(&[409]),
            post("/events/{event}/registrations/{id}/reject", "The organizer's word is no", decisions::reject),
            post(
                "/events/{event}/registrations/{id}/cancel",
                "Takes it off the list; its seat goes to the first in line",
                decisions::cancel,
            ),
            post("/events/{event}/registrations/{id}/resend", "Sends the mail of its state again, once an hour", decisions::resend),
            post("/events/{event}/registrations/{id}/offer", "Offers a free seat to somebody in line", decisions::offer),
            get("/events/{event}/rounds", "The rounds", rounds::show),
            put("/events/{event}/rounds", "Plans the rounds anew, as long as none has begun", rounds::replace).or(&[409]),
            post("/events/{event}/rounds/{id}/start", "Starts a round: from here to its end nobody is moved", rounds::start),
            post("/events/{event}/rounds/{id}/finish", "Ends a round", rounds::finish),
            get("/events/{event}/tables", "The tables", tables::show),
            put("/events/{event}/tables", "Says which tables there are, or how large they should be", tables::replace).or(&[409]),
            get("/events/{event}/host_brief", "How to host a table of so many people for so many minutes", host_brief::show),
            get("/events/{event}/rules", "Rules for the seating", rules::list),
            post("/events/{event}/rules", "Adds a rule", rules::create),
            patch("/events/{event}/rules/{id}", "Changes a rule", rules::update),
            delete("/events/{event}/rules/{id}", "Takes a rule away", rules::remove),
            get("/events/{event}/plans", "Plans, without their seats", plans::list),
            post("/events/{event}/plans", "Starts the job that makes a plan", plans::create),
            get("/events/{event}/plans/{id}", "A plan with every seat and its reason", plans::show),
            patch(
                "/events/{event}/plans/{id}/seats",
                "Moves, swaps and locks seats, and gives tables their themes: all that is asked, or nothing",
                seats::update,
            )
            .or(&[409]),
            get("/events/{event}/plans/{id}/diff/{other}", "Who sits elsewhere in the other plan", plans::diff),
            post(
                "/events/{event}/plans/{id}/repair",
                "A new draft for those who are there, with as few moved as possible",
                repairs::create,
            ),
            post("/events/{event}/plans/{id}/publish", "Puts the plan in force", plans::publish),
            get("/events/{event}/plans/{id}/rosters", "Who sits where, to read, to print or for another program", plans::rosters),
            get("/guides/{phase}/{locale}", "A guide to meeting well: the organizer's words, or the shipped ones", guides::show),
            put("/guides/{phase}/{locale}", "Puts the organizer's own words in the place of a shipped guide", guides::replace),
            delete("/guides/{phase}/{locale}", "Goes back to the shipped guide", guides::remove),
            get("/templates", "Every mail in every language, and which have the organizer's own words", templates::list),
            get("/templates/{kind}/{locale}", "The words of a mail: the organizer's, or the shipped ones", templates::show),
            put("/templates/{kind}/{locale}", "Puts the organizer's own words in the place of a mail's shipped ones", templates::replace),
            delete("/templates/{kind}/{locale}", "Goes back to the shipped words; earlier ones are kept", templates::remove),
            post("/templates/{kind}/{locale}/preview", "Says a mail in words that are not saved; sends nothing", templates::preview),
            get("/reports", "What attendees reported", reports::list),
            get("/reports/{id}", "A report", reports::show),
            post("/reports/{id}/resolve", "Says what came of a report", reports::resolve),
            get("/suppressions", "Addresses that nothing is sent to", suppressions::list),
            post("/suppressions", "Sends nothing to an address any more, or until a day", suppressions::create),
            delete("/suppressions", "Writes to an address again", suppressions::remove),
            get("/events/{event}/checkins", "Check-ins", checkins::list),
            post("/events/{event}/checkins", "Checks one person in, or several who were scanned earlier", checkins::create),
            post("/events/{event}/checkins/{id}/undo", "Takes a check-in back", checkins::undo),
            get("/events/{event}/messages", "What was mailed, by state, without its words", messages::list),
            get("/events/{event}/messages/{id}", "A mail, without its words", messages::show),
            post("/events/{event}/messages/{id}/retry", "Lets a mail go that was held or given up", messages::retry),
            post("/events/{event}/messages/{id}/cancel", "Calls off a mail that has not left", messages::cancel),
            get("/events/{event}/prompts", "Follow-up prompts, by state, without their words", prompts::list),
            get("/events/{event}/feedback", "What people said of their conversations, added up over five or more", outcomes::feedback),
            get("/events/{event}/report", "What came of the event, added up over five or more", outcomes::report),
            get("/events/{event}/follow_up", "Which steps the follow-up has, and on which days", follow_up::show),
            put("/events/{event}/follow_up", "Drops and moves steps, until the event is completed", follow_up::replace).or(&[409]),
            post(
                "/events/{event}/follow_up/simulate",
                "A person's calendar, if nothing had been sent yet; sends nothing",
                follow_up::simulate,
            ),
            post(
                "/events/{event}/follow_up/test",
                "Mails a member what a step would say to somebody; without what only they may know, and with links that lead nowhere",
                follow_up::test,
            ),
        ],
    }
}

/// For anybody.
fn public() -> Surface {
    Surface {
        prefix: "/api/v1/public",
        endpoints: vec![
            get("/passions", "Passions whose name begins with, holds or nearly is what was typed", passions::suggest).or(&[404]),
            get("/events/{organizer}/{event}", "A published event", public::show),
            get("/events/{organizer}/{event}/event.ics", "Its calendar file; a cancelled event strikes itself out", calendar::show),
            post("/events/{organizer}/{event}/registrations", "Registers; the answer tells nothing about the address", public::register),
            post("/registrations/{token}/confirm", "Confirms the address behind a mailed link, or takes the offered seat", public::confirm)
                .or(&[410]),
            post("/registrations/{token}/decline", "Lets the offered seat go to the next", public::decline).or(&[410]),
            get("/unsubscribe/{token}", "What the link would stop; changes nothing", public::show_unsubscribe),
            post("/unsubscribe/{token}", "Stops all follow-up of the organizer", public::unsubscribe),
        ],
    }
}

/// For an attendee, by the link of a registration.
fn attendee() -> Surface {
    Surface {
        prefix: "/api/v1/me",
        endpoints: vec![
            get("/profile", "One's own profile", me::profile::show),
            patch("/profile", "Changes one's own profile", me::profile::update),
            post("/profile/confirm_current", "Says that one's profile still holds", me::profile::confirm_current),
            post(
                "/reports",
                "Reports somebody at one of one's events; they are kept from the tables until staff have looked",
                me::safety::report,
            ),
            get("/reports/{id}", "A report of one's own", me::safety::show_report),
            get("/blocks", "Whom one has blocked", me::safety::blocks),
            post("/blocks", "Blocks somebody: they never share a table with one, and are not told", me::safety::block),
            delete("/blocks", "Takes a block back", me::safety::unblock),
            get("/calendar_feed", "Whether one's calendar has an address", me::calendar_feed::show),
            post("/calendar_feed", "Gives one's calendar a new secret address; the former opens nothing", me::calendar_feed::create),
            delete("/calendar_feed", "Takes the address of one's calendar back", me::calendar_feed::remove),
            get("/export", "Everything Convivio holds of oneself, as one document", me::export::export),
            post("/erase", "Forgets everything about oneself, for good", me::erasing::erase),
            get("/registrations", "One's own registrations", me::registrations::list),
            get("/registrations/{code}", "One of one's own registrations", me::registrations::show),
            patch("/registrations/{code}", "Changes one's intention and wishes", me::leaving::update).or(&[409]),
            post("/registrations/{code}/cancel", "Gives the seat, or the place in line, to somebody else", me::leaving::cancel),
            get("/registrations/{code}/table", "Where one sits, with whom and why", me::registrations::table),
            get("/registrations/{code}/guides", "What one's event gives one to read before, during and after", me::guides::list),
            post("/registrations/{code}/guides/{phase}/ack", "Says that one has read a guide", me::guides::acknowledge),
            get("/registrations/{code}/guide", "How to talk at the table that is next", me::registrations::guide),
            post("/registrations/{code}/method_ack", "Says that one has read how people will meet", me::registrations::acknowledge_method),
            get("/encounters", "Whom one met, and what one shares with them", me::encounters::list),
            get("/preferences", "How one would be written to, and who may see what", me::preferences::show),
            patch("/preferences", "Changes how one would be written to: less than usual, never more", me::preferences::update),
            get("/connections", "Whom one keeps, and who asked to keep in touch", me::connections::list),
            post("/connections", "Asks somebody one met to keep in touch; both must say so", me::connections::request).or(&[403]),
            get("/connections/{id}", "Somebody one keeps, with how it has gone", me::connections::show),
            post("/connections/{id}/accept", "Says yes to somebody who asked", me::connections::accept),
            post("/connections/{id}/decline", "Says no; nobody is told", me::connections::decline),
            post("/connections/{id}/end", "Lets go of somebody; nobody is told", me::connections::end),
            put("/connections/{id}/cadence", "How often one would like to be in touch", me::connections::set_cadence),
            get("/connections/{id}/log", "What one wrote about somebody; only oneself can read it", me::log::list),
            post("/connections/{id}/log", "Writes down a note, a contact, a give, an ask or a check", me::log::create),
            get("/mirror", "What one gave and asked for; only oneself can read it", me::mirror::show),
            get("/introductions", "What one proposes, and what is proposed to oneself", me::introductions::list),
            post("/introductions", "Proposes that two of one's connections meet; both must say yes", me::introductions::propose).or(&[403]),
            get("/introductions/{id}", "An introduction one proposes, or that is proposed to oneself", me::introductions::show),
            post("/introductions/{id}/accept", "Says yes; once both have, each is mailed the other's address", me::introductions::accept),
            post("/introductions/{id}/decline", "Says no; nobody is told", me::introductions::decline),
            get("/contacts", "People one knows from elsewhere", me::contacts::list),
            post("/contacts", "Writes down somebody one knows; only oneself reads it, and nobody writes to them", me::contacts::create),
            get("/contacts/{id}", "Somebody one knows", me::contacts::show),
            patch("/contacts/{id}", "Changes what one wrote, or when the two were last in touch", me::contacts::update),
            delete("/contacts/{id}", "Forgets somebody", me::contacts::remove),
            get("/prompts", "Follow-up prompts", me::prompts::list),
            post("/prompts/{id}/act", "Answers a prompt", me::prompts::act),
            post("/prompts/{id}/skip", "Lets a prompt go", me::prompts::skip),
            post("/prompts/{id}/snooze", "Puts a prompt off by one, two or four weeks; it comes again by itself", me::prompts::snooze),
        ],
    }
}

/// 404 outside of sandbox mode.
fn sandbox() -> Surface {
    Surface {
        prefix: "/api/v1/sandbox",
        endpoints: vec![
            get("/clock", "What time it is", sandbox::show_clock).or(&[404]),
            post("/clock", "Moves the clock forward", sandbox::move_clock).or(&[404]),
            post("/run_due", "Works all that is due now", sandbox::run_due).or(&[404]),
        ],
    }
}

/// `/api/v1`: each surface behind what it takes to reach it.
fn api(api: &mut ServiceConfig) {
    let [session, relays, staff, public, attendee, sandbox] = [session(), relays(), staff(), public(), attendee(), sandbox()];
    session.mount(api);
    relays.mount(api);
    api.service(scope("/organizers/{organizer}").wrap(from_fn(auth::staff_only)).configure(|scope| staff.mount(scope)))
        .service(scope("/public").configure(|scope| public.mount(scope)))
        .service(scope("/me").wrap(from_fn(auth::attendees_only)).configure(|scope| attendee.mount(scope)))
        .service(
            scope("/sandbox")
                .wrap(from_fn(auth::staff_only))
                .wrap(from_fn(sandbox::only_in_sandbox))
                .configure(|scope| sandbox.mount(scope)),
        );
}

/// The pages behind the mails' links.
fn people(people: &mut ServiceConfig) {
    people
        .service(resource("/").route(web::get().to(pages::home)))
        .service(resource("/assets/{path:.*}").route(web::get().to(pages::asset)))
        .service(
            resource("/e/{organizer}/{event}").route(web::get().to(pages::register::show)).route(web::post().to(pages::register::submit)),
        )
        .service(resource("/confirm/{token}").route(web::get().to(pages::confirm::show)).route(web::post().to(pages::confirm::submit)))
        .service(resource("/in/{token}").route(web::get().to(pages::my_table::show)).route(web::post().to(pages::my_table::submit)))
        .service(resource("/in/{token}/people").route(web::get().to(pages::people::show)).route(web::post().to(pages::people::submit)))
        .service(
            resource("/in/{token}/people/{connection}")
                .route(web::get().to(pages::person::show))
                .route(web::post().to(pages::person::submit)),
        )
        .service(
            resource("/in/{token}/introductions")
                .route(web::get().to(pages::introductions::show))
                .route(web::post().to(pages::introductions::submit)),
        )
        .service(resource("/introductions/{token}").route(web::get().to(pages::introductions::lead)))
        .service(resource("/in/{token}/prompts").route(web::get().to(pages::prompts::show)))
        .service(
            resource("/in/{token}/preferences")
                .route(web::get().to(pages::preferences::show))
                .route(web::post().to(pages::preferences::submit)),
        )
        .service(resource("/in/{token}/export").route(web::get().to(pages::export::show)))
        .service(resource("/in/{token}/erase").route(web::get().to(pages::erase::show)).route(web::post().to(pages::erase::submit)))
        .service(resource("/prompts/{token}").route(web::get().to(pages::prompt::show)).route(web::post().to(pages::prompt::submit)))
        .service(resource("/profile/{token}").route(web::get().to(pages::profile::show)).route(web::post().to(pages::profile::submit)))
        .service(resource("/feeds/{token}/prompts.ics").route(web::get().to(pages::feed::show)))
        .service(resource("/guides/{organizer}/{phase}").route(web::get().to(pages::guide::show)))
        .service(
            resource("/guides/{organizer}/{phase}/{token}")
                .route(web::get().to(pages::guide::show_mine))
                .route(web::post().to(pages::guide::submit)),
        )
        .service(
            resource("/unsubscribe/{token}")
                .route(web::get().to(pages::unsubscribe::show))
                .route(web::post().to(pages::unsubscribe::submit)),
        )
        .service(resource("/login/{token}").route(web::get().to(pages::login::show)).route(web::post().to(pages::login::submit)));
}

/// The document, and a page to read it on.
fn documentation(documentation: &mut ServiceConfig) {
    let page = SwaggerUi::new("/docs/{_:.*}").config(SwaggerConfig::new(["/openapi.json"]));
    // Its scripts are files of its own, its styles are partly written into the page.
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, policy))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"));
    documentation
        .route("/openapi.json", web::get().to(openapi))
        .service(web::redirect("/docs", "/docs/"))
        .service(scope("").wrap(headers).service(page));
}

async fn openapi() -> HttpResponse {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| endpoint::document(&surfaces()).to_string());
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT.as_str())
}

/// For whoever operates the server.
fn operations(operations: &mut ServiceConfig) {
    operations
        .route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(metrics::show));
}

/// The HTTP server on this listener.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let (data, receiving) = (Data::new(app.clone()), app.config.receiving);
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .app_data(PathConfig::default().error_handler(|_, _| ApiError::NotFound.into()))
            .wrap(from_fn(limits::public_writes))
            .wrap(Compress::default())
            .wrap(from_fn(request_id::middleware))
            .wrap(from_fn(log))
            .wrap(from_fn(receiving::middleware))
            .service(scope("/api/v1").wrap(from_fn(known_query)).configure(api))
            .configure(operations)
            .configure(people)
            .configure(documentation)
            .default_service(web::to(nothing_here))
    })
    .listen(listener)?;
    Ok(server
        .client_request_timeout(receiving.head())
        .on_connect(receiving::on_connect)
        .shutdown_timeout(20)
        .workers(std::thread::available_parallelism().map_or(2, usize::from))
        .disable_signals()
        .run())
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

/// Whether an operation has query parameters; anywhere else one is a mistake worth telling.
fn takes_query(method: &Method, pattern: &str) -> bool {
    static WITH_QUERY: LazyLock<HashSet<String>> =
        LazyLock::new(|| surfaces().iter().flat_map(|surface| surface.with_query().collect::<Vec<_>>()).collect());
    WITH_QUERY.contains(&format!("{method} {pattern}"))
}

async fn known_query(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let stray =
        !request.query_string().is_empty() && request.match_pattern().is_some_and(|pattern| !takes_query(request.method(), &pattern));
    if stray {
        // Answered here: an error that leaves the middleware is turned into a response where the request's name is forgotten.
        let problem = ApiError::Malformed("query: this takes no parameters".to_owned()).error_response();
        return Ok(request.into_response(problem).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// One line a request: pattern and not path, because paths hold tokens. While the process is stopping, clients are told to come back on another
/// connection, and so to another process. `HEAD` is `GET` whose body stays here (RFC 9110, 9.3.2).
async fn log(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (method, pattern) = (request.method().clone(), request.match_pattern());
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let started = std::time::Instant::now();
    let app = request.app_data::<Data<App>>().expect("the application is given to every server").clone();
    let answered = next.call(request).await;
    let status = answered.as_ref().map_or_else(|err| err.as_response_error().status_code(), ServiceResponse::status);
    metrics::request(&method, pattern.as_deref(), status, started.elapsed());
    let mut response = answered?;
    if app.stopping.is_cancelled() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
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
