//! Removes the parts of a track inside zones, as if they had never been recorded.

use std::ops::Range;

use super::zone::{Disk, Vector, Zone, vector};
use crate::{
    activities::series::{Series, Streams},
    sport::{Position, bearing, metres_between},
};

/// Seconds between two pieces of a track, whatever the length of the gap.
const STEP_SECS: f64 = 1.0;

/// Distance in metres after which the direction of a street is known.
const STREET: f64 = 100.0;

/// The start or the end of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    pub position: Position,
    /// Bearing in radians in which the track leaves this point. `None` if it does not leave.
    pub street: Option<f64>,
}

/// Returns the position of each point.
pub fn positions(streams: &Streams) -> Vec<Option<Position>> {
    let latitudes = streams.get(Series::Latitude).unwrap_or_default();
    let longitudes = streams.get(Series::Longitude).unwrap_or_default();
    let position = |(latitude, longitude): (&Option<f64>, &Option<f64>)| {
        Position::new((*latitude)?, (*longitude)?)
    };
    latitudes.iter().zip(longitudes).map(position).collect()
}

/// Returns the start and the end of a track, or nothing if it has no positions.
pub fn ends(positions: &[Option<Position>]) -> Vec<End> {
    let known = positions.iter().flatten().copied();
    [end(known.clone()), end(known.rev())].into_iter().flatten().collect()
}

fn end(mut way: impl Iterator<Item = Position>) -> Option<End> {
    let position = way.next()?;
    let next = way.find(|next| metres_between(position, *next) >= STREET);
    Some(End { position, street: next.map(|next| bearing(position, next)) })
}

/// Returns the parts of `streams` outside the zones, in pieces. Time and distance continue from
/// piece to piece without the gap, so that they do not reveal how much is hidden.
pub fn outside(streams: Streams, zones: &[Zone]) -> Streams {
    let runs = runs(&positions(&streams), streams.points(), zones);
    let mut breaks = Vec::new();
    let mut start = 0;
    for run in &runs {
        if start > 0 {
            breaks.push(start);
        }
        let inside = streams.breaks.iter().filter(|at| **at > run.start && **at < run.end);
        breaks.extend(inside.map(|at| at - run.start + start));
        start += run.len();
    }
    let of = |(series, values): (Series, Vec<Option<f64>>)| {
        let shown = runs.iter().map(|run| values.get(run.clone()).unwrap_or_default());
        let shown = match series {
            Series::Time => counted(shown, STEP_SECS),
            Series::Distance => counted(shown, 0.0),
            _ => shown.flatten().copied().collect(),
        };
        (series, shown)
    };
    let series = streams.series.into_iter().map(of);
    let has_values = |(_, values): &(Series, Vec<Option<f64>>)| values.iter().any(Option::is_some);
    Streams { series: series.filter(has_values).collect(), breaks, ..streams }
}

/// Returns the ranges of visible points: points outside all zones, split where the line between two
/// of them crosses a zone. A point without a position is visible if its neighbours are.
pub fn runs(positions: &[Option<Position>], points: usize, zones: &[Zone]) -> Vec<Range<usize>> {
    let disks: Vec<Disk> = zones.iter().map(Disk::new).collect();
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut before: Option<(usize, Vector, bool)> = None;
    for (at, position) in positions.iter().enumerate() {
        let Some(here) = position.map(vector) else { continue };
        let is_hidden = disks.iter().any(|disk| disk.holds(&here));
        let is_joined = before.is_none_or(|(_, there, was_hidden)| {
            !was_hidden && !disks.iter().any(|disk| disk.is_crossed(&there, &here))
        });
        if !is_hidden {
            let from = before.map_or(0, |(at, ..)| at + 1);
            match runs.last_mut() {
                Some(run) if is_joined => run.end = at + 1,
                _ => runs.push(if is_joined { from..at + 1 } else { at..at + 1 }),
            }
        }
        before = Some((at, here, is_hidden));
    }
    match (runs.last_mut(), before) {
        // An indoor track has no positions to hide.
        (None, None) if points > 0 => runs.push(0..points),
        (Some(last), Some((at, _, false))) if last.end == at + 1 => last.end = points,
        _ => {}
    }
    runs
}

