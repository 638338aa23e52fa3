//! One client's share of the server, so that it keeps nobody else waiting.
//!
//! A client is a user; an address, until a request shows whose it is; or everybody who looks at
//! what one user shares. Of each resource in [`Resource`] a client has a fixed amount, counted in
//! this process. Its further requests wait for its own earlier ones, without a database connection,
//! and are refused when too many wait.
//!
//! `server::limits` says which [`Request`] is being served; the pool, the point reads, the painter
//! and the readers of streams ask on its behalf. Work that no request waits for is not counted.

mod allowance;
mod request;
mod workshop;

pub use allowance::{Client, FairUse, Lent, Resource};
pub use request::{Request, Streaming, body, connection, follow, picture, read, stream, upload};
pub use workshop::Workshop;
