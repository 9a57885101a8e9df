//! Files: an event as JSON, its people as CSV, and the plan that comes out.

mod csv;
mod json;
mod plan;

pub use csv::people;
pub use json::{File, draft};
pub use plan::{plan, refusal};
