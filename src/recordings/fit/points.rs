//! Records as points, one per moment, and the pauses of the timer between them.

use chrono::{DateTime, Utc};

use super::{
    clock::Clock,
    message::{Message, TIMESTAMP},
    profile::record::{
        ALTITUDE, CADENCE, CADENCE_256, CADENCE_FRACTION, DISTANCE, ENHANCED_ALTITUDE,
        ENHANCED_SPEED, HEART_RATE, LATITUDE, LONGITUDE, POWER, SPEED, SPEED_AND_DISTANCE,
        TEMPERATURE,
    },
};
use crate::{
    recordings::{Point, Refusal, Track, recording::push},
    sport::Position,
};

/// More often than any device pauses.
const MAX_EVENTS: usize = 100_000;

/// Plausible altitudes in metres. A sensor without a value reports one outside.
const HEIGHTS: std::ops::RangeInclusive<f64> = -499.0..=9000.0;

/// The points of a file, and its timer.
#[derive(Default)]
pub struct Points {
    track: Track,
    /// When the timer was started (`true`) and stopped.
    timer: Vec<(DateTime<Utc>, bool)>,
    packed: PackedDistance,
}

impl Points {
    pub fn is_empty(&self) -> bool {
        self.track.points.is_empty()
    }

    pub fn record(&mut self, message: &Message<'_>) -> Result<(), Refusal> {
        let mut point = point(message);
        if let Some((speed, distance)) = self.packed.next(message) {
            point.speed = point.speed.or(Some(speed));
            point.distance = point.distance.or(Some(distance));
        }
        if point == Point::default() {
            return Ok(());
        }
        self.push(point)
    }

    /// Adds a point, or merges it into the last one of the same moment. Sensors may write separate
    /// records.
    fn push(&mut self, point: Point) -> Result<(), Refusal> {
        let is_new_piece = self.track.breaks.last() == Some(&self.track.points.len());
        match self.track.points.last_mut() {
            Some(last) if !is_new_piece && is_of_one_moment(last, &point) => {
                join(last, &point);
                Ok(())
            }
            _ => self.track.push(point),
        }
    }

    pub fn event(&mut self, message: &Message<'_>) -> Result<(), Refusal> {
        const TIMER: f64 = 0.0;
        const START: f64 = 0.0;
        /// Stops of one timer or of all, temporary or final.
        const STOPS: [f64; 4] = [1.0, 4.0, 8.0, 9.0];
        let kind = message.raw(1).filter(|_| message.raw(0) == Some(TIMER));
        let is_stop = kind.is_some_and(|kind| STOPS.contains(&kind));
        if is_stop {
            self.track.break_off();
        }
        match message.time(TIMESTAMP).filter(|_| is_stop || kind == Some(START)) {
            Some(time) => push(&mut self.timer, (time, !is_stop), MAX_EVENTS, "pauses"),
            None => Ok(()),
        }
    }

    pub fn absorb(&mut self, other: Self) -> Result<(), Refusal> {
        other.track.points.into_iter().try_for_each(|point| self.push(point))
    }

    /// Returns the times in the order of the file.
    pub fn times(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.track.points.iter().filter_map(|point| point.time)
    }

    /// Corrects the times recorded before the clock was set.
    pub fn set_clock(&mut self, clock: &Clock) {
        let points = self.track.points.iter_mut().filter_map(|point| point.time.as_mut());
        for time in points.chain(self.timer.iter_mut().map(|(time, _)| time)) {
            *time = clock.utc(*time);
        }
    }

    /// Returns the timer time, if the file contains timer events.
    pub fn timer_secs(&self) -> Option<f64> {
        let (mut since, mut ran) = (None, None);
        let last = self.times().last().map(|time| (time, false));
        for (time, is_start) in self.timer.iter().copied().chain(last) {
            if is_start {
                since = since.or(Some(time));
            } else if let Some(start) = since.take() {
                let secs = (time - start).as_seconds_f64().max(0.0);
                *ran.get_or_insert(0.0) += secs;
            }
        }
        ran
    }

    /// Returns all points in order of time.
    pub fn into_track(mut self) -> Result<Track, Refusal> {
        if self.times().is_sorted() {
            return Ok(self.track);
        }
        let stops = self.timer.iter().filter(|(_, is_start)| !is_start);
        let mut stops: Vec<_> = stops.map(|(time, _)| *time).collect();
        stops.sort();
        let mut points = std::mem::take(&mut self.track).points;
        // A point without a time stays after its predecessor.
        let mut last = None;
        points.sort_by_cached_key(|point| {
            last = point.time.or(last);
            last
        });
        let mut stops = stops.into_iter().peekable();
        for point in points {
            while stops.next_if(|stop| point.time.is_some_and(|time| time > *stop)).is_some() {
                self.track.break_off();
            }
            self.push(point)?;
        }
        Ok(self.track)
    }
}

