//! The track of an activity.

use crate::{
    activities::series::{Series, Streams},
    sport::{Position, metres_between},
};

/// Maximum number of positions. A picture has too few pixels to show more.
const MOST_POINTS: usize = 20_000;

/// A point of a track.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub position: Position,
    /// Metres above sea level.
    pub altitude: Option<f64>,
    /// Distance along the track from the first place, in metres, without gaps.
    pub along: f64,
}

/// A track in pieces, with gaps between them in which nothing was recorded.
#[derive(Clone, Debug, Default)]
pub struct Track {
    pub pieces: Vec<Vec<Place>>,
}

impl Track {
    /// Builds the track, thinned to [`MOST_POINTS`].
    pub fn of(streams: Streams) -> Self {
        let streams = streams.thinned(MOST_POINTS);
        let (Some(latitudes), Some(longitudes)) =
            (streams.get(Series::Latitude), streams.get(Series::Longitude))
        else {
            return Self::default();
        };
        let altitudes = streams.get(Series::Altitude).unwrap_or_default();
        let mut breaks = streams.breaks.iter().copied().peekable();
        let mut pieces: Vec<Vec<Place>> = vec![Vec::new()];
        let mut along = 0.0;
        for (at, (latitude, longitude)) in latitudes.iter().zip(longitudes).enumerate() {
            if breaks.next_if_eq(&at).is_some() {
                pieces.push(Vec::new());
            }
            let position = latitude.zip(*longitude);
            let position =
                position.and_then(|(latitude, longitude)| Position::new(latitude, longitude));
            let (Some(position), Some(piece)) = (position, pieces.last_mut()) else { continue };
            let before = piece.last().map(|before: &Place| before.position);
            along += before.map_or(0.0, |before| metres_between(before, position));
            let altitude = altitudes.get(at).copied().flatten();
            piece.push(Place { position, altitude, along });
        }
        pieces.retain(|piece| !piece.is_empty());
        Self { pieces }
    }

    pub fn places(&self) -> impl DoubleEndedIterator<Item = &Place> + Clone {
        self.pieces.iter().flatten()
    }

    /// Returns the first and the last place.
    pub fn ends(&self) -> Option<(&Place, &Place)> {
        self.places().next().zip(self.places().next_back())
    }

    /// Returns the length in metres, without gaps.
    pub fn length(&self) -> f64 {
        self.places().next_back().map_or(0.0, |last| last.along)
    }
}
