//! Errors as the client sees them: `application/problem+json` (RFC 9457) with a stable code, and every wrong field with its place and rule.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::request_id;

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// One variant for each thing a client can act on.
#[derive(Debug)]
pub enum ApiError {
    Malformed(String),
    Invalid(Vec<FieldError>),
    Unauthenticated,
    Forbidden,
    NotFound,
    /// Names the methods that are.
    MethodNotAllowed(String),
    RequestTimeout,
    BodyTooLarge(usize),
    UnsupportedMediaType,
    PreconditionFailed,
    PreconditionRequired,
    AlreadyRegistered,
    AlreadyMember,
    LastOwner,
    WrongState(String),
    EventNotOpen,
    EventFull,
    GiveFirst,
    /// Names the seconds after which it may be tried again.
    RateLimited(u64),
    RoundLive,
    NoPublishedPlan,
    PlanInfeasible {
        detail: String,
        conflicts: Value,
    },
    NotReady(Value),
    CheckinUnknown,
    CheckinAlready(Value),
    CheckinCancelled,
    CheckinPending,
    CheckinWaitlisted,
    CheckinWrongEvent,
    CheckinClosed,
    SlugTaken,
    IdempotencyMismatch,
    IdempotencyInProgress,
    TokenUsed,
    TokenExpired,
    JobGivenUp,
    Unavailable,
    Internal(anyhow::Error),
}

/// A wrong field: where it stands, which rule it breaks, and the rule in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    pub code: String,
    pub detail: String,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), detail: detail.into() }
    }
}

/// Fails with all the wrong fields, if there are any.
pub fn none_wrong(wrong: Vec<FieldError>) -> Result<()> {
    if wrong.is_empty() { Ok(()) } else { Err(ApiError::Invalid(wrong)) }
}

