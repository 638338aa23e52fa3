//! Pool lengths. They give the distance over time when neither satellites nor records do.

use chrono::{DateTime, TimeDelta, Utc};

use super::message::Message;
use crate::recordings::Point;

/// One way across the pool, or a rest.
#[derive(Clone, Copy, Debug)]
pub struct RawLength {
    pub started_at: Option<DateTime<Utc>>,
    pub elapsed_secs: Option<f64>,
    pub is_active: bool,
}

impl RawLength {
    pub fn read(message: &Message<'_>) -> Self {
        const IDLE: f64 = 0.0;
        let seconds = |number| message.number((number, 1000.0, 0.0));
        Self {
            started_at: message.time(2),
            elapsed_secs: seconds(3).or_else(|| seconds(4)),
            is_active: message.raw(12) != Some(IDLE),
        }
    }
}

/// Returns the distance at the end of each length, starting at zero at the start of the first.
pub fn points(lengths: &[RawLength], pool_meters: f64) -> Vec<Point> {
    let mut distance = 0.0;
    let mut points = Vec::new();
    for length in lengths {
        let (Some(start), Some(secs)) = (length.started_at, length.elapsed_secs) else { continue };
        let end = start.checked_add_signed(TimeDelta::milliseconds((secs * 1000.0) as i64));
        let at = |time, distance: f64| Point {
            time,
            distance: Some(distance as f32),
            ..Point::default()
        };
        if points.is_empty() {
            points.push(at(Some(start), 0.0));
        }
        distance += if length.is_active { pool_meters } else { 0.0 };
        points.push(at(end, distance));
    }
    points
}
