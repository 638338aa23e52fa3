//! `/activities/export`: the whole log at once, in as little memory as a few activities need.

mod format;
mod handlers;
mod service;
mod store;

pub use format::Format;
pub use handlers::*;
