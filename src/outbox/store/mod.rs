//! The outbox's statements.

mod claims;
mod enqueue;
mod operators;
mod upkeep;

pub use claims::*;
pub use enqueue::*;
pub use operators::*;
pub use upkeep::*;
