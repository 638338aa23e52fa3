//! How long users stay logged in.

use std::time::Duration;

use super::{
    source::Source,
    units::{Count, Seconds},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The lifetimes of sessions.
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    /// A session ends if its refresh token is not used for this long.
    pub idle: Duration,
    /// A session ends this long after its login, even if it was refreshed.
    pub absolute: Duration,
    /// How long a refresh token still yields its successor after that was used, for tabs that
    /// refresh at the same time.
    pub refresh_grace: Duration,
}

impl SessionConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let idle = s.or("SESSION_IDLE_DAYS", Count(30)).0;
        let absolute = s.or("SESSION_MAX_DAYS", Count(365)).0;
        let refresh_grace = s.or("REFRESH_GRACE_SECS", Seconds(30.0)).into();
        if idle > absolute {
            s.fault("SESSION_IDLE_DAYS", "must not be above SESSION_MAX_DAYS");
        }
        let days = |count: usize| DAY.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        Self { idle: days(idle), absolute: days(absolute), refresh_grace }
    }
}
