//! A name for each request: it stands in the logs, in the `X-Request-Id` header and in every problem.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use uuid::Uuid;

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
            let mut response = next.call(request).await?;
            let value = HeaderValue::from_str(&id.to_string()).expect("a UUID is plain ASCII");
            response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
            Ok(response)
        })
        .await
}
