//! The HTTP server: routes, API document, workers, middleware.

mod compression;
mod cors;
mod docs;
mod endpoint;
mod finish;
mod health;
mod in_order;
mod limits;
pub mod openapi;
mod pages;
mod request_id;
mod request_span;
mod routes;
mod unread;
mod web;
mod workers;

pub use finish::LoggedCode;
pub use request_id::RequestId;
pub use request_span::RequestSpan;
pub use workers::{DomainState, start};
