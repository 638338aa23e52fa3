//! `/activities/export`: streams the whole log, with one mebibyte of it in memory at a time.

mod format;
mod handlers;
mod pieces;
mod service;
mod store;

pub use format::Format;
pub use handlers::*;
pub use pieces::Pieces;
pub use store::{BYTES, Size};
