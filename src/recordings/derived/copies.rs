//! What programs write twice is one.

use crate::recordings::Session;

/// Drops each session that is an earlier one once more: the same start, totals and points.
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
        && one.sets.len() == other.sets.len()
        && one.track.points == other.track.points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::{Point, Totals, Track};

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
}
