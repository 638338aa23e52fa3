//! Matches the activities of a file with its sessions.

use chrono::{DateTime, TimeDelta, Utc};

/// How far apart an activity and its session may start if the file has more of
/// one than of the other.
const NEAR: TimeDelta = TimeDelta::minutes(1);

/// For each activity, the index of its session: the one with the closest start time. The starts may
/// differ by at most `NEAR`, or by any time if there is one activity or the same number of
/// activities and sessions.
pub fn pair(activities: &[DateTime<Utc>], sessions: &[DateTime<Utc>]) -> Vec<Option<usize>> {
    let apart = |(activity, session): (usize, usize)| -> Option<TimeDelta> {
        Some((*activities.get(activity)? - *sessions.get(session)?).abs())
    };
    let are_all = activities.len() == sessions.len() || activities.len() == 1;
    let each = |activity| (0..sessions.len()).map(move |session| (activity, session));
    let mut pairs: Vec<_> = (0..activities.len()).flat_map(each).collect();
    pairs.sort_by_key(|pair| apart(*pair));
    let mut paired = vec![None; activities.len()];
    for (activity, session) in pairs {
        let is_near = apart((activity, session)).is_some_and(|apart| apart <= NEAR);
        let is_taken = paired.contains(&Some(session));
        if let Some(place @ None) = paired.get_mut(activity)
            && !is_taken
            && (is_near || are_all)
        {
            *place = Some(session);
        }
    }
    paired
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: &[i64]) -> Vec<DateTime<Utc>> {
        let at = |minutes: &i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(*minutes);
        minutes.iter().map(at).collect()
    }

    #[test]
    fn sessions_are_found_by_their_start() {
        for (activities, sessions, expected) in [
            (vec![0], vec![0], vec![Some(0)]),
            // The same session, with the time of another clock.
            (vec![0], vec![90_000], vec![Some(0)]),
            (vec![0, 20, 50], vec![0, 20, 50], vec![Some(0), Some(1), Some(2)]),
            (vec![2, 20], vec![0, 23], vec![Some(0), Some(1)]),
            // One activity was deleted.
            (vec![20, 50], vec![0, 20, 50], vec![Some(1), Some(2)]),
            // One session is not read any more.
            (vec![0, 20, 50], vec![0, 50], vec![Some(0), None, Some(1)]),
            // One session is now read as three.
            (vec![0], vec![0, 1440, 2880], vec![Some(0)]),
            (vec![0], vec![], vec![None]),
        ] {
            assert_eq!(pair(&at(&activities), &at(&sessions)), expected, "{activities:?}");
        }
    }
}
