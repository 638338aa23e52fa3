//! Queries for connections to Garmin, and for what arrived through them.

mod claims;
mod connections;
mod events;
mod seen;

pub use claims::*;
pub use connections::*;
pub use events::*;
pub use seen::*;

pub use crate::auth::grants::store::{
    NOTIFY_OF_CONNECTIONS as NOTIFY_CHANNEL, disown, notify_of_connections as notify,
};
