//! What was read, whatever it was read from.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Reason, Refusal};
use crate::sport::{ExerciseSet, Lap, MAX_POINTS, Position};

/// The most activities, laps and sets that are read of one file: each takes memory, however short it is there.
pub const MAX_SESSIONS: usize = 1000;
pub const MAX_LAPS: usize = 10_000;
pub const MAX_SETS: usize = 10_000;

/// One more of something; `too_large` when there are `max`.
pub fn push<T>(list: &mut Vec<T>, one: T, max: usize, what: &str) -> Result<(), Refusal> {
    if list.len() >= max {
        return Err(too_many(max, what));
    }
    list.push(one);
    Ok(())
}

fn too_many(max: usize, what: &str) -> Refusal {
    Refusal::new(Reason::TooLarge, format!("more than {max} {what} are not read"))
}

/// A file's activities: one, or those of a triathlon.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub sessions: Vec<Session>,
    /// What is damaged or missing in the file, in words for people: the rest was read all the same.
    pub warnings: Vec<Cow<'static, str>>,
    /// The activity of a sports-log that it was exported from.
    pub exported_from: Option<Uuid>,
}

/// One activity, as it was recorded.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The slug, and what the device calls it.
    pub activity_type: &'static str,
    pub sport_raw: Option<String>,
    pub started_at: DateTime<Utc>,
    pub utc_offset_minutes: Option<i32>,
    pub title: Option<String>,
    pub notes: Option<String>,
    pub device: Option<String>,
    pub totals: Totals,
    /// Those of `totals` that the device or its owner gave; the others were computed from the
    /// track.
    pub measured: Totals,
    pub laps: Vec<Lap>,
    pub sets: Vec<ExerciseSet>,
    pub track: Track,
}

/// What is known of the whole of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// The time that the timer ran.
    pub timer_secs: Option<f64>,
    /// From start to end.
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
    /// Those of this part and the next one together: only what both say is known of the whole.
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
            // A rest between them is elapsed time, and means need to be weighed.
            ..Self::default()
        }
    }

    /// Takes from `other` what is not known.
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

/// The points that were recorded, in pieces: between two of them nothing was.
#[derive(Clone, Debug, Default)]
pub struct Track {
    pub points: Vec<Point>,
    /// Where each piece but the first begins.
    pub breaks: Vec<usize>,
}

/// What was measured at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub time: Option<DateTime<Utc>>,
    pub position: Option<Position>,
    pub altitude: Option<f32>,
    /// Since the start, in metres, as the device counts.
    pub distance: Option<f32>,
    /// In metres a second.
    pub speed: Option<f32>,
    pub heart_rate: Option<f32>,
    pub cadence: Option<f32>,
    pub power: Option<f32>,
    /// In degrees Celsius.
    pub temperature: Option<f32>,
}

impl Track {
    /// A track with more is a long one.
    const MANY_POINTS: usize = 16 * 1024;

    /// Another point; `too_large` when there are too many.
    pub fn push(&mut self, point: Point) -> Result<(), Refusal> {
        // Room that is not used takes no memory. Room that grows is there twice.
        if self.points.len() == Self::MANY_POINTS {
            self.points.reserve_exact(MAX_POINTS - Self::MANY_POINTS);
        }
        push(&mut self.points, point, MAX_POINTS, "points")
    }

    /// Counts another point of a file that may have several tracks; `too_large` as with
    /// [`push`](Self::push).
    pub fn count(points: &mut usize) -> Result<(), Refusal> {
        if *points >= MAX_POINTS {
            return Err(too_many(MAX_POINTS, "points"));
        }
        *points += 1;
        Ok(())
    }

    /// What comes next begins a new piece.
    pub fn break_off(&mut self) {
        let length = self.points.len();
        if length > 0 && self.breaks.last() != Some(&length) {
            self.breaks.push(length);
        }
    }

    /// Another track behind this one, after a break.
    pub fn append(&mut self, mut next: Self) {
        self.break_off();
        let length = self.points.len();
        self.points.append(&mut next.points);
        self.breaks.extend(next.breaks.into_iter().map(|at| length + at));
    }

    /// Takes away what comes from a break on.
    pub fn split_off(&mut self, at: usize) -> Self {
        let points = self.points.split_off(at.min(self.points.len()));
        let later = self.breaks.split_off(self.breaks.partition_point(|known| *known <= at));
        self.breaks.pop_if(|known| *known == at);
        Self { points, breaks: later.into_iter().map(|known| known - at).collect() }
    }

    /// Frees the points but for one, which tells that there were some.
    pub fn forget(&mut self) {
        self.points.truncate(1);
        self.points.shrink_to_fit();
        self.breaks = Vec::new();
    }

    /// The pieces, none of them empty.
    pub fn pieces(&self) -> impl Iterator<Item = &[Point]> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain([self.points.len()]);
        starts
            .zip(ends)
            .filter_map(|(start, end)| self.points.get(start..end))
            .filter(|piece| !piece.is_empty())
    }
}
