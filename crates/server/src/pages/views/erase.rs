//! Being forgotten: what it means, and the last page there is.

use serde::Serialize;

use super::{FieldError, Way};

/// `/in/{token}/erase`: posts `confirm`, the reader's own address.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErasePage {
    pub ways: Vec<Way>,
    pub organizer: String,
    /// `/in/{token}/export`.
    pub export: String,
    /// `/in/{token}/preferences`, for who would rather stay.
    pub back: String,
    /// As typed.
    pub confirm: String,
    pub errors: Vec<FieldError>,
}

/// What its POST answers. Its own address opens nothing any more, so that nothing on it leads there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Forgotten {
    pub organizer: String,
}
