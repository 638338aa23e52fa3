//! Statements about connections to Garmin, and what came through them.

mod claims;
mod connections;
mod events;
mod seen;

pub use claims::*;
pub use connections::*;
pub use events::*;
pub use seen::*;

/// What wakes those who work on connections.
pub const NOTIFY_CHANNEL: &str = "garmin";
