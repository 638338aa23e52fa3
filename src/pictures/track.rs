//! Where an activity went.

use crate::{
    activities::series::{Series, Streams},
    sport::{Position, metres_between},
};

/// The most positions that are looked at: more than the pixels of a picture can show.
const MOST_POINTS: usize = 20_000;

/// A place on the way.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub position: Position,
    /// In metres above the sea.
    pub altitude: Option<f64>,
    /// Metres from the first place, by way of all between, but for the gaps.
    pub along: f64,
}

/// The places in pieces: nothing was recorded between two of them.
#[derive(Clone, Debug, Default)]
pub struct Track {
    pub pieces: Vec<Vec<Place>>,
}

impl Track {
    /// All that is known, thinned to [`MOST_POINTS`].
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

    /// The first place and the last.
    pub fn ends(&self) -> Option<(&Place, &Place)> {
        self.places().next().zip(self.places().next_back())
    }

    /// In metres, without the gaps.
    pub fn length(&self) -> f64 {
        self.places().next_back().map_or(0.0, |last| last.along)
    }
}
