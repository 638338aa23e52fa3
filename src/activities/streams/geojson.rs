//! A track as GeoJSON (RFC 7946).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Series, Streams};

/// One Feature: a LineString, or a MultiLineString when there were pauses; without a position, and
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

/// The pieces between the breaks. A line has two positions at least (RFC 7946, section 3.1.4).
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
        if let (Some(latitude), Some(longitude), Some(line)) =
            (latitude, longitude, lines.last_mut())
        {
            let altitude = altitudes.and_then(|altitudes| altitudes.get(at).copied().flatten());
            line.push([*longitude, *latitude].into_iter().chain(altitude).collect());
        }
    }
    lines.retain(|line| line.len() > 1);
    lines
}
