//! Fetches one row and reads the answer to its end.
//!
//! An answer ends with `ReadyForQuery`, which PostgreSQL sends after the statement's transaction
//! has committed. Since version 17, it sends rows above 8 KiB before the commit. A caller that
//! stops at the first row, as diesel's `get_result` does, could acknowledge a write that a crash
//! then undoes.

use diesel::{NotFound, QueryResult};
use diesel_async::{
    AsyncConnectionCore, RunQueryDsl, methods::LoadQuery, return_futures::LoadFuture,
};
use futures_util::future::{FutureExt, Map};

/// Takes the first of the rows of a complete answer.
type First<U> = fn(QueryResult<Vec<U>>) -> QueryResult<U>;

/// Replaces diesel's `get_result`, which `clippy.toml` disallows.
pub trait FetchOne<Conn>: RunQueryDsl<Conn> {
    /// The first row, after the statement's transaction has ended. `NotFound` without a row.
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
