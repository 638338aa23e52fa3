//! One activity as a file that other programs read.

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
