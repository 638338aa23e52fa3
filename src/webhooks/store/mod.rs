//! SQL statements about webhooks and their deliveries.

mod deliveries;
mod summary;
mod webhooks;

pub use deliveries::*;
pub use summary::*;
pub use webhooks::*;
