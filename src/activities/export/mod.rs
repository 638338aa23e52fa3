//! `/activities/export`: the whole log at once, a mebibyte of it in memory at a time.

mod format;
mod handlers;
mod pieces;
mod service;
mod store;

pub use format::Format;
pub use handlers::*;
pub use pieces::Pieces;
pub use store::{BYTES, Size};
