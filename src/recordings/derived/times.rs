//! Removes impossible times, and adds missing times between known ones.

use chrono::{DateTime, TimeDelta, Utc};

use crate::recordings::{Point, Session, Track};

type Time = DateTime<Utc>;

/// Times farther apart are in one activity only if there are many on both sides.
const PAUSE: TimeDelta = TimeDelta::days(1);

/// Longer than any activity. A receiver without the time starts in 1970, in 1980 or 1024 weeks ago.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A group of less than a fiftieth of all times is an error.
const FEW: usize = 50;

/// Removes times far from the others, adds times to points between two that have one, and moves a
/// start that has such an error.
pub fn mend(session: &mut Session) {
    let track = &mut session.track;
    if let Some((first, last)) = span(track) {
        let mut started_in_error = first - session.started_at > LONGEST;
        for point in &mut track.points {
            let Some(time) = point.time.filter(|time| !(first..=last).contains(time)) else {
                continue;
            };
            started_in_error |= time == session.started_at;
            point.time = None;
        }
        if started_in_error {
            session.started_at = first;
        }
    }
    order(track);
    interpolate(track);
}

/// Sorts pieces, and points within them, that were written in reverse order.
fn order(track: &mut Track) {
    let times = |piece: &[Point]| piece.iter().filter_map(|point| point.time).collect::<Vec<_>>();
    let is_backwards = |piece: &[Point]| {
        let times = times(piece);
        times.first() > times.last() && times.is_sorted_by(|one, next| one >= next)
    };
    let starts = || track.pieces().map(|piece| piece.iter().filter_map(|point| point.time).min());
    if starts().is_sorted() && !track.pieces().any(is_backwards) {
        return;
    }
    let mut pieces: Vec<Vec<Point>> = track.pieces().map(<[Point]>::to_vec).collect();
    for piece in pieces.iter_mut().filter(|piece| is_backwards(piece)) {
        piece.reverse();
    }
    // Where a piece without a time belongs is unknown.
    if starts().all(|start| start.is_some()) {
        pieces.sort_by_key(|piece| piece.iter().filter_map(|point| point.time).min());
    }
    let mut ordered = Track::default();
    for points in pieces {
        ordered.append(Track { points, breaks: Vec::new() });
    }
    *track = ordered;
}

/// Returns the first and the last plausible time.
fn span(track: &Track) -> Option<(Time, Time)> {
    let times = || track.points.iter().filter_map(|point| point.time);
    let (first, last) = (times().min()?, times().max()?);
    if last - first <= PAUSE {
        return Some((first, last));
    }
    let mut times: Vec<Time> = times().collect();
    times.sort_unstable();
    let groups = || times.chunk_by(|one, next| *next - *one <= PAUSE);
    let ends = |group: &[Time]| Some((*group.first()?, *group.last()?));
    let (mut first, mut last) = groups().max_by_key(|group| group.len()).and_then(ends)?;
    let some = || groups().filter(|group| group.len() * FEW >= times.len()).filter_map(ends);
    for (start, end) in some() {
        if start > last && start - last <= LONGEST {
            last = end;
        }
    }
    for (start, end) in some().collect::<Vec<_>>().into_iter().rev() {
        if end < first && first - end <= LONGEST {
            first = start;
        }
    }
    Some((first, last))
}

/// Gives points without a time evenly spaced times between those of their piece that have one.
fn interpolate(track: &mut Track) {
    if track.points.iter().all(|point| point.time.is_some()) {
        return;
    }
    let Track { points, breaks } = track;
    let mut rest = points.as_mut_slice();
    let mut done = 0;
    for end in breaks.iter().copied().chain([usize::MAX]) {
        let (piece, after) = rest.split_at_mut(end.saturating_sub(done).min(rest.len()));
        interpolate_piece(piece);
        (rest, done) = (after, end);
    }
}

