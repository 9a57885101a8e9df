//! The only place that knows SQL: one module a table with its row, the rules about one row, and its queries by name.
//!
//! Start with [`Database`]: `write` opens a transaction and `read` a reader, both of one organizer; the queries take either and see only that
//! organizer's rows. [`Central`] is the small door for what stands above organizers: finding one by its name, a token by its hash, and the work
//! that is due.

pub mod backup;
pub mod block;
pub mod bounce;
mod central;
pub mod checkin;
pub mod connection;
pub mod consent;
pub mod contact;
pub mod encounter;
pub mod enrollment;
mod error;
pub mod event;
pub mod feedback;
pub mod feedback_told;
pub mod guide;
pub mod guide_ack;
pub mod idempotency;
pub mod introduction;
pub mod job;
pub mod limit;
mod lists;
pub mod log;
pub mod login;
pub mod member;
pub mod message;
mod open;
pub mod organizer;
mod page;
pub mod passion;
pub mod person;
pub mod plan;
pub mod prompt;
pub mod question;
pub mod registration;
pub mod report;
pub mod round;
pub mod rule;
mod scope;
pub mod seat;
pub mod sending;
pub mod series;
pub mod setting;
mod stored;
pub mod suppression;
pub mod template;
#[cfg(test)]
mod testing;
pub mod token;

pub use central::Central;
pub use error::{Error, Result};
pub use open::{Database, Settings, Store, Synchronous};
pub use page::{Cursor, Page};
pub use scope::{Read, Scoped, Tenant, Tx};
pub use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
pub use stored::Stored;
