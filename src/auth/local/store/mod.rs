//! Statements about credentials and registrations: one function, one statement, on a
//! connection that is lent.

mod passwords;
mod registrations;
mod unproven;

pub use passwords::*;
pub use registrations::*;
pub use unproven::{Purged, purge as purge_unproven};
