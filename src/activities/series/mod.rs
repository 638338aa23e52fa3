//! Stored series of the values measured along an activity, packed and deflated.

pub mod packed;
mod packing;

pub use packed::{Series, Streams};
pub use packing::Packable;
