//! A name for each request: it stands in the logs, in the `X-Request-Id` header and in every problem, that of a handler that panicked included.

use std::panic::AssertUnwindSafe;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError as _};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::ApiError;

tokio::task_local! {
    static CURRENT: Uuid;
}

/// The request being answered, or the job being worked on; nil outside of one.
pub fn current() -> Uuid {
    CURRENT.try_with(|id| *id).unwrap_or(Uuid::nil())
}

/// Does something under the name of something else than a request.
pub async fn within<F: Future>(id: Uuid, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = Uuid::now_v7();
    CURRENT
        .scope(id, async move {
            // Without this the connection would just close. The database's transaction is rolled back as it is dropped.
            match AssertUnwindSafe(next.call(request)).catch_unwind().await {
                Ok(answered) => {
                    let mut response = answered?;
                    name(response.response_mut(), id);
                    Ok(response)
                }
                Err(_) => {
                    let mut response = ApiError::Internal(anyhow::anyhow!("a handler panicked")).error_response();
                    name(&mut response, id);
                    Err(InternalError::from_response("a handler panicked", response).into())
                }
            }
        })
        .await
}

fn name<B>(response: &mut HttpResponse<B>, id: Uuid) {
    let value = HeaderValue::from_str(&id.to_string()).expect("a UUID is plain ASCII");
    response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
}
