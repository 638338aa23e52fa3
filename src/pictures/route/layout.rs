//! Where things stand in the picture of a route.

/// In pixels of the SVG, as all here.
pub const WIDTH: f64 = 800.0;

pub const MARGIN: f64 = 24.0;

pub const TOP: f64 = 78.0;

pub const MAP_HEIGHT: f64 = 380.0;
