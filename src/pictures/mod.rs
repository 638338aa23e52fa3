//! Pictures that can be embedded anywhere: SVG and PNG, light and dark, with a text alternative.
//! They need no map provider and load nothing from other servers.
//!
//! `drawing` and the module of each picture use neither SQL nor HTTP. The same data yields the same
//! bytes.

mod chart;
mod disclosure;
mod drawing;
mod handlers;
mod heatmap;
mod letters;
mod mark;
mod metric;
mod painter;
mod png;
mod route;
mod service;
mod store;
mod studio;
mod subject;
mod track;
mod types;
mod weekly;

pub use disclosure::{Disclosure, Uncovered};
pub use drawing::{Layout, Theme, Units};
pub use handlers::*;
pub use mark::Mark;
pub use metric::Metric;
pub use painter::Painter;
pub use service::{marks, paint};
pub use studio::Studio;
pub use types::{
    Appearance, DaysParams, HeatmapOptions, Picture, Size, WeeklyOptions, WeeksParams, YearParams,
};
