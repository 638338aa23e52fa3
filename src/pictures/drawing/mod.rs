//! Drawing tools of all pictures: shapes, colours, scales, and numbers as text.

mod axes;
mod curves;
mod design;
mod header;
mod projection;
pub mod scale;
mod svg;
mod theme;
pub mod words;

pub use axes::Axes;
pub use curves::{Sample, columns, simplified};
pub use design::{Design, Layout};
pub use header::Header;
pub use projection::Projection;
pub use scale::Scale;
pub use svg::{Canvas, Svg, area, outline};
pub use theme::{SHADES, Theme};
pub use words::{Units, printable, shortened};
