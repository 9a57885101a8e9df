//! Answers that are more than a body.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::describe::{Answer, Argument, Description};
use super::json::Json;
use super::problem::ApiError;

/// 200 in the form that was asked for: JSON, a table, a page. `F` says which there are.
pub struct InForm<F>(HttpResponse, PhantomData<F>);

/// The forms an answer may have.
pub trait Forms {
    fn describe(operation: &mut Description);
}

impl<F> InForm<F> {
    pub fn new(response: HttpResponse) -> Self {
        Self(response, PhantomData)
    }
}

impl<F> Responder for InForm<F> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

impl<F: Forms> Answer for InForm<F> {
    fn describe(operation: &mut Description) {
        F::describe(operation);
    }
}

/// 201 with the new thing and where it is.
pub struct Created<T>(pub String, pub T);

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().insert_header((header::LOCATION, self.0)).json(self.1)
    }
}

/// 201 of what has versions: where it is, the version it can be changed against, and the thing.
pub struct CreatedTagged<T>(pub String, pub i32, pub T);

impl<T: Serialize> Responder for CreatedTagged<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().insert_header((header::LOCATION, self.0)).insert_header((header::ETAG, etag(self.1))).json(self.2)
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

/// 202 for what happens by itself from here on.
pub struct Promised<T>(pub T);

impl<T: Serialize> Responder for Promised<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Accepted().json(self.0)
    }
}

/// 204: done, and nothing more to say.
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// A page of a list.
#[derive(Serialize)]
pub struct List<T> {
    pub results: Vec<T>,
    /// The path of the next page.
    pub next: Option<String>,
}

impl<T> List<Option<T>> {
    /// Without what is not there.
    pub fn flatten(self) -> List<T> {
        List { results: self.results.into_iter().flatten().collect(), next: self.next }
    }
}

impl<T: Serialize> Responder for List<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

impl<T: Serialize> Responder for Json<T> {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}

const JSON: &str = "application/json";
const VERSION: &str = "The version, for `If-Match`";

impl<T: ToSchema + Serialize> Answer for Json<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.answers(200, "as asked", JSON, &schema);
    }
}

impl<T: ToSchema + Serialize> Answer for Tagged<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.answers(200, "as asked", JSON, &schema);
        operation.sends_header(200, "ETag", VERSION);
    }
}

impl<T: ToSchema + Serialize> Answer for Created<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.answers(201, "made", JSON, &schema);
        operation.sends_header(201, "Location", "The path of what was made");
    }
}

impl<T: ToSchema + Serialize> Answer for CreatedTagged<T> {
    fn describe(operation: &mut Description) {
        Created::<T>::describe(operation);
        operation.sends_header(201, "ETag", VERSION);
    }
}

impl<T: ToSchema + Serialize> Answer for Accepted<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.answers(202, "promised", JSON, &schema);
        operation.sends_header(202, "Location", "The path of the job that does it");
    }
}

impl<T: ToSchema + Serialize> Answer for Promised<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.answers(202, "promised", JSON, &schema);
    }
}

impl Answer for NoContent {
    fn describe(operation: &mut Description) {
        operation.response(204, "done");
    }
}

impl<T: ToSchema + Serialize> Answer for List<T> {
    fn describe(operation: &mut Description) {
        let row = operation.schema::<T>();
        let next = json!({"type": ["string", "null"], "description": "the path of the next page"});
        let list = json!({
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": {"type": "array", "items": row}, "next": next},
        });
        operation.answers(200, "a page of the list", JSON, &list);
    }
}

pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The versions of `If-Match`, if the request has it.
pub struct IfMatch(Option<String>);

impl IfMatch {
    /// What has no header, such as a page, asks for no version.
    pub const ANY: Self = Self(None);

    /// Fails unless the header is missing, any, or names this version.
    pub fn ensure(&self, version: i32) -> Result<(), ApiError> {
        let Some(wanted) = &self.0 else { return Ok(()) };
        let named = wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag(version));
        if named { Ok(()) } else { Err(ApiError::PreconditionFailed) }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let wanted = request.headers().get(header::IF_MATCH);
        ready(Ok(Self(wanted.map(|wanted| wanted.to_str().unwrap_or_default().to_owned()))))
    }
}

impl Argument for IfMatch {
    fn describe(operation: &mut Description) {
        operation.header("If-Match", "The `ETag` seen last; 412 when it was changed since", &json!({"type": "string"}));
        operation.refuses([412]);
    }
}

/// `If-Match` where a change without it is refused.
pub struct MustMatch(IfMatch);

impl MustMatch {
    pub fn ensure(&self, version: i32) -> Result<(), ApiError> {
        self.0.ensure(version)
    }
}

impl FromRequest for MustMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let given = IfMatch::from_request(request, payload).into_inner();
        ready(given.and_then(|given| if given.0.is_some() { Ok(Self(given)) } else { Err(ApiError::PreconditionRequired) }))
    }
}

impl Argument for MustMatch {
    fn describe(operation: &mut Description) {
        // Not marked as required: a request without it has an answer of its own, which says so.
        operation.header("If-Match", "The `ETag` seen last; 428 without it, 412 when it was changed since", &json!({"type": "string"}));
        operation.refuses([412, 428]);
    }
}
