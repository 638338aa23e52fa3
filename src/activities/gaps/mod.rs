//! Fills missing values of an activity from another source.

mod store;

pub use store::fill;
