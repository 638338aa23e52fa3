//! The one row of an answer, read to its end.
//!
//! An answer ends with `ReadyForQuery`, which PostgreSQL sends once the statement's transaction has
//! committed. From version 17 on it sends rows above 8 KiB before the commit, so a caller that left
//! at the first row, as diesel's `get_result` does, could acknowledge what a crash then takes back.

use diesel::{NotFound, QueryResult};
use diesel_async::{
    AsyncConnectionCore, RunQueryDsl, methods::LoadQuery, return_futures::LoadFuture,
};
use futures_util::future::{FutureExt, Map};

/// Takes the rows of an answer that has ended.
type First<U> = fn(QueryResult<Vec<U>>) -> QueryResult<U>;

/// Takes the place of diesel's `get_result`, which `clippy.toml` disallows.
pub trait FetchOne<Conn>: RunQueryDsl<Conn> {
    /// The first row, once the statement's transaction has ended. `NotFound` without a row.
    fn fetch_one<'query, 'conn, U>(
        self,
        conn: &'conn mut Conn,
    ) -> Map<LoadFuture<'conn, 'query, Self, Conn, U>, First<U>>
    where
        U: Send + 'conn,
        Conn: AsyncConnectionCore,
        Self: LoadQuery<'query, Conn, U> + 'query,
    {
        self.load(conn).map(|rows| rows?.into_iter().next().ok_or(NotFound))
    }
}

impl<T, Conn> FetchOne<Conn> for T where T: RunQueryDsl<Conn> {}