impl ApiError {
    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::Malformed(_) => (S::BAD_REQUEST, "malformed_request", "The request could not be read"),
            Self::Invalid(_) => (S::UNPROCESSABLE_ENTITY, "validation_failed", "Some fields are not right"),
            Self::Unauthenticated => (S::UNAUTHORIZED, "unauthenticated", "A valid token is needed"),
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "This token may not do that"),
            Self::NotFound => (S::NOT_FOUND, "not_found", "There is nothing here"),
            Self::MethodNotAllowed(_) => (S::METHOD_NOT_ALLOWED, "method_not_allowed", "This cannot be done here"),
            Self::RequestTimeout => (S::REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive"),
            Self::BodyTooLarge(_) => (S::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Self::UnsupportedMediaType => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is not of a type that is read here")
            }
            Self::PreconditionFailed => (S::PRECONDITION_FAILED, "precondition_failed", "It was changed in the meantime"),
            Self::PreconditionRequired => (S::PRECONDITION_REQUIRED, "precondition_required", "If-Match must say which version is changed"),
            Self::AlreadyRegistered => (S::CONFLICT, "already_registered", "This address is registered already"),
            Self::AlreadyMember => (S::CONFLICT, "already_member", "Somebody of this address is a member already"),
            Self::LastOwner => (S::CONFLICT, "last_owner", "An organizer has at least one owner"),
            Self::WrongState(_) => (S::CONFLICT, "wrong_state", "Not possible in this state"),
            Self::EventNotOpen => (S::CONFLICT, "event_not_open", "The event takes no registrations now"),
            Self::EventFull => (S::CONFLICT, "event_full", "There is no seat left"),
            Self::GiveFirst => (S::CONFLICT, "give_first", "Give something before you ask"),
            Self::RoundLive => (S::CONFLICT, "round_live", "A round is live; nobody is moved until it ends"),
            Self::NoPublishedPlan => (S::CONFLICT, "no_published_plan", "No plan has been published"),
            Self::PlanInfeasible { .. } => (S::CONFLICT, "plan_infeasible", "No plan can keep all the rules"),
            Self::NotReady(_) => (S::CONFLICT, "not_ready", "Something is missing"),
            Self::CheckinUnknown => (S::NOT_FOUND, "checkin_unknown", "Nobody has this code"),
            Self::CheckinAlready(_) => (S::CONFLICT, "checkin_already", "Already checked in"),
            Self::CheckinCancelled => (S::CONFLICT, "checkin_cancelled", "This registration was cancelled"),
            Self::CheckinPending => (S::CONFLICT, "checkin_pending", "This registration is not confirmed"),
            Self::CheckinWaitlisted => (S::CONFLICT, "checkin_waitlisted", "This person is on the waiting list"),
            Self::CheckinWrongEvent => (S::CONFLICT, "checkin_wrong_event", "This code is for another event"),
            Self::CheckinClosed => (S::CONFLICT, "checkin_closed", "The event takes no check-ins now"),
            Self::SlugTaken => (S::UNPROCESSABLE_ENTITY, "validation_failed", "Some fields are not right"),
            Self::IdempotencyMismatch => (S::UNPROCESSABLE_ENTITY, "idempotency_mismatch", "This key was used for another request"),
            Self::IdempotencyInProgress => (S::CONFLICT, "idempotency_in_progress", "The same request is being worked on"),
            Self::RateLimited(_) => (S::TOO_MANY_REQUESTS, "rate_limited", "That was too much; please wait a little"),
            Self::TokenUsed => (S::GONE, "token_used", "This link has been used"),
            Self::TokenExpired => (S::GONE, "token_expired", "This link is too old"),
            Self::JobGivenUp => (S::INTERNAL_SERVER_ERROR, "job_given_up", "The work was begun three times and never came to an end"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "Please try again in a moment"),
            Self::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side"),
        }
    }

    /// The stable word for what happened.
    pub fn code(&self) -> &'static str {
        self.parts().1
    }

    /// After how many seconds it is worth trying again.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(seconds) => Some(*seconds),
            Self::IdempotencyInProgress => Some(1),
            Self::Unavailable => Some(2),
            _ => None,
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Malformed(detail) => Some(detail.clone()),
            Self::BodyTooLarge(limit) => Some(format!("at most {limit} bytes are read")),
            Self::PlanInfeasible { detail, .. } => Some(detail.clone()),
            Self::WrongState(state) => Some(format!("it is {state}")),
            Self::RateLimited(seconds) => Some(format!("try again in {seconds} seconds")),
            _ => None,
        }
    }

    fn more(&self) -> Map<String, Value> {
        let (name, value) = match self {
            Self::Invalid(errors) => ("errors", json!(errors)),
            Self::SlugTaken => ("errors", json!([FieldError::new("/slug", "taken", "another event of yours has this slug")])),
            Self::WrongState(state) => ("state", json!(state)),
            Self::PlanInfeasible { conflicts, .. } => ("conflicts", conflicts.clone()),
            Self::NotReady(gaps) => ("gaps", gaps.clone()),
            Self::CheckinAlready(Value::Object(checkin)) => return checkin.clone(),
            _ => return Map::new(),
        };
        Map::from_iter([(name.to_owned(), value)])
    }

    /// The problem document.
    pub fn to_json(&self) -> Value {
        let (status, code, title) = self.parts();
        let mut problem = self.more();
        problem.insert("type".to_owned(), json!(format!("https://convivio.example/problems/{code}")));
        problem.insert("title".to_owned(), json!(title));
        problem.insert("status".to_owned(), json!(status.as_u16()));
        problem.insert("code".to_owned(), json!(code));
        problem.insert("detail".to_owned(), json!(self.detail().unwrap_or_else(|| title.to_owned())));
        problem.insert("instance".to_owned(), json!(request_id::current()));
        Value::Object(problem)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(err) => write!(f, "{err:#}"),
            _ => f.write_str(self.parts().1),
        }
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.parts().0
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Internal(err) = self {
            tracing::error!(request_id = %request_id::current(), "{err:#}");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        match self {
            Self::Unauthenticated => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            Self::MethodNotAllowed(allowed) => {
                response.insert_header((header::ALLOW, allowed.as_str()));
            }
            // What is left of the body would be read as the next request.
            Self::BodyTooLarge(_) | Self::RequestTimeout => {
                response.force_close();
            }
            _ => {}
        }
        response.content_type("application/problem+json").body(self.to_json().to_string())
    }
}

impl From<convivio_db::Error> for ApiError {
    fn from(err: convivio_db::Error) -> Self {
        match err {
            convivio_db::Error::Unavailable(cause) => {
                tracing::warn!("the database is not available: {cause}");
                Self::Unavailable
            }
            other => Self::Internal(other.into()),
        }
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(err: anyhow::Error) -> Self {
        Self::Internal(err)
    }
}

#[cfg(test)]
mod tests {
    /// The words of `parts`, as they are written there.
    fn codes() -> Vec<&'static str> {
        let here = include_str!("problem.rs");
        let parts = here.split("fn parts").nth(1).and_then(|rest| rest.split("/// The stable word").next()).expect("parts is above");
        let mut codes: Vec<&str> = parts.split('"').filter(|word| word.contains(|c: char| c.is_ascii_lowercase())).collect();
        codes.retain(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    #[test]
    fn every_code_stands_once_in_the_table_of_problems() {
        let page = include_str!("../../../../docs/api.md");
        let section = page.split("\n## Problems\n").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the page has them");
        let cells = section.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
        let mut told: Vec<&str> = cells.flat_map(|cell| cell.split(',')).map(|code| code.trim().trim_matches('`')).collect();
        told.sort_unstable();
        assert_eq!(told, codes());
    }
}
