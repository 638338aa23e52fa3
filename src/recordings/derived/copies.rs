//! Removes what programs write twice.

use std::collections::HashMap;

use crate::recordings::{Point, Session, Track};

/// Drops each session that repeats an earlier one: the same start, totals and points.
pub fn drop_sessions(sessions: &mut Vec<Session>) {
    let mut kept: Vec<Session> = Vec::with_capacity(sessions.len());
    for session in sessions.drain(..) {
        if !kept.iter().any(|known| is_copy(known, &session)) {
            kept.push(session);
        }
    }
    *sessions = kept;
}

fn is_copy(one: &Session, other: &Session) -> bool {
    one.started_at == other.started_at
        && one.activity_type == other.activity_type
        && one.totals == other.totals
        && one.sets == other.sets
        && one.track.points == other.track.points
}

/// Drops each piece of a track that repeats an earlier one. Pieces without times are kept, because
/// they may be the same way travelled again.
pub fn drop_pieces(track: &mut Track) {
    let mut known = HashMap::new();
    let mut is_copy = |piece| -> bool {
        let Some(time) = <[Point]>::first(piece).and_then(|point| point.time) else { return false };
        known.insert((time, piece.len()), piece).is_some_and(|known| known == piece)
    };
    let copies: Vec<bool> = track.pieces().map(&mut is_copy).collect();
    if !copies.contains(&true) {
        return;
    }
    let mut kept = Track::default();
    for (piece, _) in track.pieces().zip(copies).filter(|(_, is_copy)| !is_copy) {
        kept.break_off();
        kept.points.extend_from_slice(piece);
    }
    *track = kept;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::Totals;

    #[test]
    fn a_session_that_is_there_twice_is_one() {
        let point = Point { heart_rate: Some(140.0), ..Point::default() };
        let track = Track { points: vec![point; 3], breaks: Vec::new() };
        let totals = Totals { timer_secs: Some(600.0), ..Totals::default() };
        let session = Session { activity_type: "run", totals, track, ..Session::default() };
        let mut other = session.clone();
        other.track.points.truncate(2);
        let longer = Session { totals: Totals::default(), ..session.clone() };
        let mut sessions = vec![session.clone(), other, session.clone(), longer, session];
        drop_sessions(&mut sessions);
        assert_eq!(sessions.len(), 3);
    }

    #[test]
    fn a_piece_that_is_there_twice_is_one() {
        let point = |secs: i64| Point {
            time: chrono::DateTime::from_timestamp(secs, 0),
            ..Point::default()
        };
        let track = |secs: &[i64], breaks: &[usize]| Track {
            points: secs.iter().copied().map(point).collect(),
            breaks: breaks.to_vec(),
        };
        for (secs, breaks, left, breaks_left) in [
            (vec![1, 2, 1, 2], vec![2], vec![1, 2], vec![]),
            (vec![1, 2, 3, 4, 1, 2, 3, 4, 5], vec![2, 4, 6, 8], vec![1, 2, 3, 4, 5], vec![2, 4]),
            (vec![1, 2, 1, 3], vec![2], vec![1, 2, 1, 3], vec![2]),
            (vec![1, 2, 1, 2, 3], vec![2], vec![1, 2, 1, 2, 3], vec![2]),
        ] {
            let mut track = track(&secs, &breaks);
            drop_pieces(&mut track);
            let expected: Vec<_> = left.into_iter().map(point).collect();
            assert_eq!((track.points, track.breaks), (expected, breaks_left), "{secs:?}");
        }
        let mut drawn = Track { points: vec![Point::default(); 4], breaks: vec![2] };
        drop_pieces(&mut drawn);
        assert_eq!(drawn.points.len(), 4);
    }
}
