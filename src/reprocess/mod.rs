//! Reads stored files again, with the current readers: measured values change, and
//! what people wrote stays.

mod handlers;
mod matching;
mod reading;
pub mod report;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use reading::{Reread, read};
pub use service::{Scope, apply};
pub use store::{Selection, StoredFile, count, next};
