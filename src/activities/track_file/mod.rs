//! A single activity as a file for other programs.

mod document;
mod format;
mod gpx;
mod handlers;
mod own;
mod placed;
mod points;
mod tcx;
mod text;
mod xml;

pub use handlers::*;