/// Returns whether both points are of one moment and not at different positions.
fn is_of_one_moment(one: &Point, other: &Point) -> bool {
    let is_elsewhere = one.position.zip(other.position).is_some_and(|(one, other)| one != other);
    one.time.is_some() && one.time == other.time && !is_elsewhere
}

/// Adds the missing values of a point.
fn join(point: &mut Point, other: &Point) {
    *point = Point {
        time: point.time,
        position: point.position.or(other.position),
        altitude: point.altitude.or(other.altitude),
        // The distance grows, so the later value is closer to the total.
        distance: other.distance.or(point.distance),
        speed: point.speed.or(other.speed),
        heart_rate: point.heart_rate.or(other.heart_rate),
        cadence: point.cadence.or(other.cadence),
        power: point.power.or(other.power),
        temperature: point.temperature.or(other.temperature),
    };
}

fn point(message: &Message<'_>) -> Point {
    let position = message.degrees(LATITUDE).zip(message.degrees(LONGITUDE));
    let altitude = message.number(ENHANCED_ALTITUDE).or_else(|| message.number(ALTITUDE));
    let fraction = message.single(CADENCE_FRACTION).unwrap_or(0.0);
    let cadence = message.single(CADENCE).map(|cadence| cadence + fraction);
    Point {
        time: message.time(TIMESTAMP),
        position: position.and_then(|(latitude, longitude)| Position::new(latitude, longitude)),
        altitude: altitude.filter(|metres| HEIGHTS.contains(metres)).map(|metres| metres as f32),
        distance: message.single(DISTANCE),
        speed: message.single(ENHANCED_SPEED).or_else(|| message.single(SPEED)),
        heart_rate: message.single(HEART_RATE).filter(|rate| *rate > 0.0),
        cadence: cadence.or_else(|| message.single(CADENCE_256)),
        power: message.single(POWER),
        temperature: message.single(TEMPERATURE),
    }
}

/// A field of old devices: twelve bits of speed, and twelve bits of a distance that wraps around.
#[derive(Default)]
struct PackedDistance {
    bits: Option<u32>,
    sum: u32,
}

impl PackedDistance {
    fn next(&mut self, message: &Message<'_>) -> Option<(f32, f32)> {
        let mut bytes = message.values(SPEED_AND_DISTANCE);
        let mut next = || Some(bytes.next()?.unwrap_or(255.0) as u32);
        let (one, two, three) = (next()?, next()?, next()?);
        if (one, two, three) == (255, 255, 255) {
            return None;
        }
        let (speed, distance) = (one | (two & 0x0f) << 8, two >> 4 | three << 4);
        let step = distance.wrapping_sub(self.bits.unwrap_or(0)) & 0xfff;
        self.sum = self.sum.saturating_add(step);
        self.bits = Some(distance);
        Some((speed as f32 / 100.0, self.sum as f32 / 16.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Point {
        Point { time: DateTime::from_timestamp(1_700_000_000 + second, 0), ..Point::default() }
    }

    #[test]
    fn records_of_one_moment_are_one_point() {
        let mut points = Points::default();
        let place = Position::new(47.0, 8.0);
        let elsewhere = Position::new(47.1, 8.0);
        points.push(Point { position: place, ..at(0) }).unwrap();
        points.push(Point { heart_rate: Some(140.0), ..at(0) }).unwrap();
        points.push(Point { position: place, power: Some(200.0), ..at(0) }).unwrap();
        // Several points per second.
        points.push(Point { position: elsewhere, ..at(0) }).unwrap();
        points.push(Point { power: Some(1.0), ..Point::default() }).unwrap();
        points.push(Point { power: Some(1.0), ..Point::default() }).unwrap();
        let track = points.into_track().unwrap();
        let whole = Point { position: place, heart_rate: Some(140.0), power: Some(200.0), ..at(0) };
        assert_eq!(track.points.len(), 4);
        assert_eq!(track.points[0], whole);
    }

    #[test]
    fn points_out_of_order_are_ordered_and_keep_their_breaks() {
        let mut points = Points { timer: vec![(at(3).time.unwrap(), false)], ..Points::default() };
        for second in [0, 2, 1, 3, 9, 10, 10, 8] {
            points.push(at(second)).unwrap();
        }
        let track = points.into_track().unwrap();
        let times: Vec<_> = track.points.iter().map(|point| point.time).collect();
        assert_eq!(times, [0, 1, 2, 3, 8, 9, 10].map(|second| at(second).time));
        assert_eq!(track.breaks, [4]);
    }
}
