//! Where an activity went, and what may be shown of it.

use crate::{
    activities::streams::{Series, Streams},
    recordings::{Position, metres_between},
};

/// How much of each end of a route is hidden, in metres along it.
const HIDDEN: f64 = 200.0;

/// What is hidden reaches at least so far from the end, in metres as the crow flies: the positions of a watch
/// that waits at the door wander, and must not use up what is hidden along the track.
const AWAY: f64 = 100.0;

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
    /// All that is known; without its ends if those are to be hidden.
    pub fn of(streams: Streams, hide_ends: bool) -> Self {
        if hide_ends {
            // Cut before it is thinned, so that it is cut where it should be.
            Self::all(&streams).without_ends().thinned()
        } else {
            Self::all(&streams.thinned(MOST_POINTS))
        }
    }

    fn all(streams: &Streams) -> Self {
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
        Self::of_pieces(pieces)
    }

    fn of_pieces(mut pieces: Vec<Vec<Place>>) -> Self {
        pieces.retain(|piece| !piece.is_empty());
        Self { pieces }
    }

    /// Without the first and the last 200 m; as if it had been recorded like this.
    fn without_ends(self) -> Self {
        let Some((first, last)) = self.ends() else { return self };
        let (first, last) = (*first, *last);
        let is_off = |place: &Place, end: Place| {
            (place.along - end.along).abs() >= HIDDEN
                && metres_between(place.position, end.position) >= AWAY
        };
        let from = self.places().position(|place| is_off(place, first));
        let until = self.places().rev().position(|place| is_off(place, last));
        let (Some(from), Some(until)) = (from, until) else { return Self::default() };
        let until = self.places().count() - until;
        let mut number = 0;
        let mut start = None;
        let pieces = self.pieces.into_iter().map(|piece| {
            let mut kept = Vec::new();
            for place in piece {
                if (from..until).contains(&number) {
                    let start = *start.get_or_insert(place.along);
                    kept.push(Place { along: place.along - start, ..place });
                }
                number += 1;
            }
            kept
        });
        Self::of_pieces(pieces.collect())
    }

    /// At most so many places that a picture is quickly drawn, with the ends of every piece.
    fn thinned(self) -> Self {
        let every = self.places().count().div_ceil(MOST_POINTS).max(1);
        let thin = |piece: Vec<Place>| {
            let last = piece.len() - 1;
            let is_kept = |at: usize| at.is_multiple_of(every) || at == last;
            piece
                .into_iter()
                .enumerate()
                .filter(|(at, _)| is_kept(*at))
                .map(|(_, place)| place)
                .collect()
        };
        Self { pieces: self.pieces.into_iter().map(thin).collect() }
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
