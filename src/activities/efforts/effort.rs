//! Searches a recording for its best efforts.

use super::{
    curve::Curve,
    kind::{EffortKind, Task},
};
use crate::{
    activities::series::{Series, Streams},
    sport::{Position, metres_between},
};

/// Metres per second. A higher speed means that the receiver's position jumped.
const TOO_FAST: f64 = 60.0;

/// Seconds for which a power value holds if the next one is late.
const POWER_HOLDS: f64 = 10.0;

/// The best effort of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    pub kind: EffortKind,
    /// Seconds for a distance, average watts for a duration.
    pub value: f64,
    /// Seconds since the activity started, including pauses.
    pub start_secs: f64,
    pub end_secs: f64,
}

impl Effort {
    /// Whether the search needs this series.
    pub fn is_searched(series: Series) -> bool {
        matches!(
            series,
            Series::Time | Series::Latitude | Series::Longitude | Series::Distance | Series::Power
        )
    }

    /// The best effort of each kind that was found, in the order of [`EffortKind::ALL`].
    pub fn all_of(streams: &Streams) -> Vec<Self> {
        let (way, work) = (way(streams), work(streams));
        let find = |kind: EffortKind| {
            let (stretch, value) = match kind.task {
                Task::Distance(metres) => {
                    let stretch = way.shortest(metres)?;
                    (stretch, stretch.end - stretch.start)
                }
                Task::Power(seconds) => {
                    let stretch = work.steepest(seconds)?;
                    (stretch, stretch.growth / seconds)
                }
            };
            let (start_secs, end_secs) = (stretch.start, stretch.end);
            (value > 0.0).then_some(Self { kind, value, start_secs, end_secs })
        };
        EffortKind::ALL.into_iter().filter_map(find).collect()
    }
}

/// The distance covered: as counted by the device, or else along the positions, where the gap
/// between two pieces counts as zero.
fn way(streams: &Streams) -> Curve {
    let counted = streams.get(Series::Distance);
    let position = |at: usize| {
        let value = |series| streams.get(series)?.get(at).copied().flatten();
        Some(Position { latitude: value(Series::Latitude)?, longitude: value(Series::Longitude)? })
    };
    match counted {
        Some(counted) => {
            let place = |at: usize| counted.get(at).copied().flatten();
            grow(streams, place, |before, here, _| here - before)
        }
        None => {
            grow(
                streams,
                position,
                |before, here, is_new_piece| {
                    if is_new_piece { 0.0 } else { metres_between(before, here) }
                },
            )
        }
    }
}

/// A curve through the points that have a time and a place. `step` returns the metres from
/// one place to the next.
fn grow<P: Copy>(
    streams: &Streams,
    place: impl Fn(usize) -> Option<P>,
    step: impl Fn(P, P, bool) -> f64,
) -> Curve {
    let mut way = Curve::with_capacity(streams.points());
    let mut last: Option<(Moment, P)> = None;
    for moment in moments(streams) {
        let Some(here) = place(moment.at) else { continue };
        let metres = last.map_or(0.0, |(before, there)| {
            let metres = step(there, here, before.piece != moment.piece);
            let is_believed = (0.0..=TOO_FAST * (moment.time - before.time)).contains(&metres);
            if is_believed { metres } else { 0.0 }
        });
        way.push(moment.time, way.height() + metres);
        last = Some((moment, here));
    }
    way
}

/// The work done so far, in joules. A power value holds until the next one, for [`POWER_HOLDS`] at
/// most; pauses count as zero.
fn work(streams: &Streams) -> Curve {
    let mut work = Curve::default();
    let Some(powers) = streams.get(Series::Power) else { return work };
    let mut last: Option<(Moment, f64)> = None;
    for moment in moments(streams) {
        let Some(power) = powers.get(moment.at).copied().flatten() else { continue };
        if let Some((before, held)) = last {
            let holds = if before.piece == moment.piece { POWER_HOLDS } else { 0.0 };
            let until = moment.time.min(before.time + holds);
            work.push(until, work.height() + held * (until - before.time).max(0.0));
        }
        work.push(moment.time, work.height());
        last = Some((moment, power.max(0.0)));
    }
    work
}

