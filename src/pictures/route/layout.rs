//! Layout of the route picture.

/// In SVG pixels, as all lengths here.
pub const WIDTH: f64 = 800.0;

pub const MARGIN: f64 = 24.0;

pub const TOP: f64 = 78.0;

pub const MAP_HEIGHT: f64 = 380.0;
