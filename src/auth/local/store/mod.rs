//! SQL statements about passwords and registrations. Each function runs one statement on the
//! caller's connection.

mod passwords;
mod registrations;
mod unproven;

pub use passwords::*;
pub use registrations::*;
pub use unproven::{Purged, purge as purge_unproven};
