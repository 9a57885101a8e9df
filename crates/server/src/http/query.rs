//! Query parameters, and lists by keyset: no page number, no count, a cursor that says after which row to go on.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use convivio_db::{Cursor, Page};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};

use super::problem::ApiError;

/// Query parameters; an unknown one is refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = actix_web::web::Query::<T>::from_query(request.query_string());
        ready(parsed.map(|query| Self(query.into_inner())).map_err(|err| ApiError::Malformed(format!("query: {err}"))))
    }
}

/// `limit` and `cursor` of a list.
pub struct Listing {
    limit: u64,
    cursor: Option<String>,
    path: String,
    /// Every other parameter, as it came, so that the next page is filtered alike.
    filters: Vec<(String, String)>,
}

const DEFAULT: u64 = 50;
const MOST: u64 = 100;

impl FromRequest for Listing {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut listing = Self { limit: DEFAULT, cursor: None, path: request.path().to_owned(), filters: Vec::new() };
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            match name.as_ref() {
                "limit" => match value.parse() {
                    Ok(limit @ 1..=MOST) => listing.limit = limit,
                    _ => return ready(Err(ApiError::Malformed("query: limit must be 1 to 100".to_owned()))),
                },
                "cursor" => listing.cursor = Some(value.into_owned()),
                _ => listing.filters.push((name.into_owned(), value.into_owned())),
            }
        }
        ready(Ok(listing))
    }
}

impl Listing {
    /// Where the list goes on.
    pub fn cursor<K: DeserializeOwned>(&self) -> Result<Cursor<K>, ApiError> {
        let wrong = || ApiError::Malformed("query: cursor is not one of ours".to_owned());
        let after = match &self.cursor {
            None => None,
            Some(text) => {
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
                Some(serde_json::from_slice(&bytes).map_err(|_| wrong())?)
            }
        };
        Ok(Cursor { after, limit: self.limit })
    }

    /// The filters this list knows; any other parameter is refused.
    pub fn filters<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.filters).finish();
        let parsed = actix_web::web::Query::<T>::from_query(&text).map_err(|err| ApiError::Malformed(format!("query: {err}")))?;
        Ok(parsed.into_inner())
    }

    /// Refuses every parameter but `limit` and `cursor`.
    pub fn unfiltered(&self) -> Result<(), ApiError> {
        self.filters::<NoFilters>().map(|NoFilters {}| ())
    }

    /// The page as JSON: each row by `show`, and the way to the next page by the last row's key.
    pub fn answer<R, K: Serialize, T>(&self, page: Page<R>, key: impl Fn(&R) -> K, show: impl FnMut(R) -> T) -> List<T> {
        let next = match (page.more, page.rows.last()) {
            (true, Some(last)) => Some(self.next(&key(last))),
            _ => None,
        };
        List { results: page.rows.into_iter().map(show).collect(), next }
    }

    fn next(&self, key: &impl Serialize) -> String {
        let cursor = URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("keys are plain values"));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters).append_pair("limit", &self.limit.to_string()).append_pair("cursor", &cursor);
        format!("{}?{}", self.path, query.finish())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFilters {}

#[derive(Serialize)]
pub struct List<T> {
    pub results: Vec<T>,
    pub next: Option<String>,
}
