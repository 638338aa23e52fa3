//! `/stats/records`: the best value of each kind, and when it was set.
//!
//! Records are computed on request, so they always follow the current log.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
