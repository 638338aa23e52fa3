//! Privacy zones: what shared pictures leave out of a track.
//!
//! Cutting the ends off would point at the door: the gap of a loop has it in its middle, and laps
//! pass it again. So everything within a disk is left out, wherever in the track it lies. The
//! middle of the disk is not the place: it is displaced at random, once for a place and an account,
//! and kept.
//!
//! `zone`, `place` and `outside` know neither SQL nor HTTP.

#[cfg(test)]
mod attack;
mod handlers;
mod outside;
mod place;
mod service;
mod store;
mod types;
mod zone;

pub use handlers::*;
pub use outside::{End, ends, outside, positions};
pub use place::Place;
pub use service::{check, cover, restore, zones};
pub use store::lock;
pub use types::OwnZone;
pub use zone::{Zone, is_covered};