fn interpolate_piece(points: &mut [Point]) {
    let known = points.iter().enumerate().filter_map(|(at, point)| Some((at, point.time?)));
    let known: Vec<(usize, Time)> = known.collect();
    for ((from, start), (to, end)) in known.iter().zip(known.iter().skip(1)) {
        if to - from < 2 || end < start {
            continue;
        }
        let between = points.iter_mut().enumerate().take(*to).skip(from + 1);
        for (at, point) in between {
            let share = (at - from) as f64 / (to - from) as f64;
            let millis = (*end - *start).num_milliseconds() as f64 * share;
            point.time = Some(*start + TimeDelta::milliseconds(millis.round() as i64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_700_000_000;

    fn time(secs: i64) -> Time {
        DateTime::from_timestamp(secs, 0).unwrap()
    }

    fn session(times: &[Option<i64>], breaks: &[usize]) -> Session {
        let point = |secs: &Option<i64>| Point { time: secs.map(time), ..Point::default() };
        let track = Track { points: times.iter().map(point).collect(), breaks: breaks.to_vec() };
        let first = times.iter().flatten().min().copied().unwrap_or_default();
        Session { started_at: time(first), track, ..Session::default() }
    }

    fn mended(times: &[Option<i64>], breaks: &[usize]) -> (i64, Vec<Option<i64>>) {
        let mut session = session(times, breaks);
        mend(&mut session);
        let times = session.track.points.iter().map(|point| Some(point.time?.timestamp()));
        (session.started_at.timestamp(), times.collect())
    }

    #[test]
    fn times_apart_from_all_others_are_none() {
        let run = || (0..100).map(|n| Some(START + n));
        for wrong in [0, 315_964_800, START - 1024 * 7 * 86_400, START - 90_000, START + 90_000] {
            let times: Vec<_> = [Some(wrong)].into_iter().chain(run()).collect();
            let (start, times) = mended(&times, &[]);
            assert_eq!(start, START, "{wrong}");
            assert!(times[0].is_none() && times[1..].iter().copied().eq(run()), "{wrong}");
        }
        // In the middle, the neighbours give the time.
        let mut times: Vec<_> = run().collect();
        times[50] = Some(0);
        assert_eq!(mended(&times, &[]), (START, run().collect()));
    }

    #[test]
    fn a_day_later_and_a_month_later_are_times_when_there_are_many() {
        for apart in [2 * 86_400, 31 * 86_400] {
            let times: Vec<_> =
                (0..100).map(|n| Some(START + n + if n < 90 { 0 } else { apart })).collect();
            assert_eq!(mended(&times, &[90]), (START, times));
        }
    }

    #[test]
    fn what_was_written_backwards_is_turned_around() {
        let at = |secs: &i64| Some(START + secs);
        for (written, breaks, read) in [
            (&[20, 10, 0][..], &[][..], &[0, 10, 20][..]),
            (&[30, 40, 0, 10], &[2], &[0, 10, 30, 40]),
            (&[40, 30, 10, 0], &[2], &[0, 10, 30, 40]),
            // A clock that was adjusted.
            (&[0, 10, 5, 15], &[], &[0, 10, 5, 15]),
            (&[7, 7, 7], &[], &[7, 7, 7]),
        ] {
            let written: Vec<_> = written.iter().map(at).collect();
            let read: Vec<_> = read.iter().map(at).collect();
            assert_eq!(mended(&written, breaks).1, read);
        }
        let gap = [at(&20), None, at(&0)];
        assert_eq!(mended(&gap, &[]).1, [at(&0), at(&10), at(&20)]);
    }

    #[test]
    fn a_missing_time_lies_between_its_neighbours_and_not_across_a_pause() {
        let at = |secs: i64| Some(START + secs);
        let times = [at(0), None, None, at(30), None, at(100), None, at(110), None];
        let expected = [at(0), at(10), at(20), at(30), None, at(100), at(105), at(110), None];
        assert_eq!(mended(&times, &[5]), (START, expected.to_vec()));
    }
}