/// A point that has a time: its index, its seconds since the start, and the number of its piece.
#[derive(Clone, Copy)]
struct Moment {
    at: usize,
    time: f64,
    piece: usize,
}

fn moments(streams: &Streams) -> impl Iterator<Item = Moment> {
    let times = streams.get(Series::Time).unwrap_or_default();
    let mut breaks = streams.breaks.iter().peekable();
    let mut piece = 0;
    times.iter().enumerate().filter_map(move |(at, time)| {
        while breaks.next_if(|start| **start <= at).is_some() {
            piece += 1;
        }
        Some(Moment { at, time: (*time)?, piece })
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn streams(series: &[(Series, Vec<Option<f64>>)], breaks: &[usize]) -> Streams {
        let started_at = DateTime::UNIX_EPOCH;
        Streams { started_at, series: series.to_vec(), breaks: breaks.to_vec() }
    }

    fn numbers(values: impl Iterator<Item = f64>) -> Vec<Option<f64>> {
        values.map(Some).collect()
    }

    fn value(streams: &Streams, name: &str) -> Option<f64> {
        let found = Effort::all_of(streams).into_iter().find(|effort| effort.kind.name == name);
        found.map(|effort| effort.value)
    }

    #[test]
    fn a_way_is_counted_by_the_device_and_not_where_its_receiver_jumps() {
        let times = numbers((0..=1000).map(f64::from));
        let counted = numbers((0..=1000).map(|n| f64::from(n) * 4.0));
        let steady = streams(&[(Series::Time, times.clone()), (Series::Distance, counted)], &[]);
        assert_eq!(value(&steady, "fastest_1km"), Some(250.0));
        assert_eq!(value(&steady, "fastest_5km"), None);
        let jumping = (0..=1000).map(|n| f64::from(n) * 4.0 + if n > 500 { 900.0 } else { 0.0 });
        let jumping = streams(&[(Series::Time, times), (Series::Distance, numbers(jumping))], &[]);
        let found = value(&jumping, "fastest_1km").unwrap();
        assert!((found - 250.0).abs() < 1.1, "{found}");
    }

    #[test]
    fn without_a_count_the_way_is_along_the_positions_and_not_across_a_pause() {
        let degree = 111_195.080_233_532_9;
        let times = numbers((0..=600).map(f64::from));
        let latitudes = |jump: f64| {
            numbers((0..=600).map(move |n| {
                f64::from(n) * 2.0 / degree + if n >= 300 { jump / degree } else { 0.0 }
            }))
        };
        let track = |jump, breaks: &[usize]| {
            let longitudes = numbers((0..=600).map(|_| 8.0));
            let series = [
                (Series::Time, times.clone()),
                (Series::Latitude, latitudes(jump)),
                (Series::Longitude, longitudes),
            ];
            streams(&series, breaks)
        };
        let found = value(&track(0.0, &[]), "fastest_400m").unwrap();
        assert!((found - 200.0).abs() < 0.01, "{found}");
        let found = value(&track(50.0, &[300]), "fastest_400m").unwrap();
        assert!((found - 200.0).abs() < 0.01, "{found}");
        let found = value(&track(50.0, &[]), "fastest_400m").unwrap();
        assert!((found - 175.0).abs() < 0.01, "{found}");
    }

    #[test]
    fn power_is_an_average_in_which_a_pause_counts_as_none() {
        let times = numbers((0..=3600).map(f64::from));
        let powers = (0..=3600).map(|n| if (1200..1500).contains(&n) { 300.0 } else { 200.0 });
        let ride = streams(&[(Series::Time, times), (Series::Power, numbers(powers))], &[]);
        assert_eq!(value(&ride, "power_5min"), Some(300.0));
        assert_eq!(value(&ride, "power_10min"), Some(250.0));
        let hour = value(&ride, "power_60min").unwrap();
        assert!((hour - (200.0 + 100.0 / 12.0)).abs() < 1e-9, "{hour}");
        let times = numbers((0..=60).chain(120..=180).map(f64::from));
        let powers = numbers(std::iter::repeat_n(200.0, 122));
        let paused = streams(&[(Series::Time, times), (Series::Power, powers)], &[61]);
        assert_eq!(value(&paused, "power_1min"), Some(200.0));
        assert_eq!(value(&paused, "power_5min"), None);
    }
}
