use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select, Value};

use crate::{Result, Scoped};

/// One page of a list, and whether more follows.
pub struct Page<T> {
    pub rows: Vec<T>,
    pub more: bool,
}

impl<T> Page<T> {
    /// From one row more than was asked for.
    fn of(mut rows: Vec<T>, limit: u64) -> Self {
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

impl<K: Into<Value>> Cursor<K> {
    /// The page of `rows` that follows the cursor, in the order of `key`, which must be unique among them.
    pub(crate) async fn page<E: EntityTrait>(self, scope: &impl Scoped, rows: Select<E>, key: E::Column) -> Result<Page<E::Model>> {
        let limit = self.limit;
        Ok(Page::of(self.rows(rows, key).all(scope.connection()).await?, limit))
    }

    /// The same, of rows that are read as something else.
    pub(crate) async fn page_as<E: EntityTrait, M: FromQueryResult>(
        self,
        scope: &impl Scoped,
        rows: Select<E>,
        key: E::Column,
    ) -> Result<Page<M>> {
        let limit = self.limit;
        Ok(Page::of(self.rows(rows, key).into_model::<M>().all(scope.connection()).await?, limit))
    }

    /// A page with the largest key first.
    pub(crate) async fn page_back<E: EntityTrait>(self, scope: &impl Scoped, rows: Select<E>, key: E::Column) -> Result<Page<E::Model>> {
        let rows = rows.order_by_desc(key).limit(self.limit + 1);
        let rows = match self.after {
            Some(after) => rows.filter(key.lt(after)),
            None => rows,
        };
        Ok(Page::of(rows.all(scope.connection()).await?, self.limit))
    }

    /// One more than the page tells whether another follows, without counting.
    fn rows<E: EntityTrait>(self, rows: Select<E>, key: E::Column) -> Select<E> {
        let rows = rows.order_by_asc(key).limit(self.limit + 1);
        match self.after {
            Some(after) => rows.filter(key.gt(after)),
            None => rows,
        }
    }
}
