//! SQL statements about the outbox.

mod checks;
mod claims;
mod enqueue;
mod operators;
mod outcomes;
mod undelivered;
mod upkeep;

pub use checks::*;
pub use claims::*;
pub use enqueue::*;
pub use operators::*;
pub use outcomes::*;
pub use undelivered::*;
pub use upkeep::*;
