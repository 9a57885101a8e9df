//! A bare server: actix-web and sqlx, the statements that Convivio runs for the same request, and nothing else.
//!
//! It looks nothing up that the statements do not need, checks no field, knows no role and no limit, writes no log, and believes whatever it is
//! told; it holds connections, transactions and locks as Convivio does. The statements are in `statements.rs`, the same for both databases
//! but for the locks. Whoever changes what Convivio asks the database for one of these requests changes them there.

pub mod mail;
mod statements;

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Json, Path};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use statements::Pool;

/// How a registration comes in.
#[derive(Deserialize)]
pub struct New {
    email: String,
    name: String,
    passions: Vec<Passion>,
    intention: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Passion {
    passion: String,
    #[serde(default)]
    level: i16,
}

#[derive(Deserialize)]
struct Scan {
    code: String,
    nonce: String,
}

/// A registration as the list tells it.
#[derive(Serialize)]
struct Listed {
    code: String,
    state: String,
    position: Option<i32>,
    email: Option<String>,
    name: String,
    profile: Box<RawValue>,
    intention: Option<String>,
    wishes: Box<RawValue>,
    accessibility: Option<String>,
    answers: Box<RawValue>,
    locale: String,
    timezone: Option<String>,
    follow_up: bool,
    created_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    checked_in_at: Option<DateTime<Utc>>,
    method_ack_at: Option<DateTime<Utc>>,
    tables: Vec<Seat>,
}

#[derive(Serialize)]
struct CheckedIn {
    id: Uuid,
    name: String,
    profile: Box<RawValue>,
    tables: Vec<Seat>,
}

#[derive(Serialize)]
struct Seat {
    round: i16,
    table: i16,
}

/// The server on this listener, with the database Convivio would be given.
pub async fn server(listener: TcpListener, url: &str, connections: u32) -> anyhow::Result<Server> {
    let pool = Data::new(Pool::open(url, connections).await?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(pool.clone())
            .route("/healthz", web::get().to(HttpResponse::Ok))
            .route("/api/v1/public/events/{organizer}/{event}/registrations", web::post().to(register))
            .route("/api/v1/public/registrations/{id}/confirm", web::post().to(confirm))
            .route("/api/v1/organizers/{organizer}/events/{event}/registrations", web::get().to(list))
            .route("/api/v1/organizers/{organizer}/events/{event}/checkins", web::post().to(check_in))
    });
    Ok(server.workers(std::thread::available_parallelism().map_or(2, usize::from)).listen(listener)?.run())
}

async fn register(pool: Data<Pool>, path: Path<(String, String)>, Json(new): Json<New>) -> Result<HttpResponse, Failed> {
    let (organizer, event) = path.into_inner();
    pool.register(&organizer, &event, &new).await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({"state": "pending_email"})))
}

async fn confirm(pool: Data<Pool>, id: Path<Uuid>) -> Result<HttpResponse, Failed> {
    let code = pool.confirm(*id).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"state": "confirmed", "code": code})))
}

#[derive(Deserialize)]
struct Page {
    after: Option<Uuid>,
}

async fn list(
    request: HttpRequest,
    pool: Data<Pool>,
    path: Path<(String, String)>,
    page: web::Query<Page>,
) -> Result<HttpResponse, Failed> {
    let (_, event) = path.into_inner();
    let rows = pool.list(&hash_of_token(&request), &event, page.after.unwrap_or(Uuid::nil())).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"results": rows})))
}

async fn check_in(
    request: HttpRequest,
    pool: Data<Pool>,
    path: Path<(String, String)>,
    Json(scan): Json<Scan>,
) -> Result<HttpResponse, Failed> {
    let (_, event) = path.into_inner();
    let done = pool.check_in(&hash_of_token(&request), &event, &scan).await?;
    Ok(HttpResponse::Created().json(done))
}

fn hash_of_token(request: &HttpRequest) -> String {
    use sha2::Digest as _;
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let digest = sha2::Sha256::digest(header.trim_start_matches("Bearer ").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whatever the database says; a load that meets one is void.
#[derive(Debug)]
struct Failed(sqlx::Error);

impl From<sqlx::Error> for Failed {
    fn from(err: sqlx::Error) -> Self {
        Self(err)
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
