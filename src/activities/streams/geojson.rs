//! A track as GeoJSON (RFC 7946).

use std::{collections::VecDeque, iter::Peekable, vec};

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Reading, Values};
use crate::{
    activities::series::Series,
    error::{ApiError, ApiResult},
    http::Written,
};

/// A GeoJSON Feature with a LineString, or with a MultiLineString if there were pauses or the track
/// crosses the antimeridian, where it is cut (RFC 7946, section 3.1.9). `geometry` is `null` if no
/// line has two positions.
#[derive(Serialize, ToSchema)]
#[schema(as = Track)]
pub struct TrackFeature {
    #[serde(rename = "type")]
    #[schema(examples("Feature"))]
    kind: &'static str,
    id: Uuid,
    /// A LineString, a MultiLineString, or `null`.
    #[schema(required, value_type = Option<Object>)]
    geometry: (),
    #[schema(value_type = Object)]
    properties: Properties,
}

#[derive(Serialize)]
struct Properties {}

impl TrackFeature {
    /// The feature as text, written piece by piece. [`TrackText`] inserts the geometry.
    pub fn text(id: Uuid, reading: Reading) -> ApiResult<TrackText> {
        let outline = Self { kind: "Feature", id, geometry: (), properties: Properties {} };
        let outline = serde_json::to_string(&outline).map_err(ApiError::internal)?;
        let (head, tail) = outline.split_once("null").unwrap_or_default();
        let (geometry, end) = match lines(&reading)? {
            0 => ("null", ""),
            1 => (r#"{"type":"LineString","coordinates":"#, "}"),
            _ => (r#"{"type":"MultiLineString","coordinates":["#, "]}"),
        };
        Ok(TrackText {
            head: Some(format!("{head}{geometry}")),
            tail: format!("{end}{tail}"),
            steps: Steps::of(&reading)?,
            held: None,
            is_in_line: false,
            is_first: true,
        })
    }
}

/// Longitude, latitude, and the altitude if it is known.
type Coordinates = Vec<f64>;

/// Writes the lines of a track. A line starts at a break or at the antimeridian, and has at least
/// two positions (RFC 7946, section 3.1.4).
pub struct TrackText {
    head: Option<String>,
    tail: String,
    steps: Option<Steps>,
    /// The first position of a line, until a second one is read.
    held: Option<Coordinates>,
    is_in_line: bool,
    is_first: bool,
}

impl Written for TrackText {
    fn write(&mut self, out: &mut Vec<u8>) -> ApiResult<bool> {
        if let Some(head) = self.head.take() {
            out.extend(head.into_bytes());
        }
        let step = self.steps.as_mut().and_then(Iterator::next).transpose()?;
        if matches!(step, None | Some(Step::Line)) {
            if self.is_in_line {
                out.push(b']');
            }
            (self.is_in_line, self.held) = (false, None);
        }
        let Some(step) = step else {
            out.extend(self.tail.bytes());
            return Ok(false);
        };
        if let Step::To(place) = step {
            if self.is_in_line {
                write_place(out, b',', &place)?;
            } else if let Some(first) = self.held.take() {
                if !std::mem::take(&mut self.is_first) {
                    out.push(b',');
                }
                write_place(out, b'[', &first)?;
                write_place(out, b',', &place)?;
                self.is_in_line = true;
            } else {
                self.held = Some(place);
            }
        }
        Ok(true)
    }
}

fn write_place(out: &mut Vec<u8>, before: u8, place: &Coordinates) -> ApiResult<()> {
    out.push(before);
    serde_json::to_writer(out, place).map_err(ApiError::internal)
}

/// The number of lines, where 2 stands for two or more.
fn lines(reading: &Reading) -> ApiResult<usize> {
    let (mut lines, mut length) = (0, 0);
    for step in Steps::of(reading)?.into_iter().flatten() {
        length = if matches!(step?, Step::Line) { 0 } else { length + 1 };
        lines += usize::from(length == 2);
        if lines == 2 {
            break;
        }
    }
    Ok(lines)
}

enum Step {
    To(Coordinates),
    /// The next position starts a new line.
    Line,
}

/// The steps from position to position.
struct Steps {
    latitudes: Values,
    longitudes: Values,
    altitudes: Option<Values>,
    breaks: Peekable<vec::IntoIter<usize>>,
    at: usize,
    before: Option<Coordinates>,
    ready: VecDeque<Step>,
}

impl Steps {
    /// `None` if no positions were recorded.
    fn of(reading: &Reading) -> ApiResult<Option<Self>> {
        let latitudes = reading.values(Series::Latitude)?;
        let Some((latitudes, longitudes)) = latitudes.zip(reading.values(Series::Longitude)?)
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            latitudes,
            longitudes,
            altitudes: reading.values(Series::Altitude)?,
            breaks: reading.breaks.clone().into_iter().peekable(),
            at: 0,
            before: None,
            ready: VecDeque::new(),
        }))
    }

    /// Reads the next point; false at the end.
    fn read(&mut self) -> ApiResult<bool> {
        let latitude = self.latitudes.next().transpose()?;
        let longitude = self.longitudes.next().transpose()?;
        let altitude = self.altitudes.as_mut().and_then(Iterator::next).transpose()?.flatten();
        let Some((latitude, longitude)) = latitude.zip(longitude) else { return Ok(false) };
        if self.breaks.next_if(|at| *at <= self.at).is_some() {
            self.ready.push_back(Step::Line);
            self.before = None;
        }
        self.at += 1;
        let Some((latitude, longitude)) = latitude.zip(longitude) else { return Ok(true) };
        let place: Coordinates = [longitude, latitude].into_iter().chain(altitude).collect();
        let crossed = self.before.as_ref().and_then(|before| cut(before, &place));
        if let Some([end, start]) = crossed {
            // A point on the antimeridian is not repeated.
            if self.before.as_ref() != Some(&end) {
                self.ready.push_back(Step::To(end));
            }
            self.ready.push_back(Step::Line);
            if start != place {
                self.ready.push_back(Step::To(start));
            }
        }
        self.ready.push_back(Step::To(place.clone()));
        self.before = Some(place);
        Ok(true)
    }
}

