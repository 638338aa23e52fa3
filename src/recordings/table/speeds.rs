//! Plausible average speeds by sport.

use std::ops::RangeInclusive;

use super::{
    columns::Column,
    rows::{Row, Table},
};
use crate::sport::Sport;

/// In metres per second. Only aircraft are faster.
const FASTEST: f64 = 100.0;

/// Returns the sport of a line.
pub fn sport(table: &Table, row: &Row) -> &'static str {
    Sport::of(table.cell(row, Column::Sport).or_else(|| table.cell(row, Column::Exercise)))
}

/// Returns plausible speeds in metres per second. Other sports may be anything from climbing to
/// sledging.
pub fn speeds(sport: &str) -> RangeInclusive<f64> {
    usual(sport).unwrap_or(0.2..=40.0)
}

/// Returns the maximum speed in metres per second.
pub fn fastest(sport: &str) -> f64 {
    usual(sport).map_or(FASTEST, |speeds| *speeds.end())
}

fn usual(sport: &str) -> Option<RangeInclusive<f64>> {
    Some(match sport {
        "run" | "trail_run" | "treadmill_run" | "virtual_run" => 0.5..=12.0,
        "walk" | "hike" | "snowshoe" | "golf" => 0.1..=8.0,
        "swim" | "open_water_swim" => 0.1..=3.0,
        "row" | "paddle" | "stand_up_paddle" => 0.3..=8.0,
        "cycle" | "gravel_cycle" | "mountain_bike" | "indoor_cycle" | "virtual_cycle"
        | "e_bike" | "hand_cycle" => 0.8..=25.0,
        "cross_country_ski" | "ice_skate" | "inline_skate" => 0.5..=17.0,
        _ => return None,
    })
}
