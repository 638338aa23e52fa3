//! `/stats/summary`: totals by day, week, month, year or sport, and how they compare with the time before.

mod buckets;
mod handlers;
mod service;
mod types;

pub use handlers::*;
