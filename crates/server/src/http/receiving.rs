//! How a request may arrive: how large its body may be, and how long all of it may take.
//!
//! The head has five seconds of its own, which the server keeps. Head and body have one deadline together, counted from the beginning of the
//! connection; a later request on the same connection is counted from its head, for when that began nobody says.

use std::any::Any;
use std::cell::Cell;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, web};
use futures_util::StreamExt as _;
use serde::Serialize;

use super::problem::ApiError;
use crate::app::App;

/// Heads are small; who takes longer is slow on purpose.
const HEAD: Duration = Duration::from_secs(5);
/// Who is too slow is refused so long before the deadline: the server lingers for a second, and now and then half a second more, so that the
/// refusal is read; by the deadline the connection is closed.
const TO_CLOSE: Duration = Duration::from_millis(1750);

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settings {
    pub largest_body_kib: u32,
    pub largest_import_kib: u32,
    pub receive_seconds: u32,
}

impl Settings {
    pub fn head(self) -> Duration {
        HEAD.min(self.whole())
    }

    fn whole(self) -> Duration {
        Duration::from_secs(self.receive_seconds.into()).saturating_sub(TO_CLOSE)
    }

    /// The largest body, in bytes.
    pub fn largest_body(self) -> usize {
        bytes(self.largest_body_kib)
    }

    /// The largest table to import, in bytes.
    pub fn largest_import(self) -> usize {
        bytes(self.largest_import_kib)
    }
}

fn bytes(kib: u32) -> usize {
    usize::try_from(kib).unwrap_or(usize::MAX).saturating_mul(1024)
}

/// When the connection began, until its first request has asked.
struct Began(Cell<Option<Instant>>);

/// For every new connection.
pub fn on_connect(_: &dyn Any, connection: &mut Extensions) {
    connection.insert(Began(Cell::new(Some(Instant::now()))));
}

/// When all of the request must have come.
#[derive(Clone, Copy)]
struct Until(Instant);

/// Lies around everything: the request's head has come.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let began = request.conn_data::<Began>().and_then(|began| began.0.take()).unwrap_or_else(Instant::now);
    let app = request.app_data::<web::Data<App>>().expect("the application is given to every server");
    let until = Until(began + app.config.receiving.whole());
    request.extensions_mut().insert(until);
    next.call(request).await
}

/// The limits of sizes in force.
pub fn settings(request: &HttpRequest) -> Settings {
    request.app_data::<web::Data<App>>().expect("the application is given to every server").config.receiving
}

/// The body, whatever it is, up to so many bytes.
pub fn read(request: &HttpRequest, payload: &mut Payload, limit: usize) -> impl Future<Output = Result<web::Bytes, ApiError>> + use<> {
    let until = request.extensions().get::<Until>().copied().expect("every request passes the middleware");
    let mut payload = payload.take();
    let all = async move {
        let mut body = web::BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| ApiError::Malformed("the body ended too early".to_owned()))?;
            if body.len() + chunk.len() > limit {
                return Err(ApiError::BodyTooLarge(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    async move { tokio::time::timeout_at(until.0.into(), all).await.map_err(|_| ApiError::RequestTimeout)? }
}
