//! A recording, independent of its format.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Reason, Refusal};
use crate::sport::{ExerciseSet, Lap, MAX_POINTS, Position};

/// Maximum number of activities, laps and sets per file. Each takes memory, even if it is short in
/// the file.
pub const MAX_SESSIONS: usize = 1000;
pub const MAX_LAPS: usize = 10_000;
pub const MAX_SETS: usize = 10_000;

/// Adds an item. Fails with `too_large` if there are `max` already.
pub fn push<T>(list: &mut Vec<T>, one: T, max: usize, what: &str) -> Result<(), Refusal> {
    if list.len() >= max {
        return Err(too_many(max, what));
    }
    list.push(one);
    Ok(())
}

fn too_many(max: usize, what: &str) -> Refusal {
    Refusal::new(Reason::TooLarge, format!("more than {max} {what} are not supported"))
}

/// The activities of a file: one, or several as in a triathlon.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub sessions: Vec<Session>,
    /// Describes in words what is damaged or missing in the file. The rest was read.
    pub warnings: Vec<Cow<'static, str>>,
    /// The activity of a sports-log instance from which the file was exported.
    pub exported_from: Option<Uuid>,
}

/// One recorded activity.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The slug, and the device's name of the sport.
    pub activity_type: &'static str,
    pub sport_raw: Option<String>,
    pub started_at: DateTime<Utc>,
    pub utc_offset_minutes: Option<i32>,
    pub title: Option<String>,
    pub notes: Option<String>,
    pub device: Option<String>,
    pub totals: Totals,
    /// The `totals` given by the device or the user. The others were computed from the track.
    pub measured: Totals,
    pub laps: Vec<Lap>,
    pub sets: Vec<ExerciseSet>,
    pub track: Track,
}

/// Totals of an activity, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Timer time, without pauses.
    pub timer_secs: Option<f64>,
    /// Time from start to end, including pauses.
    pub elapsed_secs: Option<f64>,
    pub moving_secs: Option<f64>,
    pub distance_meters: Option<f64>,
    pub calories: Option<f64>,
    pub elevation_gain_meters: Option<f64>,
    pub elevation_loss_meters: Option<f64>,
    pub avg_heart_rate: Option<f64>,
    pub max_heart_rate: Option<f64>,
    pub avg_power_watts: Option<f64>,
    pub avg_cadence: Option<f64>,
}

impl Totals {
    /// Combines the totals of two consecutive parts. A total is known only if both parts have it.
    pub fn and_then(&self, next: &Self) -> Self {
        let sum = |one: Option<f64>, other: Option<f64>| Some(one? + other?);
        let max = |one: Option<f64>, other: Option<f64>| Some(one?.max(other?));
        Self {
            timer_secs: sum(self.timer_secs, next.timer_secs),
            moving_secs: sum(self.moving_secs, next.moving_secs),
            distance_meters: sum(self.distance_meters, next.distance_meters),
            calories: sum(self.calories, next.calories),
            elevation_gain_meters: sum(self.elevation_gain_meters, next.elevation_gain_meters),
            elevation_loss_meters: sum(self.elevation_loss_meters, next.elevation_loss_meters),
            max_heart_rate: max(self.max_heart_rate, next.max_heart_rate),
            // A pause between the parts is elapsed time, and means would have to be weighted.
            ..Self::default()
        }
    }

    /// Takes unknown totals from `other`.
    pub fn fill(&mut self, other: &Self) {
        let fill = |known: &mut Option<f64>, with: Option<f64>| *known = known.or(with);
        fill(&mut self.timer_secs, other.timer_secs);
        fill(&mut self.elapsed_secs, other.elapsed_secs);
        fill(&mut self.moving_secs, other.moving_secs);
        fill(&mut self.distance_meters, other.distance_meters);
        fill(&mut self.calories, other.calories);
        fill(&mut self.elevation_gain_meters, other.elevation_gain_meters);
        fill(&mut self.elevation_loss_meters, other.elevation_loss_meters);
        fill(&mut self.avg_heart_rate, other.avg_heart_rate);
        fill(&mut self.max_heart_rate, other.max_heart_rate);
        fill(&mut self.avg_power_watts, other.avg_power_watts);
        fill(&mut self.avg_cadence, other.avg_cadence);
    }
}

/// The recorded points, in pieces. Nothing was recorded between two pieces.
#[derive(Clone, Debug, Default)]
pub struct Track {
    pub points: Vec<Point>,
    /// Index of the first point of each piece except the first.
    pub breaks: Vec<usize>,
}

/// What was measured at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub time: Option<DateTime<Utc>>,
    pub position: Option<Position>,
    pub altitude: Option<f32>,
    /// Metres since the start, as counted by the device.
    pub distance: Option<f32>,
    /// Metres per second.
    pub speed: Option<f32>,
    pub heart_rate: Option<f32>,
    pub cadence: Option<f32>,
    pub power: Option<f32>,
    /// Degrees Celsius.
    pub temperature: Option<f32>,
}

impl Track {
    /// A track with more points is expected to be long.
    const MANY_POINTS: usize = 16 * 1024;

    /// Adds a point. Fails with `too_large` if there are too many.
    pub fn push(&mut self, point: Point) -> Result<(), Refusal> {
        // Reserved memory costs nothing until it is used. A growing vector is copied and exists
        // twice.
        if self.points.len() == Self::MANY_POINTS {
            self.points.reserve_exact(MAX_POINTS - Self::MANY_POINTS);
        }
        push(&mut self.points, point, MAX_POINTS, "points")
    }

    /// Counts a point of a file that may have several tracks. Fails with `too_large` like
    /// [`push`](Self::push).
    pub fn count(points: &mut usize) -> Result<(), Refusal> {
        if *points >= MAX_POINTS {
            return Err(too_many(MAX_POINTS, "points"));
        }
        *points += 1;
        Ok(())
    }

    /// Starts a new piece with the next point.
    pub fn break_off(&mut self) {
        let length = self.points.len();
        if length > 0 && self.breaks.last() != Some(&length) {
            self.breaks.push(length);
        }
    }

    /// Appends another track after a break.
    pub fn append(&mut self, mut next: Self) {
        self.break_off();
        let length = self.points.len();
        self.points.append(&mut next.points);
        self.breaks.extend(next.breaks.into_iter().map(|at| length + at));
    }

    /// Splits off the points from a break onwards.
    pub fn split_off(&mut self, at: usize) -> Self {
        let points = self.points.split_off(at.min(self.points.len()));
        let later = self.breaks.split_off(self.breaks.partition_point(|known| *known <= at));
        self.breaks.pop_if(|known| *known == at);
        Self { points, breaks: later.into_iter().map(|known| known - at).collect() }
    }

    /// Frees the points, except one as a sign that there were some.
    pub fn free_points(&mut self) {
        self.points.truncate(1);
        self.points.shrink_to_fit();
        self.breaks = Vec::new();
    }

    /// Iterates over the pieces, none of which is empty.
    pub fn pieces(&self) -> impl Iterator<Item = &[Point]> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain([self.points.len()]);
        starts
            .zip(ends)
            .filter_map(|(start, end)| self.points.get(start..end))
            .filter(|piece| !piece.is_empty())
    }
}
