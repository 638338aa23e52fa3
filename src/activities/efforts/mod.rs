//! The best parts of an activity: the fastest kilometre, the most powerful twenty minutes, the heaviest set.
//!
//! What streams tell is looked for when they are kept, and kept beside them; what sets tell, when it is asked for.

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

/// Of the search: a higher one has all streams searched anew.
pub const VERSION: i16 = 1;
