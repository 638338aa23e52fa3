//! Privacy zones: the parts of a track that shared pictures hide.
//!
//! Cutting off the ends of a track would reveal the door: it is in the middle of the gap of a loop,
//! and laps pass it again. Instead, a zone hides every part of the track inside a disk. The centre
//! of the disk is not the place. It is displaced at random, once per place and account, and stored.
//!
//! The modules `zone`, `place` and `outside` use neither SQL nor HTTP.

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
