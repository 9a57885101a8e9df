//! Everything Convivio holds of the reader, as the file that the API gives.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, web};

use super::my_table::signed_in;
use super::{app, or_problem};
use crate::api::me::export;
use crate::http::Result;

pub async fn show(request: HttpRequest, token: web::Path<String>) -> HttpResponse {
    or_problem(&request, shown(&request, &token).await)
}

async fn shown(request: &HttpRequest, token: &str) -> Result<HttpResponse> {
    let app = app(request);
    let who = signed_in(&app, token).await?;
    let mut file = export::export(who, app).await?.respond_to(request);
    // As with every page: its address holds the reader's token.
    file.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    file.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(file)
}
