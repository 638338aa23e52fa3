//! Which activities are asked for.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// All of it must hold; a cursor is good for one filter only.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filter {
    /// Any of them; empty for all.
    pub types: Vec<String>,
    /// Both inclusive, as all ranges are.
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub min_distance_meters: Option<f64>,
    pub max_distance_meters: Option<f64>,
    pub min_duration_secs: Option<i32>,
    pub max_duration_secs: Option<i32>,
    /// Words of the title and the notes, as people type them into a search engine.
    pub words: Option<String>,
}

impl Filter {
    /// Whether it selects a stretch of time and nothing else.
    pub fn is_of_time(&self) -> bool {
        let Self {
            types,
            from: _,
            to: _,
            min_distance_meters,
            max_distance_meters,
            min_duration_secs,
            max_duration_secs,
            words,
        } = self;
        let lengths = [min_duration_secs.is_some(), max_duration_secs.is_some()];
        let distances = [min_distance_meters.is_some(), max_distance_meters.is_some()];
        types.is_empty()
            && words.is_none()
            && !lengths.contains(&true)
            && !distances.contains(&true)
    }
}
