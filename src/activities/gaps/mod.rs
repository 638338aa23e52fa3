//! Filling what an activity lacks from what another source says of it.

mod store;

pub use store::fill;
