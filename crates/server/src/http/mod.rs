//! HTTP itself: errors, bodies, who is asking, lists and answers. The handlers are in `api` and `pages`.

pub mod answer;
pub mod auth;
pub mod json;
pub mod problem;
pub mod query;
pub mod request_id;

pub use answer::{Accepted, Created, Tagged};
pub use auth::{Attendee, Checkin, Manager, Owner, Staff, Viewer};
pub use json::Json;
pub use problem::{ApiError, FieldError, Result, none_wrong};
pub use query::{List, Listing, Query};
