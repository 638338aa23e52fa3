//! Pictures that embed anywhere: SVG and PNG, light and dark, with a text alternative, and without a map
//! provider or anything else from elsewhere.
//!
//! `drawing`, and a file or folder for each picture, know neither SQL nor HTTP: the same data gives the same
//! bytes.

mod chart;
mod disclosure;
mod drawing;
mod handlers;
mod heatmap;
mod letters;
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
pub use drawing::{Theme, Units};
pub use handlers::*;
pub use metric::Metric;
pub use painter::Painter;
pub use service::paint;
pub use studio::Studio;
pub use types::{
    DaysParams, HeatmapOptions, Look, Picture, Size, WeeklyOptions, WeeksParams, YearParams,
};
