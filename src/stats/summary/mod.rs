//! `/stats/summary`: totals by day, week, month, year or sport, compared with the range before.

mod buckets;
mod current;
mod handlers;
mod service;
mod types;

pub use handlers::*;
