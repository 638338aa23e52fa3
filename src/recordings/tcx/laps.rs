//! Laps and their totals.

use super::odometer::Odometer;
use crate::{
    recordings::{Point, Totals, Track, outings::has_moved, values::number},
    sport::Lap,
};

/// The lap that is being read.
#[derive(Default)]
pub struct OpenLap {
    pub lap: Lap,
    /// Number of points, and distance counted, before this lap.
    pub first: usize,
    pub before: Odometer,
}

impl OpenLap {
    pub fn read(&mut self, field: &str, text: &str) {
        let lap = &mut self.lap;
        let real = || number(text).filter(|value| *value >= 0.0);
        // Some programs write whole numbers with a fraction.
        let whole = || real().map(|value| value.round() as u32);
        let rate = || whole().filter(|rate| *rate > 0);
        match field.strip_suffix("/Value").unwrap_or(field) {
            "TotalTimeSeconds" => lap.duration_secs = real(),
            "DistanceMeters" => lap.distance_meters = real(),
            "Calories" => lap.calories = whole(),
            "AverageHeartRateBpm" => lap.avg_heart_rate = rate().or(lap.avg_heart_rate),
            "MaximumHeartRateBpm" => lap.max_heart_rate = rate().or(lap.max_heart_rate),
            "Cadence" => lap.avg_cadence = real(),
            field => {
                match field.strip_prefix("Extensions/").and_then(|field| field.rsplit('/').next()) {
                    Some("AvgRunCadence") => lap.avg_cadence = real(),
                    Some("AvgWatts") => lap.avg_power_watts = whole(),
                    _ => {}
                }
            }
        }
    }

    /// Returns the lap. If its totals are zero although its points moved, they come from the
    /// points.
    pub fn finish(self, track: &Track, odometer: &Odometer) -> Lap {
        let Self { mut lap, first, before } = self;
        let points = track.points.get(first..).unwrap_or_default();
        let is_zero = |total: Option<f64>| total.is_none_or(|total| total <= 0.0);
        if is_zero(lap.distance_meters) {
            let counted = odometer.total() - before.total();
            if counted > 0.0 {
                lap.distance_meters = Some(counted);
            } else if has_moved(points) {
                lap.distance_meters = None;
            }
        }
        if is_zero(lap.duration_secs)
            && let Some(seconds) = seconds(points)
        {
            lap.duration_secs = Some(seconds);
        }
        lap
    }
}

/// Returns whether a lap, whose points begin at `first`, repeats one of `laps`: it has the same
/// start and the same points, whatever distance the device counted.
pub fn is_copy(lap: &Lap, first: usize, laps: &[(Lap, usize)], points: &[Point]) -> bool {
    let Some((before, own)) = points.split_at_checked(first) else { return false };
    laps.iter().any(|(known, at)| {
        known.started_at.is_some()
            && known.started_at == lap.started_at
            && known.duration_secs == lap.duration_secs
            && before
                .get(*at..*at + own.len())
                .is_some_and(|known| known.iter().zip(own).all(|(one, two)| is_same_fix(one, two)))
    })
}

fn is_same_fix(one: &Point, other: &Point) -> bool {
    (one.time, one.position, one.heart_rate) == (other.time, other.position, other.heart_rate)
}

fn seconds(points: &[Point]) -> Option<f64> {
    let times = || points.iter().filter_map(|point| point.time);
    let seconds = (times().max()? - times().min()?).as_seconds_f64();
    Some(seconds).filter(|seconds| *seconds > 0.0)
}

/// Adds up the laps. A time or a distance that a lap lacks is left to the track.
pub fn totals(laps: &[Lap], track: &Track) -> Totals {
    let known = |of: fn(&Lap) -> Option<f64>| laps.iter().filter_map(of);
    let sum = |of: fn(&Lap) -> Option<f64>| known(of).reduce(|sum, value| sum + value);
    let whole_sum = |of: fn(&Lap) -> Option<f64>| {
        sum(of).filter(|_| track.points.is_empty() || known(of).count() == laps.len())
    };
    // The mean of the laps, weighted by duration.
    let mean = |of: fn(&Lap) -> Option<f64>| {
        let known = laps.iter().filter_map(|lap| of(lap).zip(lap.duration_secs));
        let (sum, secs) =
            known.fold((0.0, 0.0), |(sum, secs), (value, lap)| (sum + value * lap, secs + lap));
        (secs > 0.0).then(|| sum / secs)
    };
    // The mean of all points is more precise than that of the laps, which are rounded.
    let has_rates = laps.len() > 1 && track.points.iter().any(|point| point.heart_rate.is_some());
    let heart_rate = || mean(|lap| lap.avg_heart_rate.map(f64::from));
    let distance_meters = whole_sum(|lap| lap.distance_meters);
    let calories = sum(|lap| lap.calories.map(f64::from));
    Totals {
        timer_secs: whole_sum(|lap| lap.duration_secs).filter(|secs| *secs > 0.0),
        distance_meters,
        // Distance without calories means that the calories are unknown.
        calories: calories.filter(|total| *total > 0.0 || distance_meters == Some(0.0)),
        avg_heart_rate: if has_rates { None } else { heart_rate() },
        max_heart_rate: laps.iter().filter_map(|lap| lap.max_heart_rate).max().map(f64::from),
        avg_power_watts: mean(|lap| lap.avg_power_watts.map(f64::from)),
        avg_cadence: mean(|lap| lap.avg_cadence),
        ..Totals::default()
    }
}
