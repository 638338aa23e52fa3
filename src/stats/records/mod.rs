//! `/stats/records`: the best there ever was of each kind, and when it fell.
//!
//! Found when they are asked for: what is changed or deleted is no record from then on.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
