//! Laps, and the sessions that they belong to.

use std::{collections::HashSet, ops::Range};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    message::Message,
    profile::{MESSAGE_INDEX, OF_LAP, START},
    raw::sport,
    totals::totals,
};
use crate::sport::Lap;

/// FIT SDK, profile of `message_index`: the bits that contain the number.
const INDEX: u32 = 0x0fff;

/// A lap as written in its message.
pub struct RawLap {
    pub lap: Lap,
    index: Option<u32>,
    pub sport: Option<String>,
}

impl RawLap {
    pub fn read(message: &Message<'_>) -> Self {
        let totals = totals(message, &OF_LAP);
        let whole = |value: Option<f64>| value.map(|value| value.round() as u32);
        let rate = |value| whole(value).filter(|rate| *rate > 0);
        let lap = Lap {
            started_at: message.time(START),
            duration_secs: totals.timer_secs,
            elapsed_secs: totals.elapsed_secs,
            distance_meters: totals.distance_meters,
            calories: whole(totals.calories),
            elevation_gain_meters: totals.elevation_gain_meters,
            elevation_loss_meters: totals.elevation_loss_meters,
            avg_heart_rate: rate(totals.avg_heart_rate),
            max_heart_rate: rate(totals.max_heart_rate),
            avg_power_watts: whole(totals.avg_power_watts),
            avg_cadence: totals.avg_cadence,
        };
        let index = message.raw(MESSAGE_INDEX).map(|index| index as u32 & INDEX);
        Self { lap, index, sport: sport(message, 25, 39) }
    }

    /// Returns whether it repeats the other lap.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        self.lap.started_at.is_some() && (self.index, &self.lap) == (other.index, &other.lap)
    }

    /// Returns the middle of the lap. A device may start a lap a moment before its session.
    fn middle(&self) -> Option<DateTime<Utc>> {
        let secs = self.lap.elapsed_secs.or(self.lap.duration_secs).unwrap_or(0.0);
        let half = TimeDelta::milliseconds((secs * 500.0) as i64);
        self.lap.started_at?.checked_add_signed(half)
    }
}

/// Returns the session of each lap: the only one that claims it, or else the last one that had
/// started by the middle of the lap. Sessions are in ascending order, each with its start and the
/// numbers of the laps that it claims.
pub fn owners(laps: &[RawLap], sessions: &[(DateTime<Utc>, Option<Range<u32>>)]) -> Vec<usize> {
    let indices: HashSet<_> = laps.iter().filter_map(|lap| lap.index).collect();
    let are_numbered = indices.len() == laps.len();
    let owner = |(at, lap): (usize, &RawLap)| {
        let index = lap.index.filter(|_| are_numbered).unwrap_or(at as u32);
        let is_claimed = |(_, own): &(_, Option<Range<u32>>)| {
            own.as_ref().is_some_and(|own| own.contains(&index))
        };
        let mut claims = (0..).zip(sessions).filter(|(_, session)| is_claimed(session));
        match (claims.next(), claims.next()) {
            (Some((session, _)), None) => session,
            _ => begun(sessions.iter().map(|(start, _)| *start), lap.middle()),
        }
    };
    laps.iter().enumerate().map(owner).collect()
}

/// Returns the last session that had started by `time`, or else the first.
pub fn begun(
    starts: impl DoubleEndedIterator<Item = DateTime<Utc>> + ExactSizeIterator,
    time: Option<DateTime<Utc>>,
) -> usize {
    let mut starts = starts;
    starts.rposition(|start| time.is_some_and(|time| start <= time)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn lap(start: i64, secs: f64, index: Option<u32>) -> RawLap {
        let (started_at, elapsed_secs) = (Some(at(start)), Some(secs));
        RawLap { lap: Lap { started_at, elapsed_secs, ..Lap::default() }, index, sport: None }
    }

    #[test]
    fn a_lap_is_of_the_session_that_says_so_or_holds_its_middle() {
        let laps = [lap(0, 200.0, Some(0)), lap(199, 400.0, Some(1))];
        let said = [(at(0), Some(0..1)), (at(200), Some(1..2))];
        assert_eq!(owners(&laps, &said), [0, 1]);
        assert_eq!(owners(&laps, &[(at(0), None), (at(200), None)]), [0, 1]);
        // A lap claimed by both is assigned by its time.
        let both = [(at(0), Some(0..2)), (at(200), Some(0..2))];
        assert_eq!(owners(&laps, &both), [0, 1]);
        // The second session numbers its laps from zero.
        let anew = [lap(0, 200.0, Some(0)), lap(199, 400.0, Some(0))];
        assert_eq!(owners(&anew, &said), [0, 1]);
        assert_eq!(owners(&[lap(5, 200.0, None)], &[(at(10), None)]), [0]);
    }

    #[test]
    fn a_lap_that_is_there_twice_is_a_copy() {
        let one = lap(0, 200.0, Some(0));
        assert!(one.is_copy_of(&lap(0, 200.0, Some(0))));
        for other in [lap(1, 200.0, Some(0)), lap(0, 100.0, Some(0)), lap(0, 200.0, Some(1))] {
            assert!(!one.is_copy_of(&other));
        }
        let unknown = || RawLap { lap: Lap::default(), index: None, sport: None };
        assert!(!unknown().is_copy_of(&unknown()));
    }
}
