//! What was measured along an activity, as it is kept: series of values, packed and deflated.

pub mod packed;
mod packing;

pub use packed::{Series, Streams};
pub use packing::Packable;
