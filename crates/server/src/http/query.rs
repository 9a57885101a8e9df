//! Query parameters, and lists by keyset: no page number, no count, a cursor that says after which row to go on.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use convivio_db::{Cursor, Page};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};

use utoipa::IntoParams;

use super::answer::List;
use super::describe::{Argument, Description};
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

impl<T: DeserializeOwned + IntoParams> Argument for Query<T> {
    fn describe(operation: &mut Description) {
        operation.query::<T>();
    }
}

/// `limit`, `cursor` and the filters of a list; any other parameter is refused.
pub struct Listing<F = NoFilters> {
    pub filters: F,
    limit: u64,
    cursor: Option<String>,
    path: String,
    /// Every parameter but those two, as it came, so that the next page is filtered alike.
    given: Vec<(String, String)>,
}

const DEFAULT: u64 = 50;
const MOST: u64 = 100;

impl<F: DeserializeOwned + 'static> FromRequest for Listing<F> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

impl<F: IntoParams + DeserializeOwned + 'static> Argument for Listing<F> {
    fn describe(operation: &mut Description) {
        operation.query::<Pages>();
        operation.query::<F>();
    }
}

impl<F: DeserializeOwned> Listing<F> {
    fn read(request: &HttpRequest) -> Result<Self, ApiError> {
        let (mut limit, mut cursor, mut given) = (DEFAULT, None, Vec::new());
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            match name.as_ref() {
                "limit" => match value.parse() {
                    Ok(wanted @ 1..=MOST) => limit = wanted,
                    _ => return Err(ApiError::Malformed("query: limit must be 1 to 100".to_owned())),
                },
                "cursor" => cursor = Some(value.into_owned()),
                _ => given.push((name.into_owned(), value.into_owned())),
            }
        }
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&given).finish();
        let filters = actix_web::web::Query::<F>::from_query(&text).map_err(|err| ApiError::Malformed(format!("query: {err}")))?;
        Ok(Self { filters: filters.into_inner(), limit, cursor, path: request.path().to_owned(), given })
    }

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
        query.extend_pairs(&self.given).append_pair("limit", &self.limit.to_string()).append_pair("cursor", &cursor);
        format!("{}?{}", self.path, query.finish())
    }
}

/// A list that is never filtered.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilters {}

/// What every list takes, as the document says it.
#[derive(IntoParams)]
#[allow(dead_code, reason = "only described; `Listing` reads them")]
struct Pages {
    /// How many rows at most, 1 to 100; 50 if nothing is said
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// Where to go on: it stands in the `next` of the page before
    cursor: Option<String>,
}
