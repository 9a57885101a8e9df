//! Answers that are more than a body.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

/// 201 with the new thing and where it is.
pub struct Created<T>(pub String, pub T);

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().insert_header((header::LOCATION, self.0)).json(self.1)
    }
}

/// 202 with the job that does the work.
pub struct Accepted<T>(pub String, pub T);

impl<T: Serialize> Responder for Accepted<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Accepted().insert_header((header::LOCATION, self.0)).json(self.1)
    }
}

/// 200 with the version it can be changed against.
pub struct Tagged<T>(pub i32, pub T);

impl<T: Serialize> Responder for Tagged<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::ETAG, etag(self.0))).json(self.1)
    }
}

pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// Whether the change may go on: `If-Match` is missing, any, or names this version.
pub fn matches(request: &HttpRequest, version: i32) -> bool {
    let Some(wanted) = request.headers().get(header::IF_MATCH) else { return true };
    let wanted = wanted.to_str().unwrap_or_default();
    wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag(version))
}
