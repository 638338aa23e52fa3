//! One activity as a file that other programs read.

mod gpx;
mod handlers;
mod points;
mod tcx;
mod text;
mod xml;

pub use handlers::*;
