//! The best efforts in an activity: the fastest kilometre, the highest power over twenty
//! minutes, the heaviest set.
//!
//! Efforts in streams are searched for when the streams are stored, and are stored with them. The
//! totals of sets are computed on request.

mod backfill;
mod curve;
mod effort;
mod handlers;
mod kind;
mod store;
mod strength;

pub use backfill::start;
pub use effort::Effort;
pub use handlers::*;
pub use kind::{EffortKind, Task, Unit};
pub use store::replace;
pub use strength::Strength;

/// Version of the search. Raising it causes all stored streams to be searched again.
pub const VERSION: i16 = 2;
