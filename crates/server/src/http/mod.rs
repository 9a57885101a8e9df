//! HTTP itself: errors, bodies, who is asking, lists and answers. The handlers are in `api` and `pages`.

pub mod answer;
pub mod auth;
pub mod client;
pub mod describe;
pub mod endpoint;
pub mod idempotency;
pub mod json;
pub mod limits;
pub mod problem;
pub mod query;
pub mod receiving;
pub mod request_id;
pub mod signed;

pub use answer::{Accepted, Created, CreatedTagged, Forms, IfMatch, InForm, List, MustMatch, NoContent, Promised, Tagged};
pub use auth::{AnyRole, Attendee, Checkin, Manager, Owner, SignedIn, Staff, Viewer, Whoever};
pub use json::{Checked, Json, Patch, Ruled, Unread};
pub use problem::{ApiError, FieldError, Result, none_wrong};
pub use query::{Listing, Query};
pub use signed::Signed;