/// Shifts a cumulative series so that each piece begins `step` after the end of the previous one.
fn counted<'a>(pieces: impl Iterator<Item = &'a [Option<f64>]>, step: f64) -> Vec<Option<f64>> {
    let mut counted = Vec::new();
    let mut start = 0.0;
    for piece in pieces {
        let first = piece.iter().flatten().next().copied().unwrap_or_default();
        let shifted = piece.iter().map(|value| value.map(|value| value - first + start));
        let from = counted.len();
        counted.extend(shifted);
        let shifted = counted.get(from..).unwrap_or_default().iter().flatten();
        if let Some(most) = shifted.copied().reduce(f64::max) {
            start = most + step;
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::sport::destination;

    const MIDDLE: Position = Position { latitude: 47.0, longitude: 8.0 };
    const ZONES: [Zone; 1] = [Zone { centre: MIDDLE, reach: 100.0 }];

    /// A track at these distances east of the middle, in metres. `None` is a point without a
    /// position.
    fn track(metres: &[Option<f64>]) -> Streams {
        let at = |metres: f64| destination(MIDDLE, std::f64::consts::FRAC_PI_2, metres);
        let places: Vec<_> = metres.iter().map(|metres| metres.map(at)).collect();
        let counts = |by: f64| (0..metres.len()).map(|at| Some(50.0 + by * at as f64)).collect();
        Streams {
            started_at: DateTime::UNIX_EPOCH,
            series: vec![
                (Series::Time, counts(10.0)),
                (Series::Latitude, places.iter().map(|at| at.map(|at| at.latitude)).collect()),
                (Series::Longitude, places.iter().map(|at| at.map(|at| at.longitude)).collect()),
                (Series::Distance, counts(7.0)),
            ],
            breaks: vec![2],
        }
    }

    fn shown(metres: &[Option<f64>]) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
        let shown = outside(track(metres), &ZONES);
        let get = |series| shown.get(series).unwrap_or_default().iter().flatten().copied();
        (get(Series::Time).collect(), get(Series::Distance).collect(), shown.breaks)
    }

    #[test]
    fn time_and_distance_go_on_where_the_track_does() {
        let way = [500.0, 400.0, 300.0, 50.0, 0.0, -50.0, -300.0, -400.0].map(Some);
        let expected =
            (vec![0.0, 10.0, 20.0, 21.0, 31.0], vec![0.0, 7.0, 14.0, 14.0, 21.0], vec![2, 3]);
        assert_eq!(shown(&way), expected);
        // The result does not depend on the length of the way through the zone.
        let longer = [&way[..5], &[Some(9.0); 100], &way[5..]].concat();
        assert_eq!(shown(&longer), expected);
    }

    #[test]
    fn no_line_leads_through_a_zone() {
        // From one side to the other, without a point in the zone.
        assert_eq!(shown(&[Some(300.0), Some(200.0), Some(-200.0)]).2, [2]);
        assert_eq!(shown(&[Some(300.0), None, Some(-200.0), Some(-300.0)]).0, [0.0, 1.0, 11.0]);
    }

    #[test]
    fn points_without_a_position_are_shown_between_those_that_are() {
        let way = [None, Some(300.0), None, Some(200.0), None, Some(0.0), None, Some(200.0), None];
        assert_eq!(shown(&way).0, [0.0, 10.0, 20.0, 30.0, 31.0, 41.0]);
        assert_eq!(shown(&[None, Some(0.0), None]).0, [0.0; 0]);
        assert_eq!(shown(&[None, None]).0, [0.0, 10.0]);
    }
}
