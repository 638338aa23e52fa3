//! Garmin's TrackStatsExtension, which OpenTracks and others also write: the totals of a track.

use crate::recordings::{Totals, values::number};

pub fn read(totals: &mut Totals, name: &str, text: &str) {
    let total = match name {
        "Distance" => &mut totals.distance_meters,
        "TimerTime" => &mut totals.timer_secs,
        "TotalElapsedTime" => &mut totals.elapsed_secs,
        "MovingTime" => &mut totals.moving_secs,
        "Ascent" => &mut totals.elevation_gain_meters,
        "Descent" => &mut totals.elevation_loss_meters,
        "Calories" => &mut totals.calories,
        "AvgHeartRate" => &mut totals.avg_heart_rate,
        "MaxHeartRate" => &mut totals.max_heart_rate,
        "AvgCadence" => &mut totals.avg_cadence,
        _ => return,
    };
    *total = number(text).filter(|total| *total >= 0.0);
}
