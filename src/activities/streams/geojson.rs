//! A track as GeoJSON (RFC 7946).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Series, Streams};

/// One Feature: a LineString, or a MultiLineString when there were pauses or the track crosses the
/// antimeridian, where it is cut (RFC 7946, section 3.1.9); without a position, and
/// without a single line, `geometry` is `null`.
#[derive(Serialize, ToSchema)]
#[schema(as = Track)]
pub struct TrackFeature {
    #[serde(rename = "type")]
    #[schema(examples("Feature"))]
    kind: &'static str,
    id: Uuid,
    #[schema(required, value_type = Option<Object>)]
    geometry: Option<Geometry>,
    #[schema(value_type = Object)]
    properties: Properties,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    LineString(Line),
    MultiLineString(Vec<Line>),
}

/// Longitude, latitude, and altitude where it is known.
type Line = Vec<Vec<f64>>;

#[derive(Serialize)]
struct Properties {}

impl TrackFeature {
    pub fn new(id: Uuid, streams: &Streams) -> Self {
        let mut lines = lines(streams);
        let geometry = match lines.len() {
            0 => None,
            1 => lines.pop().map(Geometry::LineString),
            _ => Some(Geometry::MultiLineString(lines)),
        };
        Self { kind: "Feature", id, geometry, properties: Properties {} }
    }
}

/// The pieces between the breaks and at the antimeridian. A line has two positions at least (RFC
/// 7946, section 3.1.4).
fn lines(streams: &Streams) -> Vec<Line> {
    let (Some(latitudes), Some(longitudes)) =
        (streams.get(Series::Latitude), streams.get(Series::Longitude))
    else {
        return Vec::new();
    };
    let altitudes = streams.get(Series::Altitude);
    let mut lines = vec![Line::new()];
    for (at, (latitude, longitude)) in latitudes.iter().zip(longitudes).enumerate() {
        if streams.breaks.contains(&at) {
            lines.push(Line::new());
        }
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else { continue };
        let altitude = altitudes.and_then(|altitudes| altitudes.get(at).copied().flatten());
        let point: Vec<f64> = [*longitude, *latitude].into_iter().chain(altitude).collect();
        let Some(line) = lines.last_mut() else { continue };
        let Some([end, start]) = line.last().and_then(|before| cut(before, &point)) else {
            line.push(point);
            continue;
        };
        // A point on the antimeridian is not there twice.
        if line.last() != Some(&end) {
            line.push(end);
        }
        lines.push(if start == point { vec![point] } else { vec![start, point] });
    }
    lines.retain(|line| line.len() > 1);
    lines
}

/// Where the way from `before` to `after` crosses the antimeridian, on the one side and on the
/// other: of two ways around the Earth, the shorter is meant.
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
        // An altitude that is known of one of them only.
        assert_eq!(cut(&[179.0, 10.0, 5.0], &[-179.0, 20.0]), both(15.0));
    }
}
