//! Limits on each client's share of the server, so that no client delays others.
//!
//! A client is a user; an address, until a request is authenticated; or all viewers of one user's
//! shares. Each client has a fixed amount of each resource in [`Resource`], counted per process. If
//! a request needs more, it waits for the client's own earlier requests, without a database
//! connection. If too many requests wait, it is rejected.
//!
//! `server::limits` sets the current [`Request`]. The pool, the point reads, the painter and the
//! readers of streams take resources on its behalf. Work outside of requests is not counted.

mod allowance;
mod request;
mod thread_pool;

pub use allowance::{Client, FairUse, Permit, Resource};
pub use request::{Request, Streaming, body, connection, follow, picture, read, stream, upload};
pub use thread_pool::ThreadPool;
