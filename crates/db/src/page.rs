use serde::Serialize;
use serde::de::DeserializeOwned;

/// One page of a list, and whether more follows.
pub struct Page<T> {
    pub rows: Vec<T>,
    pub more: bool,
}

impl<T> Page<T> {
    /// From one row more than was asked for.
    pub(crate) fn of(mut rows: Vec<T>, limit: u64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Self { rows, more }
    }
}

/// Where a page starts: after the row with this key. The client sees it as an opaque word.
pub struct Cursor<K> {
    pub after: Option<K>,
    pub limit: u64,
}

impl<K: Serialize + DeserializeOwned> Cursor<K> {
    /// One more than the page, to see whether another follows without counting.
    pub(crate) fn fetch(&self) -> u64 {
        self.limit + 1
    }
}
