//! HTTP handlers for pictures.

mod activities;
mod answer;
mod stats;

pub use activities::*;
pub use answer::image;
pub use stats::*;