impl Iterator for Steps {
    type Item = ApiResult<Step>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Some(Ok(step));
            }
            match self.read() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The points on both sides of the antimeridian where the way from `before` to `after` crosses it.
/// Of the two ways around the Earth, the shorter one is assumed.
fn cut(before: &[f64], after: &[f64]) -> Option<[Vec<f64>; 2]> {
    let ([from, ..], [to, ..]) = (before, after) else { return None };
    if (to - from).abs() <= 180.0 {
        return None;
    }
    let edge = 180.0_f64.copysign(*from);
    let (left, right) = (edge - from, to + edge);
    let part = if left + right == 0.0 { 0.0 } else { left / (left + right) };
    let rest = before.iter().zip(after).skip(1).map(|(from, to)| from + (to - from) * part);
    let rest: Vec<f64> = rest.collect();
    Some([edge, -edge].map(|edge| [edge].into_iter().chain(rest.iter().copied()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_cut_where_it_crosses_the_antimeridian() {
        assert_eq!(cut(&[170.0, 10.0], &[-10.0, 0.0]), None);
        let both = |latitude: f64| Some([vec![180.0, latitude], vec![-180.0, latitude]]);
        assert_eq!(cut(&[179.0, 10.0], &[-179.0, 20.0]), both(15.0));
        assert_eq!(cut(&[179.5, 10.0], &[-178.5, 18.0]), both(12.0));
        assert_eq!(cut(&[180.0, 10.0], &[-180.0, 10.0]), both(10.0));
        assert_eq!(cut(&[180.0, 10.0], &[-179.0, 20.0]), both(10.0));
        let west = Some([vec![-180.0, 1.0, 50.0], vec![180.0, 1.0, 50.0]]);
        assert_eq!(cut(&[-179.0, 0.0, 0.0], &[179.0, 2.0, 100.0]), west);
        // Only one of the points has an altitude.
        assert_eq!(cut(&[179.0, 10.0, 5.0], &[-179.0, 20.0]), both(15.0));
    }
}
